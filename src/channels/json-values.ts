/**
 * Finds where the values in a text begin and end: those of an array, values with white space between them, or one per
 * line. It looks only at brackets, quotes and commas. Each value is read by itself, so the whole is never in memory.
 */
import { CrmError, failed } from '../domain/errors.ts';
import { closingQuote, type JsonFault, unexpected } from './json-text.ts';

/** The greatest length of a value, in UTF-16 units: nothing in a CRM is longer, so a longer one means a wrong file. */
const longestValue = 16 * 1024 * 1024;

/** A piece of text that should be one value, and where it begins in the file, from 1. */
export interface Piece {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

/** The place in a file of a fault in a piece: `line:column`. */
export function placeOf({ text, line, column }: Piece, { at }: JsonFault): string {
  const before = text.slice(0, at).split('\n');
  const last = before.at(-1)!.length;
  return `${line + before.length - 1}:${before.length === 1 ? column + last : last + 1}`;
}

/** The lines of a text that are not blank. */
export async function* lines(
  texts: AsyncIterable<string>,
  name: string,
): AsyncGenerator<Piece[], void, undefined> {
  let rest = '';
  let line = 1;
  const pieceOf = (text: string, found: Piece[]) => {
    if (text.trim() !== '') found.push({ text, line, column: 1 });
    line++;
  };
  for await (const text of texts) {
    rest += text;
    if (rest.length > longestValue && !rest.includes('\n')) throw tooLong(name, line);
    const found: Piece[] = [];
    let start = 0;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', start)) {
      pieceOf(rest.slice(start, end), found);
      start = end + 1;
    }
    rest = rest.slice(start);
    if (found.length > 0) yield found;
  }
  const found: Piece[] = [];
  pieceOf(rest, found);
  if (found.length > 0) yield found;
}

/** Yields the values in a text. FAILED, with line and column, for anything wrong between them. */
export async function* values(
  texts: AsyncIterable<string>,
  name: string,
): AsyncGenerator<Piece[], void, undefined> {
  const framer = new Framer(name);
  for await (const text of texts) {
    const { found, fault } = framer.add(text);
    if (found.length > 0) yield found;
    if (fault) throw fault;
  }
  const found = framer.end();
  if (found.length > 0) yield found;
}

/** What may come next. A sequence has values with white space between them. */
type Expected =
  | 'anything'
  | 'space'
  | 'value of the sequence'
  | 'value or ]'
  | 'value'
  | 'comma or ]'
  | 'nothing';

