/**
 * The texts of rules and templates. An unknown name is an error of lint. A value that is empty for a record makes the
 * text fail, unless it has `| default`, so that no customer gets a mail with a gap.
 */

/** The data of a text. Every field that a record can have is present, null if it has no value. */
export interface TextData {
  readonly [name: string]: unknown;
}

/** The same data, read as far as a text names it. */
export interface TextSource {
  /**
   * Returns a single field, if `all` has a record or user of that name; undefined otherwise, and for a field without
   * a value.
   */
  field?(name: string, field: string): unknown;
  readonly all: TextData;
}

/** An error in a text, in a few words. */
export class TextError extends Error {
  override readonly name: string = 'TextError';
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/** The error of a text that would print nothing, because the record lacks a value. */
export class EmptyValue extends TextError {
  override readonly name = 'EmptyValue';
}

/** A problem of a text, and its line in the text, from 1. */
export interface TextProblem {
  readonly message: string;
  readonly hint?: string | undefined;
  readonly line: number;
}

/** Whether a text may name a variable, by its path; if not, the nearest one that it may. */
export type Knows = (path: readonly string[]) => true | { readonly hint: string | undefined };

/** A rendered text with the positions of inserted values, as distinct from the author's own words. */
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
  /** Says what is wrong with a text itself, or with the variables that it names; undefined if nothing is. */
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
