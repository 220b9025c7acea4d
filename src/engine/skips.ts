/**
 * Notes what a sweep left out though something called for it, and why, at the place of the decision; only if somebody
 * asks.
 */
import type { Explanation } from '../query/compile.ts';

export interface Skip {
  readonly automation: string;
  readonly subject: string;
  /** What would have started or continued it. */
  readonly cause: string;
  readonly why: string;
  /** The condition that does not hold, if that is the reason. */
  readonly where?: Explanation;
}

/** A deal that the transition table would move, had it not been moved by hand. */
export interface Held {
  readonly record: string;
  readonly stage: string;
  /** The stage to which the table would move it, and by which row, from 1. */
  readonly to: string;
  readonly rule: number;
}

export class Skips {
  readonly #noted = new Map<string, Skip>();
  /** Each round notes the held deals again. */
  held: Held[] = [];

  /** The first reason counts: later rounds meet the same skip again. */
  note(skip: Skip): void {
    const key = `${skip.automation} ${skip.subject}`;
    if (!this.#noted.has(key)) this.#noted.set(key, skip);
  }

  /** Returns the skips of rules that did nothing for the subject. */
  but(runs: Iterable<{ readonly automation: string; readonly subject: string }>): Skip[] {
    for (const { automation, subject } of runs) this.#noted.delete(`${automation} ${subject}`);
    return [...this.#noted.values()];
  }
}
