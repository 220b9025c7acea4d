import { inWords } from '../domain/in-words.ts';
import { escapeQuoted, jsonText, printable, tsvCell } from './escape.ts';
import type { Paint } from './paint.ts';
import { displayWidth, filled } from './width.ts';

export const formats = ['table', 'tsv', 'csv', 'json', 'jsonl', 'yaml', 'ids'] as const;
export type Format = (typeof formats)[number];

/** One field of a list or a record: how each family of formats reads it from a row. */
export interface Column<R> {
  /** As in JSON, CSV and `--fields`. */
  readonly name: string;
  /** For people; left out: the name in words. */
  readonly title?: string;
  readonly align?: 'left' | 'right';
  /** Never shortened in a table, like an id or a day. A column that is aligned to the right is never shortened. */
  readonly whole?: boolean;
  /** Whether a table that is too narrow may go without it. */
  readonly goes?: boolean;
  /** Whether it goes before the others that may. */
  readonly goesFirst?: boolean;
  /** Whether it identifies the row, as a title does: it keeps its width while other columns can be left out. */
  readonly isName?: boolean;
  /** How many cells it keeps, if it needs them, while other columns can be left out. */
  readonly wants?: number;
  /** Whether `show` prints it below the other fields, as a text without a label. */
  readonly below?: boolean;
  /** Whether JSON is without it where it is null. */
  readonly sparse?: boolean;
  /** Exact; for TSV and CSV. */
  text(row: R): string;
  /** As CSV, where that is not `text`: guarded against formulas. */
  csv?(row: R): string;
  json(row: R): unknown;
  /** For tables; left out: `text`. Need not be printable. */
  human?(row: R): string;
  paint?(text: string, row: R, paint: Paint): string;
}

export interface RenderOptions<R> {
  /** The width of a table, in cells; Infinity if it is not drawn on a terminal. */
  readonly width: number;
  readonly paint: Paint;
  id(row: R): string;
  /** One CSV record, its line end included. */
  csvLine(cells: string[]): string;
}

/** The least width in which a text of a list can be read, in cells. */
const readable = 12;
/** How many cells a title keeps before the last columns are left out. */
const NAME = 24;

/** Roughly the size of a pipe's buffer, in characters. */
const chunkSize = 64 * 1024;

/**
 * The rows in a format, in chunks of about 64 KB. JSON is a bare array with a record per line, CSV has a header,
 * TSV has none, ids are one per line; an empty table is nothing at all.
 */
export async function* renderList<R>(
  rows: Iterable<R>,
  columns: readonly Column<R>[],
  format: Format,
  options: RenderOptions<R>,
): AsyncIterable<string> {
  // A chunk is escaped as a whole, which takes less time than record by record.
  const whole = format === 'json' || format === 'jsonl' ? escapeQuoted : (text: string) => text;
  let chunk = '';
  for (const piece of await listIn[format](rows, columns, options)) {
    chunk += piece;
    if (chunk.length < chunkSize) continue;
    yield whole(chunk);
    chunk = '';
  }
  if (chunk !== '') yield whole(chunk);
}

/** One row: as a table, its labels and values in full without the empty ones; as JSON and YAML, a bare object. */
export async function renderOne<R>(
  row: R,
  columns: readonly Column<R>[],
  format: Format,
  options: RenderOptions<R>,
): Promise<string> {
  switch (format) {
    case 'table':
      return labelled(row, columns, options);
    case 'json':
      return `${jsonText(record(row, columns), 2)}\n`;
    case 'yaml':
      return (await import('./yaml-text.ts')).yamlText(record(row, columns));
    default: {
      let text = '';
      for await (const chunk of renderList([row], columns, format, options)) text += chunk;
      return text;
    }
  }
}

type ListWriter = <R>(
  rows: Iterable<R>,
  columns: readonly Column<R>[],
  options: RenderOptions<R>,
) => Iterable<string> | Promise<Iterable<string>>;

