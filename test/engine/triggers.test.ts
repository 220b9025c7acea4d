/** What starts a rule, for whom, how often, and since when. */
import { expect, test } from 'vitest';
import type { Writer } from '../../src/app/core/writer.ts';
import { deskSeededBy } from './desk.ts';
import { DAY, outcomes, type Sweep } from './swept.ts';

const subjects = (sweep: Sweep): string[] => sweep.automations.map(a => a.subject);
const tell = "steps:\n  - notify: { user: ana, text: 'now' }\n";

/** C1 and C2, the first with A1; the open deals D1 and D3 and the won D2 of C1; T1 for D1, T2 for C2. */
const seeded = deskSeededBy(
  'account add Acme',
  'contact add --email jane@example.com --name Jane --account Acme',
  'contact add --email joe@example.com --name Joe',
  'deal add Chairs --value 500 --contact jane@example.com',
  'deal add Tables --value 500 --contact jane@example.com',
  'deal win D2',
  'deal add Lamps --value 500 --contact jane@example.com --pipeline hardware --owner ana',
  'task add Call --for D1 --type call',
  'task add Call --for C2 --type call',
  'run',
);

interface Case {
  readonly on: string;
  readonly for?: string;
  /** Commands that do not start the rule, one sweep each. */
  readonly not?: readonly string[];
  /** Commands, and the subjects that the sweep after each starts. */
  readonly does: Readonly<Record<string, readonly string[]>>;
}

