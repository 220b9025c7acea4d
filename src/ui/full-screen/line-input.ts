/** A line that is typed: characters go in and out as a person sees them, with the keys that shells have. */
import { clusters, displayWidth } from '../width.ts';
import type { Key } from './decode-keys.ts';

export interface Line {
  readonly text: string;
  /** Where the cursor is, in code units: always between two characters. */
  readonly at: number;
}

/** Returns a line with a text, and the cursor after it. */
export const lineOf = (text: string): Line => end({ text: text.normalize('NFC'), at: 0 });

/** Returns the line after a key; undefined where the key does nothing to a line. */
export function typed(line: Line, key: Key): Line | undefined {
  if (key.text !== undefined) return inserted(line, cleaned(key.text));
  return edits[key.name]?.(line);
}

/** Makes a text fit into a line: line ends and tabs become spaces, other controls are removed. */
const cleaned = (text: string): string =>
  text.replace(/[\t\n\u2028\u2029]+/g, ' ').replace(/[\0-\x1f\x7f-\x9f]/g, '');

function inserted({ text, at }: Line, more: string): Line {
  const whole = (text.slice(0, at) + more + text.slice(at)).normalize('NFC');
  const typed = (text.slice(0, at) + more).normalize('NFC').length;
  // The typed text may combine with the character before it, and the text after it too.
  return { text: whole, at: boundaries(whole).find(each => each >= typed) ?? whole.length };
}

/** Returns the beginnings of characters and the end of the text, which is composed (NFC). */
function boundaries(text: string): number[] {
  const found = [0];
  for (const { text: each } of clusters(text)) found.push(found.at(-1)! + each.length);
  return found;
}

const before = ({ text, at }: Line): number => boundaries(text).findLast(each => each < at) ?? 0;
const after = ({ text, at }: Line): number => boundaries(text).find(each => each > at) ?? text.length;

/** The beginning of the word before the cursor. */
const wordBefore = ({ text, at }: Line): number => text.slice(0, at).trimEnd().replace(/\S+$/u, '').length;
/** The end of the word after the cursor. */
const wordAfter = ({ text, at }: Line): number => at + (/^\s*\S*/u.exec(text.slice(at))?.[0].length ?? 0);

const cut = ({ text }: Line, from: number, to: number): Line => ({
  text: text.slice(0, from) + text.slice(to),
  at: from,
});

const left = (line: Line): Line => ({ ...line, at: before(line) });
const right = (line: Line): Line => ({ ...line, at: after(line) });
const home = (line: Line): Line => ({ ...line, at: 0 });
const end = (line: Line): Line => ({ ...line, at: line.text.length });
const wordLeft = (line: Line): Line => ({ ...line, at: wordBefore(line) });
const wordRight = (line: Line): Line => ({ ...line, at: wordAfter(line) });
const backspace = (line: Line): Line => cut(line, before(line), line.at);
const remove = (line: Line): Line => cut(line, line.at, after(line));
const cutWord = (line: Line): Line => cut(line, wordBefore(line), line.at);

const edits: Readonly<Record<string, (line: Line) => Line>> = {
  left,
  'ctrl-b': left,
  right,
  'ctrl-f': right,
  home,
  'ctrl-a': home,
  end,
  'ctrl-e': end,
  'ctrl-left': wordLeft,
  'alt-left': wordLeft,
  'alt-b': wordLeft,
  'ctrl-right': wordRight,
  'alt-right': wordRight,
  'alt-f': wordRight,
  backspace,
  delete: remove,
  'ctrl-d': remove,
  'ctrl-w': cutWord,
  'alt-backspace': cutWord,
  'ctrl-u': line => cut(line, 0, line.at),
  'ctrl-k': line => cut(line, line.at, line.text.length),
};

/** Returns the part of a line that fits into a width and contains the cursor, with the cursor's cell, from 0. */
export function windowOf(
  { text, at }: Line,
  width: number,
): { readonly text: string; readonly cursor: number } {
  const room = Math.max(0, width - 1);
  const fits = (from: number) => from >= at || displayWidth(text.slice(from, at)) <= room;
  const from = boundaries(text).find(fits) ?? 0;
  return { text: text.slice(from), cursor: displayWidth(text.slice(from, at)) };
}
