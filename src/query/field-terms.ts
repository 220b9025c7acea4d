/**
 * Terms on stored fields: how each type of field is tested against the values of a term, and how a row's value is
 * shown.
 */
import { withArticle } from '../domain/article.ts';
import type { Config } from '../domain/config.ts';
import type { Clock } from '../domain/clock.ts';
import { usage } from '../domain/errors.ts';
import type { Kind } from '../domain/kinds.ts';
import { fieldTypes } from '../kinds/field-types.ts';
import type { Field } from '../kinds/field.ts';
import { textsIn, wrapped } from '../kinds/several-cells.ts';
import { compileMoney } from './money-terms.ts';
import { byNumber } from './narrow.ts';
import {
  checkDays,
  checkInstants,
  type Compare,
  compareDays,
  compareInstants,
  compareNumbers,
  onlyEquals,
  showDay,
  showInstant,
  showNumber,
} from './operators.ts';
import type { Term } from './parse.ts';
import type { CompiledTerm, Scope } from './scope.ts';
import { compilePhone } from './phone-terms.ts';
import { containing } from './text-search.ts';
import type { NumberColumn, TextColumn } from '../state/columns/column.ts';
import { needleOf } from '../state/columns/texts.ts';
import { compileRef, hasRefs } from './ref-terms.ts';
import { compileWords } from './word-terms.ts';

export function compileStored(term: Term, field: Field, kind: Kind, config: Config): CompiledTerm {
  if (field.name === 'id') return compileId(term, kind, config);
  switch (field.type) {
    case 'money':
      return compileMoney(term, field, kind);
    case 'number':
      return numeric(field, kind, compareNumbers(term), showNumber);
    case 'instant':
      checkInstants(term, config);
      return numeric(field, kind, (clock: Clock) => compareInstants(term, clock), showInstant);
    case 'day':
      checkDays(term, config);
      return numeric(field, kind, (clock: Clock) => compareDays(term, clock), showDay);
    case 'boolean':
      return compileBoolean(term, field, kind);
    case 'text':
    case 'link':
    case 'emails':
    case 'domains':
    case 'handle':
      return compileTextField(term, field, kind);
    case 'phone':
    case 'phones':
      return compilePhone(term, field, kind, config);
    case 'ref':
    case 'refs':
      return compileRef(term, field, kind);
    default:
      return compileWords(term, field, kind, config);
  }
}

/** A comparison that depends on the time is a function of the clock. */
function numeric(
  field: Field,
  kind: Kind,
  compare: Compare | ((clock: Clock) => Compare),
  show: (value: number) => string,
): CompiledTerm {
  const timed = field.type === 'instant' || field.type === 'day';
  return {
    timed,
    bind: ({ state, clock }) => {
      const column = state.table(kind).column(field.path) as NumberColumn;
      const holds = timed ? (compare as (clock: Clock) => Compare)(clock) : (compare as Compare);
      return {
        test: row => holds(column.get(row)),
        narrow: byNumber(column, holds),
        actual: row => show(column.get(row)),
      };
    },
  };
}

function compileId(term: Term, kind: Kind, { kinds }: Config): CompiledTerm {
  onlyEquals(term);
  const numbers = new Set(
    term.values.map(value => {
      const id = kinds.parseId(value);
      if (id?.kind !== kind)
        throw usage(
          `${JSON.stringify(value)} is not ${withArticle(kind)} ID`,
          `for example ${kinds.makeId(kind, 12)}`,
        );
      return id.number;
    }),
  );
  return {
    timed: false,
    bind: ({ state }) => {
      const table = state.table(kind);
      return { test: row => numbers.has(table.number(row)), actual: row => table.id(row) };
    },
  };
}

function compileBoolean(term: Term, field: Field, kind: Kind): CompiledTerm {
  onlyEquals(term);
  const wanted = new Set<number>(
    term.values.map(value => (fieldTypes.boolean.parse(value, field, undefined as never) ? 1 : 0)),
  );
  return {
    timed: false,
    bind: ({ state }) => {
      const column = state.table(kind).column(field.path) as NumberColumn;
      return {
        test: row => wanted.has(column.get(row)),
        actual: row => ({ 1: 'yes', 0: 'no' })[column.get(row)] ?? 'none',
      };
    },
  };
}

function compileTextField(term: Term, field: Field, kind: Kind): CompiledTerm {
  onlyEquals(term);
  const isList = fieldTypes[field.type].list === true;
  const isWhole = term.operator === '=';
  const needles = term.values.map(value => needleOf(isList && isWhole ? wrapped(value) : value));
  return {
    timed: false,
    bind: ({ state }) => {
      const table = state.table(kind);
      const column = table.column(field.path) as TextColumn;
      const tests = needles.map(needle =>
        isWhole && !isList ? (row: number) => column.equals(row, needle) : containing(table, column, needle),
      );
      return {
        test: tests.length === 1 ? tests[0]! : row => tests.some(test => test(row)),
        actual: row => JSON.stringify(textsIn(column.get(row)).join(', ').slice(0, 60)),
      };
    },
  };
}

/** Whether a field has a value. */
export function presenceOf(field: Field, kind: Kind): CompiledTerm {
  const what = field.refs?.length === 1 ? field.refs[0]! : field.name;
  return {
    timed: false,
    bind: scope => {
      const test = field.name === 'id' ? () => true : hasValue(scope, field, kind);
      return { test, actual: row => (test(row) ? `has ${what}` : `no ${what}`) };
    },
  };
}

function hasValue(scope: Scope, field: Field, kind: Kind): (row: number) => boolean {
  if (field.refs) return hasRefs(scope, field, kind);
  const column = scope.state.table(kind).column(field.path);
  switch (column.type) {
    case 'number':
      return row => !Number.isNaN(column.get(row));
    case 'code':
      return row => column.get(row) >= 0;
    default:
      return row => column.size(row) > 0;
  }
}
