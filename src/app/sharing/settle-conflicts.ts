/** `crm sync --mine | --theirs`: a person decides which side of a conflict stands. */
import { addition } from '../../domain/changes.ts';
import { notFound, usage } from '../../domain/errors.ts';
import type { Json, Rec } from '../../domain/records.ts';
import { lackOf } from '../care/lacking-here.ts';
import type { OpenConflict } from '../../store/remotes/conflict-list.ts';
import type { Replica } from '../../store/remotes/replica.ts';
import type { Draft } from '../../state/draft.ts';
import { assignee } from '../records/assign.ts';
import { commit } from '../core/commit.ts';
import { isNamed, type Kind } from '../../domain/kinds.ts';
import type { World } from '../core/workspace.ts';
import { Writer } from '../core/writer.ts';
import { writeFiles } from '../settings/settings.ts';
import { openShared } from './shared-workspace.ts';

/** Returns the conflicts of a record or a file, by id or path. NOT_FOUND if there are none. */
function conflictsOf(replica: Replica, named: string): OpenConflict[] {
  const all = replica.conflicts.read();
  const found = all.filter(({ id }) => id.toLowerCase() === named.toLowerCase());
  if (found.length > 0) return found;
  const ids = [...new Set(all.map(({ id }) => id))];
  throw notFound(
    `${named} has no conflict`,
    ids.length > 0 ? `conflicts: ${ids.join(', ')}` : 'there is none to settle',
  );
}

/** Keeps the changes of others: removes the conflicts from the list, and returns how many there were. */
export async function keepTheirs(world: World, dir: string | undefined, named: string): Promise<number> {
  const { replica } = await openShared(world, dir);
  const found = conflictsOf(replica, named);
  if (!world.dryRun) forget(replica, found);
  return found.length;
}

/** Makes the refused changes again, on top of those of others; removes the conflicts, and returns how many there were. */
export async function keepMine(world: World, dir: string | undefined, named: string): Promise<number> {
  const { workspace, replica } = await openShared({ ...world, offline: true }, dir);
  const found = conflictsOf(replica, named);
  await commit(workspace, { via: 'sync' }, async draft => {
    const writer = new Writer(draft, workspace.viewer, assignee);
    for (const each of found) await doAgain(writer, draft, each);
  });
  if (!world.dryRun) forget(replica, found);
  return found.length;
}

async function doAgain(writer: Writer, draft: Draft, { id: now, change }: OpenConflict): Promise<void> {
  const { kind, id } = change;
  // It is here, by another id.
  if ('add' in change && now !== id) return;
  if ('set' in change && kind === 'file') {
    await writeFiles(draft, writer.view.viewer, new Map([[id, change.set.text![1] as string | null]]));
    return;
  }
  if (isNamed(kind)) return;
  if ('rm' in change) {
    if (draft.get(id)) writer.remove(id);
    return;
  }
  const values =
    'add' in change
      ? (change.add as unknown as Record<string, Json>)
      : Object.fromEntries(Object.entries(change.set).map(([path, [, mine]]) => [path, mine]));
  const { id: _, createdAt: _at, updatedAt: _since, ...fields } = values;
  // What has its id is another record.
  if ('add' in change && draft.get(id)) writer.add(kind as Kind, fields);
  else if (draft.get(id)) writer.set(id, fields);
  else if ('add' in change && !draft.state.trash().has(id)) addAgain(draft, kind as Kind, change.add);
  else writer.restore(kind, id);
}

/** Adds a record with its own id. USAGE if the settings still lack what it needs. */
function addAgain(draft: Draft, kind: Kind, record: Rec): void {
  const lack = lackOf(draft.config, kind, record);
  if (lack !== undefined)
    throw usage(
      `${record.id} needs ${lack}, which the settings do not have`,
      'add it, and the same command again',
    );
  draft.apply(addition(kind, record));
}

const forget = (replica: Replica, settled: readonly OpenConflict[]): void => {
  const marks = new Set(settled.map(each => JSON.stringify(each)));
  replica.conflicts.remove(each => marks.has(JSON.stringify(each)));
};
