/**
 * Starts programs: the one place of the channels that does. `runProgram` is for programs of rules: nothing stays running,
 * since each leads a process group of its own, which is ended with it. `runHelper` is for programs of the user.
 */
import { Readable } from 'node:stream';
import { execa } from 'execa';

/** The most bytes that are kept of a program's output. */
const MOST_OUTPUT = 4096;

/** The most bytes of one argument: Linux takes no longer one, and the library fails on it before the system does. */
const LONGEST_ARGUMENT = (128 << 10) - 1;

/** Milliseconds that a group has to end by itself before it is killed, and that output may still arrive. */
const GRACE = 2000;

export interface Program {
  /** The program and its arguments: no shell looks at them. */
  readonly argv: readonly string[];
  readonly cwd: string;
  /** All of its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Its standard input, which it may leave unread; of a large one, the parts are made as it reads them. */
  readonly input?: string | Iterable<string>;
  /** The time limit, in milliseconds, after which its group is ended. */
  readonly timeout: number;
  readonly abort: AbortSignal;
}

/** How a program ended. */
export type Ended =
  /** It could not be started. */
  | { readonly code: string; readonly message: string }
  | {
      /** Undefined if a signal ended it. */
      readonly exitCode: number | undefined;
      readonly signal: string | undefined;
      /** Whether it was ended because it took too long or was aborted. */
      readonly isCutOff: boolean;
      /** The beginning of what it printed, on both streams. */
      readonly output: string;
    };

/** Why a program could not be started, by the code of the error. */
const words: Readonly<Record<string, string>> = {
  ENOENT: 'the program does not exist, or its first line names a program that does not',
  EACCES: 'it may not be executed (chmod +x?)',
  ENOEXEC: 'it is neither a program nor a script with a first line such as #!/bin/sh',
};

/** Says why a program could not be started. */
export const whyNotStarted = ({ code, message }: Extract<Ended, { code: string }>): string =>
  words[code] ?? message;

/** Runs a program to its end. Never rejects. */
export async function runProgram({ argv, cwd, env, input, timeout, abort }: Program): Promise<Ended> {
  const [program = '', ...args] = argv;
  if (argv.some(word => Buffer.byteLength(word) > LONGEST_ARGUMENT))
    return { code: 'E2BIG', message: `an argument has more than ${LONGEST_ARGUMENT} bytes` };
  const child = execa(program, args, {
    cwd,
    env,
    extendEnv: false,
    // The first of a group, which can be ended as a whole.
    detached: true,
    ...(input === undefined
      ? { stdin: 'ignore' }
      : { input: typeof input === 'string' ? input : Readable.from(input, { objectMode: false }) }),
    buffer: false,
    reject: false,
  });
  const { pid } = child;
  if (pid === undefined) {
    const { code = '', message } = (await child) as { code?: string; message?: string };
    return { code, message: message ?? code };
  }
  const output = beginningOf([child.stdout, child.stderr]);
  let isCutOff = false;
  const cutOff = () => {
    isCutOff = true;
    endGroup(pid, 'SIGTERM');
    killing = setTimeout(() => endGroup(pid, 'SIGKILL'), GRACE);
  };
  let killing: NodeJS.Timeout | undefined;
  const timer = setTimeout(cutOff, timeout);
  abort.addEventListener('abort', cutOff);
  if (abort.aborted) cutOff();
  const [exitCode, signal] = await new Promise<[number | null, string | null]>(resolve =>
    child.once('exit', (...how) => resolve(how)),
  );
  for (const each of [timer, killing]) clearTimeout(each);
  abort.removeEventListener('abort', cutOff);
  // Processes that it left in its group would go on unseen.
  endGroup(pid, 'SIGKILL');
  // A process that has left the group may hold the streams open for ever.
  const late = setTimeout(() => {
    child.stdout.destroy();
    child.stderr.destroy();
  }, GRACE);
  await child;
  clearTimeout(late);
  return { exitCode: exitCode ?? undefined, signal: signal ?? undefined, isCutOff, output: output() };
}

export interface Helper {
  /** The program and its arguments: no shell looks at them. */
  readonly argv: readonly string[];
  readonly cwd: string;
  /** All of its environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly input?: Uint8Array;
  /** The one stream that is read; the other is ignored. */
  readonly reads: 'stdout' | 'stderr';
  /** The time limit, in milliseconds. */
  readonly timeout: number;
  /** The most characters that are read: a program that prints more is stopped. */
  readonly mostOutput: number;
}

/** How a helper ended. */
export interface HelperEnded {
  /** Undefined if it could not be started, or was stopped. */
  readonly exitCode: number | undefined;
  /** Why it could not be started: `ENOENT`. */
  readonly notStarted?: string;
  /** Whether its time was over. */
  readonly isTimedOut: boolean;
  /** The signal that ended it. */
  readonly signal?: string;
  readonly output: string;
}

/**
 * Runs a program of the user to its end: one that sends an e-mail, or prints a password. It stays in crm's process group
 * and on its terminal, where it may ask for a passphrase, and may leave processes running: a queue, an agent. Never rejects.
 */
export async function runHelper(helper: Helper): Promise<HelperEnded> {
  const { cwd, env, input, reads, timeout, mostOutput } = helper;
  const [program = '', ...args] = helper.argv;
  const ran = await execa(program, args, {
    cwd,
    env,
    extendEnv: false,
    ...(input === undefined ? { stdin: 'ignore' } : { input }),
    [reads === 'stdout' ? 'stderr' : 'stdout']: 'ignore',
    timeout,
    maxBuffer: mostOutput,
    stripFinalNewline: false,
    reject: false,
  });
  const isStarted = ran.exitCode !== undefined || ran.isTerminated || !/^E[A-Z]/.test(ran.code ?? '');
  return {
    exitCode: ran.timedOut || ran.isMaxBuffer ? undefined : ran.exitCode,
    ...(!isStarted && { notStarted: ran.code }),
    isTimedOut: ran.timedOut,
    ...(ran.signal !== undefined && { signal: ran.signal }),
    output: String(ran[reads] ?? ''),
  };
}

function endGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The whole group has ended already.
  }
}

/** Reads streams to their ends; returns a function that returns the beginning of their output, in order of arrival. */
function beginningOf(streams: readonly NodeJS.ReadableStream[]): () => string {
  const chunks: Buffer[] = [];
  let length = 0;
  for (const stream of streams)
    stream.on('data', (chunk: Buffer) => {
      if (length < MOST_OUTPUT) chunks.push(chunk);
      length += chunk.length;
    });
  return () => Buffer.concat(chunks).subarray(0, MOST_OUTPUT).toString();
}
