/** What a user was told, as they may see it now; and nobody else's. */
import { expect, test } from 'vitest';
import { copiesOf, type TestWorkspace, workspace } from '../harness.ts';

interface Shown {
  readonly id: string;
  readonly unread: boolean;
  readonly about: string | null;
  readonly text: string;
  readonly readAt: string | null;
}

const inboxOf = (ws: TestWorkspace, user: string, args = 'inbox') => ws.json<Shown[]>(`--as ${user} ${args}`);
const ids = async (ws: TestWorkspace, user: string, args?: string) =>
  (await inboxOf(ws, user, args)).map(({ id, unread }) => `${id}${unread ? '' : ' read'}`);

/** Rob, restricted, and Nora are told of each deal that is theirs; three deals are. */
const told = copiesOf(async () => {
  const ws = await workspace();
  await ws.ok('user add ada --role admin');
  await ws.ok('user add rob --role restricted');
  await ws.ok('user add nora --role normal');
  await ws.ok(['automation', 'add', 'tell', '-'], {
    stdin: `for: deal
on: [created]
steps:
  - notify: { user: '{{ deal.owner }}', text: "{{ deal.title }}\\nis yours" }
`,
  });
  await ws.ok('run');
  for (const [title, owner] of [
    ['Chairs', 'rob'],
    ['Tables', 'nora'],
    ['Lamps', 'rob'],
  ]) {
    ws.now = new Date(Date.parse(ws.now) + 60_000).toISOString();
    await ws.ok(`deal add ${title} --owner ${owner}`);
    await ws.ok('run');
  }
  return ws;
});

test('shows the newest first, unread ones before those that were read, and only what is for oneself', async () => {
  const ws = await told();
  expect(await inboxOf(ws, 'rob')).toEqual([
    { id: 'M3', unread: true, at: ws.now, about: 'D3', text: 'Lamps\nis yours', readAt: null },
    expect.objectContaining({ id: 'M1', unread: true, about: 'D1', text: 'Chairs\nis yours' }),
  ]);
  expect(await ids(ws, 'nora')).toEqual(['M2']);
  expect(await ids(ws, 'ada')).toEqual([]);
  const { out } = await ws.crm('--as rob inbox', { tty: 80, env: { NO_COLOR: '1' } });
  expect(out).toMatch(/^M3 +unread +2026-09-14 10:03 +Lamps \(D3\) +Lamps is yours$/m);
  expect((await ws.crm('--as rob inbox')).out).toContain('M3\ttrue\t');
});

test('reading is a change of its own, for oneself; it can be undone, and is no state of delivery', async () => {
  const ws = await told();
  expect(await ws.json('--as rob inbox read M3')).toEqual({ read: ['M3'] });
  expect(await ids(ws, 'rob')).toEqual(['M1', 'M3 read']);
  expect(await inboxOf(ws, 'rob')).toMatchObject([{ readAt: null }, { readAt: ws.now }]);
  expect(await ws.json('message show M3')).toMatchObject({ status: 'queued', readAt: ws.now });
  const before = (await ws.json<unknown[]>('history')).length;
  expect((await ws.crm('--as rob inbox read M3')).err).toBe('nothing to mark as read\n');
  expect(await ws.json<unknown[]>('history')).toHaveLength(before);

  await ws.ok('--as rob undo');
  expect(await ids(ws, 'rob')).toEqual(['M3', 'M1']);
  expect((await ws.crm('--as rob inbox read --all')).err).toBe('marked 2 notifications as read\n');
  expect(await ids(ws, 'rob')).toEqual(['M3 read', 'M1 read']);
  expect(await ids(ws, 'nora')).toEqual(['M2']);
  expect((await ws.crm('--as rob inbox unread M1')).err).toBe('marked M1 as unread\n');
  expect(await ids(ws, 'rob')).toEqual(['M1', 'M3 read']);
});

test('those that were read long ago are shown when they are asked for', async () => {
  const ws = await told();
  await ws.ok('--as rob inbox read M3');
  ws.now = '2026-09-22T08:00:00.000Z';
  expect(await ids(ws, 'rob')).toEqual(['M1']);
  expect(await ids(ws, 'rob', 'inbox --all')).toEqual(['M1', 'M3 read']);
});

test('says only that a notification exists about a record that went to somebody else meanwhile', async () => {
  const ws = await told();
  await ws.ok('deal assign D3 nora');
  const [first] = await inboxOf(ws, 'rob');
  expect(first).toMatchObject({
    id: 'M3',
    about: null,
    text: 'something about a deal you have no access to',
  });
  for (const format of ['', '--json', '--format csv'])
    expect((await ws.crm(`--as rob inbox ${format}`)).out).not.toMatch(/Lamps|D3/);
  expect((await ws.crm('--as rob inbox', { tty: 100 })).out).not.toMatch(/Lamps|D3/);
  // It can be read like any other.
  await ws.ok('--as rob inbox read M3');
  expect(await ids(ws, 'rob')).toEqual(['M1', 'M3 read']);
  expect((await ws.crm('--as rob message show M3')).code).toBe(3);
});

test('an id of another inbox, of another kind and of nothing are the same, and nothing is marked', async () => {
  const ws = await told();
  const errors = [];
  for (const id of ['M2', 'M99', 'D2', 'x']) {
    const { code, err } = await ws.crm(`--as rob inbox read M1 ${id}`);
    errors.push([code, err.replace(id, 'ID').split('\n')[0]]);
  }
  expect(new Set(errors.map(String))).toEqual(new Set(['3,Error: ID is not in your inbox']));
  expect(await ids(ws, 'rob')).toEqual(['M3', 'M1']);
  expect((await ws.crm('--as rob inbox read')).code).toBe(2);
  expect((await ws.crm('--as rob inbox read --all M1')).code).toBe(2);
  expect((await ws.crm('--as rob inbox read - -q', { stdin: 'M1\nM3\n' })).out).toBe('M1\nM3\n');
});

test('crm status counts unread notifications, in a line if there are any', async () => {
  const ws = await told();
  const status = async (user: string) =>
    (await ws.crm(`--as ${user} status`, { tty: 80, env: { NO_COLOR: '1' } })).out;
  expect(await status('rob')).toMatch(/^inbox +2 unread \(crm inbox\)$/m);
  expect(await status('ada')).not.toMatch(/^inbox/m);
  expect(await ws.json('--as rob status')).toMatchObject({ inbox: { unread: 2 } });
  expect(await ws.json('--as ada status')).toMatchObject({ inbox: { unread: 0 } });
});

test('notifications of a sweep leave the inbox when the sweep is undone', async () => {
  const ws = await told();
  await ws.ok('undo');
  expect(await ids(ws, 'rob')).toEqual(['M1']);
});
