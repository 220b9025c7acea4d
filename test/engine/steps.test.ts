/** What each step does, to whom, and what becomes of an enrolment when one of them cannot. */
import { expect, test } from 'vitest';
import { type Desk, deskWith } from './desk.ts';
import { DAY, HOUR, outcomes, type Sweep } from './swept.ts';

const seed = [
  'account add Acme',
  'contact add --email jane@example.com --name Jane --account Acme --owner ben',
  'contact add --email joe@example.com --name Joe',
  'deal add Chairs --value 500 --contact jane@example.com --owner ana',
  'deal contact D1 add C2',
  'task add Call --for D1 --type call --assignee cat',
  'run',
];
const template = `---
subject: Welcome, {{ contact.name }}
---
Dear {{ contact.name }},

{{ deal.title }} for {{ deal.value }} until {{ deal.expectedClose | date: '%-d %B' | default: 'further notice' }}.

{{ owner.signature | default: 'Acme' }}
`;
/** D1 of ana's, for C1 (Jane, of A1, ben's) and C2; T1 for D1, cat's. */
const seeded = deskWith({ 'templates/welcome.md': template }, ...seed);

/** Adds a rule of these steps that `start` sets off for a subject, and sweeps. */
async function take(rules: Desk, steps: string, kind: keyof typeof starts = 'deal'): Promise<Sweep> {
  const { on, start } = starts[kind];
  const lines = steps.trim().split('\n');
  rules.rule('rule', `for: ${kind}\non: ${on}\nsteps:\n${lines.map(line => `  ${line}\n`).join('')}`);
  rules.ok(start);
  return rules.sweepTwice();
}

const starts = {
  deal: { on: '{ matches: { query: "value:>=1000" } }', start: 'deal set D1 value=1000' },
  contact: { on: '{ matches: { query: "tag:go" } }', start: 'contact set C1 tags=go' },
  account: { on: '{ matches: { query: "tag:go" } }', start: 'account set A1 tags=go' },
  task: { on: 'task-completed', start: 'task done T1' },
} as const;

interface Case {
  readonly steps: string;
  readonly for?: keyof typeof starts;
  /** The records that must then be so. */
  readonly so: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly did: string;
}

