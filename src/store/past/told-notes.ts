/** Notes the large transactions of which the past has nearly all changes, while the past is folded from their lines. */
import type { Told } from '../../state/deal-history.ts';
import { CLOSES, TOLD, type Untold } from './untold.ts';

export interface Fineness {
  /** The bytes from which a transaction is noted: reading smaller ones costs no more than the notes. */
  readonly least: number;
  /** Wanted lines that are closer together than this, in bytes, are noted as one stretch, so that there are few. */
  readonly gap: number;
}

const USUAL: Fineness = { least: 1 << 16, gap: 1 << 14 };

export class ToldNotes {
  readonly #told: Told[] = [];
  readonly #fineness: Fineness;
  #seq = 0;
  #hash = '';
  #size = 0;
  /** The bytes of the current transaction before the current piece. */
  #passed = 0;
  #others: number[] = [];
  #lowest = Number.POSITIVE_INFINITY;
  #highest = 0;

  constructor(fineness = USUAL) {
    this.#fineness = fineness;
  }

  begin({ seq, hash }: Pick<Told, 'seq' | 'hash'>, size: number): void {
    this.#end();
    this.#seq = seq;
    this.#hash = hash;
    this.#size = size;
    this.#passed = 0;
    this.#others = [];
    this.#lowest = Number.POSITIVE_INFINITY;
    this.#highest = 0;
  }

  /**
   * Takes in what the past lacks of a line, which is in the current piece from `start` up to `next`; `deal` is the number of
   * the deal that it closes, if it closes one.
   */
  note(lacks: Untold, deal: number, start: number, next: number): void {
    if (lacks === TOLD) return;
    if (lacks === CLOSES) {
      if (deal < this.#lowest) this.#lowest = deal;
      if (deal > this.#highest) this.#highest = deal;
      return;
    }
    const others = this.#others;
    const begin = this.#passed + start;
    if (others.length > 0 && begin - others.at(-1)! < this.#fineness.gap) others.pop();
    else others.push(begin);
    others.push(this.#passed + next);
  }

  /** Ends the current piece of the transaction, after this many bytes. */
  pass(length: number): void {
    this.#passed += length;
  }

  /** Returns the large transactions of which at most half must be read. */
  told(): readonly Told[] {
    this.#end();
    this.#size = 0;
    return this.#told;
  }

  #end(): void {
    if (this.#size < this.#fineness.least) return;
    const others = this.#others;
    let bytes = 0;
    for (let i = 0; i < others.length; i += 2) bytes += others[i + 1]! - others[i]!;
    if (bytes > this.#size / 2) return;
    const closings = this.#highest > 0 && ([this.#lowest, this.#highest] as const);
    this.#told.push({
      seq: this.#seq,
      hash: this.#hash,
      size: this.#size,
      others,
      ...(closings && { closings }),
    });
  }
}
