/** `crm sync --drop`: forgets the changes that were made on this machine and are not shared, as if they had never been made. */
import { idOf, kindOf, type Transaction } from '../../domain/changes.ts';
import { conflict, failed } from '../../domain/errors.ts';
import type { Replica } from '../../store/remotes/replica.ts';
import { stateOf } from '../../store/checkpoint/opened.ts';
import { finishFiles } from '../core/commit/interrupted.ts';
import { isAdmin } from '../core/viewer.ts';
import { underLock } from '../core/under-lock.ts';
import type { Workspace, World } from '../core/workspace.ts';
import { openShared } from './shared-workspace.ts';

/** A transaction that was forgotten, or would be. */
export type Dropped = Pick<Transaction, 'at' | 'by' | 'via'> & {
  /** The records and files that it changed. */
  readonly ids: readonly string[];
};

/**
 * Forgets the waiting transactions, after `confirm`; returns them in order. Files get their texts without them. FAILED for
 * a user who is not an admin if others made some of them; CONFLICT if one of the files was edited since.
 */
export async function dropWaiting(
  world: World,
  dir: string | undefined,
  confirm: (dropped: readonly Dropped[]) => Promise<void>,
): Promise<Dropped[]> {
  const { workspace, replica } = await openShared({ ...world, offline: true }, dir);
  const transactions = await replica.waitingTransactions();
  const dropped = transactions.map(shownOf);
  const { viewer } = workspace;
  if (!isAdmin(viewer) && transactions.some(({ by }) => by !== viewer.user))
    throw failed(
      `${viewer.user} is ${viewer.role}, and others made some of what waits on this machine; nothing was dropped`,
      'an admin may: --as USER',
    );
  if (dropped.length === 0 || world.dryRun) return dropped;
  await confirm(dropped);
  await underLock(workspace.store, () => drop(workspace, replica, transactions));
  return dropped;
}

const shownOf = ({ at, by, via, changes }: Transaction): Dropped => ({
  at,
  by,
  via,
  ids: [...new Set(changes.map(idOf))],
});

async function drop(workspace: Workspace, replica: Replica, seen: readonly Transaction[]): Promise<void> {
  const { store, config } = workspace;
  await finishFiles(workspace);
  const transactions = await replica.waitingTransactions();
  if (transactions.length !== seen.length)
    throw conflict('another process changed what waits; nothing was dropped', 'the same command again');
  const changes = transactions.flatMap(tx => tx.changes);
  const paths = [...new Set(changes.filter(change => kindOf(change) === 'file').map(idOf))];
  const textOf = async () => {
    const known = stateOf(await workspace.open(), config).named('file');
    return (path: string) => ((known.get(path)?.text as string | undefined) ?? null) || null;
  };
  const [before, onDisk] = [await textOf(), store.userFiles()];
  const edited = paths.find(path => (onDisk.get(path) ?? null) !== before(path));
  if (edited !== undefined && !replica.parted.isThere())
    throw conflict(
      `${edited} was edited since; nothing was dropped`,
      'undo the edit, or keep a copy of it, and the same command again',
    );
  await replica.withdraw(changes.flatMap(change => ('add' in change ? [change.add.id] : [])));
  replica.drop();
  const after = await textOf();
  for (const path of paths)
    if ((onDisk.get(path) ?? null) !== after(path)) store.writeUserFile(path, after(path));
}
