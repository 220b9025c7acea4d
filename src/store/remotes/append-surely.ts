/**
 * Appends to a remote whose answers may be lost: sends the same bytes again until an answer tells what became of
 * them.
 */
import { CrmError } from '../../domain/errors.ts';
import type { Tip } from '../journal/journal.ts';
import type { Sealed } from '../journal/sealed.ts';
import { type Remote, Unreached } from './remote.ts';

/** Pauses before each further attempt, ms: about fifteen seconds in all, as long as a server takes to be started again. */
const PAUSES: readonly number[] = [50, 200, 500, 1000, 2000, 4000, 8000];

/**
 * Appends the transactions; returns whether they are committed: false says that somebody else has one of the numbers.
 * If no answer comes, FAILED with the id of the request, by which a retry is recognised.
 */
export async function appendSurely(
  remote: Remote,
  after: Tip,
  transactions: readonly Sealed[],
  pauses = PAUSES,
): Promise<boolean> {
  let unsure: string | undefined;
  for (let attempt = 0; ; attempt++) {
    try {
      const appended = await remote.append(after, transactions);
      if (appended.outcome !== 'unsure') return appended.outcome === 'committed';
      unsure = appended.why;
    } catch (error) {
      // A remote that cannot be reached now may still have received an earlier attempt.
      if (unsure === undefined || !(error instanceof Unreached)) throw error;
      unsure = error.message;
    }
    const pause = pauses[attempt];
    if (pause === undefined) throw notKnown(transactions, unsure);
    await new Promise(resolve => setTimeout(resolve, pause));
  }
}

const notKnown = (transactions: readonly Sealed[], why: string) =>
  new CrmError(
    'FAILED',
    `not known whether this was saved: ${why}`,
    `the next command that reaches the remote shows it; repeated with --request-id ${transactions[0]!.request} it is saved once`,
  );
