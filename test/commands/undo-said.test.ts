/** After each change on a terminal a line says how it is taken back: every command of the tree that changes something. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { treeOf } from '../../src/commands/registry.ts';
import { recordKinds } from '../../src/kinds/index.ts';
import { emptyDirectory, workspace } from '../harness.ts';

const terminal = { tty: 100, env: { NO_COLOR: '1' } };
/** How many of the changes run in a pipe too. */
const PIPED = 24;

/** In an order in which each has something to change. */
const changes = [
  'user add ana --role admin',
  'user set ana name=Ana',
  'team add north ana',
  'pipeline add Zeta',
  'stage add Asked --pipeline zeta',
  'stage rename asked Wanted --pipeline zeta',
  'field add deal product --type text',
  'view add hot is:open --of deals',
  'template add hello --subject Hello --body Hi',
  'config set year-start=4',
  'account add Acme',
  'contact add --name Jane --email jane@example.com --account A1',
  'contact add --name Tom --email tom@example.com',
  'contact relate C1 C2 --relation colleague',
  'contact relate C1 C2 --remove',
  'deal add Chairs --contact C1 --value 10',
  'deal set D1 value=20',
  'deal move D1 in-contact',
  'deal assign D1 ana',
  'deal note D1 hello',
  'deal contact D1 add C2',
  'deal tag D1 +vip',
  'tag rename vip gold',
  'tag rm gold',
  'deal win D1',
  'deal reopen D1',
  'deal lose D1',
  'score C1 +5',
  'task add Call --for D1',
  'task snooze T1 +2d',
  'task done T1',
  'task reopen T1',
  'log call D1 spoke',
  'event add visited --contact C1',
  'invoice add --for D1 --amount 5',
  'invoice pay I1',
  'deal attach D1 note.txt',
  'contact merge C1 C2',
  'deal rm D1',
  'deal restore D1',
  'field rm deal product',
  'view rm hot',
  'import contacts people.csv',
  'mail ingest letter.eml',
  'invoice add --for D1 --amount 100',
  'automation add thanks.yaml',
  'automation disable thanks',
  'automation enable thanks',
  'task add Check --for D1 --due 2026-09-01',
  'contact add --name Zoe --email zoe@example.com',
  'deal add Sofas --contact C4 --value 900',
  'run',
  'automation rm thanks',
  'automation restore thanks',
  'automation enrol thanks D2',
  'contact email C4 add zoe@example.org',
  'contact phone C4 add +31201234567',
  'contact account C4 add Acme',
  'contact tag C4 +vip',
  'contact attach C4 note.txt',
  'contact detach C4 note.txt',
  'contact rm C4',
  'contact restore C4',
  'contact set C4 name=Zoë',
  'account set A1 name=ACME',
  'account domain A1 add acme.example',
  'account phone A1 add +31207654321',
  'account tag A1 +vip',
  'account attach A1 note.txt',
  'account detach A1 note.txt',
  'account add Akme',
  'account merge A1 A2',
  'account rm A1',
  'account restore A1',
  'deal detach D1 note.txt',
  'task set T1 title=Ring',
  'task rm T1',
  'task restore T1',
  'activity add --type call --for D1 --text spoke',
  'activity set V1 text=talked',
  'activity rm V1',
  'activity restore V1',
  'event set E1 name=seen',
  'event rm E1',
  'event restore E1',
  'invoice set I1 amount=6',
  'invoice rm I1',
  'invoice restore I1',
  'pipeline set zeta name=Eta',
  'stage add Offered --pipeline zeta',
  'stage move offered --pipeline zeta --first',
  'stage rm offered --pipeline zeta',
  'stage restore offered --pipeline zeta',
  'stage set wanted name=Asked --pipeline zeta',
  'field add deal size --type text',
  'field set deal size label=Size',
  'field rename deal size extent',
  'field restore deal product',
  'user rename ana anna',
  'user rm anna',
  'user restore anna',
  'team set north members=',
  'team rename north south',
  'team rm south',
  'team restore south',
  'task-type add visit',
  'task-type set visit contact=true',
  'task-type rename visit tour',
  'task-type rm tour',
  'task-type restore tour',
  'view add warm is:open --of deals',
  'view set warm query=is:won',
  'view rename warm cool',
  'view restore hot',
  'template set hello subject=Hi',
  'template rename hello hi',
  'template rm hi',
  'template restore hi',
  'automation set thanks enabled=false',
  'automation rename thanks thank',
  'relation add --contact C1 --relation colleague --other C4',
  'relation set R2 relation=spouse',
  'relation rm R2',
  'relation restore R2',
  'pipeline add Theta',
  'pipeline rename theta iota',
  'pipeline add Kappa',
  'pipeline rm kappa',
  'pipeline restore kappa',
] as const;

