/** What lists leave out on a terminal, and how they are sorted there; scripts get all, in the order of ids. */
import { expect, test } from 'vitest';
import { workspace } from '../harness.ts';

const plain = { NO_COLOR: '1' };
const ids = (out: string) => [...out.matchAll(/^([A-Z]\d+)/gm)].map(([, id]) => id);

test('task list: open ones by due on a terminal, unless the query asks for done ones', async () => {
  const ws = await workspace();
  await ws.ok('task add Late --due 2026-10-01');
  await ws.ok('task add Never');
  await ws.ok('task add Soon --due 2026-09-15');
  await ws.ok('task add Done --due 2026-09-01');
  await ws.ok('task done T4');
  const listed = async (line: string) => ids(await ws.ok(line, { tty: 100, env: plain }));
  expect(await listed('task list')).toEqual(['T3', 'T1', 'T2']);
  expect((await ws.crm('task list', { tty: 100 })).err).toContain('not shown: 1 done task; --all shows them');
  expect(await listed('task list --all')).toEqual(['T4', 'T3', 'T1', 'T2']);
  expect(await listed('task list title:Never or title:Done')).toEqual(['T2']);
  for (const query of ['is:done', 'status:done', 'has:doneAt', 'not is:open', 'done:>2026-01-01'])
    expect(await listed(`task list ${query}`), query).toEqual(['T4']);
  expect(await listed('task list --sort title')).toEqual(['T1', 'T2', 'T3']);
  expect(ids(await ws.ok('task list'))).toEqual(['T1', 'T2', 'T3', 'T4']);
  expect((await ws.json<{ id: string }[]>('task list')).map(({ id }) => id)).toEqual([
    'T1',
    'T2',
    'T3',
    'T4',
  ]);
});

test('activity list: the newest first on a terminal', async () => {
  const ws = await workspace();
  await ws.ok('deal add Chairs');
  await ws.ok('log note D1 first --at 2026-09-01');
  await ws.ok('log note D1 last --at 2026-09-03');
  await ws.ok('log note D1 between --at 2026-09-02');
  expect(ids(await ws.ok('activity list', { tty: 100, env: plain }))).toEqual(['V2', 'V3', 'V1']);
  expect(ids(await ws.ok('activity list'))).toEqual(['V1', 'V2', 'V3']);
});

test('winning and losing say which tasks are still open', async () => {
  const ws = await workspace();
  await ws.ok('deal add Chairs');
  await ws.ok('deal add Tables');
  await ws.ok('task add Ring --for D1');
  await ws.ok('task add Sent --for D1');
  await ws.ok('task done T2');
  expect((await ws.crm('deal win D1')).err).toBe('won D1\nstill open: T1 (Ring); crm task done T1\n');
  expect((await ws.crm('deal lose D2')).err).toBe('lost D2\n');
  expect((await ws.crm('deal reopen D1')).err).toBe('reopened D1\n');
});
