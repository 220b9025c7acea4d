/** What holds for every trigger: once, every time, the limit, no second enrolment at once, since when, and no undo. */
import { expect, test } from 'vitest';
import { triggers } from '../../src/engine/triggers/index.ts';
import { type Desk, deskSeededBy } from './desk.ts';
import { DAY } from './swept.ts';

const seeded = deskSeededBy(
  'account add Acme',
  'contact add --email jane@example.com --name Jane --account Acme',
  'deal add Chairs --value 500 --contact jane@example.com --owner ana',
  'deal add Tables --value 500 --close 2026-09-16 --contact jane@example.com --owner ana',
  'task add First --for D1 --type call',
  'task add Second --for D1 --type call',
  'run',
);

/** How a trigger is made to fire for one subject, twice; `between` it is made ready to fire again. */
interface Way {
  readonly on: string;
  readonly for?: string;
  readonly first: string;
  readonly between?: string;
  readonly second: string;
  /** Nothing that a command does, and so nothing that can be undone. */
  readonly byTime?: true;
}

const ways: Readonly<Record<string, Way>> = {
  created: { on: 'created', for: 'contact', first: '', second: '' },
  'enters-pipeline': {
    on: '{ enters-pipeline: { pipeline: hardware } }',
    first: 'deal move D1 new --pipeline hardware',
    between: 'deal move D1 new --pipeline a-sales',
    second: 'deal move D1 new --pipeline hardware',
  },
  'enters-stage': {
    on: '{ enters-stage: { stage: proposal } }',
    first: 'deal move D1 proposal',
    between: 'deal move D1 new',
    second: 'deal move D1 proposal',
  },
  'stage-changes': { on: 'stage-changes', first: 'deal move D1 proposal', second: 'deal move D1 done' },
  'status-changes': { on: 'status-changes', first: 'deal win D1', second: 'deal reopen D1' },
  'value-changes': { on: 'value-changes', first: 'deal set D1 value=1', second: 'deal set D1 value=2' },
  'owner-changes': { on: 'owner-changes', first: 'deal assign D1 ben', second: 'deal assign D1 ana' },
  'field-changes': {
    on: '{ field-changes: { field: level } }',
    first: 'deal set D1 level=low',
    second: 'deal set D1 level=high',
  },
  'score-changes': {
    on: '{ score-changes: { by: 5 } }',
    for: 'contact',
    first: 'score C1 +5',
    second: 'score C1 +6',
  },
  'tag-added': { on: 'tag-added', first: 'deal tag D1 +a', second: 'deal tag D1 +b' },
  'tag-removed': {
    on: 'tag-removed',
    first: 'deal tag D1 -x',
    between: 'deal tag D1 +z',
    second: 'deal tag D1 -y',
  },
  'task-created': { on: 'task-created', first: 'task add A --for D1', second: 'task add B --for D1' },
  'task-completed': { on: 'task-completed', first: 'task done T1', second: 'task done T2' },
  'email-sent': { on: 'email-sent', for: 'contact', first: 'log email C1 a', second: 'log email C1 b' },
  'email-replied': {
    on: 'email-replied',
    for: 'contact',
    first: 'event add email.replied --contact C1',
    second: 'event add email.replied --contact C1',
  },
  event: {
    on: '{ event: { name: a } }',
    for: 'contact',
    first: 'event add a --contact C1',
    second: 'event add a --contact C1',
  },
  matches: {
    on: "{ matches: { query: 'value:>=1000' } }",
    first: 'deal set D1 value=1000',
    between: 'deal set D1 value=1',
    second: 'deal set D1 value=1000',
  },
};
/** Triggers whose subjects cannot fire twice by commands within a day have their tests in time.test.ts and ways.test.ts. */
const elsewhere = ['created', 'date', 'schedule', 'goal-reached', 'manual'];

test('every trigger is looked at, here or elsewhere', () => {
  expect([...new Set([...Object.keys(ways), ...elsewhere])].sort()).toEqual([...triggers.keys()].sort());
});

const cases = Object.entries(ways).filter(([name]) => !elsewhere.includes(name));

