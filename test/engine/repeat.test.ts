/** Tasks that come again when they are done. */
import { expect, test } from 'vitest';
import { Desk } from './desk.ts';

test.each([
  ['monthly', '2026-08-31', '2026-09-30'],
  ['weekly', '2026-09-11', '2026-09-18'],
  ['monthly', '2026-09-30', '2026-10-30'],
])('a %s task that was due %s comes again due %s, once, with all that it has', async (repeat, due, next) => {
  const desk = Desk.make();
  await desk.all(
    'contact add --email jane@example.com --name Jane',
    'deal add Chairs --contact C1',
    `task add Report --for D1 --type call --due ${due} --repeat ${repeat} --assignee ana`,
    'run',
    'task done T1 --outcome sent',
  );
  expect((await desk.sweepTwice()).automations).toMatchObject([
    {
      automation: 'repeat-tasks',
      subject: 'T1',
      outcome: 'completed',
      steps: [{ step: '1.repeat-task', did: `added T2, due ${next}` }],
    },
  ]);
  const { title, type, assignee, status, outcome } = desk.show('T2');
  expect({ title, type, assignee, status, outcome, due: desk.show('T2').due }).toEqual({
    title: 'Report',
    type: 'call',
    assignee: 'ana',
    status: 'open',
    outcome: null,
    due: next,
  });
  desk.ok('task rm T2');
  expect((await desk.sweep()).automations).toEqual([]);
});
