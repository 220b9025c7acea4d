/** What help says that a command prints with --json is what it prints. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commandHelp } from '../../src/commands/help.ts';
import { treeOf } from '../../src/commands/registry.ts';
import { settingNouns } from '../../src/commands/setting/nouns/index.ts';
import { recordKinds } from '../../src/kinds/index.ts';
import { makeWorkspace, type TestWorkspace } from '../harness.ts';

const { commands } = treeOf(recordKinds);
let ws: TestWorkspace;
let remove: () => void;
/** A directory beside the workspace, BESIDE in these lines: files to read, and what one machine knows. */
let beside: string;

/** The commands that say what they print, with what each needs to print something. */
const lines: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    'deal contact account task activity event invoice relation'.split(' ').flatMap(noun => [
      [`${noun} list`, `${noun} list`],
      [`${noun} show`, `${noun} show ${recordKinds.makeId(noun, 1)}`],
    ]),
  ),
  ...Object.fromEntries(
    'pipeline stage field user team task-type view template'
      .split(' ')
      .map(noun => [`${noun} list`, `${noun} list`]),
  ),
  'pipeline show': 'pipeline show sales',
  'stage show': 'stage show to-contact --pipeline sales',
  'field show': 'field show deal size',
  'user show': 'user show ana',
  'team show': 'team show north',
  'task-type show': 'task-type show call',
  'view show': 'view show hot',
  search: 'search chairs',
  next: 'next --all',
  today: 'today --all',
  dupes: 'dupes contacts',
  show: 'show D1',
  brief: 'brief D1',
  board: 'board sales',
  tasks: 'tasks',
  report: 'report pipeline',
  status: 'status',
  history: 'history',
  doctor: 'doctor',
  explain: 'explain D1',
  run: 'run',
  deliver: 'deliver',
  inbox: '--as ana inbox',
  'inbox read': '--as ana inbox read --all',
  'inbox unread': '--as ana inbox unread M1',
  'tag list': 'tag list',
  'hook list': 'hook list',
  'automation list': 'automation list',
  'automation templates': 'automation templates',
  'automation enrol': 'automation enrol lost-win-back D1',
  'automation enrolments': 'automation enrolments',
  'automation backtest': 'automation backtest lost-win-back',
  'automation test': 'automation test stage-news',
  'automation disable': 'automation disable lost-win-back',
  'automation enable': 'automation enable lost-win-back',
  'automation rm': 'automation rm stage-news',
  'automation restore': 'automation restore stage-news',
  'automation add': 'automation add --template no-contact',
  'template preview': 'template preview hello --for D1',
  'mail check': 'mail check',
  'contact emails': 'contact emails jane',
  'deal attach': 'deal attach D1 BESIDE/mail.eml',
  'deal files': 'deal files D1',
  'calendar add': '--as ana calendar add',
  'calendar list': '--as ana calendar list',
  'deal note': 'deal note D1 spoke',
  'deal set': 'deal set D1 value=11',
  'deal tag': 'deal tag D1 +later',
  'deal move': 'deal move D1 in-contact',
  'deal assign': 'deal assign D1 ana',
  'deal win': 'deal win D1',
  'deal lose': 'deal lose D1',
  'deal reopen': 'deal reopen D1',
  'deal add': 'deal add --title Lamps --value 5',
  'deal rm': 'deal rm D2',
  'deal restore': 'deal restore D2',
  'task done': 'task done T1',
  'task reopen': 'task reopen T1',
  'task snooze': 'task snooze T1 +1d',
  'invoice pay': 'invoice pay I1',
  'contact merge': 'contact merge C1 C2 --yes',
  'contact relate': 'contact relate C1 C3 --relation colleague',
  'contact email': 'contact email C1 add jane@example.net',
  log: 'log call D1 spoke',
  score: 'score D1 +5',
  'tag rename': 'tag rename later dear',
  'tag rm': 'tag rm dear',
  'user add': 'user add ben --role admin',
  'user set': 'user set ben name=Ben',
  'user rename': 'user rename ben bob',
  'user rm': 'user rm bob',
  'user restore': 'user restore bob',
  'stage move': 'stage move to-contact --after in-contact --pipeline sales',
  'config set': 'config set year-start=4',
  import: 'import contacts BESIDE/people.csv',
  'event import': 'event import BESIDE/events.jsonl',
  undo: 'undo',
  redo: 'redo',
  trust: 'trust --show',
  'mail ingest': 'mail ingest BESIDE/mail.eml',
  'webhook secret': 'webhook secret https://example.com',
  'export all': 'export all BESIDE/all',
  purge: 'purge C3 --yes',
  'remote add': 'remote add BESIDE/shared',
  'remote show': 'remote show',
  'remote repair': 'remote repair',
  sync: 'sync',
  clone: 'clone BESIDE/shared BESIDE/copy',
  'remote rm': 'remote rm --yes',
};

/** Those that print something only after mails have come, where there is a server, or at a terminal. */
const elsewhere: Readonly<Record<string, string>> = {
  'message list': 'needs a message',
  'message show': 'needs a message',
  'mail unknown': 'needs mails of people that nobody knows',
  conversation: 'needs mails',
  ...Object.fromEntries(
    [...Object.keys(settingNouns), 'automation'].map(noun => [`${noun} edit`, 'needs an editor']),
  ),
  'automation lint': 'needs a rule with a fault',
  'template lint': 'needs a template with a fault',
  'automation retry': 'needs an enrolment that failed',
  'mail fetch': 'needs a server; the same as mail ingest',
  'mail setup': 'needs a server',
  'import all': 'needs an empty workspace; the same as export all',
  'hook run': 'needs a trusted program',
  watch: 'does not end by itself; the same as history',
};

