import { appendFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { emptyDirectory, makeWorkspace, NOW, TestWorkspace } from '../../harness.ts';

interface Ingested {
  recorded: number;
  replies: number;
  bounces: number;
  unsubscribed: number;
  unknown: number;
  known: number;
  ignored: number;
  contacts: string[];
  deals: string[];
  sameId: unknown[];
  failed: { name: string; error: string }[];
  tx: number[];
}

const nothing = { recorded: 0, replies: 0, bounces: 0, unsubscribed: 0, unknown: 0, known: 0, ignored: 0 };

let minutes = 0;

/** A mail as text, an hour old and a minute younger than the one before, unless it says otherwise. */
function mailText(headers: Record<string, string>, text = 'Hello'): string {
  const all = {
    From: 'Jane Roe <jane@example.com>',
    To: 'ana@acme.example',
    Date: new Date(Date.parse(NOW) - 3_600_000 + ++minutes * 10_000).toUTCString(),
    ...headers,
  };
  return `${Object.entries(all)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')}\n\n${text}\n`;
}

interface Office {
  readonly ws: TestWorkspace;
  ingest(mails: string | readonly string[], ...options: string[]): Promise<Ingested>;
  list(kind: string, query?: string): Promise<Record<string, unknown>[]>;
}

/** The workspace that each test gets a copy of. */
let model: TestWorkspace;
let remove: () => void;

beforeAll(async () => {
  [model, remove] = await makeWorkspace();
  await model.ok('user add tester --name Tester --email tester@acme.example --role admin');
  await model.ok('user add ana --name Ana --email ana@acme.example --role normal');
  const jane = ['--contact', 'jane@example.com', '--contact-name', 'Jane Roe', '--account', 'Patel'];
  await model.ok(['deal', 'add', '40 chairs', ...jane, '--owner', 'ana']);
  await model.ok('contact set C1 emails=jane@example.com,jane@home.example');
  await model.ok('contact add --email mia@example.com --name Mia');
});

afterAll(() => remove());

/** A workspace with users, a contact Jane with one open deal, and Mia who has none. */
function office(): Office {
  const ws = new TestWorkspace(join(emptyDirectory(), 'ws'));
  cpSync(model.dir, ws.dir, { recursive: true });
  const env = { XDG_STATE_HOME: emptyDirectory() };
  let boxes = 0;
  return {
    ws,
    async ingest(mails, ...options) {
      const box = join(emptyDirectory(), `box${++boxes}`);
      mkdirSync(join(box, 'new'), { recursive: true });
      for (const [i, mail] of [mails].flat().entries())
        writeFileSync(join(box, 'new', `${1000 + i}.x`), mail);
      const ran = await ws.crm(['mail', 'ingest', box, '--json', ...options], { env });
      if (ran.err !== '') throw new Error(ran.err);
      return ran.json<Ingested>();
    },
    async list(kind, query = '') {
      return ws.json<Record<string, unknown>[]>([kind, 'list', ...(query ? [query] : [])], { env });
    },
  };
}

/** Queues and files an e-mail to Jane, and returns its Message-ID. */
async function sentToJane({ ws }: Office): Promise<string> {
  writeFileSync(
    join(ws.dir, 'automations', 'hello.yaml'),
    "name: Hello\nfor: contact\non: { event: { name: hello } }\nenabled: true\nsteps:\n  - send-email: { to: contact, subject: 'Your chairs', body: 'Dear Jane' }\n",
  );
  await ws.ok('event add hello --contact jane@example.com');
  await ws.ok('run', { env: { XDG_STATE_HOME: emptyDirectory() } });
  const [message] = await ws.json<{ messageId: string; status: string }[]>(
    'message list --fields messageId,status',
  );
  expect(message!.status).toBe('filed');
  return message!.messageId;
}

describe('a mail belongs to', () => {
  test('the contact with any of its addresses, and its only open deal', async () => {
    const at = office();
    const done = await at.ingest([
      mailText({ 'Message-ID': '<1@x>', Subject: 'Chairs' }, 'We take 40.'),
      mailText({
        'Message-ID': '<2@x>',
        From: 'JANE@home.example',
        Subject: 'Re: Chairs',
        'In-Reply-To': '<1@x>',
      }),
      mailText({ 'Message-ID': '<3@x>', From: 'mia@example.com' }),
    ]);
    expect(done).toMatchObject({ ...nothing, recorded: 3 });
    const [first, second, third] = await at.list('activity');
    expect(first).toMatchObject({
      type: 'email',
      for: 'D1',
      with: ['C1', 'A1'],
      direction: 'in',
      by: 'ana',
      subject: 'Chairs',
      text: 'We take 40.',
      from: 'Jane Roe <jane@example.com>',
      to: 'ana@acme.example',
      externalId: '<1@x>',
    });
    expect(second).toMatchObject({ for: 'D1', inReplyTo: '<1@x>', thread: '<1@x>' });
    expect(third).toMatchObject({ for: 'C2' });
  });

  test('the deal of its thread, if several are open', async () => {
    const at = office();
    await at.ingest(mailText({ 'Message-ID': '<1@x>' }));
    await at.ws.ok('deal add Tables --contact jane@example.com');
    await at.ingest([
      mailText({ 'Message-ID': '<2@x>', References: '<1@x>' }),
      mailText({ 'Message-ID': '<3@x>' }),
      mailText({ 'Message-ID': '<4@x>', From: 'colleague@example.com', References: '<1@x> <2@x>' }),
    ]);
    expect((await at.list('activity')).map(each => each.for)).toEqual(['D1', 'D1', 'C1', 'D1']);
  });

  test('no deal that is closed', async () => {
    const at = office();
    await at.ingest(mailText({ 'Message-ID': '<1@x>' }));
    await at.ws.ok('deal win D1');
    await at.ingest(mailText({ 'Message-ID': '<2@x>', References: '<1@x>' }));
    expect((await at.list('activity')).map(each => each.for)).toEqual(['D1', 'C1']);
  });

  test('the contact whom one of our users wrote to; nobody, if no one outside is named', async () => {
    const at = office();
    const done = await at.ingest([
      mailText({
        'Message-ID': '<1@x>',
        From: 'Ana <ana@acme.example>',
        To: 'Jane <jane@example.com>, mia@example.com',
        Bcc: 'drop@acme.example',
      }),
      mailText({ 'Message-ID': '<2@x>', From: 'ana@acme.example', To: 'tester@acme.example' }),
    ]);
    expect(done).toMatchObject({ ...nothing, recorded: 1, ignored: 1 });
    expect(await at.list('activity')).toMatchObject([
      { for: 'D1', with: ['C1', 'C2', 'A1'], direction: 'out', by: 'ana' },
    ]);
  });

  test('our message that it answers, which counts as answered unless a program writes', async () => {
    const at = office();
    const id = await sentToJane(at);
    const done = await at.ingest([
      mailText({ 'Message-ID': '<1@x>', 'In-Reply-To': id, 'Auto-Submitted': 'auto-replied' }),
      mailText(
        { 'Message-ID': '<2@x>', From: 'assistant@home.example', References: id },
        'Yes.\n\n> Dear Jane',
      ),
    ]);
    expect(done).toMatchObject({ ...nothing, recorded: 2, replies: 1 });
    expect(await at.list('activity')).toMatchObject([{ automatic: true }, { for: 'D1', text: 'Yes.' }]);
    expect(await at.list('event', 'name:email.replied')).toMatchObject([
      { contact: 'C1', props: { message: 'M1', activity: 'V2' } },
    ]);
  });

  test('our own message, whose copy is not recorded again', async () => {
    const at = office();
    const id = await sentToJane(at);
    const copy = mailText({ 'Message-ID': id, From: 'ana@acme.example', To: 'jane@example.com' });
    expect(await at.ingest(copy)).toMatchObject({ ...nothing, known: 1 });
  });
});

describe('a mail is recorded once', () => {
  test('by its Message-ID, or by its bytes', async () => {
    const at = office();
    const mails = [mailText({ 'Message-ID': '<1@x>' }), mailText({ 'Message-ID': '' }, 'no id')];
    expect(await at.ingest(mails)).toMatchObject({ ...nothing, recorded: 2 });
    expect(await at.ingest(mails)).toMatchObject({ ...nothing, known: 2, tx: [] });
    const copy = `Received: by mx.example; Mon, 14 Sep 2026 07:00:00 +0000\n${mails[0]}`;
    expect(await at.ingest(copy)).toMatchObject({ ...nothing, known: 1 });
  });

  test('another mail of the same Message-ID is kept, and listed', async () => {
    const at = office();
    await at.ingest(mailText({ 'Message-ID': '<1@x>' }));
    const other = mailText({ 'Message-ID': '<1@x>' }, 'Something else');
    expect(await at.ingest(other)).toMatchObject({
      recorded: 1,
      sameId: [{ activity: 'V2', sameIdAs: 'V1' }],
    });
    expect(await at.ingest(other)).toMatchObject({ ...nothing, known: 1, sameId: [] });
  });

  test('one that a person removed stays in the trash', async () => {
    const at = office();
    const mail = mailText({ 'Message-ID': '<1@x>' });
    await at.ingest(mail);
    await at.ws.ok('activity rm V1');
    expect(await at.ingest(mail)).toMatchObject({ ...nothing, known: 1 });
  });

  test('twice is once, in any order (property)', async () => {
    const from = fc.constantFrom(
      'jane@example.com',
      'jane@home.example',
      'mia@example.com',
      'new@example.com',
      'ana@acme.example',
    );
    const one = fc.record({
      id: fc.integer({ min: 1, max: 6 }),
      answers: fc.integer({ min: 0, max: 6 }),
      from,
      hours: fc.integer({ min: 1, max: 90 }),
    });
    const listed = async (other: Office) =>
      (await other.list('activity'))
        .map(({ externalId, for: subject, direction, text }) =>
          JSON.stringify([externalId, subject, direction, text]),
        )
        .sort();
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(one, { selector: ({ id }) => id, maxLength: 6 }),
        fc.func(fc.nat()),
        async (mails, order) => {
          const texts = mails.map(({ id, answers, from: sender, hours }) =>
            mailText(
              {
                'Message-ID': `<${id}@x>`,
                From: sender,
                To: sender === 'ana@acme.example' ? 'jane@example.com' : 'ana@acme.example',
                ...(answers < id && answers > 0 && { References: `<${answers}@x>` }),
                Date: new Date(
                  Date.parse(NOW) - 100 * 3_600_000 + (id * 8 + (hours % 8)) * 3_600_000,
                ).toUTCString(),
              },
              `mail ${id}`,
            ),
          );
          const at = office();
          await at.ingest(texts);
          const once = await listed(at);
          expect(await at.ingest(texts)).toMatchObject({ recorded: 0 });
          expect(await listed(at)).toEqual(once);
          const other = office();
          await other.ingest([...texts].sort((a, b) => order(a) - order(b)));
          expect(await listed(other)).toEqual(once);
        },
      ),
      { numRuns: 4 },
    );
  });
});

