/** `crm board` on a terminal: deals as cards in columns, or as a list by column if the columns do not fit. */
import { inWords } from '../domain/in-words.ts';
import type { Board, BoardColumn, CardField, Closed } from '../app/reading/board.ts';
import type { Total } from '../app/reading/totals.ts';
import type { Pipeline } from '../domain/config.ts';
import { amount } from '../domain/money.ts';
import { shortAmount } from '../ui/amounts.ts';
import { boardLines, type BoardRoom, type DrawnCard, fitsAcross, type Fitting } from '../ui/board.ts';
import { printable } from '../ui/escape.ts';
import { groupedTableLines, rowsPerGroup } from '../ui/grouped-table.ts';
import { dueText } from '../ui/when.ts';
import { displayWidth, shorten, wrapped } from '../ui/width.ts';
import { grouped, plural } from '../ui/words.ts';
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
/** A list is rather higher than the terminal than that a column shows less than this. */
const LEAST_LISTED = 3;
/** Cells of a name that a headline has at least. */
const LEAST_NAMED = 8;

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

/** `2 won, 1 lost` */
const closedText = ({ won, lost }: Closed): string =>
  [won > 0 ? `${grouped(won)} won` : '', lost > 0 ? `${grouped(lost)} lost` : '']
    .filter(part => part !== '')
    .join(', ');

/** A name, how many deals it has, and what they are worth, as exactly as there is room for on one line. */
function headline(
  name: string,
  count: number,
  totals: readonly Total[],
  width: number,
  paint: (text: string) => string,
): string {
  const worth = worthSaying(totals);
  const text = (
    money: (value: string, currency: string) => string,
    weigh: boolean,
    deals = plural(count, 'deal'),
  ) => {
    const sums = worth.map(({ sum, currency }) => money(sum, currency));
    const weighted = worth.flatMap(({ weighted, currency }) =>
      weighted === null || !weigh ? [] : [money(weighted, currency)],
    );
    return [
      `  ${deals}`,
      ...(sums.length > 0 ? [sums.join(' + ')] : []),
      ...(weighted.length > 0 ? [`weighted ${weighted.join(' + ')}`] : []),
    ].join('  ');
  };
  const title = printable(name);
  const room = width - displayWidth(title);
  const all = [
    text(amount, true),
    text(shortAmount, true),
    text(shortAmount, false),
    text(shortAmount, false, grouped(count)),
  ];
  const fits = all.find(each => displayWidth(each) <= room) ?? all.at(-1)!;
  return paint(shorten(title, Math.max(LEAST_NAMED, width - displayWidth(fits)))) + fits;
}

/** A currency in which there is nothing says nothing beside others. */
function worthSaying(totals: readonly Total[]): readonly Total[] {
  const some = totals.filter(({ sum }) => Number(sum) > 0);
  return some.length > 0 ? some : totals.slice(0, 1);
}

// ---- cards

/** What is wrong with a deal, by the sign on its card. */
const signs = { overdue: '!', rotting: '~' } as const;
const meanings = { '!': 'a task is overdue', '~': 'too long in its stage' } as const;

/** Makes cards of deals, and remembers which signs they bear. */
class Cards {
  readonly #board: Board;
  readonly #today: number;
  readonly #signs = new Set<keyof typeof meanings>();

  constructor(board: Board, today: number) {
    this.#board = board;
    this.#today = today;
  }

  /** A deal as texts: its signs, its id, and its fields, each by its name. */
  texts(row: number): { id: string; signs: string; fields: Map<string, Fitting> } {
    const { id, overdue, rotting, fields } = this.#board.card(row);
    const own = [...(overdue ? [signs.overdue] : []), ...(rotting ? [signs.rotting] : [])];
    for (const sign of own) this.#signs.add(sign);
    const texts = fields.map(field => [nameOf(field), textOf(field, this.#today)] as const);
    return { id, signs: own.join(''), fields: new Map(texts.filter(([, { text }]) => text !== '')) };
  }

  /** Says what the signs mean that were used. */
  legend(): string[] {
    const used = Object.entries(meanings).filter(([sign]) => this.#signs.has(sign as keyof typeof meanings));
    return used.length === 0 ? [] : [used.map(([sign, meaning]) => `${sign} ${meaning}`).join('   ')];
  }
}

const nameOf = (field: CardField): string => (field.type === 'field' ? field.name : field.type);

function textOf(field: CardField, today: number): Fitting {
  switch (field.type) {
    case 'title':
      return { text: printable(field.text) };
    case 'value':
      return { text: amount(field.value, field.currency), short: shortAmount(field.value, field.currency) };
    case 'next': {
      if (field.task === null) return { text: 'no next action', tone: 'quiet' };
      const day = dueText(field.due, today);
      const text = printable(day === '' ? field.task : `${day}: ${field.task}`);
      return field.due < today ? { text, tone: 'alarm' } : { text };
    }
    case 'field': {
      const text = printable(field.text).trim();
      return {
        text: text === '' || saysItself.has(field.name) ? text : `${printable(inWords(field.name))} ${text}`,
      };
    }
  }
}

/** Fields whose values need no name beside them. */
const saysItself = new Set(
  [
    'currency',
    'pipeline',
    'stage',
    'group',
    'status',
    'owner',
    'contact',
    'contacts',
    'account',
    'customer',
    'tags',
  ].concat('description'),
);

// ---- columns

/** A card takes a line at least, so on a terminal of so many lines `most` of them are enough. */
function drawnColumn({ name, stage, count, hidden, rows, totals }: BoardColumn, cards: Cards, most: number) {
  const summary: Fitting[] = worthSaying(totals).flatMap(({ sum, weighted, currency }) => [
    { text: amount(sum, currency), short: shortAmount(sum, currency) },
    ...(weighted === null
      ? []
      : [
          {
            text: `weighted ${amount(weighted, currency)}`,
            short: `weighted ${shortAmount(weighted, currency)}`,
            tone: 'quiet' as const,
          },
        ]),
  ]);
  return {
    title: printable(name),
    color: stage?.color,
    group: stage?.group,
    summary: hidden
      ? [{ text: closedText(hidden), tone: 'quiet' as const }]
      : [{ text: plural(count, 'deal'), tone: 'quiet' as const }, ...summary],
    count,
    cards: drawnCards(rows(most), cards),
  };
}

function* drawnCards(rows: readonly number[], cards: Cards): Iterable<DrawnCard> {
  for (const row of rows) {
    const { id, signs, fields } = cards.texts(row);
    const lines: Fitting[][] = [[]];
    for (const [name, text] of fields)
      if (name === 'next') lines.push([text], []);
      else if (name !== 'title') lines.at(-1)!.push(text);
    yield { id, signs, title: fields.get('title')?.text ?? '', lines };
  }
}

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
    whole: name === 'value' || name === 'signs' || name === 'id',
    yields: !['title', 'value', 'signs', 'id'].includes(name),
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
        return tone === 'alarm' ? paint.red(text) : tone === 'quiet' ? paint.dim(text) : text;
      },
    },
  );
}
