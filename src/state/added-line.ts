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

/** A change that is kept as its line alone: `{"add":{...},"why":{...}}`. A million of them live at once, so each is small. */
export class AddedLine implements AddChange, Line {
  readonly #identity: KindIdentity;
  readonly number: number;
  readonly #piece: Piece;
  /** Its place among the lines of its piece. */
  readonly #place: number;

  constructor(identity: KindIdentity, number: number, piece: Piece, place: number) {
    this.#identity = identity;
    this.number = number;
    this.#piece = piece;
    this.#place = place;
  }

  get hasTimes(): boolean {
    return this.#piece.hasTimes(this.#place);
  }

  /** Where the line begins in `bytes`. */
  get start(): number {
    return this.#piece.endOf(this.#place - 1);
  }

  /** Where the line ends in `bytes`, its line end included. */
  get end(): number {
    return this.#piece.endOf(this.#place);
  }

  /** Where the record ends in `bytes`. */
  get recordEnd(): number {
    return this.end - this.#piece.restOf(this.#place);
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

  /**
   * Copies the record without its closing brace, or as `cutter` leaves it, to be followed by `ending`; returns where the copy ends.
   */
  copyRecord(into: Buffer, at: number, ending: EndOfRecord, cutter?: LineCutter): number {
    const [from, to] = [this.start + BEFORE.length, this.recordEnd - 1];
    return cutter
      ? cutter.copy(this.bytes, from, to, into, at, ending.others)
      : at + this.bytes.copy(into, at, from, to);
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
  /** The shared fields that are not among its times, which only the record can have, as bits: see `LineCutter.found`. */
  readonly others: number;
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
    this.others = this.#others.reduce((bits, { bit }) => bits | bit, 0);
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
/** The UTF-16 units that wait before they are encoded: together they cost a fraction of what each line costs alone. */
const UNITS_AT_ONCE = 16 * 1024;
/** The number of lines for which a piece has room at first. */
const LINES = 8192;
const LINE_END = 10;

/**
 * Memory in which lines lie one after the other. The last lines wait as text until they are many, or until one of them is
 * asked where it lies.
 */
class Piece {
  readonly #bytes: Buffer;
  /** By line: where it ends, its line end included; for lines that wait, in UTF-16 units. */
  #ends = new Int32Array(LINES);
  /** By line: twice the bytes after its record, plus 1 if the record has a creation time of its own. */
  #rests = new Int32Array(LINES);
  #lines = 0;
  #waiting = '';
  /** The number of lines that are encoded, and where they end. */
  #encoded = 0;
  #length = 0;
  /**
   * The line that was added last, with its record: the code that follows an addition asks for that record at once.
   */
  last: { readonly line: AddedLine; readonly record: Rec } | undefined;

  constructor(size: number) {
    this.#bytes = Buffer.allocUnsafeSlow(size);
  }

  /** Whether a line of this many UTF-16 units fits. */
  hasRoomFor(units: number): boolean {
    return this.#length + WIDEST * (this.#waiting.length + units) <= this.#bytes.length;
  }

  /** Adds a line, of which `rest` bytes come after its record; returns its place. */
  add(line: string, rest: number, hasTimes: boolean): number {
    const place = this.#lines++;
    if (place === this.#ends.length) {
      this.#ends = doubled(this.#ends);
      this.#rests = doubled(this.#rests);
    }
    this.#waiting += line;
    this.#ends[place] = this.#length + this.#waiting.length;
    this.#rests[place] = 2 * rest + (hasTimes ? 1 : 0);
    if (this.#waiting.length > UNITS_AT_ONCE) this.#encode();
    return place;
  }

  #encode(): void {
    const from = this.#length;
    const units = this.#waiting.length;
    const size = this.#bytes.write(this.#waiting, from);
    this.#waiting = '';
    this.#length += size;
    // If the sizes are equal, each unit is a byte, and the ends hold as they are.
    if (size !== units)
      for (let at = from; this.#encoded < this.#lines; this.#encoded++)
        this.#ends[this.#encoded] = at = this.#bytes.indexOf(LINE_END, at) + 1;
    this.#encoded = this.#lines;
  }

  get bytes(): Buffer {
    if (this.#encoded < this.#lines) this.#encode();
    return this.#bytes;
  }

  /** Returns where a line ends; 0 for the place before the first. */
  endOf(place: number): number {
    if (place >= this.#encoded) this.#encode();
    return place < 0 ? 0 : this.#ends[place]!;
  }

  restOf(place: number): number {
    return this.#rests[place]! >> 1;
  }

  hasTimes(place: number): boolean {
    return (this.#rests[place]! & 1) === 1;
  }
}

function doubled(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
}

/**
 * Returns the rest of a line after its record, if `why` is what nearly all rows of an import have: nothing, a line number, or
 * a line number and an unknown creation. It is ASCII. Undefined for any other `why`.
 */
function restOfRow(why: Why | undefined): string | undefined {
  if (!why) return AFTER;
  let keys = '';
  for (const key in why) keys += `${key} `;
  if (!Number.isInteger(why.line)) return undefined;
  if (keys === 'line ') return `,"why":{"line":${why.line}}${AFTER}`;
  if (keys !== 'line creation ' || why.creation !== 'unknown') return undefined;
  return `,"why":{"line":${why.line},"creation":"unknown"}${AFTER}`;
}

/** Writes added records as lines, one after the other. */
export class AddedLines {
  #piece: Piece | undefined;

  /** A record with a creation time of its own has all times but `updatedAt`. */
  add(identity: KindIdentity, number: number, record: Rec, why: Why | undefined): AddedLine {
    const known = restOfRow(why);
    const rest = known ?? `,"why":${JSON.stringify(why)}${AFTER}`;
    const text = BEFORE + JSON.stringify(record) + rest;
    if (!this.#piece?.hasRoomFor(text.length)) this.#piece = new Piece(Math.max(PIECE, WIDEST * text.length));
    const piece = this.#piece;
    const place = piece.add(text, known?.length ?? Buffer.byteLength(rest), record.createdAt !== undefined);
    const line = new AddedLine(identity, number, piece, place);
    piece.last = { line, record };
    return line;
  }
}
