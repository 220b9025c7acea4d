/**
 * The texts of rules and templates. What is unknown is an error of lint; what is empty for a record fails, unless the
 * text says `| default`: no empty string in a customer's mail.
 */

/** What a text may speak of. Every field that a record can have is there; null where it has no value. */
export interface TextData {
  readonly [name: string]: unknown;
}

/** The same, read as far as a text names it. */
export interface TextSource {
  /** One field by itself, where `all` has the name as a record or a user; else undefined, or where it has no value. */
  field?(name: string, field: string): unknown;
  readonly all: TextData;
}

/** What went wrong in a text, in a few words. */
export class TextError extends Error {
  override readonly name = 'TextError';
}

/** What is wrong with a text, and in which line of it, from 1. */
export interface TextProblem {
  readonly message: string;
  readonly hint?: string | undefined;
  readonly line: number;
}

/** Whether a text may name a variable, by its path; if not, the nearest one that it may. */
export type Knows = (path: readonly string[]) => true | { readonly hint: string | undefined };

export interface Texts {
  /** Renders a text; throws TextError. `now` is what the words now and today mean, ms. */
  render(text: string, source: TextSource, now: number): string;
  /** What is wrong with a text in itself, or with the variables it names; undefined where nothing is. */
  check(text: string, knows: Knows): TextProblem | undefined;
}

/** Whether a value is a text with Liquid in it. */
export const hasLiquid = (value: unknown): value is string =>
  typeof value === 'string' && (value.includes('{{') || value.includes('{%'));
