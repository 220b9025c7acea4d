import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Answer, Mail } from '../../src/channels/channel.ts';
import { sendmailChannel } from '../../src/channels/sendmail.ts';
import { emptyDirectory } from '../harness.ts';

const mail: Mail = {
  channel: 'email',
  id: 'M12',
  key: 'M12',
  attempt: 1,
  at: 0,
  from: 'sales@example.com',
  to: 'kim@example.com',
  subject: 'Hello',
  messageId: '<abc@example.com>',
  headers: {},
  text: 'Hello Kim\n',
};

/** Sends by a shell script in a directory of its own. */
async function by(script: string, some: Partial<Mail> = {}): Promise<{ answer: Answer; dir: string }> {
  const dir = emptyDirectory();
  writeFileSync(join(dir, 'mta'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(dir, 'mta'), 0o755);
  const channel = sendmailChannel({ argv: ['./mta', '-t'], env: { PATH: process.env.PATH }, cwd: dir });
  return { answer: await channel.send({ ...mail, ...some }, new AbortController().signal), dir };
}

test('an accepted mail is called accepted, and not delivered', async () => {
  expect((await by('cat > out')).answer).toEqual({
    outcome: 'sent',
    response: 'accepted by ./mta, not delivered yet',
  });
});

test.each<[string, Answer['outcome']]>([
  ['exit 75', 'temporary'],
  ['exit 69', 'temporary'],
  ['exit 67', 'failed'],
  ['exit 65', 'failed'],
  ['exit 1', 'failed'],
  ['exit 78', 'channel-down'],
  ['exit 77', 'channel-down'],
  ['exit 127', 'channel-down'],
  ['kill -9 $$', 'unknown'],
])('%s: %s', async (script, outcome) => {
  const { answer } = await by(`cat > /dev/null; echo 'no route
more' >&2; ${script}`);
  expect(answer).toMatchObject({ outcome, response: 'no route\nmore' });
  expect(answer.reason).toMatch(/^\.\/mta (ended with \d+: no route$|was stopped)/);
  expect(answer).not.toHaveProperty('isAddressBad');
});

test('a program that reads nothing is judged by how it ends', async () => {
  expect((await by('exit 75', { text: 'x'.repeat(200_000) })).answer.outcome).toBe('temporary');
});

test.each([
  [['./no-such-program'], 'the program does not exist'],
  [['./not-executable'], 'EACCES'],
])('a program that cannot be started keeps all e-mails: %j', async (argv, why) => {
  const dir = emptyDirectory();
  writeFileSync(join(dir, 'not-executable'), '#!/bin/sh\n', { mode: 0o644 });
  const answer = await sendmailChannel({ argv, env: {}, cwd: dir }).send(mail, new AbortController().signal);
  expect(answer).toMatchObject({ outcome: 'channel-down', reason: expect.stringContaining(why) });
});

test('no shell reads the arguments, and a copy does not go to its recipient again', async () => {
  const { dir } = await by('echo "$#" "$@" > args; cat > out', { envelope: 'archive@example.com' });
  expect(readFileSync(join(dir, 'args'), 'utf8')).toBe('1 -t\n');
  const text = readFileSync(join(dir, 'out'), 'utf8');
  expect(text).toMatch(/^To: archive@example.com$/m);
  expect(text.match(/^(To|Cc|Bcc|Resent-To):/gim)).toHaveLength(1);
});
