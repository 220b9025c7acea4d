import { decode, encode, GENESIS } from './encoding.ts';
import type { Commit, Journal, Stored, Tip } from './journal.ts';

/** A journal in memory, for tests: the same bytes as in files, and nothing kept. */
export class MemoryJournal implements Journal {
  readonly #transactions: Buffer[] = [];
  readonly #salt: () => string;
  #hash = GENESIS;

  constructor(salt: () => string) {
    this.#salt = salt;
  }

  async tip(): Promise<Tip> {
    return { seq: this.#transactions.length, hash: this.#hash };
  }

  async read(after: number, to = this.#transactions.length): Promise<Stored[]> {
    return this.#transactions
      .slice(after, to)
      .flatMap((bytes, i) => [...decode(bytes, `transaction ${after + i + 1}`)]);
  }

  async append(after: Tip, commit: Commit): Promise<Tip | undefined> {
    if (after.seq !== this.#transactions.length) return undefined;
    const chunks: string[] = [];
    const { changes, ...head } = commit;
    const seq = after.seq + 1;
    this.#hash = encode({ ...head, seq, prev: after.hash, salt: this.#salt() }, changes, chunk =>
      chunks.push(chunk),
    );
    this.#transactions.push(Buffer.from(chunks.join('')));
    return { seq, hash: this.#hash };
  }

  async findRequest(request: string): Promise<number | undefined> {
    const found = (await this.read(0)).find(tx => tx.request === request);
    return found?.seq;
  }
}
