/** What every channel holds to: those for e-mails, whatever they hand them to, and the others. */
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer, Channel, Mail, Outgoing } from '../../src/channels/channel.ts';
import { desktopChannel } from '../../src/channels/desktop.ts';
import { filesChannel } from '../../src/channels/files.ts';
import { mailBytes } from '../../src/channels/mail-bytes.ts';
import { runChannel } from '../../src/channels/run.ts';
import { sendmailChannel } from '../../src/channels/sendmail.ts';
import { smtpChannel } from '../../src/channels/smtp.ts';
import { webhookChannel } from '../../src/channels/webhook.ts';
import { runs } from '../effort.ts';
import { emptyDirectory } from '../harness.ts';
import { startMailServer, type TestMailServer } from './smtp-servers.ts';

const mail: Mail = {
  channel: 'email',
  id: 'M12',
  key: 'ws/E1/1/M12',
  attempt: 1,
  at: Date.parse('2026-09-14T08:00:00Z'),
  from: '"Acme, Inc." <sales@example.com>',
  to: 'kim@example.com',
  subject: 'Hello',
  messageId: '<abc@example.com>',
  headers: { 'Auto-Submitted': 'auto-generated' },
  text: 'Hello Kim\n.\n..\nFrom here\n',
};
/** The size of a large mail, in MB: what takes more than linear time is noticed at a few. */
const MB = Math.min(20, runs(4));
const abort = new AbortController().signal;
/** What every message has. */
const common = { id: 'M12', key: 'key', attempt: 1, at: mail.at } as const;

/** A channel of each kind, and the texts that it handed over. */
interface Made {
  readonly channel: Channel;
  got(): string[];
}

let server: TestMailServer;
beforeAll(async () => {
  server = await startMailServer();
});
afterAll(() => server.close());

const kinds: Readonly<Record<string, () => Made>> = {
  files() {
    const written = new Map<string, string>();
    const put = (name: string, bytes: Uint8Array) => {
      written.set(name, Buffer.from(bytes).toString());
      return true;
    };
    return { channel: filesChannel({ put }, mailBytes), got: () => [...written.values()] };
  },
  smtp() {
    const before = server.got.length;
    return {
      channel: smtpChannel({ host: '127.0.0.1', port: server.port, tls: 'none' }),
      got: () => server.got.slice(before).map(({ text }) => text),
    };
  },
  sendmail() {
    const dir = emptyDirectory();
    const program = join(dir, 'mta');
    const out = join(dir, 'out');
    writeFileSync(program, `#!/bin/sh\ncat > ${out}\n`);
    chmodSync(program, 0o755);
    return {
      channel: sendmailChannel({ argv: [program, '-t'], env: { PATH: process.env.PATH }, cwd: dir }),
      got: () => (existsSync(out) ? [readFileSync(out, 'utf8')] : []),
    };
  },
};

