/** Deals by group and currency: the rows of a report that has one for each of them, and its total. */
import type { Amounts } from '../reading/amounts.ts';
import { appendDigits, keysOfRows, rowsOf } from '../reading/rows.ts';
import { Tallies, type Tally } from '../reading/tally.ts';
import { byCodeUnits } from '../../kinds/field-types.ts';
import { BLOCK, type Block } from '../../state/table.ts';
import type { Group, Grouping } from './grouping.ts';

/** A currency in which there are deals. */
export interface Currency {
  readonly currency: string;
  readonly code: number;
}

export interface Part extends Currency {
  readonly group: Group;
  /** The number of the group and the code of the currency as one: for figures that are counted beside. */
  readonly key: number;
  readonly tally: Tally;
}

export class Grouped {
  readonly grouping: Grouping;
  /** The currencies in which there are deals, in order. */
  readonly currencies: readonly Currency[];
  readonly #blocks: Iterable<Block>;
  readonly #amounts: Amounts;
  readonly #parts: Tallies;
  /** Where a deal may be in several groups, by currency: each once. */
  readonly #whole: Tallies | undefined;

  constructor(blocks: Iterable<Block>, grouping: Grouping, amounts: Amounts) {
    this.#blocks = blocks;
    this.grouping = grouping;
    this.#amounts = amounts;
    this.#parts = new Tallies(blocks, grouping, amounts);
    const { several } = grouping;
    this.#whole =
      several && new Tallies(blocks, { size: 1, of: row => (several(row).length > 0 ? 0 : -1) }, amounts);
    this.currencies = metIn(this.#whole ?? this.#parts, this.#whole ? 1 : grouping.size);
  }

  /** How many keys there are for figures that are counted beside: those of parts, then those of totals. */
  get size(): number {
    return (this.grouping.size + 1) * this.#width;
  }

  get #width(): number {
    return this.#amounts.currencies.length;
  }

  /** Each group with its currencies; one that is always shown has a row though it has no deals. */
  *parts(): Generator<Part> {
    for (const number of this.grouping.order) {
      const met = this.currencies.filter(({ code }) => this.#parts.count(number, code) > 0);
      const isEmpty = met.length === 0;
      const group = isEmpty ? undefined : this.grouping.group(number);
      const shown = this.grouping.always?.(number) ? this.#always(met) : met;
      for (const { currency, code } of shown)
        yield {
          group: group ?? this.grouping.group(number),
          currency,
          code,
          key: number * this.#width + code,
          tally: this.#parts.of(number, code),
        };
    }
  }

  /** The currencies in which a group that is always shown has rows: a period in all, so that none is missing in a line. */
  #always(met: readonly Currency[]): readonly Currency[] {
    if (Object.hasOwn(this.grouping.none, 'period')) return this.currencies;
    return met.length > 0 ? met : this.currencies.slice(0, 1);
  }

  /** All deals by currency; one that is in several groups counts once. */
  *totals(): Generator<Omit<Part, 'group'>> {
    for (const { currency, code } of this.currencies)
      yield {
        currency,
        code,
        key: this.grouping.size * this.#width + code,
        tally: (this.#whole ?? this.#parts).all(code),
      };
  }

  /** Returns the rows of a part's deals. */
  rowsOf({ key }: Part): number[] {
    const found: number[] = [];
    this.visit((keys, _, rows) => {
      for (let i = 0; i < rows.length; i++) if (keys[i] === key) found.push(rows[i]!);
    });
    return found;
  }

  /**
   * Calls `each` with deals, some thousands at a time, and the keys under which they count: those of their groups, and
   * those of totals. A key below 0 counts nowhere.
   */
  visit(each: (keys: Int32Array, totals: Int32Array, rows: Int32Array) => void): void {
    const { grouping } = this;
    const { several } = grouping;
    const [room, roomForTotals, codes] = [
      new Int32Array(BLOCK),
      new Int32Array(BLOCK),
      new Int32Array(BLOCK),
    ];
    for (const rows of rowsOf(this.#blocks)) {
      const currency = keysOfRows(this.#amounts.currency, codes, rows);
      const totals = roomForTotals.subarray(0, rows.length).fill(grouping.size);
      appendDigits(totals, this.#width, currency);
      const call = (keys: Int32Array) => {
        appendDigits(keys, this.#width, currency);
        each(keys, totals, rows);
      };
      if (!several) call(keysOfRows(grouping, room, rows));
      else
        for (let nth = 0, isLast = false; !isLast; nth++) {
          isLast = true;
          const keys = room.subarray(0, rows.length);
          for (let i = 0; i < rows.length; i++) {
            const all = several(rows[i]!);
            keys[i] = all[nth] ?? -1;
            if (all.length > nth + 1) isLast = false;
          }
          call(keys);
          // Each deal counts once in the total.
          totals.fill(-1);
        }
    }
  }
}

/** The currencies in which any of the first N keys have deals, in order. */
function metIn(tallies: Tallies, size: number): Currency[] {
  return tallies.currencies
    .map((currency, code) => ({ currency, code }))
    .filter(({ code }) => {
      for (let key = 0; key < size; key++) if (tallies.count(key, code) > 0) return true;
      return false;
    })
    .sort((a, b) => byCodeUnits(a.currency, b.currency));
}
