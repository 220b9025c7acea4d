/** `crm automation test`: cases beside a rule, run in memory; what is malformed is said with its line. */
import { describe, expect, it } from 'vitest';
import { exampleTest } from '../../src/commands/topics/tests.ts';
import { Rules } from '../engine/rules.ts';

interface Tested {
  readonly case: string;
  readonly file: string;
  readonly line: number;
  readonly passed: boolean;
  readonly wrong: {
    readonly line: number;
    readonly at: string;
    readonly error: string | null;
    readonly differences: readonly { readonly sign: string; readonly text: string; readonly line: number }[];
  } | null;
}

const WON = `for: deal
enabled: false
on: [{ status-changes: { to: won } }]
steps:
  - add-task: { title: 'Thank {{ contact.name }}', due: +1d, assignee: '{{ deal.owner }}' }
  - wait: 30d
  - update: { stage: done }
  - notify: { user: '{{ deal.owner }}', text: 'Ask {{ contact.name }} again' }
`;

const given = `  given:
    - contact: { name: Jane Roe, email: jane@example.com }
    - deal: { title: Chairs, value: 10k, contact: jane@example.com, owner: ana }
`;

async function withTest(test: string, rule = WON): Promise<Rules> {
  const rules = await Rules.make();
  rules.rule('won', rule);
  rules.write('automations/won.test.yaml', test);
  return rules;
}

async function tested(rules: Rules, ...names: string[]): Promise<{ code: number; cases: Tested[] }> {
  const { code, out, err } = await rules.ws.crm(['automation', 'test', ...names, '--json']);
  if (out === '') throw new Error(err);
  return { code, cases: JSON.parse(out) as Tested[] };
}

/** One case, which fails: how. */
async function wrongOf(steps: string, rule?: string): Promise<NonNullable<Tested['wrong']>> {
  const rules = await withTest(`it:\n${given}  steps:\n${steps}`, rule);
  const { code, cases } = await tested(rules, 'won');
  expect(code).toBe(1);
  return cases[0]!.wrong!;
}

