/**
 * The desk: the interface through which tools run command lines. Tools know commands by their words alone, so this room
 * needs none of the others' code; `commands/mcp/desk.ts` implements it.
 */
import type { CrmError } from '../domain/errors.ts';
import type { Json } from '../domain/records.ts';
import type { Likeness } from './likeness.ts';

/** The result of a command line that only reads: its value and what it printed on stderr, or its failure. */
export type Answered<T> =
  | { readonly ok: true; readonly value: T; readonly notes: readonly string[] }
  | { readonly ok: false; readonly failure: Failure };

export interface Failure {
  /** A kind of error: `NOT_FOUND`, `USAGE`, ... */
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

/** Returns an error as data. */
export const failureOf = ({ kind, message, hint }: CrmError): Failure => ({
  code: kind,
  message,
  ...(hint !== undefined && { hint }),
});

/** A command line that changes something, with the text of its standard input. */
export interface CommandLine {
  readonly words: readonly string[];
  readonly input?: string | undefined;
}

/** The changes that commands would make, or have made, as far as the acting user may see them. */
export interface Outcome {
  readonly changes: readonly { readonly [name: string]: Json }[];
  /** The changes as lines of a diff, for people, with whole texts. */
  readonly lines: readonly string[];
  /** The lines that the commands printed on stderr. */
  readonly notes: readonly string[];
  readonly likeness: Likeness;
}

export type Decided =
  /** `tx` is null if nothing changed, and after a preview. */
  | { readonly became: 'saved'; readonly tx: number | null; readonly outcome: Outcome }
  /** The outcome differs from the expected one; nothing was saved. */
  | { readonly became: 'different'; readonly outcome: Outcome }
  | { readonly became: 'refused'; readonly failure: Failure };

export interface Desk {
  /** Runs a command line that only reads, and returns the JSON that it prints. */
  read(words: readonly string[]): Promise<Answered<Json>>;
  /** Runs a command line that prints text of crm itself, such as help: nothing of the workspace. */
  readText(words: readonly string[]): Promise<Answered<string>>;
  /** Decides commands as one transaction, and saves nothing. */
  preview(commands: readonly CommandLine[]): Promise<Decided>;
  /** Decides commands as one transaction, and saves it if the outcome is like the expected one. */
  save(commands: readonly CommandLine[], expected: Likeness): Promise<Decided>;
  /** Returns a new text that nobody can guess. */
  secret(): string;
  /** Returns the time, ms since the epoch. */
  now(): number;
}
