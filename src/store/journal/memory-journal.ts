import type { Kinds } from '../../domain/kinds.ts';
import type { Erasure } from '../../domain/changes.ts';
import { decode, GENESIS } from '../lines/encoding.ts';
import {
  type Commit,
  encodeCommit,
  encodeLeft,
  isAbout,
  type Journal,
  requireErasure,
  type Stored,
  type Tip,
  without,
} from './journal.ts';
import { type Mention, mentionsIn } from './mentions.ts';

/** A journal in memory, for tests, with the same bytes as in files. */
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

  async *mentions(ids: ReadonlySet<string>): AsyncGenerator<Mention> {
    for (let i = this.#transactions.length - 1; i >= 0; i--)
      yield* mentionsIn(this.#kinds, [this.#transactions[i]!], `transaction ${i + 1}`, ids);
  }

  async *about(ids: ReadonlySet<string>): AsyncGenerator<Stored> {
    yield* (await this.read(0)).reverse().filter(tx => isAbout(tx, ids));
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

  async redact(purge: number, ids: ReadonlySet<string>): Promise<void> {
    const erasures = this.#erasuresOf(purge) ?? [];
    for (const { seq } of [...erasures].reverse()) {
      const [tx] = this.#read(seq - 1, seq);
      if ((tx!.purged ?? 0) >= purge) continue;
      const { lines, now } = encodeLeft(without(tx!, ids, purge));
      requireErasure(erasures, { seq, now });
      this.#transactions[seq - 1] = Buffer.from(lines.join(''));
    }
  }

  async append(after: Tip, commit: Commit): Promise<Tip | undefined> {
    if (after.seq !== this.#transactions.length) return undefined;
    const chunks: Buffer[] = [];
    this.#hash = encodeCommit(after, commit, this.#salt(), chunk => chunks.push(chunk));
    this.#transactions.push(Buffer.concat(chunks));
    return { seq: after.seq + 1, hash: this.#hash };
  }

  async findRequest(request: string): Promise<number | undefined> {
    const found = (await this.read(0)).find(tx => tx.request === request);
    return found?.seq;
  }
}
