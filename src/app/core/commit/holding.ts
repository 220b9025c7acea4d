/**
 * A state that stays open between the commits of one process. A server commits many times a second: what it decides on is
 * the state that its last commit left, as long as nobody else has committed and no file was changed. Snapshots follow
 * when there is time for them, or when too much lies after the last ones.
 *
 *     commit 57   opened from disk
 *     commit 58   57's state, with the tail that 57 added     (nobody else has number 58)
 *     pause       the snapshots are brought up to date, and the state is let go of
 */
import type { Config } from '../../../domain/config.ts';
import type { Tailed, Tip } from '../../../store/journal.ts';
import type { Workspace } from '../workspace.ts';
import type { Ground, Held } from './decide.ts';
import { roughSize } from './settle.ts';

/** Transactions after the last snapshots of which every reader has to read each: a commit of its own settles at 256. */
const MOST_TRANSACTIONS = 2048;
/** The bytes of those transactions: what a reader parses in some 50 ms. */
const MOST_BYTES = 4 << 20;

/** What is held, and the settings that it was made with. */
interface Kept extends Held {
  readonly files: ReadonlyMap<string, string>;
  readonly config: Config;
}

export class Holding {
  #held: Kept | undefined;
  /** Transactions and bytes that no snapshot has. */
  #owed = { transactions: 0, bytes: 0 };

  /** Returns what is held if it is still what the workspace is like, and lets go of it. */
  take({ store, files, config }: Workspace): Held | undefined {
    const held = this.#held;
    this.#held = undefined;
    const isTrue = held && held.files === files && held.config === config && store.isAtTip(held.opened);
    return isTrue ? held : undefined;
  }

  /** Holds the state that a commit left. Returns false if that cannot be: then the commit settles by itself. */
  keep({ files, config }: Workspace, { opened, draft, intake }: Ground, tip: Tip): boolean {
    const { state, changes } = draft;
    const isPlain =
      intake.length === 0 && draft.files.length === 0 && !draft.erases && !draft.strayed && draft.trigger;
    if (!isPlain || state.config !== config) {
      this.#owed = { transactions: 0, bytes: 0 };
      return false;
    }
    if (changes.length === 0) {
      this.#held = { opened, state, files, config };
      return true;
    }
    const size = roughSize(changes);
    const tx: Tailed = { seq: tip.seq, hash: tip.hash, at: draft.at, changes, size };
    // Of a transaction that this process wrote itself nothing has to be compared with what it was when it was read.
    const signatures = opened.tail.length === 0 ? '' : `${opened.signatures}\n`;
    this.#held = { opened: { ...opened, tip, tail: [...opened.tail, tx], signatures }, state, files, config };
    const { transactions, bytes } = this.#owed;
    this.#owed = { transactions: transactions + 1, bytes: bytes + size };
    return true;
  }

  /** Whether so much lies after the last snapshots that they should be brought up to date. */
  get isDue(): boolean {
    return this.#owed.transactions >= MOST_TRANSACTIONS || this.#owed.bytes >= MOST_BYTES;
  }

  /** Brings the snapshots up to date with what is held, and lets go of it: they are what it would be opened from. */
  settle({ store }: Workspace): void {
    const held = this.#held;
    this.#held = undefined;
    if (held && this.#owed.transactions > 0) store.settle(held.opened, held.state, held.opened.tip, 0);
    this.#owed = { transactions: 0, bytes: 0 };
  }
}