describe('mail that was not delivered, or not wanted', () => {
  const report = (id: string, recipient: string, status: string) =>
    [
      'From: MAILER-DAEMON@mx.example',
      'To: crm@localhost',
      'Message-ID: <r@mx.example>',
      'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
      '',
      '--b',
      '',
      'Sorry.',
      '--b',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mx',
      '',
      `Final-Recipient: rfc822; ${recipient}`,
      'Action: failed',
      `Status: ${status}`,
      '',
      '--b',
      'Content-Type: text/rfc822-headers',
      '',
      `Message-ID: ${id}`,
      '',
      '--b--',
      '',
    ].join('\n');

  test('counts with our Message-ID for that recipient alone', async () => {
    const at = office();
    const id = await sentToJane(at);
    expect(await at.ingest(report('<forged@acme.example>', 'jane@example.com', '5.1.1'))).toMatchObject({
      ...nothing,
      ignored: 1,
    });
    expect(await at.ingest(report(id, 'mia@example.com', '5.1.1'))).toMatchObject({ ...nothing, ignored: 1 });
    expect(await at.list('event', 'name:email.bounced')).toEqual([]);
    expect(await at.ingest(report(id, 'jane@example.com', '5.1.1'))).toMatchObject({
      ...nothing,
      bounces: 1,
    });
    expect(await at.list('event', 'name:email.bounced')).toMatchObject([
      { contact: 'C1', props: { message: 'M1', address: 'jane@example.com', status: '5.1.1' } },
    ]);
    expect(await at.list('message')).toMatchObject([{ status: 'failed' }]);
    expect(await at.ingest(report(id, 'jane@example.com', '5.1.1'))).toMatchObject({ ...nothing, known: 1 });
  });

  test.each(['5.7.1', '5.2.2', '4.4.7'])('%s says nothing of the address', async status => {
    const at = office();
    const id = await sentToJane(at);
    expect(await at.ingest(report(id, 'jane@example.com', status))).toMatchObject({ bounces: 1 });
    expect(await at.list('event', 'name:email.bounced')).toEqual([]);
    expect(await at.list('message')).toMatchObject([
      { status: 'failed', reason: expect.stringContaining(status) },
    ]);
  });

  test('nobody can unsubscribe another without the token of a message', async () => {
    const at = office();
    await sentToJane(at);
    const forged = mailText({ 'Message-ID': '<1@x>', Subject: 'unsubscribe AAAAAAAAAAAAAAAAAAAAAA' });
    expect(await at.ingest(forged)).toMatchObject({ ...nothing, recorded: 1 });
    expect(await at.list('event', 'name:email.unsubscribed')).toEqual([]);
  });
});

