/** Names and addresses that may be misspelt: the existing account or contact that a new one resembles. */
import { readAddress } from '../../domain/email.ts';
import { fold } from '../../domain/fold.ts';
import { memoByKey } from '../../domain/memo.ts';
import { distance } from '../../domain/nearest.ts';
import { oneLine } from '../../domain/one-line.ts';
import { BETWEEN_TEXTS } from '../../kinds/several-cells.ts';
import type { TextColumn } from '../../state/columns/column.ts';
import { needleOf } from '../../state/columns/texts.ts';
import type { View } from '../core/view.ts';

/** An existing record, by the name or address that resembles what was written. */
export interface Near {
  readonly id: string;
  readonly name: string;
}

/** The column and field that a kind is compared by, and whether they hold e-mail addresses. */
const keyOf = {
  account: { column: 'name', field: 'name', isAddress: false },
  contact: { column: 'emails', field: 'email', isAddress: true },
} as const;

/** A kind whose records are compared by their names or addresses. */
export type Comparable = keyof typeof keyOf;

/** Returns whether records of a kind are compared by their names or addresses. */
export const isComparable = (kind: string): kind is Comparable => Object.hasOwn(keyOf, kind);

/**
 * Returns the visible account or contact whose name or address most resembles a text that no record has; undefined if
 * none does. Looks only at those that begin or end with the same letters: one misspelling leaves one of the ends whole.
 */
export function nearExisting(
  view: View,
  kind: Comparable,
  text: string,
  isNew: (id: string) => boolean = () => false,
  reading: Reading = readingAnew,
): Near | undefined {
  const { column, field, isAddress } = keyOf[kind];
  const wanted = fold(oneLine(isAddress ? (readAddress(text)?.email ?? text) : text));
  if (wanted.length < ENDS) return undefined;
  const table = view.state.table(kind);
  const texts = table.column(column) as TextColumn;
  const begin = wanted.slice(0, ENDS);
  const inBegin = needleOf(begin);
  const alsoEnding = reading
    .rowsWith(texts, wanted.slice(-ENDS))
    .filter(row => !texts.includes(row, inBegin));
  let best: { row: number; far: number; known: string } | undefined;
  // Names are compared before rights: an import compares each new name with hundreds, of which few resemble it. If it
  // makes most of the records itself, leaving these out takes a fraction of comparing their names.
  for (const row of [...reading.rowsWith(texts, begin), ...alsoEnding]) {
    if (isNew(table.id(row))) continue;
    for (const known of reading.textsOf(texts, row)) {
      const far = farness(wanted, known, isAddress, best?.far);
      if (far === undefined || (best !== undefined && far >= best.far)) continue;
      if (!table.live(row) || !view.sees(kind, row)) break;
      best = { row, far, known };
    }
  }
  if (best === undefined) return undefined;
  // The address that is meant, if there are several, as it was written.
  const record = table.record(best.row);
  const written = [record[field], record.otherEmails].flat().filter(each => typeof each === 'string');
  return { id: table.id(best.row), name: written.find(each => fold(each) === best.known) ?? best.known };
}

/** Reads a column of names or addresses. */
interface Reading {
  /** Returns the names or addresses of a row. */
  textsOf(texts: TextColumn, row: number): readonly string[];
  /** Returns the rows with these letters anywhere in their texts. */
  rowsWith(texts: TextColumn, letters: string): readonly number[];
}

/** Reads the column again for each question. */
const readingAnew: Reading = {
  textsOf: (texts, row) =>
    texts
      .get(row)
      .split(BETWEEN_TEXTS)
      .map(text => text.trim()),
  rowsWith(texts, letters) {
    const rows: number[] = [];
    texts.search(needleOf(letters), row => void rows.push(row));
    return rows;
  },
};

/** Returns a `Reading` that keeps every answer, for many questions about a state that does not change meanwhile. */
export const readingOnce = (): Reading => ({
  textsOf: memoByKey(readingAnew.textsOf),
  // Most names of a file begin with one of few letters ("The ...", "Account ...").
  rowsWith: memoByKey(readingAnew.rowsWith),
});

/** How many letters at either end are the same in a misspelt name. */
const ENDS = 3;
/** The number of letters from which one may be wrong. */
const LETTERS_PER_ERROR = 6;
/** Legal forms after the names of companies, in letters and digits only. */
const FORMS =
  /(?<=.{3})\b(?:bv|nv|inc|incorporated|ltd|limited|llc|llp|plc|gmbh|ag|kg|sa|sas|sarl|srl|spa|ab|as|aps|oy|co|corp|corporation|company|pty)$/;

/** Returns how far one folded name is from another; undefined if they are not alike, or `below` or more apart. */
function farness(
  one: string,
  other: string,
  isAddress: boolean,
  below = Number.POSITIVE_INFINITY,
): number | undefined {
  if (isAddress) {
    const far = distance(one, other, 1);
    return far === 1 && one.indexOf('@') > ENDS ? far : undefined;
  }
  const a = wordsOnce(one);
  const b = wordsOnce(other);
  if (a.words === b.words || a.bare === b.bare) return 0;
  return misspelt(a.words, b.words, below);
}

/** Returns how far the words of two names are apart; undefined if they are not alike, or `below` or more apart. */
function misspelt(a: string, b: string, below: number): number | undefined {
  const short = a.length < b.length ? a : b;
  const long = a.length < b.length ? b : a;
  const most = Math.min(Math.max(1, Math.floor(long.length / LETTERS_PER_ERROR)), below - 1);
  if (short.length > ENDS && long.length - short.length <= most) {
    const far = distance(a, b, most);
    if (far <= most) return far;
  }
  // `Quill` of `Quill Publishing`: further than any misspelling.
  return short.length > ENDS && long.startsWith(`${short} `) ? long.length : undefined;
}

interface Words {
  readonly words: string;
  /** Without the legal form. */
  readonly bare: string;
}

/** The most names whose words are kept. */
const MOST_KEPT = 10_000;
const kept = new Map<string, Words>();

/** Returns the words of a folded name, kept because an import compares each new name with hundreds of others. */
function wordsOnce(name: string): Words {
  let known = kept.get(name);
  if (known === undefined) {
    const words = wordsOf(name);
    known = { words, bare: withoutForm(words) };
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(name, known);
  }
  return known;
}

/** Returns the letters and digits of a folded name, word by word; initials that stand together are one word. */
export const wordsOf = (name: string): string =>
  name
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .replace(/\b(\p{L}) (?=\p{L}\b)/gu, '$1');

/** Returns the words of a company's name without its legal form. */
export const withoutForm = (words: string): string => words.replace(FORMS, '').trim();
