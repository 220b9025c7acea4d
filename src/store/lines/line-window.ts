/**
 * Reads a file of the journal as lines in a reused window of memory. Only the requested lines are parsed, and touching new
 * memory costs more than reading a file twice (4 ms of CPU for each MB, beside 50 ms for an idle Node).
 */
import { COMMIT_LINE } from './commit-line.ts';
import { headIn, type Unhashed, wholeHead } from './encoding.ts';
import { type Io, openRegular } from '../disk/io.ts';
import { Sha256 } from '../disk/sha256.ts';
import { readInto, readRange } from '../disk/read-range.ts';

/** The bytes in memory at once; more only if a single line is longer. */
export const WINDOW = 1 << 18;
const NEWLINE = 10;
/** The beginning of a commit line, and of no other line that crm writes. */
const COMMIT = Buffer.from('{"seq":');
const NEXT_COMMIT = Buffer.from('\n{"seq":');

/** A transaction in a file: its commit line, and where the lines of its changes begin and end. */
export interface FoundTransaction {
  readonly head: Unhashed & { readonly hash: string };
  readonly begin: number;
  readonly end: number;
  /** Where its commit line ends. */
  readonly next: number;
  /** The parts of its lines that are wanted, if not all are. */
  readonly parts?: readonly Stretch[];
}

/** Bytes of a file, which begin and end with a line. */
type Stretch = Pick<FoundTransaction, 'begin' | 'end'>;

/** What a reader of the journal knows of a transaction before it is read. */
export interface Known {
  readonly hash: string;
  /** The bytes of all its lines. */
  readonly size: number;
  /** The lines that are wanted: pairs of a first byte and the byte after the last one, counted from its first line. */
  readonly others: readonly number[];
}

export class LineWindow {
  readonly #io: Io;
  #bytes = Buffer.allocUnsafeSlow(WINDOW);
  #fd: number | undefined;
  #size = 0;
  /** The window's position in the file, and how many bytes of whole lines it has. */
  #from = 0;
  #length = 0;

  constructor(io: Io) {
    this.#io = io;
  }

