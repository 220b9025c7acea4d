/** A line of one of two texts, or of both: its place in each, from 0. */
export interface DiffLine {
  readonly op: ' ' | '-' | '+';
  /** In the old text; of an added line, where it comes before. */
  readonly old: number;
  /** In the new text; of a removed line, where it was before. */
  readonly new: number;
}

/**
 * Returns the lines to keep, remove and add that turn the lines `from` into the lines `to`, in order. Uses the
 * longest common subsequence of the lines between their common beginning and end.
 */
export function diffOfLines(from: readonly string[], to: readonly string[]): DiffLine[] {
  let start = 0;
  while (start < Math.min(from.length, to.length) && from[start] === to[start]) start++;
  let end = 0;
  while (end < Math.min(from.length, to.length) - start && from.at(-1 - end) === to.at(-1 - end)) end++;
  const [rows, columns] = [from.length - end - start, to.length - end - start];
  // common[i][j]: how many lines the rest of `from` after i and of `to` after j have in common.
  const common = Array.from({ length: rows + 1 }, () => new Uint32Array(columns + 1));
  for (let i = rows - 1; i >= 0; i--)
    for (let j = columns - 1; j >= 0; j--)
      common[i]![j] =
        from[start + i] === to[start + j]
          ? common[i + 1]![j + 1]! + 1
          : Math.max(common[i + 1]![j]!, common[i]![j + 1]!);
  const lines: DiffLine[] = [];
  const put = (op: DiffLine['op'], i: number, j: number) => lines.push({ op, old: i, new: j });
  for (let i = 0; i < start; i++) put(' ', i, i);
  let [i, j] = [0, 0];
  while (i < rows || j < columns)
    if (i < rows && j < columns && from[start + i] === to[start + j]) put(' ', start + i++, start + j++);
    else if (i < rows && (j === columns || common[i + 1]![j]! >= common[i]![j + 1]!))
      put('-', start + i++, start + j);
    else put('+', start + i, start + j++);
  for (let k = end; k > 0; k--) put(' ', from.length - k, to.length - k);
  return lines;
}
