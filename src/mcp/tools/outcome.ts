/** The outcome of a change as `propose` and `commit` show it: with whole texts, since a person agrees to it. */
import { z } from 'zod';
import { grouped, plural } from '../../ui/words.ts';
import { LONG, type Told } from '../data.ts';
import type { Outcome } from '../desk.ts';

/** The most changes, and lines of the diff, that an answer shows. The token commits all changes. */
const SHOWN = 200;
/** The most characters of JSON of each of those lists, unless its first item alone has more. */
const SHOWN_CHARACTERS = 100_000;

/** The output fields of an outcome. */
export const outcomeShape = {
  changes: z.array(z.looseObject({ kind: z.string(), id: z.string(), op: z.string() })).optional(),
  diff: z.array(z.string()).optional(),
  notes: z.array(z.string()).optional(),
};

/** Returns an outcome as the data of an answer; its text has the diff, and only programs get the changes too. */
export const dataOf = ({ changes, lines, notes }: Outcome): Pick<Told, 'data' | 'untold' | 'textLimit'> => ({
  data: { changes: fitting(changes), diff: fitting(lines), notes: fitting(notes) },
  untold: ['changes'],
  textLimit: LONG,
});

/** Returns as many items from the beginning as an answer shows. */
function fitting<T>(all: readonly T[]): T[] {
  let size = 0;
  const first = all.slice(0, SHOWN);
  const end = first.findIndex((each, i) => {
    size += JSON.stringify(each).length;
    return i > 0 && size > SHOWN_CHARACTERS;
  });
  return end < 0 ? first : first.slice(0, end);
}

/** Returns the end of a sentence that says if an answer shows only a part of the outcome; empty if it shows all. */
export const leftOut = ({ lines }: Outcome): string => {
  const shown = fitting(lines);
  const cut = shown.filter(line => line.length > LONG).length;
  return [
    shown.length < lines.length &&
      `; only the first ${shown.length} of ${plural(lines.length, 'line')} of the diff are shown`,
    cut > 0 && `; only the first ${grouped(LONG)} characters of ${plural(cut, 'line')} are shown`,
  ]
    .filter(text => text !== false)
    .join('');
};
