/** A few records of a kind as a part of a card: a heading and a short table. */
import { namingField, type Shown, shown } from '../app/reading/shape.ts';
import type { View } from '../app/core/view.ts';
import { dayNumber } from '../domain/dates.ts';
import type { Kind } from '../domain/kinds.ts';
import { definitionOf } from '../kinds/define.ts';
import { printable } from '../ui/escape.ts';
import { groupedTableLines } from '../ui/grouped-table.ts';
import type { Paint } from '../ui/paint.ts';
import { dueText } from '../ui/when.ts';
import { plural } from '../ui/words.ts';

/** How a part of a card is drawn. */
export interface Drawn {
  readonly width: number;
  readonly paint: Paint;
  /** Records that are shown at most. */
  readonly most: number;
}

/** How many cells a title keeps before other columns are left out, the amounts last. */
const NAME = 20;

/** Returns a heading with how many there are, and a line for each of the first records. */
export function recordLines(
  view: View,
  kind: Kind,
  noun: string,
  rows: readonly number[],
  { width, paint, most: limit }: Drawn,
  fields: readonly string[] = definitionOf(view.kinds, kind).inCards ??
    definitionOf(view.kinds, kind).inLists,
): string[] {
  if (rows.length === 0) return [];
  // Money is shown with its currency.
  const columns: Shown[] = shown(
    view,
    kind,
    'list',
    fields.filter(name => name !== 'currency'),
  );
  const naming = namingField(view, kind);
  const most = rows.slice(0, limit);
  const today = dayNumber(view.clock.zone.day(view.clock.now));
  const text = (column: Shown, row: number) =>
    column.name === 'due' && column.text(row) !== ''
      ? dueText(dayNumber(column.text(row)), today)
      : column.human(row);
  const isLate = (column: Shown, row: number) =>
    column.name === 'due' && column.text(row) !== '' && dayNumber(column.text(row)) < today;
  return [
    ...groupedTableLines(
      [
        {
          heading: paint.bold(plural(rows.length, noun)),
          rows: most.map(row => columns.map(column => printable(text(column, row)))),
          more: rows.length - most.length,
        },
      ],
      columns.map((column, i) => ({
        title: '',
        align: column.align ?? 'left',
        whole: column.whole ?? column.align === 'right',
        ...(column.name === naming
          ? { wants: NAME }
          : i >= 2 && { goes: true, goesFirst: column.align !== 'right' }),
      })),
      width,
      {
        dim: paint.dim,
        cell: (cell, _group, i, c) => {
          const column = columns[c]!;
          if (c === 0) return paint.dim(cell);
          if (isLate(column, most[i]!)) return paint.red(cell);
          return column.color ? paint.stage(column.color(most[i]!), cell) : cell;
        },
      },
    ),
  ];
}
