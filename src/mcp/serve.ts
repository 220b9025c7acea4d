/**
 * Serves the tools on standard input and output, one line per message, until the client closes its end or the process is
 * asked to stop.
 */
import { Writable, type Readable } from 'node:stream';
import { serveStdio, StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { Proposals } from './proposals.ts';
import { makeServer, type Offer } from './server.ts';

/**
 * The longest line of the client, bytes: room for a proposal with long texts, and no more, because the SDK copies the
 * beginning of an unfinished line at every chunk.
 */
const LONGEST_LINE = 2 * 2 ** 20;

export interface Wire {
  readonly stdin: NodeJS.ReadableStream;
  /** Writes to standard output, which carries only messages of the protocol. */
  write(text: string): Promise<void> | void;
}

export interface Serving {
  /**
   * Resolves when the connection has ended and the calls that had begun are done: with the error that ended the
   * connection; undefined if the client left or the server was stopped.
   */
  readonly ended: Promise<Error | undefined>;
  /** Takes no more calls. */
  stop(): Promise<void>;
}

/** Serves until the client leaves. Calls run one at a time, in the order in which they arrive. */
export function serveOver({ stdin, write }: Wire, offer: Offer): Serving {
  const proposals = new Proposals(
    () => offer.desk.now(),
    () => offer.desk.secret(),
  );
  const stdout = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      Promise.resolve()
        .then(() => write(String(chunk)))
        .then(
          () => done(),
          error => done(error as Error),
        );
    },
  });
  const turns = inTurns();
  const desk = {
    ...offer.desk,
    read: turns.taking(offer.desk.read),
    readText: turns.taking(offer.desk.readText),
    preview: turns.taking(offer.desk.preview),
    save: turns.taking(offer.desk.save),
  };
  const transport = new EndingTransport(stdin as Readable, stdout, { maxBufferSize: LONGEST_LINE });
  const handle = serveStdio(() => makeServer({ ...offer, desk }, proposals), {
    transport,
    onerror: error => {
      transport.failed(error);
      offer.report(error);
    },
  });
  return {
    ended: transport.ended.then(async cause => {
      await turns.idle();
      return cause;
    }),
    stop: () => handle.close(),
  };
}

/** A transport whose `ended` resolves when either side closes it, with the error that caused that. */
class EndingTransport extends StdioServerTransport {
  #cause: Error | undefined;
  #end: (cause: Error | undefined) => void = () => {};
  readonly ended = new Promise<Error | undefined>(resolve => {
    this.#end = resolve;
  });

  /** Notes an error as the cause of a close in this turn of the event loop: the SDK closes at once or not at all. */
  failed(error: Error): void {
    this.#cause = error;
    setImmediate(() => {
      this.#cause = undefined;
    });
  }

  override async close(): Promise<void> {
    const cause = this.#cause;
    await super.close();
    this.#end(cause);
  }
}

/** Returns a queue: work that it takes begins when the work before it is done, whether that succeeded or failed. */
function inTurns() {
  let last: Promise<unknown> = Promise.resolve();
  return {
    taking:
      <A extends readonly unknown[], T>(work: (...args: A) => Promise<T>) =>
      (...args: A): Promise<T> => {
        const turn = last.then(() => work(...args));
        last = turn.catch(() => {});
        return turn;
      },
    idle: async (): Promise<void> => void (await last),
  };
}
