/** Double opt-in by forms, with real sockets: the mail leaves over SMTP, and its link is followed on the server. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startMailServer, type TestMailServer } from '../channels/smtp-servers.ts';
import { type TestWorkspace, workspace } from '../harness.ts';
import { addSettings, type Served, served } from './running.ts';

let post: TestMailServer;
beforeAll(async () => {
  post = await startMailServer();
});
afterAll(() => post.close());
beforeEach(() => {
  post.got.length = 0;
});

const settings = (port: number) => `mail:
  from: 'Acme Sales <sales@acme.example>'
  via: smtp
  bcc: archive@acme.example
  smtp: { host: 127.0.0.1, port: ${port}, tls: none }
serve:
  address: https://crm.example.com
  forms:
    news: { confirm: optin, fields: { email: email, name: name, form: prop.form, once: id } }
    plain: {}
`;

const optin = `---
subject: 'Please confirm, {{ contact.name }}'
---
Confirm at {{ confirmUrl }}

Your name: {{ contact.name }}
`;

const welcome = `name: Welcome
for: contact
on: [{ event: { name: form.confirmed, where: 'prop.form:news' } }]
steps:
  - send-email: { to: contact, subject: Welcome, body: 'Good to have you' }
`;

function addTemplate(ws: TestWorkspace, id: string, text: string): void {
  mkdirSync(join(ws.dir, 'templates'), { recursive: true });
  writeFileSync(join(ws.dir, `templates/${id}.md`), text);
}

interface Story {
  readonly ws: TestWorkspace;
  readonly server: Served;
  /** Sweeps and delivers, a minute later or after so many milliseconds. */
  later(ms?: number): Promise<void>;
  submit(email: string, more?: Record<string, string>): Promise<Response>;
}

async function begin(): Promise<Story> {
  const ws = await workspace('empty');
  const as = { env: { XDG_STATE_HOME: `${ws.dir}.machine`, CRM_NOW: '' } };
  addTemplate(ws, 'optin', optin);
  addSettings(ws, settings(post.port));
  await ws.ok('trust --yes', as);
  await ws.ok(['automation', 'add', 'welcome', '-'], { ...as, stdin: welcome });
  await ws.ok('run', as);
  const server = await served(ws, as);
  return {
    ws,
    server,
    async later(ms = 60_000) {
      ws.now = new Date(Date.parse(ws.now) + ms).toISOString();
      await ws.ok('run', as);
    },
    submit: (email, more = {}) => server.post('/forms/news', { email, name: 'Jane Roe', ...more }),
  };
}

/** The path of the link in the newest mail to an address. */
function linkIn(to: string): string {
  const mail = post.got.findLast(each => each.to.includes(to))!.text;
  return /https:\/\/crm\.example\.com(\/confirm\/[\w-]+)/.exec(mail.replace(/=\r\n/g, ''))![1]!;
}

const contact = async ({ ws }: Story) => (await ws.json<Record<string, unknown>[]>('contact list'))[0]!;
const events = ({ ws }: Story) => ws.json<Record<string, unknown>[]>('event list name:form.confirmed');
const consentOf = async (story: Story) => {
  const { consent, consentAt, consentSource } = await contact(story);
  return { consent, consentAt, consentSource };
};
const none = { consent: null };

const DAY = 86_400_000;

