/** Pagination of long answers: the rows that fit into one answer, and a cursor for the rows after them. */
import { z } from 'zod';
import type { Json } from '../domain/records.ts';
import { grouped, plural } from '../ui/words.ts';
import { refuse, type Row } from './tool.ts';

/** The most rows of an answer if the call sets no limit: about two screens. */
const ROWS = 50;
/** The highest limit that a call may set, rows. */
const MOST_ROWS = 200;
/** The most characters of JSON that the rows of an answer have: about 10,000 tokens. One row is always returned. */
const MOST_CHARACTERS = 40_000;

/** The input fields of tools with long answers. */
export const paging = {
  limit: z.number().int().min(1).max(MOST_ROWS).optional().describe(`at most this many (default: ${ROWS})`),
  cursor: z
    .string()
    .max(100)
    .optional()
    .describe('"next" of the answer before, with the same other arguments'),
};

/** The output fields of tools with long answers. */
export const paged = { next: z.string().optional() };

interface Asked {
  readonly [name: string]: unknown;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

export interface Page {
  /** The number of rows before this page. */
  readonly offset: number;
  /** The number of rows to read: one more than the page shows, because that row says whether another page follows. */
  readonly count: number;
  /** Returns the rows that fit, and the cursor of the next page if there is one; `rows` begin at the offset. */
  cut<R extends Row>(rows: readonly R[]): { readonly rows: readonly R[]; readonly next?: string };
}

/** Returns the page that a call asks for. USAGE if the cursor comes from a call with other arguments. */
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

/** Returns what a command printed as JSON as a list of rows: a single record is a list of one. */
export const rowsIn = (value: Json): Row[] => (Array.isArray(value) ? (value as Row[]) : [value as Row]);

/** Returns the values of a page for programs: the cursor of the next page, and the number of rows in all pages. */
export const own = (next: string | undefined, count?: number): { own: Row } => ({
  own: { ...(count !== undefined && { count }), ...(next !== undefined && { next }) },
});

/** Returns a page in words: `50 of 1,200 rows; more with cursor 50-1x2y`. */
export const saidOf = (shown: number, count: number | undefined, next: string | undefined): string =>
  `${count === undefined ? plural(shown, 'row') : `${grouped(shown)} of ${plural(count, 'row')}`}${next === undefined ? '' : `; more with cursor ${next}`}`;

/** Hashes the other arguments of a call (32-bit FNV-1a): enough to notice a cursor of another call, and not a secret. */
function keyOf(value: object): string {
  let hash = 0x811c9dc5;
  for (const char of JSON.stringify(value)) hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193) >>> 0;
  return hash.toString(36);
}
