/**
 * Rows by a hash of a text, in two arrays: a million texts take 16 MB, where a map of them takes 100. Two texts may have one
 * hash, so whoever asks compares the texts.
 */

/** The room in the beginning, a power of two. */
const ROOM = 64;

export class RowsByHash {
  /** By slot: the hash, and the row plus one; 0 is a free slot. */
  #hashes = new Int32Array(ROOM);
  #rows = new Int32Array(ROOM);
  #size = 0;

  /** Adds a row to a text, unless it is there. */
  add(text: string, row: number): void {
    if (2 * (this.#size + 1) > this.#rows.length) this.#grow();
    this.#put(hashOf(text), row + 1);
  }

  /** Returns the rows that were added to a text, and perhaps others. */
  get(text: string): readonly number[] {
    const hash = hashOf(text);
    const last = this.#rows.length - 1;
    let found: number[] | undefined;
    for (let slot = hash & last; this.#rows[slot] !== 0; slot = (slot + 1) & last)
      if (this.#hashes[slot] === hash) (found ??= []).push(this.#rows[slot]! - 1);
    return found ?? none;
  }

  #put(hash: number, entry: number): void {
    const last = this.#rows.length - 1;
    let slot = hash & last;
    for (; this.#rows[slot] !== 0; slot = (slot + 1) & last)
      if (this.#rows[slot] === entry && this.#hashes[slot] === hash) return;
    this.#hashes[slot] = hash;
    this.#rows[slot] = entry;
    this.#size++;
  }

  #grow(): void {
    const [hashes, rows] = [this.#hashes, this.#rows];
    this.#hashes = new Int32Array(2 * rows.length);
    this.#rows = new Int32Array(2 * rows.length);
    this.#size = 0;
    for (let slot = 0; slot < rows.length; slot++)
      if (rows[slot] !== 0) this.#put(hashes[slot]!, rows[slot]!);
  }
}

export const none: readonly number[] = [];

/** FNV-1a, with its bits mixed: texts that are counted up differ in their last letter alone. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) | 0;
}
