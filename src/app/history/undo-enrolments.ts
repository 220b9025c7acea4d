/**
 * What rules remember is not taken back with what they did, but ended: an enrolment that an undone sweep began or
 * advanced does not go on, and still counts for `once`, so that the next sweep does not do it all again.
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
    // A sweep ends them, and so does who enrolled by hand, until a sweep began; what another command (a retry, a merge,
    // an undo) changed goes back while it is so.
    if (tx.via === 'run' || ('add' in change && enrolment.status === 'ready'))
      draft.set(id, { status: 'undone' });
    else if ('set' in change && isAsMade(enrolment, change)) draft.set(id, before(change));
  }
}

const isAsMade = (enrolment: Enrolment, { set }: SetChange): boolean =>
  Object.entries(set).every(([path, [, made]]) => sameJson(valueAt(enrolment, path), made));

const before = ({ set }: SetChange) =>
  Object.fromEntries(Object.entries(set).map(([path, [old]]) => [path, old]));
