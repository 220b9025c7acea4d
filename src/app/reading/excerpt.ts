/** Finds folded words in texts as they were written, to show and mark where a search found them. */
import { fold } from '../../domain/fold.ts';

/** Part of a text, in UTF-16 units: from the first unit, to the one after the last. */
export type Span = readonly [from: number, to: number];

/** Code units before a match that an excerpt shows. */
const BEFORE = 24;
/** Code units that an excerpt has at most, its ellipses not counted. */
const LENGTH = 72;

/** Returns where folded words stand in a text: spans in order that do not overlap. */
export function spansOf(text: string, words: readonly string[]): Span[] {
  const { folded, origin } = mapped(text);
  const isMarked = new Uint8Array(text.length);
  for (const word of words) {
    if (word === '') continue;
    for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + word.length))
      isMarked.fill(1, origin(at), origin(at + word.length));
  }
  const spans: Span[] = [];
  for (let from = isMarked.indexOf(1); from >= 0; ) {
    const end = isMarked.indexOf(0, from);
    const to = end < 0 ? text.length : end;
    spans.push([from, to]);
    from = end < 0 ? -1 : isMarked.indexOf(1, end);
  }
  return spans;
}

/** Returns one line of a text around the first of some folded words, with an ellipsis where the text goes on. */
export function excerptOf(text: string, words: readonly string[]): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line.length <= LENGTH) return line;
  const [first = [0, 0] as const] = spansOf(line, words);
  let from = Math.max(0, first[0] - BEFORE);
  // An excerpt begins and ends with a whole word, if there is one near.
  if (from > 0) {
    const space = line.indexOf(' ', from);
    from = space >= 0 && space < first[0] ? space + 1 : halfless(line, from);
  }
  let to = Math.min(line.length, Math.max(from + LENGTH, first[1]));
  if (to < line.length) {
    const space = line.lastIndexOf(' ', to);
    to = space > Math.max(first[1] - 1, to - BEFORE) ? space : halfless(line, to);
  }
  return `${from > 0 ? '…' : ''}${line.slice(from, to)}${to < line.length ? '…' : ''}`;
}

/** Moves a place back so that it does not cut a surrogate pair. */
const halfless = (text: string, at: number): number => (/[\udc00-\udfff]/.test(text[at] ?? '') ? at - 1 : at);

/** A folded text, and where in the text each of its places comes from: folding changes lengths (ß is ss). */
function mapped(text: string): { readonly folded: string; origin(at: number): number } {
  const whole = fold(text);
  // Most texts are folded unit by unit.
  if (/^[\x00-\x7f]*$/.test(text)) return { folded: whole, origin: at => at };
  let folded = '';
  const origins: number[] = [];
  let at = 0;
  for (const char of text) {
    const own = fold(char);
    for (let i = 0; i < own.length; i++) origins.push(at);
    folded += own;
    at += char.length;
  }
  return { folded, origin: place => origins[place] ?? text.length };
}
