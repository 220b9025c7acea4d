/**
 * Searches the bytes of a file piece by piece, in memory that is used again: a page of memory that is touched first costs
 * more than reading it full.
 *
 *     [ the last bytes of the piece before, in which a needle may begin | a piece ]
 */

/** Bytes that are read at a time: a whole number of blocks. */
const PIECE = 128 * 1024;
/** Longer needles are rare, and so are words in more places than this: these are looked for in the whole. */
const LONGEST = 1024;
const MOST_PLACES = 256;

let room: Buffer | undefined;

/**
 * Returns where the needle begins in `size` bytes, of which `read` fills in a piece from a byte on; undefined if it is long, or
 * in many places.
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
