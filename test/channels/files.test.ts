import { expect, test } from 'vitest';
import type { Answer, Channel, Mail } from '../../src/channels/channel.ts';
import { filesChannel } from '../../src/channels/files.ts';

const mail: Mail = {
  channel: 'email',
  id: 'M12',
  key: 'ws/E1/1/M12',
  attempt: 1,
  at: Date.parse('2026-09-14T08:00:00Z'),
  from: 'Acme <sales@example.com>',
  to: 'kim@example.com',
  subject: 'Hello',
  messageId: '<abc/../def@example.com>',
  headers: {},
  text: 'Hello Kim',
};

const abort = new AbortController().signal;
const written = new Map<string, string>();
const channelOver = (put: (name: string, bytes: Uint8Array) => boolean): Channel =>
  filesChannel({ put }, async ({ text }) => Buffer.from(text));

test('files a mail under a name that is its own and leads nowhere else', async () => {
  const put = (name: string, bytes: Uint8Array) => {
    if (written.has(name)) return false;
    written.set(name, Buffer.from(bytes).toString());
    return true;
  };
  const first: Answer = await channelOver(put).send(mail, abort);
  expect(first).toEqual({ outcome: 'filed', serverId: 'M12.abc_.._def@example.com' });
  await channelOver(put).send({ ...mail, attempt: 2 }, abort);
  expect([...written]).toEqual([['M12.abc_.._def@example.com', 'Hello Kim']]);
});

test('answers that the channel is down if nothing can be written', async () => {
  const answer = await channelOver(() => {
    throw new Error('no space left on device');
  }).send(mail, abort);
  expect(answer).toEqual({
    outcome: 'channel-down',
    reason: 'mail/out cannot be written: no space left on device',
  });
});

test('fails a mail that cannot be rendered', async () => {
  const channel = filesChannel({ put: () => true }, async () => {
    throw new Error('the subject has a control character');
  });
  expect(await channel.send(mail, abort)).toEqual({
    outcome: 'failed',
    reason: 'the subject has a control character',
  });
});
