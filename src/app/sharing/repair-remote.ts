/**
 * `crm remote repair`: compares the remote with this machine from the beginning, and mends what does not fit.
 *
 *     both      1 ... 40
 *     remote    1 ... 40                rolled back: it gets 41 and 42 again
 *     here      1 ... 40 41 42
 *
 *     remote    1 ... 40 41' 42' 43'    forked: this machine takes in 41' to 43', and puts its own 41 and 42 on top of them, as a
 *     here      1 ... 40 41 42          sync does; they wait to be shared. Nothing of the remote is replaced: other machines have it
 */
import { isPurge, type Transaction } from '../../domain/changes.ts';
import { conflict, failed, invalid } from '../../domain/errors.ts';
import { readSealed } from '../../store/journal/journal-bytes.ts';
import { JournalDirectory } from '../../store/journal/journal-directory.ts';
import type { Stored, Tip } from '../../store/journal/journal.ts';
import { appendSurely } from '../../store/remotes/append-surely.ts';
import type { OpenConflict } from '../../store/remotes/conflict-list.ts';
import { entryOf, type HistoryEntry } from '../history/history.ts';
import type { View } from '../core/view.ts';
import { underLock } from '../core/under-lock.ts';
import { Workspace, type World } from '../core/workspace.ts';
import { forgetLeases } from './lease.ts';
import { finishParted, replaceFiles } from './put-on-top.ts';
import { mayShare, openShared, type Shared } from './shared-workspace.ts';
import { settleHere } from './sync.ts';

/** A transaction that both sides have. */
export type Common = Pick<Transaction, 'at' | 'by' | 'via'>;

export interface Repair {
  readonly url: string;
  /** The last transaction that both have: its number, and what it is; null if they have none. */
  readonly common: number;
  readonly last: Common | null;
  /** The last one here, and the last one there. */
  readonly here: number;
  readonly there: number;
  /** Whether each side has transactions that the other one does not have. */
  readonly forked: boolean;
  /** What either side alone has, as the history shows it, newest first. */
  readonly ours: readonly HistoryEntry[];
  readonly theirs: readonly HistoryEntry[];
  /** What contradicts, after both sides were put together. */
  readonly conflicts: readonly OpenConflict[];
}

/** What the user is asked before anything is changed. */
export interface Asking {
  /** Before the remote gets back what it lost. */
  putBack(found: Repair): Promise<void>;
  /** Before this machine takes in the other history. */
  take(found: Repair, view: View): Promise<void>;
}

/** Compares the two sides, and mends what does not fit; returns what was found. A dry run only compares. */
export async function repairRemote(world: World, dir: string | undefined, asking: Asking): Promise<Repair> {
  const shared = await openShared(world, dir);
  const { workspace, replica } = shared;
  mayShare(workspace);
  try {
    if (replica.parted.isThere())
      throw conflict('a sync was cut short, and has to be finished first; nothing was done', 'crm sync');
    const { common, ...found } = await compare(shared);
    if (found.here === common.seq) return { ...found, common: common.seq };
    const repair = { ...found, common: common.seq };
    if (!repair.forked) {
      if (!world.dryRun) {
        await asking.putBack(repair);
        await putBack(shared, common);
      }
      return repair;
    }
    if (world.dryRun) return repair;
    await requireNoPurge(workspace, repair);
    await asking.take(repair, await workspace.view());
    await underLock(workspace.store, () => take(shared, common, repair.here));
    await finishParted({ ...world, offline: true }, dir);
    await settleHere(await Workspace.open(world, dir), replica);
    return { ...repair, conflicts: replica.conflicts.read() };
  } finally {
    await replica.close();
  }
}

/** Returns how the two sides stand to each other; `common` is the last transaction that both have. */
async function compare({ workspace, replica }: Shared): Promise<Omit<Repair, 'common'> & { common: Tip }> {
  const { store } = workspace;
  const remote = await replica.remote();
  const here = await store.shared();
  const there = await remote.tip();
  const seq = await lastCommon(Math.min(here.seq, there.seq), async seq => {
    const [ours] = await store.journal.read(seq - 1, seq);
    const [theirs] = await remote.read(seq - 1, 1);
    return ours!.hash === theirs?.hash;
  });
  const [last] = seq === 0 ? [] : await store.journal.read(seq - 1, seq);
  const common = { seq, hash: last?.hash ?? '' };
  const forked = seq < here.seq && seq < there.seq;
  const view = await workspace.view();
  const entries = (transactions: readonly Stored[]) =>
    transactions.flatMap(tx => entryOf(view, tx, undefined) ?? []).reverse();
  return {
    url: replica.shown,
    common,
    last: last ? { at: last.at, by: last.by, via: last.via } : null,
    here: here.seq,
    there: there.seq,
    forked,
    ours: entries(await store.journal.read(seq, here.seq)),
    theirs: forked ? entries((await replica.incomingAfter(common, there)).transactions) : [],
    conflicts: [],
  };
}

/** Throws INVALID if a purge of this machine would be lost: a purge cannot be put on top, for it rewrote what both had. */
async function requireNoPurge({ store }: Workspace, { url, common }: Repair): Promise<void> {
  const purge = (await store.journal.read(common)).find(tx => tx.erases ?? tx.changes.some(isPurge));
  if (purge)
    throw invalid(
      `transaction ${purge.seq} of this machine is a purge, which cannot be put on top of what ${url} has; nothing was done`,
      'crm clone URL NEW-DIRECTORY, there crm doctor --replay THIS-DIRECTORY, and the purge again',
    );
}

/** Appends to the remote what it lost. */
async function putBack({ workspace, replica }: Shared, common: Tip): Promise<void> {
  const { store, world } = workspace;
  const remote = await replica.remote();
  const files = new JournalDirectory(world.io, store.journalPath, 'shared');
  const lost = readSealed(world.io, files, common.seq, Number.MAX_SAFE_INTEGER);
  if (!(await appendSurely(remote, common.seq === 0 ? await remote.tip() : common, lost)))
    throw failed('somebody shared at the same moment; nothing was put back', 'crm remote repair again');
}

/** Under the lock: sets all after the fork aside, and takes in what the remote has in its place. */
async function take({ workspace, replica }: Shared, fork: Tip, here: number): Promise<void> {
  const { store } = workspace;
  if (replica.parted.isThere() || (await store.shared()).seq !== here)
    throw conflict('another process changed the workspace; nothing was done', 'crm remote repair again');
  const incoming = await replica.incomingAfter(fork, await (await replica.remote()).tip());
  const ours = await store.journal.read(fork.seq);
  // What this machine leased since is not known to the others, who may have leased the same numbers.
  await forgetLeases(replica, ours);
  await replaceFiles(workspace, ours, incoming, async () => replica.parted.takeFrom(fork.seq));
  replica.put(incoming);
}

/** The last number up to which `isSame` holds: histories that part do not meet again. */
async function lastCommon(to: number, isSame: (seq: number) => Promise<boolean>): Promise<number> {
  let [low, high] = [0, to];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (await isSame(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
