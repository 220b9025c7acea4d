/** How shells quote: from what is typed to the words that a program is given, and back. */
import type { Shell } from './places.ts';

/** The quote that a word is in at its end; empty outside of quotes. */
type Quote = '' | "'" | '"';

interface TypedWord {
  /** As it is typed. */
  readonly raw: string;
  /** As the program would be given it. */
  readonly text: string;
  readonly quote: Quote;
  /** Where the open quote begins in `raw`, or a quoted part would if there were one: after the last sign that Bash ends a word at. */
  readonly at: number;
  /** What of `text` stands before that place. */
  readonly before: string;
}

/** The signs besides blanks that Bash takes for ends of words: it replaces only what comes after them. */
const ENDS = /["'@><=;|&(:]/;

/** Splits a line into words as a shell does; the last one, which may be empty, is what is being typed. */
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

/** Whether a backslash takes the special meaning of what comes next. */
function escapes(quote: Quote, next: string | undefined, shell: Shell): boolean {
  if (quote === '') return true;
  if (quote === "'") return shell === 'fish' && next !== undefined && "'\\".includes(next);
  return next !== undefined && '"\\$`'.includes(next);
}

/** Returns what Bash puts in the place of what it completes of a word so that the word becomes `value`. */
export function bashReply({ quote, before, text }: TypedWord, value: string): string {
  // The letters before the place stay as they are typed.
  const rest = value.toLowerCase().startsWith(before.toLowerCase()) ? value.slice(before.length) : value;
  if (quote === "'") return rest.replaceAll("'", `'\\''`);
  if (quote === '"') return rest.replace(/["\\$`]/g, sign => `\\${sign}`);
  // A ~ or # means something at the beginning of a word alone.
  const escaped = rest.replace(/[\s"'\\$`&|;<>()*?[\]{}!]/g, sign => `\\${sign}`);
  return before === '' && text.length <= value.length
    ? escaped.replace(/^[~#]/, sign => `\\${sign}`)
    : escaped;
}
