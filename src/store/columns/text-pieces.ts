/**
 * Searches the bytes of a file piece by piece, in memory that is used again: touching a new page of memory costs more than
 * reading a page of a file.
 *
 *     [ the last bytes of the piece before, in which a needle may begin | a piece ]
 */

/** Bytes that are read at a time: a whole number of blocks. */
const PIECE = 128 * 1024;
/** Needles with more bytes than this, and those in more places, are rare: they are searched in the whole column. */
const LONGEST = 1024;
const MOST_PLACES = 256;

let room: Buffer | undefined;

/**
 * Returns the places in `size` bytes where the needle begins; undefined if the needle is long, or in many places. `read` fills
 * a piece with the bytes from `from` on.
 */
export function placesIn(
  size: number,
  needle: Buffer,
  read: (piece: Uint8Array, from: number) => void,
): number[] | undefined {
  if (needle.length > LONGEST) return undefined;
  const memory = (room ??= Buffer.allocUnsafeSlow(LONGEST + PIECE));
  const before = needle.length - 1;
  const places: number[] = [];
  for (let from = 0; from < size; from += PIECE) {
    const length = Math.min(PIECE, size - from);
    read(memory.subarray(before, before + length), from);
    const bytes = memory.subarray(0, before + length);
    for (
      let at = bytes.indexOf(needle, from === 0 ? before : 0);
      at >= 0;
      at = bytes.indexOf(needle, at + 1)
    ) {
      if (places.length === MOST_PLACES) return undefined;
      places.push(from + at - before);
    }
    memory.copyWithin(0, length, length + before);
  }
  return places;
}
