/**
 * Returns the word of `known` that `word` most probably meant, or undefined if none is near enough to suggest.
 * Distance is Damerau-Levenshtein (adjacent transpositions count one), case-insensitive; a word may be off by a third
 * of its length. A known word that begins with the typed word counts as near. So does a longer word whose beginning
 * differs from it by at most a quarter (`hot-leed` of `hot-lead-deal`).
 */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  const typed = word.toLowerCase();
  let best: string | undefined;
  // Every single letter is one step away from every other.
  let bestDistance = typed.length < 2 ? 1 : Math.max(1, Math.floor(typed.length / 3)) + 1;
  let begun: string | undefined;
  let bestBeginning = Math.floor(typed.length / 4) + 1;
  for (const candidate of known) {
    const lower = candidate.toLowerCase();
    const d = distances(typed, lower);
    if (d.whole < bestDistance) {
      best = candidate;
      bestDistance = d.whole;
    }
    if (typed.length >= 2 && d.beginning < bestBeginning) {
      begun = candidate;
      bestBeginning = d.beginning;
    }
  }
  return best ?? begun;
}

/** Returns "did you mean x?" if there is a near word, otherwise the list of known words, cut to a line. */
export function suggestion(word: string, known: Iterable<string>, noun: string): string | undefined {
  const all = [...known];
  const near = nearest(word, all);
  if (near !== undefined) return `did you mean ${near}?`;
  if (all.length === 0) return undefined;
  return `${noun}: ${all.slice(0, 20).join(', ')}${all.length > 20 ? ', ...' : ''}`;
}

/**
 * Returns in how many letters two words differ; swapped neighbours count one. For words that differ in more than `most`,
 * it may return any number above `most`.
 */
export function distance(a: string, b: string, most = Number.POSITIVE_INFINITY): number {
  const longer = Math.max(a.length, b.length);
  if (longer - Math.min(a.length, b.length) > most) return longer;
  // What both begin and end with is the same in the nearest alignment: names that resemble each other differ in little else.
  const shorter = Math.min(a.length, b.length);
  let begin = 0;
  while (begin < shorter && a[begin] === b[begin]) begin++;
  let end = 0;
  while (end < shorter - begin && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const rest = shorter - begin - end;
  // Of one word nothing is left, or of both a single letter.
  if (rest === 0 || longer - begin - end === 1) return longer - begin - end;
  // What is left differs in its first and in its last letter, so a single step can only swap two neighbours.
  if (most < 2)
    return longer - begin - end === 2 && a[begin] === b[begin + 1] && a[begin + 1] === b[begin] ? 1 : 2;
  return distances(a.slice(begin, a.length - end), b.slice(begin, b.length - end)).whole;
}

/** Returns the distance of `a` from `b`, and from the beginning of `b` that is nearest to `a`. */
function distances(a: string, b: string): { readonly whole: number; readonly beginning: number } {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      row[j] = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j]!, before[j - 2]! + 1);
    }
    before = last;
    last = row;
  }
  return { whole: last[b.length]!, beginning: Math.min(...last) };
}