const cases: readonly Case[] = [
  {
    on: 'created',
    not: [
      'deal set D1 title=Stools',
      'deal move D1 proposal',
      'contact add --email x@example.com',
      'task add X',
    ],
    does: { 'deal add Desk': ['D4'] },
  },
  {
    on: 'created',
    for: 'contact',
    not: ['deal add Desk'],
    does: { 'contact add --email x@example.com': ['C3'] },
  },
  {
    on: 'created',
    for: 'account',
    not: ['account set A1 domain=acme.com'],
    does: { 'account add Beta': ['A2'] },
  },
  { on: 'created', for: 'task', not: ['task done T1'], does: { 'task add X --for D1': ['T3'] } },
  {
    on: 'enters-pipeline: { pipeline: hardware }',
    not: ['deal add Desk', 'deal move D3 shipped', 'deal win D3'],
    does: { 'deal add Desk --pipeline hardware': ['D5'], 'deal move D1 new --pipeline hardware': ['D1'] },
  },
  {
    on: 'enters-pipeline',
    not: ['deal move D1 proposal'],
    does: { 'deal add Desk': ['D4'], 'deal move D1 shipped --pipeline hardware': ['D1'] },
  },
  {
    on: 'enters-pipeline: { pipeline: hardware }',
    for: 'contact',
    not: ['deal add Desk --pipeline hardware'],
    does: { 'deal move D1 new --pipeline hardware': ['C1'] },
  },
  {
    on: 'enters-stage: { stage: proposal }',
    not: ['deal move D1 done', 'deal add Desk', 'deal set D1 title=Stools'],
    does: { 'deal move D1 proposal': ['D1'], 'deal add Shelf --stage proposal': ['D5'] },
  },
  {
    // Both pipelines have a stage of this id.
    on: 'enters-stage: { pipeline: hardware, stage: new }',
    not: ['deal add Desk', 'deal move D1 shipped --pipeline hardware'],
    does: { 'deal move D1 new': ['D1'], 'deal move D4 new --pipeline hardware': ['D4'] },
  },
  {
    on: 'enters-stage: { stage: proposal }',
    for: 'account',
    does: { 'deal move D1 proposal': ['A1'] },
  },
  {
    on: 'stage-changes',
    not: ['deal add Desk', 'deal win D1'],
    does: { 'deal move D1 proposal': ['D1'], 'deal move D4 done': ['D4'] },
  },
  {
    on: 'stage-changes: { from: new, to: done }',
    not: ['deal move D1 proposal', 'deal move D1 done'],
    does: { 'deal add Desk': [], 'deal move D4 done': ['D4'] },
  },
  {
    on: 'stage-changes: { pipeline: hardware }',
    not: ['deal move D1 proposal'],
    does: { 'deal move D3 shipped': ['D3'] },
  },
  {
    on: 'status-changes: { to: won }',
    not: ['deal lose D1 --reason price', 'deal reopen D2', 'deal add Desk --status won'],
    does: { 'deal win D1': ['D1'] },
  },
  {
    on: 'status-changes',
    for: 'contact',
    not: ['deal move D1 done'],
    does: { 'deal lose D1 --reason price': ['C1'] },
  },
  {
    on: 'score-changes: { reaches: 20 }',
    for: 'contact',
    not: ['event add page.visited --contact C1', 'score C1 +19', 'score C2 +10'],
    does: { 'score C1 +1': ['C1'], 'event add form.submitted --contact C2': ['C2'] },
  },
  {
    // From 20 or more to more than that is not reaching it.
    on: 'score-changes: { reaches: 20 }',
    for: 'contact',
    does: { 'score C1 +30': ['C1'], 'score C1 +5': [], 'score C1 -50': [], 'score C1 +40': ['C1'] },
  },
  {
    on: 'score-changes: { score: default, falls-to: 0 }',
    for: 'contact',
    not: ['score C1 +30', 'score C1 -29'],
    does: { 'score C1 -1': ['C1'] },
  },
  {
    // A contact's score starts a rule for deals with that contact's open deals.
    on: "score-changes: { reaches: 20, where: 'email:jane' }",
    not: ['event add form.submitted --contact C2'],
    does: { 'event add form.submitted --contact C1': ['D1', 'D3'] },
  },
  {
    on: 'task-created: { type: call }',
    not: ['task add X --for D1 --type todo', 'task add X', 'task done T1'],
    does: { 'task add X --for D1 --type call': ['D1'], 'task add X --for C1 --type call': ['D1', 'D3'] },
  },
  {
    on: 'task-created',
    for: 'contact',
    not: ['task add X --for A1'],
    does: { 'task add X --for D1': ['C1'], 'task add X --for C2': ['C2'] },
  },
  {
    on: 'task-completed: { type: call }',
    not: ['task add X --for D1', 'task done T3'],
    does: { 'task done T1': ['D1'] },
  },
  {
    on: 'task-completed',
    for: 'task',
    not: ['task add X --for D1', 'task snooze T1 +1d'],
    does: { 'task done T1': ['T1'], 'task done T2': ['T2'] },
  },
  {
    on: 'event: { name: form.submitted }',
    for: 'contact',
    not: ['event add page.visited --contact C1'],
    does: { 'event add form.submitted --contact C2': ['C2'] },
  },
  {
    on: 'event: form.submitted',
    for: 'contact',
    not: ['event add page.visited --contact C1'],
    does: { 'event add form.submitted --contact C2': ['C2'] },
  },
  {
    on: "event: { name: form.submitted, where: 'prop.form:quote' }",
    not: ['event add form.submitted --contact C1 --prop form=other', 'event add form.submitted --contact C2'],
    does: { 'event add form.submitted --contact C1 --prop form=quote': ['D1', 'D3'] },
  },
  {
    on: "matches: { query: 'value:>=1000 is:open' }",
    not: ['deal set D1 value=999', 'deal add Desk --value 900', 'deal set D2 value=5000'],
    does: {
      'deal set D1 value=1000': ['D1'],
      'deal add Shelf --value 2000': ['D5'],
      'deal reopen D2': ['D2'],
    },
  },
  {
    on: 'matches: { view: big }',
    not: ['deal set D1 value=999'],
    does: { 'deal set D1 value=1000': ['D1'], 'deal set D1 value=2000': [] },
  },
  {
    on: "matches: { query: 'tasks.open:0' }",
    for: 'contact',
    // C1 has none from the beginning.
    does: { 'task done T2': ['C2'] },
  },
  {
    on: 'value-changes',
    not: ['deal add Desk --value 900', 'deal set D1 title=Stools', 'deal set D1 value=500'],
    does: { 'deal set D1 value=501': ['D1'] },
  },
  {
    on: "value-changes: { where: 'value:>=1000' }",
    for: 'contact',
    not: ['deal set D1 value=900'],
    does: { 'deal set D1 value=1000': ['C1'] },
  },
  {
    on: 'owner-changes',
    not: ['deal add Desk --owner ana', 'contact set C1 owner=ana'],
    does: { 'deal assign D1 ben': ['D1'], 'deal set D3 owner=none': ['D3'] },
  },
  {
    on: 'owner-changes: { from: none, to: ana }',
    for: 'contact',
    not: ['contact set C1 owner=ben', 'contact set C1 owner=ana', 'deal set D1 owner=ana'],
    does: { 'contact set C2 owner=ana': ['C2'] },
  },
  {
    on: 'owner-changes: { of: contact }',
    not: ['deal set D1 owner=ana'],
    does: { 'contact set C1 owner=ana': ['D1', 'D3'] },
  },
  {
    on: 'owner-changes: { to: ben }',
    for: 'task',
    not: ['task set T1 assignee=ana'],
    does: { 'task set T1 assignee=ben': ['T1'] },
  },
  {
    on: 'field-changes: { field: level, to: high }',
    not: ['deal set D1 level=low', 'deal add Desk --field level=high'],
    does: { 'deal set D1 level=high': ['D1'] },
  },
  {
    on: 'field-changes: { field: size, from: 3, to: none }',
    not: ['deal set D1 size=3', 'deal set D1 size=4', 'deal set D3 size=3'],
    does: { 'deal set D3 size=': ['D3'] },
  },
  {
    on: 'field-changes: { field: value, to: 1500 }',
    does: { 'deal set D1 value=1500.00': ['D1'], 'deal set D1 value=1600': [] },
  },
  {
    on: 'field-changes: { of: contact, field: phone }',
    does: { 'contact set C1 phone=1': ['D1', 'D3'], 'contact set C2 phone=1': [] },
  },
  {
    on: 'field-changes: { of: contact, field: emails }',
    not: ['contact set C1 name=X'],
    does: {
      'contact email C1 add new@example.com': ['D1', 'D3'],
      'contact set C1 email=new@example.com': ['D1', 'D3'],
    },
  },
  {
    on: 'score-changes: { by: 15 }',
    for: 'contact',
    not: ['score C1 +14', 'score C1 -20'],
    does: { 'score C1 +15': ['C1'], 'event add form.submitted --contact C2': ['C2'] },
  },
  {
    on: "score-changes: { by: -10, where: 'email:joe' }",
    for: 'contact',
    not: ['score C1 -30', 'score C2 +10'],
    does: { 'score C2 -10': ['C2'], 'score C2 -4': [] },
  },
  {
    on: 'tag-added: { tag: vip }',
    not: ['deal tag D1 +hot', 'contact tag C1 +vip'],
    does: {
      'deal tag D1 +vip': ['D1'],
      'deal tag D1 +big': [],
      'deal add Desk --tags hot,vip': ['D4'],
      'deal tag D1 -vip': [],
    },
  },
  {
    on: 'tag-added: { of: contact }',
    for: 'account',
    does: { 'contact tag C1 +vip': ['A1'], 'contact tag C1 -vip': [] },
  },
  {
    on: 'tag-removed: { tag: vip }',
    not: ['deal tag D1 +vip', 'deal tag D1 +hot', 'deal tag D1 -hot'],
    does: { 'deal tag D1 -vip': ['D1'], 'deal tag D1 -vip +hot': [] },
  },
  {
    on: 'email-sent',
    not: ['log call D1 hello', 'event add email.replied --contact C1'],
    does: { 'log email D1 hello': ['D1'], 'log email C1 hello': ['D1', 'D3'] },
  },
  {
    on: "email-sent: { where: 'email:jane' }",
    for: 'contact',
    not: ['log email C2 hello'],
    does: { 'log email D3 hello': ['C1'] },
  },
  {
    on: 'email-replied',
    for: 'contact',
    not: ['event add email.opened --contact C1'],
    does: { 'event add email.replied --contact C1': ['C1'] },
  },
  { on: 'manual', not: ['deal add Desk', 'deal set D1 value=1'], does: {} },
  {
    on: "{ created: { where: 'value:>=1000' } }",
    not: ['deal add Desk --value 900'],
    does: { 'deal add Shelf --value 1000': ['D5'] },
  },
];

