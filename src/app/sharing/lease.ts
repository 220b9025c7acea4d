/**
 * Leasing numbers: a replica takes a block of each kind for itself, in a transaction that is shared at once, so that what it
 * adds offline has ids that nobody else gives.
 */
import type { Draft } from '../../state/draft.ts';
import { leaseOf, type State } from '../../state/state.ts';
import type { Block } from '../../store/remotes/known.ts';
import type { Replica } from '../../store/remotes/replica.ts';
import { stateOf } from '../../store/opened.ts';
import { RemoteFailure } from '../../store/remotes/remote.ts';
import { commit } from '../core/commit.ts';
import type { Workspace } from '../core/workspace.ts';

/** How many numbers of each kind a replica has at hand after a sync. */
const NUMBERS = 100;

/**
 * Leases what the replica lacks: so that it has as many numbers of each kind as are asked for; left out, a hundred if it has
 * less than half as many left. Shared when it resolves.
 */
export async function leaseNumbers(workspace: Workspace, replica: Replica, asked?: number): Promise<void> {
  const count = asked ?? NUMBERS;
  const enough = asked ?? NUMBERS / 2;
  const state = stateOf(await workspace.open(), workspace.config);
  const left = new Map(
    state.kinds.names.map(kind => [kind, remaining(state, kind, replica.known.ids?.[kind] ?? [])]),
  );
  const short = state.kinds.names.filter(kind => sizeOf(left.get(kind)!) < enough);
  if (short.length === 0) return;
  const fresh = new Map<string, Block>();
  await commit(workspace, { via: 'sync', online: 'to lease numbers' }, (draft: Draft) => {
    fresh.clear();
    for (const kind of short) {
      const first = draft.state.nextNumber(kind);
      const last = first + count - sizeOf(left.get(kind)!) - 1;
      fresh.set(kind, [first, last]);
      draft.setNamed('cursor', leaseOf(kind), { seq: last, owner: replica.known.replica });
    }
  });
  const ids = Object.fromEntries(
    state.kinds.names.map(kind => [
      kind,
      [...left.get(kind)!, ...(fresh.has(kind) ? [fresh.get(kind)!] : [])],
    ]),
  );
  replica.known.ids = ids;
  await replica.state.update(known => {
    known.ids = ids;
  });
}

/** The same, for a replica that does without: returns why the remote refuses it, or that it cannot be reached. */
export async function leaseIfAllowed(
  workspace: Workspace,
  replica: Replica,
  asked?: number,
): Promise<string | undefined> {
  try {
    await leaseNumbers(workspace, replica, asked);
    return undefined;
  } catch (error) {
    if (error instanceof RemoteFailure) return error.saying(undefined).message;
    throw error;
  }
}

/** What is left of blocks: numbers are given in order, and none twice. */
const remaining = (state: State, kind: string, blocks: readonly Block[]): Block[] =>
  blocks.flatMap(([first, last]): Block[] => {
    let next = first;
    while (next <= last && isGiven(state, kind, next)) next++;
    return next <= last ? [[next, last]] : [];
  });

const sizeOf = (blocks: readonly Block[]): number =>
  blocks.reduce((sum, [first, last]) => sum + last - first + 1, 0);

const isGiven = (state: State, kind: string, number: number): boolean => {
  const id = state.kinds.makeId(kind, number);
  return state.has(id) || state.trash().has(id);
};