/** What these print only sometimes. */
const rare: Readonly<Record<string, readonly string[]>> = {
  status: ['remote'],
  'webhook secret': ['before'],
  clone: ['unleased'],
};

/** The commands that name no fields, and why. */
const unsaid: Readonly<Record<string, string>> = {
  config: 'prints the settings as their files have them',
  'automation show': 'prints the rule as its file has it',
  'template show': 'prints the template as its file has it',
  export: 'writes what it is asked for into a file',
  'export person': 'writes a whole document',
  init: 'prints no data',
  'calendar rm': 'prints no data',
  serve: 'prints a log',
  mcp: 'speaks a protocol',
  completion: 'prints a script',
  help: 'prints text',
};

/** Whether all nouns of the settings, or all kinds of record, share the verb. */
const isShared = (path: string): boolean =>
  [...recordKinds.names, ...Object.keys(settingNouns)].includes(path.split(' ')[0]!);

beforeAll(async () => {
  [ws, remove] = await makeWorkspace('sales');
  for (const line of [
    'user add ana --role admin',
    'team add north ana',
    'field add deal size --type text',
    'view add hot is:open --of deals',
    'template add hello --subject Hello --body Hi',
    'account add Acme',
    'contact add --name Jane --email jane@example.com --account A1',
    'contact add --name Jane --email jane@example.org --account A1',
    'contact relate C1 C2 --relation colleague',
    'deal add Chairs --contact C1 --value 10 --owner ana',
    'task add Call --for D1 --due 2026-09-01 --assignee ana',
    'log call D1 spoke',
    'event add visited --contact C1',
    'invoice add --for D1 --amount 5',
    'contact add --name Joe',
    'automation add --template lost-win-back',
    'automation add --template stage-news',
    'deal move D1 follow-up',
    'deal tag D1 +vip',
    'run',
  ])
    await ws.ok(line);
  beside = join(ws.dir, '..', 'beside');
  for (const name of ['state', 'shared']) mkdirSync(join(beside, name), { recursive: true });
  mkdirSync(join(ws.dir, 'hooks'), { recursive: true });
  writeFileSync(join(ws.dir, 'hooks/post-commit'), '#!/bin/sh\n', { mode: 0o755 });
  writeFileSync(join(beside, 'people.csv'), 'name,email\nJim,jim@example.com\n');
  writeFileSync(join(beside, 'events.jsonl'), '{"name":"page.visited","contact":"jane@example.com"}\n');
  writeFileSync(
    join(beside, 'mail.eml'),
    'From: jane@example.com\nTo: me@example.org\nSubject: Hi\nMessage-ID: <1@example.com>\n\nHi\n',
  );
});
afterAll(() => remove());

/** Returns what a command line prints, parsed. */
async function printedBy(line: string): Promise<object | readonly object[]> {
  const { out, err } = await ws.crm(`${line.replaceAll('BESIDE', beside)} --json`, {
    env: { XDG_STATE_HOME: join(beside, 'state') },
  });
  // What cannot be parsed is told with the message of the command.
  expect(out, `crm ${line}: ${err}`).not.toBe('');
  return JSON.parse(out);
}

/** The fields that help names, or those of the command to which it refers: for `KIND show`, of a deal. */
async function fieldsOf(path: string): Promise<readonly string[]> {
  const { jsonFields, jsonAs } = await commands[path]!();
  if (jsonFields !== undefined || jsonAs === undefined) return jsonFields ?? [];
  return fieldsOf(jsonAs.replace('KIND', 'deal'));
}

test('is what each prints', async () => {
  const wrong: unknown[] = [];
  for (const [path, line] of Object.entries(lines)) {
    const fields = await fieldsOf(path);
    const printed = await printedBy(line);
    const first = Array.isArray(printed) ? (printed as object[])[0] : printed;
    const keys = Object.keys(first ?? {});
    const { jsonAs } = await commands[path]!();
    // A record is without what few records have, where it is empty.
    const isRecord = recordKinds.names.includes(path.split(' ')[0]!) && !/ (rm|files|emails)$/.test(path);
    const isSparse = isRecord || jsonAs?.endsWith(' show');
    const missing = isSparse
      ? []
      : fields.filter(name => !keys.includes(name) && !rare[path]?.includes(name));
    const more = keys.filter(name => !fields.includes(name));
    if (keys.length === 0 || missing.length > 0 || more.length > 0)
      wrong.push([path, { missing, more, keys }]);
  }
  expect(wrong).toEqual([]);
});

test('is said by every command that prints some', async () => {
  const silent: string[] = [];
  for (const [path, load] of Object.entries(commands)) {
    const command = await load();
    const isSaid = /^JSON fields: ./m.test(commandHelp(path, command));
    // Either it names them, or there is a reason not to: never both.
    if (isSaid === Object.hasOwn(unsaid, path)) silent.push(path);
  }
  expect(silent).toEqual([]);
});

test('every command that says it is tried here, or the same verb of another noun', async () => {
  const nounless = (path: string) => path.split(' ')[1];
  const verbs = new Set(
    Object.keys(lines)
      .filter(path => isShared(path))
      .map(nounless),
  );
  const untried: string[] = [];
  for (const [path, load] of Object.entries(commands)) {
    const { jsonFields } = await load();
    const isTried = Object.hasOwn(lines, path) || (isShared(path) && verbs.has(nounless(path)));
    if (jsonFields && !isTried && !Object.hasOwn(elsewhere, path)) untried.push(path);
  }
  expect(untried).toEqual([]);
});
