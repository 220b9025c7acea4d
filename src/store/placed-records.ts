/**
 * Records whose changes lie in large transactions, by their ids: kept is where the line of each change begins, and the record
 * is read again from there whenever somebody asks for it. So a record takes some 16 bytes, however many a transaction has.
 *
 *     last:   by number of the id, its last change     D1 D2 D3
 *                                                       2  3  -
 *     place:  by change, transaction and byte          0:0  0:310  1:0    (D1 added, D2 added, D1 set)
 *     prev:   by change, the one before it              -     -     0
 */
import { applyChange, type Change } from '../domain/changes.ts';
import { numberOf } from '../domain/kinds.ts';
import type { Rec } from '../domain/records.ts';

/** A transaction whose changes can be read again. */
export interface Rereadable {
  readonly at: string;
  /** Returns the change whose line begins at a byte of the file. */
  changeAt(offset: number): Change;
}

/** Bytes of a file, at most: a place is a transaction times this, and the byte. */
const BYTES = 2 ** 40;
/** The highest number of an id that has a place in an array: it has room for as many numbers. */
const MOST = 2 ** 24;
/** The most changes of which a record is made when it is asked for. */
const LONGEST = 16;
const ROOM = 1024;

export class PlacedRecords {
  /** The letter of the ids. */
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

  /** Notes that a record was added; returns whether it has a place: its number may be too high. */
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

  /** Notes that a record was changed; returns false if it has no place, or has changed too often. */
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

  /** Returns the places of the changes up to one, the first one first. */
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

  /** Returns whether there was such a record. */
  delete(id: string): boolean {
    if (!this.has(id)) return false;
    this.#last[numberOf(id)] = 0;
    this.#size--;
    return true;
  }

  /** Yields the ids in order of their numbers. */
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
