/** How a workspace and its remote stand to each other. */
import { formatInstant } from '../../domain/dates.ts';
import { CrmError, failed, invalid } from '../../domain/errors.ts';
import { readSealed } from '../../store/journal-bytes.ts';
import { JournalDirectory } from '../../store/journal-directory.ts';
import { appendSurely } from '../../store/remotes/append-surely.ts';
import { KnownRemotes } from '../../store/remotes/known.ts';
import { underLock } from '../core/under-lock.ts';
import type { World } from '../core/workspace.ts';
import { Workspace } from '../core/workspace.ts';
import { mayShare, openShared } from './shared-workspace.ts';

export interface RemoteState {
  readonly url: string;
  readonly kind: string;
  /** Whether changes wait for `crm sync`. */
  readonly offline: boolean;
  /** When this machine had all that was shared, as an instant. */
  readonly asOf: string | null;
  /** How many transactions of this machine are not shared yet. */
  readonly waiting: number;
  /** Whether a sync was cut short, which has to be finished before anything else is changed. */
  readonly cutShort: boolean;
  /** The transaction of a purge of this machine that the remote does not have yet, so that others still get what it erased. */
  readonly purge: number | null;
  /** The records and files that have a conflict. */
  readonly conflicts: readonly string[];
  /** The last transaction that this machine and the remote have in common, as far as is known here. */
  readonly shared: number;
  /** The last one of the remote; null if it cannot be reached, or was not asked. */
  readonly tip: number | null;
  /** Why it cannot be reached, or what is wrong with it. */
  readonly problem: string | null;
}

/** Returns how the two stand; `asks` says whether to ask the remote. */
export async function remoteState(
  world: World,
  dir: string | undefined,
  asks: boolean,
): Promise<RemoteState> {
  const { workspace, replica } = await openShared(world, dir);
  const { known, kind } = replica;
  let tip: number | null = null;
  let problem: string | null = null;
  try {
    if (asks) {
      tip = (await (await replica.remote()).tip()).seq;
      const { sealed } = await replica.incoming();
      if (sealed.length === 0) replica.noteAsOf(formatInstant(workspace.clock.now));
    }
  } catch (error) {
    if (!(error instanceof CrmError)) throw error;
    problem = error.message;
  } finally {
    await replica.close();
  }
  return {
    url: known.url,
    kind: kind.name,
    offline: known.offline,
    asOf: replica.asOf ?? null,
    waiting: replica.waiting().length,
    cutShort: replica.parted.isThere(),
    purge: known.purge ?? null,
    conflicts: [...new Set(replica.conflicts.read().map(({ id }) => id))],
    shared: (await workspace.store.shared()).seq,
    tip,
    problem,
  };
}

/** Forgets the remote on this machine; what waited becomes a part of this workspace alone. Returns its address. */
export async function removeRemote(world: World, dir: string | undefined): Promise<string> {
  const workspace = await Workspace.open(world, dir);
  mayShare(workspace);
  const state = new KnownRemotes(world, workspace.store.dir);
  const known = state.get();
  if (!known) throw failed(`${workspace.store.dir} has no remote on this machine`, 'crm remote add URL');
  if (world.dryRun) return known.url;
  const [first] = await workspace.store.journal.read(0, 1);
  if (first?.hash === known.workspace) {
    const { replica } = await openShared(world, dir);
    await underLock(workspace.store, async () => replica.adopt());
  }
  await state.remove();
  return known.url;
}

export interface Repair {
  readonly url: string;
  /** The last transaction that both have. */
  readonly common: number;
  /** The last one here, and the last one there. */
  readonly here: number;
  readonly there: number;
}

/**
 * Compares the two sides from the beginning, and puts back what the remote lost, after `confirm`. INVALID where each side has
 * transactions that the other one does not: which of them stands is for a person to say.
 */
export async function repairRemote(
  world: World,
  dir: string | undefined,
  confirm: (found: Repair) => Promise<void>,
): Promise<Repair> {
  const { workspace, replica } = await openShared(world, dir);
  mayShare(workspace);
  const { store } = workspace;
  try {
    const remote = await replica.remote();
    const here = await store.shared();
    const there = await remote.tip();
    const common = await lastCommon(Math.min(here.seq, there.seq), async seq => {
      const [ours] = await store.journal.read(seq - 1, seq);
      const [theirs] = await remote.read(seq - 1, 1);
      return ours!.hash === theirs?.hash;
    });
    const found = { url: replica.shown, common, here: here.seq, there: there.seq };
    if (common < there.seq && common < here.seq)
      throw invalid(
        `${found.url} and this machine have the first ${common} transactions in common; after that, the remote has ${there.seq - common} more, and this machine ${here.seq - common}`,
        'crm clone URL NEW-DIRECTORY, and there crm doctor --replay THIS-DIRECTORY puts this side on top of it',
      );
    if (common === here.seq || world.dryRun) return found;
    await confirm(found);
    const files = new JournalDirectory(world.io, store.journalPath);
    const lost = readSealed(world.io, files, common, here.seq - common);
    const last = common === 0 ? undefined : readSealed(world.io, files, common - 1, 1)[0];
    const after = last ? { seq: last.seq, hash: last.hash } : there;
    if (!(await appendSurely(remote, after, lost)))
      throw failed('somebody shared at the same moment; nothing was put back', 'crm remote repair again');
    return found;
  } finally {
    await replica.close();
  }
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
