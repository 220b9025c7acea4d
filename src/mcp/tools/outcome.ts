/** The outcome of a change as `propose` and `commit` show it. */
import { z } from 'zod';
import type { Told } from '../data.ts';
import type { Outcome } from '../desk.ts';

/** The most changes, and lines of the diff, that an answer shows. The token commits all changes. */
const SHOWN = 200;

/** The output fields of an outcome. */
export const outcomeShape = {
  changes: z.array(z.looseObject({ kind: z.string(), id: z.string(), op: z.string() })).optional(),
  diff: z.array(z.string()).optional(),
  notes: z.array(z.string()).optional(),
};

/** Returns an outcome as the data of an answer; its text has the diff, and only programs get the changes too. */
export const dataOf = ({ changes, lines, notes }: Outcome): Pick<Told, 'data' | 'untold'> => ({
  data: {
    changes: changes.slice(0, SHOWN),
    diff: lines.slice(0, SHOWN),
    notes: notes.slice(0, SHOWN),
  },
  untold: ['changes'],
});

/** Returns the end of a sentence that says if an answer shows only a part of the outcome; empty if it shows all. */
export const leftOut = ({ changes, lines }: Outcome): string => {
  const most = Math.max(changes.length, lines.length);
  return most > SHOWN ? `; only the first ${SHOWN} are shown` : '';
};
