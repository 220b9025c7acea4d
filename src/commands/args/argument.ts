/** An argument of a command as data: its type, how many words it takes, and how its value is made of them. */
import type { Config } from '../../domain/config.ts';
import type { Kind, Kinds } from '../../domain/kinds.ts';

/** What the words of an argument name. Completion and questions offer the existing things of that type. */
export type ArgumentType =
  | 'record'
  | 'trashed'
  | 'pipeline'
  | 'stage'
  | 'user'
  | 'team'
  | 'view'
  | 'automation'
  | 'template'
  | 'field'
  | 'tag'
  | 'kind'
  | 'report'
  | 'help'
  | 'query'
  | 'fields'
  | 'settings'
  | 'day'
  | 'number'
  | 'file'
  | 'value'
  | 'fieldName'
  | 'group'
  | 'column'
  | 'text'
  | 'word';

/** A thing of the settings; `about` is its name or content, for people. */
export interface Thing {
  readonly id: string;
  readonly about?: string | undefined;
}

export interface Argument<V = unknown> {
  readonly type: ArgumentType;
  /** The word in the line of usage: `ID`, `STAGE`, `add|rm|primary`. */
  readonly label: string;
  /** The question about it, without the question mark: `which deal`, `to which stage`. */
  readonly asks: string;
  /** A word for examples (default: a name from this workspace, or the label). */
  readonly example?: string;
  /** The kinds of record that it may name, in the order in which completion offers them. */
  readonly kinds?: readonly Kind[];
  /** The field whose values it takes, by kind and name. */
  readonly field?: { readonly kind: Kind; readonly name: string };
  /** Returns the things of the settings that it may name. */
  readonly among?: (config: Config) => readonly Thing[];
  /** Further types that a word may name: an automation or a record. */
  readonly or?: readonly ArgumentType[];
  /** Words with a meaning of their own: `auto`, `none`. */
  readonly words?: readonly string[];
  /** Whether one word is a list of values, separated by commas. */
  readonly isListed?: true;
  /** Limits the offered records to some values of one field: `status:open`, `status:open,waiting`. */
  readonly offers?: string;
  /** How many words a question asks for (default: 1). */
  readonly least?: number;
  /** Returns whether an empty answer leaves the argument out, given the words of the others (default: the question repeats). */
  readonly mayBeEmpty?: (words: ReadonlyMap<string, readonly string[]>) => boolean;
  /** The option that takes an answer which, as a word, would be bound to another argument. */
  readonly elseOption?: string;
  /** Set for an optional argument that is asked for unless one of these options or arguments is given. */
  readonly asksUnless?: readonly string[];
  /** Whether it takes only `words`. */
  readonly isClosed?: true;
  /** Returns the hint for a word that is not among `words`; undefined for the usual one: the nearest of them, or all. */
  readonly hint?: (word: string) => string | undefined;
  readonly isOptional?: true;
  /** Whether it takes all words that the other arguments leave. At most one argument of a command does. */
  readonly isMany?: true;
  /** The option that replaces it: with `--where` a command takes no ids. */
  readonly insteadOf?: string;
  /** The option beside which it may be left out. */
  readonly optionalWith?: string;
  /** Its text in the line of usage (default: the label with brackets and dots). */
  readonly line?: string;
  /** Recognises its words by their form; they may stand anywhere: `name=value`, `+vip`. */
  readonly form?: (word: string) => boolean;
  /** Recognises words that begin with a dash and are this argument, not an option. */
  readonly dash?: (word: string) => boolean;
  /** Makes the value from the words; throws USAGE (default: the word, or all words if it takes many). */
  readonly read?: (words: readonly string[]) => V;
}

/** The arguments of a command by name, in order. */
export type Arguments = Readonly<Record<string, Argument<unknown>>>;

/** The values that a command gets, one for each of its arguments. */
export type Values<A extends Arguments> = {
  readonly [Name in keyof A]: A[Name] extends Argument<infer V> ? V : never;
};

/** Returns the arguments in the line of usage: `ID... STAGE`, `[PIPELINE] [QUERY]`. */
export const usageOf = (args: Arguments): string =>
  Object.values(args)
    .map(shown)
    .filter(text => text !== '')
    .join(' ');

function shown({ line, label, isMany, isOptional, type }: Argument): string {
  if (line !== undefined) return line;
  // A query has many words, but it is one thing.
  const dots = isMany && type !== 'query' ? '...' : '';
  if (!isOptional) return `${label}${dots}`;
  return label.includes('|') && dots !== '' ? `[${label}]${dots}` : `[${label}${dots}]`;
}

/** Returns kinds in the words of a question: `deal or contact`. */
export const kindsInWords = (kinds: readonly Kind[]): string => kinds.join(' or ');

/** Returns an id of a kind, for examples. */
export const exampleId = (kinds: Kinds, kind: Kind): string => kinds.makeId(kind, 12);
