/** Changes that were shown and wait to be committed: each by a token that works once, for some minutes. */
import { MINUTE } from '../domain/dates.ts';
import type { CommandLine } from './desk.ts';
import type { Likeness } from './likeness.ts';

/** How long a token works, ms: long enough to read what it would do. */
const TOKEN_WORKS = 10 * MINUTE;
/** How many proposals wait at most; the oldest goes first. */
const MOST_WAITING = 50;

export interface Proposal {
  readonly commands: readonly CommandLine[];
  /** Of the outcome that was shown. */
  readonly likeness: Likeness;
  /** When the token ends, ms. */
  readonly until: number;
}

export class Proposals {
  readonly #waiting = new Map<string, Proposal>();
  readonly #now: () => number;
  readonly #secret: () => string;

  constructor(now: () => number, secret: () => string) {
    this.#now = now;
    this.#secret = secret;
  }

  /** Keeps a change with the likeness of what was shown of it; returns its token. */
  add(
    commands: readonly CommandLine[],
    likeness: Likeness,
  ): { readonly token: string; readonly until: number } {
    const until = this.#now() + TOKEN_WORKS;
    const token = this.#secret();
    this.#waiting.set(token, { commands, likeness, until });
    for (const [oldest] of this.#waiting) {
      if (this.#waiting.size <= MOST_WAITING) break;
      this.#waiting.delete(oldest);
    }
    return { token, until };
  }

  /** Returns the proposal that a token is for, which goes on waiting; undefined if the token is unknown, used or too old. */
  look(token: string): Proposal | undefined {
    const proposal = this.#waiting.get(token);
    if (proposal && proposal.until < this.#now()) this.#waiting.delete(token);
    return this.#waiting.get(token);
  }

  /** The same, and the token is used. */
  take(token: string): Proposal | undefined {
    const proposal = this.look(token);
    this.#waiting.delete(token);
    return proposal;
  }
}
