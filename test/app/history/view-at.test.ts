import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeWorkspace, type TestWorkspace, workspace } from '../../harness.ts';

const day = (n: number) => `2026-09-${String(n).padStart(2, '0')}`;
const at = (n: number, hour = 8) => ({ now: `${day(n)}T${String(hour).padStart(2, '0')}:00:00Z` });

/** What is done on each day, from the first of September on. */
const days: readonly (readonly string[])[] = [
  [
    'contact add --name Jane --email jane@example.com',
    'deal add Chairs --value 100 --contact jane@example.com',
  ],
  ['deal add Tables --value 50.50 --owner bob', 'deal set D1 close=2026-10-01 tags=a,b'],
  ['deal move D1 in-contact', 'deal add Lamps --currency JPY --value 700'],
  ['deal set D2 value=60 description=Oak', 'contact set C1 name=Janet', 'deal tag D1 -a'],
  ['deal win D2', 'task add "Call her" --for D1 --due 2026-09-08'],
  ['deal rm D3', 'deal set D1 owner=bob'],
  ['undo'],
  ['deal restore D3', 'deal move D3 follow-up', 'deal lose D1 --reason price'],
  ['deal reopen D2', 'deal set D2 currency=USD', 'task done T1'],
  ['deal move D2 in-contact', 'undo', 'deal add Desks'],
  ['deal rm D1', 'deal set D4 title=Benches'],
];

/** What was done, and what was answered at the end of each day. */
let ws: TestWorkspace;
let remove: () => void;
const seen = new Map<string, string>();
beforeAll(async () => {
  [ws, remove] = await makeWorkspace();
  await ws.ok('user add bob --name Bob');
  for (const [i, lines] of days.entries()) {
    for (const line of lines) await ws.ok(split(line), at(i + 1));
    // The last instant of the day, in the zone of the workspace.
    const end = { now: `${day(i + 1)}T21:59:59.999Z` };
    for (const question of questions) seen.set(`${i + 1} ${question}`, await ws.ok(split(question), end));
  }
});
afterAll(() => remove());

const split = (line: string) => (line.match(/"[^"]*"|\S+/g) ?? []).map(word => word.replace(/^"|"$/g, ''));

const questions = [
  'deal list --json',
  'deal list is:open value.over:55 --sort -value',
  'deal list contact:janet --fields id,contact,updatedAt',
  'deal list is:overdue',
  'deal list stage-age:>2d',
  'deal list idle:>3d',
  'deal list tag:a',
  'deal list updated:yesterday',
  'board --json',
  'board --by owner is:won --json',
];

describe('--at', () => {
  test('answers as at the end of each day', async () => {
    for (const [key, answer] of seen) {
      const [n, ...words] = split(key);
      const asked = await ws.ok([...words, '--at', day(Number(n))], at(20));
      expect(`${key}\n${asked}`).toBe(`${key}\n${answer}`);
    }
  });

  test('of today is now, and of a day to come is refused', async () => {
    expect(await ws.ok('deal list --json --at today', at(12))).toBe(await ws.ok('deal list --json', at(12)));
    expect((await ws.crm(['deal', 'list', '--at', day(13)], at(12))).code).toBe(2);
    expect((await ws.crm('deal list --trash --at 2026-09-03', at(12))).code).toBe(2);
    expect((await ws.crm('deal list --at 2026-09-31', at(12))).code).toBe(2);
  });

  test('of before there was anything is nothing', async () => {
    expect(await ws.json('deal list --at 2026-08-01', at(12))).toEqual([]);
  });

  test('shows deals in business time: closed when closedAt says, and none of an import that was undone', async () => {
    const ws = await workspace();
    await ws.ok('deal add Chairs --value 10', at(1));
    await ws.ok('deal win D1', at(9));
    await ws.ok(['deal', 'set', 'D1', `closed=${day(4)}`], at(10));
    const status = async (n: number) =>
      (await ws.json<{ id: string; status: string }[]>(`deal list --at ${day(n)}`, at(20))).map(
        deal => `${deal.id} ${deal.status}`,
      );
    expect([await status(3), await status(4), await status(9)]).toEqual([
      ['D1 open'],
      ['D1 won'],
      ['D1 won'],
    ]);
    writeFileSync(join(ws.dir, 'more.csv'), `title,status,closedAt\nOld,won,${day(2)}\n`);
    await ws.ok('import deals more.csv', at(12));
    expect(await status(1)).toEqual(['D1 open']);
    expect(await status(3)).toEqual(['D1 open', 'D2 won']);
    await ws.ok('undo', at(13));
    for (const n of [3, 12, 13]) expect(await status(n)).toEqual([n < 4 ? 'D1 open' : 'D1 won']);
  });

  test('shows a restricted user what they may see now', async () => {
    const ws = await workspace();
    await ws.ok('user add bob --name Bob --role restricted');
    await ws.ok('user add eve --name Eve');
    await ws.ok('deal add Chairs --owner eve', at(1));
    await ws.ok('deal add Tables --owner bob', at(1));
    await ws.ok('deal set D1 owner=bob', at(5));
    await ws.ok('deal set D2 owner=eve', at(5));
    const list = await ws.json<{ id: string; owner: string }[]>(`deal list --at ${day(2)} --as bob`, at(9));
    expect(list.map(({ id, owner }) => `${id} ${owner}`)).toEqual(['D1 eve']);
  });
});
