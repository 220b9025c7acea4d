/**
 * The types of fields: how values are kept in a column, how a typed value is read, and how it is printed. A field
 * (fields.ts) is a name, a place in the record, and one of these.
 */
import type { Cell, ColumnType } from '../domain/cell.ts';
import type { Config, User } from '../domain/config.ts';
import type { Clock } from '../domain/clock.ts';
import { formatInstant, readDay } from '../domain/dates.ts';
import { plainDecimal, requireExact } from '../domain/decimal.ts';
import { parseEmails } from '../domain/email.ts';
import { usage } from '../domain/errors.ts';
import { isFilePath } from '../domain/file-paths.ts';
import { type Kind, type Kinds, numberOf } from '../domain/kinds.ts';
import { isCurrency, parseMoney } from '../domain/money.ts';
import { suggestion } from '../domain/nearest.ts';
import type { Json } from '../domain/records.ts';
import { parseRepeat } from '../domain/repeat.ts';
import { parseDay, parseDue, parseTime, parseWhen, type Toward } from '../domain/typed-dates.ts';
import { parseDomains, parseHandle } from '../domain/web-names.ts';
import type { Field, FieldTypeName } from './field.ts';
import { cleanPhone, parsePhones } from './phones.ts';

/** What reading a value needs to know. */
export interface ValueContext {
  readonly config: Config;
  readonly clock: Clock;
  /** The acting user's id, or the login name where they are not in `users`. */
  readonly me: string;
  /** The currency of money in the record that is being changed. */
  readonly currency: string;
  /** The id of a record by its id or natural key; throws NOT_FOUND or CONFLICT. */
  find(kinds: readonly Kind[], key: string): string;
}

export interface FieldType {
  readonly column: ColumnType;
  /** Whether a value is a list. */
  readonly list?: true;
  cell(value: Json | undefined, kinds: Kinds): Cell;
  /** A typed value as it is stored; throws USAGE with what is accepted. An empty text is handled before. */
  parse(text: string, field: Field, context: ValueContext): Json;
  /** The exact text of a stored value, for TSV and CSV. */
  print(value: Json): string;
}

const asText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
const list = (text: string): string[] =>
  [...new Set(text.split(',').map(item => item.trim()))].filter(item => item !== '');
const asList = (value: Json): string => (Array.isArray(value) ? value.join(',') : asText(value));
/** Separators of items in the files of other programs, or signs that such a program wrote them. */
const SEPARATORS = /;|:::|^\* my/;
/** Items as a list of texts that may have such signs: a comma at the end says that only commas separate them. */
export const asListOf = (items: readonly string[]): string =>
  items.some(item => SEPARATORS.test(item)) ? `${items.join(',')},` : items.join(',');
/** Reads paths as people type them, each of a file below `files/`. */
function parseFiles(text: string): string[] {
  const paths = list(text);
  const wrong = paths.find(path => !isFilePath(path));
  if (wrong === undefined) return paths;
  throw usage(`${JSON.stringify(wrong)} is not the path of a file below files/`, 'files/D12/offer.pdf');
}
const asWords = (value: Json): string => (Array.isArray(value) ? asListOf(value as string[]) : asText(value));
const textCell = (value: Json | undefined): Cell =>
  typeof value === 'string' ? value : value == null ? undefined : JSON.stringify(value);

/** Which day a date without a year means: something that happened is past. */
const towardOf = ({ happened }: Field): Toward => (happened ? 'past' : 'next');

/** A day with a time of it, as one value that is typed: two fields once the record is written. */
export const withTime = (day: string, time: string): string => `${day} ${time}`;

