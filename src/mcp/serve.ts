/** `crm mcp` on standard input and output: one line per message, until the client closes its end or the process is asked to stop. */
import { Writable, type Readable } from 'node:stream';
import { serveStdio, StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { Proposals } from './proposals.ts';
import { makeServer, type Offer } from './server.ts';

/** How long a line of the client may be, bytes: a proposal with long texts. The SDK copies what it has of a line at every chunk. */
const LONGEST_LINE = 2 * 2 ** 20;

export interface Wire {
  readonly stdin: NodeJS.ReadableStream;
  /** Writes to standard output, on which there is nothing but the protocol. */
  write(text: string): Promise<void> | void;
}

export interface Serving {
  /**
   * Resolves when the client has gone, or the server was stopped, and what had begun is done: with the error that ended
   * the connection, if one did.
   */
  readonly ended: Promise<Error | undefined>;
  /** Takes no more calls. */
  stop(): Promise<void>;
}

/** Serves until the client goes. Calls are carried out one after the other, in the order in which they come. */
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

/** A transport that says when it was closed, by whichever side, and for which error. */
class EndingTransport extends StdioServerTransport {
  #cause: Error | undefined;
  #end: (cause: Error | undefined) => void = () => {};
  readonly ended = new Promise<Error | undefined>(resolve => {
    this.#end = resolve;
  });

  /** Notes an error. One that closes the connection does so at once; after all others it goes on. */
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

/** Lets work begin only when the work before it is done. */
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