describe('a case', () => {
  it('has actions and the expected changes of sweeps; the rule runs even if it is disabled, and no file is touched', async () => {
    const rules = await withTest(
      `a year of a won deal:
${given}    - wait: 40d
    - win: Chairs
    - reopen: Chairs
  steps:
    - sweep: nothing
    - win: Chairs
    - sweep:
        - task: { title: Thank Jane Roe, for: Chairs, due: +1d, assignee: ana }
        - waiting: Chairs
    - done: Thank Jane Roe
    - sweep: { every: 1d, for: 29d, expect: nothing }
    - wait: 1d
    - sweep:
        - message: { channel: notify, to: ana, body: Ask Jane Roe again }
        - Chairs: { stage: done }
        - completed: Chairs
    - sweep: { every: 30d, for: 300d, expect: nothing }
`,
    );
    const before = rules.digest();
    const { code, cases } = await tested(rules);
    expect(cases).toEqual([
      {
        automation: 'won',
        case: 'a year of a won deal',
        file: 'automations/won.test.yaml',
        line: 1,
        passed: true,
        wrong: null,
      },
    ]);
    expect(code).toBe(0);
    expect(rules.digest()).toBe(before);
    const text = await rules.ws.crm('automation test won');
    expect(text.out).toBe('won\n  ok    a year of a won deal\n');
    expect(text.err).toBe('1 case passed\n');
  });

  it('reports missing, unexpected and different changes, each with its line', async () => {
    expect(
      await wrongOf(`    - win: Chairs
    - sweep:
        - task: { title: Thank Jane, due: +1d }
        - deal: { title: Tables }
    - wait: 30d
`),
    ).toEqual({
      line: 7,
      at: '2026-01-05T08:00:00.000Z',
      error: null,
      differences: [
        { sign: '~', text: 'task T1: title: expected "Thank Jane", is "Thank Jane Roe"', line: 8 },
        { sign: '-', text: 'deal: title=Tables', line: 9 },
      ],
    });
    const more = await wrongOf('    - win: Chairs\n    - sweep: nothing\n');
    expect(more.differences).toEqual([
      {
        sign: '+',
        text: 'task T1: title="Thank Jane Roe" type=todo for=D1 due=2026-01-06 assignee=ana status=open',
        line: 7,
      },
    ]);
  });

  it.each([
    [
      'a change that was so already',
      '    - sweep:\n        - Chairs: { stage: new }\n',
      '- Chairs: stage=new',
    ],
    [
      'a field that is not so',
      '    - win: Chairs\n    - sweep\n    - wait: 30d\n    - sweep:\n        - Chairs: { stage: proposal }\n        - message: {}\n',
      '~ D1: stage: expected proposal, is done',
    ],
    [
      'an outcome',
      '    - win: Chairs\n    - sweep:\n        - task: {}\n        - completed: Chairs\n',
      '- completed: Chairs',
    ],
    ['a record that stays', '    - sweep:\n        - removed: Chairs\n', '- removed: Chairs'],
    ['a failure that did not happen', '    - sweep:\n        - failed: no owner\n', '- failed: no owner'],
    [
      'a failure',
      '    - set: { Chairs: { contact: "" } }\n    - win: Chairs\n    - sweep: nothing\n',
      '+ failed: won D1 1.add-task: {{ contact.name }} is empty',
    ],
  ])('fails for %s', async (_, steps, line) => {
    const { differences } = await wrongOf(steps);
    expect(differences.map(({ sign, text }) => `${sign} ${text}`).join('\n')).toContain(line);
  });

  it('passes if a failure is expected, and reports why a step was refused', async () => {
    const rules = await withTest(`fails:
${given}  steps:
    - set: { Chairs: { contact: '' } }
    - win: Chairs
    - sweep:
        - failed: contact.name
refused:
  steps:
    - remove: Chairs
    - sweep: nothing
earlier:
  at: 2026-03-01
  steps:
    - until: 2026-02-01
    - sweep: nothing
`);
    const { cases } = await tested(rules);
    expect(cases.map(c => [c.case, c.passed, c.wrong?.line, c.wrong?.error])).toEqual([
      ['fails', true, undefined, undefined],
      ['refused', false, 12, expect.stringContaining('there is no record "Chairs"')],
      ['earlier', false, 17, '2026-02-01 is before 2026-03-01T00:00:00.000Z'],
    ]);
  });

  it('has users of its own, other rules where it says so, and whatever kinds of record it wants', async () => {
    const rules = await withTest(`with another rule:
  with: [told]
  given:
    - user: { id: zoe, name: Zoe, email: zoe@example.com }
    - account: { name: Acme, owner: zoe }
    - contact: { name: Jane Roe, email: jane@example.com, account: Acme }
    - deal: { title: Chairs, contact: jane@example.com, owner: zoe, size: 3, tags: [a, b] }
    - activity: { type: call, for: Chairs, text: hello }
    - event: { name: form.submitted, contact: jane@example.com, props: { form: quote, pages: 3 } }
    - invoice: { for: Chairs, amount: 100 }
  steps:
    - win: D1
    - sweep:
        - task: { assignee: zoe }
        - message: { to: zoe, body: Thank Jane Roe }
alone:
${given}  steps:
    - win: D1
    - sweep:
        - task: { assignee: ana }
`);
    rules.rule(
      'told',
      "for: task\non: created\nsteps: [{ notify: { user: '{{ task.assignee }}', text: '{{ task.title }}' } }]\n",
    );
    const { cases } = await tested(rules);
    expect(cases.map(c => c.wrong)).toEqual([null, null]);
  });

  it('may leave out or expect the moves of transitions', async () => {
    const rules = await withTest(`left out:
${given}  steps:
    - win: Chairs
    - sweep: [{ task: {} }]
expected:
${given}  steps:
    - win: Chairs
    - sweep: [{ task: {} }, { Chairs: { stage: proposal } }]
`);
    rules.write(
      'pipelines/a-sales.yaml',
      "name: Sales\nstages: [{ id: new, name: New }, { id: proposal, name: P }, { id: done, name: D }]\ntransitions: [{ to: proposal, when: 'is:won' }]\n",
    );
    expect((await tested(rules)).cases.map(c => c.wrong)).toEqual([null, null]);
  });

  it('of the help runs', async () => {
    const rules = await Rules.make();
    rules.write(
      'pipelines/a-sales.yaml',
      'name: Sales\nstages: [{ id: new, name: New }, { id: follow-up, name: Follow up }]\n',
    );
    rules.rule(
      'hot-leads',
      `for: contact
on: [{ score-changes: { reaches: 80 } }]
steps:
  - add-deal: { title: 'Chairs for {{ contact.name }}', value: '1500.00' }
  - send-email: { to: contact, subject: Hello, body: Hello }
  - wait: { until: 'event:email.opened', at-most: 3d }
  - update: { on: deal, stage: follow-up }
`,
    );
    rules.write('automations/hot-leads.test.yaml', exampleTest);
    expect((await tested(rules)).cases.map(c => c.wrong)).toEqual([null]);
    expect(await rules.ok('help tests')).toContain('a contact who becomes hot is offered chairs:');
  });
});

