/** Edits of YAML text in flow collections: `{ a: 1 }` and `[ a, b ]`, on one line or on several. */
import type { CST, YAMLMap, YAMLSeq } from 'yaml';
import { type Added, type Changes, type Patch, sourceOf } from './yaml-patch.ts';
import { printPair, printValue } from './yaml-print.ts';
import { commasOf, type Entry, type Lines } from './yaml-source.ts';

/** Takes entries out, with one comma each, and puts new ones in; comments between them stay. */
export function changeFlow(
  patch: Patch,
  node: YAMLMap | YAMLSeq,
  entries: readonly Entry[],
  changes: Changes,
): void {
  const token = node.srcToken as CST.FlowCollection;
  const commas = commasOf(token);
  const { stays, added } = changes;
  const hasComment = patch.lines.text.slice(token.start.offset, token.end[0]!.offset).includes('#');
  if (entries.length > 0 && !stays.includes(true) && !hasComment) {
    replaceAll(patch, node, entries, [...added.values()].flat());
    return;
  }
  entries.forEach((entry, i) => {
    if (!stays[i]) removeOne(patch, entry, commas[i]);
  });
  // Without the last entry, the one before it needs no comma any more.
  const lastLeft = stays.lastIndexOf(true);
  if (entries.length > 0 && commas[entries.length - 1] === undefined && lastLeft >= 0 && !stays.at(-1)) {
    const at = commas[lastLeft];
    if (at !== undefined) {
      // With the blanks after it, unless a comment or the line's end follows them.
      const blanks = /^[ \t]*(?![ \t]*(?:#|\r?\n|$))/.exec(patch.lines.text.slice(at + 1))?.[0].length ?? 0;
      patch.edits.push({ from: at, to: at + 1 + blanks, text: '' });
    }
  }
  const afterStaying = new Map<number, Added[]>();
  for (const [index, news] of added) {
    const after = index < 0 ? -1 : stays.lastIndexOf(true, index);
    afterStaying.set(after, [...(afterStaying.get(after) ?? []), ...news]);
  }
  for (const [after, news] of afterStaying)
    insert(
      patch,
      token,
      entries,
      stays,
      after,
      news.map(each => textOf(patch, each, node)),
    );
}

/** Puts new entries in the place of all: on lines of their own if the first had one. */
function replaceAll(
  patch: Patch,
  node: YAMLMap | YAMLSeq,
  entries: readonly Entry[],
  added: readonly Added[],
): void {
  const { lines, edits } = patch;
  const token = node.srcToken as CST.FlowCollection;
  const [first, last] = [entries[0]!, entries.at(-1)!];
  const comma = commasOf(token)[entries.length - 1];
  if (added.length === 0) {
    edits.push({ from: token.start.offset + token.start.source.length, to: token.end[0]!.offset, text: '' });
    return;
  }
  const gap = lines.startsLine(first.start) ? ownLine(lines, first.start) : ' ';
  const text = added.map(each => textOf(patch, each, node)).join(`,${gap}`);
  edits.push({ from: first.start, to: comma === undefined ? last.end : comma + 1, text });
}

/** A line break and the indentation of the line at `at`. */
const ownLine = (lines: Lines, at: number): string => `${lines.ending(at)}${' '.repeat(lines.column(at))}`;

function removeOne({ lines, edits }: Patch, { start, end }: Entry, comma: number | undefined): void {
  const { text } = lines;
  const isClose = comma !== undefined && /^[ \t]*$/.test(text.slice(end, comma));
  let from = start;
  let to = isClose ? comma + 1 : end;
  if (comma !== undefined && !isClose) edits.push({ from: comma, to: comma + 1, text: '' });
  const rest = text.slice(to, lines.endOf(to));
  if (lines.startsLine(from) && rest.trim() === '') {
    from = lines.startOf(from);
    to = lines.endOf(to);
  } else if (comma === undefined || rest.trim() === '')
    from = text.slice(0, from).replace(/[ \t]+$/, '').length;
  else to += rest.match(/^[ \t]*/)![0].length;
  edits.push({ from, to, text: '' });
}

/** Puts texts after an entry that stays, or at the beginning; on lines of their own where the others have theirs. */
function insert(
  { lines, edits }: Patch,
  { start: open }: CST.FlowCollection,
  entries: readonly Entry[],
  stays: readonly boolean[],
  after: number,
  texts: readonly string[],
): void {
  const before = entries[after];
  if (before) {
    const isAlone = lines.startsLine(before.start) && !/^[ \t]*,?[ \t]*#/.test(lines.text.slice(before.end));
    const gap = isAlone ? ownLine(lines, before.start) : ' ';
    edits.push({ from: before.end, to: before.end, text: texts.map(text => `,${gap}${text}`).join('') });
    return;
  }
  const next = entries[stays.indexOf(true)];
  if (next) {
    const gap = lines.startsLine(next.start) ? ownLine(lines, next.start) : ' ';
    edits.push({ from: next.start, to: next.start, text: texts.map(text => `${text},${gap}`).join('') });
    return;
  }
  const joined = texts.join(', ');
  const at = open.offset + open.source.length;
  const isOpen = /^[ \t]*[}\]]/.test(lines.text.slice(at));
  edits.push({ from: at, to: at, text: isOpen && lines.text[at] !== ' ' ? ` ${joined} ` : ` ${joined}` });
}

/**
 * A new entry as it was written before, or printed. What stood on several lines is only put back into its own
 * collection, where its indentation fits.
 */
function textOf(patch: Patch, added: Added, into: YAMLMap | YAMLSeq): string {
  const { key, value } = added;
  const { lines, entry, node, around } = sourceOf(patch, added) ?? {};
  const isFlowValue = (node as { flow?: boolean } | undefined)?.flow === true;
  if (lines && entry && entry.key === key && entry.value && isFlowValue) {
    const text =
      key === undefined
        ? lines.text.slice(entry.value.start, entry.end)
        : lines.text.slice(entry.start, entry.end);
    if (!text.includes('\n') || around === into) return text;
  }
  return key === undefined ? printValue(value, true, patch.print) : printPair(key, value, patch.print);
}
