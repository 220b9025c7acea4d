import { fstatSync, statSync, writeSync } from 'node:fs';
import { failed } from '../domain/errors.ts';

/** Where text goes. `write` resolves when the text was handed on, so a slow reader slows the writer. */
export interface Sink {
  readonly isTTY: boolean;
  /** The width of the terminal in cells; 80 where there is none. */
  readonly columns: number;
  /** The height of the terminal in lines; Infinity where there is none. */
  readonly rows: number;
  /** Throws ClosedPipe where nobody reads any more. */
  write(text: string): Promise<void> | void;
}

/** The three streams of a command: results go to stdout and nothing else does. */
export interface Streams {
  readonly stdin: NodeJS.ReadableStream & { isTTY?: boolean };
  readonly stdout: Sink;
  readonly stderr: Sink;
}

/** The reader of the output has closed it (`| head`): the end of the command, but no error. */
export class ClosedPipe extends Error {
  override readonly name = 'ClosedPipe';
}

/**
 * The streams of a process. A message whose reader is gone is dropped: what a command does must not depend on
 * who watches it.
 */
export function processStreams(
  standard: {
    readonly stdin: NodeJS.ReadStream;
    readonly stdout: NodeJS.WriteStream;
    readonly stderr: NodeJS.WriteStream;
  },
  fds = { stdout: 1, stderr: 2 },
): Streams {
  return {
    // Only on demand: Node opens it at the first access, and most commands never read.
    get stdin() {
      return standard.stdin;
    },
    stdout: standardSink(fds.stdout, () => nodeSink(standard.stdout)),
    stderr: standardSink(fds.stderr, () => nodeSink(standard.stderr, 'drop'), 'drop'),
  };
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
        if (onError === 'throw') throw faultOf(error as NodeJS.ErrnoException);
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
  let fault: Error | undefined;
  const record = (error: NodeJS.ErrnoException) => {
    fault ??= faultOf(error);
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
        const settle = () => (fault && onError === 'throw' ? reject(fault) : resolve());
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

const faultOf = (error: NodeJS.ErrnoException): Error =>
  closed.has(error.code)
    ? new ClosedPipe(error.message, { cause: error })
    : failed(`cannot write the output: ${error.message}`);

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
