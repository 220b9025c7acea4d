/** The target of rows: records of a kind, or users, which are settings. An import knows only this interface. */
import type { Fields } from '../core/writer.ts';
import type { Kind } from '../../domain/kinds.ts';
import type { Rec } from '../../domain/records.ts';
import type { Field } from '../../kinds/field.ts';

/** What can be imported: users are settings, all else are records. */
export type ImportKind = Kind | 'user';

export interface Target {
  /** In the plural: `deals`. */
  readonly noun: string;
  readonly fields: readonly Field[];
  /** The fields by which existing things are found if no key is named, in the order in which they are tried. */
  readonly naturalKeys: readonly string[];
  /** The field of a name; undefined if there is none. */
  field(name: string): Field | undefined;
  /** Returns the ids with a value of a field, in order; several if the key is not unique. */
  find(key: Field, text: string): Rec[];
  /** Adds one and returns its id. Throws its error. */
  create(fields: Fields, line: number): string;
  /** The fields that changed, by name. */
  update(record: Rec, fields: Fields, line: number): readonly string[];
  /** Reverts the work since the mark, for a row that turned out wrong. */
  mark(): number;
  revert(to: number): void;
  /** Called once, when all rows are done and none is to be given up. */
  finish(): Promise<void>;
}
