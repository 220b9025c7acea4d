/** The same journal, files and now give the same bytes: whatever is cached, and in whatever order files were written. */
import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DAY, Rules } from './rules.ts';

const every = (on: string, steps: string, kind = 'deal'): string =>
  `for: ${kind}\nruns: every-time\non: ${on}\nsteps: [${steps}]\n`;

const automations: Readonly<Record<string, string>> = {
  assign: every("{ created: { where: 'pipeline:hardware' } }", '{ update: { owner: auto } }'),
  big: every(
    "{ matches: { query: 'value:>=1000' } }",
    "{ add-task: { title: 'Call {{ now | date }}', due: +2d } }",
  ),
  idle: every(
    "{ matches: { query: 'idle.over:3d' } }",
    '{ add-note: idle }, { wait: 1d }, { add-note: still }',
  ),
  mail: every(
    'created',
    "{ send-email: { to: contact, subject: 'Hi', body: '{{ contact.name }}' } }, { wait: { until: 'event:email.opened', at-most: 2d } }, { if: 'event:email.opened', then: [{ adjust-score: 5 }] }",
    'contact',
  ),
  score: every(
    '{ score-changes: { reaches: 20 } }',
    "{ add-deal: { title: 'For {{ contact.name }}' } }",
    'contact',
  ),
};

/** The same work in a workspace; `before` is done before each command. */
async function work(order: readonly string[], before: (rules: Rules) => void): Promise<Rules> {
  const rules = await Rules.make();
  for (const id of order) rules.rule(id, automations[id]!);
  const days = [
    ['contact add --email a@example.com --name A', 'deal add X --value 5000 --contact C1', 'run'],
    ['deal add Y --pipeline hardware', 'event add form.submitted --contact C1', 'run'],
    ['deal set D1 value=1', 'undo', 'event add email.opened --contact C1', 'run'],
    ['deal add Z --value 10', 'deal move D1 proposal', 'redo', 'run'],
    ['deal set D1 value=2000', 'contact add --email b@example.com --name B', 'run'],
    ['run'],
    ['task done T1', 'deal win D2', 'run'],
    ['deal set D4 value=3000', 'run', 'deal rm D4', 'run'],
  ];
  for (const [i, commands] of days.entries()) {
    rules.at(i * DAY);
    for (const command of commands) {
      before(rules);
      await rules.ws.crm(command);
    }
  }
  return rules;
}

const ids = Object.keys(automations);

test('two workspaces with the same history have the same journal and snapshots', async () => {
  const one = await work(ids, () => {});
  const other = await work([...ids].reverse(), () => {});
  for (const id of ids) expect(one.journal(), id).toContain(`"automation":"${id}"`);
  expect(other.journal()).toBe(one.journal());
  expect(other.digest()).toBe(one.digest());
});

test('nothing depends on caches', async () => {
  const one = await work(ids, () => {});
  const other = await work(ids, rules => rmSync(rules.ws.cacheHome, { recursive: true, force: true }));
  expect(other.journal()).toBe(one.journal());
});
