/**
 * What rules remember is not taken back with what they did, but ended: an enrolment that an undone sweep began or
 * advanced does not go on, and still counts for `once`, so that the next sweep does not do it all again.
 */
import { type Change, idOf, kindOf, type SetChange, type Transaction } from '../domain/changes.ts';
import type { Draft } from '../domain/draft.ts';
import type { Enrolment } from '../domain/records.ts';

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
    const { id, automation, subject, status } = enrolment;
    if (only !== undefined && ![id, automation, subject].includes(only)) continue;
    // A sweep ends them; of any other command, a retry or an undo, the status was all that it changed.
    if (tx.via === 'run') draft.set(id, { status: 'undone' });
    else if ('set' in change && change.set.status?.[1] === status)
      draft.set(id, { status: change.set.status[0], ...errorBefore(change) });
  }
}

/** Why it had failed, where it is to be failed again. */
const errorBefore = ({ set }: SetChange) => (set.error ? { error: set.error[0] } : {});
