/**
 * How many deals there are and what they are worth, by key: exact sums of columns, which totals, lists and reports all
 * take from here. What is weighted or converted is rounded for each deal, half to even, so that parts add up to their
 * total.
 */
import { type Factor, factorOf, multiplied, times } from '../../domain/rounding.ts';
import { type Chances, chancesIn } from '../../query/probability.ts';
import type { CodeColumn } from '../../state/columns/column.ts';
import { type Valued, valuesInMinorUnits } from '../../state/exact-sum.ts';
import type { State } from '../../state/state.ts';
import type { Block } from '../../state/table.ts';
import type { Rates } from './rates.ts';

/** What of deals is counted, and in which currency. */
export interface Amounts {
  /** The currencies in which there are amounts, by code. */
  readonly currencies: readonly string[];
  currency(row: number): number;
  /** Minor units. */
  value(row: number): number | bigint;
  /** Minor units; undefined where it is not known how probable the deal is. */
  weighted(row: number): number | bigint | undefined;
}

/** The amounts of deals, or of invoices, each in its own currency. */
export function ownAmounts(
  state: State,
  chances: Chances = chancesIn(state),
  kind: Valued = 'deal',
): Amounts {
  const currency = state.table(kind).column('currency') as CodeColumn;
  const value = valuesInMinorUnits(state, kind);
  return {
    currencies: currency.words,
    currency: row => currency.get(row),
    value,
    weighted: row => {
      const chance = chances(row);
      return chance && multiplied(value(row), chance);
    },
  };
}

/** The amounts of deals in one currency, by the rates of a day (its number) of each deal. */
export function convertedAmounts(
  state: State,
  rates: Rates,
  dayOf: (row: number) => number,
  chances: Chances = chancesIn(state),
  kind: Valued = 'deal',
): Amounts {
  const currency = state.table(kind).column('currency') as CodeColumn;
  const value = valuesInMinorUnits(state, kind);
  const rateOf = (row: number) => rates.factor(currency.words[currency.get(row)]!, dayOf(row));
  const products = new Map<Factor, Map<Factor, Factor>>();
  const product = (a: Factor, b: Factor): Factor => {
    let of = products.get(a);
    if (!of) products.set(a, (of = new Map()));
    let known = of.get(b);
    if (!known) of.set(b, (known = factorOf(times(a.exact, b.exact))));
    return known;
  };
  return {
    currencies: [rates.target],
    currency: () => 0,
    value: row => multiplied(value(row), rateOf(row)),
    weighted: row => {
      const chance = chances(row);
      // Both at once, because only the result is rounded.
      return chance && multiplied(value(row), product(rateOf(row), chance));
    },
  };
}

/** Deals of one key and currency. */
export interface Tally {
  readonly deals: number;
  /** Minor units. */
  readonly value: bigint;
  /** Minor units, of those deals of which it is known how probable they are. */
  readonly weighted: bigint;
  /** How many of them are not known to be probable to some degree. */
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

/** By which keys deals are counted. */
export interface TallyKeys {
  /** Keys are numbers from 0 on, below this. */
  readonly size: number;
  /** The key of a row; below 0 for a row that counts nowhere. */
  of(row: number): number;
  /** Instead of `of`, where a row may count in several keys. */
  readonly several?: (row: number) => ArrayLike<number>;
}

/** Deals by key, and by currency. */
export class Tallies {
  readonly #amounts: Amounts;
  readonly #counts: Int32Array;
  readonly #unknown: Int32Array;
  readonly #values: Sums;
  readonly #weighted: Sums;
  readonly #width: number;

  constructor(blocks: Iterable<Block>, keys: TallyKeys, amounts: Amounts) {
    this.#amounts = amounts;
    this.#width = amounts.currencies.length;
    const size = keys.size * this.#width;
    this.#counts = new Int32Array(size);
    this.#unknown = new Int32Array(size);
    this.#values = new Sums(size);
    this.#weighted = new Sums(size);
    for (const block of blocks)
      if (keys.several) this.#addSeveral(block, keys.several);
      else this.#addBlock(block, keys);
  }

  #addBlock({ among, from }: Block, keys: TallyKeys): void {
    for (let i = 0; i < among.length; i++) {
      if (among[i] === 0) continue;
      const key = keys.of(from + i);
      if (key >= 0) this.#add(key, from + i);
    }
  }

  #addSeveral({ among, from }: Block, several: (row: number) => ArrayLike<number>): void {
    for (let i = 0; i < among.length; i++) {
      if (among[i] === 0) continue;
      const all = several(from + i);
      for (let k = 0; k < all.length; k++) this.#add(all[k]!, from + i);
    }
  }

  #add(key: number, row: number): void {
    const at = key * this.#width + this.#amounts.currency(row);
    this.#counts[at]!++;
    this.#values.add(at, this.#amounts.value(row));
    const weighted = this.#amounts.weighted(row);
    if (weighted === undefined) this.#unknown[at]!++;
    else this.#weighted.add(at, weighted);
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
}

/** Sums of whole numbers by place, exact however large they become. */
class Sums {
  readonly #small: Float64Array;
  #large: Map<number, bigint> | undefined;

  constructor(size: number) {
    this.#small = new Float64Array(size);
  }

  add(at: number, units: number | bigint): void {
    if (typeof units === 'number' && units < HALF && this.#small[at]! < HALF) this.#small[at]! += units;
    else {
      this.#large ??= new Map();
      this.#large.set(at, (this.#large.get(at) ?? 0n) + BigInt(units));
    }
  }

  of(at: number): bigint {
    return BigInt(this.#small[at]!) + (this.#large?.get(at) ?? 0n);
  }
}

/** Two numbers below this add up to a safe integer. */
const HALF = 2 ** 52;
