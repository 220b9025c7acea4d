/**
 * A sitting at the board: draws it, waits for what happens (keys, changes of others, another size, a signal), and does
 * what a key asks for. Every change is a command line of crm, which `run` runs in this process.
 */
import type { LiveView } from '../../app/reading/live-view.ts';
import type { BoardOptions } from '../../app/reading/board.ts';
import { pipelineIn } from '../../app/core/pipelines.ts';
import { idOf, type Transaction } from '../../domain/changes.ts';
import { CrmError } from '../../domain/errors.ts';
import type { Kinds } from '../../domain/kinds.ts';
import { definitionOf } from '../../kinds/define.ts';
import type { Key } from '../../ui/full-screen/decode-keys.ts';
import type { FullScreen, Happening } from '../../ui/full-screen/full-screen.ts';
import type { Paint } from '../../ui/paint.ts';
import { actionOf, keyLines } from './actions/index.ts';
import { draw, type Drawn } from './draw-board.ts';
import { begun, type Effect, type Model, onBoard, placed, saying, settled, step } from './model.ts';
import { ShownBoard } from './shown-board.ts';
import { lineOfWords } from './words.ts';

/** The result of a command that ran for a key. */
export interface Outcome {
  readonly code: number;
  /** What it printed, and what it said, with colours of ours. */
  readonly out: string;
  readonly err: string;
  /** The transactions that it saved. */
  readonly saved: readonly number[];
}

export interface SittingOptions {
  readonly screen: FullScreen;
  readonly live: LiveView;
  readonly paint: Paint;
  /** Runs a command line of crm as if it were typed; `edits`: it may use the terminal. `stopped` is told how to end it. */
  run(
    argv: readonly string[],
    asked: { readonly edits: boolean; stopped(stop: () => void): void },
  ): Promise<Outcome>;
  /** What the board shows at first. */
  readonly pipeline: string | undefined;
  readonly by: BoardOptions['by'];
  readonly query: readonly string[];
  readonly closed: boolean;
}

/** The most commands that the log keeps. */
const LOGGED = 500;

export class Sitting {
  readonly #options: SittingOptions;
  #model: Model;
  #board: ShownBoard;
  #drawn: Drawn | undefined;
  /** The minute of the shown board: overdue tasks depend on the time. */
  #minute: number;

  /** Throws the error of a wrong query or pipeline. */
  constructor(options: SittingOptions) {
    this.#options = options;
    const { view } = options.live;
    const pipeline = pipelineIn(view.state.config, view.viewer, options.pipeline);
    const model = begun(pipeline.id, options.closed);
    this.#minute = minuteOf(view.clock.now);
    this.#board = this.#look(model);
    this.#model = placed(model, this.#board);
  }

  /** Runs until the user quits; returns the exit code. */
  async run(): Promise<number> {
    const { screen } = this.#options;
    for (;;) {
      if (!screen.isBusy) await this.#draw();
      const code = await this.#take(await screen.next());
      if (code !== undefined) return code;
    }
  }

  async #draw(): Promise<void> {
    const { screen, paint } = this.#options;
    screen.useMouse(this.#model.mouse);
    this.#drawn = draw(this.#model, this.#board, screen.size, paint);
    this.#model = this.#drawn.model;
    await screen.show(this.#drawn.grid);
  }

  /** Takes in what happened; returns the exit code where it ends the sitting. */
  async #take(happening: Happening): Promise<number | undefined> {
    switch (happening.type) {
      case 'ended':
        return happening.code;
      case 'crashed':
        throw happening.error;
      case 'changed':
        await this.#catchUp();
        return undefined;
      case 'drawn-anew':
        return undefined;
      case 'keys':
        for (const key of happening.keys) {
          const code = await this.#press(key);
          if (code !== undefined) return code;
        }
        return undefined;
    }
  }

  async #press(key: Key): Promise<number | undefined> {
    const placed = this.#placed(key);
    if (!placed) return undefined;
    const { model, effect } = step(this.#model, this.#board, placed, actionOf);
    this.#model = model;
    return effect && this.#do(effect);
  }

  /** Says which card a mouse points to instead of the cell; undefined where it points to none. */
  #placed(key: Key): Key | undefined {
    if (key.name !== 'mouse' || this.#model.mode.type !== 'board') return key;
    const spot = this.#drawn?.spotAt(key.x!, key.y!);
    return spot && { name: key.name, x: spot.lane, y: spot.index };
  }

