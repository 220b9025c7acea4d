/**
 * Compiles a query against the columns of a kind: first its meaning (fields, operators and values are checked, with a
 * suggestion for a wrong one); then it is bound to a state and a time, which gives a test of a row and, for `crm
 * explain`, the result of each term with the actual value.
 */
import type { Config } from '../domain/config.ts';
import { usage } from '../domain/errors.ts';
import type { Kind } from '../domain/kinds.ts';
import { suggestion } from '../domain/nearest.ts';
import type { Narrow } from '../state/table.ts';
import { type DerivedField, showSums, type Sum } from './derived.ts';
import { compileDerived } from './derived-terms.ts';
import { compileStored, presenceOf } from './field-terms.ts';
import { compileProperty, presenceOfProperty } from './property-terms.ts';
import { compileRef } from './ref-terms.ts';
import { refuseHabit } from './habits.ts';
import { isQueryField, meaningOf, unknownField } from './names.ts';
import { inAny, inOrder, notIn, oneByOne } from './narrow.ts';
import { onlyEquals } from './operators.ts';
import { inQuery, type Node, parseQuery, type Term } from './parse.ts';
import type { Asks, BoundTerm, CompiledTerm, Scope } from './scope.ts';
import { anyOf, compileSpecialPresence, specialTerms } from './special.ts';
import { compileThrough } from './through.ts';

/** Why a query holds for a record, or does not: the tree of its terms, each with the value of the record. */
export interface Explanation {
  readonly holds: boolean;
  /** The term as it was written, or how its parts are joined. */
  readonly term: string;
  readonly actual?: string;
  readonly parts?: readonly Explanation[];
}

/** Returns the explanation of a query that was asked of everything, with the values that a viewer may see. */
export const withValuesOf = (whole: Explanation, seen: Explanation): Explanation => ({
  ...whole,
  ...(seen.actual !== undefined && { actual: seen.actual }),
  ...(whole.parts && { parts: whole.parts.map((part, i) => withValuesOf(part, seen.parts![i]!)) }),
});

/** Returns the terms and whether they hold, without the values of the record. */
export const withoutValues = ({ actual: _, parts, ...rest }: Explanation): Explanation => ({
  ...rest,
  ...(parts && { parts: parts.map(withoutValues) }),
});

export interface BoundQuery {
  test(row: number): boolean;
  /** The same test for many rows. */
  readonly narrow: Narrow;
  explain(row: number): Explanation;
}

export interface Query {
  readonly kind: Kind;
  /** Whether the answer for an unchanged record can change with time. */
  readonly timed: boolean;
  /** Further dependencies beside records and time. */
  readonly asks: ReadonlySet<Asks>;
  bind(scope: Scope): BoundQuery;
}

/** Throws USAGE for an unknown field, a value outside a closed set, or an operator that a field does not have. */
export function compileQuery(node: Node, kind: Kind, config: Config, views: readonly string[] = []): Query {
  switch (node.type) {
    case 'term':
      return leaf(node, kind, compileTerm(node, kind, config));
    case 'view':
      return compileView(node.name, node.source, kind, config, views);
    case 'not': {
      const inner = compileQuery(node.node, kind, config, views);
      return {
        ...inner,
        bind: scope => {
          const bound = inner.bind(scope);
          const test = (row: number) => !bound.test(row);
          return {
            test,
            narrow: notIn(bound.narrow),
            explain: row => ({ holds: test(row), term: 'not', parts: [bound.explain(row)] }),
          };
        },
      };
    }
    default:
      return join(
        node.type,
        kind,
        node.nodes.map(each => compileQuery(each, kind, config, views)),
      );
  }
}

/** Compiles the text of a query, as in a view or a rule. */
export const compileText = (text: string, kind: Kind, config: Config): Query =>
  compileQuery(parseQuery(text), kind, config);

function leaf(term: Term, kind: Kind, compiled: CompiledTerm): Query {
  return {
    kind,
    timed: compiled.timed,
    asks: new Set(compiled.asks ? [compiled.asks] : []),
    bind: scope => {
      let bound: BoundTerm;
      try {
        bound = compiled.bind(scope);
      } catch (error) {
        throw inQuery(error, term.source);
      }
      return {
        test: bound.test,
        narrow: bound.narrow ?? oneByOne(bound.test),
        explain: row => ({ holds: bound.test(row), term: term.source, actual: bound.actual(row) }),
      };
    },
  };
}

function join(how: 'and' | 'or', kind: Kind, queries: readonly Query[]): Query {
  return {
    kind,
    timed: queries.some(q => q.timed),
    asks: new Set(queries.flatMap(q => [...q.asks])),
    bind: scope => {
      const bound = queries.map(q => q.bind(scope));
      const test = joined(
        how,
        bound.map(b => b.test),
      );
      const narrows = bound.map(b => b.narrow);
      return { test, narrow: how === 'and' ? inOrder(...narrows) : inAny(narrows), explain };
      function explain(row: number): Explanation {
        const parts = bound.map(b => b.explain(row));
        const holds = how === 'and' ? parts.every(p => p.holds) : parts.some(p => p.holds);
        return { holds, term: how, parts };
      }
    },
  };
}

