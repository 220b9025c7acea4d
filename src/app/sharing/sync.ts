/**
 * `crm sync`: takes in what others shared, puts the changes of this machine on top of it, and shares them.
 *
 *     finish what a sync that was cut short left in data/parted
 *     remote has nothing new   -> append what waits           -> it becomes a part of the journal
 *     remote has something new -> set what waits aside, take in -> do it again on top, three ways per field -> from the start
 *
 * What contradicts what others did is not done, and listed before anything is dropped.
 */
import { conflict } from '../../domain/errors.ts';
import { formatInstant } from '../../domain/dates.ts';
import { appendSurely } from '../../store/remotes/append-surely.ts';
import type { OpenConflict } from '../../store/remotes/conflict-list.ts';
import { Refused, saying } from '../../store/remotes/remote.ts';
import type { Replica } from '../../store/remotes/replica.ts';
import type { Sealed } from '../../store/journal/sealed.ts';
import { stateOf } from '../../store/checkpoint/opened.ts';
import { commit } from '../core/commit.ts';
import { finishPurges } from '../core/commit/interrupted.ts';
import { type Sides, takeIn } from '../core/commit/take-in.ts';
import { underLock } from '../core/under-lock.ts';
import { Workspace, type World } from '../core/workspace.ts';
import { leaseIfAllowed } from './lease.ts';
import { forgetSettled } from './settled-by-hand.ts';
import { openShared, type Shared } from './shared-workspace.ts';

export interface Synced {
  /** Why no numbers were leased, if the remote refused: nothing can be added offline once those at hand are used up. */
  readonly unleased?: string;
  /** How many transactions of others came in, and how many of this machine were shared. */
  readonly received: number;
  readonly sent: number;
  /** All that is not settled yet. */
  readonly conflicts: readonly OpenConflict[];
}

export interface SyncOptions {
  /** Which side is kept of files that were edited here while others changed them. */
  readonly sides?: Sides;
  /** How many numbers of each kind to have at hand; left out: some hundred. */
  readonly ids?: number;
}

/** How often a sync begins again because others share at the same time. */
const ROUNDS = 20;
/** The rounds without a pause: one to take in, one to share. */
const AT_ONCE = 2;
/** The pause before the first round that others have made necessary, ms at most; it doubles with each further one. */
const PAUSE = 100;
const LONGEST_PAUSE = 5000;

/** Brings this machine and the remote to the same state. */
export async function sync(
  world: World,
  dir: string | undefined,
  options: SyncOptions = {},
): Promise<Synced> {
  const offline = { ...world, offline: true };
  const online = await openShared({ ...world, offline: false }, dir);
  const { replica } = online;
  let [received, sent] = [0, 0];
  try {
    for (let round = 1; ; round++) {
      if (replica.parted.isThere()) await (await import('./put-on-top.ts')).finishParted(offline, dir);
      const workspace = await Workspace.open(offline, dir);
      // A file that others changed too is merged with theirs, which this would only make harder.
      if (!isAlone(replica)) await commit(workspace, { via: 'files', takeIn: true }, () => undefined);
      const done = await underLock(workspace.store, () => exchange(workspace, replica, options.sides));
      received += done.received;
      sent += done.sent;
      if (done.isDone) break;
      if (round === ROUNDS)
        throw conflict(
          'others share so often that this did not get through; nothing is lost',
          'crm sync again',
        );
      if (round >= AT_ONCE) await pauseAfter(round, world.random);
    }
    await online.workspace.reload();
    sent += await shareFiles(online);
    const unleased = await afterwards(online, options);
    const conflicts = replica.conflicts.read();
    return { received, sent, conflicts, ...(unleased !== undefined && { unleased }) };
  } catch (error) {
    throw notSynced(error, replica);
  } finally {
    await replica.close();
  }
}

