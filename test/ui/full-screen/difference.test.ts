import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  BOLD,
  colored,
  DIM,
  Grid,
  INVERSE,
  PLAIN,
  UNDERLINED,
  UNSURE,
} from '../../../src/ui/full-screen/cells.ts';
import { difference } from '../../../src/ui/full-screen/difference.ts';
import { ShownTerminal } from './screen-of.ts';
import { anyText } from '../../texts.ts';

const [WIDTH, HEIGHT] = [14, 4];

const characters = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'b', ' ', 'é', '─', '…') },
  { weight: 3, arbitrary: fc.constantFrom('日', '本', '한', 'か') },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'e\u0323\u0301',
      '👩‍💻',
      '👨‍👩‍👧',
      '🇳🇱',
      '❤️',
      'नि',
      '™',
      '👍🏽',
      'ก็',
      'ﷺ',
      '\u0301',
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom('\u001b[31m', '\n', '\t', '\u202e', '\u009b', '\ud800') },
);
const styles = fc.constantFrom(
  PLAIN,
  BOLD,
  DIM,
  INVERSE,
  UNDERLINED | colored(1),
  colored(12),
  BOLD | INVERSE | colored(3),
);
const writing = fc.record({
  x: fc.nat({ max: WIDTH - 1 }),
  y: fc.nat({ max: HEIGHT - 1 }),
  text: fc.array(characters, { maxLength: 8 }).map(each => each.join('')),
  style: styles,
});
const grids = fc
  .tuple(
    fc.array(writing, { maxLength: 8 }),
    fc.option(fc.record({ x: fc.nat({ max: 9 }), y: fc.nat({ max: 3 }) }), { nil: undefined }),
  )
  .map(([writings, cursor]) => {
    const grid = new Grid(WIDTH, HEIGHT);
    for (const { x, y, text, style } of writings) grid.put(x, y, text, style);
    grid.cursor = cursor;
    return grid;
  });

/** Compares what a terminal shows with a grid. How a terminal shows a character whose width is unsure is its own. */
function expectShown(terminal: ShownTerminal, grid: Grid): void {
  for (let y = 0; y < grid.height; y++)
    for (let x = 0; x < grid.width; x++) {
      const at = y * grid.width + x;
      if (grid.styles[at]! & UNSURE) {
        // But nothing of what was there before is left beside it.
        while (grid.texts[y * grid.width + x + 1] === '' && x + 1 < grid.width)
          expect(`${grid.texts[at]} `).toContain(terminal.cell(++x, y).text);
        continue;
      }
      expect({ x, y, ...terminal.cell(x, y) }).toEqual({
        x,
        y,
        text: grid.texts[at],
        style: grid.styles[at],
      });
    }
}

test('the written sequences turn any screen into any other', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(grids, { minLength: 1, maxLength: 4 }), async all => {
      const terminal = new ShownTerminal(WIDTH, HEIGHT);
      // As the board does: what is wider than a line stays on it.
      await terminal.write('\u001b[?7lwhat was there before');
      let before: Grid | undefined;
      for (const grid of all) {
        await terminal.write(difference(before, grid));
        expectShown(terminal, grid);
        if (grid.cursor) expect(terminal.cursor).toEqual(grid.cursor);
        before = grid;
      }
    }),
    { numRuns: 60 },
  );
});

test('a screen that is the same writes nothing', () => {
  fc.assert(
    fc.property(grids, grid => {
      expect(difference(grid, grid)).toBe('');
    }),
    { numRuns: 30 },
  );
});

test('a change is one synchronised update of the cells that differ', () => {
  const [before, after] = [new Grid(30, 2), new Grid(30, 2)];
  before.put(0, 0, 'D12 Forty chairs  D13 A desk');
  after.put(0, 0, 'D12 Forty chairs  D13 A door');
  expect(difference(before, after)).toBe('\u001b[?2026h\u001b[?25l\u001b[1;26Hoor\u001b[?2026l');
});

test('nothing in a text steers the terminal', () => {
  fc.assert(
    fc.property(anyText(), text => {
      const grid = new Grid(40, 1);
      grid.put(0, 0, text);
      const cells = difference(new Grid(40, 1), grid).replace(/\u001b\[(\?2026[hl]|\?25l|\d+;\d+H)/g, '');
      expect(cells).not.toMatch(/[\0-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
    }),
    { numRuns: 40 },
  );
});

test('our colours become styles, and the end of a colour restores the style around it', () => {
  const grid = new Grid(20, 1);
  const end = grid.putPainted(0, 0, '\u001b[1mD12\u001b[22m \u001b[31m!\u001b[39m x', INVERSE);
  expect(end).toBe(7);
  expect([...grid.styles.slice(0, 7)]).toEqual([
    ...[1, 2, 3].map(() => INVERSE | BOLD),
    INVERSE,
    INVERSE | colored(1),
    INVERSE,
    INVERSE,
  ]);
});

test('a wide character that loses a half is gone', () => {
  const grid = new Grid(6, 1);
  grid.put(0, 0, '日本語');
  grid.put(1, 0, 'a');
  grid.put(4, 0, 'b');
  expect(grid.line(0)).toBe(' a本b');
  expect(grid.put(4, 0, '日', PLAIN, 1)).toBe(4);
});
