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
  override readonly name: string = 'TextError';
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/** A text would print nothing, since the record lacks a value. */
export class EmptyValue extends TextError {
  override readonly name = 'EmptyValue';
}

/** What is wrong with a text, and in which line of it, from 1. */
export interface TextProblem {
  readonly message: string;
  readonly hint?: string | undefined;
  readonly line: number;
}

/** Whether a text may name a variable, by its path; if not, the nearest one that it may. */
export type Knows = (path: readonly string[]) => true | { readonly hint: string | undefined };

/** A rendered text with the positions of inserted values, as opposed to what its author wrote. */
export interface MarkedText {
  readonly text: string;
  /** The positions of values in UTF-16 units: begin, length, begin, length. */
  readonly inserted: readonly number[];
}

/** A value that its author wrote as text, such as a signature: only what was inserted into it counts as a value. */
export class Written {
  readonly marked: MarkedText;

  constructor(marked: MarkedText) {
    this.marked = marked;
  }

  toString(): string {
    return this.marked.text;
  }
}

/** A problem of a text that is rendered for a sample. */
export interface TrialProblem extends TextProblem {
  /** A value is empty for the sample. */
  readonly isEmpty: boolean;
}

export interface Texts {
  /** Renders a text; throws TextError. `now` is what the words now and today mean, ms. */
  render(text: string, source: TextSource, now: number): string;
  /** Renders a text, and returns the positions of the values in it; throws TextError. */
  renderMarked(text: string, source: TextSource, now: number): MarkedText;
  /**
   * Renders a text, and returns the problem; undefined if there is none. With `everyBranch` all branches of conditions are
   * rendered, whichever holds, and empty values are not a problem.
   */
  trial(text: string, source: TextSource, now: number, everyBranch: boolean): TrialProblem | undefined;
  /** Returns the ids of the templates that a text renders within itself; none if it cannot be read. */
  partsOf(text: string): readonly string[];
  /** What is wrong with a text in itself, or with the variables it names; undefined where nothing is. */
  check(text: string, knows: Knows): TextProblem | undefined;
}

/** Texts without Liquid: each renders to itself. */
export const plainTexts: Texts = {
  render: text => text,
  renderMarked: text => ({ text, inserted: [] }),
  trial: () => undefined,
  partsOf: () => [],
  check: () => undefined,
};

/** Whether a value is a text with Liquid in it. */
export const hasLiquid = (value: unknown): value is string =>
  typeof value === 'string' && (value.includes('{{') || value.includes('{%'));
