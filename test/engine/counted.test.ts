/** What counts as an event of a sweep, as an event for the steps of an enrolment, and as the moment for which a step waits. */
import { expect, test } from 'vitest';
import { type Desk, deskSeededBy } from './desk.ts';
import { DAY, HOUR, outcomes } from './swept.ts';

/** D1 for C1, of ana's; T1 for D1, due tomorrow at half past ten; D2 for nobody. */
const seeded = deskSeededBy(
  'contact add --email jane@example.com --name Jane',
  'deal add Chairs --value 500 --contact C1 --owner ana',
  'deal add Tables',
  'task add Call --for D1 --due 2026-09-15 --due-time 10:30',
  'task add Write --for D1 --due 2026-09-15',
  'run',
);
const rule = (desk: Desk, text: string) => {
  desk.rule('rule', `runs: every-time\n${text}`);
};

test('changes of records are events of a sweep; changes of enrolments, and of what a sweep remembers, are not', async () => {
  const desk = await seeded();
  rule(desk, 'for: deal\non: manual\nsteps: [{ wait: 1d }]');
  expect((await desk.sweep()).events).toBe(1);
  desk.ok('automation enrol rule D1 D2');
  expect((await desk.sweep()).events).toBe(0);
  desk.ok('deal set D1 D2 value=7');
  desk.ok('automation enrol rule D1');
  expect((await desk.sweep()).events).toBe(2);
});

test('an event counts that names a message of somebody else, unless it is an event of mail', async () => {
  const desk = await seeded();
  rule(
    desk,
    "for: deal\non: value-changes\nsteps:\n  - send-email: { to: contact, subject: Hi, body: Hello }\n  - wait: { until: 'event:form.submitted or event:email.opened' }\n  - add-note: seen",
  );
  await desk.sweep();
  desk.ok('deal set D1 value=7');
  expect(outcomes(await desk.sweep())).toEqual(['D1 waiting']);
  for (const [event, expected] of [
    ['email.opened --contact C1 --prop message=M77', []],
    ['other.thing --contact C1', []],
    ['form.submitted --contact C1 --prop message=M77', ['D1 completed']],
  ] as const) {
    desk.ok(`event add ${event}`);
    expect(outcomes(await desk.sweep())).toEqual(expected);
  }
  // Without a message of its own, the one that an opened mail names is not another's.
  rule(
    desk,
    "for: contact\non: { tag-added: { tag: x } }\nsteps: [{ wait: { until: 'event:email.opened' } }]",
  );
  await desk.sweep();
  desk.ok('contact tag C1 +x');
  await desk.sweep();
  desk.ok('event add email.opened --contact C1 --prop message=M77');
  expect(outcomes(await desk.sweep())).toContain('C1 completed');
});

test.each([
  ['T1', '{ until-date: due }', DAY + 2.5 * HOUR],
  ['T2', '{ until-date: due }', 16 * HOUR],
  ['T1', "{ until-date: due, at: '12:00' }", DAY + 4 * HOUR],
  ['T1', '{ until-date: due, offset: -1d }', 2.5 * HOUR],
  ['T1', '{ until-date: createdAt, offset: 2h }', 2 * HOUR],
])('a wait of %s %s is over at the time of that day', async (task, wait, over) => {
  const desk = await seeded();
  rule(desk, `for: task\non: manual\nsteps: [{ wait: ${wait} }]`);
  desk.ok(`automation enrol rule ${task}`);
  await desk.sweep();
  desk.at(over - 1);
  expect(outcomes(await desk.sweep())).toEqual([]);
  desk.at(over);
  expect(outcomes(await desk.sweep())).toEqual([`${task} completed`]);
});

test.each([
  ['add-event: x', 'D2 has no contact'],
  ['start: rule2', 'there is no automation rule2, or it is broken'],
  ['send-email: { to: contact, subject: Hi, body: x }', 'D2 has no contact'],
  ['add-task: { on: contact, title: x }', 'D2 has no contact'],
  ['wait: { until-date: expectedClose }', 'D2 has no expectedClose'],
])('%s fails for a deal without it: %s', async (step, error) => {
  const desk = await seeded();
  desk.rule('rule2', 'for: deal\non: manual\nsteps: [stop]\n');
  rule(desk, `for: deal\non: manual\nsteps: [{ wait: 1h }, { ${step} }, stop]`);
  desk.ok('automation enrol rule D2');
  await desk.sweep();
  if (step.startsWith('start')) desk.rule('rule2', 'for: deal\non: manual\nsteps: [stp]\n');
  desk.at(HOUR);
  const { failures } = await desk.sweep();
  expect(failures.filter(({ automation }) => automation === 'rule').map(each => each.error)).toEqual([error]);
});

test('each step says what it did', async () => {
  const desk = await seeded();
  rule(
    desk,
    "for: deal\non: manual\nsteps:\n  - label: here\n  - if: 'value:500'\n    then: [{ add-note: 500 }]\n  - go-to: end\n  - label: end\n    add-tag: 'a, b'\n  - remove-tag: [b, c]\n  - remove-tag: c\n  - add-tag: a\n  - log: { type: call, text: x }\n  - complete-tasks: 'due:>2026-09-01'\n  - complete-tasks\n  - assign: none\n  - assign: none\n  - stop",
  );
  expect(desk.broken('rule')).toEqual([]);
  desk.ok('automation enrol rule D1');
  const { automations } = await desk.sweep();
  expect(automations[0]!.steps.map(({ did }) => did)).toEqual([
    'came by here',
    'value:500: yes',
    'added V1 to D1',
    'went to end',
    'tagged D1 a, b',
    'took b, c off D1',
    'D1 lacks c already',
    'D1 has a already',
    'logged V2 for D1',
    'completed T1, T2',
    'D1 has no such task',
    'assigned D1 to nobody',
    'D1 is of nobody already',
    'stopped',
  ]);
});
