/**
 * Goes on committing while the remote of a replica is away: a server that has answered "stored" must have stored it. What is
 * committed meanwhile waits with what is made offline, and is shared as `crm sync` does it, once the remote answers.
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

/** How many numbers of each kind a server has at hand, so that it can take in requests for a night without the remote. */
const NUMBERS = 1000;

/** Returns whether an error says that nothing was saved because the remote is away. */
export const isAway = (error: unknown): boolean => error instanceof Unreached;

export class Spool {
  /** The workspace, as one that leaves the remote alone. */
  readonly workspace: Workspace;
  readonly holding = new Holding();

  private constructor(workspace: Workspace) {
    this.workspace = workspace;
  }

  static async open({ world, store }: Workspace): Promise<Spool> {
    return new Spool(await Workspace.open({ ...world, offline: true }, store.dir));
  }

  /**
   * Returns the spool that a server begins with: undefined unless the workspace shares each change at once and changes wait,
   * since it ended while the remote was away. Otherwise leases numbers for a time without the remote, if it answers.
   */
  static async begin(workspace: Workspace): Promise<Spool | undefined> {
    const replica = await workspace.store.replica();
    if (!replica || (workspace.world.offline ?? replica.known.offline)) return undefined;
    if (replica.waiting().length + replica.parted().length > 0) return Spool.open(workspace);
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

  /** Returns whether the remote answers by now. */
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

  /** Shares what waits; nobody else of this process may commit meanwhile. Returns how many transactions that were, and what contradicts. */
  async share(): Promise<{ sent: number; conflicts: number }> {
    const { world, store } = this.workspace;
    this.holding.settle(this.workspace);
    const { sent, conflicts } = await sync(world, store.dir, { ids: NUMBERS });
    return { sent, conflicts: conflicts.length };
  }
}
