/** What a sweep says of rules: what they did, what failed, and, if somebody asks, why the others did nothing. */
import { describe, expect, it, test } from 'vitest';
import { Desk, type DeskSweep } from './desk.ts';
import { DAY, HOUR } from './swept.ts';

const rule = (on: string, steps: string): string => `for: deal\non: ${on}\nsteps: [${steps}]\n`;

/** One rule that ends, one that waits, one that fails, for each of two new deals. */
async function busy(): Promise<Desk> {
  const rules = Desk.make();
  rules.rule('ends', rule('created', '{ add-task: { title: Call } }, { add-note: hello }'));
  rules.rule('fails', rule('created', "{ add-note: '{{ contact.name }}' }"));
  rules.rule('waits', rule('created', '{ wait: 1d }, { add-note: later }'));
  await rules.sweep();
  await rules.all('deal add Chairs', 'deal add Tables');
  return rules;
}

test('an enrolment that goes on is listed, with the steps that it took now', async () => {
  const rules = await busy();
  await rules.sweep();
  rules.at(DAY);
  const sweep = await rules.sweep();
  expect(sweep.automations).toMatchObject(
    ['D1', 'D2'].map((subject, i) => ({
      automation: 'waits',
      subject,
      outcome: 'completed',
      steps: [
        { step: '1.wait', did: 'waited' },
        { step: '2.add-note', did: `added V${i + 3} to ${subject}` },
      ],
      cause: 'went on at 1.wait',
    })),
  );
  expect(sweep).toMatchObject({ code: 0, events: 0, changes: { activities: 2, enrolments: 2 } });
});

test('an enrolment that waits, and in a later round of the same sweep goes on, is one entry', async () => {
  const rules = Desk.make();
  rules.rule('a-waits', rule('created', "{ wait: { until: 'size:1' } }, { add-note: there }"));
  rules.rule('b-sets', rule('created', '{ update: { size: 1 } }'));
  rules.ok('deal add Chairs');
  expect((await rules.sweepTwice()).automations).toEqual([
    {
      automation: 'a-waits',
      subject: 'D1',
      outcome: 'completed',
      steps: [
        { step: '1.wait', did: 'waits' },
        { step: '1.wait', did: 'size:1 holds' },
        { step: '2.add-note', did: 'added V1 to D1' },
      ],
      cause: 'created: D1',
    },
    {
      automation: 'b-sets',
      subject: 'D1',
      outcome: 'completed',
      steps: [{ step: '1.update', did: 'set size of D1' }],
      cause: 'created: D1',
    },
  ]);
});

test('a failure says of which rule, subject and step it is; the other rules go on', async () => {
  const error = '{{ contact.name }} is empty for this record; say what then with | default: "..."';
  const { failures, automations, code } = await (await busy()).sweep();
  expect(failures).toEqual(
    ['D1', 'D2'].map(subject => ({ automation: 'fails', subject, step: '1.add-note', error })),
  );
  expect(automations.map(each => `${each.automation} ${each.subject} ${each.outcome}`)).toEqual([
    'ends D1 completed',
    'ends D2 completed',
    'fails D1 failed',
    'fails D2 failed',
    'waits D1 waiting',
    'waits D2 waiting',
  ]);
  expect(code).toBe(1);
});

describe('causes', () => {
  it.each([
    ['created', 'deal add Tables', 'created: D2'],
    ['{ tag-added: { of: contact } }', 'contact tag C1 +vip', 'tag-added: C1'],
    ["{ matches: { query: 'value:>=5' } }", 'deal set D1 value=7', 'matches: D1'],
    ['manual', 'automation enrol a D1', 'started by hand'],
    ['manual', 'task add Call --for D1 --when-created a', 'task-created: T1'],
  ])('%s: %s', async (on, line, cause) => {
    const rules = Desk.make();
    await rules.all('contact add --email jane@example.com', 'deal add Chairs --contact C1');
    rules.rule('a', rule(on, 'add-note: hello'));
    await rules.sweep();
    rules.ok(line);
    expect((await rules.sweep()).automations).toMatchObject([{ cause }]);
  });

  it('a moment has its time', async () => {
    const rules = Desk.make();
    rules.rule('a', rule("{ schedule: { cron: '0 9 * * *' } }", 'add-note: hello'));
    rules.ok('deal add Chairs');
    await rules.sweep();
    rules.at(2 * HOUR);
    expect((await rules.sweep()).automations).toMatchObject([
      { cause: 'schedule: D1 at 2026-09-14T09:00:00.000Z' },
    ]);
  });
});