describe('mails come from', () => {
  test('an mbox, a message, and standard input; a directory of anything else is refused', async () => {
    const at = office();
    const env = { XDG_STATE_HOME: emptyDirectory() };
    const dir = emptyDirectory();
    const from = 'From jane@example.com Mon Sep 14 07:00:00 2026\n';
    const one = mailText({ 'Message-ID': '<1@x>' }, 'one\n\n>From here');
    const two = mailText({ 'Message-ID': '<2@x>' }, 'two');
    writeFileSync(join(dir, 'box'), `${from}${one}\n${from}${two}`);
    writeFileSync(join(dir, 'message.eml'), mailText({ 'Message-ID': '<3@x>' }, 'three'));
    expect(
      await at.ws.json(['mail', 'ingest', join(dir, 'box'), join(dir, 'message.eml')], { env }),
    ).toMatchObject({
      recorded: 3,
    });
    const mbox = { env, stdin: `${from}${one}\n${from}${mailText({ 'Message-ID': '<4@x>' }, 'four')}` };
    expect(await at.ws.json('mail ingest -', mbox)).toMatchObject({ recorded: 1, known: 1 });
    expect((await at.list('activity')).map(({ text }) => text)).toEqual([
      'one\n\nFrom here',
      'two',
      'three',
      'four',
    ]);
    writeFileSync(join(dir, 'photo.jpg'), Buffer.from(Array.from({ length: 500 }, (_, i) => (i * 97) % 256)));
    const error = 'it is not an e-mail: it has no sender, recipient, subject or date';
    const name = join(dir, 'photo.jpg');
    const refused = await at.ws.crm(['mail', 'ingest', name, '--json'], { env });
    expect([refused.code, refused.json<Ingested>()]).toMatchObject([
      1,
      { ignored: 0, failed: [{ name, error }] },
    ]);
    expect((await at.ws.crm(['mail', 'ingest', emptyDirectory()], { env })).code).toBe(2);
    expect((await at.ws.crm(['mail', 'ingest', join(dir, 'nowhere')], { env })).code).toBe(3);
  });
});

