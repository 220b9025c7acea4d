/** `crm automation enable --include-existing`: a rule that sees what there was before it, once. */
import { expect, test } from 'vitest';
import { DAY, Rules } from './rules.ts';

const tell = "steps:\n  - notify: { user: ana, text: 'now' }\n";

/** D1 of 2000 in proposal, D2 of 100 in new whose close has passed, T1 done, T2 open; C1 of both. */
async function full(on: string, more = ''): Promise<Rules> {
  const rules = await Rules.make();
  rules.rule('rule', `enabled: false\nfor: deal\nruns: every-time\n${more}on: ${on}\n${tell}`);
  for (const command of [
    'contact add --email jane@example.com --name Jane --tags vip',
    'deal add Chairs --value 2000 --contact C1 --stage proposal',
    'deal add Desk --value 100 --close 2026-09-10 --contact C1',
    'task add Call --for D1 --status done',
    'task add Mail --for D2',
    'run',
  ])
    await rules.ok(command);
  rules.at(DAY);
  return rules;
}

const started = async (rules: Rules): Promise<string[]> =>
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
  await rules.ok('automation enable rule --include-existing');
  expect(await started(rules)).toEqual(expected);
  await rules.ok('deal set D1 title=Stools');
  expect(await started(rules)).toEqual([]);
});

test('its where, once and limit are kept; a rule that is on already can be made to look back', async () => {
  const rules = await full('created', "where: 'value:>=1000'\n");
  await rules.ok('automation enable rule');
  expect(await started(rules)).toEqual([]);
  await rules.ok('automation enable rule --include-existing');
  expect((await rules.sweep('--only', 'rule')).automations).toMatchObject([{ subject: 'D1' }]);
  expect(await started(rules)).toEqual([]);
});

test('a rule sees changes after it was added by a command', async () => {
  const rules = await Rules.make();
  await rules.ok('deal add Before');
  await rules.ok(['automation', 'add', 'rule', '-'], { stdin: `for: deal\non: created\n${tell}` });
  await rules.ok('deal add After');
  expect(await started(rules)).toEqual(['D2']);
});
