import type { Together } from '../../app/core/together.ts';
import type { Kinds } from '../../domain/kinds.ts';
import type { Io } from '../../store/disk/io.ts';
import type { Signals } from '../../ui/full-screen/full-screen.ts';
import type { Screens } from '../../ui/screen.ts';
import type { Streams } from '../../ui/streams.ts';
import type { SettingNouns } from '../setting/noun.ts';
import type { Tree } from './tree.ts';
import type { Within } from './within.ts';

/** The outside world: the only source of time, randomness and surroundings. */
export interface Deps {
  readonly streams: Streams;
  /** Of crm itself. */
  readonly version: string;
  /** The version of Node. */
  readonly runtime: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly uid: number | undefined;
  readonly pid: number;
  readonly host: string;
  readonly login: string;
  now(): number;
  random(): number;
  /** 128 random bits, base64url. */
  salt(): string;
  uuid(): string;
  /** Runs a program on the user's terminal, without a shell; its exit code. Rejects where it cannot be started. */
  onTerminal(command: readonly string[]): Promise<number>;
  /**
   * Calls `stop` when the process is asked to end (SIGTERM, SIGINT), with the exit code that shells give the signal;
   * a second signal ends the process. Returns a function that stops listening.
   */
  onStop(stop: (code: number) => void): () => void;
  /** Events of the system for a program with the whole terminal; left out if no program can have it. */
  readonly signals?: Signals | undefined;
  /** Called for each transaction that was saved. */
  saved?(tx: number): void;
  /** The file system below the store; left out: Node's. */
  readonly io?: Io;
  /** The number of records from which the head of a snapshot has what they share; left out: as the store has it. */
  readonly sharesFrom?: number;
  /** The number of deals from which sums of them are kept (default: see `SumsCaches`). */
  readonly sumsFrom?: number;
  /** What the command decides together with others, for one transaction; left out: it commits by itself. */
  readonly together?: Together;
  /** What the command may do, if it runs for somebody with fewer rights than the user; left out: everything. */
  readonly within?: Within;
  /** The kinds of record that the program knows; left out: those of crm. */
  readonly kinds?: Kinds;
  /** The nouns of the settings that the program knows; left out: those of crm. */
  readonly nouns?: SettingNouns;
}

/** The surroundings of commands, with streams on which no data can steer a terminal. */
export interface CommandDeps extends Deps {
  readonly streams: Screens;
  readonly kinds: Kinds;
  /** All commands, for help and completion. */
  readonly tree: Tree;
  /** Runs another command line, in surroundings that differ in some of these; returns its exit code. */
  run(argv: readonly string[], changed: Partial<Deps>): Promise<number>;
}
