/**
 * Leases numbers: a replica takes a block of each kind for itself, in a transaction that is shared at once, so that no other
 * machine gives the ids of records that it adds offline.
 */
import type { Transaction } from '../../domain/changes.ts';
import type { Draft } from '../../state/draft.ts';
import { leaseIn, leaseOf, type State } from '../../state/state.ts';
import type { Block } from '../../store/remotes/known.ts';
import type { Replica } from '../../store/remotes/replica.ts';
import { stateOf } from '../../store/checkpoint/opened.ts';
import { RemoteFailure } from '../../store/remotes/remote.ts';
import { commit } from '../core/commit.ts';
import type { Workspace } from '../core/workspace.ts';

/** How many numbers of each kind a replica leases by default. */
const NUMBERS = 100;

/**
 * Leases numbers until the replica has `asked` of each kind; by default, a hundred of each kind of which fewer than fifty
 * are left. The lease is shared when this resolves.
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

/** Forgets the blocks that this replica leased in these transactions, because the remote does not have them any more. */
export async function forgetLeases(replica: Replica, transactions: readonly Transaction[]): Promise<void> {
  const gone = new Set(
    transactions.flatMap(tx => tx.changes.flatMap(change => markOf(leaseIn(change)) ?? [])),
  );
  const left = Object.fromEntries(
    Object.entries(replica.known.ids ?? {}).map(([kind, blocks]) => [
      kind,
      blocks.filter(([, last]) => !gone.has(markOf({ kind, last })!)),
    ]),
  );
  replica.known.ids = left;
  await replica.state.update(known => {
    known.ids = left;
  });
}

const markOf = (leased: ReturnType<typeof leaseIn>): string | undefined =>
  leased && `${leased.kind} ${leased.last}`;

/** Leases numbers if the remote allows it; returns the message of the remote's failure if it refuses or is out of reach. */
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

/** Returns the unused rest of blocks: numbers are given in order, and none twice. */
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
