/**
 * Liquid for the texts of rules and templates, without anything that depends on the machine, the clock or chance.
 * Loaded only where there is a text to render.
 */
import { Drop, Liquid, type Template } from 'liquidjs';
import { isDay, parseInstant } from '../../domain/dates.ts';
import { plainDecimal } from '../../domain/decimal.ts';
import { nearest } from '../../domain/nearest.ts';
import { isZone, type Zone, zone } from '../../domain/zone.ts';
import { arithmetic, Decimal, sumOf } from './decimals.ts';
import {
  CaptureUnmarked,
  CLOSE,
  everyBranch,
  OPEN,
  originalOf,
  type Parts,
  reasonOf,
  renderTag,
  tokenOf,
  withoutMarks,
} from './liquid-tags.ts';
import { DEFAULT_FORMAT, strftime } from './strftime.ts';
import {
  EmptyValue,
  type Knows,
  type MarkedText,
  TextError,
  type TextProblem,
  type Texts,
  type TextSource,
  type TrialProblem,
  Written,
} from './texts.ts';

/**
 * Filters that depend on chance, or on the machine's clock and zone; and `raw`, which would let an empty value
 * through.
 */
const refusedFilters = 'sample raw date_to_xmlschema date_to_rfc822 date_to_string date_to_long_string'.split(
  ' ',
);
/** Tags that read files, of which there are none. */
const refusedTags = ['include', 'layout', 'block'];

/**
 * The most characters of Liquid, {{ }} and {% %}, in one text: to find the variables, liquidjs counts the lines
 * before each of them, and 20,000 variables took 25 seconds. A rule may come from somebody else.
 */
const MOST_LIQUID = 10_000;

/** Returns the texts of a workspace; `bodies` are those of its templates by id, which a text may render within itself. */
export const makeTexts = (timezone: string, bodies: ReadonlyMap<string, string> = new Map()): Texts =>
  new LiquidTexts(timezone, bodies);

class LiquidTexts implements Texts {
  readonly #mode: Mode = { now: 0, isMarking: false, isLax: false };
  readonly #usual: Parser;
  readonly #plain = new Map<string, PlainText | null>();
  readonly #makeThorough: () => Parser;
  /** Renders every branch; only lint asks for it. */
  #thorough: Parser | undefined;

