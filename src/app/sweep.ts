/** `crm run`: plans on the state since the last sweep, and commits what comes of it as one transaction. */
import type { Change } from '../domain/changes.ts';
import type { Draft } from '../domain/draft.ts';
import type { State } from '../domain/state.ts';
import { CURSOR, plan, SWEEPER, type Trace } from '../engine/plan.ts';
import { type Committed, commit } from './commit.ts';
import type { Workspace } from './workspace.ts';

/** Sweeps once. In a dry run the same is decided, and nothing is written. */
export async function sweep(workspace: Workspace): Promise<Committed<Trace>> {
  return commit(workspace, { via: 'run', by: SWEEPER }, async draft => {
    const { changes, trace } = plan(await inputOf(workspace, draft));
    for (const change of changes) draft.apply(change);
    return trace;
  });
}

/** What a plan needs: the state then and now, and what lies between. */
export async function inputOf(workspace: Workspace, draft: Draft) {
  const { state } = draft;
  const cursor = state.named('cursor').get(CURSOR);
  const seen = (cursor?.seq as number | undefined) ?? 0;
  const last = cursor ? Date.parse(cursor.at as string) : Number.NEGATIVE_INFINITY;
  const changes = await changesSince(workspace, state, seen);
  return { before: state, changes, after: state, config: draft.config, last, now: workspace.clock.now };
}

/** All changes after transaction `seq`, those of files just taken in included. */
async function changesSince(workspace: Workspace, state: State, seq: number): Promise<Change[]> {
  const logged = state.log();
  const first = logged[0]?.seq ?? state.seq + 1;
  const older = seq + 1 < first ? await workspace.store.journal.read(seq, first - 1) : [];
  return [
    ...older.flatMap(tx => tx.changes),
    ...logged.filter(entry => entry.seq > seq).map(entry => entry.change),
  ];
}