/** Short forms of a few tests are worth their lines: this runs once for every rule and record of a sweep. */
function joined(how: 'and' | 'or', tests: readonly ((row: number) => boolean)[]): (row: number) => boolean {
  const [a, b, c] = tests;
  if (how === 'and') {
    if (!a) return () => true;
    if (!b) return a;
    if (!c) return row => a(row) && b(row);
    return row => {
      for (let i = 0; i < tests.length; i++) if (!tests[i]!(row)) return false;
      return true;
    };
  }
  return row => {
    for (let i = 0; i < tests.length; i++) if (tests[i]!(row)) return true;
    return false;
  };
}

function compileView(
  name: string,
  source: string,
  kind: Kind,
  config: Config,
  views: readonly string[],
): Query {
  const view = config.views.find(v => v.id === name);
  if (!view)
    throw usage(
      `unknown view ${source}`,
      suggestion(
        name,
        config.views.map(v => v.id),
        'views',
      ) ?? 'crm view add NAME QUERY',
    );
  if (view.of !== config.kinds.pluralOf(kind))
    throw usage(`the view ${source} is of ${view.of}, not of ${config.kinds.pluralOf(kind)}`);
  if (views.includes(name))
    throw usage(`the view ${source} refers to itself: ${[...views, name].join(' → ')}`);
  return compileQuery(parseQuery(view.query), kind, config, [...views, name]);
}

/** Compiles one term: a special word, a field of the kind, or one of a related record. */
function compileTerm(term: Term, kind: Kind, config: Config): CompiledTerm {
  try {
    const { field } = term;
    refuseHabit(
      term,
      name => isQueryField(name, kind, config),
      name => unknownField(name, kind, config),
    );
    const special = Object.hasOwn(specialTerms, field) ? specialTerms[field]!(term, kind, config) : undefined;
    if (special) return special;
    if (field === 'has' || field === 'no') return compilePresence(term, kind, config);
    const meaning = meaningOf(field, kind, config);
    switch (meaning?.is) {
      case 'stored':
        return compileStored(term, meaning.field, kind, config);
      case 'derived':
        return compileDerived(term, meaning.field, config);
      case 'property':
        return compileProperty(term, meaning.name);
      case 'references':
        return compileRef(term, meaning.field, kind);
      case 'through':
        return compileThrough(
          meaning.relation,
          compileTerm({ ...term, field: meaning.rest }, meaning.relation.kind, config),
        );
      default:
        throw unknownField(field, kind, config);
    }
  } catch (error) {
    throw inQuery(error, term.source);
  }
}

/** `has:close`, `no:task`: whether a field has a value, or other records point here. */
function compilePresence(term: Term, kind: Kind, config: Config): CompiledTerm {
  onlyEquals(term);
  const wanted = term.field === 'has';
  const terms = term.values.map(name => compileHas(name, kind, config));
  return {
    timed: terms.some(t => t.timed),
    ...(terms.some(t => t.asks === 'score') && { asks: 'score' as const }),
    bind: scope =>
      anyOf(
        terms.map(t => {
          const { test, actual, narrow } = t.bind(scope);
          if (wanted) return { test, actual, ...(narrow && { narrow }) };
          return { test: row => !test(row), actual, ...(narrow && { narrow: notIn(narrow) }) };
        }),
      ),
  };
}

function compileHas(name: string, kind: Kind, config: Config): CompiledTerm {
  const special = compileSpecialPresence(name, kind, config);
  if (special) return special;
  const meaning = meaningOf(name, kind, config);
  switch (meaning?.is) {
    case 'stored':
    case 'references':
      return presenceOf(meaning.field, kind);
    case 'derived':
      return presenceOfDerived(meaning.field);
    case 'property':
      return presenceOfProperty(meaning.name);
    case 'through':
      return compileThrough(meaning.relation, compileHas(meaning.rest, meaning.relation.kind, config));
    default:
      throw unknownField(name, kind, config);
  }
}

function presenceOfDerived(derived: DerivedField): CompiledTerm {
  return {
    timed: derived.timed,
    ...(derived.type === 'score' && { asks: 'score' as const }),
    bind: scope => {
      const value = derived.bind(scope);
      return {
        test: row =>
          derived.type === 'next' || derived.type === 'figure' ? !Number.isNaN(value(row)) : value(row) > 0,
        actual: derived.sums ? sumsIn(derived.sums(scope)) : row => String(value(row)),
      };
    },
  };
}

const sumsIn =
  (sums: (row: number) => readonly Sum[]) =>
  (row: number): string =>
    showSums(sums(row));
