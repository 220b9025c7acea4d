/**
 * Ends enrolments of an undone sweep instead of removing them: an enrolment that the sweep began or advanced does not
 * continue, but still counts for `once`, so that the next sweep does not repeat everything.
 */
import { type Change, idOf, kindOf, type SetChange, type Transaction } from '../../domain/changes.ts';
import type { Draft } from '../../state/draft.ts';
import { type Enrolment, sameJson, valueAt } from '../../domain/records.ts';

const isOfEnrolment = (change: Change): boolean => kindOf(change) === 'enrolment';

/** Ends the enrolments of a sweep; `only` limits it to those of a record or a rule. */
export function endEnrolments(
  draft: Draft,
  tx: Pick<Transaction, 'via' | 'changes'>,
  only: string | undefined,
): void {
  for (const change of tx.changes.filter(isOfEnrolment)) {
    const enrolment = draft.get(idOf(change)) as Enrolment | undefined;
    if (!enrolment) continue;
    const { id, automation, subject } = enrolment;
    if (only !== undefined && ![id, automation, subject].includes(only)) continue;
    // Enrolments are ended if a sweep changed them, or if they were begun by hand and no sweep has begun them yet; a
    // change by another command (a retry, a merge, an undo) is reverted if it still holds.
    if (tx.via === 'run' || ('add' in change && enrolment.status === 'ready'))
      draft.set(id, { status: 'undone' });
    else if ('set' in change && isAsMade(enrolment, change)) draft.set(id, before(change));
  }
}

const isAsMade = (enrolment: Enrolment, { set }: SetChange): boolean =>
  Object.entries(set).every(([path, [, made]]) => sameJson(valueAt(enrolment, path), made));

const before = ({ set }: SetChange) =>
  Object.fromEntries(Object.entries(set).map(([path, [old]]) => [path, old]));
