/** After each change on a terminal a line says how it is taken back: every command of the tree that changes something. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { workspace } from '../harness.ts';

const terminal = { tty: 100, env: { NO_COLOR: '1' } };

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
] as const;

test('each change says on a terminal how it is taken back, and does not in a pipe or with --json', async () => {
  const [shown, piped] = [await workspace(), await workspace()];
  for (const ws of [shown, piped]) {
    writeFileSync(join(ws.dir, 'note.txt'), 'x');
    writeFileSync(join(ws.dir, 'people.csv'), 'name,email\nMia,mia@example.com\n');
  }
  const told: unknown[] = [];
  for (const line of changes) {
    const said = await shown.crm(`--yes ${line}`, terminal);
    const tx = (await shown.json<{ tx: number }[]>('history --limit 1'))[0]!.tx;
    const silent = await piped.crm(`--yes ${line}`);
    const count = (text: string) => text.split('takes it back').length - 1;
    const isRight =
      said.code === 0 && said.err.includes(`crm undo ${tx} takes it back\n`) && count(said.err) === 1;
    // An import says it in a pipe too.
    const isSilent = silent.code === 0 && count(silent.err) === Number(line.startsWith('import'));
    if (!isRight || !isSilent) told.push([line, said.code, said.err, silent.err]);
  }
  expect(told).toEqual([]);
});

test('nothing is said where nothing changed, in JSON, of a dry run or a purge; an undo says how it is done again', async () => {
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
