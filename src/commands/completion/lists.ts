/** Candidates for the last part of a word: after a prefix, or after the last comma. */
import type { Candidate } from './candidate.ts';

/** Returns the candidates with a prefix. */
export const after = (before: string, candidates: readonly Candidate[]): Candidate[] =>
  before === ''
    ? [...candidates]
    : candidates.map(each => ({
        ...each,
        value: before + each.value,
        ...(each.matched !== undefined && { matched: before + each.matched }),
      }));

/** Returns candidates for the last item of a list with commas; `find` returns those of the item. No item is offered twice. */
export async function lastOf(
  partial: string,
  find: (item: string) => readonly Candidate[] | Promise<readonly Candidate[]>,
): Promise<Candidate[]> {
  const at = partial.lastIndexOf(',') + 1;
  const before = partial.slice(0, at);
  const known = new Set(before.split(','));
  const found = await find(partial.slice(at));
  return after(
    before,
    found.filter(({ value }) => !known.has(value)),
  );
}