const between = /\n|[^ \t\r]/g;
const [QUOTE, NEW_LINE] = [0x22, 0x0a];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];
const insideWord = /[ \t\r\n,:[\]{}"]/g;

/** Cuts a text that comes in chunks into values. */
class Framer {
  readonly #name: string;
  #expected: Expected = 'anything';
  /** The text that is not finished; it begins with the value that is being read, if there is one. */
  #rest = '';
  #at = 0;
  #line = 1;
  /** The beginning of the present line within `#rest`; negative if it lies before. */
  #lineStart = 0;
  /** The kind of the value that is being read, and where it begins. */
  #inside: 'nothing' | 'brackets' | 'word' = 'nothing';
  #inText = false;
  #depth = 0;
  #begin = 0;
  #beginLine = 1;
  #beginColumn = 1;

  constructor(name: string) {
    this.#name = name;
  }

  /** Returns the values that are complete now, and a fault after them. */
  add(text: string): { found: Piece[]; fault?: CrmError } {
    this.#rest += text;
    const found: Piece[] = [];
    try {
      while (this.#step(found));
    } catch (error) {
      if (error instanceof CrmError) return { found, fault: error };
      throw error;
    }
    const from = this.#inside === 'nothing' ? this.#at : this.#begin;
    if (this.#rest.length - from > longestValue) throw tooLong(this.#name, this.#beginLine);
    this.#rest = this.#rest.slice(from);
    this.#at -= from;
    this.#lineStart -= from;
    this.#begin = 0;
    return { found };
  }

  /** Returns the value at the end of the file, if it ends with one; FAILED if the text is incomplete. */
  end(): Piece[] {
    const found: Piece[] = [];
    if (this.#inside === 'word') this.#close(this.#rest.length, found);
    if (this.#inside !== 'nothing') {
      const what = { '{': 'object', '[': 'list' }[this.#rest[this.#begin]!] ?? 'text';
      throw failed(
        `${this.#name}:${this.#beginLine}:${this.#beginColumn}: the ${what} that begins here is never closed`,
      );
    }
    const isOpen =
      this.#expected === 'value' || this.#expected === 'value or ]' || this.#expected === 'comma or ]';
    if (isOpen) throw this.#refuse('the array is never closed');
    return found;
  }

  /** Moves on to the next mark; false if the text has none. */
  #step(found: Piece[]): boolean {
    if (this.#inside === 'brackets') return this.#brackets(found);
    const marks = this.#inside === 'word' ? insideWord : between;
    marks.lastIndex = this.#at;
    const at = marks.exec(this.#rest)?.index ?? this.#rest.length;
    const isEnd = at === this.#rest.length;
    if (this.#inside === 'word') {
      this.#at = at;
      if (!isEnd) this.#close(at, found);
      return !isEnd;
    }
    if (at > this.#at) this.#passSpace();
    this.#at = at;
    if (isEnd) return false;
    const char = this.#rest[at]!;
    if (char === '\n') this.#newLine();
    else this.#between(char);
    return true;
  }

  #newLine(): void {
    this.#passSpace();
    this.#line++;
    this.#lineStart = ++this.#at;
  }

  /** Moves on to the end of an object, a list or a text; false if the end has not come yet. */
  #brackets(found: Piece[]): boolean {
    const text = this.#rest;
    let at = this.#at;
    for (;;) {
      if (this.#inText) {
        const end = closingQuote(text, at);
        if (end < 0) break;
        this.#inText = false;
        at = end + 1;
      }
      if (this.#depth === 0) {
        this.#at = at;
        this.#close(at, found);
        return true;
      }
      if (at >= text.length) break;
      switch (text.charCodeAt(at++)) {
        case QUOTE:
          this.#inText = true;
          break;
        case OPEN_BRACE:
        case OPEN_BRACKET:
          this.#depth++;
          break;
        case CLOSE_BRACE:
        case CLOSE_BRACKET:
          this.#depth--;
          break;
        case NEW_LINE:
          this.#line++;
          this.#lineStart = at;
      }
    }
    // A text that is not closed yet is searched again from where it stopped: a quote at the end may be escaped.
    this.#at = text.length;
    return false;
  }

  #passSpace(): void {
    if (this.#expected === 'space') this.#expected = 'value of the sequence';
  }

  /** A character where no value is being read. */
  #between(char: string): void {
    const expected = this.#expected;
    const isMark = char === ',' || char === ']' || char === '}' || char === ':';
    if (char === '[' && expected === 'anything') this.#expected = 'value or ]';
    else if (char === ']' && (expected === 'value or ]' || expected === 'comma or ]'))
      this.#expected = 'nothing';
    else if (char === ',' && expected === 'comma or ]') this.#expected = 'value';
    else if (!isMark && !['space', 'comma or ]', 'nothing'].includes(expected)) {
      this.#open(char);
      return;
    } else throw this.#unexpected();
    this.#at++;
  }

  #open(char: string): void {
    const isBracket = char === '{' || char === '[';
    this.#inside = isBracket || char === '"' ? 'brackets' : 'word';
    this.#depth = isBracket ? 1 : 0;
    this.#inText = char === '"';
    this.#begin = this.#at++;
    this.#beginLine = this.#line;
    this.#beginColumn = this.#begin - this.#lineStart + 1;
  }

  #close(end: number, found: Piece[]): void {
    const text = this.#rest.slice(this.#begin, end);
    found.push({ text, line: this.#beginLine, column: this.#beginColumn });
    this.#inside = 'nothing';
    const isInArray = this.#expected === 'value' || this.#expected === 'value or ]';
    this.#expected = isInArray ? 'comma or ]' : 'space';
  }

  #unexpected() {
    const wanted = {
      anything: 'a value',
      space: 'white space between two values',
      'value of the sequence': 'a value',
      'value or ]': 'a value or ]',
      value: 'a value',
      'comma or ]': 'a comma or ]',
      nothing: 'the end',
    }[this.#expected];
    return this.#refuse(
      unexpected(this.#rest.slice(this.#at, this.#at + 41), wanted),
      'an array of objects, or objects with white space between them',
    );
  }

  #refuse(message: string, hint?: string) {
    return failed(`${this.#name}:${this.#line}:${this.#at - this.#lineStart + 1}: ${message}`, hint);
  }
}

const tooLong = (name: string, line: number) =>
  failed(`${name}:${line}: more than ${longestValue / 1024 / 1024} million characters without an end`);
