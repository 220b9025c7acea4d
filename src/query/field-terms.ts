/** Terms on fields: how each type of field is tested against the values of a term, and what it shows of a row. */
import type { Config } from '../domain/config.ts';
import type { Clock } from '../domain/clock.ts';
import { dayNumber } from '../domain/dates.ts';
import { usage } from '../domain/errors.ts';
import { fold } from '../domain/fold.ts';
import { type Kind, type Kinds, refNumber } from '../domain/kinds.ts';
import { suggestion } from '../domain/nearest.ts';
import { isEmpty, isObject, type Json } from '../domain/records.ts';
import { activityBy } from '../kinds/activity.ts';
import { fieldTypes, oneOf, parseUser } from '../kinds/field-types.ts';
import type { Field } from '../kinds/field.ts';
import { definitionOf } from '../kinds/define.ts';
import { keysOf } from '../kinds/natural-keys.ts';
import { textsIn, wrapped } from '../kinds/several-cells.ts';
import { type DerivedField, nextAction, nextActions } from './derived.ts';
import { compileMoney, compileSums } from './money-terms.ts';
import { byCode } from './narrow.ts';
import {
  checkDays,
  checkInstants,
  type Compare,
  compareDays,
  compareDurations,
  compareInstants,
  compareNumbers,
  numberIn,
  onlyEquals,
  showDay,
  showDuration,
  showInstant,
  showNumber,
} from './operators.ts';
import type { Term } from './parse.ts';
import { type BoundTerm, type CompiledTerm, type Scope, seenRow } from './scope.ts';
import { compilePhone } from './phone-terms.ts';
import { containing } from './text-search.ts';
import type {
  CodeColumn,
  CodesColumn,
  NumberColumn,
  NumbersColumn,
  TextColumn,
} from '../state/columns/column.ts';
import { needleOf } from '../state/columns/texts.ts';
import { rowsNamed } from '../state/named-rows.ts';
import type { State } from '../state/state.ts';

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
      return { test: row => holds(column.get(row)), actual: row => show(column.get(row)) };
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
          `${JSON.stringify(value)} is no id of a ${kind}`,
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

/** Fields that hold a word, or several: choices, stages, users, tags. */
function compileWords(term: Term, field: Field, kind: Kind, config: Config): CompiledTerm {
  onlyEquals(term);
  const read = (me: string) => new Set(term.values.flatMap(value => wordsFor(value, field, config, me)));
  // Whether `me` is somebody is asked when it is known who asks.
  const asksMe = term.values.includes('me') && (field.type === 'user' || field === activityBy);
  if (!asksMe) read('');
  return {
    timed: false,
    ...(asksMe && { asks: 'me' }),
    bind: ({ state, me }) => {
      const words = read(me);
      const none = words.has('none') && !field.options?.(config).includes('none');
      const column = state.table(kind).column(field.path) as CodeColumn | CodesColumn;
      const wanted: boolean[] = [];
      const isWanted = (code: number) => (wanted[code] ??= words.has(column.words[code]!));
      if (column.type === 'code') {
        const holds = (code: number) => (code < 0 ? none : isWanted(code));
        return {
          test: row => holds(column.get(row)),
          narrow: byCode(column, holds),
          actual: row => column.words[column.get(row)] ?? 'none',
        };
      }
      return {
        test: row => {
          const size = column.size(row);
          if (size === 0) return none;
          for (let i = 0; i < size; i++) if (isWanted(column.at(row, i))) return true;
          return false;
        },
        actual: row => Array.from(column.get(row), code => column.words[code]).join(',') || 'none',
      };
    },
  };
}

/** The stored words that a value of a query stands for; USAGE for one outside a closed set. */
function wordsFor(value: string, field: Field, config: Config, me: string): string[] {
  if (value === 'me' && field === activityBy) return [me];
  if (value === 'none' && !field.options) return ['none'];
  if (field.type === 'user') {
    if (value.startsWith('team:')) {
      const team = value.slice(5);
      if (!Object.hasOwn(config.teams, team))
        throw usage(
          `unknown team ${JSON.stringify(team)}`,
          suggestion(team, Object.keys(config.teams), 'teams'),
        );
      return [...config.teams[team]!];
    }
    return [parseUser(value, field.name, { config, me }) ?? 'none'];
  }
  if (field.type === 'currency') return [value.toUpperCase()];
  if (!field.options) return [value];
  const options = field.options(config);
  if (field.name === 'stage' || field.name === 'closedStage' || field.name === 'pipeline')
    return [idOrName(value, field.name, config, options)];
  return [oneOf(value, options, field.name)];
}

