/** Rules that start each other: in one sweep, in rounds, and cut where they would go on for ever. */
import { expect, test } from 'vitest';
import { Desk } from './desk.ts';
import { outcomes, type Sweep } from './swept.ts';

const ran = (sweep: Sweep): string[] => sweep.automations.map(a => `${a.automation} ${a.subject}`);
const every = (on: string, steps: string, more = ''): string =>
  `for: deal\nruns: every-time\n${more}on: ${on}\nsteps: [${steps}]\n`;
const toStage = (from: string, to: string): string =>
  every(`{ enters-stage: { stage: ${from} } }`, `{ update: { stage: ${to} } }`);

/** The sweep names a loop and leaves it out; the next one has nothing to say. */
async function cut(rules: Desk, error: RegExp): Promise<Sweep> {
  const sweep = await rules.sweepTwice();
  expect(sweep.code).toBe(1);
  expect(sweep.failures.map(f => f.error)).toEqual([expect.stringMatching(error)]);
  expect(await rules.sweep()).toMatchObject({ code: 0, tx: null, failures: [] });
  return sweep;
}

test('the changes of a rule start others in the same sweep, in rounds, with one transaction', async () => {
  const rules = Desk.make();
  rules.rule('a-notes', every('{ task-created: { type: call } }', "{ add-note: '{{ task.title }}' }"));
  rules.rule('b-tasks', every('created', '{ add-task: { title: Call, type: call } }'));
  rules.rule('c-score', every("{ matches: { query: 'tasks.open:>=1' } }", '{ update: { size: 1 } }'));
  rules.rule('d-size', every("{ matches: { query: 'size:1' } }", '{ add-note: sized }'));
  rules.ok('deal add Chairs');
  const sweep = await rules.sweepTwice();
  // b, then c and d see its work in the same round; a sees the new task in the next.
  expect(ran(sweep)).toEqual(['b-tasks D1', 'c-score D1', 'd-size D1', 'a-notes D1']);
  expect(sweep.tx).toBe(3);
  expect(rules.notes('D1')).toEqual(['sized', 'Call']);
});

test('a transition starts rules, and a rule transitions', async () => {
  const rules = Desk.make({
    'pipelines/a-sales.yaml': `name: Sales
stages: [{ id: new, name: New }, { id: proposal, name: Proposal }, { id: done, name: Done }]
transitions:
  - { to: done, when: 'tag:ready' }
  - { to: proposal, from: [new], when: 'value:>=1000' }
`,
  });
  rules.rule('tag', every('{ enters-stage: { stage: proposal } }', '{ update: { tags: ready } }'));
  rules.rule('note', every('{ stage-changes: { from: proposal, to: done } }', '{ add-note: there }'));
  rules.ok('deal add Chairs --value 2000');
  const sweep = await rules.sweepTwice();
  expect(sweep.transitions).toEqual([
    { record: 'D1', from: 'new', to: 'proposal', rule: 2 },
    { record: 'D1', from: 'proposal', to: 'done', rule: 1 },
  ]);
  expect(ran(sweep)).toEqual(['tag D1', 'note D1']);
  expect(sweep.code).toBe(0);
});

test('two rules that undo each other are cut and named; the work of others stays', async () => {
  const rules = Desk.make();
  rules.rule('back', toStage('proposal', 'new'));
  rules.rule('forth', toStage('new', 'proposal'));
  rules.rule('note', every('created', '{ add-note: hello }'));
  rules.rule('tag', every('{ enters-stage: { stage: done } }', '{ update: { tags: seen } }'));
  rules.ok('deal add Chairs');
  rules.ok('deal add Tables --stage done');
  const sweep = await cut(
    rules,
    /^a loop: back and forth start each other again and again; what they did to D1 is left out of this sweep$/,
  );
  expect(sweep.failures).toMatchObject([{ automation: 'back', subject: 'D1', step: null }]);
  expect(ran(sweep)).toEqual(['note D1', 'note D2', 'tag D2']);
  expect(rules.show('D1')).toMatchObject({ stage: 'new' });
  expect(rules.show('D2')).toMatchObject({ tags: ['seen'] });
  // What was cut is not forgotten: the next change is looked at as any other.
  rules.remove('automations/back.yaml');
  rules.ok('deal move D2 new');
  expect(ran(await rules.sweepTwice())).toEqual(['forth D2']);
});

