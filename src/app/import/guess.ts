/** A mapping guessed from the names of columns and from what is in them; what is not certain is noted, never assumed. */
import { readNumber } from './amounts.ts';
import { formatLike, orderOf } from './date-texts.ts';
import { type Mapping, noMapping, type Target as Goal } from './mapping.ts';
import { dialectOf } from './ready/index.ts';
import { CLOSES, CONTACT_NAME } from './row-reader.ts';
import { meanings } from './synonyms.ts';
import type { ImportKind, Target } from './target.ts';
import { ORIGIN } from '../core/origin.ts';
import { CrmError } from '../../domain/errors.ts';
import { fold } from '../../domain/fold.ts';
import { localeNamed } from '../../domain/locales.ts';
import { nearest } from '../../domain/nearest.ts';
import { readings } from '../../domain/typed-dates.ts';
import { fieldTypes, type ValueContext } from '../../kinds/field-types.ts';
import { type Field, mayImport } from '../../kinds/field.ts';

export interface Guess {
  readonly mapping: Mapping;
  /** What a person should look at, by column; '' is of the whole. */
  readonly notes: ReadonlyMap<string, string>;
  /** Words of a closed set that none of its values seems to be, by column. */
  readonly unknown: ReadonlyMap<string, readonly string[]>;
}

/** So many different values of a closed set are looked at; a column with more is none. */
const MOST_VALUES = 60;

/** Guesses how columns become fields, from some of the rows: `cells` of each in the order of the header. */
export function guessMapping(
  kind: ImportKind,
  target: Target,
  header: readonly string[],
  cells: readonly (readonly string[])[],
  context: ValueContext,
): Guess {
  const notes = new Map<string, string>();
  const unknown = new Map<string, readonly string[]>();
  const names = new Set(target.fields.flatMap(field => [field.name, ...field.aliases]).map(normalized));
  const dialect = dialectOf(header, kind, column => names.has(normalized(column)));
  if (dialect) notes.set('', `looks like an export of ${dialect.name}`);
  const columns = new Map<string, Goal>();
  const ignore: string[] = [];
  const compose = new Map(
    Object.entries(dialect?.mapping.compose ?? {}).filter(([, template]) =>
      header.some(column => template.includes(`{${column}}`)),
    ),
  );
  const taken = new Set(compose.keys());
  const composed = (column: string) =>
    [...compose.values()].some(template => template.includes(`{${column}}`));
  const texts = new Map(
    header.map((column, i) => [column, cells.map(row => (row[i] ?? '').trim()).filter(text => text !== '')]),
  );

  // First what the names say for certain, then what they may mean.
  for (const column of header) {
    const goal = dialect?.mapping.columns[column];
    if (!goal) continue;
    columns.set(column, goal);
    if (goal.field) taken.add(goal.field);
  }
  for (const column of header) {
    if (columns.has(column)) continue;
    const field = target.field(column);
    if (field && !taken.has(field.name)) {
      columns.set(column, { field: field.name });
      taken.add(field.name);
    }
  }
  nameOfParts(kind, header, columns, compose, taken);
  for (const column of header) {
    if (columns.has(column) || composed(column) || column === 'crm_error' || column === ORIGIN) continue;
    const field = fieldFor(kind, target, column, texts.get(column)!, taken);
    if (field === undefined) {
      ignore.push(column);
      if (texts.get(column)!.length > 0)
        notes.set(column, `for example ${JSON.stringify(texts.get(column)![0])}`);
      continue;
    }
    columns.set(column, { field });
    taken.add(field);
  }
  if (kind === 'deal') closing(columns, taken);
  for (const [column, goal] of columns) {
    const field = goal.field === undefined ? undefined : target.field(goal.field);
    if (field?.type === 'choice') {
      const { values, left } = byValue(field, goal, texts.get(column)!, context, kind);
      columns.set(column, values);
      if (left.length === 0) continue;
      unknown.set(column, left);
      const options = (field.options?.(context.config) ?? []).join(', ');
      notes.set(column, `say what these are: ${left.join(', ')}; ${field.name} is one of ${options}`);
    }
  }
  const dates = datesOf(columns, target, texts, notes);
  const locale = localeOf(columns, target, texts, notes);
  const fieldNames = [...columns.values()].map(goal => goal.field);
  const made = (field: string, what: string) => (fieldNames.includes(field) && kind !== what ? [what] : []);
  // Accounts are known by their names, which is also how others of the file point to them.
  const key = keyOf(columns, texts, [
    dialect?.mapping.key,
    'externalId',
    'email',
    kind === 'account' ? 'name' : undefined,
  ]);
  return {
    mapping: {
      ...noMapping,
      kind: target.noun,
      ...(key !== undefined && { key }),
      ...(dates !== undefined && { dates }),
      ...(locale !== undefined && { locale }),
      columns: Object.fromEntries(
        header.flatMap(column => (columns.has(column) ? [[column, columns.get(column)!]] : [])),
      ),
      compose: Object.fromEntries(compose),
      createMissing: [
        ...new Set([
          ...made('account', 'accounts'),
          ...made('parent', 'accounts'),
          ...made('contact', 'contacts'),
          ...made('owner', 'users'),
          ...made('assignee', 'users'),
        ]),
      ],
      ignore,
    },
    notes,
    unknown,
  };
}

