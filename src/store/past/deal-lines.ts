/**
 * Reads the fields that the fold of history needs from the bytes of a journal line, without making objects: about ten of
 * twenty fields, from a line as crm writes it. JSON.parse of 100,000 additions takes a second and 200 MB; this takes a
 * tenth of a second and no memory.
 *
 *     {"add":{"id":"D12","title":...,"stage":"offer",...},"why":{"line":13}}
 *     {"kind":"deal","id":"D12","set":{"stage":["offer","talks"],"tags":[...]},"why":...}
 *     {"kind":"deal","id":"D12","rm":...}
 *
 * It is not a JSON parser: it goes from key to value and reads only the fields that it needs. Any unusual line (another
 * order of keys, spaces, escapes in a word, a time with an offset) is left to JSON.parse.
 */
import { dayNumberOf, daysIn } from '../../domain/dates.ts';
import { LOST, NO_DAY, OPEN, WON } from '../../state/deal-history.ts';
import {
  ADDED,
  CHANGED,
  type CodeOf,
  DealSaid,
  REMOVED,
  SAYS_CLOSE,
  SAYS_CLOSED,
  SAYS_CLOSING,
  SAYS_CREATED,
  SAYS_CURRENCY,
  SAYS_MORE,
  SAYS_OWNER,
  SAYS_PIPELINE,
  SAYS_SINCE,
  SAYS_STAGE,
  SAYS_STATUS,
  SAYS_UPDATED,
  SAYS_VALUE,
} from '../../state/deal-said.ts';
import { isAt } from '../../state/json-bytes.ts';
import { LineWords } from '../lines/line-words.ts';

const ascii = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

const ADD = ascii('{"add":{"id":"');
const KIND = ascii('{"kind":"');
const DEAL = ascii('deal');
const PURGE = ascii('purge');
/** Cannot occur within a text, where its quotes would be escaped. */
const ERASED = '"purge":true';
const ID = ascii(',"id":"D');
const SET = ascii('"set":{');
const RM = ascii('"rm":');
const WHY = ascii('"why":{');
const LINE = ascii('line');
const CREATION = ascii('creation');
const WON_WORD = ascii('won');
const LOST_WORD = ascii('lost');
const OPEN_WORD = ascii('open');
const NULL = ascii('null');

const [QUOTE, COMMA, COLON, BACKSLASH, NEWLINE] = [34, 44, 58, 92, 10];
const [OPEN_LIST, CLOSE_LIST, OPEN_MAP, CLOSE_MAP] = [91, 93, 123, 125];
const [ZERO, POINT, DASH, LETTER_D, LETTER_T, LETTER_Z] = [48, 46, 45, 68, 84, 90];
/** More digits than these may not be exact as a number. */
const MOST_DIGITS = 15;
/** `2026-12-01` and `2026-12-01T08:00:00.000Z`. */
const DAY_LENGTH = 10;
const TIME_LENGTH = 24;

/** The kinds of lines. */
const OTHER = 0;
export const READ = 1;
export const UNUSUAL = 2;

/** The fields that are read, with the bytes of their names. */
const fields = (
  [
    ['pipeline', SAYS_PIPELINE],
    ['stage', SAYS_STAGE],
    ['currency', SAYS_CURRENCY],
    ['value', SAYS_VALUE],
    ['owner', SAYS_OWNER],
    ['expectedClose', SAYS_CLOSE],
    ['status', SAYS_STATUS],
    ['stageSince', SAYS_SINCE],
    ['createdAt', SAYS_CREATED],
    ['closedAt', SAYS_CLOSED],
    ['updatedAt', SAYS_UPDATED],
    ['closedStage', SAYS_CLOSING],
    ['lostReason', SAYS_CLOSING],
  ] as const
).map(([name, bit]) => ({ name: ascii(name), bit }));
/** Fields whose presence is reported, but not their values. */
const PASSED_OVER = SAYS_UPDATED | SAYS_CLOSING | SAYS_MORE;
const ALL = fields.reduce((all, { bit }) => all | bit, 0) & ~PASSED_OVER;