const cases: readonly Case[] = [
  {
    steps:
      "- add-deal: { title: 'More for {{ contact.name }}', value: 12.50, stage: proposal, tags: [a, b] }",
    for: 'contact',
    so: {
      D2: {
        title: 'More for Jane',
        value: '12.50',
        currency: 'EUR',
        pipeline: 'a-sales',
        stage: 'proposal',
        contacts: ['C1'],
        account: 'A1',
        owner: null,
        tags: ['a', 'b'],
      },
    },
    did: 'added D2',
  },
  {
    steps: '- add-deal: { title: More, pipeline: hardware, owner: auto, expectedClose: +30d }',
    for: 'account',
    so: {
      D2: { pipeline: 'hardware', stage: 'new', owner: 'ben', account: 'A1', expectedClose: '2026-10-14' },
    },
    did: 'added D2',
  },
  {
    // For a deal's own contacts, as the first is the primary one.
    steps: '- add-deal: { title: Follow-up }',
    so: { D2: { title: 'Follow-up', contacts: ['C1'], account: 'A1' } },
    did: 'added D2',
  },
  {
    steps: "- update: { stage: done, title: '{{ deal.title }}!', product: oak, size: 3, level: high }",
    so: { D1: { stage: 'done', title: 'Chairs!', fields: { product: 'oak', size: 3, level: 'high' } } },
    did: 'set stage, title, product, size, level of D1',
  },
  {
    steps: '- update: { title: Chairs }',
    so: { D1: { title: 'Chairs' } },
    did: 'title of D1 already has that value',
  },
  {
    steps: '- update: { status: won }',
    so: { D1: { status: 'won', closedStage: 'new', closedAt: '2026-09-14T08:00:00.000Z' } },
    did: 'set status of D1',
  },
  // Of the pipeline that the deal is moved to: the next one in its turn.
  {
    steps: '- update: { pipeline: hardware, stage: shipped, owner: auto }',
    so: { D1: { pipeline: 'hardware', stage: 'shipped', owner: 'ben' } },
    did: 'set pipeline, stage, owner of D1',
  },
  { steps: '- update: { owner: none }', so: { D1: { owner: null } }, did: 'set owner of D1' },
  {
    steps: "- update: { on: contact, phone: '123', owner: '{{ deal.owner }}' }",
    so: { C1: { phone: '123', owner: 'ana' } },
    did: 'set phone, owner of C1',
  },
  {
    steps: '- update: { on: account, domain: acme.com }',
    for: 'contact',
    so: { A1: { domain: 'acme.com' } },
    did: 'set domain of A1',
  },
  {
    steps: '- update: { outcome: fine }',
    for: 'task',
    so: { T1: { outcome: 'fine' } },
    did: 'set outcome of T1',
  },
  {
    steps: '- update: { on: deal, stage: proposal }',
    for: 'task',
    so: { D1: { stage: 'proposal' } },
    did: 'set stage of D1',
  },
  {
    steps:
      "- add-task: { title: 'Call {{ contact.name }}', type: call, due: +1d, assignee: '{{ owner.id }}' }",
    so: {
      T2: { title: 'Call Jane', type: 'call', for: 'D1', due: '2026-09-15', assignee: 'ana', status: 'open' },
    },
    did: 'added T2 for D1',
  },
  {
    steps: '- add-task: { title: Check, on: contact }',
    so: { T2: { title: 'Check', type: 'todo', for: 'C1', due: null, assignee: null } },
    did: 'added T2 for C1',
  },
  { steps: '- adjust-score: 15', for: 'contact', so: { C1: { score: 15 } }, did: 'added 15 points of C1' },
  {
    steps: '- adjust-score: { on: contact, by: -5, score: default }',
    so: { C1: { score: -5 } },
    did: 'took 5 points of C1',
  },
  { steps: '- assign: ben', so: { D1: { owner: 'ben' } }, did: 'assigned D1 to ben' },
  { steps: '- assign: none', so: { D1: { owner: null } }, did: 'assigned D1 to nobody' },
  { steps: "- assign: '{{ owner.id }}'", so: { D1: { owner: 'ana' } }, did: 'D1 is of ana already' },
  {
    steps: "- assign: { on: contact, to: '{{ deal.owner }}' }",
    so: { C1: { owner: 'ana' } },
    did: 'assigned C1 to ana',
  },
  { steps: '- assign: ben', for: 'task', so: { T1: { assignee: 'ben' } }, did: 'assigned T1 to ben' },
  {
    steps: '- complete-tasks',
    so: { T1: { status: 'done', doneAt: '2026-09-14T08:00:00.000Z' } },
    did: 'completed T1',
  },
  {
    steps: "- complete-tasks: { on: deal, where: 'type:call', outcome: 'by {{ deal.title }}' }",
    for: 'contact',
    so: { T1: { status: 'done', outcome: 'by Chairs' } },
    did: 'completed T1',
  },
  {
    steps: "- complete-tasks: 'type:todo'",
    so: { T1: { status: 'open' } },
    did: 'D1 has no such task',
  },
  {
    steps: "- log: { type: call, on: contact, text: 'about {{ deal.title }}' }",
    so: { V1: { type: 'call', for: 'C1', text: 'about Chairs', by: 'crm' } },
    did: 'logged V1 for C1',
  },
  {
    steps: '- add-tag: [vip, "{{ deal.stage }}"]',
    so: { D1: { tags: ['new', 'vip'] } },
    did: 'tagged D1 vip, new',
  },
  { steps: '- remove-tag: go', for: 'contact', so: { C1: { tags: [] } }, did: 'took go off C1' },
  { steps: '- remove-tag: cold', so: { D1: { tags: [] } }, did: 'D1 lacks cold already' },
  {
    steps: "- add-event: { name: quote.sent, props: { deal: '{{ deal.id }}', amount: 5, big: true } }",
    so: {
      E1: { name: 'quote.sent', contact: 'C1', props: { deal: 'D1', amount: 5, big: true } },
    },
    did: 'recorded E1 of C1',
  },
  {
    steps: "- webhook: { url: 'https://example.com/{{ deal.id }}' }",
    so: {
      M1: {
        channel: 'webhook',
        status: 'queued',
        to: 'https://example.com/D1',
        body: null,
      },
    },
    did: 'queued M1',
  },
  {
    steps: "- webhook: 'https://example.com/?t={{ deal.title }}&c={{ contact.email }}'",
    so: { M1: { to: 'https://example.com/?t=Chairs&c=jane%40example.com' } },
    did: 'queued M1',
  },
  {
    steps: `- webhook: { url: 'https://example.com', body: '{"text": {{ deal.title | json }}}' }`,
    so: { M1: { body: '{"text": "Chairs"}' } },
    did: 'queued M1',
  },
  {
    steps: "- run: [./won.sh, '{{ deal.title }}', 3]",
    so: { M1: { channel: 'run', status: 'queued', to: './won.sh', body: '["./won.sh","Chairs","3"]' } },
    did: 'queued M1',
  },
  {
    steps: '- adjust-score: { on: contact, by: 10, expires: 30d }',
    so: { C1: { score: 10 } },
    did: 'added 10 points of C1',
  },
  {
    steps: '- add-task: { title: Report, due: +1w, externalId: r1 }',
    so: { T2: { title: 'Report', due: '2026-09-21', externalId: 'r1', for: 'D1' } },
    did: 'added T2 for D1',
  },
  {
    steps: "- notify: { user: '{{ deal.owner }}', text: '{{ deal.title }} is big' }",
    so: {
      M1: {
        channel: 'notify',
        status: 'queued',
        to: 'ana',
        body: 'Chairs is big',
        automation: 'rule',
        step: '1.notify',
      },
    },
    did: 'queued M1 to ana',
  },
  {
    steps: "- notify: { on: deal, user: ana, text: 'Look at {{ deal.title }}' }",
    for: 'contact',
    so: { M1: { channel: 'notify', to: 'ana', body: 'Look at Chairs', deal: 'D1' } },
    did: 'queued M1 to ana',
  },
  {
    steps: "- send-email: { on: deal, to: owner, subject: Hi, body: 'Look at {{ deal.title }}' }",
    for: 'contact',
    so: { M1: { to: 'ana@example.com', subject: 'Hi', deal: 'D1' } },
    did: 'queued M1',
  },
  {
    steps: "- send-email: { on: contact, to: owner, subject: Hi, body: 'Call {{ contact.name }}' }",
    so: { M1: { to: 'ben@example.com', body: 'Call Jane' } },
    did: 'queued M1',
  },
  {
    steps: '- add-event: { on: deal, name: called }',
    for: 'task',
    so: { E1: { name: 'called', contact: 'C1' } },
    did: 'recorded E1 of C1',
  },
  {
    steps: '- send-email: { to: contact, template: welcome }',
    so: {
      M1: {
        channel: 'email',
        status: 'queued',
        to: 'jane@example.com',
        subject: 'Welcome, Jane',
        body: 'Dear Jane,\n\nChairs for 1000.00 until further notice.\n\nAna, Acme\n',
        template: 'welcome',
        contact: 'C1',
        deal: 'D1',
      },
    },
    did: 'queued M1',
  },
  {
    steps: "- send-email: { to: contacts, subject: 'About {{ deal.title }}', body: Hello }",
    so: {
      M1: { to: 'jane@example.com', subject: 'About Chairs', body: 'Hello', template: null, contact: 'C1' },
      M2: { to: 'joe@example.com', subject: 'About Chairs', body: 'Hello', contact: 'C2' },
    },
    did: 'queued M1, M2',
  },
  {
    steps: '- send-email: { to: owner, subject: Hi, body: Hello }',
    so: { M1: { to: 'ana@example.com', contact: null } },
    did: 'queued M1',
  },
  {
    steps: '- send-email: { to: ben, subject: Hi, body: Hello }',
    so: { M1: { to: 'ben@example.com' } },
    did: 'queued M1',
  },
  {
    steps: '- send-email: { to: sales@example.com, subject: Hi, body: Hello }',
    so: { M1: { to: 'sales@example.com' } },
    did: 'queued M1',
  },
];

