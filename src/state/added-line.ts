/**
 * Keeps added records as the lines of the journal. An import adds a million and looks at few of them again: a line
 * takes a fraction of the memory of an object, is encoded once for journal and snapshot, and is parsed on demand.
 */
import type { AddChange, Line, Why } from '../domain/changes.ts';
import type { Kind, KindIdentity } from '../domain/kinds.ts';
import type { KindDefinition } from '../kinds/define.ts';
import type { Rec } from '../domain/records.ts';
import type { LineCutter, SharedValues } from './shared-values.ts';

const BEFORE = '{"add":';
const AFTER = '}\n';

/** Memory that lines share. */
interface Piece {
  readonly bytes: Buffer;
  /**
   * The line that was written last, with its record: the code that follows an addition asks for that record at once.
   */
  last: { readonly line: AddedLine; readonly record: Rec } | undefined;
}

/** A change that is kept as its line alone: `{"add":{...},"why":{...}}`. */
export class AddedLine implements AddChange, Line {
  readonly #identity: KindIdentity;
  readonly number: number;
  readonly #piece: Piece;
  /** Where in `bytes` the line begins, its record ends, and the line ends, with its line end. */
  readonly start: number;
  readonly recordEnd: number;
  readonly end: number;
  readonly hasTimes: boolean;

  constructor(
    identity: KindIdentity,
    number: number,
    piece: Piece,
    [start, recordEnd, end]: readonly [number, number, number],
    hasTimes: boolean,
  ) {
    this.#identity = identity;
    this.number = number;
    this.#piece = piece;
    this.start = start;
    this.recordEnd = recordEnd;
    this.end = end;
    this.hasTimes = hasTimes;
  }

  get kind(): Kind {
    return this.#identity.name;
  }

  get id(): string {
    return this.#identity.letter + this.number;
  }

  get line(): this {
    return this;
  }

  get bytes(): Buffer {
    return this.#piece.bytes;
  }

  /** Parsed at each call, unless it is the last line that was written. */
  get add(): Rec {
    const { last } = this.#piece;
    if (last?.line === this) return last.record;
    return JSON.parse(this.bytes.toString('utf8', this.start + BEFORE.length, this.recordEnd)) as Rec;
  }

  get why(): Why | undefined {
    return this.toJSON().why;
  }

  toJSON(): Pick<AddChange, 'add' | 'why'> {
    return JSON.parse(this.bytes.toString('utf8', this.start, this.end)) as Pick<AddChange, 'add' | 'why'>;
  }

  /** Returns the length in bytes of the part of the line that a snapshot copies; `endOfRecord` is the rest. */
  get recordSize(): number {
    return this.recordEnd - 1 - this.start - BEFORE.length;
  }

  /** Copies the record without its closing brace, or as `cutter` leaves it; returns where the copy ends. */
  copyRecord(into: Buffer, at: number, cutter?: LineCutter): number {
    const [from, to] = [this.start + BEFORE.length, this.recordEnd - 1];
    return cutter ? cutter.copy(this.bytes, from, to, into, at) : at + this.bytes.copy(into, at, from, to);
  }
}

/**
 * Returns the times of a new record that are not in its line: they follow from the time of the addition, as in
 * `applyChange`.
 */
export const timesOf = ({ times = [] }: KindDefinition, at: string): Omit<Rec, 'id'> => ({
  createdAt: at,
  updatedAt: at,
  ...Object.fromEntries(times.map(name => [name, at])),
});

/**
 * The end of a line in a snapshot: the times that follow from the addition, which its journal's line does not have, null for
 * what its record lacks and most records have, and the line end.
 */
class EndOfRecord {
  /** The number of bytes of the longest one. */
  readonly longest: number;
  readonly #times: string;
  /** The shared fields that a record may lack, each with its bit. */
  readonly #others: readonly { readonly bit: number; readonly text: string }[];
  readonly #made = new Map<number, Buffer>();

  constructor(times: Readonly<Record<string, unknown>>, shared: SharedValues = {}) {
    const textOf = (field: string, value: unknown) => `,${JSON.stringify(field)}:${JSON.stringify(value)}`;
    this.#times = Object.entries(times)
      .filter(([field, at]) => shared[field] !== at)
      .map(([field, at]) => textOf(field, at))
      .join('');
    this.#others = Object.keys(shared).flatMap((field, i) =>
      field in times ? [] : [{ bit: 1 << i, text: textOf(field, null) }],
    );
    this.longest = this.after(0).length;
  }

  /** Returns the end for a record that has these shared fields itself: see `LineCutter.found`. */
  after(found: number): Buffer {
    let end = this.#made.get(found);
    if (!end) {
      const nulls = this.#others.filter(({ bit }) => (found & bit) === 0).map(({ text }) => text);
      this.#made.set(found, (end = Buffer.from(`${this.#times}${nulls.join('')}}\n`)));
    }
    return end;
  }
}

/** The ends of lines in a snapshot. */
export interface EndsOfRecords {
  readonly usual: EndOfRecord;
  /** For a record with a creation time of its own. */
  readonly timed: EndOfRecord;
}

/** Returns the ends of the lines of records that were added at `at`. */
export const endsOfRecords = (
  definition: KindDefinition,
  at: string,
  shared?: SharedValues,
): EndsOfRecords => ({
  usual: new EndOfRecord(timesOf(definition, at), shared),
  timed: new EndOfRecord({ updatedAt: at }, shared),
});

/** Lines are put into pieces of memory of this size, in bytes, unless one is longer. */
const PIECE = 1 << 21;
/** The most bytes that a UTF-16 unit takes. */
const WIDEST = 3;

/** Writes added records as lines, one after the other. */
export class AddedLines {
  #piece: Piece = { bytes: Buffer.alloc(0), last: undefined };
  #length = 0;

  /** A record with a creation time of its own has all times but `updatedAt`. */
  add(identity: KindIdentity, number: number, record: Rec, why: Why | undefined): AddedLine {
    const text = JSON.stringify(record);
    const rest = why ? `,"why":${JSON.stringify(why)}${AFTER}` : AFTER;
    const most = WIDEST * (BEFORE.length + text.length + rest.length);
    if (this.#length + most > this.#piece.bytes.length) {
      this.#piece = { bytes: Buffer.allocUnsafeSlow(Math.max(PIECE, most)), last: undefined };
      this.#length = 0;
    }
    const start = this.#length;
    this.#length += this.#piece.bytes.write(BEFORE + text + rest, start);
    const recordEnd = this.#length - Buffer.byteLength(rest);
    const line = new AddedLine(
      identity,
      number,
      this.#piece,
      [start, recordEnd, this.#length],
      record.createdAt !== undefined,
    );
    this.#piece.last = { line, record };
    return line;
  }
}
