/**
 * `.crm/cache/tail.json`: transactions after the last checkpoint as they were read and verified, in one file where the
 * journal has a file for each. One is taken from here while the journal's file is the one that was read.
 */
import { replaceFile, type Temporary } from './durable.ts';
import { codeOf, type Io } from './io.ts';
import type { Stored } from './journal.ts';
import { isSame, readCache, type Signature } from './verified.ts';

/** It is written anew when so many transactions are not in it yet. */
const BEHIND = 16;
/** What is larger than this, in bytes of the journal, is about to become a snapshot. */
const LARGEST = 1 << 20;

interface Content {
  /** Of crm, which says what a transaction is like. */
  readonly version: string;
  readonly first: number;
  readonly signatures: readonly string[];
  readonly transactions: readonly Stored[];
}

export class TailFile {
  readonly #io: Io;
  readonly #path: string;
  readonly #version: string;
  readonly #temporary: Temporary;
  #content: Content | undefined;
  #writtenAt = 0;

  constructor(io: Io, path: string, version: string, temporary: Temporary) {
    this.#io = io;
    this.#path = path;
    this.#version = version;
    this.#temporary = temporary;
  }

  /** Reads the file anew: another process may have written it. */
  load(): void {
    const cache = readCache<Content>(this.#io, this.#path);
    this.#content = cache?.value?.version === this.#version ? cache.value : undefined;
    this.#writtenAt = cache?.writtenAt ?? 0;
  }

  /** A transaction, if it was read from the file that has this signature. */
  find(seq: number, signature: Signature): Stored | undefined {
    if (!this.#content) return undefined;
    const { first, signatures, transactions } = this.#content;
    return isSame(signature, signatures[seq - first], this.#writtenAt)
      ? transactions[seq - first]
      : undefined;
  }

  /** Keeps transactions that follow each other, with the signatures of their files; `fresh` of them are not from here. */
  keep(transactions: readonly Stored[], signatures: readonly string[], fresh: number): void {
    const size = transactions.reduce((sum, tx) => sum + tx.size, 0);
    if (fresh < BEHIND || size > LARGEST) return;
    const content = { version: this.#version, first: transactions[0]!.seq, signatures, transactions };
    try {
      const text = JSON.stringify(content satisfies Content);
      replaceFile(this.#io, this.#path, this.#temporary, sink => sink.write(text), false);
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
    }
  }
}
