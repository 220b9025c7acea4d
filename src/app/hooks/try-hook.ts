/** Tries a hook with a transaction of the history: nothing is saved, and a refusal has no effect. */
import { join } from 'node:path';
import type { Transaction } from '../../domain/changes.ts';
import { failed, notFound, usage } from '../../domain/errors.ts';
import { backwards } from '../../store/journal/journal.ts';
import { stateOf } from '../../store/checkpoint/opened.ts';
import { isSeenByHooks } from '../core/commit/hooks.ts';
import { Trusted } from '../core/trusted.ts';
import { mayChangeSettings } from '../core/viewer.ts';
import type { Workspace } from '../core/workspace.ts';
import { commitHookItem, type HookName, hookPath, hooksIn } from './hook-files.ts';
import { hookInput, type Told } from './hook-input.ts';
import { type HookOutcome, runHook } from './run-hook.ts';

/**
 * Returns the text that a hook would read: the transaction with the number `tx`, or the last one, with its records as they
 * are now. NOT_FOUND if the journal has no such transaction, USAGE if hooks are not asked about it.
 */
export async function inputFor(
  workspace: Workspace,
  name: HookName,
  tx: number | undefined,
): Promise<string> {
  mayChangeSettings(workspace.viewer);
  return [...hookInput(name, await toldOf(workspace, name, tx), workspace.clock)].join('');
}

export interface Tried extends HookOutcome {
  readonly tx: number;
}

/**
 * Runs a hook with the transaction that has the number `tx`, or the last one. NOT_FOUND if the hook or
 * the transaction does not exist, FAILED if this machine does not trust the hook, USAGE if hooks do not see the transaction.
 */
export async function tryHook(workspace: Workspace, name: HookName, tx: number | undefined): Promise<Tried> {
  mayChangeSettings(workspace.viewer);
  const { world, store } = workspace;
  if (!hooksIn(world.io, store.dir).includes(name))
    throw notFound(
      `this workspace has no ${hookPath(name)}`,
      `a program of that name in ${join(store.dir, 'hooks')}: crm help hooks`,
    );
  if ((await Trusted.of(workspace)).since(commitHookItem(name)) === undefined)
    throw failed(`${hookPath(name)} is not trusted on this machine as it is now`, 'crm trust');
  const transaction = await transactionNamed(workspace, tx);
  const told = await toldAbout(workspace, name, transaction);
  return { tx: transaction.seq, ...(await runHook(workspace, name, told)) };
}

const toldOf = async (workspace: Workspace, name: HookName, tx: number | undefined): Promise<Told> =>
  toldAbout(workspace, name, await transactionNamed(workspace, tx));

async function toldAbout(workspace: Workspace, name: HookName, commit: Transaction): Promise<Told> {
  const state = stateOf(await workspace.open(), workspace.config);
  // pre-commit is asked before a transaction gets its number.
  return { commit, state, ...(name === 'post-commit' && { seq: commit.seq }) };
}

async function transactionNamed({ store }: Workspace, seq: number | undefined): Promise<Transaction> {
  const { journal } = store;
  if (seq === undefined) {
    for await (const tx of backwards(journal)) if (isSeenByHooks(tx)) return tx;
    throw failed('the history has no transaction yet', 'crm history');
  }
  const [tx] = seq > 0 && seq <= (await journal.tip()).seq ? await journal.read(seq - 1, seq) : [];
  if (!tx) throw notFound(`there is no transaction ${seq}`, 'crm history shows the numbers');
  if (!isSeenByHooks(tx))
    throw usage(`transaction ${seq} changes no record and no file: hooks do not see it`, 'crm history');
  return tx;
}
