/**
 * Keeps records by ID as the places where the lines of their changes begin in large transactions, and reads a record again
 * from there each time that it is asked for. A record with one change takes some 16 bytes.
 *
 *     last:   by number of the id, its last change     D1 D2 D3
 *                                                       2  3  -
 *     place:  by change, transaction and byte          0:0  0:310  1:0    (D1 added, D2 added, D1 set)
 *     prev:   by change, the one before it              -     -     0
 */
import { applyChange, type Change } from '../../domain/changes.ts';
import { numberOf } from '../../domain/kinds.ts';
import type { Rec } from '../../domain/records.ts';

/** A transaction whose changes can be read again. */
export interface Rereadable {
  readonly at: string;
  /** Returns the change whose line begins at a byte of the file. */
  changeAt(offset: number): Change;
}

/** The most bytes of a file: a place is the position of its transaction times this, plus the byte. */
const BYTES = 2 ** 40;
/** IDs with this number or a higher one are not kept here, because the array has room for every number below the highest. */
const MOST = 2 ** 24;
/** The most changes of a record that is kept here: each time that it is asked for, all of them are read. */
const LONGEST = 16;
/** The number of records and of changes for which there is room at first. */
const ROOM = 1024;

export class PlacedRecords {
  /** The letter of the IDs, which are of one kind. */
  #letter = '';
  /** By number: the position of the last change, counted from 1 on; 0 for none. */
  #last = new Int32Array(ROOM);
  #place = new Float64Array(ROOM);
  /** The change before, counted from 1 on. */
  #prev = new Int32Array(ROOM);
  #count = 0;
  #size = 0;
  readonly #transactions: Rereadable[] = [];

  get size(): number {
    return this.#size;
  }

  has(id: string): boolean {
    return this.#lastOf(id) > 0;
  }

  #lastOf(id: string): number {
    return (id[0] === this.#letter && this.#last[numberOf(id)]) || 0;
  }

  /** Notes that a record was added; returns false, and notes nothing, if its number is too high. */
  add(id: string, tx: Rereadable, offset: number): boolean {
    const number = numberOf(id);
    if (!(number < MOST)) return false;
    this.#letter = id[0]!;
    if (number >= this.#last.length)
      this.#last = grown(this.#last, Math.max(2 * this.#last.length, number + 1));
    if (this.#last[number] === 0) this.#size++;
    this.#last[number] = this.#push(tx, offset, 0);
    return true;
  }

  /** Notes that a record was changed; returns false, and notes nothing, if the record is not here or has too many changes. */
  change(id: string, tx: Rereadable, offset: number): boolean {
    const last = this.#lastOf(id);
    if (last === 0 || this.#changesTo(last).length >= LONGEST) return false;
    this.#last[numberOf(id)] = this.#push(tx, offset, last);
    return true;
  }

  #push(tx: Rereadable, offset: number, prev: number): number {
    if (this.#transactions.at(-1) !== tx) this.#transactions.push(tx);
    if (this.#count === this.#place.length) {
      this.#place = grown(this.#place, 2 * this.#count);
      this.#prev = grown(this.#prev, 2 * this.#count);
    }
    this.#place[this.#count] = (this.#transactions.length - 1) * BYTES + offset;
    this.#prev[this.#count] = prev;
    return ++this.#count;
  }

  /** Returns the places of a record's changes up to a given one, oldest first. */
  #changesTo(last: number): number[] {
    const places: number[] = [];
    for (let change = last; change > 0; change = this.#prev[change - 1]!)
      places.unshift(this.#place[change - 1]!);
    return places;
  }

  get(id: string): Rec | undefined {
    let record: Rec | undefined;
    for (const place of this.#changesTo(this.#lastOf(id))) {
      const tx = this.#transactions[Math.floor(place / BYTES)]!;
      record = applyChange(record, tx.changeAt(place % BYTES), tx.at);
    }
    return record;
  }

  /** Removes a record; returns whether it was here. */
  delete(id: string): boolean {
    if (!this.has(id)) return false;
    this.#last[numberOf(id)] = 0;
    this.#size--;
    return true;
  }

  /** Yields the IDs in order of their numbers. */
  *keys(): Generator<string> {
    for (let number = 0; number < this.#last.length; number++)
      if (this.#last[number]! > 0) yield `${this.#letter}${number}`;
  }
}

function grown<T extends Int32Array | Float64Array>(old: T, size: number): T {
  const made = new (old.constructor as new (size: number) => T)(size);
  made.set(old);
  return made;
}
