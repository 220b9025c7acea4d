/** Merges a text three ways, by lines: applies what each of two sides changed in a text that both had. */
import { diffOfLines } from './line-diff.ts';

/** Lines `from` to `to` (not included) of the base that a side replaced by its own. */
interface Hunk {
  readonly from: number;
  readonly to: number;
  readonly lines: readonly string[];
}

/** The most pairs of lines that are compared: texts that differ in more than some 2,000 lines are not merged. */
const MOST_PAIRS = 4_000_000;

/**
 * Returns the text with the changes of both sides; undefined if they changed the same lines, or lines next to each other,
 * in different ways. A text that is null or empty is a file that is not there.
 */
export function mergeLines(
  base: string | null,
  mine: string | null,
  theirs: string | null,
): { readonly text: string | null } | undefined {
  if (same(mine, theirs) || same(base, theirs)) return { text: mine };
  if (same(base, mine)) return { text: theirs };
  // One side made or removed the file, and the other one changed it.
  if (!base || !mine || !theirs) return undefined;
  const lines = linesOf(base);
  const [ours, others] = [hunksOf(lines, linesOf(mine)), hunksOf(lines, linesOf(theirs))];
  if (!ours || !others) return undefined;
  const merged: string[] = [];
  let at = 0;
  for (let i = 0, j = 0; i < ours.length || j < others.length; ) {
    const [a, b] = [ours[i], others[j]];
    let next: Hunk;
    if (a && b && a.from <= b.to && b.from <= a.to) {
      if (a.from !== b.from || a.to !== b.to || a.lines.join('') !== b.lines.join('')) return undefined;
      next = a;
      i++;
      j++;
    } else if (a && (!b || a.from < b.from)) {
      next = a;
      i++;
    } else {
      next = b!;
      j++;
    }
    merged.push(...lines.slice(at, next.from), ...next.lines);
    at = next.to;
  }
  merged.push(...lines.slice(at));
  return { text: merged.join('') };
}

const same = (a: string | null, b: string | null) => (a || null) === (b || null);

/** Each line with its end. */
const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/**
 * Returns the replacements that turn one list of lines into another, in order; undefined if the lists differ too
 * much.
 */
function hunksOf(before: readonly string[], after: readonly string[]): Hunk[] | undefined {
  if (before.length * after.length > MOST_PAIRS) return undefined;
  const hunks: { from: number; to: number; lines: string[] }[] = [];
  let open: (typeof hunks)[number] | undefined;
  for (const { op, old, new: its } of diffOfLines(before, after)) {
    if (op === ' ') {
      open = undefined;
      continue;
    }
    if (!open) hunks.push((open = { from: old, to: old, lines: [] }));
    if (op === '-') open.to = old + 1;
    else open.lines.push(after[its]!);
  }
  return hunks;
}
