/** Drawing of a board: columns of cards side by side. It knows texts and widths, and nothing of deals. */
import type { Paint } from './paint.ts';
import { displayWidth, shorten, wrapped } from './width.ts';
import { grouped } from './words.ts';

/** A printable text, and a shorter one for when it does not fit. */
export interface Fitting {
  readonly text: string;
  readonly short?: string;
  readonly tone?: Tone;
}

/** How urgent it is; the text says it too. */
export type Tone = 'good' | 'alarm' | 'warning' | 'quiet';

export interface DrawnCard {
  readonly id: string;
  readonly title: string;
  /** A character for each warning. */
  readonly signs: string;
  /** Lines below the title; the texts of one line take more lines if they do not fit. */
  readonly lines: readonly (readonly Fitting[])[];
}

export interface DrawnColumn {
  readonly title: string;
  readonly color?: string | undefined;
  /** Neighbours of the same group share its name above them. */
  readonly group?: string | undefined;
  /** Facts about the whole column. */
  readonly summary: readonly Fitting[];
  /** Made one by one, as far as there is room. */
  readonly cards: Iterable<DrawnCard>;
  /** The number of all cards. */
  readonly count: number;
}

export interface BoardRoom {
  readonly width: number;
  /** Lines that the board may take; Infinity for all that it needs. */
  readonly height: number;
  readonly paint: Paint;
}

/** Cells between two columns. */
export const gap = 2;
/** The least width of a column: in fewer cells a card cannot be read. */
const narrowest = 18;
/** Below this a terminal is too narrow for cards. */
const narrowTerminal = 80;

/** Whether this many columns fit side by side. */
export const fitsAcross = (columns: number, width: number): boolean =>
  columns > 0 && width >= narrowTerminal && columnWidth(columns, width) >= narrowest;

const columnWidth = (columns: number, width: number) => Math.floor((width + gap) / columns) - gap;

/** A piece of a line: its text, already short enough, and its colour. */
export interface Piece {
  readonly text: string;
  readonly paint: (text: string) => string;
}
export type Line = readonly Piece[];

const plain = (text: string) => text;

/** The lines of a board, each ending in `\n`, none in spaces. At least one card of each column is drawn. */
export function* boardLines(columns: readonly DrawnColumn[], room: BoardRoom): Iterable<string> {
  const width = columnWidth(columns.length, room.width);
  const groups = groupLine(columns, width, room.paint);
  if (groups !== undefined) yield groups;
  const heads = columns.map(column => headOf(column, width, room.paint));
  const headHeight = Math.max(...heads.map(head => head.length));
  const left = room.height - headHeight - (groups === undefined ? 1 : 2);
  const bodies = columns.map(column => bodyOf(column, width, left, room.paint));
  for (let i = 0; i < headHeight; i++) yield across(heads, i, width);
  yield `${columns.map(({ color }) => room.paint.stage(color, '─'.repeat(width))).join(' '.repeat(gap))}\n`;
  const bodyHeight = Math.max(...bodies.map(body => body.length));
  for (let i = 0; i < bodyHeight; i++) yield across(bodies, i, width);
}

/** Line `i` of each column, side by side. */
function across(columns: readonly (readonly Line[])[], i: number, width: number): string {
  let line = '';
  let spaces = 0;
  for (const lines of columns) {
    let taken = 0;
    for (const { text, paint } of lines[i] ?? []) {
      const own = displayWidth(text);
      taken += own;
      if (text.trim() === '') spaces += own;
      else {
        line += ' '.repeat(spaces) + paint(text);
        spaces = 0;
      }
    }
    spaces += width + gap - taken;
  }
  return `${line}\n`;
}

/** Returns the names of groups, each above its columns; undefined if no column has one. */
export function groupLine(
  columns: readonly Pick<DrawnColumn, 'group'>[],
  width: number,
  paint: Paint,
): string | undefined {
  if (columns.every(({ group }) => group === undefined)) return undefined;
  let line = '';
  let spaces = 0;
  for (let i = 0; i < columns.length; ) {
    const { group = '' } = columns[i]!;
    let end = i + 1;
    while (end < columns.length && (columns[end]!.group ?? '') === group) end++;
    const room = (end - i) * (width + gap);
    const text = shorten(group, room - gap);
    if (text !== '') {
      line += ' '.repeat(spaces) + paint.dim(text);
      spaces = room - displayWidth(text);
    } else spaces += room;
    i = end;
  }
  return `${line}\n`;
}

/** Returns the name of a column and the facts about it, as lines. */
export function headOf(
  { title, color, summary }: Omit<DrawnColumn, 'cards'>,
  width: number,
  paint: Paint,
): Line[] {
  const name = { text: shorten(title, width), paint: (text: string) => paint.bold(paint.stage(color, text)) };
  return [[name], ...summary.flatMap(each => flow([each], width, paint))];
}

function bodyOf({ cards, count }: DrawnColumn, width: number, height: number, paint: Paint): Line[] {
  const lines: Line[] = [];
  let drawn = 0;
  for (const card of cards) {
    const block = cardLines(card, width, paint);
    if (drawn > 0) block.unshift([]);
    // A card that is not the last needs a line after it for the number of the other cards.
    const needed = block.length + (drawn + 1 < count ? 1 : 0);
    if (drawn > 0 && lines.length + needed > height) break;
    lines.push(...block);
    drawn++;
  }
  if (drawn < count)
    lines.push([{ text: shorten(`+ ${grouped(count - drawn)} more`, width), paint: paint.dim }]);
  return lines;
}

/** A card as lines: its id, title and signs, and what else it says. */
export function cardLines({ id, title, signs, lines }: DrawnCard, width: number, paint: Paint): Line[] {
  const reserved = signs === '' ? 0 : signs.length + 1;
  // A title that is too long for the line of the id continues on one more line.
  const [first = '', ...others] = wrapped(shorten(title, 2 * width), width - id.length - 1 - reserved);
  const head: Piece[] = [{ text: id, paint: paint.dim }];
  const begun = shorten(first, width - id.length - 1 - reserved);
  const rest = shorten(others.join(' '), width);
  if (begun !== '') head.push({ text: ' ', paint: plain }, { text: begun, paint: plain });
  if (signs !== '') {
    const taken = head.reduce((sum, { text }) => sum + displayWidth(text), 0);
    const spaces = Math.max(1, width - taken - signs.length);
    head.push({ text: ' '.repeat(spaces), paint: plain }, { text: signs, paint: paint.red });
  }
  const titleRest: Line[] = rest === '' ? [] : [[{ text: rest, paint: plain }]];
  return [head, ...titleRest, ...lines.flatMap(texts => flow(texts, width, paint))];
}

/** Texts one after the other, on as many lines as they need. */
function flow(texts: readonly Fitting[], width: number, paint: Paint): Line[] {
  const lines: Piece[][] = [];
  let taken = 0;
  for (const { text, short, tone } of texts) {
    const fits = displayWidth(text) <= width;
    const piece = { text: fits ? text : shorten(short ?? text, width), paint: tones(paint)[tone ?? 'plain'] };
    const own = displayWidth(piece.text);
    const line = lines.at(-1);
    if (line && taken + gap + own <= width) {
      line.push({ text: ' '.repeat(gap), paint: plain }, piece);
      taken += gap + own;
    } else {
      lines.push([piece]);
      taken = own;
    }
  }
  return lines;
}

const tones = (paint: Paint) => ({
  good: paint.green,
  alarm: paint.red,
  warning: paint.yellow,
  quiet: paint.dim,
  plain,
});