test('the link in the mail of a form gives consent, by a button and once', async () => {
  const story = await begin();
  // What somebody types is never taken for the name of the form.
  expect((await story.submit('jane@example.com', { form: 'plain' })).status).toBe(200);
  await story.later();
  expect(post.got.map(({ to }) => to)).toEqual([['jane@example.com']]);
  expect(post.got[0]!.text).toMatch(/^Auto-Submitted: auto-generated\r$/m);
  const path = linkIn('jane@example.com');
  // Mail programs make it a link, unlike addresses in values.
  expect(post.got[0]!.text.replace(/=\r\n/g, '')).toMatch(
    new RegExp(`href=(3D)?"https://crm.example.com${path}"`),
  );
  expect(await story.ws.json('message list')).toMatchObject([{ kind: 'transactional', contact: 'C1' }]);

  // A scanner follows the link, several times.
  for (let again = 0; again < 2; again++) {
    const shown = await story.server.get(path);
    expect(shown.status).toBe(200);
    const text = await shown.text();
    expect(text).toContain('<form method="post"><p><button>Yes, I do</button></p></form>');
    expect(text).not.toMatch(/jane|news/i);
  }
  expect([await consentOf(story), await events(story)]).toEqual([none, []]);

  expect((await story.server.post(path, {})).status).toBe(200);
  const given = await consentOf(story);
  expect(given).toEqual({ consent: true, consentAt: expect.any(String), consentSource: 'form news' });
  const [history] = await story.ws.json<{ tx: number; via: string }[]>('history');
  expect(history!.via).toBe('serve confirm');
  expect((await story.server.post(path, {})).status).toBe(200);
  expect((await story.ws.json<{ tx: number }[]>('history'))[0]!.tx).toBe(history!.tx);
  expect(await events(story)).toMatchObject([
    { contact: 'C1', props: { form: 'news', message: 'M1', address: 'jane@example.com' } },
  ]);
  expect(story.server.said()).toContain('POST /confirm/... 200');
  expect(story.server.said()).not.toContain(path);

  // The rule's mail goes out on the same day: a confirmation is not another submission. Of the two mails, only this one has
  // a copy in the archive: the link is for the recipient alone.
  await story.later();
  await story.later();
  expect(post.got.map(({ to }) => to)).toEqual([
    ['jane@example.com'],
    ['jane@example.com'],
    ['archive@acme.example'],
  ]);
  // Consent that was taken back is not given again by an old mail.
  await story.ws.ok('contact set C1 consent=no');
  expect((await story.server.post(path, {})).status).toBe(200);
  expect(await consentOf(story)).toMatchObject({ consent: false });
});

test('a token that is unknown, changed or of another mail finds nothing and changes nothing', async () => {
  const story = await begin();
  await story.submit('jane@example.com');
  await story.server.post('/forms/plain', { email: 'jane@example.com' });
  await story.later();
  const path = linkIn('jane@example.com');
  const changed = path.slice(0, -1) + (path.endsWith('A') ? 'B' : 'A');
  const swapped = path.replace(/[a-z]/gi, letter =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );
  const before = await story.ws.json<unknown[]>('history');
  const answers = [];
  for (const each of ['/confirm/nobodys', changed, `${path}A`, swapped.replace('/CONFIRM/', '/confirm/')])
    for (const answer of [await story.server.get(each), await story.server.post(each, {})])
      answers.push([answer.status, await answer.text()]);
  expect(new Set(answers.map(each => JSON.stringify(each))).size).toBe(1);
  expect(answers[0]![0]).toBe(404);
  expect(await story.ws.json('history')).toEqual(before);
  // The address went to somebody else meanwhile: the old contact cannot agree by it.
  await story.ws.ok('contact set C1 email=jane@other.example');
  expect((await story.server.get(path)).status).toBe(404);
  expect((await story.server.post(path, {})).status).toBe(404);
  expect([await consentOf(story), await events(story)]).toEqual([none, []]);
});

test('an address gets one such mail a day from a form, and none if it refuses mails', async () => {
  const story = await begin();
  const count = () => post.got.filter(({ to }) => !to.includes('archive@acme.example')).length;
  await story.submit('jane@example.com', { once: 'a1' });
  // The same submission again is not a second one.
  await story.submit('jane@example.com', { once: 'a1' });
  await story.submit('JANE@example.com', { once: 'a2' });
  await story.later();
  await story.submit('jane@example.com');
  await story.later();
  expect(count()).toBe(1);
  expect((await story.ws.json<{ status: string }[]>('message list --sort id')).map(m => m.status)).toEqual([
    'sent',
    'suppressed',
    'suppressed',
  ]);
  const first = linkIn('jane@example.com');
  await story.later(2 * DAY);
  await story.submit('jane@example.com');
  await story.later();
  expect(count()).toBe(2);
  expect(linkIn('jane@example.com')).not.toBe(first);

  await story.later(2 * DAY);
  await story.ws.ok('contact set C1 consent=no');
  await story.submit('jane@example.com');
  await story.later();
  expect(count()).toBe(2);
  // A link from before the refusal gives no consent either.
  expect((await story.server.post(first, {})).status).toBe(404);
  expect([(await consentOf(story)).consent, await events(story)]).toEqual([false, []]);

  await story.ws.ok('contact set C1 consent=');
  await story.ws.ok('event add email.unsubscribed --contact C1 --prop address=jane@example.com');
  await story.later(2 * DAY);
  await story.submit('jane@example.com');
  await story.later();
  expect(count()).toBe(2);
});

