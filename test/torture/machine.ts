/** Runs whole commands in this process, on any file system, each as if it were a process of its own. */
import { recordKinds } from '../../src/kinds/index.ts';
import { hostname } from 'node:os';
import { Readable } from 'node:stream';
import type { Workspace } from '../../src/app/core/workspace.ts';
import { Options } from '../../src/commands/line/options.ts';
import { Context } from '../../src/commands/line/context.ts';
import type { Deps } from '../../src/commands/line/deps.ts';
import { readGlobals } from '../../src/commands/line/globals.ts';
import { treeOf } from '../../src/commands/registry.ts';
import { run } from '../../src/main.ts';
import type { Io } from '../../src/store/disk/io.ts';
import { screensOver } from '../../src/ui/screen.ts';
import { memorySink, type Sink } from '../../src/ui/streams.ts';
import { Chance } from './chance.ts';

const tree = treeOf(recordKinds);

export const NOW = '2026-09-14T08:00:00.000Z';

/** The id of a process that is not there any more when the next one looks. */
export const GONE = 999_999_999;

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly stdin?: string;
  readonly io?: Io;
  readonly pid?: number;
  /** The request id; the same name gives the same salts. */
  readonly name?: string;
  readonly now?: string;
  /** The time is the machine's own, and not given: only then does anything leave the workspace. */
  readonly isOwnTime?: boolean;
}

let processes = 0;

/** `SHARES_FROM=3 npm run torture`: snapshots of so few records have the form that only large ones have otherwise. */
const sharesFrom = process.env.SHARES_FROM === undefined ? undefined : Number(process.env.SHARES_FROM);

/** Where the caches of the workspace in `dir` are: beside it, so that nothing is put into anybody's home. */
export const cacheHomeOf = (dir: string): string => `${dir}.caches`;

/** Commands in the workspace `dir` of a file system. */
export class Machine {
  readonly io: Io;
  readonly dir: string;
  /** Its state directory, where it shares a workspace; left out: none. */
  readonly state: string | undefined;

  constructor(io: Io, dir: string, state?: string) {
    this.io = io;
    this.dir = dir;
    this.state = state;
  }

  /** Runs a command; nothing is thrown. */
  async crm(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    const stdout = memorySink();
    const stderr = memorySink();
    const code = await run(args, this.#deps(options, { stdout, stderr }));
    return { code, out: stdout.text, err: stderr.text };
  }

  /** The workspace as a new process opens it, below the commands. */
  async workspace(options: RunOptions = {}): Promise<Workspace> {
    const deps = this.#deps(options, { stdout: memorySink(), stderr: memorySink() });
    const streams = screensOver(deps.streams, deps.random);
    const screened = {
      ...deps,
      kinds: recordKinds,
      tree,
      streams,
      run: (argv: readonly string[]) => run(argv, deps),
    };
    return new Context(screened, readGlobals(new Options({})), 'torture').workspace();
  }

  #deps(options: RunOptions, out: { readonly stdout: Sink; readonly stderr: Sink }): Deps {
    const { stdin, io = this.io, pid = process.pid, name = `process ${++processes}`, now = NOW } = options;
    let count = 0;
    return {
      streams: { stdin: Readable.from(stdin === undefined ? [] : [Buffer.from(stdin)]), ...out },
      runtime: process.version,
      version: 'test',
      env: {
        ...(!options.isOwnTime && { CRM_NOW: now }),
        CRM_NO_INPUT: '1',
        CRM_DEBUG: '1',
        CRM_USER: 'ana',
        CRM_DIR: this.dir,
        HOME: '/',
        XDG_CACHE_HOME: cacheHomeOf(this.dir),
        TZ: 'UTC',
        ...(this.state !== undefined && { XDG_STATE_HOME: this.state, PATH: process.env.PATH ?? '' }),
      },
      cwd: '/',
      uid: process.getuid?.(),
      pid,
      // The real binary may have worked here before.
      host: hostname(),
      login: 'ana',
      now: () => Date.parse(now),
      random: new Chance(7).next,
      salt: () => `${name}, salt ${++count}`,
      uuid: () => name,
      onTerminal: async () => 1,
      onStop: () => () => {},
      ...(sharesFrom !== undefined && { sharesFrom }),
      // Sums are caches too.
      sumsFrom: 0,
      io,
    };
  }

  /** A command that must succeed. */
  async ok(args: readonly string[], options: RunOptions = {}): Promise<string> {
    const { code, out, err } = await this.crm(args, options);
    if (code !== 0) throw new Error(`crm ${args.join(' ')}: exit ${code}: ${err}`);
    return out;
  }
}
