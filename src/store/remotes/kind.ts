/** A kind of remote: its addresses, and how one is opened. One file each, and a line in `index.ts`. */
import type { Io } from '../disk/io.ts';
import type { Remote } from './remote.ts';

/** What a remote is opened with: the outside world, and the user's options. */
export interface RemotePlace {
  readonly io: Io;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly pid: number;
  readonly host: string;
  readonly random: () => number;
  /** Milliseconds to wait for other processes of this machine. */
  readonly lockTimeout: number;
  /** A directory of the user's alone, for what the remote keeps on this machine; made when first written to. */
  readonly own: string;
  /** Whether a program may ask the user on the terminal, for a password. */
  readonly mayAsk: boolean;
  /** The options of `crm remote add` that are for this kind, by their names: `{ ref: 'refs/heads/crm' }`. */
  readonly options: Readonly<Record<string, string>>;
}

export interface RemoteKind {
  /** What it is, in a list: `git repository`. */
  readonly name: string;
  /** Schemes of its addresses, without the colon: `git+ssh`. */
  readonly schemes: readonly string[];
  /** An address, for help and errors. */
  readonly example: string;
  /** Whether commands that change something reach the remote at once; otherwise they wait for `crm sync`. */
  readonly isOnline: boolean;
  /** Names of options of `crm remote add` that it knows. */
  readonly options: readonly string[];
  /** The places out of crm's reach that may still have purged content: `old objects on the host`. */
  readonly remains: string;
  /** Throws USAGE if an address cannot be one of its own. */
  check(url: URL): void;
  /** Opens a remote; packages are loaded here. Nothing is asked of it yet. */
  open(url: URL, place: RemotePlace): Promise<Remote>;
}