test.each(cases)('$steps', async ({ steps, for: kind = 'deal', so, did }) => {
  const rules = await seeded();
  const sweep = await take(rules, steps, kind);
  expect(sweep).toMatchObject({ code: 0, failures: [] });
  expect(sweep.automations.map(a => [a.outcome, ...a.steps.map(s => s.did)])).toEqual([['completed', did]]);
  for (const [id, fields] of Object.entries(so)) expect(rules.show(id)).toMatchObject(fields);
});

test('changes of a step name their rule, step and enrolment', async () => {
  const rules = await seeded();
  await take(rules, '- add-note: Big');
  expect(rules.notes('D1')).toEqual(['Big']);
  const { change } = rules.journal.find(entry => JSON.stringify(entry.change).includes('"Big"'))!;
  expect(change).toMatchObject({
    add: { id: 'V1', by: 'crm' },
    why: { automation: 'rule', step: '1.add-note', enrolment: 'N1' },
  });
});

test('the deal that a step made is `deal` for those after it, also after a wait', async () => {
  const rules = await seeded();
  rules.ok('deal add Newer --contact jane@example.com');
  const steps = `
- add-deal: { title: Made, owner: cat }
- wait: 1d
- update: { on: deal, stage: proposal }
- add-task: { on: deal, title: '{{ deal.title }} of {{ owner.name }}', assignee: '{{ deal.owner }}' }
- if: { on: deal, when: 'stage:proposal' }
  then: [{ add-note: { on: deal, text: 'moved' } }]`;
  expect(outcomes(await take(rules, steps, 'contact'))).toEqual(['C1 waiting']);
  rules.ok('deal add Newest --contact jane@example.com');
  rules.at(DAY);
  expect(outcomes(await rules.sweepTwice())).toEqual(['C1 completed']);
  expect(rules.show('D3')).toMatchObject({ title: 'Made', stage: 'proposal' });
  expect(rules.show('T2')).toMatchObject({ for: 'D3', title: 'Made of Cat Low', assignee: 'cat' });
  expect(rules.notes('D3')).toEqual(['moved']);
});

