/** Rules that look at what there was before they were enabled, as the journal notes it. */
import type { Draft } from '../../state/draft.ts';

/** The id, among the cursors, of such a note. */
const includingOf = (id: string): string => `existing/${id}`;
/** The rule that a cursor's id notes so; undefined where it is of another kind. */
export const ruleIncluding = (cursor: string): string | undefined => /^existing\/(.+)$/.exec(cursor)?.[1];

/** Makes the next sweep start a rule also for what there is already, as if it had just come. */
export function includeExisting(draft: Draft, id: string): void {
  draft.setNamed('cursor', includingOf(id), { seq: draft.seq, at: draft.at });
}
