/** Moving over the board: what is selected, and nothing else, changes. */
import { type Action, type Model, selected, type Step } from '../model.ts';
import type { Lanes, Spot } from '../shown-board.ts';

/** How many cards a page is taken for. */
const PAGE = 5;

const moves: Readonly<Record<string, (spot: Spot, board: Lanes) => Spot>> = {
  h: ({ lane, index }) => ({ lane: lane - 1, index }),
  l: ({ lane, index }) => ({ lane: lane + 1, index }),
  k: ({ lane, index }) => ({ lane, index: index - 1 }),
  j: ({ lane, index }) => ({ lane, index: index + 1 }),
  g: ({ lane }) => ({ lane, index: 0 }),
  G: ({ lane }, board) => ({ lane, index: (board.lanes[lane]?.count ?? 1) - 1 }),
  'page-up': ({ lane, index }) => ({ lane, index: index - PAGE }),
  'page-down': ({ lane, index }) => ({ lane, index: index + PAGE }),
  '0': ({ index }) => ({ lane: 0, index }),
  $: ({ index }, board) => ({ lane: board.lanes.length - 1, index }),
};

const same: Readonly<Record<string, string>> = {
  left: 'h',
  right: 'l',
  up: 'k',
  down: 'j',
  'wheel-up': 'k',
  'wheel-down': 'j',
  home: 'g',
  end: 'G',
  'ctrl-u': 'page-up',
  'ctrl-d': 'page-down',
  'ctrl-b': 'page-up',
  'ctrl-f': 'page-down',
};

const moved = (model: Model, board: Lanes, name: string): Step => ({
  model: { ...selected(model, board, moves[same[name] ?? name]!(model.spot, board)), said: { text: '' } },
});

const action = (shown: string, summary: string, ...keys: readonly string[]): Action => ({
  keys: [...keys, ...Object.keys(same).filter(each => keys.includes(same[each]!))],
  shown,
  summary,
  press: (model, board, key) => moved(model, board, key.name),
});

export const across = action('h l', 'go to the column on the left, on the right; also arrows', 'h', 'l');
export const along = action('j k', 'go to the next card, to the one before; also arrows', 'j', 'k');
export const ends = action(
  'g G',
  'go to the first card of the column, to the last; also Home, End',
  'g',
  'G',
);
export const pages = action(
  'PgUp PgDn',
  `go up and down by ${PAGE} cards; also Ctrl-U, Ctrl-D`,
  'page-up',
  'page-down',
);
export const edges = action('0 $', 'go to the first column, to the last', '0', '$');
