/**
 * The gate in front of the lock: a decision passes only if the workspace's pre-commit hook agrees to its changes. The hook
 * is a program, and nobody should wait for a program under the lock. So the gate asks it before the lock is taken, and
 * again if the decision that is made under the lock has other changes.
 *
 *     decide -> ask -> [lock: same changes? -> save]
 *                      [lock: the tip moved, decided again, other changes -> give up the lock] -> ask -> ...
 */
import { asStored } from '../../../domain/changes.ts';
import { conflict } from '../../../domain/errors.ts';
import type { Tip } from '../../../store/journal/journal.ts';
import { Sha256 } from '../../../store/disk/sha256.ts';
import type { Workspace } from '../workspace.ts';
import { transactionsOf } from './append.ts';
import type { Decision } from './decide.ts';
import { type Asked, type Hooks, isSeenByHooks } from './hooks.ts';
import type { CommitOptions } from './options.ts';

/** How often a hook is asked about one command, before the command gives up: others may change the workspace all the time. */
const TIMES = 5;

export class Gate {
  readonly #workspace: Workspace;
  readonly #options: CommitOptions;
  readonly #hooks: Hooks;
  #times = 0;
  /** The decision that the hook last agreed to, and a digest of its changes. */
  #agreed: { readonly decision: Decision<unknown>; readonly digest: string } | undefined;

  constructor(workspace: Workspace, options: CommitOptions, hooks: Hooks) {
    this.#workspace = workspace;
    this.#options = options;
    this.#hooks = hooks;
  }

  /** Asks about a decision, unless the hook agreed to the same changes. CONFLICT if the changes differ too often. */
  async ask(decision: Decision<unknown>): Promise<void> {
    const { ask } = this.#hooks;
    if (!ask || this.#options.happened || this.isOpenTo(decision)) return;
    if (this.#times === TIMES)
      throw conflict(
        `others change this workspace faster than hooks/pre-commit answers: it was asked ${TIMES} times about changes that were others by then; nothing was saved`,
        'try again',
      );
    this.#times++;
    const transactions = this.#seenOf(decision);
    if (transactions.length > 0) await ask(transactions);
    this.#agreed = { decision, digest: digestOf(transactions) };
  }

  /** Whether a decision may be saved without asking: the hook agreed to its changes, or sees none of them. */
  isOpenTo(decision: Decision<unknown>): boolean {
    if (!this.#hooks.ask || this.#options.happened || this.#agreed?.decision === decision) return true;
    const transactions = this.#seenOf(decision);
    return transactions.length === 0 || digestOf(transactions) === this.#agreed?.digest;
  }

  /** Tells the hook of a saved decision, whose last transaction is `tip`. */
  async tell(decision: Decision<unknown>, tip: Tip): Promise<void> {
    const saved = transactionsOf(this.#workspace, this.#options, decision);
    const numbered = saved.map((commit, i) => ({
      commit,
      state: decision.draft.state,
      seq: tip.seq - saved.length + 1 + i,
    }));
    await this.#hooks.tell?.(numbered.filter(({ commit }) => isSeenByHooks(commit)));
  }

  #seenOf(decision: Decision<unknown>): readonly Asked[] {
    return transactionsOf(this.#workspace, this.#options, decision)
      .filter(isSeenByHooks)
      .map(commit => ({ commit, state: decision.draft.state }));
  }
}

/** Returns a digest of the changes of transactions, without the instants at which they are made. */
function digestOf(transactions: readonly Asked[]): string {
  const hash = new Sha256();
  for (const { commit } of transactions)
    for (const change of commit.changes)
      hash.update(
        'line' in change && change.line
          ? change.line.bytes.subarray(change.line.start, change.line.end)
          : JSON.stringify(asStored(change)),
      );
  return hash.digest();
}
