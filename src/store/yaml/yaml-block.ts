/** Edits of YAML text in block collections: each entry has lines of its own. */
import type { CST, Node, YAMLMap, YAMLSeq } from 'yaml';
import { type Added, type Changes, type Patch, sourceOf } from './yaml-patch.ts';
import { printLines, printValue } from './yaml-print.ts';
import { bodyOf, type Entry, isCollection, isFlow, type Lines } from './yaml-source.ts';
import { isMapping, type Source, type YamlValue } from './yaml-tree.ts';

/** Takes out the lines of entries, with the comments on them and right above; above the first of a file it has its own. */
export function removeFromBlock(
  patch: Patch,
  entries: readonly Entry[],
  changes: Changes,
  isRoot: boolean,
): void {
  entries.forEach((entry, i) => {
    if (changes.stays[i]) return;
    const above = entries[i - 1];
    // Comments below an empty key may as well be about what it may get.
    const isEmpty = above && (above.node === null || patch.before.get(above.node) === null);
    const bound = above && !isEmpty ? above.end : above || isRoot ? entry.start : 0;
    patch.edits.push({ ...linesOf(patch, entry, bound), text: '' });
  });
}

/** The lines of an entry. Of one that begins after a dash, `- id: a`, the dash stays. */
function linesOf(
  { lines, withBlanks }: Patch,
  entry: Pick<Entry, 'start' | 'end'>,
  bound: number,
): { from: number; to: number } {
  const { text } = lines;
  let to = lines.after(entry.end, lines.column(entry.start));
  if (!lines.startsLine(entry.start)) {
    const from = text.slice(0, entry.start).trimEnd().length;
    return { from, to: lines.lastOf(to - 1) };
  }
  let from = lines.above(entry.start, bound);
  const follows = (at: number) => lines.isBlankLine(at) && text[at - 1] === '\n';
  if (withBlanks) while (follows(to)) to = lines.endOf(to);
  else if (from > 0 && lines.isBlankLine(lines.startOf(from - 1)) && follows(to)) to = lines.endOf(to);
  // Where the last line has no line end, the one before it has none either.
  if (to === text.length && text[to - 1] !== '\n' && from > 0)
    from -= text.slice(0, from).match(/\r?\n$/)?.[0].length ?? 0;
  return { from, to };
}

/** Puts new entries on lines of their own, after the entries that they come after. */
export function insertInBlock(patch: Patch, entries: readonly Entry[], { stays, added }: Changes): void {
  const { lines } = patch;
  for (const [index, news] of added) {
    const column = lines.column(entries[0]!.start);
    const texts = news.flatMap(each => entryLines(patch, each, column));
    let after = index;
    while (after >= 0 && !stays[after]) after--;
    if (after >= 0) {
      insertLines(patch, lines.after(entries[after]!.end, column), texts);
      continue;
    }
    const first = entries[0]!;
    if (lines.startsLine(first.start)) {
      insertLines(patch, lines.above(first.start, 0), texts);
      continue;
    }
    // Right after a dash, `- id: a`: the new one takes the place of the first entry on the line.
    const ending = lines.ending(first.start);
    const text = texts.join(ending).trimStart();
    const removed = stays[0]
      ? undefined
      : patch.edits.findIndex(({ from, to }) => from < first.start && to >= first.end);
    if (removed === undefined || removed < 0)
      patch.edits.push({ from: first.start, to: first.start, text: text + ending + ' '.repeat(column) });
    else patch.edits[removed] = { from: first.start, to: patch.edits[removed]!.to, text };
  }
}

function insertLines({ lines, edits }: Patch, at: number, texts: readonly string[]): void {
  const ending = lines.ending(Math.max(0, at - 1));
  const joined = texts.join(ending);
  const isAfterLine =
    at === 0 || lines.text[at - 1] === '\n' || (at === 1 && lines.text.startsWith('\uFEFF'));
  edits.push({ from: at, to: at, text: isAfterLine ? joined + ending : ending + joined });
}

/** The lines of a new entry, indented to a column: as it was written before, with its comments, or printed. */
function entryLines(patch: Patch, added: Added, column: number): string[] {
  const { key, value } = added;
  const source = sourceOf(patch, added);
  const written = source && writtenLines(source, column, key);
  if (written) return written;
  const texts =
    key === undefined
      ? [`- ${printValue(value, false, patch.print)}`]
      : printLines(key, value, patch.blocks, patch.step, patch.print);
  return texts.map(line => ' '.repeat(column) + line);
}

/** The lines that an entry has where it came from, with the comments right above, moved to another column. */
function writtenLines(
  { lines, entry, around }: Source,
  column: number,
  key: string | undefined,
): string[] | undefined {
  const { start, end } = entry!;
  if (entry!.key !== key) return undefined;
  if (isFlow(around!)) {
    const text = lines.text.slice(start, end);
    return text.includes('\n') ? undefined : [`${' '.repeat(column)}${key === undefined ? '- ' : ''}${text}`];
  }
  if (!lines.startsLine(start)) return undefined;
  const own = lines.column(start);
  const bound = boundOf(lines, start, around!);
  const text = lines.text.slice(lines.above(start, bound), lines.after(end, own)).replace(/\r?\n$/, '');
  return text.split(/\r?\n/).map(line => {
    const indent = line.match(/^ */)![0].length;
    return line.trim() === '' ? line : ' '.repeat(Math.max(0, indent + column - own)) + line.slice(indent);
  });
}

