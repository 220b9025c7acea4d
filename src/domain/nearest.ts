/**
 * The word of `known` that `word` most probably meant, or undefined where none is near enough to suggest.
 * Distance is Damerau-Levenshtein (adjacent transpositions count one), case-insensitive; a word may be off by
 * a third of its length. A known word that begins with what was typed counts as near.
 */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  const typed = word.toLowerCase();
  let best: string | undefined;
  // Of a single letter every other one is one step away.
  let bestDistance = typed.length < 2 ? 1 : Math.max(1, Math.floor(typed.length / 3)) + 1;
  let prefixed: string | undefined;
  for (const candidate of known) {
    const lower = candidate.toLowerCase();
    if (typed.length >= 2 && lower.startsWith(typed)) prefixed ??= candidate;
    if (Math.abs(lower.length - typed.length) >= bestDistance) continue;
    const d = distance(typed, lower);
    if (d < bestDistance) {
      best = candidate;
      bestDistance = d;
    }
  }
  return best ?? prefixed;
}

/** "did you mean x?" where there is a near word, else the list of what is known, cut to a line. */
export function suggestion(word: string, known: Iterable<string>, noun: string): string | undefined {
  const all = [...known];
  const near = nearest(word, all);
  if (near !== undefined) return `did you mean ${near}?`;
  if (all.length === 0) return undefined;
  return `${noun}: ${all.slice(0, 20).join(', ')}${all.length > 20 ? ', ...' : ''}`;
}

function distance(a: string, b: string): number {
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
  return last[b.length]!;
}
