/**
 * `crm doctor --replay`: repeats what another side of the workspace did since the two parted, on top of the changes
 * here.
 */
import { failed } from '../../domain/errors.ts';
import { markOf, type Transaction } from '../../domain/changes.ts';
import { readOtherSide } from '../../store/journal/other-side.ts';
import { commit, type CommitOptions } from '../core/commit.ts';
import { Workspace, type World } from '../core/workspace.ts';
import { type Conflict, type ReplayedSide, Replaying } from './replaying.ts';

export interface Replayed extends Omit<ReplayedSide, 'conflicts'> {
  readonly conflicts: readonly Conflict[];
}

/** Replays the transactions of the other side in `from` that were not replayed before. A dry run writes nothing. */
export async function replay(world: World, dir: string, from: string): Promise<Replayed> {
  const workspace = await Workspace.open(world, dir);
  const { viewer, store } = workspace;
  if (viewer.role !== 'admin')
    throw failed(
      `${viewer.user} is ${viewer.role} and may not replay another side`,
      'an admin may: --as USER',
    );
  const side = await readOtherSide(world.io, from, store.journal, world.kinds);
  if (side.transactions.length > 0 && (await store.journal.tip()).seq === side.fork)
    throw failed(
      `${from} has all that this workspace has, and ${side.transactions.length} transactions more: there is nothing to put on top`,
      'go on there, or copy its data over this one',
    );
  const done = new Map<string, Transaction>();
  for (const tx of await store.journal.read(side.fork)) done.set(markOf(tx), tx);
  const replaying = new Replaying(world.kinds, side, done);
  if (world.dryRun) {
    await commit(workspace, { via: 'doctor' }, async draft => {
      for (const tx of side.transactions) await replaying.decide(draft, tx);
    });
    return resultOf(replaying);
  }
  // Edits of files here are older than the replayed transactions.
  await commit(workspace, { via: 'files', takeIn: true }, () => undefined);
  for (const tx of side.transactions) {
    await replayOne(world, dir, replaying, tx);
  }
  return resultOf(replaying);
}

/** Formats the result for people, with the refused parts of changes in words. */
function resultOf(replaying: Replaying): Replayed {
  const { conflicts, ...rest } = replaying.result();
  return { ...rest, conflicts: conflicts.map(({ theirs, id, why }) => ({ theirs, id, why })) };
}

/**
 * Commits a transaction of the other side: at its own time and with its own request id, so that a repetition is
 * recognised.
 */
export async function replayOne(
  world: World,
  dir: string | undefined,
  replaying: Replaying,
  tx: Transaction,
  options: Pick<CommitOptions, 'putsBack'> = {},
): Promise<void> {
  const own = {
    ...world,
    now: () => Date.parse(tx.at),
    isTimeGiven: true,
    request: { id: tx.request, given: false, ...(tx.asked !== undefined && { asked: tx.asked }) },
  };
  const committed = await commit(
    await Workspace.open(own, dir),
    { via: tx.via, by: tx.by, ...options },
    draft => replaying.decide(draft, tx),
  );
  if (committed.tx !== null) replaying.became(tx, committed.tx);
}