  constructor(timezone: string, bodies: ReadonlyMap<string, string>) {
    const mode = this.#mode;
    this.#usual = new Parser(liquidWith(timezone, mode), bodies);
    this.#makeThorough = () => {
      const liquid = liquidWith(timezone, mode);
      for (const [name, tag] of Object.entries(everyBranch)) liquid.registerTag(name, tag);
      return new Parser(liquid, bodies);
    };
  }

  render(text: string, source: TextSource, now: number): string {
    return this.#rendered(text, source, now, false);
  }

  renderMarked(text: string, source: TextSource, now: number): MarkedText {
    return unmarked(this.#rendered(withoutMarks(text), source, now, true));
  }

  trial(text: string, source: TextSource, now: number, isThorough: boolean): TrialProblem | undefined {
    const parser = isThorough ? (this.#thorough ??= this.#makeThorough()) : this.#usual;
    Object.assign(this.#mode, { now, isMarking: false, isLax: isThorough });
    try {
      parser.liquid.renderSync(parser.parse(text).template, source.all);
      return undefined;
    } catch (error) {
      const isEmpty = originalOf(error) instanceof EmptyValue;
      return { message: reasonOf(error), line: lineOf(error), isEmpty };
    }
  }

  partsOf(text: string): readonly string[] {
    try {
      return [...this.#usual.parse(text).parts];
    } catch {
      return [];
    }
  }

  check(text: string, knows: Knows): TextProblem | undefined {
    const size = sizeOfLiquid(text);
    if (size > MOST_LIQUID)
      return {
        message: `has ${size} characters of {{ }} and {% %}, more than ${MOST_LIQUID}`,
        hint: 'several templates, or fewer conditions',
        line: 1,
      };
    const { liquid } = this.#usual;
    try {
      return unknownVariable(liquid, this.#usual.parse(text).template, knows);
    } catch (error) {
      const message = reasonOf(error);
      const filter = /undefined filter: (\S+)/.exec(message)?.[1];
      const near = filter && nearest(filter, Object.keys(liquid.filters));
      const hint = near ? `did you mean ${near}?` : textErrorOf(error).hint;
      return { message, line: lineOf(error), ...(hint !== undefined && { hint }) };
    }
  }

  #rendered(text: string, source: TextSource, now: number, isMarking: boolean): string {
    // A signature is rendered while the text around it is being rendered.
    const around = { ...this.#mode };
    Object.assign(this.#mode, { now, isMarking, isLax: false });
    try {
      let parts = this.#plain.get(text);
      if (parts === undefined) this.#plain.set(text, (parts = plainText(text)));
      const simple = parts && filledIn(parts, source, this.#mode);
      const { liquid } = this.#usual;
      return simple ?? String(liquid.renderSync(this.#usual.parse(text).template, source.all));
    } catch (error) {
      throw textErrorOf(error);
    } finally {
      Object.assign(this.#mode, around);
    }
  }
}

interface Parsed {
  readonly template: Template[];
  /** The templates that it renders within itself. */
  readonly parts: ReadonlySet<string>;
}

/** Parses texts, each once. */
class Parser {
  readonly liquid: Liquid;
  readonly #parsed = new Map<string, Parsed>();
  /** The templates named by the text that is being parsed. */
  #named = new Set<string>();

  constructor(liquid: Liquid, bodies: ReadonlyMap<string, string>) {
    this.liquid = liquid;
    const parts: Parts = {
      ids: [...bodies.keys()],
      // A file ends with a line end, and so does the line of the tag.
      parsed: id => this.parse((bodies.get(id) ?? '').replace(/\n+$/, '')).template,
      named: id => void this.#named.add(id),
    };
    liquid.registerTag('render', renderTag(parts));
  }

  parse(text: string): Parsed {
    const known = this.#parsed.get(text);
    if (known) return known;
    const around = this.#named;
    this.#named = new Set();
    try {
      const parsed = { template: this.liquid.parse(text), parts: this.#named };
      this.#parsed.set(text, parsed);
      return parsed;
    } finally {
      this.#named = around;
    }
  }
}

/** Puts the marks back into a text. */
function remarked({ text, inserted }: MarkedText): string {
  let [result, end] = ['', 0];
  for (let i = 0; i < inserted.length; i += 2) {
    const [begin, length] = [inserted[i]!, inserted[i + 1]!];
    result += text.slice(end, begin) + OPEN + text.slice(begin, begin + length) + CLOSE;
    end = begin + length;
  }
  return result + text.slice(end);
}

/** The settings of the rendering under way. */
interface Mode {
  /** The time of the sweep, ms. */
  now: number;
  /** Whether values are marked. */
  isMarking: boolean;
  /** Whether an empty value is printed as nothing. */
  isLax: boolean;
}

/** Makes a TextError of an error of parsing or rendering. */
function textErrorOf(error: unknown): TextError {
  const original = originalOf(error);
  const hint = original instanceof TextError ? original.hint : undefined;
  const message = reasonOf(error);
  return original instanceof EmptyValue ? new EmptyValue(message, hint) : new TextError(message, hint);
}

/** Removes the marks from a text, and returns the positions of the values. A value within another value is a part of it. */
function unmarked(marked: string): MarkedText {
  const inserted: number[] = [];
  let [text, depth, begin] = ['', 0, 0];
  for (const part of marked.split(/([\ufdd0\ufdd1])/)) {
    if (part === OPEN) {
      if (depth++ === 0) begin = text.length;
    } else if (part === CLOSE) {
      if (--depth === 0 && text.length > begin) inserted.push(begin, text.length - begin);
    } else text += part;
  }
  return { text, inserted };
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

/** Returns where the next `{{` or `{%` begins, or -1. */
function nextMark(text: string, from: number): number {
  for (let at = text.indexOf('{', from); at >= 0; at = text.indexOf('{', at + 1))
    if (text[at + 1] === '{' || text[at + 1] === '%') return at;
  return -1;
}

/** Liquid with the filters and tags that a text may use. */
function liquidWith(timezone: string, mode: Mode): Liquid {
  const liquid = new Liquid({
    ownPropertyOnly: true,
    // Lint knows the names. A value that a record lacks may be tested with `if` or `default`, but not printed.
    strictVariables: false,
    strictFilters: true,
    renderLimit: 1000,
    memoryLimit: 10_000_000,
    parseLimit: 1_000_000,
    templates: {},
    // Liquid would ask the system for one, which takes as long as the rest, and no filter that is left goes by it.
    locale: 'en-US',
    outputEscape: (value: unknown) =>
      value instanceof Written && mode.isMarking
        ? remarked(value.marked)
        : marked(printed(value, mode), mode),
  });
  for (const name of refusedFilters) delete liquid.filters[name];
  for (const name of refusedTags) delete liquid.tags[name];
  liquid.registerTag('capture', CaptureUnmarked);
  liquid.registerFilter(
    'date',
    (value: unknown, format: unknown = DEFAULT_FORMAT, where: unknown = timezone) => {
      if (value === null || value === undefined || value === '') return value;
      if (typeof where !== 'string' || (where !== timezone && !isZone(where)))
        throw new TextError(`date: ${String(where)} is not a time zone`);
      return dateText(value === 'now' || value === 'today' ? mode.now : value, String(format), zone(where));
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

/** Words, with fields between them. */
type PlainText = readonly string[];

/** The parts of a text that only names fields, as most texts do: {{ deal.title }}. Otherwise null. */
function plainText(text: string): PlainText | null {
  const parts = text.split(/\{\{ ?([a-z]+\.[A-Za-z]\w*) ?\}\}/);
  return parts.some((part, i) => i % 2 === 0 && /[{}]/.test(part)) ? null : parts;
}

/**
 * Returns the text if each field is a word or a number; undefined if Liquid must render it, or report what is wrong.
 */
function filledIn(parts: PlainText, source: TextSource, mode: Mode): string | undefined {
  let text = '';
  for (const [i, part] of parts.entries()) {
    if (i % 2 === 0) {
      text += part;
      continue;
    }
    const [name, field] = part.split('.') as [string, string];
    const value = source.field?.(name, field);
    if ((typeof value !== 'string' && typeof value !== 'number') || value === '') return undefined;
    text += marked(String(value), mode);
  }
  return text;
}

/** The value of `| default: ""`: empty on purpose. */
class LeftEmpty extends Drop {
  override valueOf(): string {
    return '';
  }
}
const leftEmpty = new LeftEmpty();

/** Returns a value, with marks around it if values are marked. */
const marked = (text: string, { isMarking }: Mode): string =>
  isMarking && text !== '' ? OPEN + withoutMarks(text) + CLOSE : text;

/** Returns a value as it is printed; an empty value is an error. */
function printed(value: unknown, { isLax }: Mode): string {
  if (value === leftEmpty) return '';
  if (value instanceof Decimal) return value.toString();
  if (typeof value === 'number') return plainDecimal(value);
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Written))
    throw new TextError('is several values; name one of them');
  const text = Array.isArray(value) ? value.join(', ') : String(value ?? '');
  if (text === '' && !isLax)
    throw new EmptyValue('is empty for this record; say what then with | default: "..."');
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

/** The `this` of a filter in liquidjs. */
interface FilterThis {
  readonly context: {
    _getFromScope(scope: unknown, path: string, strict: boolean): IterableIterator<unknown>;
  };
}

const lineOf = (error: unknown): number => tokenOf(error)?.getPosition?.()[0] ?? 1;
