/**
 * Guesses how a mapping must read the values of columns: words of closed sets, and the notation of dates and numbers.
 */
import { currencyIn, digitsOf, readMoney, readNumber } from './amounts.ts';
import { formatLike, orderOf } from './date-texts.ts';
import { isRead, normalized } from './guess-field.ts';
import type { Target as Goal } from './mapping.ts';
import { CLOSES } from './row-reader.ts';
import type { ImportKind, Target } from './target.ts';
import { localeNamed } from '../../domain/locales.ts';
import { distance, nearest } from '../../domain/nearest.ts';
import { readings } from '../../domain/typed-dates.ts';
import { fieldTypes, type ValueContext } from '../../kinds/field-types.ts';
import type { Field } from '../../kinds/field.ts';

/** The most different values of a closed set; a column with more is not one. */
const MOST_VALUES = 60;

/** The mapping of a column of words: undefined if there are too many words for a closed set. */
export interface ByValue {
  readonly values: Goal | undefined;
  /** Words that none of the field's values seems to be. */
  readonly left: readonly string[];
  readonly note?: string;
}

/**
 * Maps words that are not values of a closed set: those that mean the end of a deal are its status. Unknown words are
 * left empty, or become a new stage (`mayMake`), and are noted.
 */
export function byValue(
  field: Field,
  goal: Goal,
  texts: readonly string[],
  context: ValueContext,
  kind: ImportKind,
  mayMake: boolean,
): ByValue {
  const words = [...new Set(texts)];
  if (words.length > MOST_VALUES) return { values: field.required ? goal : undefined, left: [] };
  const known = lowerCased(goal.values ?? {});
  const values: Record<string, { readonly [field: string]: string }> = {};
  const left: string[] = [];
  const options = field.options?.(context.config) ?? [];
  for (const word of words) {
    const ready = known.get(word.toLowerCase());
    if (!ready && isRead(() => fieldTypes[field.type].parse(word, field, context))) continue;
    const meant = ready ?? endOf(word, field, kind) ?? nearestTo(word, field, context);
    if (meant) values[word] = meant;
    else left.push(word);
  }
  const isMade = field.name === 'stage' && mayMake;
  const [only] = options;
  for (const word of left)
    if (field.name === 'pipeline' && options.length === 1) values[word] = { pipeline: only! };
    else if (field.name === 'type' && kind === 'activity') values[word] = { type: 'note' };
    else if (field.name !== 'stage') values[word] = {};
  const end = isMade ? ', or they become new stages' : '';
  return {
    values: Object.keys(values).length > 0 ? { field: field.name, values } : { field: field.name },
    left,
    ...(left.length > 0 && {
      note: `say what these are${end}: ${left.join(', ')}; ${field.name} is one of ${options.join(', ')}`,
    }),
  };
}

const lowerCased = (values: NonNullable<Goal['values']>) =>
  new Map(Object.entries(values).map(([word, meant]) => [word.toLowerCase(), meant]));

/** The status that a word for the end of a deal means. */
function endOf(word: string, field: Field, kind: ImportKind): { readonly status: string } | undefined {
  if (kind !== 'deal' || (field.name !== 'stage' && field.name !== 'status')) return undefined;
  const plain = normalized(word);
  if (/^(closed)?won$|^gewonnen$|^nyert/.test(plain)) return { status: 'won' };
  if (/^(closed)?lost$|^verloren$|^elvesz/.test(plain)) return { status: 'lost' };
  return undefined;
}

function nearestTo(
  word: string,
  field: Field,
  { config }: ValueContext,
): { readonly [field: string]: string } | undefined {
  const known = [...(field.options?.(config) ?? []), ...(field.names?.(config) ?? []).map(each => each.name)];
  const near = nearest(
    word,
    known.filter(each => isLikely(word, each)),
  );
  return near === undefined ? undefined : { [field.name]: near };
}

/**
 * Whether a word of a file is probably a known one: misspelt, or its first words (`Proposal` of `Proposal sent`). That a
 * known word begins with the same letters is enough for a hint, but not to fill in values: `New` is not `newsletter`.
 */
function isLikely(word: string, known: string): boolean {
  const [its, other] = [normalized(word), normalized(known)];
  if (distance(its, other) <= Math.max(1, Math.floor(its.length / 3))) return true;
  const words = (text: string) => text.split(/[^\p{L}\p{N}]+/u);
  return normalized(words(known).slice(0, words(word).length).join(' ')) === its;
}

export function datesOf(
  columns: ReadonlyMap<string, Goal>,
  target: Target,
  texts: ReadonlyMap<string, readonly string[]>,
  notes: Map<string, string>,
): string | undefined {
  const dated = [...columns].filter(([, { field }]) => {
    const type = field === CLOSES ? 'day' : field && target.field(field)?.type;
    return type === 'day' || type === 'instant';
  });
  const all = dated.flatMap(([column]) => texts.get(column)!);
  const written = writtenIn(all);
  if (written.length === 0) return undefined;
  // The columns that are left out may say what the others leave open.
  const order = orderOf(written) ?? orderOf(writtenIn([...texts.values()].flat()));
  if (order !== undefined) return formatLike(written[0]!, order);
  const formats = [...readings(written[0]!).keys()].map(each => formatLike(written[0]!, each));
  notes.set(dated[0]![0], `add dates: ${formats.join(' or ')}`);
  return undefined;
}

/** The dates among texts that are not in ISO order, without their times. */
const writtenIn = (texts: readonly string[]): string[] =>
  texts
    .map(text => text.replace(/,?[ T]+\d{1,2}:.*$/, ''))
    .filter(text => !/^\d{4}-\d\d-\d\d/.test(text) && readings(text).size > 0);

export function localeOf(
  columns: ReadonlyMap<string, Goal>,
  target: Target,
  texts: ReadonlyMap<string, readonly string[]>,
  notes: Map<string, string>,
  context: ValueContext,
): string | undefined {
  const numbers = [...columns].filter(([, { field }]) => {
    const type = field && target.field(field)?.type;
    return type === 'money' || type === 'number';
  });
  const all = numbers.flatMap(([column]) => texts.get(column)!).filter(text => /\d/.test(text));
  const digits = all.map(digitsOf).filter(text => text !== undefined);
  if (digits.length === 0) return undefined;
  const areMoney = numbers.every(([, { field }]) => target.field(field!)?.type === 'money');
  const reads = (name: string | undefined) => {
    const locale = name === undefined ? undefined : localeNamed(name);
    return digits.every(text => isRead(() => readNumber(text, locale)));
  };
  if (reads(undefined)) return undefined;
  const possible = ['en', 'nl', 'fr', 'de-ch'].filter(reads);
  if (possible.length === 1) return possible[0];
  // Amounts of which each has one meaning only need no locale.
  const { currency } = context;
  if (areMoney && all.every(text => isRead(() => readMoney(text, currencyIn(text) ?? currency, undefined))))
    return undefined;
  if (possible.length > 1) notes.set(numbers[0]![0], `add locale: ${possible.join(' or ')}`);
  return undefined;
}