const normalized = (name: string): string => fold(name).replace(/[^\p{L}\p{N}]+/gu, '');

function fieldFor(
  kind: ImportKind,
  target: Target,
  column: string,
  texts: readonly string[],
  taken: ReadonlySet<string>,
): string | undefined {
  const plain = normalized(column);
  const isFree = (name: string) => !taken.has(name);
  const named = target.fields.find(
    field => mayImport(field) && [field.name, ...field.aliases].some(name => normalized(name) === plain),
  );
  if (named && isFree(named.name)) return named.name;
  // A contact is named by an address; a column of names is for one that is made.
  const hasAddresses = texts.length > 0 && texts.every(text => /^\S+@\S+\.\S+$/.test(text));
  const found = meanings(kind, plain).find(
    name => isFree(name) && (name !== CONTACT_NAME || taken.has('contact')),
  );
  if (found === 'contact' && !hasAddresses && isFree(CONTACT_NAME) && kind === 'deal') return 'contact';
  if (found !== undefined) return found;
  const address = kind === 'contact' || kind === 'user' ? 'email' : kind === 'deal' ? 'contact' : undefined;
  if (hasAddresses && address && isFree(address)) return address;
  return /(^|[_\s-])(id|no|nr|number|ref|code)\.?$/i.test(column) &&
    new Set(texts).size === texts.length &&
    texts.length > 0 &&
    isFree('externalId')
    ? target.field('externalId')?.name
    : undefined;
}

/** A first and a last name make a name. */
function nameOfParts(
  kind: ImportKind,
  header: readonly string[],
  columns: ReadonlyMap<string, Goal>,
  compose: Map<string, string>,
  taken: Set<string>,
): void {
  const field = kind === 'contact' || kind === 'user' ? 'name' : kind === 'deal' ? CONTACT_NAME : undefined;
  if (field === undefined || taken.has(field)) return;
  const find = (words: string) =>
    header.find(column => !columns.has(column) && words.split(' ').includes(normalized(column)));
  const first = find('firstname givenname voornaam vorname keresztnev contactfirstname');
  const last = find('lastname surname familyname achternaam nachname vezeteknev contactlastname');
  if (!first || !last) return;
  compose.set(field, `{${first}} {${last}}`);
  taken.add(field);
}

