/**
 * A screen as a grid of cells: what a terminal shows at each place, and how. A wide character has a cell of its own
 * and an empty one after it. No cell can contain text that steers a terminal, so drawing a grid writes only our own
 * sequences.
 */
import { printable } from '../escape.ts';
import { clusters } from '../width.ts';

/** How a cell looks, as bits: a colour of the sixteen from 1 (0 is the terminal's own), and what stands below. */
export type Style = number;

export const PLAIN: Style = 0;
const COLOR = 31;
export const BOLD: Style = 32;
export const DIM: Style = 64;
export const UNDERLINED: Style = 128;
/** Foreground and background change places: seen without colours too. */
export const INVERSE: Style = 256;
/** Not a style: marks a character whose width terminals disagree about. */
export const UNSURE = 512;

/** Returns the style of one of the sixteen colours, from 0. */
export const colored = (color: number): Style => color + 1;

/** The parameters of SGR for a style; '' for a plain one. */
export function sgrOf(style: Style): string {
  const color = (style & COLOR) - 1;
  return [
    style & BOLD ? ';1' : '',
    style & DIM ? ';2' : '',
    style & UNDERLINED ? ';4' : '',
    style & INVERSE ? ';7' : '',
    color < 0 ? '' : `;${color < 8 ? 30 + color : 82 + color}`,
  ].join('');
}

/** Where the cursor stands, from 0. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

export class Grid {
  readonly width: number;
  readonly height: number;
  /** By row and column; '' after a wide character. */
  readonly texts: string[];
  readonly styles: Uint16Array;
  /** Where the cursor is shown; undefined for nowhere. */
  cursor: Place | undefined;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.texts = new Array<string>(width * height).fill(' ');
    this.styles = new Uint16Array(width * height);
  }

  /** Writes a text, at most `room` cells of it; returns the column after it. Line ends and controls are escaped. */
  put(x: number, y: number, text: string, style: Style = PLAIN, room = this.width - x): number {
    if (y < 0 || y >= this.height) return x;
    const end = Math.min(this.width, x + room);
    const row = y * this.width;
    for (const { text: each, width, isSure } of clusters(printable(text))) {
      if (width === 0) continue;
      if (x + width > end) break;
      this.#clear(row, x, width);
      this.texts[row + x] = each;
      this.styles[row + x] = isSure ? style : style | UNSURE;
      for (let i = 1; i < width; i++) {
        this.texts[row + x + i] = '';
        this.styles[row + x + i] = style;
      }
      x += width;
    }
    return x;
  }

  /** Blanks the other half of wide characters of which one half is overwritten. */
  #clear(row: number, x: number, width: number): void {
    for (let i = x; i > 0 && this.texts[row + i] === ''; i--) this.texts[row + i - 1] = ' ';
    for (let i = x + width; i < this.width && this.texts[row + i] === ''; i++) this.texts[row + i] = ' ';
  }

  /** Writes a text with colours of ours in it (SGR sequences after ESC); returns the column after it. */
  putPainted(x: number, y: number, text: string, style: Style = PLAIN, room = this.width - x): number {
    const end = x + room;
    let present = style;
    let at = x;
    for (const part of text.split(/(\u001b\[[\d;]*m)/)) {
      if (part.startsWith('\u001b[')) present = styleAfter(present, part.slice(2, -1), style);
      else if (part !== '') at = this.put(at, y, part, present, end - at);
    }
    return at;
  }

  /** Adds to the style of cells. */
  mark(x: number, y: number, width: number, style: Style): void {
    if (y < 0 || y >= this.height) return;
    const row = y * this.width;
    for (let i = Math.max(0, x); i < Math.min(this.width, x + width); i++) this.styles[row + i]! |= style;
  }

  /** The text of a row without the spaces at its end, for tests and logs. */
  line(y: number): string {
    return this.texts
      .slice(y * this.width, (y + 1) * this.width)
      .join('')
      .trimEnd();
  }
}

/** Returns the style after the parameters of an SGR sequence; `base` is what a reset comes back to. */
function styleAfter(style: Style, parameters: string, base: Style): Style {
  let now = style;
  for (const each of parameters.split(';')) {
    const code = Number(each);
    if (code === 0) now = base;
    else if (code === 1) now |= BOLD;
    else if (code === 2) now |= DIM;
    else if (code === 4) now |= UNDERLINED;
    else if (code === 7) now |= INVERSE;
    else if (code === 22) now &= ~(BOLD | DIM);
    else if (code === 24) now &= ~UNDERLINED;
    else if (code === 27) now &= ~INVERSE;
    else if (code === 39) now &= ~COLOR;
    else if (code >= 30 && code <= 37) now = (now & ~COLOR) | colored(code - 30);
    else if (code >= 90 && code <= 97) now = (now & ~COLOR) | colored(code - 82);
  }
  return now;
}
