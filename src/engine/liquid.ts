/**
 * Liquid for the texts of rules and templates, without anything that depends on the machine, the clock or chance.
 * Loaded only where there is a text to render.
 */
import { Drop, Liquid, type Template } from 'liquidjs';
import { isDay, parseInstant } from '../domain/dates.ts';
import { plainDecimal } from '../domain/decimal.ts';
import { nearest } from '../domain/nearest.ts';
import { isZone, type Zone, zone } from '../domain/zone.ts';
import { arithmetic, Decimal, sumOf } from './decimals.ts';
import { DEFAULT_FORMAT, strftime } from './strftime.ts';
import { type Knows, TextError, type TextProblem, type Texts, type TextSource } from './texts.ts';

/** Filters that go by chance or the machine's clock and zone; and `raw`, which would let an empty value through. */
const refusedFilters = 'sample raw date_to_xmlschema date_to_rfc822 date_to_string date_to_long_string'.split(
  ' ',
);
/** Tags that read files, of which there are none. */
const refusedTags = ['include', 'render', 'layout', 'block'];

/**
 * The most characters of Liquid, {{ }} and {% %}, in one text: to find what it names, liquidjs counts the lines before each
 * variable, and 20,000 variables took 25 seconds. A rule may come from somebody else.
 */
const MOST_LIQUID = 10_000;

export function makeTexts(timezone: string): Texts {
  let now = 0;
  const liquid = liquidWith(timezone, () => now);
  const parsed = new Map<string, Template[]>();
  const parse = (text: string): Template[] => {
    let template = parsed.get(text);
    if (!template) parsed.set(text, (template = liquid.parse(text)));
    return template;
  };
  const plain = new Map<string, PlainText | null>();
  return {
    render(text, source, at) {
      now = at;
      let parts = plain.get(text);
      if (parts === undefined) plain.set(text, (parts = plainText(text)));
      const simple = parts && filledIn(parts, source);
      if (simple !== undefined && simple !== null) return simple;
      try {
        return String(liquid.renderSync(parse(text), source.all));
      } catch (error) {
        throw new TextError(messageOf(error));
      }
    },
    check(text, knows) {
      const size = sizeOfLiquid(text);
      if (size > MOST_LIQUID)
        return {
          message: `has ${size} characters of {{ }} and {% %}, more than ${MOST_LIQUID}`,
          hint: 'several templates, or fewer conditions',
          line: 1,
        };
      try {
        return unknownVariable(liquid, parse(text), knows);
      } catch (error) {
        const message = messageOf(error);
        const filter = /undefined filter: (\S+)/.exec(message)?.[1];
        const hint = filter && nearest(filter, Object.keys(liquid.filters));
        return { message, line: lineOf(error), ...(hint && { hint: `did you mean ${hint}?` }) };
      }
    },
  };
}

/** Returns how many characters of a text lie between a `{{` or `{%` and what closes it, or the end of the text. */
function sizeOfLiquid(text: string): number {
  let size = 0;
  for (let at = nextMark(text, 0); at >= 0; ) {
    const end = text.indexOf(text[at + 1] === '{' ? '}}' : '%}', at + 2);
    if (end < 0) return size + text.length - at;
    size += end + 2 - at;
    at = nextMark(text, end + 2);
  }
  return size;
}

/** Where the next `{{` or `{%` begins, or -1. */
function nextMark(text: string, from: number): number {
  for (let at = text.indexOf('{', from); at >= 0; at = text.indexOf('{', at + 1))
    if (text[at + 1] === '{' || text[at + 1] === '%') return at;
  return -1;
}

