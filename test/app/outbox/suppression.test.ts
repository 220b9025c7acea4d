/** Who gets which kinds of mail, by address; and when a mail may leave. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { TestWorkspace } from '../../harness.ts';
import { add, deliverBy, FakeChannel, mailing, messages } from './mails.ts';

/** A workspace that sends a mail of a kind to each new contact. */
async function sending(kind: string, mail = 'from: sales@example.com', more = ''): Promise<TestWorkspace> {
  const ws = await mailing(0);
  const crm = join(ws.dir, 'crm.yaml');
  writeFileSync(crm, `${readFileSync(crm, 'utf8')}mail: { ${mail} }\n`);
  writeFileSync(join(ws.dir, 'templates/news.md'), `---\nsubject: News\nkind: ${kind}\n${more}---\nHi\n`);
  writeFileSync(
    join(ws.dir, 'automations/welcome.yaml'),
    'for: contact\non: [created]\nsteps:\n  - send-email: { to: contact, template: news }\n',
  );
  await ws.ok('run');
  return ws;
}

/** What becomes of a mail to a contact: its status and reason. */
async function sent(ws: TestWorkspace): Promise<[string, string | undefined]> {
  await ws.ok('run');
  await deliverBy(ws, new FakeChannel());
  const { status, reason } = (await messages(ws)).at(-1)!;
  return [status, reason];
}

const addJane = (ws: TestWorkspace, ...more: string[]) =>
  ws.ok(['contact', 'add', '--email', 'jane@example.com', '--name', 'Jane', ...more]);

const agreed = ['--consent', 'yes', '--consent-at', '2026-01-15', '--consent-source', 'web form'];

test.each([
  ['one-to-one', [], 'sent', undefined],
  ['one-to-one', ['--consent', 'no'], 'suppressed', 'C1 does not agree to mails (consent: no)'],
  ['transactional', ['--consent', 'no'], 'sent', undefined],
  ['campaign', [], 'suppressed', 'C1 has not agreed to such mails (consent: yes)'],
  [
    'campaign',
    ['--consent', 'yes'],
    'suppressed',
    'of the consent of C1 nobody knows consentAt and consentSource',
  ],
  ['campaign', agreed.slice(0, 4), 'suppressed', 'of the consent of C1 nobody knows consentSource'],
  ['campaign', agreed, 'sent', undefined],
])('a %s to a contact with %j is %s', async (kind, fields, status, reason) => {
  const ws = await sending(kind);
  await addJane(ws, ...fields);
  expect(await sent(ws)).toEqual([status, reason]);
});

test.each([
  ['email.unsubscribed', 'one-to-one', 'suppressed'],
  ['email.unsubscribed', 'transactional', 'sent'],
  ['email.unsubscribed', 'campaign', 'suppressed'],
  ['email.complained', 'transactional', 'suppressed'],
  ['email.bounced', 'one-to-one', 'suppressed'],
  ['email.bounced', 'transactional', 'suppressed'],
])('after %s a %s is %s, whoever has the address now', async (event, kind, status) => {
  const ws = await sending(kind);
  await ws.ok('contact add --email other@example.com --name Other');
  await ws.ok(`event add ${event} --contact other@example.com --prop address=Jane@example.com`);
  await sent(ws);
  await addJane(ws, ...agreed);
  expect((await sent(ws))[0]).toBe(status);
});

test('an import sets consent, its day and its source', async () => {
  const ws = await sending('campaign');
  await ws.ok('import contacts - --trigger', {
    stdin: 'name,email,consent,consentAt,consentSource\nJane,jane@example.com,yes,2026-01-15,fair\n',
  });
  expect((await sent(ws))[0]).toBe('sent');
});

test('an address that unsubscribed and was purged gets nothing when the same list is imported again', async () => {
  const ws = await sending('one-to-one');
  await addJane(ws);
  await ws.ok('contact add --email kim@example.com --name Kim');
  await ws.ok('event add email.unsubscribed --contact jane@example.com');
  await sent(ws);
  await ws.ok('purge jane@example.com kim@example.com --yes');
  // What is kept does not say the address.
  const dir = join(ws.dir, 'data/journal');
  const journal = readdirSync(dir)
    .map(name => readFileSync(join(dir, name), 'utf8'))
    .join('');
  expect(journal).not.toMatch(/jane@/i);
  expect(journal).toContain('forgotten-address/');
  await ws.ok('import contacts - --trigger', {
    stdin: 'name,email\nJane,JANE@example.com\nKim,kim@example.com\n',
  });
  await sent(ws);
  expect(
    (await messages(ws)).slice(-2).map(({ to, status, reason }) => [to.toLowerCase(), status, reason]),
  ).toEqual([
    ['jane@example.com', 'suppressed', expect.stringContaining('who unsubscribed and was then forgotten')],
    ['kim@example.com', 'sent', undefined],
  ]);
});

test("a mail waits for the sending hours of its recipient's zone, and the wait does not count as age", async () => {
  // The clock of the test is Monday, 10:00 in Amsterdam.
  const ws = await sending(
    'one-to-one',
    "from: sales@example.com, send: 'workdays 08:00-18:00', max-age: 1h",
  );
  await addJane(ws, '--timezone', 'America/New_York');
  expect((await sent(ws))[0]).toBe('queued');
  ws.now = '2026-09-14T12:30:00.000Z';
  expect((await sent(ws))[0]).toBe('sent');
  await ws.ok('contact add --email kim@example.com --name Kim');
  expect((await sent(ws))[0]).toBe('sent');
  expect(await ws.crm('contact add --email x@example.com --timezone Mars')).toMatchObject({
    code: 2,
    err: expect.stringContaining('"Mars" is not a time zone'),
  });
});

test('the sending hours of a template replace those of the workspace', async () => {
  const ws = await sending(
    'transactional',
    "from: sales@example.com, send: 'days 20:00-21:00'",
    'send: days 00:00-24:00\n',
  );
  await add(ws, 1, 1);
  expect((await sent(ws))[0]).toBe('sent');
});

test('lint refuses a campaign that nobody can end, and tracking without a public address', async () => {
  const ws = await sending('one-to-one', 'via: files');
  writeFileSync(join(ws.dir, 'templates/news.md'), '---\nsubject: News\nkind: campaign\n---\nHi\n');
  const { code, out } = await ws.crm('template lint');
  expect([code, out]).toEqual([
    5,
    expect.stringContaining('templates/news.md:3: kind: a campaign needs a way to unsubscribe'),
  ]);
  writeFileSync(join(ws.dir, 'templates/news.md'), '---\nsubject: News\ntrack: true\n---\nHi\n');
  expect((await ws.crm('template lint')).out).toContain('templates/news.md:3: track: opens and clicks');
});