test('a loop is cut for each subject that goes round in it, in one sweep', async () => {
  const rules = Desk.make();
  rules.rule('back', toStage('proposal', 'new'));
  rules.rule('forth', toStage('new', 'proposal'));
  for (const title of ['A', 'B', 'C']) rules.ok(`deal add ${title}`);
  const sweep = await rules.sweepTwice();
  expect(sweep.failures.map(f => f.subject)).toEqual(['D1', 'D2', 'D3']);
  expect(sweep.changes).toEqual({});
});

test.each([
  { limit: '10 per 24h', name: 'ten times' },
  { limit: '1 per 24h', name: 'once' },
  { limit: '1000 per 24h', name: 'a thousand times' },
])('a rule that starts itself is a loop, also where its limit would end it: $name', async ({ limit }) => {
  const rules = Desk.make();
  rules.rule(
    'again',
    every(
      '{ task-created: { type: call } }',
      '{ add-task: { title: Again, type: call } }',
      `limit: ${limit}\n`,
    ),
  );
  rules.ok('deal add Chairs');
  await rules.sweep();
  rules.ok('task add Call --for D1 --type call');
  const sweep = await cut(
    rules,
    /^a loop: again starts itself again and again; what it did to D1 is left out/,
  );
  expect(sweep.changes).toEqual({});
});

test('a rule that makes ever new records makes one generation, and is reported', async () => {
  const rules = Desk.make();
  rules.rule('spawn', 'for: task\non: created\nsteps: [{ add-task: { on: deal, title: More } }]\n');
  rules.rule('note', every('{ task-created: { type: call } }', '{ add-note: call }'));
  rules.ok('deal add Chairs');
  await rules.sweep();
  rules.ok('task add Call --for D1 --type call');
  const sweep = await cut(rules, /^feeds itself: it is left out for T2, /);
  expect(ran(sweep)).toEqual(['note D1', 'spawn T1']);
  expect(sweep.changes).toEqual({ activities: 1, enrolments: 2, tasks: 1 });
});

test('a rule against a transition is a loop too', async () => {
  const rules = Desk.make({
    'pipelines/a-sales.yaml': `name: Sales
stages: [{ id: new, name: New }, { id: proposal, name: Proposal }, { id: done, name: Done }]
transitions:
  - { to: proposal, when: 'tag:go' }
  - { to: new, from: [proposal] }
`,
  });
  rules.rule('off', every('{ enters-stage: { stage: proposal } }', "{ update: { tags: '' } }"));
  rules.rule('on', every('{ stage-changes: { to: new } }', '{ update: { tags: go } }'));
  rules.ok('deal add Chairs --tags go');
  const sweep = await cut(rules, /^a loop: off and on start each other again and again; what they did to D1/);
  // Without the two the table has the last word.
  expect(sweep.transitions).toEqual([{ record: 'D1', from: 'new', to: 'proposal', rule: 1 }]);
  expect(rules.show('D1')).toMatchObject({ stage: 'proposal', tags: ['go'] });
});

test('a loop through a record that no rule touches is found as well', async () => {
  const rules = Desk.make();
  // Each is started by what a query says of the deal's contact.
  rules.rule(
    'off',
    every(
      "{ matches: { query: 'contact.tag:go' } }",
      '{ update: { on: contact, tags: stay } }',
      'limit: 500 per 24h\n',
    ),
  );
  rules.rule(
    'on',
    'for: contact\nruns: every-time\nlimit: 500 per 24h\non: { matches: { query: "tag:stay" } }\nsteps: [{ update: { tags: go } }]\n',
  );
  rules.ok('contact add --name Jane');
  rules.ok('deal add Chairs --contact C1');
  await rules.sweep();
  rules.ok('contact set C1 tags=go');
  const sweep = await rules.sweepTwice();
  expect(sweep.code).toBe(0);
  // off sets stay, and on sets go again in the same round: nothing has begun to match since.
  expect(ran(sweep)).toEqual(['off D1', 'on C1']);
});

