/**
 * `crm watch`: takes in the transactions of others as they come, and hands them on. It shares nothing: changes that wait on
 * this machine are put on top of those of others, and go on waiting.
 */
import { formatInstant } from '../../domain/dates.ts';
import type { Replica } from '../../store/remotes/replica.ts';
import { commit } from '../core/commit.ts';
import { takeIn } from '../core/commit/take-in.ts';
import { underLock } from '../core/under-lock.ts';
import { Workspace, type World } from '../core/workspace.ts';
import { until } from './until.ts';
import { watchHere } from './watch-here.ts';
import { type Look, mayPass, type Watching } from './watching.ts';
import { finishParted, putBeneath } from './put-on-top.ts';
import { settleHere } from './sync.ts';

/**
 * Watches the remote, or the workspace itself if it has none, until it is stopped. FAILED if the remote cannot be reached
 * at the beginning; INVALID as soon as the remote has another history.
 */
export async function watch(
  look: () => Promise<Look>,
  dir: string | undefined,
  watching: Watching,
): Promise<void> {
  const { every, stop } = watching;
  const begun = await look();
  const workspace = await Workspace.open(begun.world, dir);
  const replica = await workspace.store.replica();
  if (!replica) return watchHere(look, dir, workspace, watching).finally(() => begun.close());
  let seq = (await workspace.store.shared()).seq;
  let complaint: string | undefined;
  try {
    for (let round = 0; !stop.aborted; round++) {
      try {
        if (round > 0) await (complaint === undefined ? untilMore(replica, watching) : until(every, stop));
        if (stop.aborted) break;
        seq = await lookOnce(look, dir, replica, seq, watching);
        complaint = undefined;
        if (round === 0) await watching.begins(replica.shown);
      } catch (error) {
        if (round === 0 || !mayPass(error)) throw error;
        if (error.message !== complaint) await watching.alarm(error);
        complaint = error.message;
        await replica.close();
      }
    }
  } finally {
    await replica.close();
    begun.close();
  }
}

/** Takes in what others shared, and hands on the transactions after `seq`; returns the last shared number. */
async function lookOnce(
  look: () => Promise<Look>,
  dir: string | undefined,
  replica: Replica,
  seq: number,
  { came, contradicted }: Watching,
): Promise<number> {
  const { world, close } = await look();
  try {
    const before = replica.conflicts.read().length;
    const received = await takeInOthers(world, dir, replica);
    // Another command of this machine may have taken in or shared more, so the journal is read again.
    const workspace = await Workspace.open(world, dir, { orLastSound: true });
    const { seq: last } = await workspace.store.shared();
    if (received > 0) await settleHere(workspace, replica);
    replica.noteAsOf(formatInstant(workspace.clock.now));
    if (last > seq) await came(await workspace.view(), await workspace.store.journal.read(seq, last));
    const conflicts = replica.conflicts.read();
    if (conflicts.length > before) await contradicted([...new Set(conflicts.map(({ id }) => id))]);
    return last;
  } finally {
    close();
  }
}

/** Takes in what others shared, beneath the changes that wait here; returns how many transactions came. */
async function takeInOthers(world: World, dir: string | undefined, replica: Replica): Promise<number> {
  const offline = { ...world, offline: true };
  const workspace = await Workspace.open(offline, dir, { orLastSound: true });
  await finishParted(offline, dir);
  if (replica.waiting().length === 0) return underLock(workspace.store, () => takeIn(workspace, replica));
  if ((await replica.incoming()).sealed.length === 0) return 0;
  // Edits of files are committed first; otherwise they could not be told from the edits of others.
  await commit(await Workspace.open(offline, dir), { via: 'files', takeIn: true }, () => undefined);
  const received = await underLock(workspace.store, () => beneath(workspace, replica));
  await finishParted(offline, dir);
  return received;
}

/** Under the lock: puts the transactions of others beneath those that wait, which are set aside; returns how many came. */
async function beneath(workspace: Workspace, replica: Replica): Promise<number> {
  const waiting = replica.waiting();
  const incoming = await replica.incoming();
  const other = incoming.sealed.findIndex(({ hash }, i) => hash !== waiting[i]?.hash);
  if (other >= 0) {
    await putBeneath(workspace, replica, incoming, other);
    return incoming.sealed.length - other;
  }
  // All of them are ours: a sync was cut short before it got the answer of the remote.
  replica.settle(waiting.slice(0, incoming.sealed.length));
  return 0;
}

/** Resolves when others may have shared something, or when it is time to look. */
async function untilMore(replica: Replica, { every, stop }: Watching): Promise<void> {
  const remote = await replica.remote();
  if (!remote.wait) return until(every, stop);
  await remote.wait(await replica.shared(), every, stop);
}
