/**
 * Reads the transactions of a large file of the journal, such as that of an import, a line at a time: first their hashes and
 * whether each line is a change, then the changes as they are folded.
 */
import type { Change, Transaction } from '../domain/changes.ts';
import { CrmError } from '../domain/errors.ts';
import type { Kinds } from '../domain/kinds.ts';
import { changeIn } from './encoding.ts';
import { codeOf, ifThere, type Io, NotOurs } from './io.ts';
import { type FoundTransaction, LineWindow, WINDOW } from './line-window.ts';

/** The bytes from which on a file is read in this way: a smaller one is parsed once, and in memory. */
const LARGE = 4 * WINDOW;
const NEWLINE = 10;

/** A transaction whose changes are read from the file each time that somebody goes through them. */
export type Streamed = Omit<Transaction, 'changes' | 'erases'> & {
  readonly changes: Iterable<Change>;
  readonly erases?: undefined;
  readonly size: number;
};

export class StreamedFile {
  readonly #window: LineWindow;
  readonly #kinds: Kinds;

  private constructor(window: LineWindow, kinds: Kinds) {
    this.#window = window;
    this.#kinds = kinds;
  }

  /** Opens a file; undefined if it is not large, or cannot be read. */
  static open(io: Io, path: string, kinds: Kinds): StreamedFile | undefined {
    const window = new LineWindow(io);
    try {
      if ((ifThere(() => io.lstatSync(path).size) ?? 0) < LARGE) return undefined;
      window.open(path);
    } catch (error) {
      if (codeOf(error) === undefined && !(error instanceof NotOurs)) throw error;
      return undefined;
    }
    return new StreamedFile(window, kinds);
  }

  close(): void {
    this.#window.close();
  }

  /**
   * Returns the transactions and the byte at which each begins; undefined if one is damaged, erases something, or had something
   * erased: then the whole file must be looked at.
   */
  transactions(): { readonly tx: Streamed; readonly at: number }[] | undefined {
    try {
      const found = this.#window.transactions();
      if (!found?.every(each => this.#isOfChanges(each))) return undefined;
      return found.map(each => ({
        tx: {
          ...(each.head as Omit<Transaction, 'changes'>),
          erases: undefined,
          changes: { [Symbol.iterator]: () => this.#changes(each) },
          size: each.next - each.begin,
        },
        at: each.begin,
      }));
    } catch (error) {
      if (codeOf(error) === undefined && !(error instanceof CrmError)) throw error;
      return undefined;
    }
  }

  #isOfChanges(found: FoundTransaction): boolean {
    for (const line of this.#lines(found)) if (!changeIn(this.#kinds, line, found.head.seq)) return false;
    return true;
  }

  *#changes(found: FoundTransaction): Generator<Change> {
    for (const line of this.#lines(found)) yield changeIn(this.#kinds, line, found.head.seq)!;
  }

  *#lines({ begin, end }: FoundTransaction): Generator<string> {
    for (const piece of this.#window.pieces(begin, end))
      for (let at = 0; at < piece.length; ) {
        const next = piece.indexOf(NEWLINE, at);
        yield piece.toString('utf8', at, next);
        at = next + 1;
      }
  }
}