test.each(cases)('$on for a $for', async ({ on, for: kind = 'deal', not = [], does }) => {
  const rules = await seeded();
  rules.rule('rule', `for: ${kind}\nruns: every-time\non:\n  - ${on}\n${tell}`);
  await rules.sweep();
  for (const command of not) {
    rules.ok(command);
    expect(subjects(await rules.sweepTwice()), command).toEqual([]);
  }
  for (const [command, expected] of Object.entries(does)) {
    rules.ok(command);
    const sweep = await rules.sweepTwice();
    expect(subjects(sweep), command).toEqual(expected);
    expect(sweep.changes, command).toEqual(
      expected.length > 0 ? { messages: expected.length, enrolments: expected.length } : {},
    );
  }
});

test('a record that comes back from the trash is neither created nor does it enter its stage or pipeline', async () => {
  const rules = await seeded();
  rules.rule('rule', `for: deal\non: [created, enters-pipeline, { enters-stage: { stage: new } }]\n${tell}`);
  await rules.sweep();
  rules.ok('deal rm D1');
  await rules.sweep();
  rules.ok('deal restore D1');
  expect(outcomes(await rules.sweepTwice())).toEqual([]);
});

test('a record that is gone again by the time of the sweep starts nothing', async () => {
  const rules = await seeded();
  rules.rule('rule', `for: deal\non: created\n${tell}`);
  rules.ok('deal add Desk');
  rules.ok('deal rm D4');
  expect(outcomes(await rules.sweepTwice())).toEqual([]);
});