/** Changing commands that this test does not run, by the reason. */
const elsewhere: Readonly<Record<string, readonly string[]>> = {
  'make a workspace, where there is nothing before': ['init', 'clone', 'import all'],
  'move what a user has read, which no undo takes back': ['inbox read', 'inbox unread'],
  'are about taking back': ['undo', 'redo', 'purge'],
  'reach other machines, or run until they are stopped': [
    ...['deliver', 'serve', 'sync', 'watch', 'remote add', 'remote rm', 'remote repair', 'mail setup'],
  ],
  'reach a mailbox (app/inbound/fetch.test.ts)': ['mail fetch'],
  'need a message that waits or failed': [
    ...['message retry', 'message release', 'message cancel', 'message mark-sent', 'automation retry'],
  ],
  'read events of a file, as import does': ['event import'],
  'write letters in an editor': ['mail write', 'mail reply'],
  'say undo by a key': ['board'],
  'are tested beside what they do (doctor.test.ts, doctor-replay.test.ts)': ['doctor'],
};

const letter = [
  'From: Jane <jane@example.com>',
  'To: ana@example.com',
  'Subject: Chairs',
  'Date: Mon, 14 Sep 2026 09:00:00 +0200',
  'Message-ID: <1@example.com>',
  '',
  'Hello',
  '',
].join('\r\n');

const rule = 'name: Thanks\nfor: deal\non:\n  - created\nsteps:\n  - add-tag: thanked\n';

/** The command of a line: its first two words, if they are one. */
const commandOf = (line: string): string => {
  const [first = '', second = ''] = line.split(' ');
  return Object.hasOwn(commands, `${first} ${second}`) ? `${first} ${second}` : first;
};

const { commands } = treeOf(recordKinds);

test('every command of the tree that changes something is one of these', async () => {
  const known = new Set([...changes.map(commandOf), ...Object.values(elsewhere).flat()]);
  const isChanging = async (path: string) => (await commands[path]!()).effect === 'changes';
  const unknown = Object.keys(commands).filter(path => !known.has(path) && !path.endsWith(' edit'));
  const changing = await Promise.all(unknown.map(isChanging));
  // What is edited is changed as `set` changes it.
  expect(unknown.filter((_, i) => changing[i])).toEqual([]);
  expect([...known].filter(path => !Object.hasOwn(commands, path))).toEqual([]);
});

test('each change says on a terminal how it is taken back, and does not in a pipe or with --json', async () => {
  const [shown, piped] = [await workspace(), await workspace()];
  for (const ws of [shown, piped]) {
    writeFileSync(join(ws.dir, 'note.txt'), 'x');
    writeFileSync(join(ws.dir, 'letter.eml'), letter);
    writeFileSync(join(ws.dir, 'thanks.yaml'), rule);
    writeFileSync(join(ws.dir, 'people.csv'), 'name,email\nMia,mia@example.com\n');
  }
  const told: unknown[] = [];
  const env = { ...terminal.env, XDG_STATE_HOME: emptyDirectory(), CRM_NO_DELIVER: '1' };
  let before = 0;
  for (const [i, line] of changes.entries()) {
    const said = await shown.crm(`--yes ${line}`, { tty: 100, env });
    const times = [...said.err.matchAll(/\bcrm undo (\d+) takes it back$/gm)];
    const tx = Number(times[0]?.[1]);
    if (said.code !== 0 || times.length !== 1 || tx <= before) told.push([line, said.code, said.err]);
    before = tx;
    if (i >= PIPED) continue;
    const silent = await piped.crm(`--yes ${line}`);
    if (silent.code !== 0 || silent.err.includes('takes it back')) told.push([line, silent.code, silent.err]);
  }
  expect(told).toEqual([]);
  const { tx } = (await shown.json<{ tx: number }[]>('history --limit 1'))[0]!;
  expect(tx).toBe(before);
});

test('there is no hint without a change, in JSON, in a dry run or for a purge; an undo says how to redo it', async () => {
  const ws = await workspace();
  await ws.ok('deal add Chairs');
  for (const line of [
    'deal list',
    'deal set D1 title=Chairs',
    'deal set D1 value=5 --json',
    '--dry-run deal rm D1',
    '-q deal win D1',
  ])
    expect([line, (await ws.crm(line, terminal)).err]).toEqual([
      line,
      expect.not.stringContaining('takes it back'),
    ]);
  expect((await ws.crm('undo', terminal)).err).toContain('crm redo does it again\n');
  expect((await ws.crm('redo', terminal)).err).toMatch(/crm undo \d+ takes it back\n/);
  expect((await ws.crm('purge D1 --yes', terminal)).err).not.toContain('takes it back');
});