test('a stage that a rule sets holds like a move by hand', async () => {
  const rules = await seeded();
  rules.write(
    'pipelines/a-sales.yaml',
    `name: Sales
stages: [{ id: new, name: New }, { id: proposal, name: Proposal }, { id: done, name: Done }]
transitions:
  - { to: proposal, from: [new, proposal, done], when: 'value:>=1000' }
`,
  );
  // The row applies from the same moment on; the rule has the last word until the row's answer changes.
  const sweep = await take(rules, '- update: { stage: done }');
  expect(sweep.transitions).toEqual([]);
  expect(rules.show('D1')).toMatchObject({ stage: 'done' });
  rules.ok('deal set D1 value=1');
  await rules.sweep();
  rules.ok('deal set D1 value=1000');
  expect((await rules.sweepTwice()).transitions).toEqual([
    { record: 'D1', from: 'done', to: 'proposal', rule: 1 },
  ]);
});

test('points that expire are gone at that time', async () => {
  const rules = await seeded();
  await take(rules, '- adjust-score: { by: 10, expires: 2d }', 'contact');
  rules.at(2 * DAY - 1);
  expect(rules.show('C1')).toMatchObject({ score: 10 });
  rules.at(2 * DAY);
  expect(rules.show('C1')).toMatchObject({ score: 0 });
});

