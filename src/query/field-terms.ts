/** Terms on fields: how each type of field is tested against the values of a term, and what it shows of a row. */
import {
  type CodeColumn,
  type CodesColumn,
  type NumberColumn,
  type NumbersColumn,
  needleOf,
  type TextColumn,
} from '../domain/columns.ts';
import type { Config } from '../domain/config.ts';
import { type Clock, dayNumber } from '../domain/dates.ts';
import { usage } from '../domain/errors.ts';
import { fieldTypes, oneOf, parseUser } from '../domain/field-types.ts';
import type { Field } from '../domain/fields.ts';
import { fold } from '../domain/fold.ts';
import { type Kind, makeId, parseId, refKind, refNumber, refOf, refTo } from '../domain/kinds.ts';
import { suggestion } from '../domain/nearest.ts';
import { isObject } from '../domain/records.ts';
import type { State } from '../domain/state.ts';
import { zone } from '../domain/zone.ts';
import { type DerivedField, type NextAction, nextAction, nextActions } from './derived.ts';
import {
  type Compare,
  compareDays,
  compareDurations,
  compareInstants,
  compareNumbers,
  onlyEquals,
  parseNumber,
  showDay,
  showDuration,
  showInstant,
  showNumber,
} from './operators.ts';
import type { Term } from './parse.ts';
import type { BoundTerm, CompiledTerm, Scope } from './scope.ts';

/** A time to check values against when a query is compiled: whether `tomorow` is a day does not depend on it. */
const anyTime: Clock = { now: 0, zone: zone('UTC') };

