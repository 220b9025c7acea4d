/** Candidates in the middle of a text: after commas, inside double quotes, behind what is typed already. */
import type { Candidate } from './candidate.ts';

/** Puts a text before each candidate. */
export const after = (before: string, candidates: readonly Candidate[]): Candidate[] =>
  before === ''
    ? [...candidates]
    : candidates.map(each => ({
        ...each,
        value: before + each.value,
        ...(each.matched !== undefined && { matched: before + each.matched }),
      }));

/** Splits a text before its last item, of which `find` returns what it may be; an item is not offered twice. */
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