test('if takes then or else, also nested, and continues after them', async () => {
  const rules = await seeded();
  const steps = `
- if: 'value:>=1000'
  then:
    - add-note: big
    - if: { on: contact, when: 'tag:vip' }
      then: [{ add-note: vip }]
      else:
        - if: 'owner:ana'
          then: [{ add-note: ana }]
    - add-note: behind
  else: [{ add-note: small }]
- if: 'owner:ben'
  then: [{ add-note: ben }]
- if: 'owner:ben'
  else: [{ add-note: not ben }]
- add-note: end`;
  const sweep = await take(rules, steps);
  expect(rules.notes('D1')).toEqual(['big', 'ana', 'behind', 'not ben', 'end']);
  expect(sweep.automations[0]!.steps.map(s => s.step)).toEqual([
    '1.if',
    '1.then.1.add-note',
    '1.then.2.if',
    '1.then.2.else.1.if',
    '1.then.2.else.1.then.1.add-note',
    '1.then.3.add-note',
    '2.if',
    '3.if',
    '3.else.1.add-note',
    '4.add-note',
  ]);
});

test('stop ends the enrolment, also from within a branch', async () => {
  const rules = await seeded();
  const sweep = await take(rules, "- if: 'owner:ana'\n  then: [{ add-note: yes }, stop]\n- add-note: never");
  expect(outcomes(sweep)).toEqual(['D1 completed']);
  expect(rules.notes('D1')).toEqual(['yes']);
});

// ---- events in steps

test('in steps only events count that were recorded after the enrolment began, and not dated before it', async () => {
  const rules = await seeded();
  rules.ok('event add email.opened --contact C1');
  const steps =
    "- wait: { until: 'event:email.opened', at-most: 3d }\n- if: 'event:email.opened'\n  then: [{ add-note: opened }]\n  else: [{ add-note: not opened }]";
  expect(outcomes(await take(rules, steps))).toEqual(['D1 waiting']);
  rules.at(HOUR);
  rules.ok('event add email.opened --contact C1 --at 2026-09-14T07:00:00Z');
  expect(outcomes(await rules.sweepTwice())).toEqual([]);
  rules.ok('event add email.opened --contact C1 --at 2026-09-14T08:30:00Z');
  expect(outcomes(await rules.sweepTwice())).toEqual(['D1 completed']);
  expect(rules.notes('D1')).toEqual(['opened']);
});

test('an enrolment that an event started begins with the event: later events count, the event itself does not', async () => {
  const rules = await seeded();
  rules.rule(
    'rule',
    "for: contact\nruns: every-time\non: { event: { name: form.submitted } }\nsteps: [{ wait: { until: 'event:form.submitted or event:email.opened' } }, { add-note: '{{ event.name }} {{ event.props.form }}' }]",
  );
  await rules.sweep();
  rules.ok('event add form.submitted --contact C1 --prop form=quote --at 2026-09-14T06:00:00Z');
  expect(outcomes(await rules.sweepTwice())).toEqual(['C1 waiting']);
  // Dated between the form and the sweep that saw it.
  rules.ok('event add email.opened --contact C1 --at 2026-09-14T07:00:00Z');
  expect(outcomes(await rules.sweepTwice())).toEqual(['C1 completed']);
  expect(rules.notes('C1')).toEqual(['form.submitted quote']);
});

test('an opened mail counts where it is of a message that this enrolment sent, if it says of which', async () => {
  const rules = await seeded();
  const steps =
    "- send-email: { to: contact, subject: Hi, body: Hello }\n- wait: { until: 'event:email.opened' }\n- add-note: opened";
  await take(rules, steps);
  rules.ok('event add email.opened --contact C1 --prop message=M77');
  expect(outcomes(await rules.sweepTwice())).toEqual([]);
  rules.ok('event add email.opened --contact C1 --prop message=M1');
  expect(outcomes(await rules.sweepTwice())).toEqual(['D1 completed']);
});

