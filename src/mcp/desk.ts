/** What tools are handed: somebody who runs command lines. The tools know commands by their words alone. */
import type { Json } from '../domain/records.ts';
import type { Likeness } from './likeness.ts';

/** What a command line answered. */
export type Answered<T> =
  | { readonly ok: true; readonly value: T; readonly notes: readonly string[] }
  | { readonly ok: false; readonly failure: Failure };

export interface Failure {
  /** `NOT_FOUND`, `USAGE`, ...: one of a closed set. */
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

/** A command line that changes something, with what it reads from standard input. */
export interface CommandLine {
  readonly words: readonly string[];
  readonly input?: string | undefined;
}

/** What commands would change, or have changed, as the acting user may see it. */
export interface Outcome {
  readonly changes: readonly { readonly [name: string]: Json }[];
  /** The changes as lines, for people, with whole texts. */
  readonly lines: readonly string[];
  /** What the commands said besides. */
  readonly notes: readonly string[];
  readonly likeness: Likeness;
}

export type Decided =
  | { readonly became: 'saved'; readonly tx: number | null; readonly outcome: Outcome }
  /** The outcome is not the expected one any more; nothing was saved. */
  | { readonly became: 'different'; readonly outcome: Outcome }
  | { readonly became: 'refused'; readonly failure: Failure };

export interface Desk {
  /** Runs a command line that only reads, and returns what it prints as JSON. */
  read(words: readonly string[]): Promise<Answered<Json>>;
  /** The same for one that prints text of crm's own. */
  readText(words: readonly string[]): Promise<Answered<string>>;
  /** Decides commands together and saves nothing. */
  preview(commands: readonly CommandLine[]): Promise<Decided>;
  /** Decides commands together and saves them as one transaction if the outcome is like this one. */
  save(commands: readonly CommandLine[], expected: Likeness): Promise<Decided>;
  /** A text that nobody can foresee. */
  secret(): string;
  /** The time, ms. */
  now(): number;
}