/** Comments above the first entry of a file are the file's. */
const boundOf = (lines: Lines, start: number, around: YAMLMap | YAMLSeq): number =>
  around.srcToken?.type === 'block-map' &&
  around.srcToken.indent === 0 &&
  lines.text.slice(0, start).trim() === ''
    ? start
    : 0;

/**
 * Makes an empty value a block with its entries on the lines below; false where it cannot be one: in a list, or after
 * a question mark. Comments that stand below the key already stay above the entries.
 */
export function putInEmpty(
  patch: Patch,
  entry: Entry | undefined,
  node: Node | null,
  value: YamlValue,
): boolean {
  const { lines, edits } = patch;
  if (!isMapping(value) && !Array.isArray(value)) return false;
  if (!entry) return putInEmptyFile(patch, node, value);
  if (entry.key === undefined || !entry.hasColon || !lines.startsLine(entry.start)) return false;
  const { start, end } = entry.value ?? { start: entry.before, end: entry.before };
  const own = lines.column(entry.start);
  const column = own + (isMapping(value) ? patch.step : patch.listStep);
  if (end > start) {
    const from = Math.max(entry.before, lines.text.slice(0, start).trimEnd().length);
    const isAlone = lines.startsLine(start) && lines.text.slice(end, lines.endOf(end)).trim() === '';
    edits.push(
      isAlone ? { from: lines.startOf(start), to: lines.endOf(end), text: '' } : { from, to: end, text: '' },
    );
  }
  insertLines(patch, lines.after(end, own), newLines(patch, value, column));
  return true;
}

function putInEmptyFile(patch: Patch, node: Node | null, value: YamlValue): boolean {
  const { lines, edits, document } = patch;
  const texts = newLines(patch, value, 0);
  if (isCollection(node)) {
    const [start, end] = node.range!;
    if (!lines.startsLine(start)) return false;
    edits.push({ from: start, to: end, text: texts.join(lines.ending(start)) });
    return true;
  }
  if (node?.range && node.range[1] > node.range[0]) return false;
  // Before the mark of the document's end, where there is one.
  const mark = lines.text.slice(document.range[0]).match(/^\.\.\.[ \t]*(#.*)?\r?$/m);
  const at = mark ? document.range[0] + mark.index! : lines.text.length;
  insertLines(patch, at, texts);
  return true;
}

const newLines = (patch: Patch, value: YamlValue, column: number): string[] =>
  isMapping(value)
    ? [...value].flatMap(([key, each]) => entryLines(patch, { key, value: each }, column))
    : (value as YamlValue[]).flatMap(each => entryLines(patch, { key: undefined, value: each }, column));

/** Takes out all entries of a block: `{}` or `[]` is what remains, on the line of the key. */
export function emptyBlock(
  patch: Patch,
  entry: Entry | undefined,
  entries: readonly Entry[],
  text: string,
): void {
  const { lines, edits } = patch;
  const { start } = entries[0]!;
  if (entry && lines.startsLine(start)) {
    removeFromBlock(patch, entries, { stays: entries.map(() => false), added: new Map() }, false);
    edits.push({ from: entry.before, to: entry.before, text: ` ${text}` });
  } else edits.push({ from: start, to: endOfBlock(lines, start, entries.at(-1)!.end), text });
}

const endOfBlock = (lines: Lines, start: number, end: number): number =>
  lines.lastOf(lines.after(end, lines.column(start)) - 1);

/** Puts a text of one line in the place of a value; the key, its comments, its anchor and its tag stay. */
export function replaceInBlock(patch: Patch, entry: Entry, text: string): void {
  const { lines, edits } = patch;
  const { value, before, hasColon, start } = entry;
  if (!value) {
    // After a question mark, the colon has a line of its own.
    const isExplicit = lines.text[start] === '?' && lines.startsLine(start);
    const colon = isExplicit ? `${lines.ending(before)}${' '.repeat(lines.column(start))}: ` : ': ';
    const lead = hasColon || entry.key === undefined ? ' ' : colon;
    edits.push({ from: before, to: before, text: lead + text });
    return;
  }
  const { token } = value;
  if (token.type === 'block-scalar') {
    const header = (token.props as CST.SourceToken[]).find(({ type }) => type === 'block-scalar-header')!;
    edits.push({ from: header.offset, to: header.offset + header.source.length, text });
    edits.push({ from: bodyOf(token), to: value.end, text: '' });
  } else if (token.type !== 'block-map' && token.type !== 'block-seq')
    edits.push({ from: value.start, to: value.end, text });
  else if (lines.startsLine(value.start)) {
    edits.push({ from: before, to: before, text: ` ${text}` });
    edits.push({ ...linesOf(patch, value, before), text: '' });
  } else edits.push({ from: value.start, to: endOfBlock(lines, value.start, value.end), text });
}
