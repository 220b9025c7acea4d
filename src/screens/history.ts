/** The history of one record or file for people: each action, and below it each field, as wide as the terminal. */
import { isImport, nameIn, saidFields } from '../app/history/change-words.ts';
import type { HistoryChange, HistoryEntry } from '../app/history/history.ts';
import { humanInstant, userName } from '../app/reading/said.ts';
import type { View } from '../app/core/view.ts';
import { printable } from '../ui/escape.ts';
import { shorten, wrapped } from '../ui/width.ts';
import { fileLines, setText } from './diff.ts';
import type { Terminal } from './terminal.ts';

const indent = '    ';

/** Draws each transaction with its time, user and command, and below it a line for each field; of other records than `of`, with their ids. */
export async function drawHistory(
  terminal: Terminal,
  view: View,
  entries: readonly HistoryEntry[],
  whyText: (entry: HistoryEntry) => string,
  of: string,
): Promise<void> {
  const paint = await terminal.paint();
  const width = terminal.streams.stdout.columns;
  for (const entry of entries) {
    const why = whyText(entry);
    const head = `${humanInstant(view, entry.at)}  ${userName(view.config, entry.by)}  ${entry.via}${why === '' ? '' : `: ${why}`}`;
    await terminal.print(`${paint.bold(printable(head))}  ${paint.dim(`transaction ${entry.tx}`)}\n`);
    for (const line of entry.changes.flatMap(change => linesOf(view, change, entry.via, of)))
      for (const [i, part] of wrapped(line, width - indent.length - 2).entries())
        await terminal.print(`${indent}${i > 0 ? '  ' : ''}${part}\n`);
  }
}

function linesOf(view: View, change: HistoryChange, via: string, of: string): string[] {
  const { id, op, set, kind } = change;
  if (kind === 'file') {
    const [old, value] = set.text as readonly [string | null, string | null];
    return fileLines(old, value);
  }
  const whose = id === of ? '' : `${named(view, change)} `;
  const fields = fieldTexts(view, change);
  return op === 'set'
    ? fields.map(field => whose + field)
    : [
        `${whose}${op === 'rm' ? 'moved to the trash' : isImport(via) ? 'imported' : 'added'}`,
        ...fields.map(field => `  ${field}`),
      ];
}

/** Returns the fields of a change, each as a text: `stage: To contact → In contact`, or `stage: To contact` for a new record. */
function fieldTexts(view: View, change: HistoryChange): string[] {
  const { op, set } = change;
  return saidFields(view, change).flatMap(({ path, label, before, after }) => {
    // The currency is printed with the amount.
    if (path === 'currency' && set.value) return [];
    if (op !== 'set') return before + after === '' ? [] : [`${printable(label)}: ${cut(before + after)}`];
    if (path === 'adjustments') return [setText(path, ...set[path]!)];
    return [`${printable(label)}: ${cut(before)} → ${cut(after)}`];
  });
}

/** A record by id and name: `D1 (Chairs)`. */
function named(view: View, change: HistoryChange): string {
  const name = nameIn(view, change);
  return name === '' ? change.id : `${change.id} (${shorten(printable(name), NAME)})`;
}

/** The most cells that a name takes among other words. */
const NAME = 30;
/** How many characters of a value are shown. */
const VALUE = 80;

/** Returns a value, shortened. */
function cut(text: string): string {
  if (text === '') return '(none)';
  return printable(text.length > VALUE ? `${text.slice(0, VALUE - 1)}…` : text);
}

/** Returns the changes of a transaction in a line for people: `D1 (Chairs) stage: To contact → In contact`. */
export function changeLine(view: View, change: HistoryChange): string {
  const { op } = change;
  if (change.kind === 'file') return `${did[op]} ${change.id}`;
  const texts = fieldTexts(view, change);
  if (op === 'set') return `${named(view, change)} ${texts.join(', ')}`;
  const names = new Set(['title', 'name', ...(change.set.value ? ['currency'] : [])]);
  const said = saidFields(view, change).flatMap(({ path, label, before, after }) =>
    names.has(path) || before + after === '' ? [] : [`${printable(label)} ${cut(before + after)}`],
  );
  return `${did[op]} ${named(view, change)}${op === 'rm' || said.length === 0 ? '' : `: ${said.join(', ')}`}`;
}

const did = { add: 'added', set: 'changed', rm: 'removed' } as const;
