/** Runs commands in this process, in a workspace of its own, with time, ids, width and surroundings fixed. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { onTestFinished } from 'vitest';
import type { Kinds } from '../src/domain/kinds.ts';
import type { SettingNouns } from '../src/commands/setting/noun.ts';
import type { Deps } from '../src/commands/line/deps.ts';
import type { Within } from '../src/commands/line/within.ts';
import { run } from '../src/main.ts';
import type { Io } from '../src/store/disk/io.ts';
import { memorySink, type Sink, type Streams } from '../src/ui/streams.ts';
import { cachesOf, type Contents, contentsOf, fill } from './copies.ts';
import { contexts } from './async-contexts.ts';
import { unsyncedIo } from './store/hooked-io.ts';

export const NOW = '2026-09-14T08:00:00.000Z';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** The output as JSON; throws where it is none. */
  json<T = never>(): T;
}

export interface RunOptions {
  readonly stdin?: string | Uint8Array;
  /** The width of the terminal that stdout is; left out: a pipe. */
  readonly tty?: number;
  /** The height of that terminal; left out: as high as it needs to be. */
  readonly rows?: number;
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  readonly now?: string;
  /** The numeric user id of the process; left out: its own. */
  readonly uid?: number;
  /** The login name; left out: `tester`. */
  readonly login?: string;
  /** Instead of the file system's own calls, of which nothing is forced to disk. */
  readonly io?: Io;
  /** What is typed at each question that a terminal shows: keys, as a terminal sends them. */
  readonly typed?: (question: string, screen: string) => string;
  /** Is handed what asks a command to end that runs until then. */
  readonly onStop?: (stop: () => void) => void;
  /** Is told what is written to stderr, at once. */
  readonly said?: (text: string) => void;
  /** A terminal that the command has as a whole, with what the system tells of it. */
  readonly screen?: Pick<Streams, 'stdin' | 'stdout'> & Required<Pick<Deps, 'signals'>>;
  /** What the command may do; left out: everything. */
  readonly within?: Within;
  /** What an editor makes of a text: then there is a terminal to edit on. Undefined where it fails. */
  readonly editor?: (
    text: string,
    command: readonly string[],
  ) => string | undefined | Promise<string | undefined>;
}

/** What another workspace begins with. */
interface Beginning extends Contents {
  /** How many ids were given. */
  readonly ids: number;
}

export class TestWorkspace {
  readonly dir: string;
  /** Where its caches are, beside it: in none where HOME has none. */
  readonly cacheHome: string;
  now = NOW;
  /** What the ids of its requests begin with: another word on each machine that shares a workspace. */
  requests = 'request';
  /** The kinds of record that the program knows; left out: those of crm. */
  kinds: Kinds | undefined;
  /** The nouns of the settings that the program knows; left out: those of crm. */
  nouns: SettingNouns | undefined;
  #count = 0;

  constructor(dir: string) {
    this.dir = dir;
    this.cacheHome = `${dir}.caches`;
  }