describe('unknown senders', () => {
  const mails = [
    mailText(
      { 'Message-ID': '<1@x>', From: 'New One <new@example.com>', Subject: 'Re: 12 desks' },
      'How much?',
    ),
    mailText({ 'Message-ID': '<2@x>', From: 'new@example.com', Subject: 'Re: 12 desks' }, 'Are you there?'),
    mailText({ 'Message-ID': '<3@x>', From: 'news@example.com', 'List-Id': 'news' }),
  ];

  test('are listed, and nothing of them is in the journal', async () => {
    const at = office();
    const env = { XDG_STATE_HOME: emptyDirectory() };
    const ingest = (...options: string[]) =>
      at.ws.json<Ingested>(['mail', 'ingest', ...options], { env, stdin: mails[0]! });
    expect(await ingest()).toMatchObject({ ...nothing, unknown: 1, tx: [] });
    expect(await ingest()).toMatchObject({ ...nothing, unknown: 1, tx: [] });
    const [seen] = await at.ws.json<object[]>('mail unknown', { env });
    expect(seen).toMatchObject({
      email: 'new@example.com',
      name: 'New One',
      subject: 'Re: 12 desks',
      count: 1,
      automatic: false,
    });
    expect(await at.ws.ok('history --json')).not.toContain('new@example.com');
  });

  test('become contacts and a deal when that is asked, with all that they wrote; programs do not', async () => {
    const at = office();
    const env = { XDG_STATE_HOME: emptyDirectory() };
    const box = join(emptyDirectory(), 'box');
    mkdirSync(join(box, 'cur'), { recursive: true });
    for (const [i, mail] of mails.entries()) writeFileSync(join(box, 'cur', `${i}:2,S`), mail);
    expect(await at.ws.json('mail ingest', { env, stdin: mails[0]! })).toMatchObject({ unknown: 1 });
    const made = await at.ws.json<Ingested>(['mail', 'ingest', box, '--create-deal', 'sales'], { env });
    expect(made).toMatchObject({ recorded: 2, unknown: 1, contacts: ['C3'], deals: ['D2'] });
    expect(await at.ws.json('deal show D2')).toMatchObject({
      title: '12 desks',
      contact: 'C3',
      pipeline: 'sales',
    });
    expect((await at.list('activity')).map(each => each.for)).toEqual(['D2', 'D2']);
    expect(await at.ws.json('mail unknown', { env })).toMatchObject([
      { email: 'news@example.com', automatic: true },
    ]);
  });

  test('by address: the mails that were kept are recorded, or forgotten', async () => {
    const at = office();
    const env = { XDG_STATE_HOME: emptyDirectory() };
    for (const mail of mails) await at.ws.ok('mail ingest', { env, stdin: mail });
    expect((await at.ws.crm('mail unknown mia@example.com --create-contact', { env })).code).toBe(3);
    await at.ws.ok('mail unknown news@example.com --forget', { env });
    expect(await at.ws.json('mail unknown new@example.com --create-contact', { env })).toMatchObject({
      recorded: 2,
      known: 0,
      contacts: ['C3'],
    });
    expect(await at.ws.json('mail unknown', { env })).toEqual([]);
  });

  test('stay unknown if the pipeline does not exist or refuses the deal', async () => {
    const at = office();
    const env = { XDG_STATE_HOME: emptyDirectory() };
    const unknown = await at.ws.crm('mail ingest --create-deal nowhere', { env, stdin: mails[0]! });
    expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining('unknown pipeline "nowhere"')]);
    appendFileSync(join(at.ws.dir, 'pipelines', 'sales.yaml'), 'requires: [account]\n');
    const refused = await at.ws.crm('mail ingest --create-deal sales --json', { env, stdin: mails[0]! });
    expect([refused.code, refused.json()]).toMatchObject([
      1,
      {
        ...nothing,
        contacts: [],
        deals: [],
        failed: [{ name: '<1@x>', error: expect.stringContaining('account') }],
      },
    ]);
    expect(await at.list('contact')).toHaveLength(2);
  });

  test('are taken in with the next mails once their contact was added by hand', async () => {
    const at = office();
    const env = { XDG_STATE_HOME: emptyDirectory() };
    await at.ws.ok('mail ingest', { env, stdin: mails[0]! });
    await at.ws.ok('contact add --email NEW@example.com --name New');
    expect(await at.ws.json('mail ingest', { env, stdin: mails[1]! })).toMatchObject({
      recorded: 2,
      unknown: 0,
    });
  });
});

