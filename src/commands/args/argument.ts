/** An argument of a command as data: what it is, how many words it takes, and what the command is handed for it. */
import type { Config } from '../../domain/config.ts';
import type { Kind, Kinds } from '../../domain/kinds.ts';

/** What the words of an argument name. Completion and questions offer what there is of it. */
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

/** A thing of the settings, and what it is called or says. */
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
  /** A word for an example; left out: one of this workspace, or the label. */
  readonly example?: string;
  /** The kinds of record that it may name; of several, completion offers them in this order. */
  readonly kinds?: readonly Kind[];
  /** The field whose values it takes, by kind and name. */
  readonly field?: { readonly kind: Kind; readonly name: string };
  /** The things of the settings that it names. */
  readonly among?: (config: Config) => readonly Thing[];
  /** Other types that a word may name instead: an automation or a record. */
  readonly or?: readonly ArgumentType[];
  /** Words with a meaning of their own: `auto`, `none`. */
  readonly words?: readonly string[];
  /** Whether its word is several of them with commas between. */
  readonly isListed?: true;
  /** A query that the records satisfy which questions offer, a closed set of one field: `status:open`. */
  readonly offers?: string;
  /** How many words a question asks for; left out: one. */
  readonly least?: number;
  /** Whether an empty answer to the question leaves it out, by the words of the other arguments; left out: it is asked for again. */
  readonly mayBeEmpty?: (words: ReadonlyMap<string, readonly string[]>) => boolean;
  /** The option that takes an answer which, as a word, would be taken for another argument. */
  readonly elseOption?: string;
  /** The options and other arguments in whose absence a question asks for an argument that may be left out. */
  readonly asksUnless?: readonly string[];
  /** Whether it takes these words and no others. */
  readonly isClosed?: true;
  readonly isOptional?: true;
  /** Whether it takes all words that the others leave. One argument of a command at most. */
  readonly isMany?: true;
  /** The option that stands in its place: with `--where` a command takes no ids. */
  readonly insteadOf?: string;
  /** The option beside which it may be left out. */
  readonly optionalWith?: string;
  /** The whole of it in the line of usage, if that is not the label with brackets and dots. */
  readonly line?: string;
  /** Recognises its words by their form; they may stand anywhere: `name=value`, `+vip`. */
  readonly form?: (word: string) => boolean;
  /** Recognises words that begin with a dash and are this argument, not an option. */
  readonly dash?: (word: string) => boolean;
  /** Makes the value of the words; left out: the word, or all words of an argument that takes many. */
  readonly read?: (words: readonly string[]) => V;
}

/** The arguments of a command by name, in order. */
export type Arguments = Readonly<Record<string, Argument<unknown>>>;

/** What a command is handed: a value for each of its arguments. */
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
  // A query is many words, and one thing.
  const dots = isMany && type !== 'query' ? '...' : '';
  if (!isOptional) return `${label}${dots}`;
  return label.includes('|') && dots !== '' ? `[${label}]${dots}` : `[${label}${dots}]`;
}

/** Returns which deals, contacts, ... an argument may name, for a question: `deal or contact`. */
export const kindsInWords = (kinds: readonly Kind[]): string => kinds.join(' or ');

/** Returns an id of a kind, for examples. */
export const exampleId = (kinds: Kinds, kind: Kind): string => kinds.makeId(kind, 12);
