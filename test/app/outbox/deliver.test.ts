import { cpSync, rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Answer, Channel } from '../../../src/channels/channel.ts';
import type { Io } from '../../../src/store/disk/io.ts';
import { TestWorkspace } from '../../harness.ts';
import { unsyncedIo } from '../../store/hooked-io.ts';
import { add, deliverBy, FakeChannel, filed, mailing, messages, on, statuses } from './mails.ts';

const outcome = (answer: Answer) => new FakeChannel(() => answer);
const later = (ws: TestWorkspace, ms: number) => new Date(Date.parse(ws.now) + ms).toISOString();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

test('files e-mails without trust, says so, and counts them in the JSON of a sweep', async () => {
  const ws = await mailing(2);
  const { code, err } = await ws.crm('deliver', on(ws));
  expect([code, err]).toEqual([
    0,
    'wrote 2 e-mails to mail/out; nothing goes over the network until crm mail setup\n',
  ]);
  expect(await messages(ws)).toMatchObject([
    { id: 'M1', status: 'filed', attempts: 1, sentAt: ws.now },
    { id: 'M2', status: 'filed', attempts: 1, sentAt: ws.now },
  ]);
  expect(filed(ws)).toHaveLength(2);
  expect(filed(ws).join('\n')).toMatch(/^To: kim1@example.com$/m);
  expect(filed(ws)[0]).toMatch(/^Auto-Submitted: auto-generated$/m);
  await add(ws, 3, 3);
  expect((await ws.json<{ deliveries: unknown }>('run', on(ws))).deliveries).toEqual({
    sent: 0,
    filed: 1,
    failed: 0,
    unknown: 0,
    suppressed: 0,
    held: 0,
    queued: 0,
  });
  expect(await ws.crm('deliver', on(ws))).toMatchObject({ code: 0, err: 'nothing to deliver\n' });
  expect(filed(ws)).toHaveLength(3);
});

test('message show has the fields by label and the text below them, line by line', async () => {
  const ws = await mailing(1);
  const { out } = await ws.crm('message show M1 --color never', { tty: 80 });
  expect(out).toMatch(/^id {10}M1\nchannel {5}email\n/);
  expect(out).not.toContain('\\n');
  const [{ body }] = (await ws.json<{ body: string }[]>('message list')) as [{ body: string }];
  expect(out.endsWith(`\n\n${body.trimEnd()}\n`)).toBe(true);
});

test('a dry run says what would leave, and to whom, and writes nothing', async () => {
  const ws = await mailing(1);
  const { out, err } = await ws.crm('deliver --dry-run', on(ws));
  expect(out + err).toContain('would have written 1 e-mail to mail/out (kim1@example.com)');
  expect([await statuses(ws), filed(ws)]).toEqual([['queued'], []]);
});

test('without a state directory, everything stays queued, with a message', async () => {
  const ws = await mailing(1);
  const { code, err } = await ws.crm('deliver', { env: { HOME: '' } });
  expect([code, err]).toEqual([1, expect.stringContaining('no place for what crm knows on this machine')]);
  expect([await statuses(ws), filed(ws)]).toEqual([['queued'], []]);
});

test.each<[Answer, string, object]>([
  [{ outcome: 'sent', serverId: '4711' }, 'sent', { response: '4711', attempts: 1 }],
  [{ outcome: 'failed', reason: 'no such user' }, 'failed', { reason: 'no such user' }],
  [{ outcome: 'unknown', reason: 'cut off' }, 'unknown', { reason: 'cut off' }],
  [{ outcome: 'temporary', reason: 'greylisted' }, 'queued', { reason: 'greylisted', attempts: 1 }],
])('after the answer %j a message is %s', async (answer, status, fields) => {
  const ws = await mailing(1);
  await deliverBy(ws, outcome(answer));
  expect((await messages(ws))[0]).toMatchObject({ status });
  expect(await ws.json('message show M1')).toMatchObject(fields);
});