export const fieldTypes: Record<FieldTypeName, FieldType> = {
  text: {
    column: 'text',
    cell: textCell,
    parse: text => text,
    print: asText,
  },
  link: {
    column: 'text',
    cell: textCell,
    parse(text, field) {
      const link = text.trim();
      if (isLink(link)) return link;
      throw usage(
        `${field.name}: ${JSON.stringify(text)} is not a link`,
        isLink(`https://${link}`) ? `did you mean https://${link}?` : 'for example https://example.com/offer',
      );
    },
    print: asText,
  },
  number: {
    column: 'number',
    cell: value => (typeof value === 'number' ? value : undefined),
    parse(text, field) {
      if (!/^[+-]?\d+(\.\d+)?$/.test(text.trim()))
        throw usage(`${field.name}: ${JSON.stringify(text)} is not a number`, 'accepted: 12, -3 or 4.5');
      return requireExact(text.trim());
    },
    print: value => (typeof value === 'number' ? plainDecimal(value) : asText(value)),
  },
  money: {
    column: 'number',
    // Decimal strings of the same amount give the same double, and the order of amounts is kept.
    cell: value => (typeof value === 'string' ? Number(value) : undefined),
    parse: (text, _field, context) => parseMoney(text, context.currency),
    print: asText,
  },
  instant: {
    column: 'number',
    cell: value => (typeof value === 'string' ? timeOf(value) : undefined),
    parse: (text, field, context) => formatInstant(parseWhen(text, context.clock, towardOf(field))),
    print: asText,
  },
  day: {
    column: 'number',
    // A custom field that had another type before may hold a text that is not a day.
    cell: value => (typeof value === 'string' ? readDay(value) : undefined),
    parse(text, field, { clock }) {
      if (field.time === undefined) return parseDay(text, clock, towardOf(field));
      const { day, time } = parseDue(text, clock);
      return time === undefined ? day : withTime(day, time);
    },
    print: asText,
  },
  time: {
    column: 'code',
    cell: value => (typeof value === 'string' ? value : undefined),
    parse: text => parseTime(text),
    print: asText,
  },
  boolean: {
    column: 'number',
    cell: value => (value === true ? 1 : value === false ? 0 : undefined),
    parse(text, field) {
      const value = { true: true, yes: true, '1': true, false: false, no: false, '0': false }[
        text.trim().toLowerCase()
      ];
      if (value === undefined)
        throw usage(
          `${field.name}: ${JSON.stringify(text)} is neither yes nor no`,
          'accepted: true, yes, 1, false, no, 0',
        );
      return value;
    },
    print: asText,
  },
  word: {
    column: 'code',
    cell: value => (typeof value === 'string' ? value : undefined),
    parse: (text, field, context) => (field.names ? authorOf(text, context) : text.trim()),
    print: asText,
  },
  currency: {
    column: 'code',
    cell: value => (typeof value === 'string' ? value : undefined),
    parse(text) {
      const code = text.trim().toUpperCase();
      if (!isCurrency(code))
        throw usage(
          `${JSON.stringify(text)} is not a currency`,
          'accepted: an ISO 4217 code such as EUR or USD',
        );
      return code;
    },
    print: asText,
  },
  choice: {
    column: 'code',
    cell: value => (typeof value === 'string' ? value : undefined),
    parse: (text, field, context) => member(text, field, context),
    print: asText,
  },
  choices: {
    column: 'codes',
    list: true,
    cell: value => (Array.isArray(value) ? (value as string[]) : undefined),
    parse: (text, field, context) => list(text).map(item => member(item, field, context)),
    print: asWords,
  },
  tags: {
    column: 'codes',
    list: true,
    cell: value => (Array.isArray(value) ? (value as string[]) : undefined),
    parse: text => list(text).sort(byCodeUnits),
    print: asWords,
  },
  user: {
    column: 'code',
    cell: value => (typeof value === 'string' ? value : undefined),
    parse: (text, field, context) => parseUser(text, field.name, context),
    print: asText,
  },
  repeat: {
    column: 'code',
    cell: value => (typeof value === 'string' ? value : undefined),
    parse: text => parseRepeat(text),
    print: asText,
  },
  ref: {
    column: 'number',
    cell: (value, kinds) => (typeof value === 'string' ? kinds.refOf(value) : undefined),
    parse: (text, field, context) => context.find(field.refs!, text.trim()),
    print: asText,
  },
  refs: {
    column: 'numbers',
    list: true,
    cell: value => (Array.isArray(value) ? (value as string[]).map(numberOf) : undefined),
    parse: (text, field, context) => list(text).map(item => context.find(field.refs!, item)),
    print: asList,
  },
  emails: { column: 'text', list: true, cell: textCell, parse: parseEmails, print: asList },
  phone: { column: 'text', cell: textCell, parse: cleanPhone, print: asText },
  phones: {
    column: 'text',
    list: true,
    cell: textCell,
    parse: (text, _field, { config }) => parsePhones(text, config.country),
    // A phone that was kept before there were lists of phones may contain their separator.
    print: value =>
      Array.isArray(value) ? value.map(each => cleanPhone(String(each))).join(',') : asText(value),
  },
  domains: { column: 'text', list: true, cell: textCell, parse: parseDomains, print: asList },
  handle: { column: 'text', cell: textCell, parse: parseHandle, print: asText },
  files: { column: 'text', list: true, cell: textCell, parse: parseFiles, print: asWords },
};

