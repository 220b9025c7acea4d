/**
 * Counts and sums deals by key: exact sums of columns for totals, lists, boards and reports. Weighted or converted
 * values are rounded for each deal, half to even, so that parts add up to their total.
 */
import type { CodeColumn } from '../../state/columns/column.ts';
import { BLOCK, type Block } from '../../state/table.ts';
import { type Amounts, roomForWorth, type Worth } from './amounts.ts';
import { fillCodes, keysOfRows, type RowKeys, rowsOf } from './rows.ts';

/** Deals of one key and currency. */
export interface Tally {
  readonly deals: number;
  /** Minor units. */
  readonly value: bigint;
  /** Minor units, of the deals with a known probability. */
  readonly weighted: bigint;
  /** The number of deals without a known probability. */
  readonly noProbability: number;
}

export const NOTHING: Tally = { deals: 0, value: 0n, weighted: 0n, noProbability: 0 };

export const sumOf = (tallies: readonly Tally[]): Tally =>
  tallies.reduce(
    (sum, each) => ({
      deals: sum.deals + each.deals,
      value: sum.value + each.value,
      weighted: sum.weighted + each.weighted,
      noProbability: sum.noProbability + each.noProbability,
    }),
    NOTHING,
  );

/** Returns a sum with a tally added or subtracted. */
export const plus = (sum: Tally, tally: Tally, sign: 1 | -1): Tally => ({
  deals: sum.deals + sign * tally.deals,
  value: sum.value + BigInt(sign) * tally.value,
  weighted: sum.weighted + BigInt(sign) * tally.weighted,
  noProbability: sum.noProbability + sign * tally.noProbability,
});

/** By which keys deals are counted. */
export interface TallyKeys extends RowKeys {
  /** Used instead of `of` if a row may count under several keys. */
  readonly several?: (row: number) => readonly number[];
}

/** The rows of each code of a column, one more because it may be -1. */
export const byCodeOf = (column: CodeColumn): TallyKeys => ({
  size: column.words.length + 1,
  of: row => column.get(row) + 1,
  fill: (keys, rows) => fillCodes(keys, rows, column, 1),
});

/** All rows under one key. */
export const WHOLE: TallyKeys = { size: 1, of: () => 0, fill: keys => keys.fill(0) };

/** Deals by key, and by currency. */
export class Tallies {
  readonly #amounts: Amounts;
  readonly #size: number;
  readonly #width: number;
  readonly #counts: Int32Array;
  readonly #unknown: Int32Array;
  readonly #values: Sums;
  readonly #weighted: Sums;

  constructor(blocks: Iterable<Block>, keys: TallyKeys, amounts: Amounts) {
    this.#amounts = amounts;
    this.#width = amounts.currencies.length;
    this.#size = keys.size;
    // The last place takes the rows that count nowhere.
    const places = keys.size * this.#width + 1;
    this.#counts = new Int32Array(places);
    this.#unknown = new Int32Array(places);
    this.#values = new Sums(places);
    this.#weighted = new Sums(places);
    const worth = roomForWorth();
    const room = new Int32Array(BLOCK);
    for (const rows of rowsOf(blocks)) {
      amounts.fill(worth, rows);
      if (keys.several) this.#addSeveral(rows, worth, keys.several);
      else {
        const its = keysOfRows(keys, room, rows);
        toPlaces(its, worth.currency, this.#width, places - 1);
        this.#add(its, rows, worth);
      }
    }
  }

  #addSeveral(rows: Int32Array, worth: Worth, several: (row: number) => readonly number[]): void {
    const one = roomForWorth();
    const [place, only] = [new Int32Array(1), new Int32Array(1)];
    for (let i = 0; i < rows.length; i++) {
      only[0] = rows[i]!;
      one.units[0] = worth.units[i]!;
      one.weighted[0] = worth.weighted[i]!;
      const all = several(rows[i]!);
      for (let k = 0; k < all.length; k++) {
        place[0] = all[k]! * this.#width + worth.currency[i]!;
        this.#add(place, only, one);
      }
    }
  }

  #add(places: Int32Array, rows: Int32Array, { units, weighted }: Worth): void {
    countPlaces(places, this.#counts);
    this.#values.add(places, units, i => this.#amounts.value(rows[i]!));
    if (!this.#amounts.weighs) return;
    countUnknown(places, weighted, this.#unknown);
    this.#weighted.add(places, weighted, i => this.#amounts.weighted(rows[i]!) ?? 0);
  }

  /** The currencies, by code. */
  get currencies(): readonly string[] {
    return this.#amounts.currencies;
  }

  /** Returns the deals of a key in a currency, by its code. */
  of(key: number, currency: number): Tally {
    const at = key * this.#width + currency;
    if (this.#counts[at] === 0) return NOTHING;
    return {
      deals: this.#counts[at]!,
      value: this.#values.of(at),
      weighted: this.#weighted.of(at),
      noProbability: this.#unknown[at]!,
    };
  }

  /** Returns how many deals a key has in a currency. */
  count(key: number, currency: number): number {
    return this.#counts[key * this.#width + currency]!;
  }

  /** Returns the deals of all keys in a currency: a deal under several keys counts under each. */
  all(currency: number): Tally {
    const met: Tally[] = [];
    for (let key = 0; key < this.#size; key++)
      if (this.count(key, currency) > 0) met.push(this.of(key, currency));
    return sumOf(met);
  }
}

function toPlaces(keys: Int32Array, currency: Int32Array, width: number, nowhere: number): void {
  for (let i = 0; i < keys.length; i++) keys[i] = keys[i]! < 0 ? nowhere : keys[i]! * width + currency[i]!;
}

function countPlaces(places: Int32Array, counts: Int32Array): void {
  for (let i = 0; i < places.length; i++) counts[places[i]!]!++;
}

function countUnknown(places: Int32Array, weighted: Float64Array, counts: Int32Array): void {
  for (let i = 0; i < places.length; i++) if (Number.isNaN(weighted[i]!)) counts[places[i]!]!++;
}

/** Sums of whole numbers by place, exact however large they become. NaN adds nothing. */
class Sums {
  readonly #small: Float64Array;
  readonly #large = new Map<number, bigint>();

  constructor(size: number) {
    this.#small = new Float64Array(size);
  }

  /** `exactly` says numbers from `HALF` on, by their place in the list. */
  add(places: Int32Array, units: Float64Array, exactly: (i: number) => number | bigint): void {
    const small = this.#small;
    for (let i = 0; i < places.length; i++) {
      const at = places[i]!;
      if (units[i]! < HALF && small[at]! < HALF) small[at]! += units[i]!;
      else if (!Number.isNaN(units[i]!))
        this.#large.set(at, (this.#large.get(at) ?? 0n) + BigInt(exactly(i)));
    }
  }

  of(at: number): bigint {
    return BigInt(this.#small[at]!) + (this.#large.get(at) ?? 0n);
  }
}

/** Below this, a unit is exact, and two numbers add up to a safe integer. */
const HALF = 2 ** 51;