test('tries again after 5 minutes, 30 minutes, 2, 8 and 24 hours, with the same Message-ID and key, and then fails', async () => {
  const ws = await mailing(1);
  const channel = outcome({ outcome: 'temporary', reason: 'later' });
  let at = 0;
  for (const wait of [5 * MINUTE, 30 * MINUTE, 2 * HOUR, 8 * HOUR, 24 * HOUR]) {
    await deliverBy(ws, channel, { now: later(ws, at) });
    expect((await messages(ws))[0]).toMatchObject({ status: 'queued' });
    const before = channel.got.length;
    await deliverBy(ws, channel, { now: later(ws, at + wait - 1) });
    expect(channel.got).toHaveLength(before);
    at += wait;
  }
  await deliverBy(ws, channel, { now: later(ws, at) });
  expect((await messages(ws))[0]).toMatchObject({ status: 'failed' });
  expect(channel.got.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(new Set(channel.got.map(each => `${each.key} ${'messageId' in each && each.messageId}`)).size).toBe(
    1,
  );
  await ws.ok('message retry M1');
  await deliverBy(ws, outcome({ outcome: 'sent' }), { now: later(ws, at) });
  expect(await statuses(ws)).toEqual(['sent']);
});

test('a clock that was put back lets nothing wait for longer than a day', async () => {
  const ws = await mailing(1);
  await deliverBy(ws, outcome({ outcome: 'temporary', reason: 'later' }), { now: later(ws, 2 * 24 * HOUR) });
  const channel = outcome({ outcome: 'sent' });
  await deliverBy(ws, channel, { now: later(ws, -30 * 24 * HOUR) });
  expect([channel.got.length, await statuses(ws)]).toEqual([1, ['sent']]);
});

test('an error of the channel stops it: no attempt is counted, the rest stays queued, and it is said once a day', async () => {
  const ws = await mailing(3);
  const down = outcome({ outcome: 'channel-down', reason: '535 password refused' });
  const first = await deliverBy(ws, down);
  expect(down.got).toHaveLength(1);
  expect(first.obstacles).toMatchObject([
    { reason: '535 password refused', messages: ['M1', 'M2', 'M3'], isNew: true },
  ]);
  expect(await messages(ws)).toMatchObject([
    { status: 'queued' },
    { status: 'queued' },
    { status: 'queued' },
  ]);
  expect((await messages(ws))[0]).not.toHaveProperty('attempts');
  expect((await deliverBy(ws, down)).obstacles).toMatchObject([{ isNew: false }]);
  expect((await deliverBy(ws, down, { now: later(ws, 25 * HOUR) })).obstacles).toMatchObject([
    { isNew: true },
  ]);
  expect((await deliverBy(ws, outcome({ outcome: 'sent' }))).settled).toHaveLength(3);
});

test('a killed attempt is unknown, and only a person settles it', async () => {
  const ws = await mailing(1);
  // The machine dies when the channel has the message: nothing of this process is written any more.
  let isDead = false;
  const channel = new FakeChannel(() => {
    isDead = true;
    return { outcome: 'sent' };
  });
  const io = new Proxy(unsyncedIo, {
    get: (target, name, receiver) => {
      const call = Reflect.get(target, name, receiver);
      if (typeof call !== 'function') return call;
      return (...args: unknown[]) => {
        if (isDead) throw new Error('killed');
        return call.apply(target, args);
      };
    },
  });
  await expect(deliverBy(ws, channel, { io, pid: 2 ** 22 + 1 })).rejects.toThrow();
  expect(await statuses(ws)).toEqual(['sending']);
  const next = outcome({ outcome: 'sent' });
  await deliverBy(ws, next);
  await deliverBy(ws, next);
  expect([channel.got.length, next.got.length, await statuses(ws)]).toEqual([1, 0, ['unknown']]);
  await ws.ok('message mark-sent M1');
  expect(await statuses(ws)).toEqual(['sent']);
});

test('two deliverers at once: one of them delivers, and nothing leaves twice', async () => {
  const ws = await mailing(3);
  const channel = outcome({ outcome: 'sent' });
  const both = await Promise.all([deliverBy(ws, channel), deliverBy(ws, channel)]);
  expect(both.filter(({ isBusy }) => isBusy)).toHaveLength(1);
  expect(channel.got.map(({ id }) => id)).toEqual(['M1', 'M2', 'M3']);
});

test('one that is cancelled while others are sent does not leave', async () => {
  const ws = await mailing(2);
  const channel = new FakeChannel(async ({ id }) => {
    if (id === 'M1') await ws.ok('message cancel M2');
    return { outcome: 'sent' };
  });
  await deliverBy(ws, channel);
  expect(channel.got.map(({ id }) => id)).toEqual(['M1']);
  expect((await messages(ws)).map(({ status }) => status)).toEqual(['sent', 'cancelled']);
});

test.each<[string, (ws: TestWorkspace) => TestWorkspace, string]>([
  [
    'a lost state directory',
    ws => {
      rmSync(`${ws.dir}.machine`, { recursive: true });
      return ws;
    },
    'machine',
  ],
  ['another machine', ws => ws, 'other'],
  [
    'a copy on the same machine',
    ws => {
      cpSync(ws.dir, `${ws.dir}-copy`, { recursive: true });
      cpSync(`${ws.dir}.machine`, `${ws.dir}-copy.machine`, { recursive: true });
      const copy = new TestWorkspace(`${ws.dir}-copy`);
      copy.now = ws.now;
      return copy;
    },
    'machine',
  ],
])(
  '%s sends nothing: what is queued is held, and does not leave when it is released',
  async (_, change, machine) => {
    const ws = await mailing(1);
    await deliverBy(ws, outcome({ outcome: 'sent' }));
    await add(ws, 2, 2);
    await ws.ok('run');
    const copy = change(ws);
    const channel = outcome({ outcome: 'sent' });
    await deliverBy(copy, channel, { machine });
    expect(channel.got).toEqual([]);
    expect(await messages(copy)).toMatchObject([
      { status: 'sent' },
      { status: 'held', reason: expect.stringContaining('not the one that sends for this workspace') },
    ]);
    await copy.ok('message release M2');
    await deliverBy(copy, channel, { machine });
    expect(channel.got).toEqual([]);
  },
);

test('a restored backup sends nothing again', async () => {
  const ws = await mailing(1);
  await deliverBy(ws, outcome({ outcome: 'temporary', reason: 'later' }));
  const backup = `${ws.dir}.backup`;
  cpSync(ws.dir, backup, { recursive: true });
  await deliverBy(ws, outcome({ outcome: 'sent' }), { now: later(ws, HOUR) });
  rmSync(ws.dir, { recursive: true });
  cpSync(backup, ws.dir, { recursive: true });
  rmSync(backup, { recursive: true });
  const channel = outcome({ outcome: 'sent' });
  await deliverBy(ws, channel, { now: later(ws, 2 * HOUR) });
  expect(channel.got).toEqual([]);
  expect((await messages(ws))[0]).toMatchObject({
    status: 'held',
    reason: expect.stringContaining('restored'),
  });
});

test('with the time given nothing goes over the network', async () => {
  const ws = await mailing(1);
  const channel = outcome({ outcome: 'sent' });
  const { obstacles } = await deliverBy(ws, channel, { isTimeGiven: true });
  expect(channel.got).toEqual([]);
  expect(obstacles).toMatchObject([{ reason: expect.stringContaining('time is given') }]);
  expect(await statuses(ws)).toEqual(['queued']);
});

test.each<[Answer, string, object]>([
  [{ outcome: 'sent' }, 'sent', {}],
  [{ outcome: 'temporary', reason: 'later' }, 'queued', { attempts: 1, nextAt: expect.any(String) }],
  [{ outcome: 'failed', reason: 'no such user', isAddressBad: true }, 'failed', { reason: 'no such user' }],
  [{ outcome: 'channel-down', reason: 'down' }, 'queued', {}],
  [{ outcome: 'unknown', reason: 'cut' }, 'unknown', {}],
])(
  'an answer that comes after the attempt was taken for cut off settles it: %j',
  async (answer, status, fields) => {
    const ws = await mailing(1);
    const channel = new FakeChannel(async () => {
      await ws.ok('trust --sender', on(ws, 'other'));
      expect(await statuses(ws)).toEqual(['unknown']);
      return answer;
    });
    await deliverBy(ws, channel);
    expect((await messages(ws))[0]).toMatchObject({ status, ...fields });
  },
);

test('a late answer does not change what a person decided meanwhile', async () => {
  const ws = await mailing(1);
  const channel = new FakeChannel(async () => {
    await ws.ok('trust --sender', on(ws, 'other'));
    await ws.ok('message mark-sent M1');
    return { outcome: 'failed', reason: 'no such user' };
  });
  await deliverBy(ws, channel);
  expect(await statuses(ws)).toEqual(['sent']);
});

test('a channel that is not ready leaves no trace in the journal, however often it is tried', async () => {
  const ws = await mailing(2);
  let isDown = true;
  const channel: Channel = {
    ready: async () => (isDown ? { outcome: 'channel-down', reason: 'no password' } : undefined),
    send: async () => ({ outcome: 'sent' }),
  };
  const transactions = async () => (await ws.json<unknown[]>('history')).length;
  await deliverBy(ws, channel);
  const before = await transactions();
  for (let i = 0; i < 3; i++)
    expect((await deliverBy(ws, channel)).obstacles).toMatchObject([
      { reason: 'no password', messages: ['M1', 'M2'], isNew: false },
    ]);
  expect([await transactions(), await statuses(ws)]).toEqual([before, ['queued', 'queued']]);
  isDown = false;
  expect((await deliverBy(ws, channel)).settled).toHaveLength(2);
});

test('has no more files open with many messages than with few', async () => {
  const mostOpen = async (count: number) => {
    const ws = await mailing(count);
    const open = new Set<number>();
    let most = 0;
    const io = Object.assign(Object.create(unsyncedIo) as Io, {
      openSync: (...args: Parameters<Io['openSync']>) => {
        const fd = unsyncedIo.openSync(...args);
        most = Math.max(most, open.add(fd).size);
        return fd;
      },
      closeSync: (fd: number) => {
        open.delete(fd);
        unsyncedIo.closeSync(fd);
      },
    });
    await deliverBy(ws, new FakeChannel(), { io });
    expect(await statuses(ws)).toEqual(Array(count).fill('sent'));
    return most;
  };
  expect(await mostOpen(20)).toBe(await mostOpen(3));
});
