/**
 * Goes on committing while the remote of a replica is away, so that a server can store what it acknowledges. These
 * transactions wait like those that are made offline, and a sync shares them once the remote answers.
 *
 *     online -> Unreached -> offline chain -> the remote answers -> sync -> online
 */
import { CrmError } from '../../domain/errors.ts';
import { Unreached } from '../../store/remotes/remote.ts';
import { Holding } from '../core/commit/holding.ts';
import { Workspace } from '../core/workspace.ts';
import { leaseIfAllowed } from './lease.ts';
import { openShared } from './shared-workspace.ts';
import { sync } from './sync.ts';

/** How many numbers of each kind a server leases: enough for the requests of a night without the remote. */
const NUMBERS = 1000;

/** Returns whether an error says that nothing was saved because the remote is away. */
export const isAway = (error: unknown): boolean => error instanceof Unreached;

export class Spool {
  /** The workspace, opened offline. */
  readonly workspace: Workspace;
  readonly holding = new Holding();

  private constructor(workspace: Workspace) {
    this.workspace = workspace;
  }

  static async open({ world, store }: Workspace): Promise<Spool> {
    return new Spool(await Workspace.open({ ...world, offline: true }, store.dir));
  }

  /**
   * Returns the spool of a server that starts while changes wait, because it ended while the remote was away. Undefined if
   * nothing waits: then it leases numbers for a time without the remote, if the remote answers. Undefined too if the
   * workspace does not share each change at once.
   */
  static async begin(workspace: Workspace): Promise<Spool | undefined> {
    const replica = await workspace.store.replica();
    if (!replica || (workspace.world.offline ?? replica.known.offline)) return undefined;
    if (replica.waiting().length > 0) return Spool.open(workspace);
    await Spool.#lease(workspace);
    return undefined;
  }

  static async #lease({ world, store }: Workspace): Promise<void> {
    const { workspace, replica } = await openShared({ ...world, offline: false }, store.dir);
    try {
      await leaseIfAllowed(workspace, replica, NUMBERS);
    } finally {
      await replica.close();
    }
  }

  /** Returns whether the remote answers. */
  async answers(): Promise<boolean> {
    const { world, store } = this.workspace;
    const { replica } = await openShared(world, store.dir);
    try {
      await (await replica.remote()).tip();
      return true;
    } catch (error) {
      if (error instanceof CrmError) return false;
      throw error;
    } finally {
      await replica.close();
    }
  }

  /**
   * Shares the waiting transactions; returns how many were sent, and how many conflicts are to be settled. The process must
   * not commit meanwhile.
   */
  async share(): Promise<{ sent: number; conflicts: number }> {
    const { world, store } = this.workspace;
    this.holding.settle(this.workspace);
    const { sent, conflicts } = await sync(world, store.dir, { ids: NUMBERS });
    return { sent, conflicts: conflicts.length };
  }
}
