/** How a change is shown before and after it is saved. */
import { z } from 'zod';
import type { Told } from '../data.ts';
import type { Outcome } from '../desk.ts';

/** How many changes, and lines of them, an answer shows; the token is for all of them. */
const SHOWN = 200;

/** What the structured answer has of an outcome. */
export const outcomeShape = {
  changes: z.array(z.looseObject({ kind: z.string(), id: z.string(), op: z.string() })).optional(),
  diff: z.array(z.string()).optional(),
  notes: z.array(z.string()).optional(),
};

export const dataOf = ({ changes, lines, notes }: Outcome): Pick<Told, 'data' | 'untold'> => ({
  data: {
    changes: changes.slice(0, SHOWN),
    diff: lines.slice(0, SHOWN),
    notes: notes.slice(0, SHOWN),
  },
  // The diff says it.
  untold: ['changes'],
});

/** Says in our own words that not all of it is shown. */
export const leftOut = ({ changes, lines }: Outcome): string => {
  const most = Math.max(changes.length, lines.length);
  return most > SHOWN ? `; only the first ${SHOWN} are shown` : '';
};