test('a form is refused as a whole while its template has no link', async () => {
  const { ws, server, submit } = await begin();
  addTemplate(ws, 'optin', optin.replace('{{ confirmUrl }}', 'our page'));
  expect((await submit('jane@example.com')).status).toBe(503);
  expect(server.said()).toContain('it lacks the link {{ confirmUrl }}');
  addTemplate(ws, 'optin', optin);
  expect(await ws.json('contact list')).toEqual([]);
  expect((await submit('jane@example.com')).status).toBe(200);
  expect(await ws.json('contact list')).toHaveLength(1);
});

const form = (more: string, address = 'address: https://crm.example.com') =>
  `serve:\n  ${address}\n  forms:\n    news:\n      confirm: optin\n${more}`;

test.each([
  ['no public address', form('', 'listen: 8025'), 'confirm needs the public address'],
  ['no such template', form('').replace('optin', 'optn'), 'there is no template "optn"'],
  [
    'the event of a confirmation',
    form('      event: form.confirmed\n'),
    'is recorded when somebody confirms',
  ],
])('a form with %s is refused at its line', async (_, yaml, message) => {
  const ws = await workspace();
  addTemplate(ws, 'optin', optin);
  addSettings(ws, yaml);
  const { code, err } = await ws.crm('deal list');
  expect([code, err]).toEqual([
    5,
    expect.stringMatching(new RegExp(`^Error: crm\\.yaml:\\d+: .*${message}`, 'm')),
  ]);
});

test.each([
  ['lacks the link', optin.replace('{{ confirmUrl }}', 'our page'), 'the template optin lacks the link'],
  ['is a campaign', optin.replace('---\n', '---\nkind: campaign\n'), 'optin is a campaign'],
  ['is broken', optin.replace('contact.name', 'contact.nme'), 'the template optin is broken'],
])('lint reports a template that %s, and serve does not start', async (_, text, message) => {
  const ws = await workspace();
  addTemplate(ws, 'optin', text);
  addSettings(ws, form(''));
  expect(await ws.crm('automation lint')).toMatchObject({ code: 5, out: expect.stringContaining(message) });
  expect(await ws.crm('serve --listen 127.0.0.1:0')).toMatchObject({
    code: 5,
    err: expect.stringContaining(message),
  });
});

test('a sound template passes lint and preview, is renamed in the form, and is for forms alone', async () => {
  const ws = await workspace();
  addTemplate(ws, 'optin', optin);
  addSettings(ws, form(''));
  await ws.ok('contact add --email jane@example.com');
  expect(await ws.crm('automation lint')).toMatchObject({ code: 0 });
  expect(await ws.ok('template preview optin --for jane@example.com')).toContain(
    'Confirm at https://crm.example.com/confirm/TOKEN',
  );
  expect((await ws.crm('template rm optin')).err).toContain('is still used at crm.yaml:');
  const rule = welcome.replace(/send-email:.*/, 'send-email: { to: contact, template: optin }');
  expect((await ws.crm(['automation', 'add', 'w', '-'], { stdin: rule })).err).toContain(
    'the form news sends this template',
  );
  addTemplate(ws, 'other', optin);
  expect((await ws.crm('template lint other')).out).toContain('unknown variable {{ confirmUrl }}');
  await ws.ok('template rename optin please');
  expect(await ws.json('config')).toMatchObject({ serve: { forms: { news: { confirm: 'please' } } } });
});
