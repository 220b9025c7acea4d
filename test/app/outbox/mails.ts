/** A workspace with a rule that mails each new contact, and what tests of delivery ask of it. */
import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer, Channel, Outgoing } from '../../../src/channels/channel.ts';
import { deliver, type DeliverOptions } from '../../../src/app/outbox/deliver.ts';
import type { Delivery } from '../../../src/app/outbox/delivery-log.ts';
import { Workspace, type World } from '../../../src/app/core/workspace.ts';
import { recordKinds } from '../../../src/kinds/index.ts';
import type { Io } from '../../../src/store/disk/io.ts';
import { type RunOptions, type TestWorkspace, workspace } from '../../harness.ts';
import { unsyncedIo } from '../../store/hooked-io.ts';

export const rule = `name: Welcome
for: contact
on: [created]
steps:
  - send-email: { to: contact, subject: 'Hello {{ contact.name }}', body: 'Welcome' }
`;

export interface MessageJson {
  readonly id: string;
  readonly status: string;
  readonly to: string;
  readonly attempts?: number;
  readonly messageId?: string;
  readonly reason?: string;
  readonly sentAt?: string;
  readonly nextAt?: string;
}

/** A machine: what it knows is in a directory of its own. */
export const on = (ws: TestWorkspace, machine = 'machine'): RunOptions => ({
  env: { XDG_STATE_HOME: `${ws.dir}.${machine}` },
});

export async function mailing(contacts = 1, text = rule): Promise<TestWorkspace> {
  const ws = await workspace('empty');
  await ws.ok(['automation', 'add', 'welcome', '-'], { stdin: text });
  await ws.ok('run');
  await add(ws, 1, contacts);
  await ws.ok('run');
  return ws;
}

/** Adds contacts, with numbers from the first to the last. */
export async function add(ws: TestWorkspace, first: number, last: number): Promise<void> {
  const rows = Array.from(
    { length: last - first + 1 },
    (_, i) => `Kim ${first + i},kim${first + i}@example.com`,
  );
  await ws.ok('import contacts - --trigger', { stdin: ['name,email', ...rows].join('\n') });
}

export const messages = (ws: TestWorkspace): Promise<MessageJson[]> => ws.json('message list');

export const statuses = async (ws: TestWorkspace): Promise<string[]> =>
  (await messages(ws)).map(({ status }) => status);

/** The e-mails in `mail/out`, as texts. */
export function filed(ws: TestWorkspace): string[] {
  const dir = join(ws.dir, 'mail/out/new');
  return existsSync(dir) ? readdirSync(dir).map(name => readFileSync(join(dir, name), 'utf8')) : [];
}

/** A channel that answers as it is told, and remembers what reached it. */
export class FakeChannel implements Channel {
  readonly got: Outgoing[] = [];
  readonly #answer: (message: Outgoing) => Answer | Promise<Answer>;

  constructor(answer: (message: Outgoing) => Answer | Promise<Answer> = () => ({ outcome: 'sent' })) {
    this.#answer = answer;
  }

  async send(message: Outgoing): Promise<Answer> {
    this.got.push(message);
    return this.#answer(message);
  }
}

export interface How extends Partial<DeliverOptions> {
  readonly now?: string;
  readonly machine?: string;
  readonly io?: Io;
  readonly since?: number;
  readonly pid?: number;
  readonly isTimeGiven?: boolean;
  /** What the clock says, ms, where it goes on. */
  readonly clock?: () => number;
}

/** Opens a workspace as a process of a machine. */
export function openOn(ws: TestWorkspace, how: How = {}): Promise<Workspace> {
  const { now = ws.now, machine = 'machine', io = unsyncedIo, pid = process.pid, isTimeGiven, clock } = how;
  let count = 0;
  const world: World = {
    io,
    kinds: recordKinds,
    version: 'test',
    runtime: process.version,
    cwd: ws.dir,
    env: { ...on(ws, machine).env, HOME: '/nowhere', XDG_CACHE_HOME: ws.cacheHome },
    uid: process.geteuid?.(),
    pid,
    host: 'test',
    lockTimeout: 10_000,
    random: Math.random,
    salt: () => `${machine}-${Date.now()}-${++count}-${String(Math.random()).slice(2)}`,
    warn: () => {},
    now: clock ?? (() => Date.parse(now)),
    isTimeGiven: isTimeGiven ?? false,
    allowNetworkFs: false,
    user: { name: 'tester' },
    request: { id: 'test', given: false },
    dryRun: false,
  };
  return Workspace.open(world, ws.dir);
}

/** Delivers by a channel of the test, as a process of a machine. */
export async function deliverBy(ws: TestWorkspace, channel: Channel, how: How = {}): Promise<Delivery> {
  const { since } = how;
  const way = { name: 'fake', isLocal: false, channel, ...(since !== undefined && { since }) };
  return deliver(await openOn(ws, how), { ways: () => way, ...how });
}
