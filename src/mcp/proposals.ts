/** Proposed changes that wait for their commit. Each has a token, which works once and for some minutes. */
import { MINUTE } from '../domain/dates.ts';
import type { CommandLine } from './desk.ts';
import type { Likeness } from './likeness.ts';

/** How long a token works, ms: long enough to read a diff. */
const TOKEN_WORKS = 10 * MINUTE;
/** The most proposals that wait, after which the oldest is dropped: each may hold megabytes of input. */
const MOST_WAITING = 50;

export interface Proposal {
  readonly commands: readonly CommandLine[];
  /** The likeness of the outcome that was shown. */
  readonly likeness: Likeness;
  /** When the token expires, ms since the epoch. */
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

  /** Keeps a change with the likeness of the outcome that was shown; returns its token and when that expires, ms. */
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

  /** Returns the proposal of a token, and leaves it waiting; undefined if the token is unknown, used or expired. */
  look(token: string): Proposal | undefined {
    const proposal = this.#waiting.get(token);
    if (proposal && proposal.until < this.#now()) this.#waiting.delete(token);
    return this.#waiting.get(token);
  }

  /** Returns the proposal of a token as `look` does, and uses the token up. */
  take(token: string): Proposal | undefined {
    const proposal = this.look(token);
    this.#waiting.delete(token);
    return proposal;
  }
}