  async #do(effect: Effect): Promise<number | undefined> {
    const { screen, paint } = this.#options;
    switch (effect.type) {
      case 'run':
        await this.#run(effect);
        return undefined;
      case 'look':
        this.#lookAgain(effect);
        return undefined;
      case 'keys':
        this.#model = {
          ...this.#model,
          mode: { type: 'pane', title: 'Keys', lines: keyLines(paint.bold), top: 0 },
        };
        return undefined;
      case 'redraw':
        screen.redraw();
        return undefined;
      case 'suspend':
        await screen.suspend();
        await this.#catchUp();
        return undefined;
      case 'quit':
        return 0;
      case 'interrupt':
        return INTERRUPTED;
    }
  }

  /** Shows another part of the workspace, unless the request is wrong. */
  #lookAgain({ before, asked }: Effect & { type: 'look' }): void {
    try {
      this.#board = this.#look(this.#model);
      this.#model = placed(this.#model, this.#board);
    } catch (error) {
      if (!(error instanceof CrmError)) throw error;
      const wrong = sayable(error);
      this.#model = asked
        ? { ...before, mode: { ...asked, wrong } }
        : saying({ ...before, mode: onBoard }, wrong, 'alarm').model;
    }
  }

  #look({ pipeline, filter, closed }: Model): ShownBoard {
    const { live, by, query } = this.#options;
    const { view } = live;
    return new ShownBoard(view, {
      pipeline: pipelineIn(view.state.config, view.viewer, pipeline),
      by,
      query: [...query, ...(filter === '' ? [] : [filter])],
      closed,
    });
  }

  /** Takes in what was committed since, by others or, as `saved`, by a command of this sitting. */
  async #catchUp(
    own: { saved: readonly number[]; added: boolean } = { saved: [], added: true },
  ): Promise<void> {
    const { live } = this.#options;
    try {
      const seen = await live.catchUp();
      const minute = minuteOf(live.view.clock.now);
      if (seen?.length === 0 && minute === this.#minute) return;
      this.#minute = minute;
      this.#board = this.#look(this.#model);
      const touched = seen && touchedDeal(live.view.kinds, seen, own);
      const isShown = touched !== undefined && this.#board.spotOf(touched) !== undefined;
      this.#model = settled(this.#model, this.#board, isShown ? touched : this.#model.id);
    } catch (error) {
      if (!(error instanceof CrmError)) throw error;
      // Somebody took the pipeline away, or the settings are broken: the board stays as it was, which is said.
      this.#model = saying(this.#model, sayable(error), 'alarm').model;
    }
  }

  async #run({
    argv,
    shows,
    edits = false,
    takes,
    asked: question,
  }: Effect & { type: 'run' }): Promise<void> {
    const { screen, run } = this.#options;
    let stop: (() => void) | undefined;
    this.#model = { ...this.#model, said: { text: '...', tone: 'quiet', command: argv } };
    if (!edits) await this.#draw();
    screen.interrupted = () => stop?.();
    const asked = { edits, stopped: (how: () => void) => void (stop = how) };
    const outcome = await run(argv, asked).finally(() => {
      screen.interrupted = undefined;
    });
    this.#model = { ...this.#model, ...taken(this.#model, outcome, takes) };
    await this.#catchUp({ saved: outcome.saved, added: takes === undefined });
    this.#model = after(this.#model, argv, outcome, shows);
    // What was typed is not lost with the answer that was wrong.
    if (question && isRefused(outcome))
      this.#model = { ...this.#model, mode: { ...question, wrong: this.#model.said.text } };
  }
}

const INTERRUPTED = 130;

/** What a command returns that was called wrongly. */
const MISUSED = 2;

/** Whether a command did nothing because of how it was called. */
const isRefused = ({ code, saved }: Outcome): boolean => code === MISUSED && saved.length === 0;

const minuteOf = (now: number): number => Math.floor(now / 60_000);

const sayable = ({ message, hint }: CrmError): string =>
  hint === undefined ? message : `${message} (${hint})`;

/** Returns the deal to select after a command of this sitting: one that it added, or that an undo or redo changed. */
function touchedDeal(
  kinds: Kinds,
  seen: readonly Transaction[],
  { saved, added }: { readonly saved: readonly number[]; readonly added: boolean },
): string | undefined {
  return seen
    .filter(({ seq }) => saved.includes(seq))
    .flatMap(({ changes }) => changes)
    .filter(change => !added || 'add' in change)
    .map(idOf)
    .find(id => kinds.parseId(id) && definitionOf(kinds, kinds.kindOf(id)).inPipelines);
}

/** Returns what can be taken back and done again after a command. */
function taken(
  { undo, redo }: Model,
  { saved }: Outcome,
  takes: 'back' | 'again' | undefined,
): Pick<Model, 'undo' | 'redo'> {
  switch (takes) {
    case 'back':
      // A change that cannot be undone does not block the undo of earlier ones.
      return { undo: undo.slice(0, -1), redo: [...redo, ...saved] };
    case 'again':
      return { undo: [...undo, ...saved], redo: redo.slice(0, -1) };
    default:
      return { undo: [...undo, ...saved], redo: saved.length > 0 ? [] : redo };
  }
}

const ESC = '\u001b';
const plain = (text: string): string => text.replace(new RegExp(`${ESC}\\[[\\d;]*m`, 'g'), '');
const linesOf = (text: string): string[] =>
  text.split('\n').filter((line, i, all) => line !== '' || i < all.length - 1);

/** Returns the model that says what a command did; what it printed is shown over the board where that is asked for. */
function after(
  model: Model,
  argv: readonly string[],
  { code, out, err, saved }: Outcome,
  shows: string | undefined,
): Model {
  const said = linesOf(plain(err));
  const printed = linesOf(out);
  const text = said
    .map(line => line.trim().replace(/^(Error|Hint): /, ''))
    .slice(0, 2)
    .join(code === 0 ? '; ' : ' - ');
  const entry = [`crm ${lineOfWords(argv)}`, ...said.map(line => `    ${line}`)];
  const log = [...model.log, entry].slice(-LOGGED);
  const done = text === '' && saved.length > 0 ? 'done' : text;
  const next: Model = {
    ...model,
    log,
    said: { text: done, command: argv, ...(code !== 0 && { tone: 'alarm' as const }) },
  };
  if (shows === undefined || code !== 0 || printed.length === 0) return next;
  // One line that was printed is said like any other.
  if (printed.length === 1 && said.length === 0)
    return { ...next, said: { text: plain(printed[0]!), command: argv } };
  const lines = said.length === 0 ? printed : [...printed, '', ...said];
  return { ...next, mode: { type: 'pane', title: shows, lines, top: 0 }, said: { text: '', command: argv } };
}
