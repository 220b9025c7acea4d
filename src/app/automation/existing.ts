/** Notes in the journal that a rule also begins for records from before it was enabled. */
import type { Draft } from '../../state/draft.ts';

/** Returns the id of such a note among the cursors. */
const includingOf = (id: string): string => `existing/${id}`;
/** Returns the rule that a cursor's id names as such a note; undefined for any other cursor. */
export const ruleIncluding = (cursor: string): string | undefined => /^existing\/(.+)$/.exec(cursor)?.[1];

/** Makes the next sweep start a rule for existing records too, as if they had just been added. */
export function includeExisting(draft: Draft, id: string): void {
  draft.setNamed('cursor', includingOf(id), { seq: draft.seq, at: draft.at });
}
