/**
 * The state of a sitting at the board, and the effects of keys on it. Nothing here touches a terminal or a workspace:
 * a step returns the next state, and the work to do as data.
 */
import type { Key } from '../../ui/full-screen/decode-keys.ts';
import { type Line, lineOf, typed } from '../../ui/full-screen/line-input.ts';
import type { Lanes, Spot } from './shown-board.ts';

export interface Model {
  /** The id of the pipeline. */
  readonly pipeline: string;
  /** A query that was typed; '' for none. */
  readonly filter: string;
  /** Whether deals that were won or lost are shown too. */
  readonly closed: boolean;
  readonly spot: Spot;
  /** The deal that is selected; undefined where the board shows none there. */
  readonly id: string | undefined;
  /** The first column that is shown, and of each column, by its place, the first card. */
  readonly left: number;
  readonly tops: readonly number[];
  readonly mode: Mode;
  readonly said: Said;
  /** The transactions that this sitting can take back, and repeat, by number, the last one last. */
  readonly undo: readonly number[];
  readonly redo: readonly number[];
  /** The commands of this sitting, oldest first: each as its line and what it said. */
  readonly log: readonly (readonly string[])[];
  readonly mouse: boolean;
}

export type Mode = { readonly type: 'board' } | AskingMode | Pane;

/** A question that waits for its answer. */
export interface AskingMode {
  readonly type: 'asking';
  readonly asking: Asking;
  readonly line: Line;
  /** What is wrong with the answer as it stands there: it was refused. */
  readonly wrong?: string;
}

/** Lines over the board: a card, the keys, what a command printed. */
export interface Pane {
  readonly type: 'pane';
  readonly title: string;
  /** Lines with colours of ours. */
  readonly lines: readonly string[];
  /** The first line that is shown. */
  readonly top: number;
}

/** A question of one line. */
export interface Asking {
  readonly question: string;
  /** What is there already. */
  readonly text?: string;
  /** What may be typed, in words. */
  readonly hint: string;
  /** The command that an answer would run, to be shown while it is typed. */
  command?(answer: string): readonly string[] | undefined;
  answered(model: Model, answer: string): Step;
}

/** The message below the board. */
export interface Said {
  readonly text: string;
  readonly tone?: 'alarm' | 'quiet';
  /** The command line that did it, without the `crm`. */
  readonly command?: readonly string[];
}

export type Effect =
  /** Runs a command. What it prints is shown in a pane, or what it says below the board. */
  | {
      readonly type: 'run';
      readonly argv: readonly string[];
      readonly shows?: string;
      /** It opens an editor on the terminal. */
      readonly edits?: boolean;
      /** Is this the undo or redo of a transaction? */
      readonly takes?: 'back' | 'again';
      /** The question that it answers, which is asked again where the command is refused. */
      readonly asked?: AskingMode;
    }
  /** Looks at the workspace again, for another pipeline or query; `before` comes back where that is wrong. */
  | { readonly type: 'look'; readonly before: Model; readonly asked?: AskingMode }
  | { readonly type: 'keys' | 'redraw' | 'suspend' | 'quit' | 'interrupt' };

export interface Step {
  readonly model: Model;
  readonly effect?: Effect;
}

/** A key that does something: one file each, and a line in actions/index.ts. */
export interface Action {
  /** Names of keys. */
  readonly keys: readonly string[];
  /** The keys as people read them: `H L`. */
  readonly shown: string;
  /** What it does, in a few words. */
  readonly summary: string;
  press(model: Model, board: Lanes, key: Key): Step;
}

export const onBoard: Mode = { type: 'board' };

/** Returns the beginning of a sitting. */
export const begun = (pipeline: string, closed: boolean): Model => ({
  pipeline,
  filter: '',
  closed,
  spot: { lane: 0, index: 0 },
  id: undefined,
  left: 0,
  tops: [],
  mode: onBoard,
  said: { text: '' },
  undo: [],
  redo: [],
  log: [],
  mouse: false,
});

/** Returns the step that only says something. */
export const saying = (model: Model, text: string, tone?: Said['tone']): Step => ({
  model: { ...model, said: { text, ...(tone && { tone }) } },
});

/** Returns the step that runs a command line about the board, closing what is over it. */
export const running = (
  model: Model,
  argv: readonly string[],
  more: Partial<Effect & { type: 'run' }> = {},
): Step => ({
  model: { ...model, mode: onBoard },
  effect: { type: 'run', argv, ...more },
});