describe('rules', () => {
  test('are started by mail of the last two days, and by no older one', async () => {
    const at = office();
    writeFileSync(
      join(at.ws.dir, 'automations', 'answered.yaml'),
      'name: Answered\nfor: contact\non: email-replied\nenabled: true\nsteps:\n  - add-task: { title: Answer }\n',
    );
    const id = await sentToJane(at);
    const daysAgo = (days: number) => new Date(Date.parse(NOW) - days * 86_400_000).toUTCString();
    await at.ingest(mailText({ 'Message-ID': '<1@x>', 'In-Reply-To': id, Date: daysAgo(3) }));
    await at.ws.ok('run');
    expect(await at.list('task')).toEqual([]);
    await at.ingest(mailText({ 'Message-ID': '<2@x>', 'In-Reply-To': id, Date: daysAgo(1) }));
    await at.ws.ok('run');
    expect(await at.list('task')).toMatchObject([{ title: 'Answer' }]);
  });

  test('do not take an e-mail that came in for one that was sent', async () => {
    const at = office();
    writeFileSync(
      join(at.ws.dir, 'automations', 'sent.yaml'),
      'name: Sent\nfor: contact\non: email-sent\nenabled: true\nsteps:\n  - add-task: { title: Call }\n',
    );
    await at.ws.ok('run');
    await at.ingest(mailText({ 'Message-ID': '<1@x>', From: 'mia@example.com' }));
    await at.ws.ok('run');
    expect(await at.list('task')).toEqual([]);
    await at.ingest(mailText({ 'Message-ID': '<2@x>', From: 'ana@acme.example', To: 'mia@example.com' }));
    await at.ws.ok('run');
    expect(await at.list('task')).toHaveLength(1);
  });
});
