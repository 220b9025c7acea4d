/**
 * The sequences that turn one screen into another: of each row the runs of cells that differ, each with the style that it
 * begins with, all in one synchronised update, so that a terminal never shows half of it.
 *
 *     before   | D12 Forty chairs | D13 A desk    |
 *     after    | D12 Forty chairs | D13 Two desks |
 *     written                           ^^^^^^^^^     from the first cell that differs to the last
 */
import { type Grid, PLAIN, type Style, sgrOf, UNSURE } from './cells.ts';

const BEGIN = '\u001b[?2026h';
const END = '\u001b[?2026l';
const HIDE = '\u001b[?25l';
const SHOW = '\u001b[?25h';
const RESET = '\u001b[m';
const CLEAR = '\u001b[2J';

/**
 * The most equal cells between cells that differ that are written again: that is shorter than moving the cursor past
 * them.
 */
const BRIDGED = 6;

/**
 * Returns the sequences that turn `before` into `after` on a terminal; '' if nothing differs. Without `before`,
 * everything is drawn.
 */
export function difference(before: Grid | undefined, after: Grid): string {
  const isSameSize = before?.width === after.width && before.height === after.height;
  const known = isSameSize ? before : undefined;
  const written = new Written(after);
  for (let y = 0; y < after.height; y++) drawRow(written, known, after, y);
  const { cursor } = after;
  const cells = written.end();
  const isMoved = known?.cursor?.x !== cursor?.x || known?.cursor?.y !== cursor?.y;
  if (known && cells === '' && !isMoved) return '';
  const at = cursor ? `\u001b[${cursor.y + 1};${cursor.x + 1}H${SHOW}` : '';
  return `${BEGIN}${HIDE}${known ? '' : RESET + CLEAR}${cells}${at}${END}`;
}

function drawRow(written: Written, before: Grid | undefined, after: Grid, y: number): void {
  const { width } = after;
  const row = y * width;
  const differs = (x: number) =>
    before
      ? before.texts[row + x] !== after.texts[row + x] || before.styles[row + x] !== after.styles[row + x]
      : after.texts[row + x] !== ' ' || after.styles[row + x] !== PLAIN;
  for (let x = 0; x < width; x++) {
    if (!differs(x)) continue;
    let from = x;
    // The second half of a wide character is drawn with the first.
    while (from > 0 && after.texts[row + from] === '') from--;
    let to = x + 1;
    for (let i = to; i < width && i < to + BRIDGED; i++) if (differs(i)) to = i + 1;
    to = Math.max(to, unsureEnd(before, after, row, from, to));
    while (to < width && after.texts[row + to] === '') to++;
    written.run(y, from, to);
    x = to - 1;
  }
}

/**
 * Returns the column up to which a run must continue after a character whose width terminals disagree about: the
 * character may reach that far, now or as it was drawn before, and the run overwrites these cells.
 */
function unsureEnd(before: Grid | undefined, after: Grid, row: number, from: number, to: number): number {
  let end = to;
  for (let x = from; x < end; x++)
    for (const grid of [before, after])
      if (grid && grid.styles[row + x]! & UNSURE)
        end = Math.max(end, Math.min(after.width, x + 2 * [...grid.texts[row + x]!].length));
  return end;
}

/** The sequences written so far, and where they leave the cursor. */
class Written {
  readonly #grid: Grid;
  readonly #parts: string[] = [];
  #style: Style = PLAIN;
  /** The place after the last cell, if the terminal is sure to be there too. */
  #at: number | undefined;

  constructor(grid: Grid) {
    this.#grid = grid;
  }

  /** Writes the cells of a row from one column up to another. */
  run(y: number, from: number, to: number): void {
    const { texts, styles, width } = this.#grid;
    for (let x = from; x < to; x++) {
      const text = texts[y * width + x]!;
      if (text === '') continue;
      const style = styles[y * width + x]!;
      this.#go(y, x);
      this.#paint(style & ~UNSURE);
      if (style & UNSURE) this.#unsure(y, x, text);
      else {
        this.#parts.push(text);
        this.#at = y * width + x + (texts[y * width + x + 1] === '' && x + 1 < width ? 2 : 1);
        // At the end of a row, terminals differ in the position of the cursor.
        if (this.#at >= (y + 1) * width) this.#at = undefined;
      }
    }
  }

  /**
   * A terminal may use fewer cells for it, and then the others keep their old text; or more, and then the next text
   * overwrites it.
   */
  #unsure(y: number, x: number, text: string): void {
    const { texts, width } = this.#grid;
    let cells = 1;
    while (x + cells < width && texts[y * width + x + cells] === '') cells++;
    this.#parts.push(' '.repeat(cells));
    this.#at = undefined;
    this.#go(y, x);
    this.#parts.push(text);
    this.#at = undefined;
  }

  #go(y: number, x: number): void {
    if (this.#at === y * this.#grid.width + x) return;
    this.#parts.push(`\u001b[${y + 1};${x + 1}H`);
  }

  #paint(style: Style): void {
    if (style === this.#style) return;
    this.#style = style;
    this.#parts.push(`\u001b[${style === PLAIN ? '' : `0${sgrOf(style)}`}m`);
  }

  /** Returns all of it; the style is the terminal's own afterwards. */
  end(): string {
    this.#paint(PLAIN);
    return this.#parts.join('');
  }
}