/** Returns the step that asks for a line. */
export const asking = (model: Model, question: Asking): Step => ({
  model: { ...model, mode: { type: 'asking', asking: question, line: lineOf(question.text ?? '') } },
});

/** Returns the step of the selected deal; says that there is none. */
export const withDeal = (model: Model, then: (id: string) => Step): Step =>
  model.id === undefined ? saying(model, 'no card is selected', 'alarm') : then(model.id);

/** Selects the card at a place, or the nearest that there is. */
export function selected(model: Model, board: Lanes, { lane, index }: Spot): Model {
  const column = Math.max(0, Math.min(lane, board.lanes.length - 1));
  const count = board.lanes[column]?.count ?? 0;
  const at = Math.max(0, Math.min(index, count - 1));
  return { ...model, spot: { lane: column, index: at }, id: board.idAt(column, at) };
}

/** Returns the model on a board that changed: the same deal stays selected wherever it is now, else the card in its place. */
export function settled(model: Model, board: Lanes, wanted = model.id): Model {
  const spot = wanted === undefined ? undefined : board.spotOf(wanted);
  return selected({ ...model, pipeline: board.pipeline.id }, board, spot ?? model.spot);
}

/** Returns the model on a board that shows something else: where the column has no card, the first one that has. */
export function placed(model: Model, board: Lanes): Model {
  const there = settled(model, board);
  const lane = board.lanes.findIndex(({ count }) => count > 0);
  return there.id === undefined && lane >= 0 ? selected(there, board, { lane, index: 0 }) : there;
}

/** Returns the next state after a key. `find` returns the action of a key on the board. */
export function step(model: Model, board: Lanes, key: Key, find: (name: string) => Action | undefined): Step {
  const { mode } = model;
  switch (mode.type) {
    case 'asking':
      return answering(model, mode, key);
    case 'pane':
      return scrolling(model, mode, key) ?? pressed({ ...model, mode: onBoard }, board, key, find);
    case 'board':
      return pressed(model, board, key, find);
  }
}

function pressed(model: Model, board: Lanes, key: Key, find: (name: string) => Action | undefined): Step {
  const action = find(key.name);
  if (action) return action.press(model, board, key);
  if (key.name === 'paste') return saying(model, 'a paste is for a line that is asked for', 'quiet');
  return saying(model, `${key.name} does nothing here; ? shows the keys`, 'quiet');
}

function answering(model: Model, asked: AskingMode, key: Key): Step {
  const { asking, line } = asked;
  if (key.name === 'enter') {
    const { effect, ...then } = asking.answered({ ...model, mode: onBoard }, line.text.trim());
    const isRefusable = effect?.type === 'run' || effect?.type === 'look';
    return { ...then, ...(effect && { effect: isRefusable ? { ...effect, asked } : effect }) };
  }
  if (key.name === 'esc' || key.name === 'ctrl-c' || key.name === 'ctrl-g')
    return saying({ ...model, mode: onBoard }, 'nothing was done', 'quiet');
  const next = typed(line, key);
  return { model: next ? { ...model, mode: { type: 'asking', asking, line: next } } : model };
}

/** How far a key moves through lines: by lines, or by parts of a screen (`page`). */
const scrolls: Readonly<Record<string, (top: number, page: number) => number>> = {
  j: top => top + 1,
  down: top => top + 1,
  k: top => top - 1,
  up: top => top - 1,
  'wheel-down': top => top + 3,
  'wheel-up': top => top - 3,
  ' ': (top, page) => top + page,
  'page-down': (top, page) => top + page,
  'page-up': (top, page) => top - page,
  'ctrl-d': (top, page) => top + (page >> 1),
  'ctrl-u': (top, page) => top - (page >> 1),
  g: () => 0,
  home: () => 0,
  G: () => Number.POSITIVE_INFINITY,
  end: () => Number.POSITIVE_INFINITY,
};
const closing: ReadonlySet<string> = new Set(['q', 'esc', 'enter', 'ctrl-c', 'h', 'left', 'mouse']);

/** How many lines a page of a pane is taken for: what draws it stops at its last line. */
const PAGE = 10;

/** The effect of a key on a pane; undefined if the key is for the board. */
function scrolling(model: Model, pane: Pane, { name }: Key): Step | undefined {
  if (closing.has(name)) return { model: { ...model, mode: onBoard, said: { text: '' } } };
  const move = scrolls[name];
  if (!move) return undefined;
  const top = Math.max(0, Math.min(move(pane.top, PAGE), pane.lines.length - 1));
  return { model: { ...model, mode: { ...pane, top } } };
}