  /** Everything that the workspace is now. */
  get beginning(): Beginning {
    return { ...contentsOf(this.dir, this.cacheHome), ids: this.#count };
  }

  /** Makes the workspace, which is not there yet, as another one was. */
  beginAs(beginning: Beginning): void {
    fill(this.dir, this.cacheHome, beginning);
    this.#count = beginning.ids;
  }

  /** The path of a cache of the workspace. */
  cache(name = ''): string {
    return cachePath(this.dir, this.cacheHome, name);
  }

  /** Runs `crm ARGS`; a string is split at spaces. */
  async crm(args: string | readonly string[], options: RunOptions = {}): Promise<Ran> {
    const terminal =
      options.tty === undefined && !options.editor && !options.typed
        ? {}
        : {
            isTTY: true,
            columns: options.tty ?? 80,
            ...(options.rows !== undefined && { rows: options.rows }),
          };
    const stdout = memorySink(terminal);
    const stderr = memorySink(terminal);
    const { said } = options;
    if (said) {
      const { write } = stderr;
      stderr.write = text => {
        said(text);
        return write(text);
      };
    }
    const { screen } = options;
    const isAsked = options.editor !== undefined || options.typed !== undefined || screen !== undefined;
    const stdin: Streams['stdin'] = options.typed
      ? typing(stderr, options.typed)
      : Readable.from(options.stdin === undefined ? [] : [Buffer.from(options.stdin)]);
    if (isAsked && !screen) stdin.isTTY = true;
    const leave = isAsked ? contexts.enter() : undefined;
    const code = await run(typeof args === 'string' ? args.split(' ').filter(word => word !== '') : args, {
      streams: { stdin: screen?.stdin ?? stdin, stdout: screen?.stdout ?? stdout, stderr },
      signals: screen?.signals,
      runtime: process.version,
      version: 'test',
      env: {
        CRM_NOW: options.now ?? this.now,
        // Sweeps of tests leave what they queue, unless a test has a place for what this machine knows of deliveries.
        ...(options.env?.XDG_STATE_HOME === undefined && { CRM_NO_DELIVER: '1' }),
        ...(isAsked ? { EDITOR: 'edit -w', NO_COLOR: '1' } : { CRM_NO_INPUT: '1' }),
        HOME: '/nowhere',
        XDG_CACHE_HOME: this.cacheHome,
        TZ: 'Europe/Amsterdam',
        ...options.env,
      },
      cwd: options.cwd ?? this.dir,
      uid: options.uid ?? process.geteuid?.(),
      pid: process.pid,
      host: 'test',
      login: options.login ?? 'tester',
      now: () => Date.parse(this.now),
      random: () => 0.5,
      salt: () => `salt-${String(++this.#count).padStart(16, '0')}`,
      uuid: () => `${this.requests}-${++this.#count}`,
      io: options.io ?? unsyncedIo,
      ...(options.within && { within: options.within }),
      ...(this.kinds && { kinds: this.kinds }),
      ...(this.nouns && { nouns: this.nouns }),
      onStop: stop => {
        options.onStop?.(() => stop(130));
        return () => {};
      },
      onTerminal: async command => {
        const path = command.at(-1)!;
        const edited = await options.editor?.(readFileSync(path, 'utf8'), command);
        if (edited === undefined) return 1;
        writeFileSync(path, edited);
        return 0;
      },
    }).finally(() => leave?.());
    return { code, out: stdout.text, err: stderr.text, json: <T>() => JSON.parse(stdout.text) as T };
  }

  /** The same for a command that must succeed: what it printed. */
  async ok(args: string | readonly string[], options: RunOptions = {}): Promise<string> {
    const ran = await this.crm(args, options);
    if (ran.code !== 0) throw new Error(`crm ${String(args)}: exit ${ran.code}\n${ran.err}`);
    return ran.out;
  }

  /** What a command that must succeed prints as JSON. */
  async json<T>(args: string | readonly string[], options: RunOptions = {}): Promise<T> {
    return JSON.parse(
      await this.ok([...(typeof args === 'string' ? args.split(' ') : args), '--json'], options),
    ) as T;
  }
}

/** Where a cache of the workspace in `dir` is, or the directory of all of them. */
export function cachePath(dir: string, home: string, name: string): string {
  const { path } = cachesOf(dir, home);
  if (path === undefined) throw new Error(`${dir} has no caches in ${home}`);
  return join(path, name);
}

/** Whether it is the same question, with a hint less or what was typed so far. */
const isTheSame = (question: string, asked: string): boolean =>
  asked !== '' && (question.startsWith(asked) || asked.startsWith(question));

/** The keys in what is typed: a terminal sends all of a sequence at once. */
const keysIn = (typed: string): string[] => typed.match(/\u001b\[[\d;]*[A-Za-z~]|./gsu) ?? [];

/** A keyboard: answers each question that appears on a screen, key by key. */
function typing(screen: Sink, answer: (question: string, screen: string) => string): Streams['stdin'] {
  const keyboard = new PassThrough();
  const show = screen.write;
  let asked = '';
  const type = ([key, ...rest]: readonly string[]): void => {
    if (key === undefined) return;
    keyboard.write(key);
    setImmediate(() => setImmediate(type, rest));
  };
  screen.write = text => {
    const question = /^\? (.+)/m.exec(stripVTControlCharacters(text))?.[1]?.trim();
    // A question is drawn again at every key.
    if (question !== undefined && !isTheSame(question, asked)) {
      asked = question;
      setImmediate(type, keysIn(answer(question, text)));
    }
    return show(text);
  };
  return keyboard;
}

/** An empty directory that goes with the test. */
export function emptyDirectory(): string {
  const dir = mkdtempSync(join(tmpdir(), 'crm-test-'));
  onTestFinished(() => {
    for (const each of [dir, `${dir}.caches`]) rmSync(each, { recursive: true, force: true });
  });
  return dir;
}

/** A new workspace from a template, for several tests, and what removes it. */
export async function makeWorkspace(template = 'sales'): Promise<[TestWorkspace, () => void]> {
  const dir = mkdtempSync(join(tmpdir(), 'crm-test-'));
  const made = await initialized(join(dir, 'ws'), ['--template', template]);
  return [made, () => rmSync(dir, { recursive: true, force: true })];
}

/** A new workspace from a template, in a directory that goes with the test. */
export function workspace(template = 'sales', ...options: string[]): Promise<TestWorkspace> {
  return initialized(join(emptyDirectory(), 'ws'), ['--template', template, ...options]);
}

/** What `crm init` left for each list of options. */
const beginnings = new Map<string, Beginning>();

/** Makes a workspace as `crm init` does: it runs once for each list of options, since then all bytes are the same. */
async function initialized(dir: string, options: readonly string[]): Promise<TestWorkspace> {
  const made = new TestWorkspace(dir);
  const key = JSON.stringify(options);
  const known = beginnings.get(key);
  if (known) made.beginAs(known);
  else {
    await made.ok(['init', dir, ...options], { cwd: tmpdir() });
    beginnings.set(key, made.beginning);
  }
  return made;
}

/**
 * Returns a function that gives copies of the workspace that `make` makes, each in a directory that is removed after its
 * test. `make` runs once: it would write the same bytes each time. What lies beside the workspace is not copied.
 */
export function copiesOf(make: () => Promise<TestWorkspace>): () => Promise<TestWorkspace> {
  let made: Promise<{ beginning: Beginning; like: TestWorkspace }> | undefined;
  return async () => {
    const { beginning, like } = await (made ??= make().then(ws => ({ beginning: ws.beginning, like: ws })));
    const ws = new TestWorkspace(join(emptyDirectory(), 'ws'));
    ws.beginAs(beginning);
    const { now, requests, kinds, nouns } = like;
    return Object.assign(ws, { now, requests, kinds, nouns });
  };
}