/** The fields by the length of their names. */
const byLength = Array.from({ length: 1 + Math.max(...fields.map(({ name }) => name.length)) }, (_, length) =>
  fields.filter(({ name }) => name.length === length),
);

export class DealLines {
  /** The contents of the last line that was READ. */
  readonly said = new DealSaid();
  readonly #pipelines: LineWords;
  readonly #stages: LineWords;
  readonly #currencies: LineWords;
  readonly #owners: LineWords;
  #bytes: Buffer = Buffer.alloc(0);
  /** The position in the bytes; after a line, its end. */
  at = 0;

  constructor(codeOf: CodeOf) {
    this.#pipelines = new LineWords('pipeline', codeOf);
    this.#stages = new LineWords('stage', codeOf);
    this.#currencies = new LineWords('currency', codeOf);
    this.#owners = new LineWords('owner', codeOf);
  }

  /**
   * Reads the line that begins at `start` of bytes that end with a line end. Returns OTHER if the change is not of a deal,
   * READ if `said` now has the change, UNUSUAL if only JSON.parse can read the line.
   */
  read(bytes: Buffer, start: number): typeof OTHER | typeof READ | typeof UNUSUAL {
    this.#bytes = bytes;
    this.at = start;
    const found = this.#is(ADD) ? this.#addition() : this.#is(KIND) ? this.#change() : UNUSUAL;
    // A line has no line end within it, since JSON escapes it. The rest of a line after the read fields is short.
    if (found !== READ || this.said.sort === REMOVED) this.at = bytes.indexOf(NEWLINE, start);
    else while (bytes[this.at] !== NEWLINE) this.at++;
    return found;
  }

