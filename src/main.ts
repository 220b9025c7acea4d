/**
 * The only place that touches the process, the clock and randomness: everything below gets them from here, so that
 * a test can run a whole command in memory with `run(argv, deps)`.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import type { Deps } from './commands/line/deps.ts';
import type { Signals } from './ui/full-screen/full-screen.ts';
import { type Screens, screensOver } from './ui/screen.ts';
import { ClosedPipe, OutputError, processStreams } from './ui/streams.ts';

/** What asks for the version, in front of everything else. */
const versionWords: ReadonlySet<string> = new Set(['--version', '-V', '-v', 'version']);

/** Runs a command line and returns its exit code; nothing is thrown. */
export async function run(argv: readonly string[], deps: Deps): Promise<number> {
  const { env, version } = deps;
  const streams = screensOver(deps.streams, deps.random);
  let lastSaved: number | undefined;
  const saved = (tx: number) => {
    lastSaved = tx;
    deps.saved?.(tx);
  };
  try {
    if (argv.length > 0 && versionWords.has(argv[0]!)) {
      await streams.stdout.write(`${version}\n`);
      return 0;
    }
    const { runProgram } = await import('./commands/program.ts');
    const runOther = (line: readonly string[], changed: Partial<Deps>) => run(line, { ...deps, ...changed });
    return await runProgram(argv, { ...deps, streams, saved, run: runOther });
  } catch (error) {
    // A reader that has enough is the end of the command, and no error.
    if (error instanceof ClosedPipe) return 0;
    const { errorJson, errorText, failureOf } = await import('./ui/errors.ts');
    const thrown =
      error instanceof OutputError && lastSaved !== undefined ? error.afterSaving(lastSaved) : error;
    const failure = failureOf(thrown, { version, debug: (env.CRM_DEBUG ?? '') !== '' });
    await streams.stderr.write(
      wantsJson(argv) ? errorJson(failure) : errorText(failure, await errorPaint(argv, streams, env)),
    );
    return failure.exitCode;
  }
}

/** Errors are said in JSON also where the command line could not be understood. */
const wantsJson = (argv: readonly string[]): boolean => argv.includes('--json');

async function errorPaint(argv: readonly string[], { stderr, mark }: Screens, env: Deps['env']) {
  const { colorPaint, plainPaint, wantsColor } = await import('./ui/paint.ts');
  const given = argv.flatMap((word, i) =>
    word === '--color' ? (argv[i + 1] ?? '') : word.startsWith('--color=') ? word.slice(8) : [],
  )[0];
  const flag = given === 'always' || given === 'never' ? given : 'auto';
  return wantsColor({ flag, isTTY: stderr.isTTY, env }) ? colorPaint(mark) : plainPaint;
}

/** Bytes that nobody can guess: from the system, where it has a file of them, since node:crypto takes long to load. */
function secretBytes(count: number): Buffer {
  const bytes = Buffer.alloc(count);
  try {
    const fd = openSync('/dev/urandom', 'r');
    try {
      if (readSync(fd, bytes) === count) return bytes;
    } finally {
      closeSync(fd);
    }
  } catch {
    // Node knows another way.
  }
  return randomBytes(count);
}

/** A random UUID (RFC 9562, version 4). */
function uuid(): string {
  const bytes = secretBytes(16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}

async function onTerminal([program, ...args]: readonly string[]): Promise<number> {
  const { spawn } = await import('node:child_process');
  // Ctrl-C in an editor is the editor's.
  const ignore = () => {};
  process.on('SIGINT', ignore);
  try {
    return await new Promise((resolve, reject) => {
      const child = spawn(program!, args, { stdio: 'inherit' });
      child.on('error', reject);
      child.on('close', code => resolve(code ?? 130));
    });
  } finally {
    process.off('SIGINT', ignore);
  }
}

/**
 * Calls `stop` at the first signal that asks the process to end, with the exit code that shells give it; the next signal
 * ends it as if nobody listened. Returns the function that stops listening.
 */
function onStop(stop: (code: number) => void): () => void {
  const off = () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.off(signal, asked);
  };
  const asked = (signal: 'SIGTERM' | 'SIGINT') => {
    off();
    stop(endings[signal]);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, asked);
  return off;
}

/** The exit codes of a process that a signal ends, as shells say them. */
const endings = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
/** How long it takes at most to be stopped, ms. A process group that no shell looks after is not stopped at all. */
const STOPS_WITHIN = 200;

/** What the system tells a program that has the whole terminal. */
const signals: Signals = {
  listen(listener) {
    const crash = (error: unknown) => listener({ type: 'crashed', error });
    const told: [NodeJS.Signals, () => void][] = [
      ['SIGWINCH', () => listener({ type: 'resized' })],
      ['SIGTSTP', () => listener({ type: 'suspended' })],
      ['SIGCONT', () => listener({ type: 'continued' })],
      ...Object.entries(endings).map(
        ([name, code]) =>
          [name as NodeJS.Signals, () => listener({ type: 'ended', code })] as [NodeJS.Signals, () => void],
      ),
    ];
    for (const [name, tell] of told) process.on(name, tell);
    process.on('uncaughtException', crash);
    process.on('unhandledRejection', crash);
    return () => {
      for (const [name, tell] of told) process.off(name, tell);
      process.off('uncaughtException', crash);
      process.off('unhandledRejection', crash);
    };
  },
  suspend: () =>
    new Promise(resolve => {
      const goOn = () => {
        clearTimeout(timer);
        process.off('SIGCONT', goOn);
        resolve();
      };
      const timer = setTimeout(goOn, STOPS_WITHIN);
      process.on('SIGCONT', goOn);
      // The group, as the terminal does it: what started crm is stopped with it.
      process.kill(0, 'SIGTSTP');
    }),
};

/** Returns the directory of the process; undefined if somebody removed it. */
function workingDirectory(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

/** Runs the command line of this process. */
export async function main(): Promise<void> {
  const streams = processStreams(process);
  const cwd = workingDirectory();
  if (cwd === undefined) {
    await streams.stderr.write(
      'Error: the directory that you are in does not exist any more\nHint: cd to another one\n',
    );
    process.exit(1);
  }
  const code = await run(process.argv.slice(2), {
    streams,
    // The build puts the version in its place.
    version: process.env.CRM_VERSION ?? 'dev',
    runtime: process.version,
    env: process.env,
    cwd,
    uid: process.geteuid?.(),
    pid: process.pid,
    host: hostname(),
    login: loginName(),
    now: Date.now,
    random: Math.random,
    salt: () => secretBytes(16).toString('base64url'),
    uuid,
    onTerminal,
    onStop,
    signals,
  });
  // Warnings were not waited for. Then there is nothing left to do, and the system clears up sooner than Node does.
  await streams.stderr.write('');
  if (streams.stdout.isTTY || streams.stderr.isTTY) await leaveClosedTerminals();
  process.exit(code);
}

/**
 * Closes the standard streams whose terminal is gone. Node puts the modes of a terminal back when it exits, and aborts
 * (SIGABRT, with a core dump) where the terminal refuses that; it passes over a stream that is closed.
 */
async function leaveClosedTerminals(): Promise<void> {
  const { isatty } = await import('node:tty');
  for (const fd of [0, 1, 2])
    try {
      if (fstatSync(fd).isCharacterDevice() && !isatty(fd)) closeSync(fd);
    } catch {
      // It is closed already.
    }
}
