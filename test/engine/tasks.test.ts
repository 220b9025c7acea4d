/** Rules that a task itself asks for: it comes again, or starts an automation. */
import { expect, it, test } from 'vitest';
import { type Desk, deskSeededBy } from './desk.ts';
import { DAY, outcomes } from './swept.ts';

const seeded = deskSeededBy(
  'contact add --email jane@example.com --name Jane',
  'deal add Chairs --contact C1 --owner ana',
  'run',
);
const did = async (desk: Desk): Promise<string[]> =>
  (await desk.sweepTwice()).automations.flatMap(({ steps }) => steps.map(step => step.did));

test('a task that repeats comes again when it is done, once, with all that it has; the history says which rule did it', async () => {
  const desk = await seeded();
  await desk.all(
    'task add Report --for D1 --type call --due 2026-08-31 --repeat monthly --assignee ana --external-id x1',
    'run',
    'task done T1 --outcome sent',
  );
  expect((await desk.sweepTwice()).automations).toEqual([
    {
      automation: 'repeat-tasks',
      subject: 'T1',
      outcome: 'completed',
      steps: [{ step: '1.repeat-task', did: 'added T2, due 2026-09-30' }],
      cause: 'task-completed: T1',
    },
  ]);
  expect(desk.show('T2')).toMatchObject({
    ...{
      title: 'Report',
      type: 'call',
      for: 'D1',
      due: '2026-09-30',
      repeat: 'monthly on 31',
      assignee: 'ana',
    },
    ...{ status: 'open', outcome: null, doneAt: null, externalId: null },
  });
  expect(desk.journal.at(-1)!.change.kind ?? 'cursor').toBe('cursor');
  const added = desk.journal.find(({ change }) => 'add' in change && change.add.id === 'T2')!;
  expect(added.change.why).toMatchObject({ automation: 'repeat-tasks', enrolment: 'N1' });
  // Done again after it was reopened, it has come again already.
  desk.ok('task reopen T1');
  desk.ok('task done T1');
  expect(await did(desk)).toEqual([]);
  desk.at(20 * DAY);
  desk.ok('task done T2');
  expect(await did(desk)).toEqual(['added T3, due 2026-10-31']);
  expect(desk.show('T3')).toMatchObject({ due: '2026-10-31', repeat: 'monthly' });
});

it.each([
  ['weekly', '2026-09-14', 0, 'added T2, due 2026-09-21'],
  // Done late, it comes at the next time after that; done early, after its own.
  ['weekly', '2026-09-14', 10, 'added T2, due 2026-09-28'],
  ['weekly', '2026-09-30', 0, 'added T2, due 2026-10-07'],
  ['every 10 days', '', 2, 'added T2, due 2026-09-26'],
  ['workdays', '2026-09-18', 4, 'added T2, due 2026-09-21'],
])('%s, due %j, done after %i days: %s', async (repeat, due, days, expected) => {
  const desk = await seeded();
  const words = ['task', 'add', 'Water', '--repeat', repeat, ...(due === '' ? [] : ['--due', due])];
  await desk.all(words, 'run');
  desk.at(days * DAY);
  desk.ok('task done T1');
  expect(await did(desk)).toEqual([expected]);
});

it.each([
  ['ana', 'ana', 'added T2, due 2026-09-21', 'ana'],
  ['ben', 'ana', 'added T2, due 2026-09-21, for ana: ben is not active', 'ana'],
  // Neither is the owner of its record there any more.
  ['ben', 'ben', 'added T2, due 2026-09-21, for nobody: ben is not active', null],
  ['ben', 'none', 'added T2, due 2026-09-21, for nobody: ben is not active', null],
  ['none', 'ana', 'added T2, due 2026-09-21', null],
])('a task of %s on a deal of %s: %s', async (assignee, owner, expected, next) => {
  const desk = await seeded();
  await desk.all(
    `deal set D1 owner=${owner}`,
    `task add Report --for D1 --due 2026-09-14 --repeat weekly --assignee ${assignee}`,
    'run',
    'task done T1',
  );
  desk.edit('crm.yaml', text =>
    text.replace('email: ben@example.com,', 'email: ben@example.com, active: false,'),
  );
  expect(await did(desk)).toEqual([expected]);
  expect(desk.show('T2')).toMatchObject({ assignee: next, for: 'D1' });
});

it.each([
  ['ben', 'added T2, due 2026-09-21, for nobody: ben is not active', null],
  ['ana', 'added T2, due 2026-09-21', 'ana'],
])('a task of %s for no record: %s', async (assignee, expected, next) => {
  const desk = await seeded();
  await desk.all(
    `task add Water --due 2026-09-14 --repeat weekly --assignee ${assignee}`,
    'run',
    'task done T1',
  );
  desk.edit('crm.yaml', text =>
    text.replace('email: ben@example.com,', 'email: ben@example.com, active: false,'),
  );
  expect(await did(desk)).toEqual([expected]);
  expect(desk.show('T2')).toMatchObject({ assignee: next });
});

test('a task that does not repeat, or was changed quietly, adds nothing', async () => {
  const desk = await seeded();
  await desk.all('task add Once', 'task add Water --repeat weekly', 'run', 'task done T1');
  desk.change(writer => writer.set('T2', { status: 'done' }), { quiet: true });
  expect(await did(desk)).toEqual([]);
});

test("a rule of the user's with its name stands in its place, also for tasks that do not repeat", async () => {
  const desk = await seeded();
  desk.rule('repeat-tasks', 'for: task\non: task-completed\nsteps: [{ wait: 1d }, repeat-task]\n');
  await desk.all('task add Report --repeat weekly', 'task add Once', 'run', 'task done T1', 'task done T2');
  expect(outcomes(await desk.sweepTwice())).toEqual(['T1 waiting', 'T2 waiting']);
  desk.at(DAY);
  expect(await did(desk)).toEqual(['waited', 'added T3, due 2026-09-21', 'waited', 'T2 does not repeat']);
  desk.ok('automation disable repeat-tasks');
  desk.ok('task done T3');
  expect(await did(desk)).toEqual([]);
});

test('a task starts the automation that it names, for its record, when it is added or done', async () => {
  const desk = await seeded();
  const manual = (kind: string, text: string, more = '') =>
    `for: ${kind}\nruns: every-time\non: manual\n${more}steps: [{ add-note: '${text}' }]\n`;
  desk.rule('welcome', manual('contact', '{{ task.title }}', "where: 'not tag:no'\n"));
  desk.rule('deals', manual('deal', 'hello'));
  await desk.sweep();
  desk.ok('task add First --for C1 --when-created welcome --when-done deals');
  expect((await desk.sweepTwice()).automations).toMatchObject([
    { automation: 'welcome', subject: 'C1', cause: 'task-created: T1' },
  ]);
  desk.ok('task done T1');
  expect((await desk.sweepTwice()).automations).toMatchObject([
    { automation: 'deals', subject: 'D1', cause: 'task-completed: T1' },
  ]);
  expect(desk.notes('C1')).toEqual(['First']);
  desk.ok('contact tag C1 +no');
  desk.ok('task add Second --for D1 --when-created welcome');
  expect(outcomes(await desk.sweepTwice())).toEqual([]);
});
