/** Taking back what a sweep did: it is not done again, and what waits does not go on. */
import { expect, test } from 'vitest';
import { DAY, outcomes, Rules } from './rules.ts';

const rule = (on: string, steps: string, more = ''): string =>
  `for: deal\n${more}on: ${on}\nsteps: [${steps}]\n`;

const statuses = async (rules: Rules): Promise<string[]> => {
  const all = await rules.json<{ id: string; status: string }[]>('automation enrolments');
  return all.map(e => `${e.id} ${e.status}`).sort();
};

test.each(['once', 'every-time'])('the next sweep does not repeat an undone one: %s', async runs => {
  const rules = await Rules.make();
  rules.rule(
    'rule',
    rule(
      "[created, { matches: { query: 'value:>=1000' } }]",
      '{ update: { stage: done, value: 1 } }, { add-note: hello }',
      `runs: ${runs}\n`,
    ),
  );
  await rules.ok('deal add Chairs --value 2000');
  await rules.sweep();
  await rules.ok('undo');
  expect(await rules.show('D1')).toMatchObject({ stage: 'new', value: '2000.00' });
  expect(await rules.notes('D1')).toEqual([]);
  expect(await statuses(rules)).toEqual(['N1 undone']);
  expect(outcomes(await rules.sweepTwice())).toEqual([]);
  expect(await rules.show('D1')).toMatchObject({ stage: 'new', value: '2000.00' });
  // A new cause is another matter, but once is once.
  await rules.ok('deal set D1 value=1');
  await rules.sweep();
  await rules.ok('deal set D1 value=3000');
  expect(outcomes(await rules.sweepTwice())).toEqual(runs === 'once' ? [] : ['D1 completed']);
});

test('an undone enrolment does not continue; a redo lets it', async () => {
  const rules = await Rules.make();
  rules.rule('rule', rule('created', '{ add-note: before }, { wait: 1d }, { add-note: after }'));
  await rules.ok('deal add Chairs');
  await rules.sweep();
  await rules.ok('undo');
  rules.at(DAY);
  expect(outcomes(await rules.sweepTwice())).toEqual([]);
  expect(await rules.notes('D1')).toEqual([]);
  await rules.ok('redo');
  expect(await statuses(rules)).toEqual(['N1 waiting']);
  expect(outcomes(await rules.sweepTwice())).toEqual(['D1 completed']);
  expect(await rules.notes('D1')).toEqual(['before', 'after']);
});

test('an enrolment that the undone sweep only advanced ends as well', async () => {
  const rules = await Rules.make();
  rules.rule('rule', rule('created', '{ wait: 1d }, { add-note: one }, { wait: 1d }, { add-note: two }'));
  await rules.ok('deal add Chairs');
  await rules.sweep();
  rules.at(DAY);
  await rules.sweep();
  await rules.ok('undo');
  expect(await statuses(rules)).toEqual(['N1 undone']);
  rules.at(3 * DAY);
  expect(outcomes(await rules.sweepTwice())).toEqual([]);
});

test('a sweep that did no more than begin to wait can be undone by its number', async () => {
  const rules = await Rules.make();
  rules.rule('rule', rule('created', '{ wait: 1d }, { add-note: after }'));
  await rules.ok('deal add Chairs');
  const { tx } = await rules.sweep();
  await rules.ok(`undo ${tx}`);
  expect(await statuses(rules)).toEqual(['N1 undone']);
  // Without a number it is what changed a record: the deal.
  await rules.ok('undo');
  expect(await rules.json('deal list')).toEqual([]);
});

test('undo of one record or one rule ends the enrolments of that alone', async () => {
  const rules = await Rules.make();
  rules.rule('one', rule('created', '{ add-note: one }, { wait: 1d }, { add-note: later }'));
  rules.rule('two', rule('created', '{ add-note: two }, { wait: 1d }, { add-note: later }'));
  await rules.ok('deal add Chairs');
  await rules.ok('deal add Tables');
  const { tx } = await rules.sweep();
  await rules.ok(`undo ${tx} --only one`);
  expect(await statuses(rules)).toEqual(['N1 undone', 'N2 undone', 'N3 waiting', 'N4 waiting']);
  expect(await rules.notes('D1')).toEqual(['two']);
  rules.at(DAY);
  expect((await rules.sweepTwice()).automations.map(a => `${a.automation} ${a.subject}`)).toEqual([
    'two D1',
    'two D2',
  ]);
});

test('a retry that is undone leaves the enrolment failed, and it says why', async () => {
  const rules = await Rules.make();
  rules.rule('rule', rule('created', "{ add-note: '{{ contact.name }}' }"));
  await rules.ok('deal add Chairs');
  await rules.sweep();
  await rules.ok('automation retry rule');
  const history = await rules.json<{ tx: number; via: string }[]>('history');
  await rules.ok(`undo ${history.find(entry => entry.via === 'automation retry')!.tx}`);
  expect(outcomes(await rules.sweepTwice())).toEqual([]);
  expect(await rules.json('automation enrolments --failed')).toMatchObject([
    { id: 'N1', error: expect.stringContaining('{{ contact.name }} is empty') },
  ]);
});

test('a record that was added and taken back between two sweeps starts nothing', async () => {
  const rules = await Rules.make();
  rules.rule('big', rule("{ matches: { query: 'value:>=50' } }", '{ add-note: big }'));
  await rules.ok('deal add Chairs --value 60');
  await rules.ok('deal add Tables --value 70');
  await rules.ok('undo');
  await rules.ok('deal move D1 proposal');
  expect(outcomes(await rules.sweepTwice())).toEqual(['D1 completed']);
});
