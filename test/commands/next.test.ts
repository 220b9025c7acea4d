import { beforeAll, afterAll, describe, expect, test } from 'vitest';
import { writeFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeWorkspace, type TestWorkspace } from '../harness.ts';

interface Item {
  id: string;
  urgency: number;
  why: string[];
  terms: { term: string; coefficient: number; factor: number; points: number }[];
}

let ws: TestWorkspace;
let remove: () => void;
beforeAll(async () => {
  [ws, remove] = await makeWorkspace();
  const pipeline = join(ws.dir, 'pipelines/sales.yaml');
  writeFileSync(
    pipeline,
    readFileSync(pipeline, 'utf8').replace('id: to-contact,', 'id: to-contact, rotting: 7d,'),
  );
  for (const user of ['ana', 'ben']) await ws.ok(`user add ${user} --role admin`);
  const as = (line: string[], now = '2026-09-10T08:00:00Z') => ws.ok(['--as', 'ana', ...line], { now });
  await as(['contact', 'add', '--name', 'Jane', '--email', 'jane@x.example'], '2026-08-01T08:00:00Z');
  await as(['deal', 'add', 'Rots', '--value', '100', '--contact', 'C1'], '2026-08-01T08:00:00Z');
  await as(['deal', 'add', 'Late close', '--value', '5000', '--close', '2026-09-01']);
  await as(['deal', 'add', 'Fine']);
  await as(['task', 'add', 'Far', '--for', 'D3', '--due', '2026-12-01']);
  await as(['task', 'add', 'Overdue', '--for', 'D2', '--due', '2026-09-11']);
  await as(['task', 'add', 'Today', '--due', '2026-09-14 14:30']);
  await ws.ok(['--as', 'ben', 'task', 'add', 'Of ben', '--due', '2026-09-14']);
  await as(['log', 'email', 'D1', 'When do you deliver?', '--direction', 'in']);
});
afterAll(() => remove());

const list = (...args: string[]) => ws.json<Item[]>(['--as', 'ana', ...args]);

describe('next', () => {
  test('lists tasks, and deals that lack something, by an urgency that is the sum of its terms', async () => {
    const items = await list('next');
    expect(items.map(({ id, why }) => [id, ...why])).toEqual([
      ['D1', 'mail V1 of 2026-09-10 is not answered', 'no next action', 'rotting: 44 days in To contact'],
      ['T2', '3 days overdue'],
      ['D2', 'expected close 13 days ago'],
      ['T3', 'due today 14:30'],
      ['T1', 'due in 78 days'],
    ]);
    for (const { urgency, terms } of items) {
      expect(urgency).toBeCloseTo(
        terms.reduce((sum, { points }) => sum + points, 0),
        1,
      );
      for (const { coefficient, factor, points } of terms)
        expect(points).toBeCloseTo(coefficient * factor, 1);
    }
    expect(items.map(({ urgency }) => urgency)).toEqual(
      [...items.map(({ urgency }) => urgency)].sort((a, b) => b - a),
    );
  });

  test.each([
    [
      ['next', '--all'],
      ['D1', 'T2', 'D2', 'T3', 'T4', 'T1'],
    ],
    [['next', '--user', 'ben'], ['T4']],
    [
      ['next', 'value.over:1k'],
      ['T2', 'D2'],
    ],
    [['next', '--limit', '1'], ['D1']],
    [['today'], ['D1', 'T2', 'D2', 'T3']],
  ])('%j lists %j', async (args, ids) => {
    expect((await list(...args)).map(({ id }) => id)).toEqual(ids);
  });

  test('a mail is answered by a mail, a call or a meeting with the deal or its contact, and not by a note', async () => {
    const isWaiting = async () =>
      (await list('next')).some(({ why }) => why.join().includes('is not answered'));
    for (const [line, waits] of [
      ['log note D1 nothing', true],
      ['log call C1 answered', false],
    ] as const) {
      await ws.ok(`--as ana ${line}`);
      expect([line, await isWaiting()]).toEqual([line, waits]);
    }
    await ws.ok('--as ana undo');
    expect(await isWaiting()).toBe(true);
  });

  test('explains itself on a terminal and in TSV', async () => {
    const { out } = await ws.crm('--as ana next --explain --limit 1 --color never', { tty: 80 });
    expect(out).toMatch(/^ ?\d+\.\d\d {2}D1 {2}Rots\n {7}10\.0 x 1\.00 = 10\.00 {2}unanswered/);
    expect(await ws.ok('--as ana next --explain --limit 1')).toMatch(/^D1\tunanswered\t10\t1\t10\t/);
    expect((await ws.crm('--as ana next --limit 1', { tty: 80 })).err).toBe('4 more: --limit 5\n');
  });

  test.each([
    ['next --user nobody', 'unknown user "nobody"'],
    ['next --user ana --all', '--all and --user cannot be used together'],
    ['next stage:nowhere', 'unknown stage "nowhere"'],
  ])('refuses %s', async (line, message) => {
    const { code, err } = await ws.crm(`--as ana ${line}`);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });
});
