/** Which line of a file made or changed each record. */
import { numberOf } from '../../domain/kinds.ts';

/** Numbers of records whose lines lie together. */
const BLOCK = 4096;

/** Keeps a line per record of one kind, by the record's number: a map of a million ids takes as much memory as their lines. */
export class LineNumbers {
  readonly #letter: string;
  readonly #blocks = new Map<number, Int32Array>();

  /** `letter` is that of the kind's ids. */
  constructor(letter: string) {
    this.#letter = letter;
  }

  /** Returns the line of a record; undefined if none has it, or it is of another kind. */
  get(id: string): number | undefined {
    if (id[0] !== this.#letter) return undefined;
    const number = numberOf(id);
    // No line has the number 0.
    return this.#blocks.get(Math.floor(number / BLOCK))?.[number % BLOCK] || undefined;
  }

  set(id: string, line: number): void {
    const number = numberOf(id);
    const key = Math.floor(number / BLOCK);
    let block = this.#blocks.get(key);
    if (!block) this.#blocks.set(key, (block = new Int32Array(BLOCK)));
    block[number % BLOCK] = line;
  }
}