describe('what was left out, and why', () => {
  const said = ({ trace }: DeskSweep) =>
    trace.skipped.map(({ automation, subject, cause, why }) => `${automation} ${subject} (${cause}): ${why}`);
  const skipped = async (rules: Desk) => said(await rules.sweep('--explain'));

  it('conditions that do not hold', async () => {
    const rules = Desk.make();
    rules.rule('big', `where: value:>=1000 tag:vip\n${rule('created', 'add-note: hello')}`);
    rules.rule('own', rule('{ created: { where: "value:>=1000" } }', 'add-note: hello'));
    await rules.sweep();
    await rules.all('deal add Chairs --value 5', 'deal add Gone --value 2000 --tags vip', 'deal rm D2');
    expect((await rules.sweep('--dry-run')).trace.skipped).toEqual([]);
    const sweep = await rules.sweep('--explain');
    expect(said(sweep)).toEqual([
      'big D2 (created: D2): it is gone',
      'big D1 (created: D1): its where does not hold',
      "own D1 (created: D1): the trigger's where does not hold",
      'own D2 (created: D2): it is gone',
    ]);
    expect(sweep.trace.skipped.map(({ where }) => where?.holds)).toEqual([
      undefined,
      false,
      false,
      undefined,
    ]);
    expect(sweep.trace.skipped[1]!.where).toMatchObject({
      parts: [
        { term: 'value:>=1000', actual: '5', holds: false },
        { term: 'tag:vip', actual: 'none', holds: false },
      ],
    });
    expect(await skipped(rules)).toEqual([]);
  });

  it('enrolments, limits, rules that are disabled', async () => {
    const rules = Desk.make();
    rules.rule('often', `runs: every-time\nlimit: 2 per 24h\n${rule('value-changes', 'add-note: hello')}`);
    rules.rule('once', rule('value-changes', 'add-note: hello'));
    rules.rule('waits', rule('value-changes', '{ wait: 3d }, { add-note: hello }'));
    rules.rule('off', `enabled: false\n${rule('value-changes', 'add-note: hello')}`);
    rules.ok('deal add Chairs --value 5');
    await rules.sweep();
    rules.ok('deal set D1 value=6');
    expect(await skipped(rules)).toEqual(['off D1 (value-changes: D1): the rule is disabled']);
    rules.at(HOUR);
    rules.ok('deal set D1 value=7');
    await rules.sweep();
    rules.ok('deal set D1 value=8');
    expect(await skipped(rules)).toEqual([
      'off D1 (value-changes: D1): the rule is disabled',
      // The first of the two counts until a day after it, in which two began.
      'often D1 (value-changes: D1): its limit of 2 is used up until 2026-09-15T08:00:00.000Z',
      'once D1 (value-changes: D1): it runs once, and D1 was enrolled already (N2 completed)',
      'waits D1 (value-changes: D1): D1 is on its way: N3 waiting at 1.wait',
    ]);
    // What came a day ago counts no more, and what is later than now does not count yet.
    rules.at(DAY);
    rules.ok('deal set D1 value=9');
    expect((await skipped(rules)).some(line => line.startsWith('often'))).toBe(false);
    rules.ok('deal set D1 value=10');
    expect((await skipped(rules))[1]).toContain('is used up until 2026-09-15T09:00:00.000Z');
  });

  it('enrolments of a disabled rule that would go on', async () => {
    const rules = Desk.make();
    rules.rule('waits', rule('created', '{ wait: 1d }, { add-note: hello }'));
    rules.ok('deal add Chairs');
    await rules.sweep();
    rules.ok('automation disable waits');
    rules.at(DAY);
    expect(await skipped(rules)).toEqual(['waits D1 (waits at 1.wait): the rule is disabled']);
  });

  it('what a task asked of a rule that is disabled', async () => {
    const rules = Desk.make();
    rules.rule('off', `enabled: false\n${rule('manual', 'add-note: hello')}`);
    await rules.sweep();
    await rules.all('deal add Chairs', 'task add Call --for D1 --when-created off');
    expect(await skipped(rules)).toEqual(['off D1 (task-created: T1): the rule is disabled']);
  });

  it('what a program did and no person', async () => {
    const rules = Desk.make();
    rules.rule(
      'opened',
      rule('{ event: { name: email.opened } }', 'add-note: hello').replace('deal', 'contact'),
    );
    await rules.sweep();
    await rules.all(
      'contact add --email jane@example.com',
      'event add email.opened --contact C1 --prop machine=true',
    );
    expect(await skipped(rules)).toEqual(['opened C1 (event: E1): a program did it, and no person']);
    rules.rule(
      'opened',
      rule(`{ event: { name: email.opened, where: 'prop.machine:true' } }`, 'add-note: hello').replace(
        'deal',
        'contact',
      ),
    );
    await rules.sweep();
    rules.ok('event add email.opened --contact C1 --prop machine=true');
    expect((await rules.sweep()).automations).toMatchObject([{ cause: 'event: E2' }]);
  });

  it('a subject for which the rule did something is not among them, and each is there once, with its first reason', async () => {
    const rules = Desk.make();
    rules.rule('one', rule("[{ created: { where: 'tag:vip' } }, value-changes]", 'add-note: hello'));
    rules.rule(
      'two',
      rule("[{ created: { where: 'tag:a' } }, { created: { where: 'tag:b' } }]", 'add-note: hello'),
    );
    await rules.sweep();
    await rules.all('deal add Chairs', 'deal set D1 value=5', 'deal add Tables');
    const sweep = await rules.sweep('--explain');
    expect(sweep.trace.skipped.map(each => [each.automation, each.subject, each.where!.term])).toEqual([
      ['one', 'D2', 'tag:vip'],
      ['two', 'D1', 'tag:a'],
      ['two', 'D2', 'tag:a'],
    ]);
  });

  it('nothing of rules that are built in', async () => {
    const rules = Desk.make();
    await rules.all('task add Once', 'run', 'task done T1');
    expect(await skipped(rules)).toEqual([]);
  });

  it('deals that are held where they were moved by hand, while the table would move them', async () => {
    const rules = Desk.make();
    rules.edit(
      'pipelines/a-sales.yaml',
      text => `${text}transitions: [{ to: proposal, when: "value:>=1000" }]\n`,
    );
    await rules.all('deal add Chairs --value 2000', 'deal add Desk --value 5', 'run');
    await rules.all('deal move D1 new', 'deal move D2 done');
    expect((await rules.sweep('--dry-run')).trace.held).toEqual([]);
    expect((await rules.sweep('--explain')).trace.held).toEqual([
      { record: 'D1', stage: 'new', to: 'proposal', rule: 1 },
    ]);
    // In the stage that the table names, it is not held against it.
    rules.ok('deal move D1 proposal');
    expect((await rules.sweep('--explain')).trace.held).toEqual([]);
  });
});

test('broken rules and templates are left out and said with their line, or only the rule that was asked for', async () => {
  const rules = Desk.make();
  rules.rule('good', rule('created', 'add-note: hello'));
  rules.ok('deal add Chairs');
  const { config } = rules.state;
  const problem = (file: string) => [{ file, line: 3, message: 'no' }];
  Object.assign(config, {
    broken: ['a', 'b'].map(id => ({ id, problems: problem(`automations/${id}.yaml`) })),
    brokenTemplates: [{ id: 't', problems: problem('templates/t.md') }],
  });
  const errors = async (...options: string[]) =>
    (await rules.sweep('--dry-run', ...options)).failures.map(({ automation, error }) => [automation, error]);
  expect(await errors()).toEqual([
    ['a', 'automations/a.yaml:3: no; the rule is left out'],
    ['b', 'automations/b.yaml:3: no; the rule is left out'],
    [null, 'templates/t.md:3: no; the template is left out'],
  ]);
  expect(await errors('--only', 'b')).toEqual([['b', 'automations/b.yaml:3: no; the rule is left out']]);
  expect(await errors('--only', 'good')).toEqual([]);
});