test.each([
  ['subject: "Hi\\nBcc: all@example.com", body: Hello', 'the subject has a control character'],
  ["to: 'a@example.com, b@example.com', subject: Hi, body: Hello", 'is not exactly one e-mail address'],
  ["to: 'Kim <kim@example.com>', subject: Hi, body: Hello", 'is not exactly one e-mail address'],
])(
  'a mail whose headers would say something else fails its step, and is not queued: %s',
  async (params, why) => {
    const rules = await seeded();
    const to = params.startsWith('to:') ? '' : 'to: contact, ';
    const { failures } = await take(rules, `- send-email: { ${to}${params} }`);
    expect(failures).toMatchObject([{ error: expect.stringContaining(why) }]);
    expect(rules.list('message')).toEqual([]);
  },
);

// ---- waits

test('wait for a time is over when it is over', async () => {
  const rules = await seeded();
  expect((await take(rules, '- add-note: before\n- wait: 1d\n- add-note: after')).automations).toMatchObject([
    {
      outcome: 'waiting',
      steps: [{ step: '1.add-note' }, { step: '2.wait', did: 'waits until 2026-09-15T08:00:00.000Z' }],
    },
  ]);
  rules.at(DAY - 1);
  expect(await rules.sweepTwice()).toMatchObject({ tx: null, automations: [] });
  rules.at(DAY);
  expect((await rules.sweepTwice()).automations).toMatchObject([
    { outcome: 'completed', steps: [{ step: '2.wait', did: 'waited' }, { step: '3.add-note' }] },
  ]);
  expect(rules.notes('D1')).toEqual(['before', 'after']);
});

test('wait until a query holds, at most for a time', async () => {
  const rules = await seeded();
  const steps = "- wait: { until: 'owner:ben', at-most: 2d }\n- add-note: '{{ deal.owner }}'";
  await take(rules, steps);
  rules.at(DAY);
  rules.ok('deal set D1 owner=ben');
  expect((await rules.sweepTwice()).automations[0]).toMatchObject({
    outcome: 'completed',
    steps: [{ step: '1.wait', did: 'owner:ben holds' }, {}],
  });
  rules.ok('deal add Desk --value 2000 --owner ana');
  expect(outcomes(await rules.sweepTwice())).toEqual(['D2 waiting']);
  rules.at(3 * DAY);
  expect((await rules.sweepTwice()).automations[0]).toMatchObject({
    subject: 'D2',
    outcome: 'completed',
    steps: [{ did: 'owner:ben did not hold in time' }, {}],
  });
  expect(rules.notes('D2')).toEqual(['ana']);
});

test.each([
  { edit: '- wait: 3d\n- add-note: after', over: 3 * DAY, name: 'raised' },
  { edit: '- wait: 12h\n- add-note: after', over: DAY / 2, name: 'lowered' },
  { edit: '- add-note: after', over: DAY / 2, name: 'deleted' },
])('a wait that is $name counts from when it was entered', async ({ edit, over }) => {
  const rules = await seeded();
  await take(rules, '- wait: 1d\n- add-note: after');
  rules.at(DAY / 2);
  const lines = edit.split('\n').map(line => `  ${line}\n`);
  rules.rule('rule', `for: deal\non: { matches: { query: "value:>=1000" } }\nsteps:\n${lines.join('')}`);
  if (over > DAY / 2) {
    expect(outcomes(await rules.sweepTwice())).toEqual([]);
    rules.at(over - 1);
    expect(outcomes(await rules.sweepTwice())).toEqual([]);
  }
  rules.at(over);
  expect(outcomes(await rules.sweepTwice())).toEqual(['D1 completed']);
  expect(rules.notes('D1')).toEqual(['after']);
});

