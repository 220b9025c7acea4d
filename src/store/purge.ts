/**
 * Erasing what a purge names. The purge is appended first, and names each transaction that it takes something from with
 * the hash of what is left; then come the journal's files, the snapshots and the caches, and the checkpoint last:
 *
 *     append the purge -> pack -> redact the journal -> snapshots -> clear the caches -> checkpoint
 *
 * While the checkpoint or a snapshot is of before the last purge, a file may still have what was erased, so whoever takes
 * the lock next does all of it again: each step does only what is left to do.
 */
import { join } from 'node:path';
import { idOf, isPurge, type Transaction } from '../domain/changes.ts';
import { CrmError, failed } from '../domain/errors.ts';
import type { State } from '../state/state.ts';
import { writeCheckpoint } from './checkpoint.ts';
import type { FileJournal } from './file-journal.ts';
import { codeOf } from './io.ts';
import type { Tip } from './journal.ts';
import type { Opened } from './opened.ts';
import type { Site } from './site.ts';
import { snapshotFile } from './snapshot.ts';

/** What is needed of a purge to do what it says. */
export type Erasing = Pick<Transaction, 'seq' | 'changes'>;

/**
 * Returns whether a file may still have what a purge erased: the purge was cut short, or a slow process wrote a snapshot
 * of before it.
 */
export function isPurgeUnfinished({ tail, checkpoint, snapshots }: Opened): boolean {
  const last = tail.findLast(tx => tx.erases)?.seq ?? 0;
  return (
    (checkpoint?.seq ?? 0) < last || [...snapshots.values()].some(({ seq, edited }) => !edited && seq < last)
  );
}

/**
 * Throws FAILED where a purge would leave behind what it erases: a snapshot that was changed by hand is not
 * written over.
 */
export function requireErasable({ data, options }: Site, { snapshots }: Opened): void {
  for (const [kind, { edited }] of snapshots)
    if (edited)
      throw failed(
        `${join(data, snapshotFile(options.kinds, kind))} was changed by hand, and may have what is to be erased; nothing was`,
        'crm doctor --adopt takes the changes in; or delete the file, which is made again from the journal',
      );
}

/**
 * Under the lock: takes what purges after the base erase out of every file. `state` is as of `tip`. Done again
 * after a crash, it does what is left to do.
 */
export async function erase(
  site: Site,
  journal: FileJournal,
  opened: Opened,
  state: State,
  tip: Tip,
  purges: readonly Erasing[],
): Promise<void> {
  try {
    // First of all, so that no process that is packing puts into a pack what was there before.
    journal.pack(tip.seq);
    for (const { seq, changes } of purges)
      await journal.redact(seq, new Set(changes.filter(isPurge).map(idOf)));
    writeCheckpoint(site, journal, opened, state, tip, true);
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    throw new CrmError(
      'FAILED',
      `what transaction ${purges.at(-1)!.seq} erases could not be taken out of all files: ${(error as Error).message}`,
      'the next change goes on with it, and so does crm doctor --fix',
      error,
    );
  }
}
