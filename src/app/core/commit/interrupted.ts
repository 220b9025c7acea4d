/**
 * Finishing what commands that were killed after their commits had still to do: a file that only a commit in the journal
 * may write, and what a purge erases. Whoever takes the lock next does it before anything else.
 */
import type { Config } from '../../../domain/config.ts';
import { CrmError } from '../../../domain/errors.ts';
import { type Opened, stateOf } from '../../../store/opened.ts';
import type { Store } from '../../../store/store.ts';
import type { Workspace } from '../workspace.ts';

/** Under the lock: finishes what commands had still to do; returns whether there was something. */
export async function finishInterrupted(workspace: Workspace, opened: Opened): Promise<boolean> {
  const { store, config } = workspace;
  const finished = await finishFiles(workspace);
  if (!store.isPurgeUnfinished(opened)) return finished;
  const now = await workspace.open();
  if (store.isPurgeUnfinished(now))
    try {
      await finishPurges(store, now, config);
    } catch (error) {
      throw error instanceof CrmError ? unfinishedPurge(now, error) : error;
    }
  return true;
}

/** What a command fails with that did not get to its own work, since an earlier purge has to be finished first. */
function unfinishedPurge({ tail }: Opened, { message, kind, cause }: CrmError): CrmError {
  const purge = tail.findLast(tx => tx.erases)?.seq;
  return new CrmError(
    kind,
    `the purge of transaction ${purge} was interrupted, and cannot be finished: ${message}; nothing of this command was saved`,
    'once that is mended, run the command again; crm doctor --fix finishes the purge alone',
    cause,
  );
}

/** Under the lock, of a store that was just opened: erases what purges that were cut short have left. */
export async function finishPurges(store: Store, opened: Opened, config: Config): Promise<void> {
  const purges = opened.tail.filter(tx => tx.erases);
  await store.erase(opened, stateOf(opened, config), opened.tip, purges);
}

/** Under the lock: writes the files that a commit had still to write; returns whether there were any. */
export async function finishFiles(workspace: Workspace): Promise<boolean> {
  const { store } = workspace;
  const { pending } = store;
  if (!pending.exist()) return false;
  const opened = await workspace.open();
  const state = stateOf(opened, workspace.config);
  const tx = pending.tx() ?? 0;
  const named = tx > 0 && tx <= opened.tip.seq ? await store.journal.read(tx - 1, tx) : [];
  pending.finish(
    named[0]?.changes ?? [],
    path => (state.named('file').get(path)?.text as string | undefined) ?? null,
  );
  await workspace.reload();
  return true;
}
