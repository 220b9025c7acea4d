/** The arguments that commands declare: one function for each thing that a word of a command line may be. */
import type { Kind } from '../../domain/kinds.ts';
import { kindsInWords, type Argument, type Thing } from './argument.ts';
import { assignments, isAssignment, isPair } from './assignments.ts';

type One = Argument<string>;
type Many = Argument<readonly string[]>;
/** The properties that a command may override. */
type Own = Partial<
  Pick<One, 'label' | 'asks' | 'example' | 'words' | 'or' | 'offers' | 'least' | 'isListed' | 'hint'>
>;

/** Returns the argument as one that may be left out. */
export const optional = <V>(argument: Argument<V>): Argument<V | undefined> => ({
  ...(argument as Argument<V | undefined>),
  isOptional: true,
});

/** Returns the argument as one that takes one or more words. */
export const several = (argument: One): Many => ({ ...(argument as Argument<never>), isMany: true });

/** Returns the argument as one that takes any number of words, or none. */
export const anyNumber = (argument: One): Many => ({
  ...(argument as Argument<never>),
  isMany: true,
  isOptional: true,
});

/** Returns the argument as one that an option replaces: with `--where`, a command takes no ids. */
export const insteadOf = <V>(option: string, argument: Argument<V>): Argument<V | undefined> => ({
  ...(argument as Argument<V | undefined>),
  insteadOf: option,
});

/** Returns the argument as one that may be left out if an option is given. */
export const optionalWith = <V>(option: string, argument: Argument<V>): Argument<V | undefined> => ({
  ...(argument as Argument<V | undefined>),
  optionalWith: option,
});

/** A record of one of some kinds, by its id or a natural key. */
export const record = (kinds: Kind | readonly Kind[], own: Own = {}): One => {
  const all = typeof kinds === 'string' ? [kinds] : kinds;
  return { type: 'record', label: 'ID', asks: `which ${kindsInWords(all)}`, kinds: all, ...own };
};

/** One or more records; `-` reads their ids from standard input. */
export const records = (kinds: Kind | readonly Kind[], own: Own = {}): Many => several(record(kinds, own));

/** One or more records, or all records that `--where` finds. */
export const chosen = (kinds: Kind | readonly Kind[], own: Own = {}): Many => ({
  ...records(kinds, own),
  insteadOf: 'where',
});

/** One record, or all records that `--where` finds. */
export const chosenOne = (kinds: Kind | readonly Kind[], own: Own = {}): Many => ({
  ...(record(kinds, own) as Argument<never>),
  insteadOf: 'where',
  read: words => words,
});

/** Records that are in the trash. */
export const trashed = (kind: Kind): Many => ({ ...records(kind), type: 'trashed' });

export const pipeline = (own: Own = {}): One => ({
  type: 'pipeline',
  label: 'PIPELINE',
  asks: 'which pipeline',
  among: config => named(config.pipelines),
  ...own,
});

export const stage = (own: Own = {}): One => ({
  type: 'stage',
  label: 'STAGE',
  asks: 'which stage',
  among: config => named(config.pipelines.flatMap(({ stages }) => stages)),
  ...own,
});

export const user = (own: Own = {}): One => ({
  type: 'user',
  label: 'USER',
  asks: 'which user',
  among: config => named(Object.values(config.users).filter(({ active }) => active)),
  ...own,
});

export const team = (own: Own = {}): One => ({
  type: 'team',
  label: 'NAME',
  asks: 'which team',
  among: config => Object.entries(config.teams).map(([id, members]) => ({ id, about: members.join(', ') })),
  ...own,
});

export const view = (own: Own = {}): One => ({
  type: 'view',
  label: 'NAME',
  asks: 'which view',
  among: config => config.views.map(({ id, query }) => ({ id, about: query })),
  ...own,
});

export const automation = (own: Own = {}): One => ({
  type: 'automation',
  label: 'NAME',
  asks: 'which automation',
  among: config => named(config.automations),
  ...own,
});

export const template = (own: Own = {}): One => ({
  type: 'template',
  label: 'NAME',
  asks: 'which template',
  among: config => Object.values(config.templates).map(({ id, subject }) => ({ id, about: subject })),
  ...own,
});

