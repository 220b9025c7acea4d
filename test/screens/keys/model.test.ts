import { describe, expect, test } from 'vitest';
import { actionOf } from '../../../src/screens/keys/actions/index.ts';
import { begun, type Effect, type Model, settled, step } from '../../../src/screens/keys/model.ts';
import type { Lanes } from '../../../src/screens/keys/shown-board.ts';

/** A board of columns with these deals. */
function boardOf(columns: Readonly<Record<string, readonly string[]>>, by: Lanes['by'] = 'stage'): Lanes {
  const entries = Object.entries(columns);
  return {
    pipeline: { id: 'sales', name: 'Sales' },
    pipelines: [
      { id: 'hardware', name: 'Hardware' },
      { id: 'sales', name: 'Sales' },
    ],
    by,
    lanes: entries.map(([id, deals]) => ({ id: id === 'nobody' ? null : id, name: id, count: deals.length })),
    idAt: (lane, index) => entries[lane]?.[1][index],
    spotOf(id) {
      const lane = entries.findIndex(([, deals]) => deals.includes(id));
      return lane < 0 ? undefined : { lane, index: entries[lane]![1].indexOf(id) };
    },
  };
}

const board = boardOf({ new: ['D3', 'D1', 'D4'], talking: ['D2'], offer: [], 'follow-up': ['D5'] });
const start = settled(begun('sales', false), board);

/** Presses keys one after the other: single characters, or names between `<` and `>`. */
function press(keys: string, from: Model = start, on: Lanes = board) {
  let model = from;
  const effects: Effect[] = [];
  for (const [, name, char] of keys.matchAll(/<([^>]+)>|(.)/gsu)) {
    const key = name === undefined ? { name: char!, text: char! } : { name };
    const next = step(model, on, key, actionOf);
    ({ model } = next);
    if (next.effect) effects.push(next.effect);
  }
  return { model, effects, id: model.id, said: model.said.text };
}

/** The command lines that keys run. */
const run = (keys: string, from?: Model, on?: Lanes) =>
  press(keys, from, on).effects.flatMap(effect => (effect.type === 'run' ? [effect.argv.join(' ')] : []));

describe('going about', () => {
  test.each([
    ['', 'D3'],
    ['j', 'D1'],
    ['jj', 'D4'],
    ['jjj', 'D4'],
    ['<down><up>', 'D3'],
    ['G', 'D4'],
    ['Gg', 'D3'],
    ['<page-down>', 'D4'],
    ['l', 'D2'],
    ['jl', 'D2'],
    ['lllll', 'D5'],
    ['$0', 'D3'],
    ['<end><home>', 'D3'],
    ['h', 'D3'],
    ['<wheel-down>', 'D1'],
  ])('%j selects %s', (keys, id) => {
    expect(press(keys).id).toBe(id);
  });

  test('an empty column has no card, and keys for a card say so', () => {
    expect(press('ll').id).toBeUndefined();
    for (const key of ['H', 'w', 'x', 't', 'n', 'e', 'o', 'A', '<enter>'])
      expect(press(`ll${key}`)).toMatchObject({ said: 'no card is selected', effects: [] });
  });
});

describe('the selected card', () => {
  test.each([
    ['L', ['deal move D3 talking']],
    ['lH', ['deal move D2 new']],
    ['H', []],
    ['$L', []],
    ['w', ['deal win D3']],
    ['o', ['deal reopen D3']],
    ['xtoo dear<enter>', ['deal lose D3 --reason=too dear']],
    ['x<enter>', ['deal lose D3']],
    ['x-5%<enter>', ['deal lose D3 --reason=-5%']],
    ['xtoo dear<esc>', []],
    ['x<ctrl-c>', []],
    ['tcall<enter>fri<enter>', ['task add --for D3 --due=fri call']],
    ['tcall<enter><enter>', ['task add --for D3 call']],
    ['t<enter>', []],
    ['tcall<enter><esc>', []],
    ['nprefers oak<enter>', ['deal note D3 prefers oak']],
    ['n-5% is too much<enter>', ['deal note D3 -- -5% is too much']],
    ['n-<enter>', ['deal note D3 -- -']],
    ['e', ['deal edit D3']],
    ['Aana<enter>', ['deal assign D3 ana']],
    ['<enter>', ['deal show D3']],
    ['laDesks<enter>10k<enter>', ['deal add --pipeline sales --stage talking --value=10k Desks']],
    ['aDesks<enter><enter>', ['deal add --pipeline sales --stage new Desks']],
    [':deal set % close=+30d<enter>', ['deal set D3 close=+30d']],
    [":crm deal note % 'a b'<enter>", ['deal note D3 a b']],
    [":deal note % 'a b<enter>", []],
  ])('%j runs %j', (keys, lines) => {
    expect(run(keys)).toEqual(lines);
  });

  test('on a board by owner is handed over', () => {
    const owners = boardOf({ ana: ['D1'], ben: ['D2'], nobody: ['D3'] }, 'owner');
    const first = settled(begun('sales', false), owners);
    expect(run('L', first, owners)).toEqual(['deal assign D1 ben']);
    expect(run('lL', first, owners)).toEqual(['deal assign D2 none']);
    expect(run('aDesks<enter><enter>', first, owners)).toEqual([
      'deal add --pipeline sales --owner ana Desks',
    ]);
  });

  test('nothing but a command line of crm changes anything', () => {
    const keys = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789[]{}/:?$%'];
    for (const key of keys) {
      const { effects } = press(key);
      for (const effect of effects) expect(['run', 'look', 'keys', 'quit']).toContain(effect.type);
    }
  });
});

