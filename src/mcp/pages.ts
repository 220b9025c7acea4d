/** Long lists in parts: as many rows as fit in an answer, and a cursor that goes on after them. */
import { z } from 'zod';
import type { Json } from '../domain/records.ts';
import { refuse, type Row } from './tool.ts';

/** How many rows an answer has at most, unless the tool is asked for less: about two screens. */
const ROWS = 50;
/** How many may be asked for. */
const MOST_ROWS = 200;
/** How many characters of JSON the rows of an answer have at most: about 10,000 tokens. */
const MOST_CHARACTERS = 40_000;

/** What tools with long answers take. */
export const paging = {
  limit: z.number().int().min(1).max(MOST_ROWS).optional().describe(`at most this many (default: ${ROWS})`),
  cursor: z
    .string()
    .max(100)
    .optional()
    .describe('"next" of the answer before, with the same other arguments'),
};

/** What their answers have. */
export const paged = { next: z.string().optional() };

interface Asked {
  readonly [name: string]: unknown;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

export interface Page {
  /** How many rows come before it. */
  readonly offset: number;
  /** How many rows to read: one more than are shown, so that it is known whether there are more. */
  readonly count: number;
  /** Returns those of the rows, which begin at the offset, that fit, and the cursor of what comes after them. */
  cut<R extends Row>(rows: readonly R[]): { readonly rows: readonly R[]; readonly next?: string };
}

/** Returns the part that is asked for. A cursor belongs to the other arguments of the call. */
export function pageOf(asked: Asked): Page {
  const { limit = ROWS, cursor, ...others } = asked;
  const key = keyOf(others);
  const [, offset = '0', owner = key] = /^(\d{1,9})-([a-z0-9]+)$/.exec(cursor ?? '') ?? [];
  if (owner !== key || (cursor !== undefined && cursor !== `${offset}-${owner}`))
    refuse('this cursor belongs to another call', 'the same arguments, or no cursor, to begin again');
  const from = Number(offset);
  return {
    offset: from,
    count: limit + 1,
    cut(rows) {
      let size = 0;
      let fit = 0;
      while (fit < Math.min(rows.length, limit)) {
        size += JSON.stringify(rows[fit]).length;
        if (fit > 0 && size > MOST_CHARACTERS) break;
        fit++;
      }
      return { rows: rows.slice(0, fit), ...(rows.length > fit && { next: `${from + fit}-${key}` }) };
    },
  };
}

/** The rows of a list that a command printed. */
export const rowsIn = (value: Json): Row[] => (Array.isArray(value) ? (value as Row[]) : [value as Row]);

/** A short key of the other arguments (FNV-1a): it only tells calls apart that were mixed up. */
function keyOf(value: object): string {
  let hash = 0x811c9dc5;
  for (const char of JSON.stringify(value)) hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193) >>> 0;
  return hash.toString(36);
}