/** Where one column has a closing date and another says how deals ended, that date is of both. */
function closing(columns: Map<string, Goal>, taken: ReadonlySet<string>): void {
  const dated = [...columns].filter(([, { field }]) => field === 'closedAt' || field === 'expectedClose');
  const [only] = dated;
  const hasEnd = taken.has('stage') || taken.has('status');
  if (only && dated.length === 1 && hasEnd && /^clos(e|ed|ing)?date$/.test(normalized(only[0])))
    columns.set(only[0], { field: CLOSES });
}

/** Words of a closed set that are none of its values: those that mean the end of a deal are its status. */
function byValue(
  field: Field,
  goal: Goal,
  texts: readonly string[],
  context: ValueContext,
  kind: ImportKind,
): { values: Goal; left: readonly string[] } {
  const words = [...new Set(texts)];
  if (words.length > MOST_VALUES) return { values: goal, left: [] };
  const values: Record<string, { readonly [field: string]: string }> = { ...goal.values };
  const left: string[] = [];
  for (const word of words) {
    if (Object.hasOwn(values, word) || isRead(() => fieldTypes[field.type].parse(word, field, context)))
      continue;
    const plain = normalized(word);
    const ended = kind === 'deal' && (field.name === 'stage' || field.name === 'status');
    if (ended && /^(closed)?won$|^gewonnen$|^nyert/.test(plain)) values[word] = { status: 'won' };
    else if (ended && /^(closed)?lost$|^verloren$|^elvesz/.test(plain)) values[word] = { status: 'lost' };
    else {
      const near = nearest(word, [
        ...(field.options?.(context.config) ?? []),
        ...(field.names?.(context.config) ?? []).map(each => each.name),
      ]);
      if (near !== undefined) values[word] = { [field.name]: near };
      else left.push(word);
    }
  }
  return {
    values: Object.keys(values).length > 0 ? { field: field.name, values } : { field: field.name },
    left,
  };
}

function datesOf(
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
  const written = all.filter(text => !/^\d{4}-\d\d-\d\d/.test(text) && readings(text).size > 0);
  if (written.length === 0) return undefined;
  const order = orderOf(written);
  if (order !== undefined) return formatLike(written[0]!, order);
  const formats = [...readings(written[0]!).keys()].map(each => formatLike(written[0]!, each));
  notes.set(dated[0]![0], `add dates: ${formats.join(' or ')}`);
  return undefined;
}

function localeOf(
  columns: ReadonlyMap<string, Goal>,
  target: Target,
  texts: ReadonlyMap<string, readonly string[]>,
  notes: Map<string, string>,
): string | undefined {
  const numbers = [...columns].filter(([, { field }]) => {
    const type = field && target.field(field)?.type;
    return type === 'money' || type === 'number';
  });
  const all = numbers
    .flatMap(([column]) => texts.get(column)!)
    .filter(text => /\d/.test(text) && !/[$€£¥]/.test(text));
  if (all.length === 0) return undefined;
  const reads = (name: string | undefined) => {
    const locale = name === undefined ? undefined : localeNamed(name);
    return all.every(text => isRead(() => readNumber(text, locale)));
  };
  if (reads(undefined)) return undefined;
  const possible = ['en', 'nl', 'fr', 'de-ch'].filter(reads);
  if (possible.length === 1) return possible[0];
  if (possible.length > 1) notes.set(numbers[0]![0], `add locale: ${possible.join(' or ')}`);
  return undefined;
}

/** By which field rows are known again: an id that each has once. */
function keyOf(
  columns: ReadonlyMap<string, Goal>,
  texts: ReadonlyMap<string, readonly string[]>,
  keys: readonly (string | undefined)[],
): string | undefined {
  for (const key of keys)
    for (const [column, { field }] of columns) {
      const values = texts.get(column)!;
      if (key !== undefined && field === key && values.length > 0 && new Set(values).size === values.length)
        return key;
    }
  return undefined;
}

function isRead(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (error instanceof CrmError) return false;
    throw error;
  }
}
