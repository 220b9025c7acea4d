/** A remote in memory, for tests: several replicas of one process share it, and nothing is kept. */
import { invalid } from '../../domain/errors.ts';
import { GENESIS } from '../lines/encoding.ts';
import type { Tip } from '../journal/journal.ts';
import { type Sealed, tipOf } from '../journal/sealed.ts';
import type { Appended, Redacted, Remote } from './remote.ts';

export class MemoryRemote implements Remote {
  readonly #transactions: Sealed[] = [];

  async tip(): Promise<Tip> {
    return this.#tip();
  }

  #tip(): Tip {
    const last = this.#transactions.at(-1);
    return last ? tipOf(last) : { seq: 0, hash: GENESIS };
  }

  async read(after: number, limit: number): Promise<Sealed[]> {
    return this.#transactions.slice(after, after + limit);
  }

  async append(after: Tip, transactions: readonly Sealed[]): Promise<Appended> {
    const there = this.#transactions.slice(after.seq, after.seq + transactions.length);
    if (there.length === transactions.length && there.every((each, i) => each.hash === transactions[i]!.hash))
      return { outcome: 'committed' };
    // No await between here and the push: another machine of this process would come in between.
    const tip = this.#tip();
    if (tip.seq !== after.seq || tip.hash !== after.hash) return { outcome: 'conflict' };
    this.#transactions.push(...transactions.map(copied));
    return { outcome: 'committed' };
  }

  async redact(tip: Tip, left: readonly Sealed[]): Promise<Redacted> {
    if (this.#tip().seq !== tip.seq) return 'conflict';
    for (const { seq, hash } of left)
      if (this.#transactions[seq - 1]?.hash !== hash)
        throw invalid(`transaction ${seq} is another one there`, 'crm remote repair');
    for (const each of left) this.#transactions[each.seq - 1] = copied(each);
    return 'redacted';
  }

  async close(): Promise<void> {}
}

/** The bytes are the caller's, who may use the memory again. */
const copied = (each: Sealed): Sealed => ({ ...each, bytes: Buffer.from(each.bytes) });
