/** A field of a kind of record: a name, a place in the record, a type, and what may be done with it. */
import type { Config } from '../domain/config.ts';
import type { Kind } from '../domain/kinds.ts';
import type { Json, Rec } from '../domain/records.ts';

export type FieldTypeName =
  | 'text'
  | 'link'
  | 'number'
  | 'money'
  | 'instant'
  | 'day'
  | 'time'
  | 'boolean'
  | 'word'
  | 'currency'
  | 'choice'
  | 'choices'
  | 'tags'
  | 'user'
  | 'repeat'
  | 'ref'
  | 'refs'
  | 'emails'
  | 'phone'
  | 'phones'
  | 'domains'
  | 'handle'
  | 'files';

export interface Field {
  /** camelCase, as in JSON, CSV and `set`. */
  readonly name: string;
  readonly type: FieldTypeName;
  /** Its label for people; left out: its name in words. */
  readonly label?: string;
  /** Where it is in the record; `fields.product` for a custom field. */
  readonly path: string;
  /** Other names it goes by, in `set` and in queries; kebab-case is always understood. */
  readonly aliases: readonly string[];
  /** Whether `set` and import may change it. */
  readonly settable: boolean;
  /** An import may set it, though `set` may not: it is a fact from before the record came here. */
  readonly importable?: true;
  readonly required: boolean;
  /** The kinds that a reference may point to. */
  readonly refs?: readonly Kind[];
  /** The record is a part of the one that it points to, and is forgotten with it. */
  readonly belongs?: true;
  /** The paths of lists, each of records of one kind, that point to records as this field does. */
  readonly also?: readonly string[];
  /** The paths of the stored fields that it shows as one. */
  readonly parts?: readonly string[];
  /** Whether people may give it though it is not stored: the record that it names goes to the one of `parts` for its kind. */
  readonly isSplit?: true;
  /** Whether the text that `add` takes may name the records around it, as a template does: `{{ contact.name }}`. */
  readonly isTemplate?: true;
  /** Whether `auto` may be written instead of a user: the pipeline of the record chooses one. */
  readonly assigns?: true;
  /** The values of a closed set. */
  readonly options?: (config: Config) => readonly string[];
  /** The names of the options, if they have names beside their ids. */
  readonly names?: (config: Config) => readonly { readonly id: string; readonly name: string }[];
  /** Whether it is shown by itself in JSON and CSV; custom fields are inside `fields`. */
  readonly custom: boolean;
  /** Computes the value from a record, if the field is another view of a stored one. */
  readonly read?: (record: Rec) => Json | undefined;
  /** Whether it is the time at which something happened, so that a day without a year is the nearest past one. */
  readonly happened?: true;
  /** The field that keeps the time of day, if one is typed with the day. */
  readonly time?: string;
  /**
   * Whether JSON of a whole record leaves it out if it is empty, because records were printed before the field
   * existed.
   */
  readonly sparse?: true;
  /** Whether it is stored but not shown, because it is a part of what another field shows. */
  readonly hidden?: true;
  /** Whether the history shows it only to users who see everything, because it may contain data of any record. */
  readonly needsAll?: true;
  /** Whether no table keeps a column of it: another column has its values. */
  readonly columnless?: true;
  /** Whether a custom field of the same name takes its place: workspaces had one before there was this field. */
  readonly yields?: true;
  /** Whether it is a name or a title: one line, without blanks around it and two blanks in a row. */
  readonly line?: true;
  /**
   * Whether queries and lists use the derived field of the same name instead, which knows more than the record does.
   */
  readonly derivedToo?: true;
  /** Whether people see it below the other fields of a record, as a text without a label. */
  readonly below?: true;
  /** Whether bare words search it. */
  readonly searched: boolean;
  /** The question about it, without the question mark, if nothing can be added without it. */
  readonly asks?: string;
  /** The help of the option that sets it, if the type does not explain it. */
  readonly help?: string;
}

/** Whether an import may set a field. */
export const mayImport = ({ settable, importable }: Field): boolean => settable || importable === true;

type Extra = Partial<Omit<Field, 'name' | 'type'>>;

/** Makes a field like most: stored under its name, and settable. */
export const field = (name: string, type: FieldTypeName, extra: Extra = {}): Field => ({
  name,
  type,
  path: name,
  aliases: [],
  settable: true,
  required: false,
  custom: false,
  searched: false,
  ...extra,
});
