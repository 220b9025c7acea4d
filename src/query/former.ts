/**
 * Values that records have although the settings no longer know them: a removed stage, option, task type or user. A
 * query may ask for such a value, so that every value in a list can be searched for.
 */
import { type Config, customFieldsOf } from '../domain/config.ts';
import { CrmError } from '../domain/errors.ts';
import type { Kind } from '../domain/kinds.ts';
import type { State } from '../state/state.ts';
import { compileQuery, type Query } from './compile.ts';
import type { Node } from './parse.ts';
import type { Scope } from './scope.ts';

/**
 * Compiles a query on the records of a state, by the visible settings; an unknown value is USAGE only if no visible
 * record has it.
 */
export function compileAsked(
  node: Node,
  kind: Kind,
  { state, sees }: Pick<Scope, 'state' | 'sees'>,
  config: Config,
): Query {
  try {
    return compileQuery(node, kind, config);
  } catch (error) {
    if (!(error instanceof CrmError) || error.kind !== 'USAGE') throw error;
    try {
      return compileQuery(node, kind, withFormer(state, sees, config));
    } catch {
      // Suggestions name present values only.
      throw error;
    }
  }
}

function withFormer(state: State, sees: Scope['sees'], config: Config): Config {
  const wordsOf = (kind: Kind, path: string): string[] => {
    const table = state.table(kind);
    const column = table.column(path);
    if (column.type !== 'code' && column.type !== 'codes') return [];
    const isSeen = sees?.(kind);
    const words = new Set<string>();
    const add = (code: number) => {
      const word = column.words[code];
      if (word !== undefined) words.add(word);
    };
    for (let row = 0; row < table.rows; row++) {
      if (!table.live(row) || (isSeen && !isSeen(row))) continue;
      if (column.type === 'code') add(column.get(row));
      else for (let i = 0; i < column.size(row); i++) add(column.at(row, i));
    }
    return [...words];
  };
  const users = [
    ...(['deal', 'contact', 'account'] as const).flatMap(kind => wordsOf(kind, 'owner')),
    ...wordsOf('task', 'assignee'),
  ].filter(id => !Object.hasOwn(config.users, id));
  const types = wordsOf('task', 'type').filter(id => !Object.hasOwn(config.taskTypes, id));
  // The stages of all pipelines: a stage of a pipeline that is closed to the viewer is not a former stage.
  const stages = new Set(state.config.pipelines.flatMap(p => p.stages.map(s => s.id)));
  const formerStages = [...new Set(['stage', 'closedStage'].flatMap(path => wordsOf('deal', path)))].filter(
    id => !stages.has(id),
  );
  const fields = config.kinds.extensible.map(kind => [
    kind,
    customFieldsOf(config, kind).map(field =>
      field.type === 'choice' || field.type === 'choices'
        ? {
            ...field,
            options: [...new Set([...(field.options ?? []), ...wordsOf(kind, `fields.${field.name}`)])],
          }
        : field,
    ),
  ]);
  return {
    ...config,
    users: {
      ...config.users,
      ...Object.fromEntries(users.map(id => [id, { id, name: id, role: 'normal', active: false }])),
    },
    taskTypes: { ...config.taskTypes, ...Object.fromEntries(types.map(id => [id, { id, contact: false }])) },
    fields: Object.fromEntries(fields),
    pipelines: config.pipelines.map((pipeline, i) =>
      i === 0
        ? { ...pipeline, stages: [...pipeline.stages, ...formerStages.map(id => ({ id, name: id }))] }
        : pipeline,
    ),
  };
}
