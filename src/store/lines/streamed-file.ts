/**
 * Reads the transactions of a large file of the journal, such as that of an import, a line at a time: first their hashes and
 * whether each line is a change, then the changes as they are folded.
 */
import type { Change, Transaction } from '../../domain/changes.ts';
import { CrmError } from '../../domain/errors.ts';
import type { Kinds } from '../../domain/kinds.ts';
import { changeIn } from './encoding.ts';
import { codeOf, ifThere, type Io, NotOurs, openRegular } from '../disk/io.ts';
import { type FoundTransaction, LineWindow, WINDOW } from './line-window.ts';
import { ChangedMeanwhile } from './packed-meanwhile.ts';
import type { Rereadable } from './placed-records.ts';
import { readInto } from '../disk/read-range.ts';

/** The bytes from which on a file is read in this way: a smaller one is parsed once, and in memory. */
const LARGE = 4 * WINDOW;
/** The bytes that are read at once for single lines. */
const SINGLE = 1 << 16;
const NEWLINE = 10;

/** A transaction whose changes are read from the file each time that somebody goes through them, or asks for one of them. */
export type Streamed = Omit<Transaction, 'changes' | 'erases'> &
  Rereadable & {
    readonly changes: Iterable<Change>;
    /** The changes, and where the line of each begins. */
    readonly placed: Iterable<readonly [Change, number]>;
    readonly erases?: undefined;
    readonly size: number;
  };

export class StreamedFile {
  readonly #window: LineWindow;
  readonly #kinds: Kinds;
  /** Single lines, also after the file was closed. */
  readonly #single: LinesAt;

  private constructor(window: LineWindow, kinds: Kinds, single: LinesAt) {
    this.#window = window;
    this.#kinds = kinds;
    this.#single = single;
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
    return new StreamedFile(window, kinds, new LinesAt(io, path));
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
          placed: { [Symbol.iterator]: () => this.#placed(each) },
          changeAt: (offset: number) => this.#changeAt(offset, each),
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
    for (const [line] of this.#lines(found)) if (!changeIn(this.#kinds, line, found.head.seq)) return false;
    return true;
  }

  *#changes(found: FoundTransaction): Generator<Change> {
    for (const [change] of this.#placed(found)) yield change;
  }

  *#placed(found: FoundTransaction): Generator<readonly [Change, number]> {
    for (const [line, at] of this.#lines(found)) yield [changeIn(this.#kinds, line, found.head.seq)!, at];
  }

  #changeAt(offset: number, { head }: FoundTransaction): Change {
    const change = changeIn(this.#kinds, this.#single.line(offset), head.seq);
    return change ?? this.#single.fail();
  }

  *#lines({ begin, end }: FoundTransaction): Generator<readonly [string, number]> {
    let from = begin;
    for (const piece of this.#window.pieces(begin, end)) {
      for (let at = 0; at < piece.length; ) {
        const next = piece.indexOf(NEWLINE, at);
        yield [piece.toString('utf8', at, next), from + at];
        at = next + 1;
      }
      from += piece.length;
    }
  }
}

/** Single lines of a file, mostly one after the other. The file is open only while it is read. */
class LinesAt {
  readonly #io: Io;
  readonly #path: string;
  #bytes = Buffer.alloc(0);
  /** The place of the bytes in the file, and how many of them are read. */
  #from = 0;
  #length = 0;

  constructor(io: Io, path: string) {
    this.#io = io;
    this.#path = path;
  }

  /** Returns the line that begins at a byte. FAILED if the file is not there any more. */
  line(offset: number): string {
    const begin = offset - this.#from;
    const end = begin >= 0 && begin < this.#length ? this.#bytes.indexOf(NEWLINE, begin) : -1;
    if (end >= 0 && end < this.#length) return this.#bytes.toString('utf8', begin, end);
    for (let size = Math.max(SINGLE, this.#bytes.length); ; size *= 2) {
      const isAll = this.#read(offset, size);
      const stop = this.#bytes.indexOf(NEWLINE);
      if (stop >= 0 && stop < this.#length) return this.#bytes.toString('utf8', 0, stop);
      if (isAll) return this.fail();
    }
  }

  /** Reads what begins at a byte; returns whether that is the rest of the file. */
  #read(offset: number, size: number): boolean {
    let fd: number;
    try {
      fd = openRegular(this.#io, this.#path);
    } catch (error) {
      if (codeOf(error) === undefined && !(error instanceof NotOurs)) throw error;
      return this.fail();
    }
    try {
      const rest = Math.max(0, this.#io.fstatSync(fd).size - offset);
      if (this.#bytes.length < size) this.#bytes = Buffer.alloc(size);
      this.#from = offset;
      this.#length = Math.min(rest, size);
      readInto(this.#io, fd, this.#bytes.subarray(0, this.#length), offset);
      return rest <= size;
    } finally {
      this.#io.closeSync(fd);
    }
  }

  fail(): never {
    throw new ChangedMeanwhile(this.#path);
  }
}
