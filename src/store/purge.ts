/**
 * Erases what a purge names. The purge is appended first, and names each transaction from which it erases, with the
 * hash of the rest; then come the journal's files, the snapshots and the caches, and the checkpoint last:
 *
 *     append the purge -> pack -> redact the journal -> snapshots -> clear the caches -> checkpoint
 *
 * While the checkpoint or a snapshot is older than the last purge, a file may still have erased content, so the next
 * process that takes the lock repeats all steps; each does only what is left to do.
 */
import { join } from 'node:path';
import { idOf, isPurge, type Transaction } from '../domain/changes.ts';
import { CrmError, failed } from '../domain/errors.ts';
import type { State } from '../state/state.ts';
import { writeCheckpoint } from './checkpoint/checkpoint.ts';
import type { FileJournal } from './journal/file-journal.ts';
import { codeOf } from './disk/io.ts';
import type { Tip } from './journal/journal.ts';
import type { Opened } from './checkpoint/opened.ts';
import type { Site } from './site/site.ts';
import { snapshotFile } from './snapshot/snapshot.ts';

/** The parts of a purge that are needed to carry it out. */
export type Erasing = Pick<Transaction, 'seq' | 'changes'>;

/**
 * Returns whether a file may still have erased content: the purge was cut short, or a slow process wrote a snapshot
 * from before it.
 */
export function isPurgeUnfinished({ tail, checkpoint, snapshots }: Opened): boolean {
  const last = tail.findLast(tx => tx.erases)?.seq ?? 0;
  return (
    (checkpoint?.seq ?? 0) < last || [...snapshots.values()].some(({ seq, edited }) => !edited && seq < last)
  );
}

/**
 * Throws FAILED if a purge would leave erased content in a file: a snapshot that was changed by hand is not
 * overwritten.
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
 * Removes the content that purges after the base erase from every file. Needs the lock; `state` is as of `tip`.
 * Repeated after a crash, it does the rest.
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
    // First, so that no packing process writes the old content into a pack.
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