  #addition(): typeof OTHER | typeof READ | typeof UNUSUAL {
    const letter = this.#bytes[this.at++]!;
    if (letter !== LETTER_D) return isCapital(letter) ? OTHER : UNUSUAL;
    if (!this.#begin(ADDED)) return UNUSUAL;
    this.said.says = ALL;
    while (this.#bytes[this.at] === COMMA) {
      this.at++;
      const bit = this.#key();
      if (bit < 0 || !this.#value(bit)) return UNUSUAL;
      this.said.says |= bit;
    }
    if (this.#bytes[this.at++] !== CLOSE_MAP) return UNUSUAL;
    return this.#bytes[this.at] !== COMMA || this.#why() ? READ : UNUSUAL;
  }

  #change(): typeof OTHER | typeof READ | typeof UNUSUAL {
    const start = this.at;
    const length = this.#textEnd() - start;
    if (length < 0) return UNUSUAL;
    if (length !== DEAL.length || !isAt(this.#bytes, start, DEAL))
      return length === PURGE.length && isAt(this.#bytes, start, PURGE) ? UNUSUAL : OTHER;
    if (!this.#is(ID) || !this.#begin(CHANGED) || this.#bytes[this.at++] !== COMMA) return UNUSUAL;
    if (this.#is(RM)) {
      this.said.sort = REMOVED;
      const end = this.#bytes.indexOf(NEWLINE, this.at);
      return this.#bytes.subarray(this.at, end).includes(ERASED) ? UNUSUAL : READ;
    }
    if (!this.#is(SET)) return UNUSUAL;
    if (this.#bytes[this.at] === CLOSE_MAP) return READ;
    do {
      const bit = this.#key();
      if (bit < 0 || this.#bytes[this.at++] !== OPEN_LIST || !this.#skip()) return UNUSUAL;
      if (this.#bytes[this.at++] !== COMMA || !this.#value(bit)) return UNUSUAL;
      if (this.#bytes[this.at++] !== CLOSE_LIST) return UNUSUAL;
      this.said.says |= bit;
    } while (this.#bytes[this.at++] === COMMA);
    return this.#bytes[this.at - 1] === CLOSE_MAP ? READ : UNUSUAL;
  }

  /** Whether the next bytes are these; if so, moves past them. */
  #is(word: Uint8Array): boolean {
    const bytes = this.#bytes;
    const { at } = this;
    for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word[i]) return false;
    this.at = at + word.length;
    return true;
  }

  /** Reads the number of an id and the quote after it. */
  #begin(sort: number): boolean {
    const bytes = this.#bytes;
    let number = 0;
    const start = this.at;
    for (let digit = bytes[this.at]! - ZERO; digit >= 0 && digit <= 9; digit = bytes[++this.at]! - ZERO)
      number = number * 10 + digit;
    const length = this.at - start;
    this.said.begin(sort, number);
    return length > 0 && length <= MOST_DIGITS && bytes[start] !== ZERO && bytes[this.at++] === QUOTE;
  }

  /** Reads a key and the colon after it; returns its bit, or -1 for an unusual one. */
  #key(): number {
    const bytes = this.#bytes;
    if (bytes[this.at++] !== QUOTE) return -1;
    const start = this.at;
    const length = this.#textEnd() - start;
    if (length < 0 || bytes[this.at++] !== COLON) return -1;
    if (length < byLength.length)
      for (const { name, bit } of byLength[length]!) if (isAt(bytes, start, name)) return bit;
    return SAYS_MORE;
  }

  /** Reads the value of a field, or skips it if the field is not needed. */
  #value(bit: number): boolean {
    if ((bit & PASSED_OVER) !== 0) return this.#skip();
    const bytes = this.#bytes;
    if (bytes[this.at] !== QUOTE) return this.#is(NULL) && this.#text(bit, -1, -1);
    const start = ++this.at;
    const end = this.#textEnd();
    return end >= 0 && this.#text(bit, start, end);
  }

  /** Moves past the closing quote of a text; returns the quote's position, or -1 for a text with escapes. */
  #textEnd(): number {
    const bytes = this.#bytes;
    let { at } = this;
    for (; bytes[at] !== QUOTE; at++) if (bytes[at] === BACKSLASH || bytes[at] === NEWLINE) return -1;
    this.at = at + 1;
    return at;
  }

  /** Takes in the text of a field; a negative `start` means no text. */
  #text(bit: number, start: number, end: number): boolean {
    const { said } = this;
    const bytes = this.#bytes;
    const isNone = start < 0;
    switch (bit) {
      case SAYS_PIPELINE:
        said.pipeline = isNone ? -1 : this.#pipelines.code(bytes, start, end);
        return true;
      case SAYS_STAGE:
        said.stage = isNone ? -1 : this.#stages.code(bytes, start, end);
        return true;
      case SAYS_CURRENCY:
        said.currency = isNone ? -1 : this.#currencies.code(bytes, start, end);
        return true;
      case SAYS_OWNER:
        said.owner = isNone ? -1 : this.#owners.code(bytes, start, end);
        return true;
      case SAYS_VALUE:
        return this.#money(start, end);
      case SAYS_STATUS:
        return this.#status(start, end);
      case SAYS_CLOSE:
        said.close = isNone ? NO_DAY : dayIn(bytes, start, end);
        return isNone || said.close !== NO_DAY;
      default:
        return this.#time(bit, isNone ? Number.NaN : timeIn(bytes, start, end), isNone);
    }
  }

  #time(bit: number, time: number, isNone: boolean): boolean {
    if (bit === SAYS_SINCE) this.said.since = time;
    else if (bit === SAYS_CREATED) this.said.created = time;
    else this.said.closed = time;
    return isNone || !Number.isNaN(time);
  }

  #status(start: number, end: number): boolean {
    const bytes = this.#bytes;
    const length = end - start;
    if (start < 0 || (length === OPEN_WORD.length && isAt(bytes, start, OPEN_WORD))) this.said.status = OPEN;
    else if (length === WON_WORD.length && isAt(bytes, start, WON_WORD)) this.said.status = WON;
    else if (length === LOST_WORD.length && isAt(bytes, start, LOST_WORD)) this.said.status = LOST;
    else return false;
    return true;
  }

  #money(start: number, end: number): boolean {
    const { said } = this;
    said.digits = 0;
    said.decimals = 0;
    if (start < 0) return true;
    let point = -1;
    for (let i = start; i < end; i++) {
      const digit = this.#bytes[i]! - ZERO;
      if (digit >= 0 && digit <= 9) said.digits = said.digits * 10 + digit;
      else if (this.#bytes[i] === POINT && point < 0) point = i;
      else return false;
    }
    said.decimals = point < 0 ? 0 : end - point - 1;
    return end - start <= MOST_DIGITS;
  }

  /** Skips a value. */
  #skip(): boolean {
    const bytes = this.#bytes;
    let depth = 0;
    for (;;) {
      const byte = bytes[this.at];
      if (byte === NEWLINE) return false;
      if (byte === QUOTE) this.#skipText();
      else if (byte === OPEN_LIST || byte === OPEN_MAP) depth++;
      else if (byte === CLOSE_LIST || byte === CLOSE_MAP || byte === COMMA) {
        if (depth === 0) return true;
        if (byte !== COMMA) depth--;
      }
      this.at++;
    }
  }

  /** Moves from the opening quote of a text to the closing one. */
  #skipText(): void {
    const bytes = this.#bytes;
    let { at } = this;
    for (at++; bytes[at] !== QUOTE && bytes[at] !== NEWLINE; at++) if (bytes[at] === BACKSLASH) at++;
    this.at = bytes[at] === NEWLINE ? at - 1 : at;
  }

