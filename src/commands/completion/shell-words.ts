/** The quoting of shells: reads a typed line into the words that a program would get, and quotes candidates for Bash. */
import type { Shell } from './places.ts';

/** The quote that is still open at the end of a word; empty if none is. */
type Quote = '' | "'" | '"';

interface TypedWord {
  /** The word as it is typed, with its quotes. */
  readonly raw: string;
  /** The word as a program would get it. */
  readonly text: string;
  readonly quote: Quote;
  /** The place in `raw` from which Bash replaces the word: after the open quote, or after the last sign in `ENDS`. */
  readonly at: number;
  /** The part of `text` before that place, which Bash keeps. */
  readonly before: string;
}

/** The signs that end a word for Bash, besides blanks (COMP_WORDBREAKS): Bash replaces only the part after the last one. */
const ENDS = /["'@><=;|&(:]/;

/** Splits a line into words as a shell does. The last one, which may be empty, is the word that is being typed. */
export function typedWords(line: string, shell: Shell): TypedWord[] {
  const words: TypedWord[] = [];
  let i = 0;
  const word = (): TypedWord => {
    const start = i;
    let text = '';
    let quote: Quote = '';
    let at = 0;
    let before = '';
    const mark = () => {
      at = i + 1 - start;
      before = text;
    };
    for (; i < line.length; i++) {
      const sign = line[i]!;
      if (quote === '' && /\s/.test(sign)) break;
      if (quote !== '' && sign === quote) quote = '';
      else if (quote === '' && (sign === "'" || sign === '"')) {
        quote = sign;
        mark();
      } else if (sign === '\\' && escapes(quote, line[i + 1], shell)) text += line[++i] ?? '';
      else {
        text += sign;
        if (quote === '' && ENDS.test(sign)) mark();
      }
    }
    return { raw: line.slice(start, i), text, quote, at, before };
  };
  while (true) {
    while (i < line.length && /\s/.test(line[i]!)) i++;
    words.push(word());
    if (i >= line.length) break;
    if (/^\s*$/.test(line.slice(i))) {
      i = line.length;
      words.push(word());
      break;
    }
  }
  return words;
}

/** Whether a backslash escapes the next sign. */
function escapes(quote: Quote, next: string | undefined, shell: Shell): boolean {
  if (quote === '') return true;
  if (quote === "'") return shell === 'fish' && next !== undefined && "'\\".includes(next);
  return next !== undefined && '"\\$`'.includes(next);
}

/** Returns the text with which Bash must replace the end of a word so that the word becomes `value`. */
export function bashReply({ quote, before, text }: TypedWord, value: string): string {
  // Bash keeps the letters before the place as they are typed, so their case may differ.
  const rest = value.toLowerCase().startsWith(before.toLowerCase()) ? value.slice(before.length) : value;
  if (quote === "'") return rest.replaceAll("'", `'\\''`);
  if (quote === '"') return rest.replace(/["\\$`]/g, sign => `\\${sign}`);
  // ~ and # have a meaning only at the beginning of a word.
  const escaped = rest.replace(/[\s"'\\$`&|;<>()*?[\]{}!]/g, sign => `\\${sign}`);
  return before === '' && text.length <= value.length
    ? escaped.replace(/^[~#]/, sign => `\\${sign}`)
    : escaped;
}