test("a rule's where is asked of the subject, at the time of the sweep", async () => {
  const rules = await seeded();
  rules.rule('rule', `for: deal\non: { task-created: { type: call } }\nwhere: 'value:>=1000'\n${tell}`);
  rules.ok('task add X --for D1 --type call');
  expect(outcomes(await rules.sweepTwice())).toEqual([]);
  rules.ok('task add X --for D1 --type call');
  rules.ok('deal set D1 value=2000');
  expect(outcomes(await rules.sweepTwice())).toEqual(['D1 completed']);
});

test('once is once per subject, also when the rule was edited in between', async () => {
  const rules = await seeded();
  rules.rule('rule', `for: deal\non: { stage-changes: { to: proposal } }\n${tell}`);
  const again = async () => {
    rules.ok('deal move D1 proposal');
    const sweep = await rules.sweepTwice();
    rules.ok('deal move D1 new');
    await rules.sweep();
    return outcomes(sweep);
  };
  expect(await again()).toEqual(['D1 completed']);
  expect(await again()).toEqual([]);
  rules.rule('rule', `for: deal\non: { stage-changes: { to: proposal } }\n${tell}  - add-note: more\n`);
  expect(await again()).toEqual([]);
  rules.ok('deal move D3 proposal --pipeline a-sales');
  expect(outcomes(await rules.sweepTwice())).toEqual(['D3 completed']);
});

test('every-time is once for each change, and for each subject of it', async () => {
  const rules = await seeded();
  rules.rule('rule', `for: deal\nruns: every-time\non: { stage-changes: { to: proposal } }\n${tell}`);
  rules.ok('deal move D1 proposal');
  rules.ok('deal move D1 new');
  rules.ok('deal move D1 proposal');
  expect(outcomes(await rules.sweepTwice())).toEqual(['D1 completed', 'D1 completed']);
});

