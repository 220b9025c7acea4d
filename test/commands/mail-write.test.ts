/** Mails that people write: checked, queued, logged, and what they start. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readLetter } from '../../src/app/outbox/write-mail.ts';
import { EditProblems } from '../../src/app/records/edit-record.ts';
import type { Mail } from '../../src/channels/channel.ts';
import { deliverBy, FakeChannel, on } from '../app/outbox/mails.ts';
import { copiesOf, type TestWorkspace, workspace } from '../harness.ts';

const made = copiesOf(async () => {
  const ws = await workspace();
  await ws.ok('user add ana --role admin --email ana@example.com');
  await ws.ok(['user', 'set', 'ana', 'signature={{ user.name }}, Acme']);
  const deal = [
    'deal',
    'add',
    'Chairs',
    '--contact',
    'jane@example.com',
    '--contact-name',
    'Jane',
    '--account',
    'Acme',
  ];
  await ws.ok([...deal, '--owner', 'ana']);
  return ws;
});

const typed = (ws: TestWorkspace, ...more: string[]) =>
  ws.crm(['--as', 'ana', 'mail', 'write', 'D1', '--subject', 'Your chairs', '-', ...more], {
    stdin: 'Dear Jane,\n\nhere.\n',
  });

test('a text from standard input is queued as a mail to one, and logged on deal, contact and account', async () => {
  const ws = await made();
  expect(await typed(ws)).toMatchObject({ code: 0, out: 'M1\n' });
  const [message] = await ws.json<Record<string, unknown>[]>('message list');
  expect(message).toMatchObject({
    status: 'queued',
    to: 'jane@example.com',
    subject: 'Your chairs',
    deal: 'D1',
    contact: 'C1',
  });
  expect(await ws.json('activity list')).toMatchObject([
    { type: 'email', direction: 'out', for: 'D1', with: ['C1', 'A1'], subject: 'Your chairs', by: 'ana' },
  ]);
  // The mail and its log are one thing to people.
  for (const card of ['deal show D1', 'contact show C1', 'account show A1']) {
    const out = await ws.ok(card, { tty: 160, env: { NO_COLOR: '1' } });
    expect(out.match(/Your chairs/g)).toHaveLength(1);
    expect(out).toMatch(/outgoing email.*: Your chairs: Dear Jane,/);
  }
  expect(await ws.json('conversation D1')).toMatchObject([
    { id: 'M1', direction: 'out', text: 'Dear Jane,\n\nhere.\n' },
  ]);
  const channel = new FakeChannel();
  await deliverBy(ws, channel);
  const [mail] = channel.got as Mail[];
  // A person wrote it: nothing says that a program did, and nobody knows what of it would be markup.
  expect(mail).toMatchObject({ text: 'Dear Jane,\n\nhere.\n', headers: {} });
  expect(mail!.html).toBeUndefined();
});

test('it is delivered at once, unless it is to wait', async () => {
  const ws = await made();
  const ran = await ws.crm(['--as', 'ana', 'mail', 'write', 'jane@example.com', '--subject', 'Hi', '-'], {
    ...on(ws),
    stdin: 'Hi\n',
  });
  expect([ran.code, ran.err]).toEqual([0, expect.stringContaining('wrote 1 e-mail to mail/out')]);
  expect(readdirSync(join(ws.dir, 'mail/out/new'))).toHaveLength(1);
  await ws.crm(['--as', 'ana', 'mail', 'write', 'C1', '--subject', 'Hi', '-', '--no-deliver'], {
    ...on(ws),
    stdin: 'Again\n',
  });
  expect(await ws.ok('message list --fields status')).toBe('filed\nqueued\n');
});

test('the editor has the whole message, and shows each problem at its line', async () => {
  const ws = await made();
  mkdirSync(join(ws.dir, 'files'));
  writeFileSync(join(ws.dir, 'files/offer.pdf'), 'offer');
  const seen: string[] = [];
  const texts = [
    'To: jane@example.com, kim@example.com\nCc: x\nSubject: \nAttach: /etc/passwd\n\n\n-- \nana, Acme\n',
    'To: jane@example.com\nSubject: Offer\nAttach: files/offer.pdf\n\nHere it is.\n',
  ];
  const ran = await ws.crm('--as ana mail write D1', {
    editor: text => {
      seen.push(text);
      return texts.shift();
    },
  });
  expect(ran.code).toBe(0);
  expect(seen[0]).toBe('To: jane@example.com\nSubject: \nAttach: \n\n\n\n-- \nana, Acme\n');
  for (const line of [
    '# ! "jane@example.com, kim@example.com" is not exactly one e-mail address (To: jane@example.com)\nTo: ',
    '# ! "Cc: x" is not a header of a mail',
    '# ! Subject is empty',
    '# ! "/etc/passwd" is not the path of a file below files/',
    '# ! the text is empty\n',
  ])
    expect(seen[1]).toContain(line);
  expect(await ws.json('message list')).toMatchObject([
    { subject: 'Offer', attachments: ['files/offer.pdf'] },
  ]);
});

test('a text that is left as it was is not sent', async () => {
  const ws = await made();
  writeFileSync(
    join(ws.dir, 'templates/offer.md'),
    '---\nsubject: For {{ contact.name }}\n---\nDear {{ contact.name }}\n',
  );
  const seen: string[] = [];
  const ran = await ws.crm('--as ana mail write D1 --template offer', {
    editor: text => {
      seen.push(text);
      return text;
    },
  });
  expect(ran).toMatchObject({ code: 130, err: expect.stringContaining('nothing was sent') });
  expect(seen).toEqual(['To: jane@example.com\nSubject: For Jane\nAttach: \n\nDear Jane\n']);
  expect(await ws.json('message list')).toEqual([]);
});

test('an answer has the thread, and the mail that it answers', async () => {
  const ws = await made();
  const mail = `From: Jane <jane@example.com>\nTo: ana@example.com\nSubject: Chairs?\nMessage-ID: <m1@example.com>\nDate: Mon, 14 Sep 2026 07:00:00 +0000\n\nHow much?\n`;
  await ws.ok('mail ingest -', { ...on(ws), stdin: mail });
  expect(await ws.crm('--as ana mail reply V1 -', { stdin: '50 euros.\n' })).toMatchObject({
    code: 0,
    out: 'M1\n',
  });
  // Who has unsubscribed and asks gets an answer.
  await ws.ok('event add email.unsubscribed --contact C1');
  const channel = new FakeChannel();
  await deliverBy(ws, channel);
  expect(channel.got).toMatchObject([
    {
      to: 'jane@example.com',
      subject: 'Re: Chairs?',
      headers: { 'In-Reply-To': '<m1@example.com>', References: '<m1@example.com>' },
    },
  ]);
  expect(await ws.crm('mail reply V2 -', { stdin: 'x' })).toMatchObject({
    code: 1,
    err: expect.stringContaining('V2 is not a received e-mail'),
  });
});

test.each([
  ['sent', async () => undefined],
  [
    'replied',
    async (ws: TestWorkspace) => {
      await ws.ok('event add email.replied --contact C1 --prop message=M1');
    },
  ],
])('it starts an automation when it is %s, and not before', async (when, then) => {
  const ws = await made();
  writeFileSync(
    join(ws.dir, 'automations/call.yaml'),
    'for: deal\non: manual\nsteps:\n  - add-task: { title: Call }\n',
  );
  await ws.ok('run');
  await typed(ws, '--start', 'call', '--when', when);
  await ws.ok('run');
  expect(await ws.json('task list')).toEqual([]);
  await deliverBy(ws, new FakeChannel());
  await then(ws);
  await ws.ok('run');
  expect(await ws.json('task list')).toMatchObject([{ title: 'Call', for: 'D1' }]);
  await ws.ok('run');
  expect(await ws.json('task list')).toHaveLength(1);
});

test.each([
  ['mail write', 2, 'to whom?'],
  ['mail write D1', 2, 'there is no terminal to edit on'],
  ['mail write D1 -', 2, 'which subject?'],
  ['mail write D9 --subject S -', 3, 'D9'],
  ['mail write D1 --subject S - --when sent', 2, '--when says when an automation starts'],
  ['mail write D1 --subject S - --start nope', 3, 'there is no automation "nope"'],
  ['mail write D1 --template nope', 3, 'there is no template "nope"'],
  ['mail reply', 2, 'which e-mail?'],
])('%s: exit %i, nothing queued', async (command, code, message) => {
  const ws = await made();
  const ran = await ws.crm(command, { stdin: 'Hi\n' });
  expect({ code: ran.code, err: ran.err }).toEqual({ code, err: expect.stringContaining(message) });
  expect(await ws.json('message list')).toEqual([]);
});

test('an empty text, and control characters, are refused', async () => {
  const ws = await made();
  const before = readFileSync(join(ws.dir, 'crm.yaml'), 'utf8');
  for (const stdin of ['', ' \n', '\n-- \nana\n', 'a\u0000b'])
    expect(await ws.crm('mail write D1 --subject S -', { stdin })).toMatchObject({
      code: 2,
      err: expect.stringMatching(/the text (is empty|has a control character)/),
    });
  expect(
    await ws.crm(['mail', 'write', 'D1', '--subject', 'S\nBcc: x@y.z', '-'], { stdin: 'Hi' }),
  ).toMatchObject({ code: 2, err: expect.stringContaining('Subject has a control character') });
  expect(() => readLetter('To: a@b.c\nSubject: x\u0001\n\nHi')).toThrow(EditProblems);
  expect([await ws.json('message list'), readFileSync(join(ws.dir, 'crm.yaml'), 'utf8')]).toEqual([
    [],
    before,
  ]);
});
