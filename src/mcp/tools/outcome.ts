/** How a change is shown before and after it is saved: whole, since it is what a person agrees to. */
import { z } from 'zod';
import { grouped, plural } from '../../ui/words.ts';
import { LONG, type Told } from '../data.ts';
import type { Outcome } from '../desk.ts';

/** How many changes, and lines of them, an answer shows; the token is for all of them. */
const SHOWN = 200;
/** How many characters of them, after the first. */
const SHOWN_CHARACTERS = 100_000;

/** What the structured answer has of an outcome. */
export const outcomeShape = {
  changes: z.array(z.looseObject({ kind: z.string(), id: z.string(), op: z.string() })).optional(),
  diff: z.array(z.string()).optional(),
  notes: z.array(z.string()).optional(),
};

export const dataOf = ({ changes, lines, notes }: Outcome): Pick<Told, 'data' | 'untold' | 'textLimit'> => ({
  data: { changes: fitting(changes), diff: fitting(lines), notes: fitting(notes) },
  // The diff says it.
  untold: ['changes'],
  textLimit: LONG,
});

/** Returns the first of them, as many as an answer shows. */
function fitting<T>(all: readonly T[]): T[] {
  let size = 0;
  const first = all.slice(0, SHOWN);
  const end = first.findIndex((each, i) => {
    size += JSON.stringify(each).length;
    return i > 0 && size > SHOWN_CHARACTERS;
  });
  return end < 0 ? first : first.slice(0, end);
}

/** Says in our own words that not all of it is shown. */
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