test('several triggers that see the same change start a rule once', async () => {
  const rules = await seeded();
  rules.rule(
    'rule',
    `for: deal\nruns: every-time\non:\n  - created\n  - enters-stage: { stage: new }\n  - matches: { query: 'is:open' }\n${tell}`,
  );
  rules.ok('deal add Desk');
  expect(outcomes(await rules.sweepTwice())).toEqual(['D4 completed']);
});

test('while a subject is enrolled it is not enrolled again, unless overlap says so', async () => {
  const waits = (more: string) =>
    `for: deal\nruns: every-time\n${more}on: { task-created: { type: call } }\nsteps: [{ wait: 1d }, { add-note: waited }]\n`;
  const rules = await seeded();
  rules.rule('alone', waits(''));
  rules.rule('overlapping', waits('overlap: true\n'));
  rules.ok('task add X --for D1 --type call');
  await rules.sweepTwice();
  rules.at(DAY / 2);
  rules.ok('task add X --for D1 --type call');
  expect((await rules.sweepTwice()).automations).toMatchObject([
    { automation: 'overlapping', subject: 'D1', outcome: 'waiting' },
  ]);
  rules.at(DAY);
  expect((await rules.sweepTwice()).automations.map(a => `${a.automation} ${a.outcome}`)).toEqual([
    'alone completed',
    'overlapping completed',
  ]);
  rules.ok('task add X --for D1 --type call');
  expect((await rules.sweepTwice()).automations.map(a => `${a.automation} ${a.outcome}`)).toEqual([
    'alone waiting',
    'overlapping waiting',
  ]);
});

test('a limit counts per subject within a sliding time', async () => {
  const rules = await seeded();
  rules.rule(
    'rule',
    `for: deal\nruns: every-time\nlimit: 2 per 24h\non: { task-created: { type: call } }\n${tell}`,
  );
  const task = async (id: string) => {
    rules.ok(`task add X --for ${id} --type call`);
    return outcomes(await rules.sweepTwice());
  };
  expect(await task('D1')).toEqual(['D1 completed']);
  rules.at(DAY / 2);
  expect(await task('D1')).toEqual(['D1 completed']);
  expect(await task('D1')).toEqual([]);
  expect(await task('D3')).toEqual(['D3 completed']);
  // The first is out of the window when it is 24 hours old.
  rules.at(DAY - 1);
  expect(await task('D1')).toEqual([]);
  rules.at(DAY);
  expect(await task('D1')).toEqual(['D1 completed']);
  expect(await task('D1')).toEqual([]);
});

test('every-time has a default limit of ten a day', async () => {
  const rules = await seeded();
  rules.rule('rule', `for: deal\nruns: every-time\non: { task-created: { type: call } }\n${tell}`);
  for (let i = 0; i < 11; i++) rules.ok('task add X --for D1 --type call');
  expect(outcomes(await rules.sweepTwice())).toHaveLength(10);
});

test('a rule sees changes after it was written', async () => {
  const rules = await seeded();
  rules.ok('deal add Before --value 2000');
  rules.rule('by-hand', `for: deal\non: [created, { matches: { query: 'value:>=1000' } }]\n${tell}`);
  rules.ok('deal add Between --value 2000');
  expect(outcomes(await rules.sweepTwice())).toEqual(['D5 completed']);
  rules.ok('deal set D1 value=2000');
  expect(outcomes(await rules.sweepTwice())).toEqual(['D1 completed']);
});

