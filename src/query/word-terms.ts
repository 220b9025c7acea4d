/** Terms on fields that hold words out of a set: choices, stages, users, currencies, tags. */
import type { Config } from '../domain/config.ts';
import { usage } from '../domain/errors.ts';
import { fold } from '../domain/fold.ts';
import type { Kind } from '../domain/kinds.ts';
import { suggestion } from '../domain/nearest.ts';
import { activityBy } from '../kinds/activity.ts';
import { oneOf, parseUser } from '../kinds/field-types.ts';
import type { Field } from '../kinds/field.ts';
import { byCode } from './narrow.ts';
import { onlyEquals } from './operators.ts';
import type { Term } from './parse.ts';
import type { CompiledTerm } from './scope.ts';
import type { CodeColumn, CodesColumn } from '../state/columns/column.ts';

/** Fields that hold a word, or several: choices, stages, users, tags. */
export function compileWords(term: Term, field: Field, kind: Kind, config: Config): CompiledTerm {
  onlyEquals(term);
  const read = (me: string) => new Set(term.values.flatMap(value => wordsFor(value, field, config, me)));
  // Whether `me` is a user is checked when the viewer is known.
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

/** Returns the stored words that a value of a query stands for; USAGE for a value outside a closed set. */
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

/** Returns the id of a stage or pipeline from its id or name. */
function idOrName(value: string, name: string, config: Config, ids: readonly string[]): string {
  if (ids.includes(value)) return value;
  const named = name === 'pipeline' ? config.pipelines : config.pipelines.flatMap(p => p.stages);
  const found = named.find(each => fold(each.name) === fold(value));
  return found?.id ?? oneOf(value, ids, name === 'closedStage' ? 'stage' : name);
}
