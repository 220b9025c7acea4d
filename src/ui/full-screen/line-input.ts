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

const inserted = ({ text, at }: Line, more: string): Line => joined(text.slice(0, at) + more, text.slice(at));

/** Returns the line of two texts with the cursor between them. They may combine, and the cursor is then behind what they become. */
function joined(before: string, after: string): Line {
  const text = (before + after).normalize('NFC');
  const at = before.normalize('NFC').length;
  return { text, at: boundaries(text).find(each => each >= at) ?? text.length };
}

/** Returns the beginnings of characters and the end of the text, which is composed (NFC). */
function boundaries(text: string): number[] {
  const found = [0];
  for (const { text: each } of clusters(text)) found.push(found.at(-1)! + each.length);
  return found;
}

const before = ({ text, at }: Line): number => boundaries(text).findLast(each => each < at) ?? 0;
const after = ({ text, at }: Line): number => boundaries(text).find(each => each > at) ?? text.length;

/** The beginning of the word before the cursor; a space may have an accent, and is then one character with it. */
function wordBefore({ text, at }: Line): number {
  const { length } = text.slice(0, at).trimEnd().replace(/\S+$/u, '');
  return boundaries(text).findLast(each => each <= length) ?? 0;
}

/** The end of the word after the cursor. */
function wordAfter({ text, at }: Line): number {
  const end = at + (/^\s*\S*/u.exec(text.slice(at))?.[0].length ?? 0);
  return boundaries(text).find(each => each >= end) ?? text.length;
}

const cut = ({ text }: Line, from: number, to: number): Line => joined(text.slice(0, from), text.slice(to));

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
