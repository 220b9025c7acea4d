import { describe, expect, test } from 'vitest';
import { type TestWorkspace, workspace } from '../harness.ts';

type Fields = Record<string, unknown>;

const task = (ws: TestWorkspace, id: string) => ws.json<Fields>(`task show ${id}`);
const transactions = async (ws: TestWorkspace) => (await ws.json<unknown[]>('history')).length;

describe('task add', () => {
  test('for a deal, a contact or an account, by id or name, or for none', async () => {
    const ws = await workspace();
    await ws.ok('deal add Chairs --contact jane@example.com --account Acme');
    for (const subject of ['D1', 'jane@example.com', 'acme', 'Chairs'])
      await ws.ok(`task add T --for ${subject}`);
    await ws.ok('task add T');
    expect(await ws.ok('task list --fields for')).toBe('D1\nC1\nA1\nD1\n\n');
  });

  test('is a todo for the acting user by default', async () => {
    const ws = await workspace();
    await ws.ok('user add ana');
    await ws.ok('user add ben');
    await ws.ok('task add A');
    await ws.ok('--as ana task add B --type call');
    await ws.ok('--as ana task add C --assignee ben');
    await ws.ok('--as ana task add D --assignee none');
    expect(await ws.ok('task list --fields type,assignee')).toBe('todo\t\ncall\tana\ntodo\tben\ntodo\t\n');
  });

  test.each([
    ['2026-12-01', '2026-12-01'],
    ['today', '2026-09-14'],
    ['tomorrow', '2026-09-15'],
    ['+2d', '2026-09-16'],
    ['+1w', '2026-09-21'],
    ['+1m', '2026-10-14'],
    ['monday', '2026-09-21'],
    ['eow', '2026-09-20'],
    ['eom', '2026-09-30'],
    ['eoq', '2026-09-30'],
    ['eoy', '2026-12-31'],
    ['-1d', '2026-09-13'],
  ])('--due %s is %s', async (due, day) => {
    const ws = await workspace();
    await ws.ok(['task', 'add', 'T', '--due', due]);
    expect(await task(ws, 'T1')).toMatchObject({ due: day });
  });
});

describe('task done', () => {
  test('says when, by whom it was closed is in the history, and what came of it', async () => {
    const ws = await workspace();
    await ws.ok('task add Call');
    await ws.ok(['task', 'done', 'T1', '--outcome', 'wants a quote'], { now: '2026-09-20T10:00:00Z' });
    expect(await task(ws, 'T1')).toMatchObject({
      status: 'done',
      outcome: 'wants a quote',
      doneAt: '2026-09-20T10:00:00.000Z',
    });
    const before = await transactions(ws);
    expect((await ws.crm('task done T1')).err).toBe('nothing to do: T1 is already done\n');
    expect(await transactions(ws)).toBe(before);
    expect(await ws.ok('task list is:open')).toBe('');
  });

  test('--at back-dates it; a day is its midnight in the time zone', async () => {
    const ws = await workspace();
    await ws.ok('deal add D');
    await ws.ok('task add Call --type call --for D1');
    await ws.ok('task done T1 --at 2026-09-10');
    expect(await task(ws, 'T1')).toMatchObject({ doneAt: '2026-09-09T22:00:00.000Z' });
  });

  test('--next adds the next one, for the same record and person', async () => {
    const ws = await workspace();
    await ws.ok('user add ana');
    await ws.ok('deal add D');
    await ws.ok('task add Call --type call --for D1 --assignee ana');
    const { err } = await ws.crm(['task', 'done', 'T1', '--next', 'Send the quote', '--due', '+2d']);
    expect(err).toBe('done: T1\nadded T2\n');
    const next = { title: 'Send the quote', for: 'D1', assignee: 'ana', due: '2026-09-16', status: 'open' };
    expect(await task(ws, 'T2')).toMatchObject({ ...next, type: 'call' });
    expect(await ws.ok('task done T2 --next Meet --type meeting -q')).toBe('T2\nT3\n');
    expect(await task(ws, 'T3')).toMatchObject({ title: 'Meet', type: 'meeting', due: null });
    // One transaction, one undo.
    await ws.ok('undo');
    expect(await ws.ok('task list -q is:open')).toBe('T2\n');
  });

  test('says which deals are left without a next action', async () => {
    const ws = await workspace();
    await ws.ok('deal add D');
    await ws.ok('task add A --for D1');
    await ws.ok('task add B --for D1');
    expect((await ws.crm('task done T1')).err).toBe('done: T1\n');
    expect((await ws.crm('task done T2')).err).toBe(
      'done: T2\nno next action for D1: crm task add TITLE --for D1 --due +2d\n',
    );
    await ws.ok('task reopen T2');
    await ws.ok('deal win D1');
    expect((await ws.crm('task done T2')).err).toBe('done: T2\n');
  });

  test('several, and from standard input', async () => {
    const ws = await workspace();
    for (let i = 0; i < 3; i++) await ws.ok('task add T');
    await ws.ok('task done T1 -', { stdin: 'T2\nT3\n' });
    expect(await ws.ok('task list status:done -q')).toBe('T1\nT2\nT3\n');
  });
});

test('task reopen takes back when and what came of it', async () => {
  const ws = await workspace();
  await ws.ok('task add T');
  await ws.ok('task done T1 --outcome none');
  await ws.ok('task reopen T1');
  expect(await task(ws, 'T1')).toMatchObject({ status: 'open', outcome: null, doneAt: null });
  expect((await ws.crm('task reopen T1')).err).toBe('nothing to do: T1 is already open\n');
});

test('task snooze puts off to a day, counted from today', async () => {
  const ws = await workspace();
  for (let i = 0; i < 2; i++) await ws.ok('task add T --due 2026-09-01');
  await ws.ok('task snooze T1 T2 +2d');
  expect(await ws.ok('task list --fields due')).toBe('2026-09-16\n2026-09-16\n');
  expect((await ws.crm('task snooze T1 2026-09-16')).err).toBe(
    'nothing to do: T1 is already in that state\n',
  );
  await ws.ok('task snooze - eom', { stdin: 'T2' });
  expect(await ws.ok('task list --fields due --sort -due')).toBe('2026-09-30\n2026-09-16\n');
});

test('set may close a task, too; doneAt makes it done', async () => {
  const ws = await workspace();
  for (let i = 0; i < 2; i++) await ws.ok('task add T');
  await ws.ok('task set T1 status=done');
  await ws.ok('task set T2 done=2026-09-10T10:00:00Z');
  expect(await task(ws, 'T1')).toMatchObject({ status: 'done', doneAt: '2026-09-14T08:00:00.000Z' });
  expect(await task(ws, 'T2')).toMatchObject({ status: 'done', doneAt: '2026-09-10T10:00:00.000Z' });
});
