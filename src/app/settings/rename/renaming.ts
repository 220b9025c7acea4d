/** How to rename something that settings name: one function for each kind of text in which its name may stand. */
import type { Kind } from '../../../domain/kinds.ts';
import type { ParamType } from '../../../engine/rules/param-types.ts';
import type { Atom } from '../../../query/parse.ts';

/** Each function returns its text with the new name in place of the old one; left out: the text does not change. */
export interface Renaming {
  /** A term of a query that is asked of records of a kind. */
  term?(term: Atom, kind: Kind): string;
  /** The value of a parameter of a trigger or step, by its type; `kind` is what the parameters are about. */
  param?(type: ParamType, value: string, kind: Kind): string;
  /** A field of a kind, where a field is named: on a card, in a mapping, as what a step sets. */
  field?(name: string, kind: Kind): string;
  /** The value of a field, where one is set: by a step, by a mapping. */
  value?(field: string, value: string, kind: Kind): string;
  /** One of a list of users and `team:NAME`. */
  member?(name: string): string;
  /** A text with Liquid in it. */
  liquid?(text: string): string;
}
