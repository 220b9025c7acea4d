/**
 * Keeps the items with which this machine's user trusts a workspace: their hashes, in the state directory, with the
 * time of trust.
 */
import { failed } from '../../domain/errors.ts';
import { type Machine, MachineState } from '../../store/machine/machine-state.ts';
import { workspaceId } from './origin.ts';
import { hashOf, type TrustItem } from './trust-item.ts';
import type { Workspace } from './workspace.ts';

/** A trusted item, as it was shown when it was trusted. */
export interface Remembered {
  readonly kind: string;
  readonly what: string;
  /** When it was trusted, ms. */
  readonly since: number;
}

interface Known {
  /** The workspace's id: another workspace in the same place is another one. */
  id: string;
  /** By hash. */
  items: { [hash: string]: Remembered };
  /** The hashes of items of which the user was told that they are not trusted, the last ones. */
  told?: string[];
}

/** How many hashes are kept of items that the user was told of: a hook that is being written changes often. */
const MOST_TOLD = 50;

/** The part of `trust.json` with the trusted items of workspaces, by real path, which begins with a slash. */
interface Trust {
  workspaces?: { [dir: string]: Known };
}

export class Trusted {
  readonly #state: MachineState<Trust>;
  readonly #machine: Machine;
  readonly #dir: string;
  readonly #id: string;
  #known: Known['items'] | undefined;

  private constructor(machine: Machine, dir: string, id: string) {
    this.#machine = machine;
    this.#state = new MachineState<Trust>(machine, 'trust', {});
    this.#dir = dir;
    this.#id = id;
  }

  /** Returns the trusted items of a workspace. FAILED if this machine has no state directory. */
  static async of({ world, store }: Workspace): Promise<Trusted> {
    const id = await workspaceId(store);
    if (id === undefined) throw failed('an empty workspace has nothing to trust');
    return new Trusted(world, String(world.io.realpathSync(store.dir)), id);
  }

  /** Returns all trusted items by hash, also those that the workspace no longer names. */
  get remembered(): Readonly<Record<string, Remembered>> {
    return (this.#known ??= this.#read());
  }

  /** Reads the file again at each question, because another process may have changed it. */
  reread(): void {
    this.#known = undefined;
  }

  #read(): Known['items'] {
    const known = this.#state.read().workspaces?.[this.#dir];
    return known?.id === this.#id ? known.items : {};
  }

  /** Returns the hash of an item as it is now, with the bytes of the files that it names. */
  hash(item: TrustItem): string {
    return hashOf(item, this.#machine.io, this.#dir);
  }

  /** Returns since when an item is trusted exactly as it is now, ms; undefined if it is not. */
  since(item: TrustItem): number | undefined {
    const hash = this.hash(item);
    return Object.hasOwn(this.remembered, hash) ? this.remembered[hash]!.since : undefined;
  }

  /**
   * Stores items as trusted from `now` on, ms, by the hashes that they had when a person saw them. Items that are trusted
   * already keep their time.
   */
  async trust(
    items: readonly (Pick<TrustItem, 'kind' | 'what'> & { readonly hash: string })[],
    now: number,
  ): Promise<void> {
    await this.#update(known => {
      for (const { kind, what, hash } of items) known[hash] ??= { kind, what, since: now };
    });
  }

  /** Forgets trusted items, by hash. */
  async revoke(hashes: readonly string[]): Promise<void> {
    await this.#update(known => {
      for (const hash of hashes) delete known[hash];
    });
  }

  /** Notes that the user is told of an item that is not trusted, as it is now; returns whether that is new. */
  async tellOnce(item: TrustItem): Promise<boolean> {
    const hash = this.hash(item);
    const { workspaces = {} } = this.#state.read();
    const known = workspaces[this.#dir];
    if (known?.id === this.#id && known.told?.includes(hash)) return false;
    await this.#updateAll(each => {
      each.told = [...(each.told ?? []), hash].slice(-MOST_TOLD);
    });
    return true;
  }

  #update(change: (items: Known['items']) => void): Promise<void> {
    return this.#updateAll(({ items }) => change(items));
  }

  async #updateAll(change: (known: Known) => void): Promise<void> {
    await this.#state.update(trust => {
      trust.workspaces ??= {};
      const before = trust.workspaces[this.#dir];
      const known = before?.id === this.#id ? before : { id: this.#id, items: {} };
      change(known);
      trust.workspaces[this.#dir] = known;
    });
    this.reread();
  }
}
