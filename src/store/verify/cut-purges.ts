/**
 * Purges beyond the good part of a journal. In a copy of the good part, nothing vouches for the remains of the
 * transactions from which they erased, so one transaction at the end of the copy names them again.
 */
import type { Erasure } from '../../domain/changes.ts';
import type { Kinds } from '../../domain/kinds.ts';
import { decode, type ErasuresOf } from '../lines/encoding.ts';
import { encodeLeft } from '../journal/journal.ts';
import type { Piece, VerifiedJournal } from './verify-journal.ts';

export class CutPurges {
  /** The erasures that the transaction at the end of the copy must name, known after all pieces were rewritten. */
  readonly erases: Erasure[] = [];
  readonly #last: number;
  readonly #erasuresOf: ErasuresOf;
  readonly #kinds: Kinds;

  constructor({ good, erasuresOf }: VerifiedJournal, kinds: Kinds) {
    this.#kinds = kinds;
    this.#last = good.seq;
    this.#erasuresOf = erasuresOf;
  }

  /** The bytes of a piece as they are to be copied, if these are not those that it has. */
  readonly rewrite = (piece: Piece, read: () => Buffer): Buffer | undefined => {
    if ((piece.purged ?? 0) <= this.#last) return undefined;
    const [tx] = decode(this.#kinds, read(), piece.file, this.#erasuresOf);
    const { lines, now } = encodeLeft({ ...tx!, purged: this.#last + 1 });
    this.erases.push({ seq: piece.seq, now });
    return Buffer.from(lines.join(''));
  };
}
