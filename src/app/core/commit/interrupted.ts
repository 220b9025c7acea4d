/**
 * Finishes the work of commands that were killed after their commits: files that only a commit in the journal may
 * write, and the erasures of a purge. The next process that takes the lock does this before anything else.
 */
import type { Config } from '../../../domain/config.ts';
import { CrmError } from '../../../domain/errors.ts';
import { type Opened, stateOf } from '../../../store/checkpoint/opened.ts';
import type { Store } from '../../../store/store.ts';
import type { Workspace } from '../workspace.ts';

/** Finishes the work of killed commands; returns whether there was any. Needs the lock. */
export async function finishInterrupted(workspace: Workspace, opened: Opened): Promise<boolean> {
  const { store, config } = workspace;
  const finished = await finishFiles(workspace);
  // Beneath transactions that are set aside, a purge waits until these are on top again: readers see its records until then.
  if (workspace.world.sees === 'beneath' || !store.isPurgeUnfinished(opened)) return finished;
  const now = await workspace.open();
  if (store.isPurgeUnfinished(now))
    try {
      await finishPurges(store, now, config);
    } catch (error) {
      throw error instanceof CrmError ? unfinishedPurge(now, error) : error;
    }
  return true;
}

/** The error of a command that could not begin its own work because an earlier purge must be finished first. */
function unfinishedPurge({ tail }: Opened, { message, kind, cause }: CrmError): CrmError {
  const purge = tail.findLast(tx => tx.erases)?.seq;
  return new CrmError(
    kind,
    `the purge of transaction ${purge} was interrupted, and cannot be finished: ${message}; nothing of this command was saved`,
    'once that is mended, run the command again; crm doctor --fix finishes the purge alone',
    cause,
  );
}

/** Finishes purges that were cut short, in a store that was just opened. Needs the lock. */
export async function finishPurges(store: Store, opened: Opened, config: Config): Promise<void> {
  const purges = opened.tail.filter(tx => tx.erases);
  if (!store.isWaiting()) return store.erase(opened, stateOf(opened, config), opened.tip, purges);
  // No snapshot has what waits to be shared, and those of before have what is to be erased.
  const shared = await store.sharedAlone();
  const beneath = await shared.open(config);
  await shared.erase(beneath, stateOf(beneath, config), beneath.tip, purges);
}

/** Writes the files that a commit had still to write; returns whether there were any. Needs the lock. */
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
