/** The lists of a list column in a file, of which a few are read by themselves. */
import type { Runs } from '../../state/columns/column.ts';
import type { Place, Stretch } from './columns-head.ts';

/** The lists that are read one by one, each with two calls of the system, before the whole column is read. */
const MOST_ALONE = 16;
/** Bytes of an end, and of an item. */
const WIDTH = 4;

/** `read` returns the bytes from one place in a stretch to another; undefined if the column should be read as a whole. */
export function runsIn(
  { values, items }: Place,
  rows: number,
  read: (stretch: Stretch, from: number, to: number) => ArrayBuffer | undefined,
): Runs {
  let reads = 0;
  return {
    rows,
    at(row) {
      if (++reads > MOST_ALONE) return undefined;
      // Ends begin with a 0, so that of the row before is at `row`.
      const ends = read(values, row * WIDTH, (row + 2) * WIDTH);
      if (!ends) return undefined;
      const [from, to] = new Uint32Array(ends);
      const its = read(items!, from! * WIDTH, to! * WIDTH);
      return its && new Int32Array(its);
    },
  };
}
