/**
 * The remotes of workspaces that this machine knows: `remotes.json` in the state directory, by real path. It is never
 * in the workspace, so that a copy or a clone connects to nothing by itself.
 */
import { join } from 'node:path';
import { failed } from '../../domain/errors.ts';
import { ifThere, namesIn } from '../disk/io.ts';
import { type Machine, MachineState } from '../machine/machine-state.ts';
import { stateDirectory } from '../machine/state-directory.ts';
import { removeTree } from './remove-tree.ts';

/** A block of numbers that only this replica gives: the first and the last one. */
export type Block = readonly [first: number, last: number];

export interface Known {
  /** The address, as a URL. */
  url: string;
  /** The options that it was added with, by name. */
  options: { [name: string]: string };
  /** The workspace's id: the hash of its first transaction. Another workspace in the same place is another one. */
  workspace: string;
  /** The random name of this replica in the journal. */
  replica: string;
  /** Whether changes wait for `crm sync`, unless a command says otherwise. */
  offline: boolean;
  /** The blocks of numbers by kind of record, from which this replica gives ids. */
  ids?: { [kind: string]: Block[] };
  /** The purge that the remote may not have yet, by its transaction. */
  purge?: number | undefined;
}

/** The age in milliseconds after which files of a replica that no workspace knows are leftovers of a killed clone. */
const LEFT_OVER = 24 * 3_600_000;

interface Remotes {
  workspaces?: { [dir: string]: Known };
}

export class KnownRemotes {
  readonly #machine: Machine;
  readonly #state: MachineState<Remotes>;
  readonly #dir: string;
  readonly #own: string;

  /** Of the workspace in `dir`. FAILED if this machine has no place for what is known. */
  constructor(machine: Machine, dir: string) {
    this.#machine = machine;
    this.#state = new MachineState<Remotes>(machine, 'remotes', {});
    this.#dir = String(machine.io.realpathSync(dir));
    this.#own = stateDirectory(machine.io, machine.env)!;
  }

  /** Returns what is known of the workspace. */
  get(): Known | undefined {
    return this.#state.read().workspaces?.[this.#dir];
  }

  /** Returns the directory of what the remote of a replica keeps on this machine. */
  own({ replica }: Pick<Known, 'replica'>): string {
    return join(this.#replicas, replica);
  }

  get #replicas(): string {
    return join(this.#own, 'remotes');
  }

  /** Notes what is known of the workspace; durable when it resolves. */
  async set(known: Known): Promise<void> {
    await this.#state.update(remotes => {
      remotes.workspaces = { ...remotes.workspaces, [this.#dir]: known };
      this.#removeLeftOver(new Set(Object.values(remotes.workspaces).map(({ replica }) => replica)));
    });
  }

  /** Removes files of replicas that no workspace has, if they are too old to belong to a clone under way. */
  #removeLeftOver(known: ReadonlySet<string>): void {
    const { io } = this.#machine;
    // Written to just now.
    const now = io.statSync(this.#own).mtimeMs;
    for (const replica of namesIn(io, this.#replicas)) {
      const changed = ifThere(() => io.statSync(this.own({ replica })).mtimeMs) ?? now;
      if (!known.has(replica) && now - changed > LEFT_OVER) this.forget({ replica });
    }
  }

  /** Changes what is known of the workspace; durable when it resolves. */
  async update(change: (known: Known) => void): Promise<void> {
    await this.#state.update(remotes => {
      const known = remotes.workspaces?.[this.#dir];
      if (!known) throw failed('another process has removed the remote');
      change(known);
    });
  }

  /** Forgets the remote of the workspace, with all that its replica keeps on this machine. */
  async remove(): Promise<void> {
    let known: Known | undefined;
    await this.#state.update(remotes => {
      known = remotes.workspaces?.[this.#dir];
      delete remotes.workspaces?.[this.#dir];
    });
    if (known) this.forget(known);
  }

  /** Removes what a replica keeps on this machine. */
  forget(known: Pick<Known, 'replica'>): void {
    removeTree(this.#machine.io, this.own(known));
  }
}
