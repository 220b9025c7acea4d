/**
 * Draws a sitting as a grid of cells:
 *
 *     Sales  12 deals  84,680.00 EUR        / owner:me      the pipeline, and what is shown of it
 *     To contact            In contact                      heads of the columns that fit
 *     ─────────────────     ─────────────────
 *     >D12 Forty chairs      D14 Desks                      cards; > and inverse: the one that is selected
 *     moved D12 to In contact                               what was said, or the question
 *     crm deal move D12 in-contact            ? keys        the command, or the hint
 */
import { cardLines, gap, groupLine, headOf, type Line } from '../../ui/board.ts';
import { BOLD, colored, DIM, Grid, INVERSE, PLAIN } from '../../ui/full-screen/cells.ts';
import { windowOf } from '../../ui/full-screen/line-input.ts';
import type { Paint } from '../../ui/paint.ts';
import { displayWidth, filled, hung, shorten } from '../../ui/width.ts';
import { grouped } from '../../ui/words.ts';
import type { Model, Pane } from './model.ts';
import type { ShownBoard, Spot } from './shown-board.ts';
import { lineOfWords } from './words.ts';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** A drawn sitting, and the decisions of drawing it. */
export interface Drawn {
  readonly grid: Grid;
  readonly model: Model;
  /** The card at a cell, for the mouse; undefined for none. */
  spotAt(x: number, y: number): Spot | undefined;
}

/** On a terminal with less there is no room for a card. */
const LEAST: Size = { columns: 40, rows: 10 };
/** Cells of a column: in less a card cannot be read, and more makes none easier to read. */
const [NARROWEST, WIDEST] = [18, 44];
/** The column before the first card, where the mark of the selected card stands. */
const MARGIN = 1;
/** The lines below the board. */
const BELOW = 2;
const RED = colored(1);

/** Draws on a terminal of some size. */
export function draw(model: Model, board: ShownBoard, size: Size, paint: Paint): Drawn {
  const grid = new Grid(size.columns, size.rows);
  if (size.columns < LEAST.columns || size.rows < LEAST.rows) {
    const text = `crm board -i needs ${LEAST.columns} columns and ${LEAST.rows} lines; this terminal has ${size.columns} and ${size.rows}. Make it larger, or press q.`;
    for (const [y, line] of filled(text, Math.max(1, size.columns)).entries()) grid.put(0, y, line);
    return { grid, model, spotAt: () => undefined };
  }
  drawBelow(grid, model, board);
  if (model.mode.type === 'pane') {
    const pane = drawPane(grid, model.mode);
    return { grid, model: { ...model, mode: pane }, spotAt: () => undefined };
  }
  const lanes = new Lanes(grid, model, board, paint);
  return { grid, model: lanes.drawn(), spotAt: (x, y) => lanes.spotAt(x, y) };
}

/** Lines over the board, as far down as the pane was scrolled. */
function drawPane(grid: Grid, pane: Pane): Pane {
  const height = grid.height - BELOW - 2;
  const lines = pane.lines.flatMap(line => hung(line, grid.width));
  const top = Math.max(0, Math.min(pane.top, lines.length - height));
  const shown = lines.slice(top, top + height);
  const where = `${top + 1}-${top + shown.length} of ${lines.length}`;
  const right = lines.length > height ? where : '';
  putRight(grid, 0, right, DIM);
  grid.put(0, 0, shorten(pane.title, grid.width - right.length - 2), BOLD);
  grid.put(0, 1, '─'.repeat(grid.width), DIM);
  for (const [i, line] of shown.entries()) grid.putPainted(0, i + 2, line);
  return { ...pane, lines, top };
}

const putRight = (grid: Grid, y: number, text: string, style = PLAIN): void =>
  void grid.put(grid.width - displayWidth(text), y, text, style);

