/** Bars of block characters, an eighth of a cell exact. */
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
const WHOLE = '█';
const REST = '░';

/**
 * Returns a bar of `share` (0 to 1) of `width` cells. With `part`, a share too, the bar is solid up to it and light
 * for the rest, so that both can be told apart without colours. Every share above 0 is visible.
 */
export function bar(share: number, width: number, part?: number): string {
  const cells = clamped(share) * width;
  if (part === undefined) return whole(cells, share > 0);
  const dark = whole(Math.min(clamped(part) * width, cells), part > 0);
  return dark + REST.repeat(Math.max(0, Math.round(cells) - dark.length));
}

function whole(cells: number, isSeen: boolean): string {
  const eighths = Math.max(Math.round(cells * 8), isSeen ? 1 : 0);
  return WHOLE.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]!;
}

const clamped = (share: number): number => (share > 0 ? Math.min(share, 1) : 0);

const LEVELS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** Returns a character for each number, as high as its share of the largest one; the lowest for 0 and less. */
export function sparkline(numbers: readonly number[]): string {
  const most = Math.max(0, ...numbers);
  const level = (n: number) => (most > 0 && n > 0 ? Math.max(1, Math.ceil((n / most) * LEVELS.length)) : 1);
  return numbers.map(n => LEVELS[level(n) - 1]).join('');
}
