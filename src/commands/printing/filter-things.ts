/** Filters of lists of settings, which have columns and no query language: `role:admin`, `state:broken`, `north`. */
import { usage } from '../../domain/errors.ts';
import { fold } from '../../domain/fold.ts';
import { suggestion } from '../../domain/nearest.ts';
import type { Column } from '../../ui/format.ts';

/**
 * Returns the things for which every word holds: `column:a,b` if the column is one of these texts or lists one of them
 * (a name has it within), a bare word if any column has it within. Case and accents do not matter. Throws USAGE for an
 * unknown column.
 */
export function filterThings<R>(
  things: Iterable<R>,
  columns: readonly Column<R>[],
  words: readonly string[],
): Iterable<R> {
  if (words.length === 0) return things;
  const tests = words.map(word => testOf(word, columns));
  return [...things].filter(thing => tests.every(test => test(thing)));
}

function testOf<R>(word: string, columns: readonly Column<R>[]): (thing: R) => boolean {
  const colon = word.indexOf(':');
  if (colon <= 0) return thing => columns.some(column => has(column.text(thing), word));
  const name = word.slice(0, colon);
  const column = columns.find(each => each.name === name);
  if (!column) {
    const known = columns.map(each => each.name);
    throw usage(`unknown field ${JSON.stringify(name)}`, suggestion(name, known, 'fields'));
  }
  const wanted = word.slice(colon + 1).split(',');
  const test = prose.includes(name) ? has : lists;
  return thing => wanted.some(each => test(column.text(thing), each));
}

/** Columns of free texts, of which people type only a part. */
const prose: readonly string[] = ['name', 'subject', 'label', 'query', 'when'];

const lists = (text: string, item: string): boolean =>
  text.split(',').some(each => fold(each) === fold(item));

const has = (text: string, part: string): boolean => fold(text).includes(fold(part));