let lastInstant = '';
let lastTime = Number.NaN;

/** Of a stored instant, ms. Many records that follow each other were made at once. */
function timeOf(instant: string): number {
  if (instant !== lastInstant) [lastInstant, lastTime] = [instant, Date.parse(instant)];
  return lastTime;
}

/** Whether a text is an address that a browser, a mailer or a phone opens. */
function isLink(text: string): boolean {
  if (!/^(https?:\/\/[^\s/]+\.[^\s/]+|https?:\/\/localhost|ftp:\/\/|mailto:.+@|tel:\+?\d)\S*$/i.test(text))
    return false;
  return URL.canParse(text);
}

/** Order by UTF-16 code units: the same on every machine. */
export const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Returns the value of a closed set with an id or a name, without regard to case. A name that stages of several
 * pipelines share stays as it is; the deal's pipeline decides which stage is meant.
 */
function member(text: string, field: Field, { config }: ValueContext): string {
  const lower = text.trim().toLowerCase();
  const options = field.options?.(config) ?? [];
  const isId = options.some(id => id.toLowerCase() === lower);
  const named = isId ? [] : (field.names?.(config) ?? []).filter(each => each.name.toLowerCase() === lower);
  const [first] = named;
  if (!first) return oneOf(text, options, field.name);
  return named.every(each => each.id === first.id) ? first.id : text.trim();
}

/** Returns the option that `text` names; USAGE with the nearest option if it names none. */
export function oneOf(text: string, options: readonly string[], name: string): string {
  const typed = text.trim();
  const found = options.find(o => o === typed) ?? options.find(o => o.toLowerCase() === typed.toLowerCase());
  if (found === undefined)
    throw usage(`unknown ${name} ${JSON.stringify(text)}`, suggestion(typed, options, `${name} is one of`));
  return found;
}

/** Returns the id of the user whom a text names; a text that names no user, such as a login name, stays as it is. */
function authorOf(text: string, context: ValueContext): string {
  const typed = text.trim();
  if (typed === 'me') return context.me;
  const [user, another] = usersNamed(typed, context.config);
  return user && !another ? user.id : typed;
}

/** The users who have an id, else a name or an e-mail. */
function usersNamed(typed: string, { users }: Config): User[] {
  if (Object.hasOwn(users, typed)) return [users[typed]!];
  const lower = typed.toLowerCase();
  return Object.values(users).filter(
    user => user.name.toLowerCase() === lower || user.email?.toLowerCase() === lower,
  );
}

/** A user's id from id, name or e-mail; `me` is the acting user; null for `none`. */
export function parseUser(
  text: string,
  name: string,
  context: Pick<ValueContext, 'config' | 'me'>,
): string | null {
  const typed = text.trim();
  if (typed === 'none') return null;
  const { users } = context.config;
  if (typed === 'me') {
    if (Object.hasOwn(users, context.me)) return context.me;
    throw usage(
      `${name}: you act as ${JSON.stringify(context.me)}, who is not in users`,
      `crm user add ${context.me}`,
    );
  }
  const found = usersNamed(typed, context.config);
  if (found.length === 1) return found[0]!.id;
  if (found.length > 1)
    throw usage(
      `${name}: ${JSON.stringify(text)} names several users`,
      `use an id: ${found.map(u => u.id).join(', ')}`,
    );
  throw usage(
    `unknown user ${JSON.stringify(text)}`,
    suggestion(typed, Object.keys(users), 'users') ?? 'there are no users: crm user add ID',
  );
}
