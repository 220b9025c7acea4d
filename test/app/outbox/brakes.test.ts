import { expect, test } from 'vitest';
import { add, deliverBy, FakeChannel, mailing, messages, on, statuses } from './mails.ts';

const HOUR = 3_600_000;
const later = (now: string, ms: number) => new Date(Date.parse(now) + ms).toISOString();
const ids = (channel: FakeChannel) => channel.got.map(({ id }) => id);

test('a workspace that has queued for months sends none of it unasked', async () => {
  const ws = await mailing(2);
  const now = later(ws.now, 90 * 24 * HOUR);
  const channel = new FakeChannel();
  const { settled } = await deliverBy(ws, channel, { now });
  expect(ids(channel)).toEqual([]);
  expect(settled).toMatchObject([
    { id: 'M1', status: 'held', reason: expect.stringContaining('too old to leave unasked') },
    { id: 'M2', status: 'held' },
  ]);
  await ws.ok('message release M2', { now });
  await deliverBy(ws, channel, { now });
  expect([ids(channel), await statuses(ws)]).toEqual([['M2'], ['held', 'sent']]);
});

test('messages that were queued before their channel was trusted are held; later ones leave', async () => {
  const ws = await mailing(1);
  const since = Date.parse(ws.now) + 1;
  ws.now = later(ws.now, HOUR);
  await add(ws, 2, 2);
  await ws.ok('run');
  const channel = new FakeChannel();
  await deliverBy(ws, channel, { since });
  expect([ids(channel), await statuses(ws)]).toEqual([['M2'], ['held', 'sent']]);
});

test('more than 50 e-mails of one rule within 24 hours are held, all of them, until a person says yes', async () => {
  const ws = await mailing(51);
  const channel = new FakeChannel();
  const { settled } = await deliverBy(ws, channel);
  expect([ids(channel), settled.length]).toEqual([[], 51]);
  expect(settled[0]).toMatchObject({
    status: 'held',
    reason: expect.stringContaining('would send 51 e-mails'),
  });
  await deliverBy(ws, channel);
  expect(ids(channel)).toEqual([]);
  await deliverBy(ws, channel, { mayExceed: true });
  expect(ids(channel)).toHaveLength(51);
});

test('the same e-mail to the same address within an hour is held', async () => {
  const ws = await mailing(1);
  const twice = `name: Twice\nfor: contact\non: [created]\nsteps:\n${'  - send-email: { to: contact, subject: Hi, body: Hi }\n'.repeat(2)}`;
  await ws.ok('automation add twice -', { stdin: twice });
  await ws.ok('run');
  await add(ws, 2, 2);
  await ws.ok('run');
  const channel = new FakeChannel();
  await deliverBy(ws, channel);
  expect((await messages(ws)).map(({ to, status }) => `${to} ${status}`).sort()).toEqual([
    'kim1@example.com sent',
    'kim2@example.com held',
    'kim2@example.com sent',
    'kim2@example.com sent',
  ]);
});

test.each(['email.unsubscribed', 'email.complained', 'email.bounced'])(
  'after %s an address gets nothing more, whichever contact has it',
  async name => {
    const ws = await mailing(1);
    await ws.ok(['event', 'add', name, '--contact', 'C1']);
    const channel = new FakeChannel();
    await deliverBy(ws, channel);
    expect([ids(channel), await statuses(ws)]).toEqual([[], ['suppressed']]);
  },
);

test('an event of a mail that is not ours keeps nothing back', async () => {
  const ws = await mailing(1);
  await ws.ok('event add email.bounced --contact C1 --prop unmatched=true');
  const channel = new FakeChannel();
  await deliverBy(ws, channel);
  expect(await statuses(ws)).toEqual(['sent']);
});

test('an address that is bad gets nothing more; any other failure says nothing of the address', async () => {
  const ws = await mailing(1);
  await deliverBy(
    ws,
    new FakeChannel(() => ({ outcome: 'failed', reason: 'no such user', isAddressBad: true })),
  );
  const again = `name: Again\nfor: contact\non: [{ tag-added: { tag: vip } }]\nsteps:\n  - send-email: { to: contact, subject: Hi, body: Hi }\n`;
  await ws.ok('automation add again -', { stdin: again });
  await ws.ok('run');
  await ws.ok('contact tag C1 +vip');
  await ws.ok('run');
  const channel = new FakeChannel();
  await deliverBy(ws, channel);
  expect([ids(channel), await statuses(ws)]).toEqual([[], ['failed', 'suppressed']]);
});

test('undoing a sweep cancels queued messages and keeps sent ones, and a redo queues nothing again', async () => {
  const ws = await mailing(1);
  await deliverBy(ws, new FakeChannel());
  await add(ws, 2, 3);
  const { tx } = await ws.json<{ tx: number }>('run');
  await deliverBy(ws, new FakeChannel(({ id }) => ({ outcome: id === 'M2' ? 'unknown' : 'channel-down' })));
  expect(await statuses(ws)).toEqual(['sent', 'unknown', 'queued']);
  const { err } = await ws.crm(['undo', String(tx)]);
  expect(err).toContain('M2');
  expect(await statuses(ws)).toEqual(['sent', 'unknown', 'cancelled']);
  await ws.crm('redo');
  expect(await statuses(ws)).toEqual(['sent', 'unknown', 'cancelled']);
  const channel = new FakeChannel();
  await ws.ok('run');
  await deliverBy(ws, channel);
  expect(ids(channel)).toEqual([]);
});

test('a delivery is not taken back: undo passes over it, and refuses it by its number', async () => {
  const ws = await mailing(1);
  await deliverBy(ws, new FakeChannel());
  const [last] = await ws.json<{ tx: number; via: string }[]>('history');
  expect(last).toMatchObject({ via: 'deliver' });
  expect(await ws.crm(['undo', String(last!.tx)])).toMatchObject({
    code: 1,
    err: expect.stringContaining('records what was sent'),
  });
  await ws.ok('undo');
  expect(await statuses(ws)).toEqual(['sent']);
});

test('rules that their own sent mail starts count as started by rules: two of them do not multiply', async () => {
  const ws = await mailing(
    0,
    `name: Mail\nfor: deal\non: [created]\nruns: every-time\nsteps:\n  - send-email: { to: contact, subject: 'About {{ deal.id }}', body: Hi }\n`,
  );
  const more = `name: More\nfor: contact\non: [email-sent]\nruns: every-time\nsteps:\n  - add-deal: { title: More, value: '1', pipeline: sales, stage: new }\n`;
  await ws.ok('pipeline add sales --stages New');
  await ws.ok('automation add more -', { stdin: more });
  await ws.ok('contact add Kim --email kim@example.com');
  await ws.ok('run');
  await ws.ok('deal add Chairs --contact C1');
  for (let day = 1; day <= 4; day++) {
    ws.now = later(ws.now, 24 * HOUR);
    await ws.crm('run');
    await deliverBy(ws, new FakeChannel());
  }
  await ws.crm('run', on(ws));
  const deals = await ws.json<unknown[]>('deal list');
  expect(deals).toHaveLength(2);
  expect((await messages(ws)).length).toBeLessThanOrEqual(1);
});