test('a rule that starts another which makes the first begin again is cut, and leaves nobody waiting to begin', async () => {
  const rules = Desk.make();
  rules.rule('starter', every('value-changes', '{ start: started }'));
  rules.rule('started', every('manual', "{ update: { value: '{{ deal.value | plus: 1 }}' } }"));
  rules.rule('note', every('value-changes', '{ add-note: hello }'));
  rules.ok('deal add Chairs --value 1');
  await rules.sweep();
  rules.ok('deal set D1 value=5');
  const sweep = await cut(
    rules,
    /^a loop: started and starter start each other again and again; what they did to D1 is left out of this sweep$/,
  );
  expect(ran(sweep)).toEqual(['note D1']);
  expect(rules.show('D1')).toMatchObject({ value: '5.00' });
  expect(rules.list('enrolment')).toMatchObject([{ automation: 'note' }]);
});

test('a rule that triggers itself by its goal or its tag is cut as well', async () => {
  const rules = Desk.make();
  rules.rule('self', every('{ tag-removed: { tag: x } }', '{ add-tag: x }, { remove-tag: x }'));
  rules.ok('deal add Chairs --tags x');
  await rules.sweep();
  rules.ok('deal tag D1 -x');
  await cut(
    rules,
    /^a loop: self starts itself again and again; what it did to D1 is left out of this sweep$/,
  );
  expect(rules.show('D1')).toMatchObject({ tags: [] });
});

test('many rules for one change, and long chains without a return, are not loops', async () => {
  const rules = Desk.make();
  for (let i = 10; i < 35; i++)
    rules.rule(
      `each-${i}`,
      every('created', `{ update: { description: '{{ deal.description | default: "" }}${i} ' } }`),
    );
  for (let i = 1; i <= 12; i++)
    rules.rule(`next-${i}`, every(`{ matches: { query: 'size:${i}' } }`, `{ update: { size: ${i + 1} } }`));
  rules.ok('deal add Chairs');
  const sweep = await rules.sweepTwice();
  expect(sweep).toMatchObject({ code: 0, failures: [] });
  expect(outcomes(sweep)).toHaveLength(25);
  rules.ok('deal set D1 size=1');
  expect(await rules.sweepTwice()).toMatchObject({ code: 0, failures: [] });
  expect(rules.show('D1')).toMatchObject({ fields: { size: 13 } });
});

test('a sweep at an earlier time than the last warns, starts nothing by time, and takes changes in', async () => {
  const rules = Desk.make();
  rules.rule('note', every('created', '{ add-note: hello }'));
  rules.rule('wait', every('created', '{ wait: 1d }, { add-note: waited }'));
  rules.ok('deal add Chairs');
  await rules.sweep();
  rules.at(-3_600_000);
  rules.ok('deal add Tables');
  const sweep = await rules.sweepTwice();
  expect(sweep.code).toBe(1);
  expect(sweep.failures.map(f => f.error)).toEqual([
    expect.stringMatching(/^the time of this sweep, .* is before the time of the last sweep, .*/),
  ]);
  expect(ran(sweep)).toEqual(['note D2', 'wait D2']);
});

test('a rule that adds records without end is named by the record that was there before', async () => {
  const rules = Desk.make();
  rules.rule('grows', every('created', '{ add-deal: { title: More } }', 'generations: 99\n'));
  rules.rule('note', every('created', '{ add-note: hello }'));
  await rules.sweep();
  rules.ok('deal add Chairs');
  const sweep = await rules.sweepTwice();
  expect(sweep.failures).toMatchObject([
    {
      automation: 'grows',
      subject: 'D1',
      error: 'a loop: grows starts itself again and again; what it did to D1 is left out of this sweep',
    },
  ]);
  expect(ran(sweep)).toEqual(['note D1']);
  expect(rules.list('deal')).toHaveLength(1);
});