describe.each(Object.keys(kinds))('%s', name => {
  const sent = async (some: Partial<Mail>): Promise<{ answer: Answer; got: string[] }> => {
    const made = kinds[name]!();
    const answer = await made.channel.send({ ...mail, ...some }, abort);
    await made.channel.close?.();
    return { answer, got: made.got().map(text => text.replaceAll('\r\n', '\n')) };
  };

  test('hands over the mail as it is, for one recipient', async () => {
    const { answer, got } = await sent({});
    expect(answer.outcome).toBe(name === 'files' ? 'filed' : 'sent');
    expect(got).toHaveLength(1);
    expect(got[0]).toMatch(/^From: "Acme, Inc." <sales@example.com>$/m);
    expect(got[0]).toMatch(/^To: kim@example.com$/m);
    expect(got[0]).toMatch(/^Message-ID: <abc@example.com>$/m);
    expect(got[0]).toMatch(/^Auto-Submitted: auto-generated$/m);
    expect(got[0]).toContain('Hello Kim\n.\n..\nFrom here\n');
  });

  test.each<[string, Partial<Mail>]>([
    ['a header in the subject', { subject: 'Hi\r\nBcc: all@example.com' }],
    ['a header in a header', { headers: { 'List-Unsubscribe': '<mailto:a@b>\nBcc: all@example.com' } }],
    ['a header in the name of a header', { headers: { 'X: y\r\nBcc': 'all@example.com' } }],
    ['a header in the sender', { from: 'Acme\r\nBcc: all@example.com <a@example.com>' }],
    ['a header in the Message-ID', { messageId: '<a@b>\r\nBcc: all@example.com' }],
    ['two recipients', { to: 'kim@example.com, all@example.com' }],
    ['a recipient with a name', { to: 'Kim <kim@example.com>' }],
    ['a quoted recipient', { to: '"kim all"@example.com' }],
    ['a recipient with a route', { to: '@evil.example:kim@example.com' }],
    ['a recipient with a line', { to: 'kim@example.com\r\nRCPT TO:<all@example.com>' }],
    ['a recipient that is an option', { to: '-oQ/tmp' }],
    ['a group', { to: 'all: kim@example.com;' }],
    ['a copy for two', { envelope: 'a@example.com,b@example.com' }],
    ['no recipient', { to: '' }],
  ])('refuses %s, and hands over nothing', async (_, some) => {
    const { answer, got } = await sent(some);
    expect(answer).toMatchObject({
      outcome: 'failed',
      reason: expect.stringMatching(/address|control character/),
    });
    expect(got).toEqual([]);
  });

  test('keeps words of other languages, and folds them for the server', async () => {
    const { got } = await sent({
      subject: 'Grüße an 山田',
      text: 'Tschüß 山田',
      from: 'Jürgen <j@example.com>',
    });
    expect(got[0]).toMatch(/^Subject: =\?UTF-8\?/m);
    expect(got[0]).toMatch(/Content-Transfer-Encoding: (quoted-printable|base64|8bit)/);
  });

  test(`takes ${MB} MB`, async () => {
    const { answer, got } = await sent({ text: `${'x'.repeat(76)}\n`.repeat((MB * 1_000_000) / 77) });
    expect(answer.outcome).toBe(name === 'files' ? 'filed' : 'sent');
    expect(got[0]!.length).toBeGreaterThan(MB * 995_000);
  });

  test('refuses what is not an e-mail', async () => {
    const made = kinds[name]!();
    const notice = { ...mail, channel: 'notify', text: 'x' } as const;
    expect((await made.channel.send(notice, abort)).outcome).toBe('failed');
    expect(made.got()).toEqual([]);
  });

  test('begins nothing after an abort', async () => {
    if (name === 'files') return;
    const made = kinds[name]!();
    const answer = await made.channel.send(mail, AbortSignal.abort());
    expect([answer.outcome, made.got()]).toEqual(['channel-down', []]);
    await made.channel.close?.();
  });
});

/** The channels that are not for e-mails, each with a message that it takes, and what shows that it did something. */
const calls: Readonly<Record<string, (dir: string) => { channel: Channel; takes: Outgoing }>> = {
  webhook: dir => ({
    channel: webhookChannel({
      isInternal: () => true,
      secretsOf: async () => ['secret'],
      userAgent: 'crm',
      resolve: (_, done) => {
        writeFileSync(join(dir, 'did'), '');
        done(null, [{ address: '127.0.0.1', family: 4 }]);
      },
    }),
    takes: { ...common, channel: 'webhook', url: 'http://hooks.example:9/', body: '{}' },
  }),
  run: dir => ({
    channel: runChannel({ cwd: dir, env: { PATH: process.env.PATH! } }),
    takes: { ...common, channel: 'run', argv: ['touch', 'did'], input: null },
  }),
  desktop: dir => ({
    channel: desktopChannel({
      argv: ['touch', join(dir, 'did')],
      title: '/dev/null',
      isTheirs: () => true,
      env: { PATH: process.env.PATH! },
    }),
    takes: { ...common, channel: 'notify', to: 'ana', text: '/dev/null' },
  }),
};

describe.each(Object.keys(calls))('%s', name => {
  const made = () => {
    const dir = emptyDirectory();
    return { ...calls[name]!(dir), did: () => existsSync(join(dir, 'did')) };
  };

  test('handles its own messages', async () => {
    const { channel, takes, did } = made();
    await channel.send(takes, abort);
    expect(did()).toBe(true);
    await channel.close?.();
  });

  test('refuses messages of another channel', async () => {
    const { channel, takes, did } = made();
    const others = [mail, ...Object.values(calls).map(make => make(emptyDirectory()).takes)];
    for (const other of others.filter(each => each.channel !== takes.channel))
      expect(await channel.send(other, abort)).toMatchObject({ outcome: 'failed' });
    expect(did()).toBe(false);
  });

  test('begins nothing after an abort', async () => {
    const { channel, takes, did } = made();
    expect(await channel.send(takes, AbortSignal.abort())).toMatchObject({ outcome: 'channel-down' });
    expect(did()).toBe(false);
  });
});