/** Liquid with the filters and tags that a text may use; `now` gives the time of the sweep, ms. */
function liquidWith(timezone: string, now: () => number): Liquid {
  const liquid = new Liquid({
    ownPropertyOnly: true,
    // Lint knows the names. What is not there for a record may be asked for: `if`, `default`; not be printed.
    strictVariables: false,
    strictFilters: true,
    renderLimit: 1000,
    memoryLimit: 10_000_000,
    parseLimit: 1_000_000,
    templates: {},
    outputEscape: printed,
  });
  for (const name of refusedFilters) delete liquid.filters[name];
  for (const name of refusedTags) delete liquid.tags[name];
  liquid.registerFilter(
    'date',
    (value: unknown, format: unknown = DEFAULT_FORMAT, where: unknown = timezone) => {
      if (value === null || value === undefined || value === '') return value;
      if (typeof where !== 'string' || (where !== timezone && !isZone(where)))
        throw new TextError(`date: ${String(where)} is not a time zone`);
      return dateText(value === 'now' || value === 'today' ? now() : value, String(format), zone(where));
    },
  );
  const otherwise = liquid.filters.default as (this: unknown, value: unknown, ...rest: unknown[]) => unknown;
  liquid.registerFilter('default', function (this: unknown, value: unknown, ...rest: unknown[]) {
    const found = otherwise.call(this, value, ...rest);
    return found === '' && rest[0] === '' ? leftEmpty : found;
  });
  for (const [name, filter] of Object.entries(arithmetic)) liquid.registerFilter(name, filter);
  liquid.registerFilter('sum', function* (this: FilterThis, list: unknown, property?: unknown) {
    const items: unknown[] = [];
    for (const item of Array.isArray(list) ? list : [list])
      items.push(property ? yield this.context._getFromScope(item, String(property), false) : item);
    return sumOf(items);
  });
  return liquid;
}

/** Words, and between them the fields that stand there. */
type PlainText = readonly string[];

/** The parts of a text that does no more than name fields, as most do: {{ deal.title }}. Else null. */
function plainText(text: string): PlainText | null {
  const parts = text.split(/\{\{ ?([a-z]+\.[A-Za-z]\w*) ?\}\}/);
  return parts.some((part, i) => i % 2 === 0 && /[{}]/.test(part)) ? null : parts;
}

/** The text, where each field is a word or a number; undefined where Liquid must say what it is, or what is wrong. */
function filledIn(parts: PlainText, source: TextSource): string | undefined {
  let text = '';
  for (const [i, part] of parts.entries()) {
    if (i % 2 === 0) {
      text += part;
      continue;
    }
    const [name, field] = part.split('.') as [string, string];
    const value = source.field?.(name, field);
    if ((typeof value !== 'string' && typeof value !== 'number') || value === '') return undefined;
    text += String(value);
  }
  return text;
}

/** What `| default: ""` gives: nothing, and on purpose. */
class LeftEmpty extends Drop {
  override valueOf(): string {
    return '';
  }
}
const leftEmpty = new LeftEmpty();

/** A value as it is printed; what is empty is not. */
function printed(value: unknown): string {
  if (value === leftEmpty) return '';
  if (value instanceof Decimal) return value.toString();
  if (typeof value === 'number') return plainDecimal(value);
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    throw new TextError('is several values; name one of them');
  const text = Array.isArray(value) ? value.join(', ') : String(value ?? '');
  if (text === '') throw new TextError('is empty for this record; say what then with | default: "..."');
  return text;
}

function dateText(value: unknown, format: string, place: Zone): string {
  const text = String(value);
  const instant = typeof value === 'number' ? value : isDay(text) ? place.midnight(text) : parseInstant(text);
  if (instant === undefined)
    throw new TextError(`date: ${JSON.stringify(value)} is neither a day nor an instant`);
  return strftime(instant, format, place);
}

function unknownVariable(liquid: Liquid, template: Template[], knows: Knows): TextProblem | undefined {
  for (const variables of Object.values(liquid.analyzeSync(template).globals))
    for (const variable of variables) {
      const path = variable.toArray().map(String);
      const known = knows(path);
      if (known !== true)
        return {
          message: `unknown variable {{ ${path.join('.')} }}`,
          hint: known.hint,
          line: variable.location.row,
        };
    }
  return undefined;
}

/** What liquidjs gives a filter. */
interface FilterThis {
  readonly context: {
    _getFromScope(scope: unknown, path: string, strict: boolean): IterableIterator<unknown>;
  };
}

interface Token {
  getText?(): string;
  getPosition?(): readonly [row: number, column: number];
}

const tokenOf = (error: unknown): Token | undefined =>
  error instanceof Error && 'token' in error ? (error.token as Token | undefined) : undefined;

const lineOf = (error: unknown): number => tokenOf(error)?.getPosition?.()[0] ?? 1;

/** The first line of what liquidjs says, with the part of the text that it is about. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const original =
    'originalError' in error && error.originalError instanceof Error ? error.originalError : undefined;
  const token = tokenOf(error)?.getText?.();
  const message = (original instanceof TextError ? original.message : error.message)
    .split('\n')[0]!
    .replace(/, line:\d+, col:\d+$/, '');
  return token && !message.includes(token) ? `${token} ${message}` : message;
}
