/** What `crm run` prints of rules: as JSON, in words, and why. */
import { expect, test } from 'vitest';
import { NOW } from '../harness.ts';
import { DAY, Rules } from './rules.ts';

const rule = (on: string, steps: string): string => `for: deal\non: ${on}\nsteps: [${steps}]\n`;

/** One rule that ends, one that waits, one that fails, for each of two new deals. */
async function busy(): Promise<Rules> {
  const rules = await Rules.make();
  rules.rule('ends', rule('created', '{ add-task: { title: Call } }, { add-note: hello }'));
  rules.rule('fails', rule('created', "{ add-note: '{{ contact.name }}' }"));
  rules.rule('waits', rule('created', '{ wait: 1d }, { add-note: later }'));
  await rules.sweep();
  await rules.ok('deal add Chairs');
  await rules.ok('deal add Tables');
  return rules;
}

const empty = '{{ contact.name }} is empty for this record; say what then with | default: "..."';

test('the JSON of a sweep is exactly the contract', async () => {
  const rules = await busy();
  const { out, err, code } = await rules.ws.crm('run --json');
  const expected = {
    now: NOW,
    tx: 6,
    events: 2,
    transitions: [],
    automations: [
      ...['D1', 'D2'].map((subject, i) => ({
        automation: 'ends',
        subject,
        outcome: 'completed',
        steps: [
          { step: '1.add-task', did: `added T${i + 1} for ${subject}` },
          { step: '2.add-note', did: `added V${i + 1} to ${subject}` },
        ],
      })),
      ...['D1', 'D2'].map(subject => ({ automation: 'fails', subject, outcome: 'failed', steps: [] })),
      ...['D1', 'D2'].map(subject => ({
        automation: 'waits',
        subject,
        outcome: 'waiting',
        steps: [{ step: '1.wait', did: 'waits until 2026-09-15T08:00:00.000Z' }],
      })),
    ],
    changes: { tasks: 2, activities: 2, enrolments: 6 },
    failures: ['D1', 'D2'].map(subject => ({
      automation: 'fails',
      subject,
      step: '1.add-note',
      error: empty,
    })),
    leftOut: [],
    deliveries: { sent: 0, filed: 0, failed: 0, unknown: 0, suppressed: 0, held: 0, queued: 0 },
  };
  expect(JSON.parse(out)).toEqual(expected);
  expect(Object.keys(JSON.parse(out) as object)).toEqual(Object.keys(expected));
  expect(err).toBe('');
  expect(code).toBe(1);
});

test('--explain says what started and what continued each enrolment', async () => {
  const rules = await busy();
  const dry = await rules.ws.crm('run --dry-run --explain --json');
  const { automations } = dry.json<{ automations: { cause: string }[] }>();
  expect(automations.map(a => a.cause)).toEqual(Array(3).fill(['created: D1', 'created: D2']).flat());
  const { out } = await rules.ws.crm('run --explain');
  expect(out.split('\n').slice(0, 3)).toEqual([
    'ends: D1 completed (created: D1)',
    '  1.add-task: added T1 for D1',
    '  2.add-note: added V1 to D1',
  ]);
  rules.at(DAY);
  expect((await rules.ws.crm('run --explain')).out).toContain('waits: D1 completed (went on at 1.wait)\n');
});

/** What is said of rules that did nothing, as JSON and in words. */
async function leftOut(rules: Rules): Promise<{ said: string[]; json: unknown[] }> {
  const { automations } = (await rules.ws.crm('run --dry-run --explain --json')).json<{
    automations: { outcome: string; automation: string; subject: string; why: string }[];
  }>();
  const { out } = await rules.ws.crm('run --explain');
  return {
    said: out.split('\n').filter(line => line.includes(' skipped (')),
    json: automations
      .filter(each => each.outcome === 'skipped')
      .map(({ automation, subject, why }) => `${automation} ${subject}: ${why}`),
  };
}

test('--explain says what was left out, and why: conditions that do not hold', async () => {
  const rules = await Rules.make();
  rules.rule('big', `where: value:>=1000 tag:vip\n${rule('created', 'add-note: hello')}`);
  rules.rule('own', rule('{ created: { where: "value:>=1000" } }', 'add-note: hello'));
  await rules.sweep();
  await rules.ok('deal add Chairs --value 5');
  await rules.ok('deal add Gone --value 2000 --tags vip');
  await rules.ok('deal rm D2');
  const { said, json } = await leftOut(rules);
  expect(json).toEqual([
    'big D2: it is gone',
    'big D1: its where does not hold: value:>=1000 (5), tag:vip (none)',
    "own D1: the trigger's where does not hold: value:>=1000 (5)",
    'own D2: it is gone',
  ]);
  expect(said[1]).toBe(
    'big: D1 skipped (created: D1): its where does not hold: value:>=1000 (5), tag:vip (none)',
  );
  expect((await rules.ws.crm('run --explain')).out).toBe('');
});

test('--explain says which deals are held where they were moved by hand', async () => {
  const rules = await Rules.make();
  rules.edit(
    'pipelines/a-sales.yaml',
    text => `${text}transitions: [{ to: proposal, when: "value:>=1000" }]\n`,
  );
  await rules.ok('deal add Chairs --value 2000');
  await rules.sweep();
  await rules.ok('deal move D1 new');
  const ran = (await rules.ws.crm('run --dry-run --explain --json')).json<{ held: unknown }>();
  expect(ran.held).toEqual([{ record: 'D1', stage: 'new', to: 'proposal', rule: 1 }]);
  expect((await rules.ws.crm('run --explain')).out).toBe(
    'D1: stays in new, where it was moved by hand (row 1 would move it to proposal)\n',
  );
});

test('--explain names some of many that were left out, and counts the rest', async () => {
  const rules = await Rules.make();
  rules.rule('big', `where: value:>=1000\n${rule('created', 'add-note: hello')}`);
  await rules.sweep();
  for (let i = 0; i < 10; i++) await rules.ok(`deal add Chairs${i}`);
  const { said, json } = await leftOut(rules);
  expect([said.length, json.length]).toEqual([8, 10]);
});

test('in words there is a line for each rule and outcome, and one for each failure', async () => {
  const rules = await busy();
  const { out, err, code } = await rules.ws.crm('run');
  expect(out).toBe('ends completed: D1 D2\nfails failed: D1 D2\nwaits waiting: D1 D2\n');
  expect(err).toBe(
    [
      `Failed: fails D1: ${empty}`,
      `Failed: fails D2: ${empty}`,
      'looked at 2 changes, changed 2 tasks, 2 activities, 6 enrolments (transaction 6)',
      '',
    ].join('\n'),
  );
  expect(code).toBe(1);
});
