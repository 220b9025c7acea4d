/**
 * A view that follows the journal: commits of others are applied to the state in memory, so that a screen that stays
 * open needs to read only the new transactions. The state is opened again if that is not enough: if settings changed,
 * a purge erased something, or so much was committed that the columns on disk are a better base.
 */
import { View } from '../core/view.ts';
import type { Workspace } from '../core/workspace.ts';
import { kindOf, type Transaction } from '../../domain/changes.ts';
import type { State } from '../../state/state.ts';
import { applyTransaction, type Opened, stateOf } from '../../store/checkpoint/opened.ts';

/** The most transactions on top of the opened state: some reads go through each of them. */
const MOST_APPLIED = 2000;

/** A workspace of its own for each time that it is opened: its files are closed once another took its place. */
export interface LiveSource {
  readonly workspace: Workspace;
  close(): void;
}

/** The parts of a view. */
interface Live extends LiveSource {
  readonly opened: Opened;
  readonly state: State;
  readonly files: Workspace['files'];
}

export class LiveView {
  readonly #open: () => Promise<LiveSource>;
  #live: Live;
  #applied = 0;

  private constructor(open: () => Promise<LiveSource>, live: Live) {
    this.#open = open;
    this.#live = live;
  }

  /** Opens the journal's tip. */
  static async open(open: () => Promise<LiveSource>): Promise<LiveView> {
    return new LiveView(open, await openedBy(open));
  }

  get workspace(): Workspace {
    return this.#live.workspace;
  }

  /** The number of the last transaction that the view shows. */
  get seq(): number {
    return this.#live.opened.tip.seq;
  }

  /** The view of the acting user as of the last `catchUp`. */
  get view(): View {
    const { workspace, state, opened } = this.#live;
    return new View(state, workspace.viewer, workspace.clock, use => workspace.store.past(opened, use));
  }

  /**
   * Takes in new commits, and the time. Returns the transactions; undefined if the state was opened again, so that
   * the differences are unknown. Throws INVALID if the settings are broken now; the view then stays as it was.
   */
  async catchUp(): Promise<readonly Transaction[] | undefined> {
    const { workspace, opened, state, files } = this.#live;
    await workspace.reload();
    if (workspace.files !== files) return this.#reopen();
    if (workspace.store.isAtTip(opened)) return [];
    const more = await workspace.store.journal.read(opened.tip.seq);
    const last = more.at(-1);
    if (!last) return [];
    this.#applied += more.length;
    if (more[0]!.prev !== opened.tip.hash || this.#applied > MOST_APPLIED || more.some(needsMore))
      return this.#reopen();
    for (const tx of more) applyTransaction(state, tx);
    const tip = { seq: last.seq, hash: last.hash };
    this.#live = { ...this.#live, opened: { ...opened, tip, tail: [...opened.tail, ...more] } };
    return more;
  }

  async #reopen(): Promise<undefined> {
    const before = this.#live;
    this.#live = await openedBy(this.#open);
    this.#applied = 0;
    before.close();
  }

  close(): void {
    this.#live.close();
  }
}

async function openedBy(open: () => Promise<LiveSource>): Promise<Live> {
  const source = await open();
  const { workspace } = source;
  try {
    const opened = await workspace.open();
    const { files } = workspace;
    return {
      ...source,
      workspace,
      close: () => source.close(),
      opened,
      state: stateOf(opened, workspace.config),
      files,
    };
  } catch (error) {
    source.close();
    throw error;
  }
}

/** Whether a transaction changes more than records: settings, or what an earlier one had. */
const needsMore = (tx: Transaction): boolean =>
  tx.erases !== undefined || tx.changes.some(change => kindOf(change) === 'file');
