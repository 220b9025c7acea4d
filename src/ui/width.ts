import stringWidth from 'string-width';
import { once } from '../domain/memo.ts';

// Taking a text apart into what a person sees as characters costs a microsecond for each, so that is left to what
// needs it: emoji, combining marks, the scripts of India. Latin (without the soft hyphen), Greek, Cyrillic and the
// usual punctuation take one cell each; kana, Han and Hangul take two.
const one =
  '\\x20-\\x7e\\xa0-\\xac\\xae-\\u02ff\\u0391-\\u0482\\u048a-\\u0523\\u1e00-\\u1eff\\u2010-\\u2027\\u20ac';
const two = '\\u3041-\\u3096\\u30a1-\\u30fa\\u30fc\\u4e00-\\u9fff\\uac00-\\ud7a3';
const allOne = once(() => new RegExp(`^[${one}]*$`));
const allSimple = once(() => new RegExp(`^[${one}${two}]*$`));
const notTwo = once(() => new RegExp(`[^${two}]+`, 'g'));
/** Made on demand, because Node loads its data of characters for it. */
const segmenter = once(() => new Intl.Segmenter());
const segments = (text: string) => segmenter().segment(text);
const emoji = once(() => /\p{Emoji_Presentation}|\p{Regional_Indicator}|\ufe0f/u);
const textSymbol = once(() => /\p{Extended_Pictographic}/u);
const control = once(() => /\p{Cc}/u);
const weightless = once(() => /[\p{Mn}\p{Me}\p{Cf}]/gu);

/** In code units. A longer text is wider than any terminal, and only its beginning is looked at. */
const LONG = 4096;

/** How many cells of a terminal the text takes: two for wide characters, none for combining marks. */
export function displayWidth(text: string): number {
  if (text.length > LONG) return Math.max(LONG, displayWidth(text.slice(0, LONG)));
  if (allOne().test(text)) return text.length;
  if (allSimple().test(text)) return text.length + text.replace(notTwo(), '').length;
  let width = 0;
  for (const { segment } of segments(text)) width += graphemeWidth(segment);
  return width;
}

/** No character below it is wide: neither East Asian nor emoji. */
const FIRST_WIDE = '\u1100';

/**
 * Returns the cells of one grapheme, as terminals count them: an emoji sequence is one wide character, and all else is the
 * sum of its code points without combining marks. string-width alone counts only the first code point of a Devanagari or
 * Thai cluster, and takes ™ for an emoji; here it decides which single characters are wide.
 */
function graphemeWidth(grapheme: string): number {
  if (allOne().test(grapheme)) return grapheme.length;
  if (emoji().test(grapheme)) return 2;
  let width = 0;
  for (const char of grapheme.normalize('NFC').replace(weightless(), ''))
    width += char < FIRST_WIDE || textSymbol().test(char) ? Number(!control().test(char)) : stringWidth(char);
  return width;
}

/** A character as a person sees it, and the cells it takes. */
export interface Cluster {
  readonly text: string;
  readonly width: number;
  /** Whether every terminal gives it that width: emoji sequences and Indic clusters differ between them. */
  readonly isSure: boolean;
}

/** Takes a text apart into what a person sees as characters, each with its width. */
export function* clusters(text: string): Generator<Cluster> {
  if (allSimple().test(text)) {
    for (const char of text) yield { text: char, width: allOne().test(char) ? 1 : 2, isSure: true };
    return;
  }
  for (const { segment } of segments(text.normalize('NFC')))
    yield { text: segment, width: graphemeWidth(segment), isSure: allSimple().test(segment) };
}

/** The text on lines of at most `width` cells, broken between words; a word that is longer has a line of its own. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && displayWidth(longer) > width) {
      lines.push(line.trimEnd());
      line = word;
    } else line = longer;
  }
  return [...lines, line.trimEnd()];
}

/** What colours a text, marked as ours (screen.ts). */
const PAINT = /\u001b[0-9a-z]*\[[0-9;]*m/g;
/** How much further than a line its continuation is indented. */
const HANGING = 4;

/**
 * Returns a line, painted or not, on lines of at most `width` cells. Those after the first begin where the text beside a
 * name does, if there is one, or are indented further than the line.
 */
export function hung(line: string, width: number): string[] {
  const cells = (text: string) => displayWidth(text.replace(PAINT, ''));
  if (cells(line) <= width) return [line];
  const indent = line.search(/\S/);
  const beside = cells(/^\s*\S.*?\s{2,}(?=\S)/.exec(line)?.[0] ?? '');
  const further = beside > 0 && beside * 2 <= width ? beside : indent + HANGING;
  const [first = '', ...words] = line.trimStart().split(' ');
  const lines = [' '.repeat(indent) + first];
  for (const word of words) {
    const longer = `${lines.at(-1)} ${word}`;
    if (cells(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(' '.repeat(further) + word);
  }
  return lines;
}

/**
 * As `wrapped`, but a word that is wider than a line is broken: scripts without spaces between words need that. A text
 * that fits stays as it is, its indentation too.
 */
export const filled = (text: string, width: number): string[] =>
  displayWidth(text) <= width
    ? [text.trimEnd()]
    : wrapped(text, width).flatMap(line => {
        if (displayWidth(line) <= width) return [line];
        const lines: string[] = [];
        let part = '';
        let taken = 0;
        for (const { segment } of segments(line.slice(0, LONG))) {
          const own = graphemeWidth(segment);
          if (part !== '' && taken + own > width) {
            lines.push(part);
            part = '';
            taken = 0;
          }
          part += segment;
          taken += own;
        }
        return [...lines, part];
      });

/** The beginning of a date at the end of a text: with less of it, it would say another one. */
const HALF_DATE = /(?<!\d)\d{4}-(?:\d|\d\d(?:-\d?)?)?$/;

/** The text in at most `width` cells, with `…` for what does not fit; characters and dates are kept whole. */
export function shorten(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  if (width < 1) return '';
  if (allOne().test(text)) return ended(text.slice(0, width - 1));
  let kept = '';
  let taken = 0;
  for (const { segment } of segments(text.slice(0, LONG))) {
    taken += graphemeWidth(segment);
    if (taken > width - 1) break;
    kept += segment;
  }
  return ended(kept);
}

const ended = (kept: string): string => `${kept.replace(HALF_DATE, '').trimEnd()}…`;
