/** Finds the positions of words by their bytes: each word is decoded once, and not for each line. */
import type { WordColumn } from '../../state/deal-history.ts';
import type { CodeOf } from '../../state/deal-said.ts';

/** The slots of the table at first: a power of two, as each later size. */
const SLOTS = 64;
/** An odd factor, so that multiplication loses no bits. */
const FACTOR = 0x01000193;

interface Word {
  readonly bytes: Uint8Array;
  readonly hash: number;
  readonly code: number;
}

/** The words of one column: an open-addressed hash table of their bytes. */
export class LineWords {
  readonly #name: WordColumn;
  readonly #codeOf: CodeOf;
  #slots: (Word | undefined)[];
  #count = 0;

  constructor(name: WordColumn, codeOf: CodeOf) {
    this.#name = name;
    this.#codeOf = codeOf;
    this.#slots = new Array(SLOTS).fill(undefined);
  }

  /** Returns the position of the word whose UTF-8 is in `bytes` from `start` to `end`. */
  code(bytes: Buffer, start: number, end: number): number {
    let hash = end - start;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, FACTOR);
    const mask = this.#slots.length - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const known = this.#slots[at];
      if (!known) return this.#add(bytes, start, end, hash);
      if (known.hash === hash && isSame(known.bytes, bytes, start, end)) return known.code;
    }
  }

  #add(bytes: Buffer, start: number, end: number, hash: number): number {
    const code = this.#codeOf(this.#name, bytes.toString('utf8', start, end));
    this.#put({ bytes: Uint8Array.from(bytes.subarray(start, end)), hash, code });
    if (++this.#count > this.#slots.length / 2) {
      const all = this.#slots;
      this.#slots = new Array(2 * all.length).fill(undefined);
      for (const each of all) if (each) this.#put(each);
    }
    return code;
  }

  #put(word: Word): void {
    const mask = this.#slots.length - 1;
    let at = word.hash & mask;
    while (this.#slots[at]) at = (at + 1) & mask;
    this.#slots[at] = word;
  }
}

function isSame(word: Uint8Array, bytes: Buffer, start: number, end: number): boolean {
  if (word.length !== end - start) return false;
  for (let i = 0; i < word.length; i++) if (word[i] !== bytes[start + i]) return false;
  return true;
}