/** A stage or pipeline by its id, or by the name that people see. */
function idOrName(value: string, name: string, config: Config, ids: readonly string[]): string {
  if (ids.includes(value)) return value;
  const named = name === 'pipeline' ? config.pipelines : config.pipelines.flatMap(p => p.stages);
  const found = named.find(each => fold(each.name) === fold(value));
  return found?.id ?? oneOf(value, ids, name === 'closedStage' ? 'stage' : name);
}

/** References to records of the kinds that the field refers to: those of others in its column do not count. */
export function compileRef(term: Term, field: Field, kind: Kind): CompiledTerm {
  onlyEquals(term);
  return {
    timed: false,
    bind: scope => {
      const wanted = refsNamed(scope.state, field.refs!, term.values);
      const refs = refsOf(scope, field, kind);
      return {
        test: row => {
          const named = wanted();
          let none = true;
          for (let k = 0; k < refs.length; k++) {
            const each = refs[k]!;
            const count = each.count(row);
            for (let i = 0; i < count; i++) {
              const ref = each.get(row, i);
              if (ref === 0) continue;
              if (named.has(ref)) return true;
              none = false;
            }
          }
          return none && named.has(0);
        },
        actual: row =>
          refs
            .flatMap(each => Array.from({ length: each.count(row) }, (_, i) => each.get(row, i)))
            .filter(ref => ref > 0)
            .map(ref => scope.state.kinds.makeId(scope.state.kinds.refKind(ref)!, refNumber(ref)))
            .join(',') || 'none',
      };
    },
  };
}

/** The references of a row in one column; 0 where there is none that counts. */
interface Refs {
  count(row: number): number;
  get(row: number, i: number): number;
}

/** The stored lists that a field shows as one, since each of them has records of one kind. */
const shownLists = (kinds: Kinds, kind: Kind, { name, refs }: Field): readonly string[] | undefined =>
  kind === 'activity' && name === 'with' && refs
    ? definitionOf(kinds, kind).fields.find(each => each.also)!.also
    : undefined;

function refsOf(scope: Scope, field: Field, kind: Kind): Refs[] {
  const { state } = scope;
  const several = definitionOf(state.kinds, kind).several?.find(each => each.all === field.name);
  const paths =
    kind === 'invoice' && field.name === 'for'
      ? ['deal', 'account', 'contact']
      : several
        ? [several.one, several.others]
        : (shownLists(state.kinds, kind, field) ?? [field.path, ...(field.also ?? [])]);
  const kinds = field.refs!;
  const rowOf = new Map(kinds.map(each => [each, seenRow(scope, each)]));
  // A reference to what is hidden from who asks counts for nothing; one to what is gone does not matter.
  const isHidden = scope.sees
    ? (ref: number) => {
        const of = state.kinds.refKind(ref)!;
        const number = refNumber(ref);
        return state.table(of).row(number) >= 0 && rowOf.get(of)!(number) < 0;
      }
    : () => false;
  return paths.map(path => {
    const column = state.table(kind).column(path) as NumberColumn | NumbersColumn;
    const listed =
      definitionOf(state.kinds, kind).fields.find(each => each.path === path && !each.read)?.refs?.[0] ??
      kinds[0]!;
    if (column.type === 'numbers')
      return {
        count: row => column.size(row),
        get: (row, i) => {
          const ref = state.kinds.refTo(listed, column.at(row, i));
          return !kinds.includes(listed) || isHidden(ref) ? 0 : ref;
        },
      };
    const counts = (ref: number) => ref > 0 && kinds.includes(state.kinds.refKind(ref)!) && !isHidden(ref);
    return {
      count: () => 1,
      get: row => {
        const ref = column.get(row);
        return counts(ref) ? ref : 0;
      },
    };
  });
}

/**
 * The references that values name, by id or by natural key (a contact's e-mail or name, an account's or deal's
 * name), 0 for none; a name that nobody has is no error. They are found anew when a record changed that may have one.
 */