const listIn: Record<Format, ListWriter> = {
  async table(rows, columns, { width, paint }) {
    const listed = [...rows];
    if (listed.length === 0) return [];
    const { columnsWithRoom, tableLines } = await import('./table.ts');
    const drawn = columns.map(column => ({
      title: title(column).toUpperCase(),
      align: column.align ?? 'left',
      whole: column.whole ?? column.align === 'right',
      ...(column.goes && { goes: true }),
      ...(column.goesFirst && { goesFirst: true }),
      ...((column.isName || column.wants) && { wants: column.wants ?? NAME }),
    }));
    const cells = listed.map(row => columns.map(column => human(column, row)));
    const used = columns.some(column => column.goes)
      ? columnsWithRoom(drawn, cells, width, readable)
      : columns.map((_, i) => i);
    return tableLines(
      used.map(i => drawn[i]!),
      cells.map(line => used.map(i => line[i]!)),
      width,
      (text, row, i) => (row < 0 ? paint.dim(text) : painted(columns[used[i]!]!, text, listed[row]!, paint)),
    );
  },

  *tsv(rows, columns) {
    for (const row of rows) yield `${columns.map(column => tsvCell(column.text(row))).join('\t')}\n`;
  },

  *csv(rows, columns, { csvLine }) {
    yield csvLine(columns.map(column => column.name));
    for (const row of rows) yield csvLine(columns.map(column => column.csv?.(row) ?? column.text(row)));
  },

  *json(rows, columns) {
    let before = '[\n';
    for (const row of rows) {
      yield before + JSON.stringify(record(row, columns));
      before = ',\n';
    }
    yield before === '[\n' ? '[]\n' : '\n]\n';
  },

  *jsonl(rows, columns) {
    for (const row of rows) yield `${JSON.stringify(record(row, columns))}\n`;
  },

  async yaml(rows, columns) {
    const { yamlText } = await import('./yaml-text.ts');
    return (function* () {
      let empty = true;
      for (const row of rows) {
        yield yamlText([record(row, columns)]);
        empty = false;
      }
      if (empty) yield '[]\n';
    })();
  },

  *ids(rows, _, { id }) {
    for (const row of rows) yield `${id(row)}\n`;
  },
};

/** A value is wrapped to no fewer cells than this, however narrow the terminal is. */
const LEAST_VALUE = 16;

/** Returns labels and values in full, wrapped at words. Texts keep their lines, and fields that go `below` come last. */
function labelled<R>(
  row: R,
  columns: readonly Column<R>[],
  { paint, width: room }: RenderOptions<R>,
): string {
  const shown = columns
    .map(column => ({ column, label: title(column), lines: linesOf(column, row) }))
    .filter(({ lines }) => lines.length > 0);
  const beside = shown.filter(({ column }) => !column.below);
  const width = Math.max(0, ...beside.map(({ label }) => displayWidth(label))) + 2;
  const within = (lines: readonly string[], before: number) =>
    lines.flatMap(line => filled(line, Math.max(LEAST_VALUE, room - before)));
  const fields = beside.map(({ column, label, lines }) => {
    const space = ' '.repeat(width - displayWidth(label));
    const value = within(lines, width).map(line => (line === '' ? '' : painted(column, line, row, paint)));
    return `${paint.dim(label)}${space}${value.join(`\n${' '.repeat(width)}`)}\n`.replace(/ +$/gm, '');
  });
  const texts = shown
    .filter(({ column }) => column.below)
    .map(({ lines }) => `\n${within(lines, 0).join('\n')}\n`);
  return [...fields, ...texts].join('');
}

/** Returns a value for people, line by line; no lines for an empty value. */
function linesOf<R>(column: Column<R>, row: R): string[] {
  const text = (column.human?.(row) ?? column.text(row)).trimEnd();
  return text === '' ? [] : text.split(/\r\n|[\r\n]/).map(line => printable(line).trimEnd());
}

/** fromEntries makes own properties of every name, `__proto__` included. */
function record<R>(row: R, columns: readonly Column<R>[]): { [name: string]: unknown } {
  const all: { [name: string]: unknown } = {};
  for (const column of columns) {
    const value = column.json(row) ?? null;
    if (column.sparse && (value === null || (Array.isArray(value) && value.length === 0))) continue;
    // A column may have any name, and __proto__ is not set by assigning to it.
    if (column.name === '__proto__') Object.defineProperty(all, column.name, { value, enumerable: true });
    else all[column.name] = value;
  }
  return all;
}

const human = <R>(column: Column<R>, row: R) => printable(column.human?.(row) ?? column.text(row)).trimEnd();

const painted = <R>(column: Column<R>, text: string, row: R, paint: Paint) =>
  column.paint?.(text, row, paint) ?? text;

const title = <R>(column: Column<R>) => printable(column.title ?? inWords(column.name));
