/** The board as keys move through it: its columns, and the deal at each place of them. Made again when something changed. */
import { type Board, board as boardOf, type BoardOptions } from '../../app/reading/board.ts';
import { hasAccess } from '../../app/core/viewer.ts';
import type { View } from '../../app/core/view.ts';
import type { Pipeline } from '../../domain/config.ts';
import { dayNumber } from '../../domain/dates.ts';
import { numberOf } from '../../domain/kinds.ts';
import type { CodeColumn } from '../../state/columns/column.ts';
import type { DrawnCard, DrawnColumn } from '../../ui/board.ts';
import { Cards, columnHead, drawnCard, headline } from '../board-cards.ts';

/** A place on the board, from 0: the column, and the card in it. */
export interface Spot {
  readonly lane: number;
  readonly index: number;
}

export interface Lane {
  /** Of a stage or a user; null for the deals of nobody. */
  readonly id: string | null;
  readonly name: string;
  /** How many deals it has. */
  readonly count: number;
}

/** What the keys ask of a board: tests make their own. */
export interface Lanes {
  readonly pipeline: Pick<Pipeline, 'id' | 'name'>;
  /** All that the viewer may look at, in order. */
  readonly pipelines: readonly Pick<Pipeline, 'id' | 'name'>[];
  readonly by: BoardOptions['by'];
  readonly lanes: readonly Lane[];
  /** The id of the deal at a place; undefined if there is none. */
  idAt(lane: number, index: number): string | undefined;
  /** Where a deal is; undefined where the board does not show it. */
  spotOf(id: string): Spot | undefined;
}

/** How many cards of each column are looked for at first, and how many more each time that these are not enough. */
const AT_ONCE = 64;

export class ShownBoard implements Lanes {
  readonly pipeline: Pipeline;
  readonly pipelines: readonly Pipeline[];
  readonly by: BoardOptions['by'];
  readonly lanes: readonly Lane[];
  readonly #view: View;
  readonly #board: Board;
  readonly #cards: Cards;
  readonly #drawn = new Map<number, DrawnCard>();

  /** Throws USAGE for a query that says nothing, or something wrong. */
  constructor(view: View, options: BoardOptions) {
    this.#view = view;
    this.pipeline = options.pipeline;
    this.pipelines = view.config.pipelines.filter(each => hasAccess(each, view.viewer));
    this.by = options.by;
    this.#board = boardOf(view, options);
    this.lanes = this.#board.columns;
    this.#cards = new Cards(this.#board, dayNumber(view.clock.zone.day(view.clock.now)));
  }

  /** The heads of the columns. */
  heads(): readonly Omit<DrawnColumn, 'cards'>[] {
    return this.#board.columns.map(columnHead);
  }

  /** The pipeline with what its deals are worth, on one line. */
  title(width: number, paint: (text: string) => string): string {
    const count = this.lanes.reduce((sum, lane) => sum + lane.count, 0);
    return headline(this.pipeline.name, count, this.#board.totals, width, paint);
  }

  idAt(lane: number, index: number): string | undefined {
    const row = this.#rowAt(lane, index);
    return row === undefined ? undefined : this.#view.state.table('deal').id(row);
  }

  spotOf(id: string): Spot | undefined {
    const deals = this.#view.state.table('deal');
    const row = deals.row(numberOf(id));
    if (row < 0) return undefined;
    const column = deals.column(this.by) as CodeColumn;
    const place = column.words[column.get(row)] ?? null;
    const lane = this.lanes.findIndex(each => each.id === place);
    if (lane < 0) return undefined;
    const few = this.#rows(lane, AT_ONCE).indexOf(row);
    const index = few >= 0 ? few : this.#rows(lane, Number.POSITIVE_INFINITY).indexOf(row);
    return index < 0 ? undefined : { lane, index };
  }

  /** The card at a place, as texts; undefined if there is none. */
  cardAt(lane: number, index: number): DrawnCard | undefined {
    const row = this.#rowAt(lane, index);
    if (row === undefined) return undefined;
    const known = this.#drawn.get(row);
    if (known) return known;
    const card = drawnCard(row, this.#cards);
    const { status, lostReason } = this.#view.state.table('deal').record(row);
    const ending = status === 'lost' && lostReason ? `lost: ${String(lostReason)}` : String(status);
    const shown: DrawnCard =
      status === 'open' ? card : { ...card, lines: [[{ text: ending, tone: 'quiet' }], ...card.lines] };
    this.#drawn.set(row, shown);
    return shown;
  }

  #rowAt(lane: number, index: number): number | undefined {
    const most = Math.ceil((index + 1) / AT_ONCE) * AT_ONCE;
    // A column that is gone through far is sorted once, and not again for every screen.
    return this.#rows(lane, most <= 4 * AT_ONCE ? most : Number.POSITIVE_INFINITY)[index];
  }

  #sorted: readonly (readonly number[])[] | undefined;

  #rows(lane: number, most: number): readonly number[] {
    const column = this.#board.columns[lane];
    if (!column || column.count === 0) return [];
    if (this.#sorted) return this.#sorted[lane]!;
    if (most < Number.POSITIVE_INFINITY) return column.rows(most);
    this.#sorted = this.#board.columns.map(each => each.rows());
    return this.#sorted[lane]!;
  }
}