export function compileStored(term: Term, field: Field, kind: Kind, config: Config): CompiledTerm {
  if (field.name === 'id') return compileId(term, kind);
  switch (field.type) {
    case 'number':
    case 'money':
      return numeric(field, kind, compareNumbers(term), showNumber);
    case 'instant':
      compareInstants(term, anyTime);
      return numeric(field, kind, (clock: Clock) => compareInstants(term, clock), showInstant);
    case 'day':
      compareDays(term, anyTime);
      return numeric(field, kind, (clock: Clock) => compareDays(term, clock), showDay);
    case 'boolean':
      return compileBoolean(term, field, kind);
    case 'text':
      return compileTextField(term, field, kind);
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

function compileId(term: Term, kind: Kind): CompiledTerm {
  onlyEquals(term);
  const numbers = new Set(
    term.values.map(value => {
      const id = parseId(value);
      if (id?.kind !== kind)
        throw usage(`${JSON.stringify(value)} is no id of a ${kind}`, `for example ${makeId(kind, 12)}`);
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
  const needles = term.values.map(needleOf);
  const texts = new Set(term.values.map(value => fold(value).replaceAll('\n', ' ')));
  return {
    timed: false,
    bind: ({ state }) => {
      const column = state.table(kind).column(field.path) as TextColumn;
      return {
        test:
          term.operator === '='
            ? row => texts.has(column.get(row))
            : row => needles.some(needle => column.includes(row, needle)),
        actual: row => JSON.stringify(column.get(row).slice(0, 60)),
      };
    },
  };
}

/** Fields that hold a word, or several: choices, stages, users, tags. */
function compileWords(term: Term, field: Field, kind: Kind, config: Config): CompiledTerm {
  onlyEquals(term);
  const read = (me: string) => new Set(term.values.flatMap(value => wordsFor(value, field, config, me)));
  // Whether `me` is somebody is asked when it is known who asks.
  if (!term.values.includes('me')) read('');
  return {
    timed: false,
    bind: ({ state, me }) => {
      const words = read(me);
      const none = words.has('none') && !field.options?.(config).includes('none');
      const column = state.table(kind).column(field.path) as CodeColumn | CodesColumn;
      const wanted: boolean[] = [];
      const isWanted = (code: number) => (wanted[code] ??= words.has(column.words[code]!));
      if (column.type === 'code')
        return {
          test: row => {
            const code = column.get(row);
            return code < 0 ? none : isWanted(code);
          },
          actual: row => column.words[column.get(row)] ?? 'none',
        };
      return {
        test: row => {
          const codes = column.get(row);
          if (codes.length === 0) return none;
          for (let i = 0; i < codes.length; i++) if (isWanted(codes[i]!)) return true;
          return false;
        },
        actual: row => Array.from(column.get(row), code => column.words[code]).join(',') || 'none',
      };
    },
  };
}

/** The stored words that a value of a query stands for; USAGE for one outside a closed set. */
function wordsFor(value: string, field: Field, config: Config, me: string): string[] {
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

function compileRef(term: Term, field: Field, kind: Kind): CompiledTerm {
  onlyEquals(term);
  const columns = kind === 'invoice' && field.name === 'for' ? ['deal', 'account', 'contact'] : [field.path];
  return {
    timed: false,
    bind: ({ state }) => {
      const wanted = new Set(term.values.flatMap(value => refsNamed(state, field.refs!, value)));
      const refsOf = columns.map(path => refsIn(state, kind, path, field.refs![0]!));
      const all = (row: number) => refsOf.flatMap(refs => refs(row));
      return {
        test: row => {
          const refs = all(row);
          return refs.length === 0 ? wanted.has(0) : refs.some(ref => wanted.has(ref));
        },
        actual: row =>
          all(row)
            .map(ref => makeId(refKind(ref)!, refNumber(ref)))
            .join(',') || 'none',
      };
    },
  };
}

/** The references in a column of one or of several. */
function refsIn(state: State, kind: Kind, path: string, target: Kind): (row: number) => number[] {
  const column = state.table(kind).column(path) as NumberColumn | NumbersColumn;
  if (column.type === 'numbers') return row => Array.from(column.get(row), number => refTo(target, number));
  return row => (column.get(row) > 0 ? [column.get(row)] : []);
}

/** References by id or by natural key: a contact's e-mail or name, an account's or deal's name. None is no error. */
function refsNamed(state: State, kinds: readonly Kind[], value: string): number[] {
  if (value === 'none') return [0];
  const id = parseId(value);
  if (id) return kinds.includes(id.kind) ? [refOf(value)] : [];
  return kinds.flatMap(kind =>
    naturalKeys[kind].flatMap(column =>
      state
        .table(kind)
        .find(column, value)
        .map(row => refTo(kind, state.table(kind).number(row))),
    ),
  );
}

/** The columns by which a record may be named. */
export const naturalKeys: Readonly<Record<Kind, readonly string[]>> = {
  deal: ['externalId', 'title'],
  contact: ['email', 'externalId', 'name'],
  account: ['name', 'externalId', 'domain'],
  task: ['externalId'],
  activity: ['externalId'],
  event: ['externalId'],
  invoice: ['externalId'],
  message: [],
  enrolment: [],
};

/** Whether a field has a value. */
export function presenceOf(field: Field, kind: Kind): CompiledTerm {
  const columns = kind === 'invoice' && field.name === 'for' ? ['deal', 'account', 'contact'] : [field.path];
  return {
    timed: false,
    bind: ({ state }) => {
      if (field.name === 'id') return { test: () => true, actual: row => state.table(kind).id(row) };
      const tests = columns.map(path => hasValue(state, kind, path, field.type === 'ref'));
      const test = (row: number) => tests.some(has => has(row));
      return { test, actual: row => (test(row) ? `has ${field.name}` : `no ${field.name}`) };
    },
  };
}

function hasValue(state: State, kind: Kind, path: string, isRef: boolean): (row: number) => boolean {
  const column = state.table(kind).column(path);
  switch (column.type) {
    case 'number':
      return isRef ? row => column.get(row) > 0 : row => !Number.isNaN(column.get(row));
    case 'code':
      return row => column.get(row) >= 0;
    case 'text':
      return row => column.bytes(row).length > 0;
    default:
      return row => column.get(row).length > 0;
  }
}

export function compileDerived(term: Term, field: DerivedField): CompiledTerm {
  if (field.type === 'next') return compileNextAction(term, field);
  const holds = field.type === 'duration' ? compareDurations(term) : compareNumbers(term);
  const show = field.type === 'duration' ? showDuration : showNumber;
  return {
    timed: field.timed,
    bind: scope => {
      const value = field.bind(scope);
      return { test: row => holds(value(row)), actual: row => show(value(row)) };
    },
  };
}

/** `next-action:overdue`, or a day and how it compares. */
function compileNextAction(term: Term, field: DerivedField): CompiledTerm {
  const isWord =
    term.operator === ':' &&
    term.values.every(value => !/\d/.test(value) && !['tomorrow', 'yesterday'].includes(value));
  const words = isWord
    ? term.values.map(value => oneOf(value, nextActions, field.name) as NextAction)
    : undefined;
  if (!words) compareDays(term, anyTime);
  return {
    timed: true,
    bind: scope => {
      const due = field.bind(scope);
      const today = dayNumber(scope.clock.zone.day(scope.clock.now));
      const holds = words ? undefined : compareDays(term, scope.clock);
      return {
        test: row => (words ? words.includes(nextAction(due(row), today)) : holds!(due(row))),
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
  return {
    timed: false,
    bind: (scope: Scope): BoundTerm => {
      const table = scope.state.table('event');
      const property = (row: number) => {
        const { props } = table.record(row);
        return isObject(props) && Object.hasOwn(props, key) ? props[key] : undefined;
      };
      const test = (row: number): boolean => {
        const value = property(row);
        if (value === undefined || value === null) return false;
        if (compared) return compared(typeof value === 'number' ? value : parseNumberOrNaN(value));
        const text = fold(typeof value === 'string' ? value : JSON.stringify(value));
        return texts.some(wanted =>
          term.operator === '=' || typeof value !== 'string' ? text === wanted : text.includes(wanted),
        );
      };
      return { test, actual: row => JSON.stringify(property(row)) ?? 'none' };
    },
  };
}

function parseNumberOrNaN(value: unknown): number {
  try {
    return parseNumber(String(value), 'prop');
  } catch {
    return Number.NaN;
  }
}
