import { fstatSync, statSync, writeSync } from 'node:fs';
import { CrmError } from '../domain/errors.ts';

/** Where text goes. `write` resolves when the text was handed on, so a slow reader slows the writer. */
export interface Sink {
  readonly isTTY: boolean;
  /** The width of the terminal in cells; 80 if there is none. */
  readonly columns: number;
  /** The height of the terminal in lines; Infinity if there is none. */
  readonly rows: number;
  /** Throws ClosedPipe if nobody reads any more. */
  write(text: string): Promise<void> | void;
}

/** The three streams of a command: results go to stdout and nothing else does. */
export interface Streams {
  readonly stdin: NodeJS.ReadableStream & { isTTY?: boolean; setRawMode?(isRaw: boolean): unknown };
  readonly stdout: Sink;
  readonly stderr: Sink;
}

/** The reader of the output has closed it (`| head`): the end of the command, but no error. */
export class ClosedPipe extends Error {
  override readonly name = 'ClosedPipe';
}

/** How much of a text that could not be printed an error repeats, in characters. */
const REPEATED = 60;

/** The output could not be written, as on a full disk. */
export class OutputError extends CrmError {
  readonly #text: string;

  constructor(text: string, cause: Error) {
    super('FAILED', `cannot write the output: ${cause.message}`, undefined, cause);
    this.#text = text;
  }

  /** The error after the command has saved a transaction: repeating the command would do its work twice. */
  afterSaving(tx: number): CrmError {
    const line = this.#text.split('\n')[0]!;
    const what = JSON.stringify(line.length > REPEATED ? `${line.slice(0, REPEATED)}...` : line);
    return new CrmError(
      'FAILED',
      `the change is saved, as transaction ${tx}, but ${what} could not be printed: ${(this.cause as Error).message}`,
      'do not run the command again; crm history shows what it did',
      this,
    );
  }
}

/**
 * The streams of a process. A message without a reader is dropped: the work of a command must not depend on whether
 * somebody watches.
 */
export function processStreams(
  standard: {
    readonly stdin: NodeJS.ReadStream;
    readonly stdout: NodeJS.WriteStream;
    readonly stderr: NodeJS.WriteStream;
  },
  fds = { stdout: 1, stderr: 2 },
): Streams {
  let stdin: NodeJS.ReadStream | undefined;
  return {
    // Only on demand: Node opens it at the first access, and most commands never read.
    get stdin() {
      return (stdin ??= closable(standard.stdin));
    },
    stdout: standardSink(fds.stdout, () => nodeSink(standard.stdout)),
    stderr: standardSink(fds.stderr, () => nodeSink(standard.stderr, 'drop'), 'drop'),
  };
}

/**
 * A terminal that was closed during a prompt refuses to change its mode. The error comes from within Node's handling
 * of the end of the input, where nothing could catch it. The end of the input is reported anyway, so the refusal is
 * ignored.
 */
function closable(stdin: NodeJS.ReadStream): NodeJS.ReadStream {
  if (!stdin.isTTY) return stdin;
  const setRawMode = stdin.setRawMode.bind(stdin);
  stdin.setRawMode = isRaw => {
    try {
      return setRawMode(isRaw);
    } catch {
      return stdin;
    }
  };
  return stdin;
}

/**
 * A sink into a file descriptor of the process. A file, a pipe or /dev/null is written to directly, which waits for a
 * slow reader as Node's stream does: making that takes a tenth of the time in which Node starts. Anything else, and a
 * pipe that does not wait, is left to the stream.
 */
function standardSink(fd: number, viaStream: () => NodeSink, onError: 'throw' | 'drop' = 'throw'): Sink {
  let stream: NodeSink | undefined = isPlain(fd) ? undefined : viaStream();
  return {
    get isTTY() {
      return stream?.isTTY ?? false;
    },
    get columns() {
      return stream?.columns ?? 80;
    },
    get rows() {
      return stream?.rows ?? Number.POSITIVE_INFINITY;
    },
    write(text) {
      if (stream) return stream.write(text);
      const bytes = Buffer.from(text);
      let done = 0;
      try {
        while (done < bytes.length) done += writeSync(fd, bytes, done);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') {
          stream = viaStream();
          return stream.write(bytes.subarray(done));
        }
        if (onError === 'throw') throw faultOf(error as NodeJS.ErrnoException, text);
      }
    },
  };
}

function isPlain(fd: number): boolean {
  try {
    const stat = fstatSync(fd);
    return !stat.isCharacterDevice() || stat.rdev === statSync('/dev/null').rdev;
  } catch {
    return false;
  }
}

/**
 * A sink into a Node stream. Its errors, whether they come with a write or as an event in between, end the
 * present or the next write: as ClosedPipe, or as FAILED (a full disk); with `drop`, they are swallowed.
 */
export function nodeSink(stream: NodeJS.WriteStream, onError: 'throw' | 'drop' = 'throw'): NodeSink {
  let fault: NodeJS.ErrnoException | undefined;
  const record = (error: NodeJS.ErrnoException) => {
    fault ??= error;
  };
  // Without a listener the event would end the process.
  stream.on('error', record);
  return {
    get isTTY() {
      return stream.isTTY === true;
    },
    get columns() {
      // A pseudo-terminal without a size says 0.
      return stream.columns || 80;
    },
    get rows() {
      return stream.rows || Number.POSITIVE_INFINITY;
    },
    write: text =>
      new Promise((resolve, reject) => {
        const settle = () =>
          fault && onError === 'throw' ? reject(faultOf(fault, String(text))) : resolve();
        if (fault) return settle();
        stream.write(text, error => {
          if (error) record(error);
          settle();
        });
      }),
  };
}

interface NodeSink extends Sink {
  write(text: string | Uint8Array): Promise<void>;
}

const faultOf = (error: NodeJS.ErrnoException, text: string): Error =>
  closed.has(error.code) ? new ClosedPipe(error.message, { cause: error }) : new OutputError(text, error);

const closed = new Set<string | undefined>(['EPIPE', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END']);

/** A sink that keeps what is written. */
export interface MemorySink extends Sink {
  readonly text: string;
}

export function memorySink(terminal: { isTTY?: boolean; columns?: number; rows?: number } = {}): MemorySink {
  const written: string[] = [];
  return {
    isTTY: terminal.isTTY ?? false,
    columns: terminal.columns ?? 80,
    rows: terminal.rows ?? Number.POSITIVE_INFINITY,
    write: text => void written.push(text),
    get text() {
      return written.join('');
    },
  };
}
