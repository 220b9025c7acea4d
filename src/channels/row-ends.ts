/** Finds where the rows of a CSV text end: at line ends that are not within quotes. */
import { lineEnds } from './decode.ts';

/** Finds row after row. One object for all rows, since a file has hundreds of thousands. */
export class RowEnds {
  /** Where the row that was found ends, before its line end. */
  at = 0;
  /** Where the next row begins, after the line end. */
  next = 0;
  /** The number of line ends from the beginning of the row to `next`. */
  lines = 0;
  /** Whether a closing quote is followed by text: then the row ends with the line of that quote. */
  isMalformed = false;

  readonly #text: string;
  readonly #delimiter: string;
  readonly #isLast: boolean;
  #start = -1;
  #isFound = false;
  /** The next character of each kind, Infinity if there is none; a search never goes back. */
  #quote = -1;
  #lf = -1;
  #cr = -1;

  /** `isLast`: whether no text comes after this one, so that a CR at its end is not half of a CRLF. */
  constructor(text: string, delimiter: string, isLast: boolean) {
    this.#text = text;
    this.#delimiter = delimiter;
    this.#isLast = isLast;
  }

  /**
   * Whether the row that begins at `start` ends in the text; if so, sets the fields. `start` is 0, or `next` of the row
   * before, also twice.
   */
  find(start: number): boolean {
    if (start !== this.#start) {
      this.#start = start;
      this.#isFound = this.#find(start);
    }
    return this.#isFound;
  }

  #find(start: number): boolean {
    this.lines = 1;
    this.isMalformed = false;
    for (let from = start; ; ) {
      const end = this.#lineEnd(from);
      if (this.#quote < from) this.#quote = this.#indexOf('"', from);
      const quote = this.#quote;
      if (quote >= end) return end !== Infinity && this.#endAt(end);
      if (quote !== start && !opensCell(this.#text, quote, this.#delimiter)) {
        from = quote + 1;
        continue;
      }
      const close = closingQuote(this.#text, quote + 1);
      if (close === -1) return false;
      if (end < close) this.lines += lineEnds(this.#text.slice(quote, close));
      from = this.#afterSpaces(close + 1);
      if (this.#endsCell(from)) continue;
      this.isMalformed = true;
      const lineEnd = this.#lineEnd(from);
      return lineEnd !== Infinity && this.#endAt(lineEnd);
    }
  }

  #endAt(end: number): boolean {
    const isCr = this.#text[end] === '\r';
    if (isCr && end + 1 === this.#text.length && !this.#isLast) return false;
    this.at = end;
    this.next = isCr && this.#text[end + 1] === '\n' ? end + 2 : end + 1;
    return true;
  }

  /** Spaces between a closing quote and what delimits the cell are not part of it. */
  #afterSpaces(from: number): number {
    let at = from;
    while (!this.#endsCell(at) && /\s/.test(this.#text[at]!)) at++;
    return at;
  }

  #endsCell(at: number): boolean {
    const char = this.#text[at];
    return char === undefined || char === this.#delimiter || char === '\n' || char === '\r';
  }

  #lineEnd(from: number): number {
    if (this.#lf < from) this.#lf = this.#indexOf('\n', from);
    if (this.#cr < from) this.#cr = this.#indexOf('\r', from);
    return Math.min(this.#lf, this.#cr);
  }

  #indexOf(char: string, from: number): number {
    const at = this.#text.indexOf(char, from);
    return at === -1 ? Infinity : at;
  }
}

export const opensCell = (text: string, quote: number, delimiters: string): boolean =>
  quote === 0 || `${delimiters}\r\n`.includes(text[quote - 1]!);

/** Returns where the cell that begins at `from`, after its quote, is closed; -1 if it is not. */
export function closingQuote(text: string, from: number): number {
  let quote = text.indexOf('"', from);
  while (quote !== -1 && text[quote + 1] === '"') quote = text.indexOf('"', quote + 2);
  return quote;
}