function refsNamed(
  state: State,
  kinds: readonly Kind[],
  values: readonly string[],
): () => ReadonlySet<number> {
  const fixed: number[] = [];
  const names: string[] = [];
  for (const value of values) {
    const id = state.kinds.parseId(value);
    if (value === 'none') fixed.push(0);
    else if (!id) names.push(value);
    else if (kinds.includes(id.kind)) fixed.push(state.kinds.refOf(value));
  }
  let found: ReadonlySet<number> = new Set(fixed);
  if (names.length === 0) return () => found;
  const tables = kinds.map(kind => state.table(kind));
  let version = -1;
  return () => {
    let now = 0;
    for (const table of tables) now += table.version;
    if (now !== version) {
      version = now;
      const named = tables.flatMap(table =>
        keysOf(state.config, table.kind).flatMap(key =>
          names.flatMap(name =>
            rowsNamed(table, key, name, state.config).map(row =>
              state.kinds.refTo(table.kind, table.number(row)),
            ),
          ),
        ),
      );
      found = new Set([...fixed, ...named]);
    }
    return found;
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
  if (field.refs) {
    const refs = refsOf(scope, field, kind);
    return row =>
      refs.some(each => {
        const count = each.count(row);
        for (let i = 0; i < count; i++) if (each.get(row, i) > 0) return true;
        return false;
      });
  }
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

export function compileDerived(term: Term, field: DerivedField, config: Config): CompiledTerm {
  if (field.type === 'next') return compileNextAction(term, field, config);
  if (field.sums) return compileSums(term, field, field.sums);
  const holds = field.type === 'duration' ? compareDurations(term) : compareNumbers(term);
  const show = field.type === 'duration' ? showDuration : showNumber;
  return {
    timed: field.timed,
    ...(field.type === 'score' && { asks: 'score' }),
    bind: scope => {
      const value = field.bind(scope);
      return { test: row => holds(value(row)), actual: row => show(value(row)) };
    },
  };
}

/** `next-action:overdue,tomorrow`: words and days, or how a day compares. An open task without a day has none. */
function compileNextAction(term: Term, field: DerivedField, config: Config): CompiledTerm {
  const equals = term.operator === ':' || term.operator === '=';
  const wordOf = (value: string) => nextActions.find(word => word === value.trim().toLowerCase());
  const words = equals ? term.values.flatMap(value => wordOf(value) ?? []) : [];
  const days = { ...term, values: equals ? term.values.filter(value => !wordOf(value)) : term.values };
  try {
    checkDays(days, config);
  } catch (error) {
    const [value] = days.values;
    if (!equals || /\d/.test(value!)) throw error;
    throw usage(
      `unknown ${term.field} ${JSON.stringify(value)}`,
      suggestion(value!, nextActions, 'a day, or one of'),
    );
  }
  return {
    timed: true,
    bind: scope => {
      const due = field.bind(scope);
      const today = dayNumber(scope.clock.zone.day(scope.clock.now));
      const holds = compareDays(days, scope.clock);
      return {
        test: row => {
          const day = due(row);
          return words.includes(nextAction(day, today)) || (Number.isFinite(day) && holds(day));
        },
        actual: row =>
          `${nextAction(due(row), today)}${Number.isFinite(due(row)) ? ` (${showDay(due(row))})` : ''}`,
      };
    },
  };
}

/** `prop.KEY` of an event: text contains, numbers compare. */
export function compileProperty(term: Term, key: string): CompiledTerm {
  const compared = term.operator === ':' || term.operator === '=' ? undefined : compareNumbers(term);
  const texts = term.values.map(fold);
  const numbers = term.values.map(numberIn);
  return {
    timed: false,
    bind: ({ state }): BoundTerm => {
      const property = propertyOf(state, key);
      const test = (row: number): boolean => {
        const value = property(row);
        if (value === undefined || value === null) return false;
        if (compared) return compared(typeof value === 'number' ? value : numberIn(String(value)));
        if (typeof value === 'number') return numbers.includes(value);
        if (typeof value !== 'string') return texts.includes(fold(JSON.stringify(value)));
        const text = fold(value);
        return term.operator === '=' ? texts.includes(text) : texts.some(wanted => text.includes(wanted));
      };
      return { test, actual: row => JSON.stringify(property(row)) ?? 'none' };
    },
  };
}

export function presenceOfProperty(key: string): CompiledTerm {
  return {
    timed: false,
    bind: ({ state }) => {
      const property = propertyOf(state, key);
      return {
        test: row => !isEmpty(property(row)),
        actual: row => JSON.stringify(property(row)) ?? 'none',
      };
    },
  };
}

function propertyOf(state: State, key: string): (row: number) => Json | undefined {
  const table = state.table('event');
  return row => {
    const { props } = table.record(row);
    return isObject(props) && Object.hasOwn(props, key) ? props[key] : undefined;
  };
}
