/**
 * The first `most` of some rows in an order; all of them where that is left out. Rows of which neither comes before the
 * other stay in the order in which they were given. Who shows twenty of many does not wait for the others to be sorted.
 */
export function firstInOrder(
  rows: readonly number[],
  order: (a: number, b: number) => number,
  most = Number.POSITIVE_INFINITY,
): number[] {
  if (most >= rows.length) return [...rows].sort(order);
  if (most === 0) return [];
  let first: number[] = [];
  // Once so many were met, what does not come before the last of them is of no interest.
  let last: number | undefined;
  for (const row of rows) {
    if (last !== undefined && order(row, last) >= 0) continue;
    first.push(row);
    if (first.length < 2 * most) continue;
    first = first.sort(order).slice(0, most);
    last = first.at(-1);
  }
  return first.sort(order).slice(0, most);
}