/** Draws the last message with its command; or a question, its answer and the command that it would run. */
function drawBelow(grid: Grid, { mode, said }: Model, board: ShownBoard): void {
  const [first, second] = [grid.height - BELOW, grid.height - 1];
  if (mode.type === 'asking') {
    const { asking, line, wrong } = mode;
    const at = grid.put(0, first, `${shorten(asking.question, grid.width >> 1)} `, BOLD);
    const { text, cursor } = windowOf(line, grid.width - at);
    grid.put(at, first, text);
    grid.cursor = { x: at + cursor, y: first };
    const command = asking.command?.(line.text.trim());
    const below = line.text.trim() === '' || !command ? asking.hint : commandText(command);
    drawLast(grid, second, wrong ?? below, 'Enter  Esc', wrong === undefined ? DIM : RED);
    return;
  }
  const text = said.text === '' && board.lanes.length === 0 ? 'this pipeline has no stages' : said.text;
  const style = said.tone === 'alarm' ? RED : said.tone === 'quiet' ? DIM : PLAIN;
  grid.put(0, first, shorten(text, grid.width), style);
  if (said.command) drawLast(grid, second, commandText(said.command), '? keys  q quit');
  else drawLast(grid, second, hints(mode.type === 'pane', grid.width), '? keys  q quit');
}

const commandText = (words: readonly string[]): string =>
  words[0] === 'crm' ? lineOfWords(words) : `crm ${lineOfWords(words)}`;

function drawLast(grid: Grid, y: number, left: string, right: string, style = DIM): void {
  const room = grid.width - right.length - 2;
  grid.put(0, y, shorten(left, room), style);
  putRight(grid, y, right, DIM);
}

/** The keys that people need first, as many as fit. */
function hints(isPane: boolean, width: number): string {
  const all = isPane
    ? ['j k scroll', 'Esc back']
    : [
        'hjkl go',
        'H L move the card',
        'Enter show',
        'w win',
        'x lose',
        't task',
        'n note',
        'a add',
        '/ filter',
        'u undo',
      ];
  let text = all[0]!;
  for (const each of all.slice(1)) {
    if (text.length + each.length + 2 > width - 16) break;
    text += `  ${each}`;
  }
  return text;
}

/** Columns of cards: those that fit, with the one that is selected among them. */
class Lanes {
  readonly #grid: Grid;
  readonly #model: Model;
  readonly #board: ShownBoard;
  readonly #paint: Paint;
  /** Cells of a column, how many are shown, and the first of them. */
  readonly #width: number;
  readonly #shown: number;
  readonly #left: number;
  readonly #tops: number[];
  readonly #spots: { x: number; y: number; height: number; spot: Spot }[] = [];

