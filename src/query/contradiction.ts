/**
 * Finds queries that can never hold, whatever the record: `is:won is:lost`, `value:>10 value:<5`, a stage of another
 * pipeline. A term that it does not understand counts as possible, so a query that may hold is never called
 * impossible.
 */
import { type Config, pipelineOf, stageOf } from '../domain/config.ts';
import { isDuration, parseDuration } from '../domain/dates.ts';
import { definitionOf } from '../kinds/define.ts';
import { findField } from '../kinds/fields.ts';
import type { Kind, Kinds } from '../domain/kinds.ts';
import { MANY_DIGITS } from './money-terms.ts';
import { numberIn } from './operators.ts';
import { type Node, parseQuery, type Term } from './parse.ts';

/** Returns terms that contradict each other, as they were written; undefined if the query may hold. */
export function contradictionIn(text: string, kind: Kind, config: Config): string | undefined {
  return inNode(parseQuery(text), kind, config);
}

interface Literal {
  readonly term: Term;
  readonly holds: boolean;
}

function inNode(node: Node, kind: Kind, config: Config): string | undefined {
  if (node.type === 'or') {
    const found = node.nodes.map(each => inNode(each, kind, config));
    return found.every(each => each !== undefined) ? found[0] : undefined;
  }
  const literals: Literal[] = [];
  const within: Node[] = [];
  gather(node, literals, within);
  return (
    within.map(each => inNode(each, kind, config)).find(each => each !== undefined) ??
    inLiterals(literals, kind, config)
  );
}

/** Splits a query into its ANDed parts: terms, negated or not, and parts with an `or`. */
function gather(node: Node, literals: Literal[], within: Node[]): void {
  if (node.type === 'term') literals.push({ term: node, holds: true });
  else if (node.type === 'and') for (const each of node.nodes) gather(each, literals, within);
  else if (node.type === 'or') within.push(node);
  else if (node.type === 'not' && node.node.type === 'term') literals.push({ term: node.node, holds: false });
}

/** What the terms of a query demand of a field that has one word. */
interface Words {
  readonly allowed: readonly string[] | undefined;
  readonly denied: readonly string[];
  readonly by: readonly string[];
}

function inLiterals(literals: readonly Literal[], kind: Kind, config: Config): string | undefined {
  const words = new Map<string, Words>();
  const ranges = new Map<string, { low: number; high: number; opens: [boolean, boolean]; by: string[] }>();
  for (const literal of literals) {
    const { term } = literal;
    const said = wordsOf(literal, kind, config);
    if (said) {
      const { field, among, not } = said;
      const known = words.get(field) ?? { allowed: undefined, denied: [], by: [] };
      const denied = not ? [...known.denied, ...among] : known.denied;
      const allowed = not ? known.allowed : (known.allowed?.filter(value => among.includes(value)) ?? among);
      const next = {
        denied,
        allowed: allowed?.filter(value => !denied.includes(value)),
        by: [...known.by, written(literal)],
      };
      if (next.allowed?.length === 0) return next.by.join(' ');
      words.set(field, next);
      continue;
    }
    const range = literal.holds ? rangeOf(term, kind, config) : undefined;
    if (!range) continue;
    const known = ranges.get(range.field) ?? {
      low: Number.NEGATIVE_INFINITY,
      high: Number.POSITIVE_INFINITY,
      opens: [false, false],
      by: [],
    };
    const low = Math.max(known.low, range.low);
    const high = Math.min(known.high, range.high);
    const opens: [boolean, boolean] = [
      (low === known.low && known.opens[0]) || (low === range.low && range.open),
      (high === known.high && known.opens[1]) || (high === range.high && range.open),
    ];
    const by = [...known.by, term.source];
    // An open end makes a single point empty.
    if (low > high || (low === high && opens.includes(true))) return by.join(' ');
    ranges.set(range.field, { low, high, opens, by });
  }
  const pipelines = words.get('pipeline');
  const stages = words.get('stage');
  if (definitionOf(config.kinds, kind).inPipelines && pipelines?.allowed && stages?.allowed) {
    const hasAny = pipelines.allowed.some(id =>
      stages.allowed!.some(stage => stageOf(pipelineOf(config, id), stage)),
    );
    if (!hasAny) return [...pipelines.by, ...stages.by].join(' ');
  }
  return undefined;
}

