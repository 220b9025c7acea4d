/**
 * Holds a state open between the commits of one process. A server commits many times a second: it decides on the state
 * that its last commit left, as long as nobody else has committed and no file was changed. Snapshots are written when
 * there is time for them, or when too many transactions follow the last ones.
 *
 *     commit 57   opened from disk
 *     commit 58   57's state, with the tail that 57 added     (nobody else has number 58)
 *     pause       the snapshots are brought up to date, and the state is let go of
 */
import type { Config } from '../../../domain/config.ts';
import type { Tailed, Tip } from '../../../store/journal/journal.ts';
import type { Workspace } from '../workspace.ts';
import type { Ground, Held } from './decide.ts';
import { roughSize } from './settle.ts';

/** The most transactions after the last snapshots: every reader has to read each. Commits without a held state settle at 256. */
const MOST_TRANSACTIONS = 2048;
/** The bytes of those transactions: what a reader parses in some 50 ms. */
const MOST_BYTES = 4 << 20;

/** The held state, and the settings that it was made with. */
interface Kept extends Held {
  readonly files: ReadonlyMap<string, string>;
  readonly config: Config;
}

export class Holding {
  #held: Kept | undefined;
  /** How many transactions and bytes are not in the snapshots yet. */
  #owed = { transactions: 0, bytes: 0 };

  /** Returns and releases the held state, if it is still the current one. */
  take({ store, files, config }: Workspace): Held | undefined {
    const held = this.#held;
    this.#held = undefined;
    const isTrue = held && held.files === files && held.config === config && store.isAtTip(held.opened);
    return isTrue ? held : undefined;
  }

  /** Holds the state that a commit left. Returns false if that is not possible: then the commit settles by itself. */
  keep({ files, config }: Workspace, { opened, draft, intake }: Ground, tip: Tip): boolean {
    const { state, changes } = draft;
    const isPlain = intake.length === 0 && draft.files.length === 0 && !draft.erases && !draft.strayed;
    if (!isPlain || state.config !== config) {
      this.#owed = { transactions: 0, bytes: 0 };
      return false;
    }
    if (changes.length === 0) {
      this.#held = { opened, state, files, config };
      return true;
    }
    const size = roughSize(changes);
    const quiet = !draft.trigger && { trigger: false as const };
    const tx: Tailed = { seq: tip.seq, hash: tip.hash, at: draft.at, changes, size, ...quiet };
    // This process wrote the transaction itself, so it need not be compared with what was read.
    const signatures = opened.tail.length === 0 ? '' : `${opened.signatures}\n`;
    this.#held = { opened: { ...opened, tip, tail: [...opened.tail, tx], signatures }, state, files, config };
    const { transactions, bytes } = this.#owed;
    this.#owed = { transactions: transactions + 1, bytes: bytes + size };
    return true;
  }

  /** Whether the snapshots should be brought up to date, since too much follows them. */
  get isDue(): boolean {
    return this.#owed.transactions >= MOST_TRANSACTIONS || this.#owed.bytes >= MOST_BYTES;
  }

  /** Brings the snapshots up to date with the held state, and releases it: the next commit opens from the snapshots. */
  settle({ store }: Workspace): void {
    const held = this.#held;
    this.#held = undefined;
    if (held && this.#owed.transactions > 0) store.settle(held.opened, held.state, held.opened.tip, 0);
    this.#owed = { transactions: 0, bytes: 0 };
  }
}