  /** Reads why a deal was added. */
  #why(): boolean {
    this.at++;
    if (!this.#is(WHY)) return false;
    do {
      const bytes = this.#bytes;
      const start = this.at + 1;
      if (this.#key() < 0) return false;
      const length = this.at - 2 - start;
      if (length === LINE.length && isAt(bytes, start, LINE)) this.said.isImported = true;
      if (length === CREATION.length && isAt(bytes, start, CREATION)) this.said.isCreationUnknown = true;
      if (!this.#skip()) return false;
    } while (this.#bytes[this.at++] === COMMA);
    return true;
  }
}

const isCapital = (byte: number): boolean => byte >= 65 && byte <= 90;

/** Returns the day number of `2026-12-01`; NO_DAY for anything else. */
function dayIn(bytes: Buffer, start: number, end: number): number {
  if (end - start !== DAY_LENGTH || bytes[start + 4] !== DASH || bytes[start + 7] !== DASH) return NO_DAY;
  const year = digitsIn(bytes, start, 4);
  const month = digitsIn(bytes, start + 5, 2);
  const date = digitsIn(bytes, start + 8, 2);
  const isDay = year >= 1 && month >= 1 && month <= 12 && date >= 1 && date <= daysIn(year, month);
  return isDay ? dayNumberOf(year, month, date) : NO_DAY;
}

/** Returns the instant `2026-12-01T08:00:00.000Z` in milliseconds; NaN for anything else. */
function timeIn(bytes: Buffer, start: number, end: number): number {
  if (end - start !== TIME_LENGTH) return Number.NaN;
  const day = dayIn(bytes, start, start + DAY_LENGTH);
  const at = start + DAY_LENGTH;
  const isUsual =
    bytes[at] === LETTER_T &&
    bytes[at + 3] === COLON &&
    bytes[at + 6] === COLON &&
    bytes[at + 9] === POINT &&
    bytes[at + 13] === LETTER_Z;
  const hour = digitsIn(bytes, at + 1, 2);
  const minute = digitsIn(bytes, at + 4, 2);
  const second = digitsIn(bytes, at + 7, 2);
  const rest = digitsIn(bytes, at + 10, 3);
  const isTime = hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60;
  if (!isUsual || !isTime || !(rest >= 0) || day === NO_DAY) return Number.NaN;
  return (((day * 24 + hour) * 60 + minute) * 60 + second) * 1000 + rest;
}

/** Returns the number that some bytes spell; -1 if one of them is not a digit. */
function digitsIn(bytes: Buffer, start: number, count: number): number {
  let number = 0;
  for (let i = start; i < start + count; i++) {
    const digit = bytes[i]! - ZERO;
    if (!(digit >= 0 && digit <= 9)) return -1;
    number = number * 10 + digit;
  }
  return number;
}
