/** The messages that steps queue: to whom, with what, and of what their readers may not see. */
import { describe, expect, it, test } from 'vitest';
import { type Desk, deskWith } from './desk.ts';
import { SETTINGS } from './swept.ts';

const settings = SETTINGS.replace(
  'cat: { name: Cat Low, role: normal }',
  `cat: { name: Cat Low, role: normal }
  dan: { name: Dan, email: dan@example.com, role: normal, notify: desktop }
  eve: { name: Eve, email: eve@example.com, role: normal, notify: mail }
  rob: { name: Rob, email: rob@example.com, role: restricted }`,
);
const templates = {
  'templates/plain.md': '---\nsubject: Hi {{ contact.name }}\n---\nDear {{ contact.name }},\n',
  'templates/full.md':
    '---\nsubject: Price list\nreply-to: sales@example.com\nkind: transactional\nattachments: [files/list.pdf]\n---\nSee ![](files/logo.png)\n',
};
/** D1 Secret of eve's, for C1 Cas, who belongs to nobody. */
const seeded = deskWith(
  { 'crm.yaml': settings, ...templates },
  'contact add Cas --email cas@example.com --owner none',
  'deal add Secret --contact C1 --owner eve',
  'run',
);

/** The messages of a rule for C1, and what the steps say they did, or why one failed. */
async function told(step: string, prepare?: (desk: Desk) => void) {
  const desk = await seeded();
  desk.rule('tell', `for: contact\non: [{ tag-added: { tag: told } }]\nsteps:\n  - ${step}\n`);
  prepare?.(desk);
  desk.ok('contact tag C1 +told');
  const { automations, failures, leftOut } = await desk.sweepTwice();
  const said = automations[0]!.steps.map(({ did }) => did);
  const messages = desk.list('message');
  return { messages, said: [...said, ...failures.map(({ error }) => error)], leftOut };
}

const text = `'{{ deal.title | default: "no deal" }}, {{ contact.name }}'`;

describe('a text is written as its reader may see the records', () => {
  it.each([
    ['notify', 'user: eve', 'text', 'eve', 'Secret, Cas', { contact: 'C1', deal: 'D1' }],
    ['notify', 'user: rob', 'text', 'rob', 'no deal, Cas', { contact: 'C1' }],
    ['send-email', 'to: rob, subject: S', 'body', 'rob@example.com', 'no deal, Cas', { contact: 'C1' }],
    [
      'send-email',
      'to: Rob@Example.com, subject: S',
      'body',
      'Rob@Example.com',
      'no deal, Cas',
      { contact: 'C1' },
    ],
    [
      'send-email',
      'to: out@example.com, subject: S',
      'body',
      'out@example.com',
      'Secret, Cas',
      { contact: 'C1', deal: 'D1' },
    ],
    [
      'send-email',
      'to: contact, subject: S',
      'body',
      'cas@example.com',
      'Secret, Cas',
      { contact: 'C1', deal: 'D1' },
    ],
    [
      'webhook',
      "url: 'https://example.com'",
      'body',
      'https://example.com',
      'Secret, Cas',
      { contact: 'C1', deal: 'D1' },
    ],
  ])('%s { %s }', async (step, params, key, to, body, records) => {
    const { messages } = await told(`${step}: { ${params}, ${key}: ${text} }`);
    expect(messages.slice(0, 1)).toMatchObject([
      { to, body, status: 'queued', automation: 'tell', step: `1.${step}`, ...records },
    ]);
    expect('deal' in messages[0]!).toBe('deal' in records);
  });

  it.each([
    'notify: { on: deal, user: rob, text: Look }',
    'send-email: { on: deal, to: rob, subject: S, body: Look }',
  ])('no user is told of something hidden from them: %s', async step => {
    const { messages, said, leftOut } = await told(step);
    expect(messages).toEqual([]);
    expect(said).toEqual(['queued nothing: rob may not see D1']);
    expect(leftOut).toEqual([{ automation: 'tell', why: 'unseen', count: 1, subjects: ['D1'] }]);
  });
});

describe('webhook', () => {
  const sent = (body: string) =>
    told(`webhook: { url: 'https://example.com', body: ${JSON.stringify(body)} }`);
  it.each(['won [big]', 'a {b}', '{"a": "{{ contact.name }}"}', ' [1, 2]', '"x"', 'x'])(
    'sends %s',
    async body => {
      const { messages, said } = await sent(body);
      expect(messages.map(message => message.body)).toEqual([body.replace('{{ contact.name }}', 'Cas')]);
      expect(said).toEqual(['queued M1']);
    },
  );

  it.each(['{"a": {{ contact.name }}}', '\n[1, 2', '{'])('fails for %j, which should be JSON', async body => {
    const { messages, said } = await sent(body);
    expect(messages).toEqual([]);
    expect(said).toEqual(['the body is not JSON']);
  });
});