test('a rule does not see changes from the time when it was disabled', async () => {
  const rules = await seeded();
  rules.rule(
    'rule',
    `enabled: false\nfor: deal\nruns: every-time\non: [created, { matches: { query: 'value:>=1000' } }]\n${tell}`,
  );
  rules.ok('deal add Off --value 2000');
  expect(outcomes(await rules.sweepTwice())).toEqual([]);
  rules.ok('deal add Off --value 2000');
  rules.ok('automation enable rule');
  rules.ok('deal add On --value 1');
  expect(outcomes(await rules.sweepTwice())).toEqual(['D6 completed']);
  rules.ok('automation disable rule');
  rules.ok('deal set D1 value=2000');
  rules.ok('automation enable rule');
  // It did match, but began to while the rule was off.
  expect(outcomes(await rules.sweepTwice())).toEqual([]);
  rules.ok('automation rm rule');
  rules.ok('deal add Gone');
  rules.ok('automation restore rule');
  rules.ok('deal add Back');
  expect(outcomes(await rules.sweepTwice())).toEqual(['D8 completed']);
});

test('a record that began to match by time before the rule was enabled does not start it', async () => {
  const rules = await seeded();
  await rules.sweep();
  rules.at(10 * DAY);
  rules.rule(
    'idle',
    `for: deal\nruns: every-time\non: { matches: { query: 'is:open idle.over:7d' } }\n${tell}`,
  );
  expect(outcomes(await rules.sweepTwice())).toEqual([]);
  rules.ok('log call D1 hello');
  await rules.sweep();
  rules.at(18 * DAY);
  expect(outcomes(await rules.sweepTwice())).toEqual(['D1 completed']);
});

test('undo is not a cause, and neither is a redo', async () => {
  const rules = await seeded();
  rules.rule(
    'rule',
    `for: deal\nruns: every-time\non: [created, stage-changes, { matches: { query: 'value:>=1000' } }]\n${tell}`,
  );
  await rules.sweep();
  rules.ok('deal set D1 value=2000 stage=proposal');
  rules.ok('undo');
  expect(outcomes(await rules.sweepTwice())).toEqual(['D1 completed']);
  rules.ok('redo');
  expect(outcomes(await rules.sweepTwice())).toEqual([]);
});

test('what is done quietly, as by an import, is not a cause', async () => {
  const rules = await seeded();
  rules.rule(
    'rule',
    `for: deal\nruns: every-time\non: [created, { matches: { query: 'value:>=1000' } }]\n${tell}`,
  );
  await rules.sweep();
  const added = (title: string) => (writer: Writer) => void writer.add('deal', { title, value: '2000' });
  rules.change(added('Quiet'), { quiet: true });
  expect(outcomes(await rules.sweepTwice())).toEqual([]);
  rules.change(added('Loud'));
  expect(outcomes(await rules.sweepTwice())).toEqual(['D5 completed']);
  // What was imported quietly counts as there before: it has to stop matching to begin again.
  rules.ok('deal set D4 value=3000');
  expect(outcomes(await rules.sweepTwice())).toEqual([]);
  rules.ok('deal set D4 value=1');
  await rules.sweep();
  rules.ok('deal set D4 value=3000');
  expect(outcomes(await rules.sweepTwice())).toEqual(['D4 completed']);
});

test('a rule run alone sees a change once, and the others still see it', async () => {
  const rules = await seeded();
  const text = (on: string) => `for: deal\nruns: every-time\non: [${on}]\n${tell}`;
  rules.rule('first', text("created, { matches: { query: 'value:>=1000' } }"));
  rules.rule('second', text('created'));
  await rules.sweep();
  rules.ok('deal add Desk --value 2000');
  const alone = await rules.sweep('--only', 'first');
  expect(alone.automations).toMatchObject([{ automation: 'first', subject: 'D4' }]);
  const { length } = rules.journal;
  expect(await rules.sweep('--only', 'first')).toMatchObject({ tx: null, events: 0, automations: [] });
  expect(rules.journal).toHaveLength(length);
  rules.ok('deal set D1 value=1000');
  expect((await rules.sweepTwice()).automations.map(a => `${a.automation} ${a.subject}`)).toEqual([
    'first D1',
    'second D4',
  ]);
});
