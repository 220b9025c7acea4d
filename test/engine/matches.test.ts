/** Triggers that compare then and now: what begins to match by a change, or by time alone. */
import { expect, test } from 'vitest';
import { DAY, outcomes, Rules } from './rules.ts';

const matches = (query: string, more = ''): string =>
  `for: deal\nruns: every-time\n${more}on: { matches: { query: '${query}' } }\nsteps: [{ add-note: it does }]\n`;

test('by time alone: once, at the first sweep after the moment', async () => {
  const rules = await Rules.make();
  rules.rule('idle', matches('is:open idle.over:14d'));
  await rules.ok('deal add Chairs');
  await rules.sweep();
  rules.at(14 * DAY);
  expect(await rules.sweepTwice()).toMatchObject({ tx: null, automations: [] });
  rules.at(14 * DAY + 1);
  expect(outcomes(await rules.sweepTwice())).toEqual(['D1 completed']);
  rules.at(30 * DAY);
  expect(await rules.sweepTwice()).toMatchObject({ tx: null, automations: [] });
});

test('what no longer matches may begin to again, also where nothing but sweeps came between', async () => {
  const rules = await Rules.make();
  rules.rule('due', matches('next-action:today'));
  await rules.ok('deal add Chairs');
  await rules.ok('task add Call --for D1 --due +1d');
  await rules.ok('task add Call --for D1 --due +3d');
  await rules.sweep();
  rules.at(DAY);
  expect(outcomes(await rules.sweepTwice())).toEqual(['D1 completed']);
  rules.at(2 * DAY);
  // It is overdue now: a sweep that sees so keeps it in mind.
  expect(outcomes(await rules.sweepTwice())).toEqual([]);
  await rules.ok('task snooze T1 +1w');
  rules.at(3 * DAY);
  expect(outcomes(await rules.sweepTwice())).toEqual(['D1 completed']);
});

test('a change that makes a record match later is looked at when it does', async () => {
  const rules = await Rules.make();
  rules.rule('old', matches('value:>=1000 stage-age.over:7d'));
  await rules.ok('deal add Chairs --value 1');
  await rules.sweep();
  rules.at(5 * DAY);
  await rules.ok('deal set D1 value=5000');
  expect(outcomes(await rules.sweepTwice())).toEqual([]);
  rules.at(8 * DAY);
  expect(outcomes(await rules.sweepTwice())).toEqual(['D1 completed']);
});

test('a change that makes it match and stop before the sweep is not seen', async () => {
  const rules = await Rules.make();
  rules.rule('big', matches('value:>=1000'));
  await rules.ok('deal add Chairs --value 1');
  await rules.sweep();
  await rules.ok('deal set D1 value=5000');
  await rules.ok('deal set D1 value=1');
  expect(outcomes(await rules.sweepTwice())).toEqual([]);
});

test("what matched while the rule's where did not hold does not begin later", async () => {
  const rules = await Rules.make();
  rules.rule('idle', matches('idle.over:7d', "where: 'tag:vip'\n"));
  await rules.ok('deal add Chairs');
  await rules.sweep();
  rules.at(8 * DAY);
  expect(outcomes(await rules.sweepTwice())).toEqual([]);
  await rules.ok('deal tag D1 +vip');
  expect(outcomes(await rules.sweepTwice())).toEqual([]);
});

test('what was changed quietly counts as it was before, and what came after as a cause', async () => {
  const rules = await Rules.make();
  rules.rule('big', matches('value:>=1000 owner:ana'));
  await rules.sweep();
  await rules.ok('import deals -', { stdin: 'title,value\nQuiet,5000\n' });
  await rules.ok('deal set D1 owner=ana');
  expect(outcomes(await rules.sweepTwice())).toEqual(['D1 completed']);
  await rules.ok('deal set D1 value=1');
  await rules.sweep();
  await rules.ok('deal set D1 value=9000');
  await rules.ok('undo');
  await rules.ok('redo');
  // A redo is no cause: what it set counts as there before, also where a command had set it first.
  expect(outcomes(await rules.sweepTwice())).toEqual([]);
});

test('a score falls by itself, and starts a rule for it', async () => {
  const rules = await Rules.make();
  rules.remove('pipelines/hardware.yaml');
  rules.write(
    'crm.yaml',
    `name: Test
timezone: UTC
currency: EUR
task-types: { todo: {} }
scores:
  heat: { for: contact, rules: [{ when: 'event:form.submitted', points: 20, expires: 5d }] }
  size: { for: deal, rules: [{ when: 'value:>=1000', points: 7 }] }
`,
  );
  const on = (trigger: string, kind = 'contact') =>
    `for: ${kind}\nruns: every-time\non: { score-changes: { ${trigger} } }\nsteps: [{ add-note: it did }]\n`;
  rules.rule('cold', on('score: heat, falls-to: 0'));
  rules.rule('hot', on('score: heat, reaches: 20'));
  rules.rule('large', on('reaches: 7', 'deal'));
  await rules.ok('contact add --name Jane');
  await rules.sweep();
  const ran = async () => (await rules.sweepTwice()).automations.map(a => `${a.automation} ${a.subject}`);
  await rules.ok('event add form.submitted --contact C1');
  await rules.ok('deal add Chairs --value 1000');
  expect(await ran()).toEqual(['hot C1', 'large D1']);
  rules.at(5 * DAY + 1);
  expect(await ran()).toEqual(['cold C1']);
  await rules.ok('event add form.submitted --contact C1');
  expect(await ran()).toEqual(['hot C1']);
});