describe('a test file that is malformed', () => {
  const steps = (text: string) => `it:\n${given}  steps:\n${text}    - sweep: nothing\n`;
  const malformed: readonly (readonly [what: string, text: string, line: number, says: string])[] = [
    ['no YAML', 'it: [', 1, ''],
    ['no map', '- a\n', 1, 'is not a test'],
    [
      'an unknown key',
      'it:\n  givn: []\n  steps: [{ sweep: nothing }]\n',
      2,
      'unknown key "givn"\ndid you mean given?',
    ],
    ['no steps', 'it:\n  given: []\n', 1, 'steps is missing'],
    ['nothing expected', 'it:\n  steps:\n    - sweep\n', 2, 'nothing is expected of a sweep'],
    ['an unknown word', steps('    - wins: Chairs\n'), 6, 'unknown word "wins"\ndid you mean win?'],
    ['two words at once', steps('    - { win: Chairs, wait: 1d }\n'), 6, 'a map of one word'],
    [
      'a sweep among the given',
      'it:\n  given: [sweep]\n  steps: [{ sweep: nothing }]\n',
      2,
      'given has no sweeps',
    ],
    [
      'an unknown field',
      steps('    - deal: { titel: Tables }\n'),
      6,
      'unknown field "titel" of deals\ndid you mean title?',
    ],
    [
      'an unknown field of a record',
      steps('    - set: { D1: { stag: new } }\n'),
      6,
      'unknown field "stag"\ndid you mean stage?',
    ],
    [
      'an unknown stage',
      steps('    - deal: { title: T, stage: porposal }\n'),
      6,
      'unknown stage "porposal"\ndid you mean proposal?',
    ],
    ['an unknown user', steps('    - deal: { title: T, owner: anna }\n'), 6, 'did you mean ana?'],
    ['a value that is none', steps('    - deal: { title: T, value: "12,5" }\n'), 6, '"12,5"'],
    ['no duration', steps('    - wait: soon\n'), 6, 'is not a duration'],
    ['no day', steps('    - until: someday\n'), 6, '"someday"'],
    ['no change of a score', steps('    - score: { Chairs: much }\n'), 6, 'is not a change of a score'],
    ['a field that cannot be set', steps('    - deal: { title: T, createdAt: today }\n'), 6, 'cannot be set'],
    [
      'an unknown change',
      'it:\n  steps:\n    - sweep:\n        - taks: 3\n',
      4,
      'unknown word "taks"\ndid you mean task?',
    ],
    [
      'an unknown expected field',
      'it:\n  steps:\n    - sweep:\n        - message: { receiver: 3 }\n',
      4,
      'unknown field "receiver" of messages',
    ],
    [
      'an expectation that is neither',
      'it:\n  steps:\n    - sweep: something\n',
      3,
      'nothing, or a list of changes',
    ],
    [
      'several sweeps without a time',
      'it:\n  steps:\n    - sweep: { every: 1d, expect: nothing }\n',
      3,
      'several sweeps need for',
    ],
    ['an unknown rule', 'it:\n  with: [wom]\n  steps: [{ sweep: nothing }]\n', 2, 'did you mean won?'],
    [
      'a user without an id',
      'it:\n  given: [{ user: { name: Zoe } }]\n  steps: [{ sweep: nothing }]\n',
      2,
      'a user has an id',
    ],
    [
      'a role that is none',
      'it:\n  given: [{ user: { id: zoe, role: boss } }]\n  steps: [{ sweep: nothing }]\n',
      2,
      'unknown role "boss"',
    ],
  ];
  it('says so with its line, exit 5, in test and in lint, and stops no rule', async () => {
    const rules = await Rules.make();
    rules.rule('won', WON);
    for (const [what, text, line, says] of malformed) {
      rules.write('automations/won.test.yaml', text);
      const before = rules.digest();
      const ran = await rules.ws.crm('automation test');
      expect(ran, what).toMatchObject({ code: 5, out: '' });
      const lint = await rules.ws.crm('automation lint');
      expect(lint.code, what).toBe(5);
      const place = `automations/won.test.yaml:${line}: `;
      for (const said of [ran.err, lint.out]) expect(said, what).toContain(place);
      expect(lint.out.replaceAll('\n  ', '\n'), what).toContain(says);
      expect(rules.digest(), what).toBe(before);
    }
    expect((await rules.sweep()).code).toBe(0);
  });

  it('even if the rule of its name does not exist or is broken', async () => {
    const rules = await withTest('it:\n  steps: [{ sweep: nothing }]\n');
    rules.write('automations/one.test.yaml', 'it:\n  steps: [{ sweep: nothing }]\n');
    const alone = await rules.ws.crm('automation test');
    expect(alone.code).toBe(5);
    expect(alone.err).toContain('automations/one.test.yaml:1: there is no automation "one"');
    expect((await rules.ws.crm('automation test won')).code).toBe(0);
    rules.rule('won', WON.replace('won', 'win'));
    const broken = await rules.ws.crm('automation test won');
    expect(broken).toMatchObject({ code: 5, out: '' });
    expect(broken.err).toContain('automations/won.yaml:3: ');
  });
});

it('names: one that is unknown is exit 3 with the nearest, as is one without tests; none at all is none', async () => {
  const rules = await Rules.make();
  rules.rule('won', WON);
  expect(await rules.ws.crm('automation test')).toMatchObject({ code: 0, out: '' });
  expect(await rules.json('automation test')).toEqual([]);
  expect(await rules.ws.crm('automation test wom')).toMatchObject({
    code: 3,
    err: expect.stringContaining('did you mean won?'),
  });
  expect(await rules.ws.crm('automation test won')).toMatchObject({
    code: 3,
    err: expect.stringContaining('automations/won.test.yaml'),
  });
});
