import { displayWidth, shorten } from './width.ts';

export interface TableColumn {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Never shortened. */
  readonly whole: boolean;
  /** Whether it is shortened further than the others: to 70% of their width. */
  readonly yields?: boolean;
  /** Whether a table that is too narrow may go without it; while it is there, its title is whole. */
  readonly goes?: boolean;
  /** Whether it is left out before the other columns that may be. */
  readonly goesFirst?: boolean;
  /** How many cells it keeps, if it needs them, while other columns can be left out to make room. */
  readonly wants?: number;
}

const gap = 2;
/**
 * The least width of a shortened cell: shorter cells mean nothing, so the line rather becomes longer than the
 * terminal.
 */
const narrowest = 4;
/** The width of columns that yield, as a share of the others' width. */
const YIELDING = 0.7;
/** A title of at most this many cells stays whole: `STA…` could be a state, a status or a stage. */
const WHOLE_TITLE = 8;

/** A day, or the day of an instant. */
const DATE = /^\d{4}-\d\d-\d\d/;
/** A column of dates has no cell wider than this many: words such as `none` may stand between the dates, texts may not. */
const WIDEST_DATE = 20;

/** A date that is cut says another one: columns of dates are never shortened. */
const withWholeDates = (
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
): readonly TableColumn[] =>
  columns.map((column, i) =>
    !column.whole &&
    rows.some(cells => DATE.test(cells[i]!)) &&
    rows.every(cells => cells[i]!.length <= WIDEST_DATE)
      ? { ...column, whole: true }
      : column,
  );

/**
 * The lines of a table without borders, each ending in `\n`, of the titles and then the rows, given as printable
 * text. If it is wider than `width` cells, titles and then the widest columns are shortened; a text with nothing after
 * it takes the room that is free there. `paint` colours the text of a cell after it was measured; row -1 are the titles.
 */
export function* tableLines(
  given: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  width: number,
  paint: (text: string, row: number, column: number) => string,
): Iterable<string> {
  const columns = withWholeDates(given, rows);
  const titles = columns.map(column => column.title);
  const measured = rows.map(cells => cells.map(displayWidth));
  const content = columns.map(() => 0);
  for (const cells of measured)
    for (let i = 0; i < cells.length; i++) content[i] = Math.max(content[i]!, cells[i]!);
  const widths = fittingWidths(columns, content, width);

  for (let row = -1; row < rows.length; row++) {
    let line = '';
    const cells = rows[row] ?? titles;
    const last = row < 0 ? -1 : cells.findLastIndex(text => text !== '');
    // Spaces are written only before something, so that no line ends in them.
    let spaces = 0;
    for (let i = 0; i < columns.length; i++) {
      const width = i === last && columns[i]!.align === 'left' ? roomFrom(widths, i) : widths[i]!;
      let text = cells[i]!;
      let taken = measured[row]?.[i] ?? displayWidth(text);
      if (taken > width) taken = displayWidth((text = shorten(text, width)));
      const before = columns[i]!.align === 'right' ? width - taken : 0;
      if (text !== '') {
        line += ' '.repeat(spaces + before) + paint(text, row, i);
        spaces = gap + width - taken - before;
      } else spaces += width + gap;
    }
    yield `${line}\n`;
  }
}

const total = (widths: readonly number[]) => widths.reduce((sum, own) => sum + own + gap, -gap);

/** Returns the cells of a column and of all after it. */
const roomFrom = (widths: readonly number[], column: number): number => total(widths.slice(column));

/**
 * Returns the columns to show: leaves out empty columns, and then the last of those that may go, until the others
 * have `readable` cells.
 */
export function columnsWithRoom(
  given: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  width: number,
  readable: number,
): number[] {
  const columns = withWholeDates(given, rows);
  const goes = (i: number) => columns[i]!.goes === true;
  const content = columns.map((_, i) =>
    rows.reduce((most, cells) => Math.max(most, displayWidth(cells[i]!)), 0),
  );
  const needed = neededBy(columns, content);
  let used = columns.flatMap((_, i) => (content[i]! > 0 ? [i] : []));
  const of = <T>(all: readonly T[]) => used.map(i => all[i]!);
  while (total(lowered(of(columns), of(needed), readable)) > width) {
    const last = used.findLast(i => goes(i) && columns[i]!.goesFirst) ?? used.findLast(goes);
    if (last === undefined) break;
    used = used.filter(i => i !== last);
  }
  return used;
}

/** Returns the cells that columns need for their contents and titles; long titles of columns that must stay are shortened. */
const neededBy = (columns: readonly TableColumn[], content: readonly number[]): number[] =>
  columns.map(({ title, goes }, i) => {
    const own = displayWidth(title);
    return Math.max(content[i]!, goes || own <= WHOLE_TITLE ? own : narrowest);
  });

/**
 * Returns the columns to show if leaving out is better than shortening: of the columns that may be left out, the last ones
 * of the lowest rank go first, until titles and cells fit; for texts, `longest` cells are enough.
 */
export function columnsThatFit(
  given: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  width: number,
  { longest, goes }: { readonly longest: number; goes(column: number): number | undefined },
): number[] {
  const columns = withWholeDates(given, rows);
  const needed = columns.map(({ title, whole }, i) => {
    const content = rows.reduce((most, cells) => Math.max(most, displayWidth(cells[i]!)), 0);
    return Math.max(displayWidth(title), whole ? content : Math.min(content, longest));
  });
  const ranks = columns.map((_, i) => goes(i));
  let used = [...columns.keys()];
  for (const rank of [...new Set(ranks)].filter(each => each !== undefined).sort((a, b) => a - b))
    while (total(used.map(i => needed[i]!)) > width) {
      const last = used.findLast(i => ranks[i] === rank);
      if (last === undefined) break;
      used = used.filter(i => i !== last);
    }
  return used;
}

/** Returns the widths to which columns whose cells need `content` are shortened to fit into `width`. */
function levelFor(columns: readonly TableColumn[], content: readonly number[], width: number): number {
  let level = Math.max(...content);
  while (level > narrowest && total(lowered(columns, content, level)) > width) level--;
  return level;
}

const lowered = (columns: readonly TableColumn[], content: readonly number[], level: number): number[] =>
  content.map((own, i) => {
    const { whole, yields, wants = narrowest } = columns[i]!;
    return whole
      ? own
      : Math.max(Math.min(own, yields ? Math.floor(level * YIELDING) : level), Math.min(own, wants));
  });

/**
 * Returns the widths of columns whose cells need `content`. If they do not fit into `width`, titles are shortened to
 * their cells first; then the widest columns are cut to one common width.
 */
function fittingWidths(columns: readonly TableColumn[], content: readonly number[], width: number): number[] {
  const natural = columns.map(({ title }, i) => Math.max(displayWidth(title), content[i]!));
  if (total(natural) <= width) return natural;
  const needed = neededBy(columns, content);
  let given = columns;
  // The terminal is too narrow for any column's wishes.
  if (total(lowered(columns, needed, narrowest)) > width)
    given = columns.map(each => ({ ...each, wants: narrowest }));
  const widths = lowered(given, needed, levelFor(given, needed, width));
  // The remaining cells go to the columns from the left.
  let left = Math.max(0, width - total(widths));
  return widths.map((own, i) => {
    const more = Math.min(left, natural[i]! - own);
    left -= more;
    return own + more;
  });
}
