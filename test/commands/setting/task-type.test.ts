/** Task types: what a task may be. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type TestWorkspace, workspace } from '../../harness.ts';

const textOf = (ws: TestWorkspace, path = 'crm.yaml') => readFileSync(join(ws.dir, path), 'utf8');

test('add, list, show, set, rm and restore; closing a task of a contact type was a contact', async () => {
  const ws = await workspace();
  const before = textOf(ws);
  expect(await ws.ok('task-type add visit --contact yes')).toBe('visit\n');
  expect(await ws.json('task-type list')).toEqual([
    { id: 'call', contact: true },
    { id: 'email', contact: true },
    { id: 'meeting', contact: true },
    { id: 'todo', contact: false },
    { id: 'visit', contact: true },
  ]);
  expect(await ws.ok('task-type list contact:false -q')).toBe('todo\n');
  await ws.ok('deal add Chairs');
  await ws.ok('task add See --for D1 --type visit');
  expect(await ws.ok('deal list idle.over:1d -q --now 2026-09-20T08:00:00Z')).toBe('D1\n');
  await ws.ok('task done T1 --now 2026-09-20T08:00:00Z');
  expect(await ws.ok('deal list idle.over:1d -q --now 2026-09-20T09:00:00Z')).toBe('');
  expect((await ws.crm('task-type set visit contact=no')).err).toBe('changed visit\n');
  expect(await ws.ok('deal list idle.over:1d -q --now 2026-09-20T09:00:00Z')).toBe('D1\n');
  expect(await ws.crm('task-type rm visit')).toMatchObject({
    code: 2,
    err: 'Error: the task type visit is still used by a task, T1\nHint: --move-to TYPE moves them\n',
  });
  expect((await ws.crm('task-type rm visit --move-to meeting')).err).toBe(
    'removed visit\nmoved 1 task to meeting\n',
  );
  expect(textOf(ws)).toBe(before);
  expect(await ws.json<object>('task show T1')).toMatchObject({ type: 'meeting' });
  await ws.ok('undo');
  expect(await ws.json<object>('task show T1')).toMatchObject({ type: 'visit' });
  await ws.ok('redo');
  await ws.ok('task-type restore visit');
  expect(await ws.json('task-type show visit')).toEqual({ id: 'visit', contact: false });
});

test('one that a rule or a view names is kept, and the lines are said', async () => {
  const ws = await workspace();
  await ws.ok(['view', 'add', 'calls', 'type:call', '--of', 'tasks']);
  writeFileSync(
    join(ws.dir, 'automations/thanks.yaml'),
    'name: Thanks\non: deal-won\n'.replace(
      'on: deal-won',
      'for: deal\non:\n  - created: {}\nsteps:\n  - add-task: { type: call, title: Thank }',
    ),
  );
  const { code, err } = await ws.crm('task-type rm call');
  expect(code).toBe(1);
  expect(err).toMatch(/^Error: the task type call is still used at .*automations\/thanks\.yaml:\d+/);
  expect(err).toMatch(/crm\.yaml:\d+/);
});

test('a wrong request is refused, and nothing is written', async () => {
  const ws = await workspace();
  await ws.ok('task add Ring --type call');
  const before = textOf(ws);
  for (const [line, exit, message] of [
    ['task-type add Visit', 2, '"Visit" is not a name for a task type'],
    ['task-type add call', 4, 'there is a task type call already'],
    ['task-type add visit --contact maybe', 2, '--contact: "maybe" is neither yes nor no'],
    ['task-type set cal contact=no', 2, 'unknown task type "cal"'],
    ['task-type rm call --move-to call', 2, 'call is the task type to remove'],
    ['task-type rm call --move-to cal', 2, 'unknown task type "cal"'],
  ] as const) {
    const { code, err } = await ws.crm(`${line} --json`);
    expect({ line, code, message: JSON.parse(err).error.message }).toEqual({ line, code: exit, message });
  }
  expect(textOf(ws)).toBe(before);
});
