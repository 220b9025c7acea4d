/**
 * Guesses a mapping from the names of columns and their values; uncertain guesses are noted, never assumed silently.
 */
import { fieldFor, isClosing, normalized } from './guess-field.ts';
import { byValue, datesOf, localeOf } from './guess-values.ts';
import { type Mapping, noMapping, type Target as Goal } from './mapping.ts';
import { dialectOf, sameColumn } from './ready/index.ts';
import { ACCOUNT_ID, CLOSES, CONTACT_NAME } from './row-reader.ts';
import { isAboutOwners } from './synonyms.ts';
import type { ImportKind, Target } from './target.ts';
import { ORIGIN } from '../core/origin.ts';
import { definitionOf } from '../../kinds/define.ts';
import type { ValueContext } from '../../kinds/field-types.ts';
import { mayImport } from '../../kinds/field.ts';

export interface Guess {
  readonly mapping: Mapping;
  /** Notes for a person, by column; '' is for the whole file. */
  readonly notes: ReadonlyMap<string, string>;
  /** Words of a closed set that none of its values seems to be, by column. */
  readonly unknown: ReadonlyMap<string, readonly string[]>;
}

/** The basis of a guess. */
export interface Sample {
  readonly header: readonly string[];
  /** The cells of rows, in the order of the header. */
  readonly cells: readonly (readonly string[])[];
  /** Whether whoever imports may make users and stages that rows name. */
  readonly maySet: boolean;
}

/** Guesses how columns become fields, from some of the rows. */
export function guessMapping(
  kind: ImportKind,
  target: Target,
  { header, cells, maySet }: Sample,
  context: ValueContext,
): Guess {
  const definition = kind === 'user' ? undefined : definitionOf(context.config.kinds, kind);
  const notes = new Map<string, string>();
  const unknown = new Map<string, readonly string[]>();
  const texts = new Map(
    header.map((column, i) => [column, cells.map(row => (row[i] ?? '').trim()).filter(text => text !== '')]),
  );
  const { dialect, columns, compose, ignore } = columnsOf(kind, target, header, texts, notes, context);
  if (definition?.inPipelines) closing(columns, ignore);
  for (const [column, goal] of columns) {
    const field = goal.field === undefined ? undefined : target.field(goal.field);
    if (field?.type !== 'choice') continue;
    const { values, left, note } = byValue(field, goal, texts.get(column)!, context, kind, maySet);
    if (values) columns.set(column, values);
    else {
      columns.delete(column);
      ignore.push(column);
    }
    if (left.length > 0) unknown.set(column, left);
    if (note !== undefined) notes.set(column, note);
  }
  const dates = datesOf(columns, target, texts, notes);
  const locale = localeOf(columns, target, texts, notes, context);
  const has = (field: string) =>
    Object.hasOwn(compose, field) || [...columns.values()].some(goal => goal.field === field);
  // Accounts are known by their names, which is also how others of the file point to them.
  const key = keyOf(columns, texts, cells.length, [dialect, 'externalId', 'email', definition?.knownBy]);
  // A text that may name one of several kinds makes a contact if it is an address.
  const namesPeople = [...columns].some(
    ([column, { field }]) => field === 'for' && texts.get(column)!.some(text => text.includes('@')),
  );
  const made = {
    accounts: (has('account') || has(ACCOUNT_ID) || has('parent')) && kind !== 'user',
    contacts: (has('contact') || has(CONTACT_NAME) || namesPeople) && kind !== 'contact',
    users: maySet && (has('owner') || has('assignee') || has('by')),
    stages: maySet && [...unknown.keys()].some(column => columns.get(column)?.field === 'stage'),
  };
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
      compose,
      createMissing: Object.entries(made).flatMap(([what, isMade]) => (isMade ? [what] : [])),
      ignore,
    },
    notes,
    unknown,
  };
}

/** First the certain names, then the possible ones; other columns are ignored. */
function columnsOf(
  kind: ImportKind,
  target: Target,
  header: readonly string[],
  texts: ReadonlyMap<string, readonly string[]>,
  notes: Map<string, string>,
  context: ValueContext,
) {
  const names = new Set(target.fields.flatMap(field => [field.name, ...field.aliases]).map(normalized));
  const dialect = dialectOf(header, kind, column => names.has(normalized(column)));
  if (dialect) notes.set('', `looks like an export of ${dialect.name}`);
  const columns = new Map<string, Goal>();
  const ignore: string[] = [];
  const compose = dialect ? composeFor(dialect.mapping.compose, header) : {};
  const taken = new Set(Object.keys(compose));
  const take = (column: string, goal: Goal) => {
    columns.set(column, goal);
    if (goal.field) taken.add(goal.field);
  };
  const isOwn = header.includes(ORIGIN);
  for (const column of header) {
    const goal = dialect?.mapping.columns[sameColumn(dialect.mapping, column) ?? ''];
    const isPeople = goal?.field === 'contact' && !taken.has('contact');
    if (goal && (goal.field === undefined || !taken.has(goal.field) || isPeople)) take(column, goal);
  }
  for (const column of header) {
    if (columns.has(column)) continue;
    const field = target.field(column);
    if (
      field &&
      !taken.has(field.name) &&
      (mayImport(field) ? field.name === column && field.type !== 'choice' : isOwn)
    )
      take(column, { field: field.name });
  }
  nameOfParts(kind, header, columns, compose, taken);
  const parts = Object.values(compose).join('');
  // Twice: the meaning of a column may depend on that of another one.
  const isLeft = (column: string) =>
    !columns.has(column) && !parts.includes(`{${column}}`) && column !== 'crm_error' && column !== ORIGIN;
  for (const column of [...header, ...header]) {
    if (!isLeft(column)) continue;
    const among = texts.get(column)!;
    const isFree = (name: string) => !taken.has(name);
    const field =
      column === '' ? undefined : fieldFor(kind, target, { column, texts: among, isFree }, context);
    if (field !== undefined) take(column, { field });
    if (field !== undefined && ignore.includes(column)) {
      ignore.splice(ignore.indexOf(column), 1);
      notes.delete(column);
    } else if (field === undefined && !ignore.includes(column)) {
      ignore.push(column);
      if (among.length > 0) notes.set(column, `for example ${JSON.stringify(among[0])}`);
    }
  }
  if (kind === 'deal') bothOfContact(columns, texts, ignore, notes);
  return { dialect: dialect?.mapping.key, columns, compose, ignore };
}