describe('notify', () => {
  it.each([
    ['eve', ['notify eve', 'notify-mail eve@example.com'], 'queued M1, M2 to eve'],
    ['dan', ['notify dan', 'notify-desktop dan'], 'queued M1, M2 to dan'],
    // Without a wish it is the inbox alone.
    ['ana', ['notify ana'], 'queued M1 to ana'],
  ])('%s is told by %j', async (user, ways, did) => {
    const { messages, said } = await told(`notify: { user: ${user}, text: 'Look at {{ contact.name }}' }`);
    expect(messages.map(({ channel, to }) => `${channel} ${to}`)).toEqual(ways);
    expect(messages.map(({ body }) => body)).toEqual(ways.map(() => 'Look at Cas'));
    expect(said).toEqual([did]);
  });

  it.each([
    ['Look', 'Look (C1)'],
    ['  Look \nand more', 'Look (C1)'],
    ['a\tb', 'a (C1)'],
    ['x'.repeat(70), `${'x'.repeat(70)} (C1)`],
    ['x'.repeat(71), `${'x'.repeat(70)}... (C1)`],
    [`${'x'.repeat(69)} yz`, `${'x'.repeat(69)}... (C1)`],
  ])('the subject of its mail is the first line, so far as it fits: %j', async (body, subject) => {
    const { messages } = await told(`notify: { user: eve, text: ${JSON.stringify(body)} }`);
    expect(messages[1]).toMatchObject({ subject, body });
  });

  it('a mail about another record names that one', async () => {
    const { messages } = await told('notify: { on: deal, user: eve, text: Look }');
    expect(messages).toMatchObject([{ deal: 'D1' }, { deal: 'D1', subject: 'Look (D1)' }]);
    expect(messages[0]).not.toHaveProperty('contact');
  });

  it('nobody cannot be told', async () => {
    const { messages, said } = await told(
      `notify: { user: '{{ contact.owner | default: "none" }}', text: Look }`,
    );
    expect([messages, said]).toEqual([[], ['there is nobody to notify']]);
  });

  it('who is away is stood in for, until they are back', async () => {
    const away = (days: string) => (desk: Desk) => {
      desk.edit('crm.yaml', text =>
        text.replace(
          'email: ben@example.com, role: normal',
          `email: ben@example.com, role: normal, away: ${days} to ana`,
        ),
      );
    };
    const to = async (days: string) =>
      (await told('notify: { user: ben, text: Look }', away(days))).messages[0]!.to;
    expect(await to('2026-09-14..2026-09-16')).toBe('ana');
    expect(await to('2026-09-11..2026-09-13')).toBe('ben');
  });
});

describe('send-email', () => {
  it.each([
    ['to: contact, template: plain', {}, 'queued M1'],
    ['to: owner, on: deal, subject: Hi, body: Hello', {}, 'queued M1'],
    ['to: contacts, on: deal, subject: Hi, body: Hello', {}, 'queued M1'],
    ['to: owner, subject: Hi, body: Hello', {}, 'C1 has no owner'],
    ['to: cat, subject: Hi, body: Hello', {}, 'the user cat has no e-mail address'],
    ["to: contact, subject: '{% if deal %}{% endif %}', body: Hello", {}, 'the e-mail would be empty'],
    ["to: contact, subject: ' ', body: Hello", {}, 'the e-mail would be empty'],
    ["to: contact, subject: Hi, body: ' '", {}, 'the e-mail would be empty'],
  ])('{ %s }', async (params, _so, did) => {
    const { messages, said } = await told(`send-email: { ${params} }`);
    expect(said).toEqual([did]);
    expect(messages).toHaveLength(did.startsWith('queued') ? 1 : 0);
  });

  it.each([
    ['task', 'send-email: { to: contact, subject: Hi, body: Hello }', 'T1 has no contact'],
    ['task', 'send-email: { to: contacts, subject: Hi, body: Hello }', 'T1 has no deal'],
    ['deal', 'send-email: { to: contacts, subject: Hi, body: Hello }', 'D2 has no contact'],
  ])('of a %s without one: %s', async (kind, step, error) => {
    const desk = await seeded();
    desk.rule('tell', `for: ${kind}\non: created\nsteps:\n  - ${step}\n`);
    desk.ok(kind === 'task' ? 'task add Water' : 'deal add Alone');
    expect((await desk.sweep()).failures).toMatchObject([{ error }]);
  });

  it('a mail has its template, its subject and its text, and where values are in it', async () => {
    const { messages } = await told('send-email: { to: contact, template: plain }');
    expect(messages).toMatchObject([
      {
        subject: 'Hi Cas',
        body: 'Dear Cas,\n',
        template: 'plain',
        contact: 'C1',
        inserted: expect.anything(),
      },
    ]);
    for (const field of ['deal', 'attachments', 'kind', 'replyTo', 'noted'])
      expect(messages[0], field).not.toHaveProperty(field);
  });

  it('a mail has what its template says of answers, its kind and its files', async () => {
    const { messages } = await told('send-email: { to: contact, template: full }');
    expect(messages).toMatchObject([
      {
        template: 'full',
        kind: 'transactional',
        replyTo: 'sales@example.com',
        attachments: ['files/list.pdf'],
        // There are no such files here, so they have no hash.
        noted: ['- files/list.pdf', '- files/logo.png'],
      },
    ]);
  });

  it('a mail of a deal, or after a deal was made, belongs to the deal', async () => {
    const { messages } = await told(
      'send-email: { on: deal, to: contact, subject: Hi, body: Hello }\n  - add-deal: { title: Made }\n  - send-email: { to: contact, subject: Hi, body: Hello }',
    );
    expect(messages.map(({ deal, contact }) => [deal, contact])).toEqual([
      ['D1', 'C1'],
      ['D2', 'C1'],
    ]);
  });

  it('spaces around an address do not count', async () => {
    const { messages } = await told("send-email: { to: ' out@example.com ', subject: ' Hi ', body: Hello }");
    expect(messages).toMatchObject([{ to: 'out@example.com', subject: 'Hi' }]);
  });
});

test('each message has a key of its enrolment, its step and its number', async () => {
  const { messages } = await told(
    'send-email: { to: contact, subject: Hi, body: Hello }\n  - notify: { user: ana, text: Hi }',
  );
  expect(messages.map(({ key, enrolment }) => [key, enrolment])).toEqual([
    ['N1/1.send-email/1', 'N1'],
    ['N1/2.notify/2', 'N1'],
  ]);
});