  open(path: string): void {
    const fd = openRegular(this.#io, path);
    this.use(fd, this.#io.fstatSync(fd).size);
  }

  /** Reads a file of this size that is open already. */
  use(fd: number, size: number): void {
    this.#fd = fd;
    this.#size = size;
    this.#length = 0;
  }

  close(): void {
    if (this.#fd !== undefined) this.#io.closeSync(this.#fd);
    this.#fd = undefined;
  }

  /** Returns the whole lines in the window from `at` on, the beginning of a line; none if a line does not end. */
  #lines(at: number): Buffer {
    if (at >= this.#from && at < this.#from + this.#length)
      return this.#bytes.subarray(at - this.#from, this.#length);
    for (;;) {
      const wanted = Math.min(this.#bytes.length, this.#size - at);
      readInto(this.#io, this.#fd!, this.#bytes.subarray(0, wanted), at);
      this.#from = at;
      this.#length = wanted === 0 ? 0 : this.#bytes.lastIndexOf(NEWLINE, wanted - 1) + 1;
      if (this.#length > 0 || at + wanted === this.#size) return this.#bytes.subarray(0, this.#length);
      this.#bytes = Buffer.allocUnsafeSlow(2 * this.#bytes.length);
    }
  }

  /**
   * Yields the file, or the lines from `from` up to `to` in it, as whole lines, some at a time, each in the same memory; what
   * is left of a line that is cut comes last.
   */
  *pieces(from = 0, to = this.#size): Generator<Buffer> {
    for (let at = from; at < to; ) {
      const lines = this.#lines(at);
      const piece = lines.length > 0 ? lines : this.#bytes.subarray(0, this.#size - at);
      yield at + piece.length > to ? piece.subarray(0, to - at) : piece;
      at += piece.length;
    }
  }

  /**
   * Returns the transactions of the file; undefined if one is not in the form in which crm writes them, or has a wrong hash.
   * Of a transaction that is `known`, by its place in the file, only the commit line is read; its hash is not checked again. A
   * file that should have a single one is not searched for commit lines, unless it has something else.
   */
  transactions(
    isSingle = false,
    known?: (place: number) => Known | undefined,
  ): FoundTransaction[] | undefined {
    const single = isSingle && this.#size > WINDOW && !known?.(0) ? this.#single() : undefined;
    if (single) return [single];
    const found: FoundTransaction[] = [];
    for (let begin = 0; begin < this.#size; begin = found.at(-1)!.next) {
      const one = this.#byCommitLine(begin, known?.(found.length)) ?? this.#whole(begin);
      if (!one) return undefined;
      found.push(one);
    }
    return found;
  }

  /** Returns the transaction that begins at `begin`; undefined if its form is unusual or its hash is wrong. */
  #whole(begin: number): FoundTransaction | undefined {
    const digest = new Sha256();
    for (let at = begin; at < this.#size; ) {
      const lines = this.#lines(at);
      if (lines.length === 0) return undefined;
      const end = nextCommit(lines, 0);
      digest.update(lines.subarray(0, end));
      if (end < lines.length) {
        const next = lines.indexOf(NEWLINE, end) + 1;
        const head = wholeHead(lines.toString('utf8', end, next), digest);
        return head && { head, begin, end: at + end, next: at + next };
      }
      at += lines.length;
    }
    return undefined;
  }

  /** Returns the transaction whose lines are all of the file; undefined for any other file. */
  #single(): FoundTransaction | undefined {
    const commit = this.#commitLine(0, this.#size);
    if (!commit) return undefined;
    const digest = new Sha256();
    for (const lines of this.pieces(0, commit.begin)) digest.update(lines);
    const head = wholeHead(commit.text, digest);
    return head && { head, begin: 0, end: commit.begin, next: this.#size };
  }

  /** Returns the transaction at `begin` by its commit line alone; undefined if it is not the known one. */
  #byCommitLine(begin: number, known: Known | undefined): FoundTransaction | undefined {
    const next = begin + (known?.size ?? 0);
    if (!known || next > this.#size) return undefined;
    const commit = this.#commitLine(begin, next);
    const head = commit && headIn(commit.text);
    if (head?.hash !== known.hash) return undefined;
    const { others } = known;
    const parts: Stretch[] = [];
    for (let i = 0; i < others.length; i += 2)
      parts.push({ begin: begin + others[i]!, end: begin + others[i + 1]! });
    return { head, begin, end: commit!.begin, next, parts };
  }

  /** Returns the last line of the bytes from `from` to `to` if it is a commit line; otherwise undefined. */
  #commitLine(from: number, to: number): { readonly begin: number; readonly text: string } | undefined {
    const last = this.bytes(Math.max(from, to - COMMIT_LINE), to);
    const begin = last.lastIndexOf(NEXT_COMMIT) + 1;
    if (begin === 0 || last.indexOf(NEWLINE, begin) !== last.length - 1) return undefined;
    return { begin: to - (last.length - begin), text: last.toString('utf8', begin) };
  }

  /**
   * Yields where the transactions begin and end of which `isWanted` says so, asked with whole lines of one transaction at a
   * time. Hashes are not checked. The last one is cut if the file ends without a commit line.
   */
  *transactionsWith(isWanted: (lines: Buffer) => boolean): Generator<{ begin: number; end: number }> {
    let [begin, at, isFound] = [0, 0, false];
    for (const lines of this.pieces()) {
      const mayBeHere = isWanted(lines);
      for (let from = 0; from < lines.length; ) {
        const commit = nextCommit(lines, from);
        isFound ||= mayBeHere && isWanted(lines.subarray(from, commit));
        if (commit === lines.length) break;
        from = lines.indexOf(NEWLINE, commit) + 1 || lines.length;
        if (isFound) yield { begin, end: at + from };
        [begin, isFound] = [at + from, false];
      }
      at += lines.length;
    }
    if (isFound) yield { begin, end: at };
  }

  /** Returns a part of the file in memory of its own. */
  bytes(begin: number, end: number): Buffer {
    return readRange(this.#io, this.#fd!, begin, end);
  }

  /** Calls `take` with the lines of a transaction's changes, piece by piece: the bytes, and where the lines end in them. */
  linesOf({ begin, end }: Stretch, take: (bytes: Buffer, end: number) => void): void {
    for (let at = begin; at < end; ) {
      const lines = this.#lines(at);
      const length = Math.min(lines.length, end - at);
      take(lines, length);
      at += length;
    }
  }
}

/** Returns where the next commit line begins, from the beginning of a line on; the end of the lines if there is none. */
export function nextCommit(lines: Buffer, from: number): number {
  if (lines.subarray(from, from + COMMIT.length).equals(COMMIT)) return from;
  const before = lines.indexOf(NEXT_COMMIT, from);
  return before < 0 ? lines.length : before + 1;
}
