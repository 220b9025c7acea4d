/**
 * Searches records of all kinds for words: every word must be in a record's texts, keys or tags, or be its id. Works on
 * columns alone, so that it is one pass over bytes for each word and column; records are read when hits are shown.
 */
import { fold } from '../../domain/fold.ts';
import type { Kind } from '../../domain/kinds.ts';
import { definitionOf, definitionsIn } from '../../kinds/define.ts';
import type { CodeColumn, NumberColumn, NumbersColumn } from '../../state/columns/column.ts';
import { needleOf } from '../../state/columns/texts.ts';
import { BLOCK } from '../../state/table.ts';
import type { View } from '../core/view.ts';
import { placesOf, rank } from './search-columns.ts';

/** The rank of a record that does not fit. */
const NONE = 127;

export interface Hit {
  readonly kind: Kind;
  readonly row: number;
  /** One of `rank`. */
  readonly rank: number;
}

export interface SearchOptions {
  /** Left out: all kinds. */
  readonly kinds?: readonly Kind[];
  readonly limit?: number;
  /** Whether only names and keys count, and not the other texts. */
  readonly namesOnly?: boolean;
}

/** Splits what was typed into words; a phrase in double quotes is one. */
export const wordsIn = (args: readonly string[]): string[] =>
  (args.join(' ').match(/"[^"]*"|\S+/g) ?? [])
    .map(word =>
      fold(
        word
          .replace(/^"(.*)"$/s, '$1')
          .replace(/\s+/g, ' ')
          .trim(),
      ),
    )
    .filter(word => word !== '' && word !== '"');

/**
 * Returns the best hits in order, and how many there are: by rank; of one rank open records before closed ones, people and
 * companies before others, the newest first.
 */
export function search(
  view: View,
  words: readonly string[],
  { kinds, limit = Number.POSITIVE_INFINITY, namesOnly = false }: SearchOptions = {},
): { readonly hits: readonly Hit[]; readonly count: number } {
  const searching = new Searching(view, namesOnly, words.length === 1);
  const definitions = [...definitionsIn(view.kinds)].sort(
    (a, b) => Number(b.throughDeals !== undefined) - Number(a.throughDeals !== undefined),
  );
  const open: Hit[][] = [];
  const closed: Hit[][] = [];
  let count = 0;
  for (const { name: kind } of definitions) {
    if (kinds && !kinds.includes(kind)) continue;
    const ranks = searching.ranksOf(kind, words);
    if (ranks) count += collect(view, kind, ranks, open, closed);
  }
  const hits: Hit[] = [];
  for (let its = 0; its < NONE && hits.length < limit; its++)
    for (const each of [open[its], closed[its]]) if (each) hits.push(...each.slice(0, limit - hits.length));
  return { hits, count };
}

/** Adds the hits of a kind to those of each rank, closed ones apart, from the newest on; returns how many there are. */
function collect(view: View, kind: Kind, ranks: Ranks, open: Hit[][], closed: Hit[][]): number {
  const table = view.state.table(kind);
  const isLive = (row: number) => table.live(row) && view.sees(kind, row);
  const isOpen = opennessOf(view, kind);
  let count = 0;
  for (let end = ranks.length; end > 0; end -= BLOCK) {
    const from = Math.max(0, end - BLOCK);
    if (ranks.subarray(from, end).every(isNone)) continue;
    for (let row = end - 1; row >= from; row--) {
      if (ranks[row] === NONE || !isLive(row)) continue;
      count++;
      const its = isOpen(row) ? open : closed;
      (its[ranks[row]!] ??= []).push({ kind, row, rank: ranks[row]! });
    }
  }
  return count;
}

const isNone = (each: number): boolean => each === NONE;

/** Returns whether a row is still open, for kinds with such a state. */
function opennessOf(view: View, kind: Kind): (row: number) => boolean {
  const state = definitionOf(view.kinds, kind).states?.open;
  if (state === undefined || typeof state === 'string' || !('is' in state)) return () => true;
  const column = view.state.table(kind).column(state.field) as CodeColumn;
  const open = column.words.indexOf(state.is);
  return row => column.get(row) === open;
}

type Ranks = Uint8Array;

/** One search: what each word is worth in each row of a kind, worked out when it is asked for. */
class Searching {
  readonly #view: View;
  readonly #namesOnly: boolean;
  /** Whether one word is searched for, so that each column is asked once or twice. */
  readonly #isOnly: boolean;
  readonly #ofWord = new Map<string, Ranks>();

  constructor(view: View, namesOnly: boolean, isOnly: boolean) {
    this.#view = view;
    this.#namesOnly = namesOnly;
    this.#isOnly = isOnly;
  }

  /** Returns the rank of each row of a kind; undefined if it has no rows. */
  ranksOf(kind: Kind, words: readonly string[]): Ranks | undefined {
    const { state } = this.#view;
    if (state.table(kind).rows === 0) return undefined;
    const { isFoundByPeople } = definitionOf(state.kinds, kind);
    // Long words are rare: the others are looked for in the rows that these leave.
    const [first, ...others] = [...words].sort((a, b) => b.length - a.length) as [string, ...string[]];
    const ranksOfWord = (word: string, among?: readonly number[]): Ranks => {
      const own = this.#own(kind, word, among);
      return isFoundByPeople && !this.#namesOnly ? this.#withPeople(kind, word, own) : own;
    };
    if (others.length === 0) return ranksOfWord(first);
    const all = ranksOfWord(first).slice();
    for (const word of others) keepWorse(all, ranksOfWord(word, rowsLeft(all)));
    // A name that is, or begins with, all the words in this order.
    const left = rowsLeft(all);
    if (left?.length !== 0) keepBetter(all, this.#own(kind, words.join(' '), left));
    return all;
  }

  /** Ranks by the record's own texts; of the rows in `among`, if it is given. */
  #own(kind: Kind, word: string, among?: readonly number[]): Ranks {
    const key = `${kind} ${word}`;
    const known = this.#ofWord.get(key);
    if (known) return known;
    const ranks = this.#search(kind, word, among);
    if (!among) this.#ofWord.set(key, ranks);
    return ranks;
  }

  #search(kind: Kind, word: string, among: readonly number[] | undefined): Ranks {
    const { state } = this.#view;
    const table = state.table(kind);
    const ranks = new Uint8Array(table.rows).fill(NONE);
    if (table.rows === 0) return ranks;
    const better = (row: number, its: number) => {
      if (its < ranks[row]!) ranks[row] = its;
    };
    const parsed = state.kinds.parseId(word.toUpperCase());
    const number = /^[1-9]\d{0,8}$/.test(word) ? Number(word) : parsed?.kind === kind ? parsed.number : 0;
    const named = number > 0 ? table.row(number) : -1;
    if (named >= 0) better(named, rank.exact);
    const needle = needleOf(word);
    for (const place of placesOf(this.#view, kind, this.#namesOnly))
      place({ word, needle, among, isOnly: this.#isOnly }, better);
    return ranks;
  }

  /** Deals whose contacts or account, of those that the viewer sees, have the word in their names or keys. */
  #withPeople(kind: Kind, word: string, own: Ranks): Ranks {
    const { state } = this.#view;
    const table = state.table(kind);
    const ranks = own.slice();
    for (const { name, throughDeals } of definitionsIn(state.kinds)) {
      if (throughDeals === undefined) continue;
      const found = this.#foundPeople(name, word);
      if (found === undefined) continue;
      const column = table.column(throughDeals) as NumberColumn | NumbersColumn;
      if (column.type === 'numbers') throughLists(column, found, ranks);
      else throughRefs(column, number => state.kinds.numberIn(name, number), found, ranks);
    }
    return ranks;
  }

  /** Has 1 at the numbers of visible people or companies whose names or keys have the word. */
  #foundPeople(kind: Kind, word: string): Uint8Array | undefined {
    const table = this.#view.state.table(kind);
    const ranks = this.#own(kind, word);
    const rows: number[] = [];
    for (let row = 0; row < ranks.length; row++)
      if (ranks[row]! <= rank.inKey && table.live(row) && this.#view.sees(kind, row)) rows.push(row);
    if (rows.length === 0) return undefined;
    const numbers = rows.map(row => table.number(row));
    const found = new Uint8Array(numbers.reduce((most, each) => Math.max(most, each), 0) + 1);
    for (const number of numbers) found[number] = 1;
    return found;
  }
}

/** The most rows asked one by one for a further word; for more rows, a pass over the column is faster. */
const FEW = 2000;

/** The rows that have a rank, if they are few. */
function rowsLeft(ranks: Ranks): number[] | undefined {
  const rows: number[] = [];
  for (let row = 0; row < ranks.length; row++) {
    if (ranks[row] === NONE) continue;
    if (rows.length === FEW) return undefined;
    rows.push(row);
  }
  return rows;
}

function keepWorse(all: Ranks, other: Ranks): void {
  for (let row = 0; row < all.length; row++) if (other[row]! > all[row]!) all[row] = other[row]!;
}

/** Of rows that have a rank. */
function keepBetter(all: Ranks, other: Ranks): void {
  for (let row = 0; row < all.length; row++)
    if (all[row] !== NONE && other[row]! < all[row]!) all[row] = other[row]!;
}

function throughRefs(
  column: NumberColumn,
  numberOf: (ref: number) => number,
  found: Uint8Array,
  ranks: Ranks,
): void {
  const refs = column.all();
  for (let row = 0; row < ranks.length; row++)
    if (ranks[row]! > rank.inPeople && refs[row]! > 0 && found[numberOf(refs[row]!)] === 1)
      ranks[row] = rank.inPeople;
}

function throughLists(column: NumbersColumn, found: Uint8Array, ranks: Ranks): void {
  for (let row = 0; row < ranks.length; row++) {
    if (ranks[row]! <= rank.inPeople) continue;
    const size = column.size(row);
    for (let i = 0; i < size; i++) if (found[column.at(row, i)] === 1) ranks[row] = rank.inPeople;
  }
}
