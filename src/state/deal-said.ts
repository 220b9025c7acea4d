/**
 * The fields of a deal that one change sets, as numbers. The fold of history reads this form, whether the change came
 * as an object or as the bytes of its line (`store/past/deal-lines.ts`). One object is reused for all changes.
 */
import type { AddChange, Change, SetChange } from '../domain/changes.ts';
import { dayNumber } from '../domain/dates.ts';
import { numberOf } from '../domain/kinds.ts';
import type { Json } from '../domain/records.ts';
import { LOST, NO_DAY, OPEN, WON, type WordColumn } from './deal-history.ts';

/** Sorts of changes. */
export const ADDED = 1;
export const CHANGED = 2;
export const REMOVED = 3;

/** Bits of `says`: which fields a change sets. */
export const SAYS_PIPELINE = 1;
export const SAYS_STAGE = 2;
export const SAYS_CURRENCY = 4;
export const SAYS_VALUE = 8;
export const SAYS_OWNER = 16;
export const SAYS_CLOSE = 32;
export const SAYS_STATUS = 64;
export const SAYS_SINCE = 128;
export const SAYS_CREATED = 256;
export const SAYS_CLOSED = 512;
export const SAYS_UPDATED = 1024;
/** The bit of the fields of a closing beside its time: closedStage, lostReason. */
export const SAYS_CLOSING = 2048;
/** The bit of any other field. */
export const SAYS_MORE = 4096;

export class DealSaid {
  /** ADDED, CHANGED or REMOVED. */
  sort = 0;
  /** The number of the deal's id. */
  deal = 0;
  /** Bits SAYS_STAGE, ...; fields that are not set are empty. */
  says = 0;
  /** Positions of words; -1 for none. */
  pipeline = -1;
  stage = -1;
  currency = -1;
  owner = -1;
  /** The value: its digits as one number, and how many of them are decimals. */
  digits = 0;
  decimals = 0;
  /** The day number of the expected close, or NO_DAY. */
  close = NO_DAY;
  /** OPEN, WON or LOST. */
  status = OPEN;
  /** Instants: stageSince, createdAt, closedAt; NaN for none. */
  since = Number.NaN;
  created = Number.NaN;
  closed = Number.NaN;
  /** For an addition: whether an import made it, and whether the import gave no creation date. */
  isImported = false;
  isCreationUnknown = false;

  /** Resets it for the next change. */
  begin(sort: number, deal: number): void {
    this.sort = sort;
    this.deal = deal;
    this.says = 0;
    this.pipeline = -1;
    this.stage = -1;
    this.currency = -1;
    this.owner = -1;
    this.digits = 0;
    this.decimals = 0;
    this.close = NO_DAY;
    this.status = OPEN;
    this.since = Number.NaN;
    this.created = Number.NaN;
    this.closed = Number.NaN;
    this.isImported = false;
    this.isCreationUnknown = false;
  }
}

/** Returns the position of a word in a column. */
export type CodeOf = (name: WordColumn, word: string) => number;

/** Reads a change of a deal into `said`. */
export function readChange(said: DealSaid, change: Change, codeOf: CodeOf): void {
  said.begin('add' in change ? ADDED : 'set' in change ? CHANGED : REMOVED, numberOf(change.id));
  if ('add' in change) readAddition(said, change, codeOf);
  else if ('set' in change) readSet(said, change, codeOf);
}

function readAddition(said: DealSaid, { add, why }: AddChange, codeOf: CodeOf): void {
  for (const path of paths) read(said, path, add[path] as Json | undefined, codeOf);
  said.isImported = why?.line !== undefined;
  said.isCreationUnknown = why?.creation !== undefined;
}

function readSet(said: DealSaid, { set }: SetChange, codeOf: CodeOf): void {
  for (const path of paths) {
    const pair = set[path];
    if (pair) read(said, path, pair[1], codeOf);
  }
}

const paths = [
  'pipeline',
  'stage',
  'currency',
  'value',
  'owner',
  'expectedClose',
  'status',
  'stageSince',
  'createdAt',
  'closedAt',
] as const;

function read(said: DealSaid, path: (typeof paths)[number], value: Json | undefined, codeOf: CodeOf): void {
  const text = typeof value === 'string' ? value : undefined;
  switch (path) {
    case 'expectedClose':
      said.says |= SAYS_CLOSE;
      said.close = text === undefined ? NO_DAY : dayNumber(text);
      break;
    case 'value':
      said.says |= SAYS_VALUE;
      sayValue(said, text ?? '0');
      break;
    case 'status':
      said.says |= SAYS_STATUS;
      said.status = text === 'won' ? WON : text === 'lost' ? LOST : OPEN;
      break;
    case 'stageSince':
      said.says |= SAYS_SINCE;
      said.since = timeOf(text);
      break;
    case 'createdAt':
      said.says |= SAYS_CREATED;
      said.created = timeOf(text);
      break;
    case 'closedAt':
      said.says |= SAYS_CLOSED;
      said.closed = timeOf(text);
      break;
    default:
      said.says |= wordBits[path];
      said[path] = text === undefined ? -1 : codeOf(path, text);
  }
}

/** The bits of the columns of words. */
const wordBits = {
  pipeline: SAYS_PIPELINE,
  stage: SAYS_STAGE,
  currency: SAYS_CURRENCY,
  owner: SAYS_OWNER,
} as const satisfies Record<WordColumn, number>;

const timeOf = (text: string | undefined): number => (text === undefined ? Number.NaN : Date.parse(text));

function sayValue(said: DealSaid, text: string): void {
  const point = text.indexOf('.');
  said.digits = Number(point < 0 ? text : text.slice(0, point) + text.slice(point + 1));
  said.decimals = point < 0 ? 0 : text.length - point - 1;
}