  constructor(grid: Grid, model: Model, board: ShownBoard, paint: Paint) {
    this.#grid = grid;
    this.#model = model;
    this.#board = board;
    this.#paint = paint;
    const count = board.lanes.length;
    const room = grid.width - MARGIN + gap;
    this.#shown = Math.max(1, Math.min(count, Math.floor(room / (NARROWEST + gap))));
    this.#width = Math.min(WIDEST, Math.floor(room / this.#shown) - gap);
    const { lane } = model.spot;
    const last = Math.max(0, count - this.#shown);
    this.#left = Math.min(last, Math.max(Math.min(model.left, lane), lane - this.#shown + 1));
    this.#tops = board.lanes.map((each, i) => Math.max(0, Math.min(model.tops[i] ?? 0, each.count - 1)));
  }

  /** Draws all; returns the model with what is scrolled to. */
  drawn(): Model {
    const grid = this.#grid;
    this.#drawTitle();
    const heads = this.#board.heads().slice(this.#left, this.#left + this.#shown);
    const groups = groupLine(heads, this.#width, this.#paint);
    let y = 1;
    if (groups !== undefined) grid.putPainted(MARGIN, y++, groups.trimEnd());
    const lines = heads.map(head => headOf(head, this.#width, this.#paint));
    // On a low terminal the cards need the lines more than the sums do.
    const height = Math.min(Math.max(0, ...lines.map(each => each.length)), grid.height < 20 ? 2 : 4);
    for (const [i, head] of lines.entries())
      for (const [at, line] of head.slice(0, height).entries()) this.#putLine(this.#x(i), y + at, line);
    y += height;
    heads.forEach(({ color }, i) => {
      const isHere = this.#left + i === this.#model.spot.lane;
      grid.putPainted(
        this.#x(i),
        y,
        this.#paint.stage(color, (isHere ? '━' : '─').repeat(this.#width)),
        PLAIN,
        this.#width,
      );
    });
    for (let i = 0; i < heads.length; i++) this.#drawCards(i, y);
    return { ...this.#model, left: this.#left, tops: this.#tops };
  }

  #drawTitle(): void {
    const grid = this.#grid;
    const { filter, closed } = this.#model;
    const { length } = this.#board.lanes;
    const parts = [
      ...(filter === '' ? [] : [`/ ${filter}`]),
      ...(closed ? ['with closed'] : []),
      ...(length > this.#shown ? [`columns ${this.#left + 1}-${this.#left + this.#shown} of ${length}`] : []),
    ];
    const right = shorten(parts.join('  '), grid.width >> 1);
    putRight(grid, 0, right, DIM);
    const width = grid.width - (right === '' ? 0 : displayWidth(right) + 2);
    grid.putPainted(0, 0, this.#board.title(width, this.#paint.bold), PLAIN, width);
  }

  #x(shown: number): number {
    return MARGIN + shown * (this.#width + gap);
  }

  #putLine(x: number, y: number, line: Line, style = PLAIN): void {
    let at = x;
    for (const { text, paint } of line)
      at = this.#grid.putPainted(at, y, paint(text), style, x + this.#width - at);
  }

  /** Draws the cards of a column below its rule, from the first that is scrolled to. */
  #drawCards(shown: number, rule: number): void {
    const lane = this.#left + shown;
    const { count } = this.#board.lanes[lane]!;
    const height = this.#grid.height - BELOW - rule - 1;
    if (lane === this.#model.spot.lane) this.#scrollTo(lane, height);
    const top = this.#tops[lane]!;
    const x = this.#x(shown);
    if (top > 0) {
      const text = ` ${grouped(top)} above `;
      this.#grid.put(x + this.#width - text.length, rule, text, DIM);
    }
    let y = rule + 1;
    const end = y + height;
    for (let index = top; index < count; index++) {
      const lines = this.#lines(lane, index);
      const isLast = index === count - 1;
      if (index > top && y + lines.length + (isLast ? 0 : 1) > end) {
        this.#grid.put(
          x,
          Math.min(y, end - 1),
          shorten(`+ ${grouped(count - index)} more`, this.#width),
          DIM,
        );
        break;
      }
      this.#drawCard(x, y, lines.slice(0, end - y), { lane, index });
      y += lines.length + (this.#grid.height >= 20 ? 1 : 0);
    }
  }

  #lines(lane: number, index: number): Line[] {
    const card = this.#board.cardAt(lane, index);
    return card ? cardLines(card, this.#width, this.#paint) : [];
  }

  #drawCard(x: number, y: number, lines: readonly Line[], spot: Spot): void {
    const { lane, index } = this.#model.spot;
    for (const [i, line] of lines.entries()) this.#putLine(x, y + i, line);
    this.#spots.push({ x, y, height: lines.length, spot });
    if (spot.lane !== lane || spot.index !== index) return;
    // Seen without colours too.
    this.#grid.put(x - 1, y, '>', BOLD);
    this.#grid.mark(x, y, this.#width, INVERSE);
    for (let i = 1; i < lines.length; i++) this.#grid.put(x - 1, y + i, '|', BOLD);
  }

  /** Scrolls a column so far, and no further, that the selected card is seen. */
  #scrollTo(lane: number, height: number): void {
    const { index } = this.#model.spot;
    const between = this.#grid.height >= 20 ? 1 : 0;
    const { count } = this.#board.lanes[lane]!;
    let top = Math.min(this.#tops[lane]!, index);
    // A card that is not the last needs a line below it.
    let left = height - this.#lines(lane, index).length - (index < count - 1 ? 1 : 0);
    let first = index;
    while (first > top && left >= 0) {
      left -= this.#lines(lane, first - 1).length + between;
      if (left >= 0) first--;
    }
    top = Math.max(top, first);
    this.#tops[lane] = top;
  }

  spotAt(x: number, y: number): Spot | undefined {
    return this.#spots.find(
      each => x >= each.x - 1 && x < each.x + this.#width && y >= each.y && y < each.y + each.height,
    )?.spot;
  }
}