test('an enrolment at a labelled step follows it to another place, and fails if it is removed', async () => {
  const rules = await seeded();
  const head = 'for: deal\non: { matches: { query: "value:>=1000" } }\nsteps:\n';
  await take(rules, '- { wait: 1d, label: pause }\n- add-note: after');
  rules.rule('rule', `${head}  - add-note: new\n  - { wait: 1d, label: pause }\n  - add-note: later\n`);
  rules.at(DAY);
  expect(outcomes(await rules.sweepTwice())).toEqual(['D1 completed']);
  expect(rules.notes('D1')).toEqual(['later']);

  rules.ok('deal add Desk --value 2000');
  await rules.sweep();
  rules.rule('rule', `${head}  - add-note: other\n`);
  expect(await rules.sweepTwice()).toMatchObject({
    code: 1,
    failures: [{ automation: 'rule', subject: 'D2', step: 'pause', error: 'step removed' }],
  });
});

test('a disabled or removed rule pauses its enrolments, and so does a subject in the trash', async () => {
  const rules = await seeded();
  await take(rules, '- wait: 1d\n- add-note: after');
  rules.ok('automation disable rule');
  rules.at(2 * DAY);
  expect(outcomes(await rules.sweepTwice())).toEqual([]);
  rules.ok('automation rm rule');
  rules.ok('deal rm D1');
  rules.ok('automation restore rule');
  rules.ok('automation enable rule');
  expect(outcomes(await rules.sweepTwice())).toEqual([]);
  rules.ok('deal restore D1');
  expect(outcomes(await rules.sweepTwice())).toEqual(['D1 completed']);
});

// ---- failures

interface Failing {
  readonly name: string;
  readonly steps: string;
  readonly break?: string;
  readonly error: RegExp;
  /** What makes it go through. */
  readonly repair: string;
}

const failing: readonly Failing[] = [
  {
    name: 'no address',
    steps: '- send-email: { to: contact, subject: Hi, body: Hello }',
    break: 'contact set C1 email=',
    error: /^C1 has no e-mail address$/,
    repair: 'contact set C1 email=new@example.com',
  },
  {
    name: 'one of several without an address',
    steps: '- send-email: { to: contacts, subject: Hi, body: Hello }',
    break: 'contact set C2 email=',
    error: /^C2 has no e-mail address$/,
    repair: 'contact set C2 email=new@example.com',
  },
  {
    name: 'an owner without an address',
    steps: '- send-email: { to: owner, subject: Hi, body: Hello }',
    break: 'deal set D1 owner=cat',
    error: /^the user cat has no e-mail address$/,
    repair: 'deal set D1 owner=ben',
  },
  {
    name: 'no owner',
    steps: '- send-email: { to: owner, subject: Hi, body: Hello }',
    break: 'deal set D1 owner=none',
    error: /^D1 has no owner$/,
    repair: 'deal set D1 owner=ben',
  },
  {
    name: 'an owner without access',
    steps: "- update: { pipeline: hardware, stage: shipped, owner: '{{ contact.owner }}' }",
    break: 'contact set C1 owner=cat',
    error: /^cat has no access to the pipeline hardware$/,
    repair: 'contact set C1 owner=ben',
  },
  {
    name: 'an empty variable',
    steps: "- add-note: 'Call {{ contact.phone }}'",
    error: /^\{\{ contact\.phone \}\} is empty for this record; say what then with \| default: "\.\.\."$/,
    repair: 'contact set C1 phone=123',
  },
  {
    name: 'no such record',
    steps: '- update: { on: contact, phone: "1" }',
    break: 'deal set D1 contacts=',
    error: /^D1 has no contact$/,
    repair: 'deal set D1 contacts=C1',
  },
  {
    name: 'a value that would be an option',
    steps: "- run: [./won.sh, '{{ deal.title }}']",
    break: 'deal set D1 title=--force',
    error: /^argument 1 of \.\/won\.sh would be the option "--force"$/,
    repair: 'deal set D1 title=Chairs',
  },
  {
    name: 'a body that a value breaks',
    steps: `- webhook: { url: 'https://example.com', body: '{"text": "{{ deal.title }}"}' }`,
    break: 'deal set D1 title="',
    error: /^the body is not JSON$/,
    repair: 'deal set D1 title=Chairs',
  },
  {
    name: 'a value that would lead elsewhere',
    steps: "- webhook: 'https://example.com/a/{{ deal.title }}/b'",
    break: 'deal set D1 title=..',
    error: /^"https:\/\/example\.com\/a\/\.\.\/b": a value makes a segment \. or \.\. of the path$/,
    repair: 'deal set D1 title=Chairs',
  },
  {
    name: 'nobody to assign to',
    steps: '- update: { owner: auto }',
    error: /^the pipeline a-sales assigns to nobody$/,
    repair: 'deal move D1 new --pipeline hardware',
  },
];

