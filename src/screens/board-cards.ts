/** The texts of deals and columns on a board, printed or with keys. */
import { inWords } from '../domain/in-words.ts';
import type { Board, BoardColumn, CardField, Closed } from '../app/reading/board.ts';
import type { Total } from '../app/reading/totals.ts';
import { amount } from '../domain/money.ts';
import { shortAmount } from '../ui/amounts.ts';
import type { DrawnCard, DrawnColumn, Fitting } from '../ui/board.ts';
import { printable } from '../ui/escape.ts';
import { dueText } from '../ui/when.ts';
import { displayWidth, shorten } from '../ui/width.ts';
import { grouped, plural } from '../ui/words.ts';

/** Cells of a name that a headline has at least. */
const LEAST_NAMED = 8;

/** `2 won, 1 lost` */
export const closedText = ({ won, lost }: Closed): string =>
  [won > 0 ? `${grouped(won)} won` : '', lost > 0 ? `${grouped(lost)} lost` : '']
    .filter(part => part !== '')
    .join(', ');

/** Returns a name with the number and worth of its deals, as exactly as there is room for on one line. */
export function headline(
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

/** An empty currency is left out beside others. */
function worthSaying(totals: readonly Total[]): readonly Total[] {
  const some = totals.filter(({ sum }) => Number(sum) > 0);
  return some.length > 0 ? some : totals.slice(0, 1);
}

/** The warnings of a deal, by the sign on its card. */
const signs = { overdue: '!', rotting: '~' } as const;
const meanings = { '!': 'a task is overdue', '~': 'too long in its stage' } as const;

/** Makes cards of deals, and remembers which signs they bear. */
export class Cards {
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
    case 'closed':
      return { text: field.status, tone: field.status === 'won' ? 'good' : 'alarm' };
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

/** A column with its cards. A card takes at least one line, so a terminal never shows more than `most` of them. */
export const drawnColumn = (column: BoardColumn, cards: Cards, most: number): DrawnColumn => ({
  ...columnHead(column),
  cards: drawnCards(column.rows(most), cards),
});

/** Returns the head of a column: its name, and the number and worth of its deals. */
export function columnHead({ name, stage, count, hidden, totals }: BoardColumn): Omit<DrawnColumn, 'cards'> {
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
  };
}

function* drawnCards(rows: readonly number[], cards: Cards): Iterable<DrawnCard> {
  for (const row of rows) yield drawnCard(row, cards);
}

/** A card as texts, by the row of its deal. */
export function drawnCard(row: number, cards: Cards): DrawnCard {
  const { id, signs, fields } = cards.texts(row);
  const lines: Fitting[][] = [[]];
  for (const [name, text] of fields)
    if (name === 'next') lines.push([text], []);
    else if (name !== 'title') lines.at(-1)!.push(text);
  return { id, signs, title: fields.get('title')?.text ?? '', lines };
}
