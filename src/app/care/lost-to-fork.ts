/**
 * What only one side knew because the remote lost it: the numbers that it had leased, and how far its sweeps had come.
 */
import { type Change, kindOf } from '../../domain/changes.ts';
import { type Kind, numberOf } from '../../domain/kinds.ts';
import type { Draft } from '../../state/draft.ts';
import type { OtherSide } from '../../store/journal/other-side.ts';

/** Whether an id belongs to a record, or belonged to one that is in the trash. */
export const isGiven = (draft: Draft, id: string): boolean =>
  draft.get(id) !== undefined || draft.state.trash().has(id);

/** Returns an id for a record whose own one is another record here. No record here or of the other side has it. */
export function freeId(draft: Draft, kind: Kind, { transactions }: OtherSide): string {
  const added = transactions
    .flatMap(tx => tx.changes)
    .flatMap(change => ('add' in change && kindOf(change) === kind ? [numberOf(change.add.id)] : []));
  const last = added.reduce((a, b) => Math.max(a, b), 0);
  const { kinds } = draft.state;
  return kinds.makeId(kind, Math.max(draft.state.nextNumber(kind), last + 1));
}

/**
 * Repeats the change of a sweep's cursor as far as it saw what both sides have. If no sweep ran here since the fork, the
 * next one begins where it ended, so that no rule runs for the same change twice.
 */
export function sweptToo(draft: Draft, change: Change, fork: number): void {
  if (change.id !== 'engine' || !('set' in change)) return;
  const now = draft.state.named('cursor').get('engine');
  const [seen, seq] = [Number(now?.seq ?? 0), Number(change.set.seq?.[1] ?? 0)];
  if (seen > fork) return;
  const [at, since] = [String(change.set.at?.[1] ?? ''), String(now?.at ?? '')];
  draft.setNamed('cursor', 'engine', {
    seq: Math.max(seen, Math.min(seq, fork)),
    ...(at > since && { at }),
  });
}