test.each(failing)('a step that fails: $name', async ({ steps, break: breaks, error, repair }) => {
  const rules = await seeded();
  if (breaks) rules.ok(breaks);
  rules.ok('deal add Other --value 1 --contact joe@example.com --owner ana');
  await rules.sweep();
  const lines = ['- add-note: before', ...steps.split('\n'), '- add-note: after'];
  rules.rule(
    'rule',
    `for: deal\non: { matches: { query: "value:>=1000" } }\nsteps:\n${lines.map(line => `  ${line}\n`).join('')}`,
  );
  rules.rule(
    'other',
    'for: deal\non: { matches: { query: "value:>=1000" } }\nsteps: [{ add-note: other }]\n',
  );
  rules.ok('deal set D1 value=1000');
  const sweep = await rules.sweepTwice();
  expect(sweep.code).toBe(1);
  const step = `2.${/- ([a-z-]+):/.exec(steps)![1]}`;
  expect(sweep.failures).toMatchObject([{ automation: 'rule', subject: 'D1', step }]);
  expect(sweep.failures[0]!.error).toMatch(error);
  expect(sweep.automations.map(a => `${a.automation} ${a.subject} ${a.outcome}`)).toEqual([
    'other D1 completed',
    'rule D1 failed',
  ]);
  // What came before stays, and nothing of the step itself.
  expect(rules.notes('D1')).toEqual(['other', 'before']);
  expect(rules.list('message')).toEqual([]);
  const kept = rules.list('enrolment').filter(each => each.status === 'failed');
  expect(kept).toMatchObject([{ status: 'failed', step, error: sweep.failures[0]!.error }]);

  rules.ok('automation retry rule');
  expect(await rules.sweepTwice()).toMatchObject({ code: 1, failures: [{ step }] });
  rules.ok(repair);
  // It does not go on by itself.
  expect(outcomes(await rules.sweepTwice())).toEqual([]);
  rules.ok('automation retry D1');
  const again = await rules.sweepTwice();
  expect(again).toMatchObject({ code: 0, failures: [] });
  expect(again.automations.map(a => [a.outcome, ...a.steps.map(s => s.step)])).toEqual([
    ['completed', step, '3.add-note'],
  ]);
  expect(rules.notes('D1').filter(note => note === 'before')).toHaveLength(1);
});

test('one subject fails, the others go on', async () => {
  const rules = await seeded();
  rules.rule(
    'rule',
    "for: contact\non: created\nsteps: [{ add-note: 'Call {{ contact.phone }}' }, { add-note: done }]",
  );
  for (const [name, ...phone] of [['a', '--phone', '1'], ['b'], ['c', '--phone', '3']])
    rules.ok(['contact', 'add', '--name', name!, ...phone]);
  const sweep = await rules.sweepTwice();
  expect(sweep.code).toBe(1);
  expect(outcomes(sweep)).toEqual(['C3 completed', 'C4 failed', 'C5 completed']);
  expect(rules.notes('C5')).toEqual(['Call 3', 'done']);
});

test('the turn of a round robin does not pass if the step then fails', async () => {
  const rules = await seeded();
  // ben is next; the title is refused after that was found out.
  await take(
    rules,
    "- update: { pipeline: hardware, stage: new, owner: auto, title: '{% if contact.phone %}x{% endif %}' }",
  );
  rules.ok('deal add Desk --pipeline hardware');
  expect(rules.show('D2')).toMatchObject({ owner: 'ben' });
});
