/**
 * The lines of a table as its snapshot has them. Most rows were not changed since the last snapshot, so stretches of
 * unchanged rows are copied as bytes from file to file, and changed rows with their new values in the bytes. Only records that
 * were read, and new ones, become JSON.
 */
import { type SharedValues, withoutShared } from '../../state/shared-values.ts';
import type { Table } from '../../state/table.ts';

/** Lines are written in pieces of at most this size, in bytes, unless one is longer. */
const CHUNK = 256 * 1024;
/** The most lines that are copied at once; a chunk seldom has room for more. */
const LINES = 1024;

/**
 * Yields the lines of rows in chunks, each of which is done with when the next is asked for. While they are yielded,
 * `ends` is filled with where each line ends, in bytes from the first line. Lines leave out what is `shared`.
 */
export function* tableLines(
  table: Pick<Table, 'copyUnchanged' | 'copyPatched' | 'record'>,
  rows: readonly number[],
  ends: Float64Array,
  shared?: SharedValues,
): Generator<Buffer> {
  const chunk = Buffer.allocUnsafeSlow(CHUNK);
  const lineEnds = new Uint32Array(LINES);
  let end = 0;
  let filled = 0;
  // Rows without a gap go up to here; a stretch of them that nobody changed is copied as it is.
  let gapless = 0;
  for (let i = 0; i < rows.length; ) {
    if (CHUNK - filled < CHUNK / 4) {
      yield chunk.subarray(0, filled);
      filled = 0;
    }
    if (i >= gapless)
      for (gapless = i + 1; gapless < rows.length && rows[gapless] === rows[gapless - 1]! + 1; ) gapless++;
    const free = chunk.subarray(filled);
    const until = rows[i]! + gapless - i;
    const copied =
      table.copyUnchanged(rows[i]!, until, free, lineEnds, shared) ||
      table.copyPatched(rows[i]!, until, free, lineEnds, shared);
    if (copied > 0) {
      for (let k = 0; k < copied; k++) ends[i + k] = end + lineEnds[k]!;
      end = ends[i + copied - 1]!;
      filled += lineEnds[copied - 1]!;
      i += copied;
      continue;
    }
    const record = table.record(rows[i]!);
    const text = `${JSON.stringify(shared ? withoutShared(record, shared) : record)}\n`;
    const size = Buffer.byteLength(text);
    if (size <= CHUNK - filled) filled += chunk.write(text, filled);
    else {
      yield chunk.subarray(0, filled);
      filled = 0;
      yield Buffer.from(text);
    }
    end += size;
    ends[i++] = end;
  }
  yield chunk.subarray(0, filled);
}