/** Waits by chance, so that many machines whose cron starts them together do not meet again. */
async function pauseAfter(round: number, random: () => number): Promise<void> {
  const longest = Math.min(PAUSE * 2 ** (round - AT_ONCE), LONGEST_PAUSE);
  await new Promise(resolve => setTimeout(resolve, random() * longest));
}

/** Returns an error that says what a sync left as it is, if the remote was not reached or refused. */
function notSynced(error: unknown, replica: Replica): unknown {
  const waiting = replica.waiting().length;
  const stays =
    waiting === 1
      ? 'the change of this machine stays and waits'
      : `the ${waiting} changes of this machine stay and wait`;
  const outcome = waiting > 0 ? stays : 'nothing of this machine waits';
  const drop = waiting > 0 ? '; crm sync --drop forgets them' : '';
  return saying(
    error,
    outcome,
    error instanceof Refused ? `once that is mended, crm sync${drop}` : 'crm sync again',
  );
}

/** Shares what people wrote in files that waited until others' edits were here; returns how many transactions that are. */
async function shareFiles({ workspace }: Shared): Promise<number> {
  const before = (await workspace.store.shared()).seq;
  await commit(workspace, { via: 'files', takeIn: true, online: 'to share files' }, () => undefined);
  return (await workspace.store.shared()).seq - before;
}

/** Whether nothing of this machine waits: then files that people edited may wait until others' edits are here. */
const isAlone = (replica: Replica): boolean => !replica.known.offline && replica.waiting().length === 0;

interface Exchanged {
  readonly received: number;
  readonly sent: number;
  readonly isDone: boolean;
}

/** Under the lock: one round with the remote. */
async function exchange(workspace: Workspace, replica: Replica, sides?: Sides): Promise<Exchanged> {
  const waiting = replica.waiting();
  if (waiting.length === 0) {
    const received = await takeIn(workspace, replica, sides);
    return { received, sent: 0, isDone: true };
  }
  const incoming = await replica.incoming();
  // An answer that was lost: some of ours came in before.
  const known = incoming.sealed.findIndex(({ hash }, i) => hash !== waiting[i]?.hash);
  if (known < 0) {
    const shared = waiting.slice(0, incoming.sealed.length);
    const rest = waiting.slice(shared.length);
    if (rest.length > 0 && !(await push(workspace, replica, shared, rest)))
      return { received: 0, sent: 0, isDone: false };
    replica.settle(waiting);
    return { received: 0, sent: waiting.length, isDone: true };
  }
  await (await import('./put-on-top.ts')).putBeneath(workspace, replica, incoming, known);
  return { received: incoming.sealed.length - known, sent: known, isDone: false };
}

/** Appends what waits; `shared` are those of them that the remote has already. */
async function push(
  { store }: Workspace,
  replica: Replica,
  shared: readonly Sealed[],
  rest: readonly Sealed[],
): Promise<boolean> {
  const after = shared.at(-1) ?? (await store.shared());
  return appendSurely(await replica.remote(), { seq: after.seq, hash: after.hash }, rest);
}

/** Once all is shared: purges of others are finished, snapshots follow, numbers are leased. */
async function afterwards({ workspace, replica }: Shared, { ids }: SyncOptions): Promise<string | undefined> {
  await settleHere(workspace, replica);
  await replica.finishPurge();
  const unleased = await leaseIfAllowed(workspace, replica, ids);
  replica.noteAsOf(formatInstant(workspace.clock.now));
  return unleased;
}

/** Finishes what came in on this machine: purges of others, snapshots, conflicts that somebody settled by hand. */
export async function settleHere(workspace: Workspace, replica: Replica): Promise<void> {
  const { store, config } = workspace;
  await underLock(store, async () => {
    replica.parted.clean();
    const opened = await workspace.open();
    forgetSettled(replica, stateOf(opened, config));
    if (store.isPurgeUnfinished(opened)) await finishPurges(store, opened, config);
    else store.settle(opened, stateOf(opened, config), opened.tip, 0);
  });
}
