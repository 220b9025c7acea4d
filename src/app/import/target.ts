/** What rows become: records of a kind, or users, which are settings. An import knows no more of them than this. */
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
  /** By which fields, in turn, what is there already is found where no key is named. */
  readonly naturalKeys: readonly string[];
  /** The field of a name; undefined if there is none. */
  field(name: string): Field | undefined;
  /** What has a field so; in order, more than one where the key is not unique. */
  find(key: Field, text: string): Rec[];
  /** Adds one; its id. Throws what is wrong with it. */
  create(fields: Fields, line: number): string;
  /** The fields that changed, by name. */
  update(record: Rec, fields: Fields, line: number): readonly string[];
  /** Gives up what was done since the mark, for a row that turned out wrong. */
  mark(): number;
  revert(to: number): void;
  /** Called once, when all rows are done and none is to be given up. */
  finish(): Promise<void>;
}
