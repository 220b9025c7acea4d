/** How a workspace and its remote stand to each other. */
import { formatInstant } from '../../domain/dates.ts';
import { CrmError, failed } from '../../domain/errors.ts';
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