test.each(cases)('%s', async (_name, { on, for: kind = 'deal', first, between, second }) => {
  const rules = await seeded();
  rules.ok('deal tag D1 +x +y');
  await rules.sweep();
  const rule = (id: string, more: string, steps = '[{ add-note: x }]') =>
    rules.rule(id, `for: ${kind}\non: ${on}\n${more}\nsteps: ${steps}\n`);
  rule('every', 'runs: every-time');
  rule('limited', 'runs: every-time\nlimit: 1 per 24h');
  rule('once', 'runs: once');
  rule('waits', 'runs: every-time', '[{ wait: 5d }]');
  rule('where', "runs: every-time\nwhere: 'tag:nobody'");
  await rules.sweep();
  const started = async () => (await rules.sweepTwice()).automations.map(a => a.automation);
  rules.ok(first);
  expect(await started()).toEqual(['every', 'limited', 'once', 'waits']);
  // A rule that comes now does not see what was.
  rule('late', 'runs: every-time');
  expect(await started()).toEqual([]);
  if (between) {
    rules.ok(between);
    expect(await started()).toEqual([]);
  }
  rules.ok(second);
  expect(await started()).toEqual(['every', 'late']);
  rules.at(DAY);
  rules.ok('undo');
  rules.ok('undo');
  expect(await started(), 'undo is not a cause').toEqual([]);
});

/** Enrolments of D1 and D2 that wait at the second step of a rule, one day into it. */
async function waiting(steps: string): Promise<Desk> {
  const rules = await seeded();
  rules.rule('rule', `for: deal\non: value-changes\nsteps:\n${steps}`);
  await rules.sweep();
  rules.ok('deal set D1 D2 value=1');
  await rules.sweep();
  rules.at(DAY);
  return rules;
}

const edit = (rules: Desk, steps: string) =>
  rules.rule('rule', `for: deal\non: value-changes\nsteps:\n${steps}`);
const went = async (rules: Desk) =>
  (await rules.sweep()).automations.map(a =>
    [a.subject, a.outcome, ...a.steps.map(s => s.did.replace(/V\d+ to D\d+/, 'V'))].join(' '),
  );

test.each([
  {
    name: 'raising a wait keeps the time already waited',
    now: '  - add-note: a\n  - wait: 3d\n  - add-note: b\n',
    after: [],
  },
  {
    name: 'lowering it lets through at once',
    now: '  - add-note: a\n  - wait: 12h\n  - add-note: b\n',
    after: ['waited', 'added V'],
  },
  {
    name: 'another kind of wait counts from the same beginning',
    now: "  - add-note: a\n  - wait: { for: 1d, at: '08:00' }\n",
    after: ['waited'],
  },
  {
    name: 'a step taken out is moved on from',
    now: '  - add-note: a\n  - add-note: b\n',
    after: ['added V'],
  },
  {
    name: 'a goal put in is looked at',
    now: "  - add-note: a\n  - wait: 9d\n  - goal: { name: G, when: 'value:1' }\n",
    after: ['reached G'],
  },
])('editing in flight: $name', async ({ now, after }) => {
  const rules = await waiting('  - add-note: a\n  - wait: 2d\n  - add-note: b\n');
  edit(rules, now);
  const expected = after.length === 0 ? [] : ['D1', 'D2'].map(id => [id, 'completed', ...after].join(' '));
  expect(await went(rules)).toEqual(expected);
});

test('a label moves with its step; enrolments that wait at a renamed or removed label fail, and a retry finds it when it is back', async () => {
  const labelled = (label: string) => `  - add-note: a\n  - wait: 2d\n    label: ${label}\n  - add-note: b\n`;
  const rules = await waiting(labelled('pause'));
  edit(rules, `  - add-note: new\n  - add-note: a\n  - wait: 12h\n    label: pause\n`);
  expect(await went(rules)).toEqual(['D1 completed waited', 'D2 completed waited']);

  const renamed = await waiting(labelled('pause'));
  edit(renamed, labelled('rest'));
  const { failures, code } = await renamed.sweep();
  expect(code).toBe(1);
  expect(failures).toMatchObject(
    ['D1', 'D2'].map(subject => ({ subject, step: 'pause', error: 'step removed' })),
  );
  expect(await renamed.sweep()).toMatchObject({ code: 0, failures: [] });
  edit(renamed, labelled('pause'));
  await renamed.ok('automation retry rule');
  renamed.at(3 * DAY);
  expect(await went(renamed)).toEqual(['D1 completed waited added V', 'D2 completed waited added V']);
});

test('a rule that is disabled or removed pauses its enrolments; when it is back they continue, and the elapsed time counts', async () => {
  for (const [away, back] of [
    ['disable', 'enable'],
    ['rm', 'restore'],
  ]) {
    const rules = await waiting('  - wait: 2d\n  - add-note: b\n');
    rules.ok(`automation ${away} rule`);
    rules.at(4 * DAY);
    rules.ok('deal add New --value 1');
    expect(await went(rules)).toEqual([]);
    rules.ok(`automation ${back} rule`);
    expect(await went(rules)).toEqual(['D1 completed waited added V', 'D2 completed waited added V']);
  }
});
