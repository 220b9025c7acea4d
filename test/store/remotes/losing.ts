/** A remote whose answers get lost: what a network does between a machine and a remote, put before any of them. */
import type { Tip } from '../../../src/store/journal/journal.ts';
import type { Appended, Redacted, Remote } from '../../../src/store/remotes/remote.ts';
import type { Sealed } from '../../../src/store/journal/sealed.ts';

/** What becomes of an append: it is cut before it arrives, or only its answer is. */
export type Loss = 'before' | 'after';

export class LosingRemote implements Remote {
  readonly #remote: Remote;
  readonly #losses: Loss[];

  /** The first appends meet these losses, in order; later ones none. */
  constructor(remote: Remote, losses: readonly Loss[]) {
    this.#remote = remote;
    this.#losses = [...losses];
  }

  tip(): Promise<Tip> {
    return this.#remote.tip();
  }

  read(after: number, limit: number): Promise<Sealed[]> {
    return this.#remote.read(after, limit);
  }

  async append(after: Tip, transactions: readonly Sealed[]): Promise<Appended> {
    const loss = this.#losses.shift();
    if (loss !== 'before') {
      const appended = await this.#remote.append(after, transactions);
      if (loss === undefined) return appended;
    }
    return { outcome: 'unsure', why: `cut ${loss} it arrived` };
  }

  redact(tip: Tip, left: readonly Sealed[]): Promise<Redacted> {
    return this.#remote.redact(tip, left);
  }

  close(): Promise<void> {
    return this.#remote.close();
  }
}
