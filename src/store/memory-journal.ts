import type { Erasure, Transaction } from '../domain/changes.ts';
import type { Kinds } from '../domain/kinds.ts';
import { decode, encode, GENESIS } from './encoding.ts';
import { type Commit, encodeLeft, type Journal, requireErasure, type Stored, type Tip } from './journal.ts';

/** A journal in memory, for tests: the same bytes as in files, and nothing kept. */
export class MemoryJournal implements Journal {
  readonly #transactions: Buffer[] = [];
  readonly #salt: () => string;
  readonly #kinds: Kinds;
  #hash = GENESIS;

  constructor(salt: () => string, kinds: Kinds) {
    this.#salt = salt;
    this.#kinds = kinds;
  }

  async tip(): Promise<Tip> {
    return { seq: this.#transactions.length, hash: this.#hash };
  }

  async read(after: number, to = this.#transactions.length): Promise<Stored[]> {
    return this.#read(after, to);
  }

  #read(after: number, to: number): Stored[] {
    return this.#transactions
      .slice(after, to)
      .flatMap((bytes, i) => [
        ...decode(this.#kinds, bytes, `transaction ${after + i + 1}`, this.#erasuresOf),
      ]);
  }

  readonly #erasuresOf = (purge: number): readonly Erasure[] | undefined =>
    this.#read(purge - 1, purge)[0]?.erases;

  async redact(purge: number, leave: (tx: Stored) => Transaction): Promise<void> {
    const erasures = this.#erasuresOf(purge) ?? [];
    for (const { seq } of [...erasures].reverse()) {
      const [tx] = this.#read(seq - 1, seq);
      if ((tx!.purged ?? 0) >= purge) continue;
      const { lines, now } = encodeLeft(leave(tx!));
      requireErasure(erasures, { seq, now });
      this.#transactions[seq - 1] = Buffer.from(lines.join(''));
    }
  }

  async append(after: Tip, commit: Commit): Promise<Tip | undefined> {
    if (after.seq !== this.#transactions.length) return undefined;
    const chunks: Buffer[] = [];
    const { changes, erases, ...head } = commit;
    const seq = after.seq + 1;
    const body = { changes, ...(erases && { erases }) };
    this.#hash = encode({ ...head, seq, prev: after.hash, salt: this.#salt() }, body, chunk =>
      chunks.push(chunk),
    );
    this.#transactions.push(Buffer.concat(chunks));
    return { seq, hash: this.#hash };
  }

  async findRequest(request: string): Promise<number | undefined> {
    const found = (await this.read(0)).find(tx => tx.request === request);
    return found?.seq;
  }
}
