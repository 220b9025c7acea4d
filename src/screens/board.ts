/** `crm board` on a terminal: deals as cards in columns, or as a list by column if the columns do not fit. */
import type { Board, BoardColumn } from '../app/reading/board.ts';
import type { Pipeline } from '../domain/config.ts';
import { boardLines, type BoardRoom, fitsAcross } from '../ui/board.ts';
import { printable } from '../ui/escape.ts';
import { groupedTableLines, rowsPerGroup } from '../ui/grouped-table.ts';
import { wrapped } from '../ui/width.ts';
import { Cards, closedText, drawnColumn, headline } from './board-cards.ts';
import type { Terminal } from './terminal.ts';

export interface Drawing {
  readonly pipeline: Pipeline;
  /** Pipelines that may be looked at as well, to be named. */
  readonly others: readonly Pipeline[];
  /** Cards in each column; left out: as many as the terminal is high. */
  readonly limit: number | undefined;
  /** A day number. */
  readonly today: number;
}

/** The title and an empty line, an empty line and the legend, and the prompt that comes back. */
const LINES_AROUND = 5;
/** The fewest cards of a column: the list rather becomes higher than the terminal. */
const LEAST_LISTED = 3;

/** How many cells of a title a list shows before it leaves out other fields. */
const TITLE = 24;

/** Draws a board as wide and, if it has no limit, as high as the terminal. */
export async function drawBoard(terminal: Terminal, board: Board, drawing: Drawing): Promise<void> {
  const { stdout } = terminal.streams;
  const { pipeline, limit } = drawing;
  const paint = await terminal.paint();
  const cards = new Cards(board, drawing.today);
  const filled = board.columns.filter(({ count }) => count > 0);
  const columns = fitsAcross(board.columns.length, stdout.columns) ? board.columns : filled;
  const empty = board.columns.filter(column => !columns.includes(column));
  const height =
    stdout.rows - LINES_AROUND - (empty.length > 0 ? 1 : 0) - (drawing.others.length > 0 ? 1 : 0);
  const room: BoardRoom = {
    width: stdout.columns,
    height: limit === undefined ? height : Number.POSITIVE_INFINITY,
    paint,
  };

  const count = filled.reduce((sum, column) => sum + column.count, 0);
  const title = headline(pipeline.name, count, board.totals, stdout.columns, paint.bold);
  await terminal.print(`${title}\n`);
  const lines = fitsAcross(columns.length, stdout.columns)
    ? boardLines(
        columns.map(column => drawnColumn(column, cards, limit ?? Math.max(1, height))),
        room,
      )
    : listLines(filled, cards, limit, room);
  const drawn = [...lines].join('');
  if (drawn !== '') await terminal.print(`\n${drawn}`);

  const notes = cards.legend();
  notes.unshift(...emptyNotes(empty), ...hiddenNote(board));
  if (drawing.others.length > 0)
    notes.push(`other pipelines: ${drawing.others.map(({ id }) => id).join(', ')}`);
  const noteLines = notes.flatMap(note => wrapped(note, stdout.columns));
  if (noteLines.length > 0)
    await terminal.print(`\n${noteLines.map(line => `${paint.dim(line)}\n`).join('')}`);
}

/** Names the columns for which there is no room because they show no deal, and says which of them have closed ones. */
function emptyNotes(empty: readonly BoardColumn[]): string[] {
  const named = (columns: readonly BoardColumn[]) =>
    columns
      .map(({ name, hidden }) => `${printable(name)}${hidden ? ` (${closedText(hidden)})` : ''}`)
      .join(', ');
  const [none, closed] = [empty.filter(({ hidden }) => !hidden), empty.filter(({ hidden }) => hidden)];
  return [
    ...(closed.length > 0 ? [`only closed deals: ${named(closed)}`] : []),
    ...(none.length > 0 ? [`no deals: ${named(none)}`] : []),
  ];
}

const hiddenNote = ({ columns }: Board): string[] =>
  columns.some(({ hidden }) => hidden) ? ['closed deals: crm board --all, or crm board is:won'] : [];

// ---- list

function listLines(
  columns: readonly BoardColumn[],
  cards: Cards,
  limit: number | undefined,
  { width, height, paint }: BoardRoom,
): Iterable<string> {
  const sizes = columns.map(({ count }) => count);
  const most = limit ?? Math.max(LEAST_LISTED, rowsPerGroup(sizes, height));
  const groups = columns.map(column => ({
    column,
    cards: column.rows(most).map(row => cards.texts(row)),
  }));
  const names = [...new Set(groups.flatMap(group => group.cards.flatMap(card => [...card.fields.keys()])))];
  const columnOf = (name: string) => ({
    title: '',
    align: name === 'value' ? ('right' as const) : ('left' as const),
    whole: ['value', 'signs', 'id', 'closed'].includes(name),
    yields: !['title', 'value', 'signs', 'id', 'closed'].includes(name),
    ...(name === 'title' && { wants: TITLE }),
  });
  const heading = ({ name, stage, count, totals }: BoardColumn) =>
    headline(name, count, totals, width, text => paint.bold(paint.stage(stage?.color, text)));
  return groupedTableLines(
    groups.map(group => ({
      heading: heading(group.column),
      rows: group.cards.map(card => [
        card.signs,
        card.id,
        ...names.map(name => card.fields.get(name)?.text ?? ''),
      ]),
      more: group.column.count - group.cards.length,
    })),
    ['signs', 'id', ...names].map(columnOf),
    width,
    {
      dim: paint.dim,
      cell: (text, group, row, i) => {
        if (i === 0) return paint.red(text);
        if (i === 1) return paint.dim(text);
        const tone = groups[group]!.cards[row]!.fields.get(names[i - 2]!)?.tone;
        return tone === 'alarm'
          ? paint.red(text)
          : tone === 'good'
            ? paint.green(text)
            : tone === 'quiet'
              ? paint.dim(text)
              : text;
      },
    },
  );
}
