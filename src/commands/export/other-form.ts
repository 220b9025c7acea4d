/** An export for other programs, in which a record is not a row: vCards, calendars. */
import type { Kind } from '../../domain/kinds.ts';
import type { View } from '../../app/core/view.ts';
import type { Context } from '../line/context.ts';
import type { Options, OptionSpec } from '../line/options.ts';

/** The data for a form. */
export interface Exported {
  readonly context: Context;
  readonly options: Options;
  readonly view: View;
  /** The rows that were asked for, in order. */
  readonly rows: readonly number[];
  /** The id of the workspace, of which other programs make ids of their own. */
  readonly workspace: string;
}

/** A text; where it can be one file for each record, its name. */
export interface Piece {
  readonly file: string;
  readonly text: string;
}

export interface OtherForm {
  /** The option that asks for it, as `Options` has it. */
  readonly name: string;
  readonly kind: Kind;
  /** With the dot: a word of the command line that ends so is a file and no query. */
  readonly ending: string;
  /** The noun for the written rows: `contact`. */
  readonly noun: string;
  readonly options: readonly OptionSpec[];
  /** The options that mean nothing without it, as `Options` has them. */
  readonly details: readonly string[];
  /** Whether each record can be a file of a directory. */
  readonly bySingle: boolean;
  pieces(exported: Exported): Promise<Iterable<Piece>>;
}
