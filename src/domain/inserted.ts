/** Writes and reads the positions of inserted values in a text, as a message keeps them: `12+5 40+7`, or `none`. */

/** Writes positions: begin, length, begin, length. */
export function insertedText(inserted: readonly number[]): string {
  const parts: string[] = [];
  for (let i = 0; i < inserted.length; i += 2) parts.push(`${inserted[i]}+${inserted[i + 1]}`);
  return parts.length > 0 ? parts.join(' ') : 'none';
}

/** Reads positions; undefined if the text has none, or they do not fit a text of this length. */
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