export const taskType = (own: Own = {}): One => ({
  type: 'word',
  label: 'NAME',
  asks: 'which task type',
  among: config => Object.keys(config.taskTypes).map(id => ({ id })),
  ...own,
});

/** A custom field of the kind that the previous argument names. */
export const field = (own: Own = {}): One => ({ type: 'field', label: 'NAME', asks: 'which field', ...own });

export const tag = (own: Own = {}): One => ({ type: 'tag', label: 'TAG', asks: 'which tag', ...own });

/** The plural of a kind of record: `deals`. */
export const kind = (own: Own = {}): One => ({
  type: 'kind',
  label: 'KIND',
  asks: 'of which kind',
  example: 'deals',
  ...own,
});

/** One of a closed set of words. */
export const oneWord = <W extends string>(words: readonly W[], own: Own = {}): Argument<W> => ({
  type: 'word',
  label: words.join('|'),
  asks: 'what',
  example: words[0]!,
  words,
  isClosed: true,
  ...own,
});

/** A word on its own that may stand anywhere: `-` for standard input. */
export const mark = (word: string): Argument<boolean> => ({
  type: 'word',
  label: word,
  asks: word,
  words: [word],
  isOptional: true,
  form: each => each === word,
  read: words => words.length > 0,
});

/** A name that is new, or a short text. */
export const text = (label: string, asks: string, own: Own = {}): One => ({
  type: 'text',
  label,
  asks,
  dash: hasSpace,
  ...own,
});

/** A text that all remaining words make up, so that it needs no quotes. */
export const sentence = (asks: string, own: Own = {}): One => ({
  ...(text('TEXT', asks, own) as Argument<never>),
  line: 'TEXT',
  isMany: true,
  read: words => words.join(' '),
});

/** The words of a query; several are ANDed. */
export const requiredQuery = (own: Own = {}): Many => ({
  type: 'query',
  label: 'QUERY',
  asks: 'which query',
  isMany: true,
  ...own,
});

/** The words of a query that may be left out. */
export const query = (): Many => ({ ...requiredQuery(), isOptional: true });

export const day = (own: Own = {}): One => ({
  type: 'day',
  label: 'DAY',
  asks: 'which day',
  example: 'tomorrow',
  dash: word => /^-\d/.test(word),
  ...own,
});

export const file = (own: Own = {}): One => ({ type: 'file', label: 'FILE', asks: 'which file', ...own });

export const number = (label: string, asks: string, own: Own = {}): One => ({
  type: 'number',
  label,
  asks,
  example: '57',
  ...own,
});

/** Words that are recognised by their form, wherever they stand; `dash` says which of them begin with a dash. */
export const formed = <V>(
  argument: Pick<
    Argument<V>,
    'type' | 'label' | 'asks' | 'among' | 'asksUnless' | 'example' | 'isOptional' | 'isMany'
  > &
    Required<Pick<Argument<V>, 'form' | 'read'>> & { readonly line?: string },
): Argument<V> => ({ ...argument, dash: word => !word.startsWith('--') && argument.form(word) });

/** The pairs of `crm deal set ID... FIELD=VALUE...`, which may stand anywhere. */
export const fieldPairs = (): Argument<[string, string][]> => ({
  type: 'fields',
  label: 'FIELD=VALUE',
  asks: 'what to set',
  example: 'FIELD=VALUE',
  line: 'FIELD=VALUE...',
  isMany: true,
  form: isAssignment,
  read: words => assignments(words, 'a field'),
});

/** The pairs of `crm stage set STAGE KEY=VALUE...`; completion and questions offer `keys`. */
export const settingPairs = (example: string, keys: readonly string[]): Argument<[string, string][]> => ({
  type: 'settings',
  label: 'KEY=VALUE',
  asks: 'what to set',
  example,
  line: 'KEY=VALUE...',
  words: keys.map(key => `${key}=`),
  isMany: true,
  form: isPair,
  read: words => assignments(words, 'a setting'),
});

const named = (all: readonly { readonly id: string; readonly name?: string }[]): Thing[] =>
  all.map(({ id, name }) => ({ id, about: name }));

const hasSpace = (word: string): boolean => /\s/.test(word);