/** Templates with the names of columns as this header spells them, of those that have one of their columns. */
function composeFor(compose: Mapping['compose'], header: readonly string[]): Record<string, string> {
  const spelt = new Map(header.map(column => [column.toLowerCase(), column]));
  const known = Object.entries(compose).flatMap(([field, template]): [string, string][] => {
    const found = template.replace(/\{([^{}]*)\}/g, (_, column: string) => {
      const own = spelt.get(column.toLowerCase());
      return own === undefined ? '' : `{${own}}`;
    });
    return found.includes('{') ? [[field, found.trim()]] : [];
  });
  return Object.fromEntries(known);
}

/** A column of names that is a contact, beside one of addresses: the address finds the contact, and the name is its name. */
function bothOfContact(
  columns: Map<string, Goal>,
  texts: ReadonlyMap<string, readonly string[]>,
  ignore: string[],
  notes: Map<string, string>,
): void {
  const named = [...columns].find(([, { field }]) => field === 'contact')?.[0];
  if (named === undefined || texts.get(named)!.some(text => text.includes('@'))) return;
  const address = ignore.find(
    column =>
      /contact|person|customer|e-?mail/i.test(column) &&
      !isAboutOwners(normalized(column)) &&
      texts.get(column)!.some(text => /^\S+@\S+$/.test(text)),
  );
  if (address === undefined || [...columns.values()].some(({ field }) => field === CONTACT_NAME)) return;
  columns.set(named, { field: CONTACT_NAME });
  columns.set(address, { field: 'contact' });
  ignore.splice(ignore.indexOf(address), 1);
  notes.delete(address);
}

/** A first, a middle and a last name make a name; so does a last name alone. */
function nameOfParts(
  kind: ImportKind,
  header: readonly string[],
  columns: ReadonlyMap<string, Goal>,
  compose: Record<string, string>,
  taken: Set<string>,
): void {
  const field = kind === 'contact' || kind === 'user' ? 'name' : kind === 'deal' ? CONTACT_NAME : undefined;
  if (field === undefined || (taken.has(field) && !Object.hasOwn(compose, field))) return;
  const find = (words: string) =>
    header.find(column => !columns.has(column) && words.split(' ').includes(normalized(column)));
  const parts = [
    find('firstname givenname voornaam vorname keresztnev contactfirstname'),
    find('middlename additionalname tussenvoegsel contactmiddlename'),
    find('lastname surname familyname achternaam nachname vezeteknev contactlastname'),
  ];
  if (parts[0] === undefined && parts[2] === undefined) return;
  // A whole name beats a half of one.
  const isHalf = parts[0] === undefined || parts[2] === undefined;
  if (isHalf && header.some(column => /^(full)?name$|^(contact|display)name$/.test(normalized(column))))
    return;
  compose[field] = parts.flatMap(part => (part === undefined ? [] : [`{${part}}`])).join(' ');
  taken.add(field);
}

/**
 * The closing day of a deal is the day on which it was closed, if its stage or status says so; otherwise the day on
 * which it is expected to close.
 */
function closing(columns: Map<string, Goal>, ignore: string[]): void {
  const of = (...names: string[]) => [...columns].filter(([, { field }]) => names.includes(field!));
  const dated = of('closedAt', 'expectedClose', CLOSES);
  const hasEnd = of('stage', 'status').length > 0;
  const [only] = dated;
  if (only && dated.length === 1 && hasEnd && isClosing(only[0])) columns.set(only[0], { field: CLOSES });
  if (hasEnd) return;
  for (const [column, { field }] of dated)
    if (field === 'closedAt' || field === CLOSES) {
      columns.delete(column);
      if (isClosing(column) && of('expectedClose').length === 0)
        columns.set(column, { field: 'expectedClose' });
      else ignore.push(column);
    }
}

/** Returns the field by which rows are recognised the next time: an id that each row has, and no two share. */
function keyOf(
  columns: ReadonlyMap<string, Goal>,
  texts: ReadonlyMap<string, readonly string[]>,
  rows: number,
  keys: readonly (string | undefined)[],
): string | undefined {
  for (const key of keys)
    for (const [column, { field }] of columns) {
      const values = texts.get(column)!.map(text => text.toLowerCase());
      if (
        key !== undefined &&
        field === key &&
        rows > 0 &&
        values.length === rows &&
        new Set(values).size === rows
      )
        return key;
    }
  return undefined;
}
