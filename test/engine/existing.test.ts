/** A rule that is enabled for what there was before it, once. */
import { expect, test } from 'vitest';
import { Desk } from './desk.ts';
import { DAY } from './swept.ts';

const tell = "steps:\n  - notify: { user: ana, text: 'now' }\n";

/** D1 of 2000 in proposal, D2 of 100 in new whose close has passed, T1 done, T2 open; C1 of both. */
async function full(on: string, more = ''): Promise<Desk> {
  const rules = Desk.make();
  rules.rule('rule', `enabled: false\nfor: deal\nruns: every-time\n${more}on: ${on}\n${tell}`);
  await rules.all(
    'contact add --email jane@example.com --name Jane --tags vip',
    'deal add Chairs --value 2000 --contact C1 --stage proposal',
    'deal add Desk --value 100 --expected-close 2026-09-10 --contact C1',
    'task add Call --for D1 --status done',
    'task add Mail --for D2',
    'run',
  );
  rules.at(DAY);
  return rules;
}

const started = async (rules: Desk): Promise<string[]> =>
  (await rules.sweepTwice()).automations.map(a => a.subject);

test.each([
  ['created', ['D1', 'D2']],
  ['{ enters-stage: { stage: proposal } }', ['D1']],
  ['enters-pipeline', ['D1', 'D2']],
  ['{ stage-changes: { to: proposal } }', []],
  ["{ matches: { query: 'value:>=1000' } }", ['D1']],
  ["[created, { matches: { query: 'value:>=1000' } }]", ['D1', 'D2']],
  ['task-created', ['D1', 'D2']],
  ['task-completed', ['D1']],
  ['{ tag-added: { of: contact, tag: vip } }', ['D1', 'D2']],
  ['{ date: { field: close } }', ['D2']],
  ["{ schedule: { cron: '0 9 * * *' } }", []],
])('%s starts for %j', async (on, expected) => {
  const rules = await full(on);
  rules.ok('automation enable rule --include-existing');
  expect(await started(rules)).toEqual(expected);
  rules.ok('deal set D1 title=Stools');
  expect(await started(rules)).toEqual([]);
});

test('its where, once and limit are kept; a rule that is on already can be made to look back', async () => {
  const rules = await full('created', "where: 'value:>=1000'\n");
  rules.ok('automation enable rule');
  expect(await started(rules)).toEqual([]);
  rules.ok('automation enable rule --include-existing');
  expect((await rules.sweep('--only', 'rule')).automations).toMatchObject([{ subject: 'D1' }]);
  expect(await started(rules)).toEqual([]);
});
