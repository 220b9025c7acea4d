/** The history of one record or file for people: what was done, and below it each field, as wide as the terminal. */
import { isImport } from '../app/history/change-words.ts';
import type { HistoryChange, HistoryEntry } from '../app/history/history.ts';
import { humanInstant } from '../app/reading/said.ts';
import type { View } from '../app/core/view.ts';
import { isObject, type Json } from '../domain/records.ts';
import { printable } from '../ui/escape.ts';
import { wrapped } from '../ui/width.ts';
import { fileLines, setText, short } from './diff.ts';
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
    const head = `${humanInstant(view, entry.at)}  ${entry.by}  ${entry.via}${why === '' ? '' : `: ${why}`}`;
    await terminal.print(`${paint.bold(printable(head))}  ${paint.dim(`transaction ${entry.tx}`)}\n`);
    for (const line of entry.changes.flatMap(change => linesOf(view, change, entry.via, of)))
      for (const [i, part] of wrapped(line, width - indent.length - 2).entries())
        await terminal.print(`${indent}${i > 0 ? '  ' : ''}${part}\n`);
  }
}

function linesOf(view: View, { id, op, set, kind }: HistoryChange, via: string, of: string): string[] {
  const whose = id === of ? '' : `${id} `;
  if (kind === 'file') {
    const [old, value] = set.text as readonly [string | null, string | null];
    return fileLines(old, value);
  }
  const said = (value: Json) =>
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? humanInstant(view, value) : value;
  const fields = Object.entries(oneByOne(set)).map(([field, [old, value]]) => {
    const text =
      op === 'set'
        ? setText(field, said(old), said(value))
        : `${field}: ${short(said(op === 'add' ? value : old))}`;
    return text.replace(/"(\d{4}-\d\d-\d\d \d\d:\d\d)"/g, '$1');
  });
  return op === 'set'
    ? fields.map(field => whose + field)
    : [
        `${whose}${op === 'rm' ? 'moved to the trash' : isImport(via) ? 'imported' : 'added'}`,
        ...fields.map(f => `  ${f}`),
      ];
}

/** Custom fields each on its own: those of a record that comes or goes are in one object. */
function oneByOne({ fields, ...set }: HistoryChange['set']): HistoryChange['set'] {
  const [old, value] = fields ?? [null, null];
  const of = (custom: Json, name: string): Json => (isObject(custom) ? (custom[name] ?? null) : null);
  const names = [old, value].flatMap(custom => (isObject(custom) ? Object.keys(custom) : []));
  return { ...set, ...Object.fromEntries(names.map(name => [name, [of(old, name), of(value, name)]])) };
}