const written = ({ term, holds }: Literal): string => (holds ? term.source : `not ${term.source}`);

/** Returns the field that a word of `is:` is a value of: `status`. */
function fieldOfState(kinds: Kinds, kind: Kind, word: string): string | undefined {
  const state = definitionOf(kinds, kind).states?.[word];
  return typeof state === 'object' && 'is' in state && state.is === word ? state.field : undefined;
}

/** Returns the words that a term allows or excludes for a field that has one word. */
function wordsOf(
  { term, holds }: Literal,
  kind: Kind,
  config: Config,
): { field: string; among: readonly string[]; not: boolean } | undefined {
  if (term.operator !== ':' && term.operator !== '=') return undefined;
  const values = term.values.map(value => value.toLowerCase());
  if (term.field === 'is') {
    const [field, ...others] = new Set(values.map(value => fieldOfState(config.kinds, kind, value)));
    return field === undefined || others.length > 0 ? undefined : { field, among: values, not: !holds };
  }
  if (term.field === 'has' || term.field === 'no') {
    const [field] = values;
    if (values.length !== 1) return undefined;
    return {
      field: `has ${field}`,
      among: [(term.field === 'has') === holds ? 'has' : 'has not'],
      not: false,
    };
  }
  const field = findField(config, kind, term.field);
  if (!field || !['choice', 'user', 'boolean', 'currency'].includes(field.type)) return undefined;
  if (field.type === 'user' && values.some(value => value === 'me')) return undefined;
  // A value may also be the name of a stage or user, and which one it means is not known here.
  const options = field.options?.(config).map(option => option.toLowerCase());
  if (options && values.some(value => !options.includes(value))) return undefined;
  if (field.type === 'user' && values.some(value => value !== 'none' && !Object.hasOwn(config.users, value)))
    return undefined;
  return { field: field.name, among: values, not: !holds };
}

/** Returns the numbers between which a term puts a field. */
function rangeOf(
  term: Term,
  kind: Kind,
  config: Config,
): { field: string; low: number; high: number; open: boolean } | undefined {
  const type = findField(config, kind, term.field)?.type;
  if (type !== undefined && type !== 'number' && type !== 'money') return undefined;
  const numbers = term.values.map(value => (value === '' ? Number.NaN : sizeIn(value)));
  // Long amounts may differ though their doubles are equal.
  if (numbers.some(number => Math.abs(number) >= MANY_DIGITS)) return undefined;
  const [first = Number.NaN, second = Number.NaN] = numbers;
  const of = (low: number, high: number, open = false) => ({ field: term.field, low, high, open });
  if (term.operator === '..') {
    if (term.values.some((value, i) => value !== '' && Number.isNaN(numbers[i]))) return undefined;
    return of(
      Number.isNaN(first) ? Number.NEGATIVE_INFINITY : first,
      Number.isNaN(second) ? Number.POSITIVE_INFINITY : second,
    );
  }
  if (numbers.length !== 1 || Number.isNaN(first)) return undefined;
  switch (term.operator) {
    case '>':
      return of(first, Number.POSITIVE_INFINITY, true);
    case '>=':
      return of(first, Number.POSITIVE_INFINITY);
    case '<':
      return of(Number.NEGATIVE_INFINITY, first, true);
    case '<=':
      return of(Number.NEGATIVE_INFINITY, first);
    default:
      return of(first, first);
  }
}

/** Reads a number, with k or m, or a duration; NaN for everything else, such as days, which depend on the clock. */
function sizeIn(text: string): number {
  return isDuration(text) ? parseDuration(text) : numberIn(text);
}
