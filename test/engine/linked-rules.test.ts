/** Rules that start and end others, and what keeps them from it. */
import { expect, test } from 'vitest';
import { deskSeededBy } from './desk.ts';

const seeded = deskSeededBy(
  'contact add --email jane@example.com --name Jane',
  'contact add --email joe@example.com --name Joe',
  'deal add Chairs --value 500 --contact C1',
  'run',
);
const starter = (step: string, kind = 'deal') =>
  `for: ${kind}\nruns: every-time\non: { tag-added: { tag: go } }\nsteps: [{ ${step} }]\n`;
const target = (more = '', kind = 'deal', steps = '{ wait: 1d }') =>
  `for: ${kind}\n${more}on: manual\nsteps: [${steps}]\n`;

test.each([
  ['start: target', target(), 'started target for D1', 'target D1'],
  ['start: target', target('', 'contact'), 'started target for C1', 'target C1'],
  ['start: { automation: target, on: contact }', target('', 'contact'), 'started target for C1', 'target C1'],
  ['start: target', target('enabled: false\n'), 'target is disabled', undefined],
  ['start: target', target("where: 'value:>=1000'\n"), 'the where of target does not hold for D1', undefined],
  ['start: target', target("where: 'value:500'\n"), 'started target for D1', 'target D1'],
  ['start: target', target('', 'task'), 'D1 has no task', undefined],
  ['end: target', target(), 'D1 is not in target', undefined],
  ['end: target', target('', 'contact'), 'C1 is not in target', undefined],
  ['end: target', target('', 'task'), 'D1 is not in target', undefined],
])('%s, of %j: %s', async (step, text, did, begun) => {
  const rules = await seeded();
  rules.rule('a-go', starter(step));
  rules.rule('target', text);
  await rules.sweep();
  rules.ok('deal tag D1 +go');
  const { automations, failures } = await rules.sweepTwice();
  const [{ steps }, ...rest] = automations as [(typeof automations)[0], ...typeof automations];
  expect([...steps.map(each => each.did), ...failures.map(each => each.error)]).toEqual([did]);
  expect(rest.map(each => `${each.automation} ${each.subject}`)).toEqual(begun ? [begun] : []);
});

test.each(['start', 'end'])('%s of a rule that is broken fails', async verb => {
  const rules = await seeded();
  rules.rule('a-go', starter(`wait: 1d }, { ${verb}: target`));
  rules.rule('target', target());
  await rules.all('run', 'deal tag D1 +go', 'run');
  rules.rule('target', target('runs: twice\n'));
  rules.at(86_400_000);
  expect((await rules.sweep()).failures).toContainEqual(
    expect.objectContaining({ step: `2.${verb}`, error: 'there is no automation target, or it is broken' }),
  );
});

test('a rule that was once, is on its way, or is begun by the same sweep is not started again', async () => {
  const rules = await seeded();
  rules.rule('a-go', starter('start: target }, { start: target'));
  rules.rule('target', target());
  await rules.all('run', 'deal tag D1 +go');
  const did = async () =>
    (await rules.sweep()).automations
      .find(({ automation }) => automation === 'a-go')!
      .steps.map(step => step.did);
  expect(await did()).toEqual(['started target for D1', 'D1 is, or was, in target already']);
  await rules.all('deal tag D1 -go', 'run', 'deal tag D1 +go');
  expect(await did()).toEqual(['D1 is, or was, in target already', 'D1 is, or was, in target already']);
});

test('a limit is kept, and said', async () => {
  const rules = await seeded();
  rules.rule('a-go', starter('start: target'));
  rules.rule('target', target('runs: every-time\nlimit: 1 per 1d\n', 'deal', '{ add-note: a }'));
  await rules.all('run', 'deal tag D1 +go', 'run', 'deal tag D1 -go', 'run', 'deal tag D1 +go');
  const { automations, leftOut } = await rules.sweep();
  expect(automations[0]!.steps[0]!.did).toBe('D1 was in target as often as its limit says');
  expect(leftOut).toEqual([{ automation: 'target', why: 'limit', count: 1, subjects: ['D1'] }]);
});

test('ending a rule ends the enrolments of that subject that are on their way, and not its own', async () => {
  const rules = await seeded();
  rules.ok('deal add Tables');
  rules.rule('target', target('overlap: true\nruns: every-time\n'));
  rules.rule('a-go', starter('end: target }, { end: a-go'));
  await rules.all(
    'run',
    'automation enrol target D1 D2',
    'automation enrol target D1',
    'run',
    'deal tag D1 +go',
  );
  const { automations } = await rules.sweepTwice();
  expect(automations[0]!.steps.map(each => each.did)).toEqual(['ended target for D1', 'D1 is not in a-go']);
  expect(rules.list('enrolment').map(each => `${each.automation} ${each.subject} ${each.status}`)).toEqual([
    'target D1 ended',
    'target D2 waiting',
    'target D1 ended',
    'a-go D1 completed',
  ]);
  expect(rules.get('N1')).not.toHaveProperty('step');
});