describe('a board that changed', () => {
  const other = boardOf({ new: ['D4', 'D1'], talking: ['D2', 'D3'], offer: [], 'follow-up': [] });

  test('keeps the same deal selected wherever it is now', () => {
    expect(settled(start, other)).toMatchObject({ id: 'D3', spot: { lane: 1, index: 1 } });
    expect(settled(press('j').model, other)).toMatchObject({ id: 'D1', spot: { lane: 0, index: 1 } });
  });

  test('selects the deal in the place of one that is gone', () => {
    const { model } = press('$');
    expect(settled(model, other)).toMatchObject({ id: undefined, spot: { lane: 3, index: 0 } });
    const less = boardOf({ new: ['D1', 'D4'], talking: [], offer: [] });
    expect(settled(start, less)).toMatchObject({ id: 'D1', spot: { lane: 0, index: 0 } });
    expect(settled(model, less)).toMatchObject({ id: undefined, spot: { lane: 2, index: 0 } });
  });
});

describe('taking back', () => {
  test('is of this sitting alone, the last transaction first', () => {
    expect(press('u')).toMatchObject({ effects: [], said: expect.stringMatching(/nothing/) });
    expect(run('u', { ...start, undo: [7, 9] })).toEqual(['undo 9']);
    expect(run('r', { ...start, redo: [10] })).toEqual(['redo 10']);
    expect(press('r')).toMatchObject({ effects: [] });
  });
});

describe('what is shown', () => {
  test('is filtered by a query, until Esc', () => {
    const { model, effects } = press('/owner:me<enter>');
    expect(model.filter).toBe('owner:me');
    expect(effects).toMatchObject([{ type: 'look', before: { filter: '' } }]);
    expect(press('<esc>', model)).toMatchObject({ model: { filter: '' }, effects: [{ type: 'look' }] });
    // The line begins with what is there.
    expect(press('/ value.over:5k<enter>', model).model.filter).toBe('owner:me value.over:5k');
  });

  test('is of the pipeline before or after, in turns', () => {
    expect(press(']').model.pipeline).toBe('hardware');
    expect(press('[').model.pipeline).toBe('hardware');
    expect(press(']', start, { ...board, pipelines: [board.pipeline] })).toMatchObject({ effects: [] });
  });

  test('may be the closed deals too', () => {
    expect(press('c').model.closed).toBe(true);
    expect(press('cc').model.closed).toBe(false);
  });

  test('may be a pane, which scrolls; a key that means the card closes it', () => {
    const pane: Model = {
      ...start,
      mode: { type: 'pane', title: 'D3', lines: Array.from({ length: 50 }, (_, i) => `${i}`), top: 0 },
    };
    expect(press('jj', pane).model.mode).toMatchObject({ top: 2 });
    expect(press('Gk', pane).model.mode).toMatchObject({ top: 48 });
    for (const key of ['q', '<esc>', '<enter>']) expect(press(key, pane).model.mode.type).toBe('board');
    expect(press('q', pane).effects).toEqual([]);
    expect(run('w', pane)).toEqual(['deal win D3']);
  });
});

test.each([
  ['q', 'quit'],
  ['<ctrl-c>', 'interrupt'],
  ['<ctrl-z>', 'suspend'],
  ['<ctrl-l>', 'redraw'],
  ['?', 'keys'],
])('%j is to %s', (keys, type) => {
  expect(press(keys).effects).toEqual([{ type }]);
});

test('a paste on the board does nothing, whatever keys are in it', () => {
  const paste = { name: 'paste', text: 'wxq' };
  expect(step(start, board, paste, actionOf)).toMatchObject({ model: { id: 'D3' } });
  expect(step(start, board, paste, actionOf).effect).toBeUndefined();
});
