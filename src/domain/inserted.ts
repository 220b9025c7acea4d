/** Where in a text the values are that were put into it, as a message keeps it: `12+5 40+7`, or `none`. */

/** Writes begins and lengths, in turns. */
export function insertedText(inserted: readonly number[]): string {
  const parts: string[] = [];
  for (let i = 0; i < inserted.length; i += 2) parts.push(`${inserted[i]}+${inserted[i + 1]}`);
  return parts.length > 0 ? parts.join(' ') : 'none';
}

/** Reads them; undefined where the text does not say them, or says what cannot be of a text of this length. */
export function readInserted(said: string | undefined, length: number): readonly number[] | undefined {
  if (said === undefined || !/^(none|\d+\+\d+( \d+\+\d+)*)$/.test(said)) return undefined;
  const inserted = (said.match(/\d+/g) ?? []).map(Number);
  let end = 0;
  for (let i = 0; i < inserted.length; i += 2) {
    if (inserted[i]! < end) return undefined;
    end = inserted[i]! + inserted[i + 1]!;
  }
  return end <= length ? inserted : undefined;
}
