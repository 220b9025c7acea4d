/** Ids, `-` and `--where`: the same for every verb that takes ids. */
import { describe, expect, test } from 'vitest';
import { copiesOf, type TestWorkspace, workspace } from '../harness.ts';

const furnished = copiesOf(async () => {
  const ws = await workspace();
  await ws.ok('user add ana --role admin');
  for (const n of [1, 2, 3, 4, 5])
    await ws.ok(['deal', 'add', `Deal ${n}`, '--value', `${n}00`, '--contact', `c${n}@example.com`]);
  for (const n of [1, 2, 3, 4, 5]) {
    await ws.ok(['task', 'add', `Task ${n}`, '--for', `D${n}`, '--due', '+1d']);
    await ws.ok(['invoice', 'add', '--for', `D${n}`, '--amount', `${n}00`]);
  }
  return ws;
});

/** Each verb with what stands before the ids and after them, the ids, a query that finds them, and what is so then. */
const verbs = [
  ['deal set', [], ['title=X'], 'D', 'title:=X'],
  ['deal move', [], ['in-contact'], 'D', 'stage:in-contact'],
  ['deal win', [], [], 'D', 'is:won'],
  ['deal lose', [], ['--reason', 'price'], 'D', 'is:lost'],
  ['deal assign', [], ['ana'], 'D', 'owner:ana'],
  ['deal tag', [], ['+vip', '-cold'], 'D', 'tag:vip'],
  ['deal contact', [], ['primary', 'C5'], 'D', 'contact:C5'],
  ['contact tag', [], ['+vip'], 'C', 'tag:vip'],
  ['contact set', [], ['phone=1'], 'C', 'phone:1'],
  ['score', [], ['+10'], 'C', 'score:10'],
  ['task done', [], [], 'T', 'status:done'],
  ['task snooze', [], ['2026-12-01'], 'T', 'due:2026-12-01'],
  ['invoice pay', [], ['2026-09-01'], 'I', 'paid:2026-09-01'],
  ['deal note', [], ['a note'], 'D', undefined],
  ['log', ['call'], ['a call'], 'D', undefined],
] as const;

const nouns = { D: 'deal', C: 'contact', T: 'task', I: 'invoice' } as const;

describe.each(verbs)('%s', (verb, before, after, letter, holds) => {
  const noun = nouns[letter];
  /** How many the verb did its work on. */
  const done = async (ws: TestWorkspace) =>
    (await ws.ok(holds === undefined ? ['activity', 'list', '-q'] : [noun, 'list', '-q', holds])).split('\n')
      .length - 1;
  const line = (chosen: readonly string[]) => [...verb.split(' '), ...before, ...chosen, ...after];
  const five =
    letter === 'I'
      ? 'amount.over:0'
      : letter === 'T'
        ? 'title:task'
        : letter === 'C'
          ? 'name:c'
          : 'title:deal';

  test('takes ids, - and --where; a dry run shows the changes, and does nothing', async () => {
    const ws = await furnished();
    const wasSo = await done(ws);
    const dry = await ws.crm(line(['--where', five, '--dry-run']));
    expect([dry.code, dry.err]).toEqual([
      0,
      expect.stringMatching(/^dry run: \d changes, nothing was saved/m),
    ]);
    expect(dry.out.split('\n').length - 1).toBeGreaterThanOrEqual(4);
    expect(await done(ws)).toBe(wasSo);

    // Named or piped, nobody is asked, however many there are; some of a list are enough to know them by.
    expect(
      await ws.crm(line(['-']), { stdin: `${letter}1\t x\tmore\n${letter}2 ${letter}3\r\n\n` }),
    ).toMatchObject({ code: 0 });
    expect(await done(ws)).toBeGreaterThanOrEqual(3);
    await ws.ok('undo');

    const many = await ws.crm(line(['--where', five]));
    expect([many.code, many.out]).toEqual([2, '']);
    expect(many.err).toMatch(/5 \w+\? There is nobody to ask\nHint: --yes answers yes\n$/);
    expect(await done(ws)).toBe(wasSo);
    expect(await ws.crm(line(['--where', five, '--yes']))).toMatchObject({ code: 0 });
    expect(await done(ws)).toBe(5);
  });
});

test('either ids or a query, and one of them', async () => {
  const ws = await furnished();
  expect(await ws.crm('deal win D1 --where is:open')).toMatchObject({
    code: 2,
    err: 'Error: either ids or --where, not both\nHint: besides --where there is D1\n',
  });
  expect(await ws.crm('deal win')).toMatchObject({
    code: 2,
    err: 'Error: which deal?\nHint: crm deal win D12, - for ids on standard input, or --where QUERY\n',
  });
  expect(await ws.crm('deal win --where is:opne')).toMatchObject({
    code: 2,
    err: expect.stringContaining('unknown is: "opne"'),
  });
  expect(await ws.crm('deal win --where title:nothing')).toMatchObject({
    code: 0,
    err: 'nothing to do: no deals were chosen\n',
  });
  expect(await ws.crm('deal win -', { stdin: '' })).toMatchObject({
    code: 0,
    err: 'nothing to do: no deals were chosen\n',
  });
  expect(await ws.crm('deal win -', { stdin: 'D1\nD99\n' })).toMatchObject({
    code: 3,
    err: expect.stringContaining('D99 does not exist'),
  });
  expect(await ws.ok('deal list is:won -q')).toBe('');
});

test('keys on standard input, one per line, may have spaces', async () => {
  const ws = await furnished();
  await ws.ok(['account', 'add', 'Belle Étoile']);
  await ws.ok(['account', 'tag', '-', '+hotel'], { stdin: 'Belle Étoile\n' });
  expect(await ws.ok('account list tag:hotel -q')).toBe('A1\n');
});

test('the error of one of many names its id, and none is changed', async () => {
  const ws = await furnished();
  await ws.ok('deal win D2');
  const { code, err } = await ws.crm(['deal', 'set', 'D1', 'D2', 'D3', 'lostReason=price', 'status=won']);
  expect(code).toBe(2);
  expect(err).toMatch(/^Error: D1: only a lost deal has a lostReason/);
  expect(await ws.ok('deal list is:won -q')).toBe('D2\n');
});

test('a score of deals is adjusted by a query too', async () => {
  const ws = await furnished();
  await ws.ok('score --where value:<250 --of deals +5');
  expect(await ws.ok('deal list score:5 -q')).toBe('D1\nD2\n');
  expect(await ws.crm('score --where is:open --of tasks +5')).toMatchObject({
    code: 2,
    err: expect.stringContaining('unknown kind "tasks"'),
  });
});

test('a dry run in JSON has the changes as the history has them then', async () => {
  const ws = await workspace('automated-sales');
  await ws.ok('deal add Chairs');
  for (const line of ['deal move D1 in-progress', 'deal set D1 value=5', 'deal rm D1']) {
    const dry = await ws.json<{ tx: null; changes: unknown }>(`${line} --dry-run`);
    await ws.ok(line);
    const [entry] = await ws.json<{ changes: unknown }[]>('history --limit 1');
    expect(dry).toEqual({ tx: null, changes: entry!.changes });
  }
});
