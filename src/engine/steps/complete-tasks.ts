import { numberOf } from '../../domain/kinds.ts';
import { definitionOf } from '../../kinds/define.ts';
import type { Step } from './step.ts';
import { on } from './step.ts';

export const completeTasks: Step = {
  name: 'complete-tasks',
  summary: 'marks the open tasks of a record as done',
  params: {
    on,
    where: { type: 'query', asks: 'task', description: 'only those for which it holds: type:call' },
    outcome: { type: 'text', description: 'what came of them' },
  },
  short: 'where',
  effects: () => [{ sets: 'task', fields: { status: 'done' } }],
  example: "complete-tasks: { on: deal, where: 'type:call', outcome: 'no longer needed' }",
  run({ params, writer, why, on: find, holds, text, scope }) {
    const id = find(params.on);
    const { kind, number } = scope.state.kinds.parseId(id)!;
    const { state } = scope;
    const tasks = state.table('task');
    const { hasTasks } = definitionOf(state.kinds, kind);
    const ids: string[] = hasTasks ? [] : [id];
    if (hasTasks)
      state.links(kind, 'task', 'for').some(state.table(kind).row(number), row => {
        ids.push(tasks.id(row));
        return false;
      });
    const { where } = params;
    const done = ids
      .sort((a, b) => numberOf(a) - numberOf(b))
      .filter(task => state.get(task)!.status === 'open')
      .filter(task => typeof where !== 'string' || holds(where, task));
    const outcome = params.outcome === undefined ? {} : { outcome: text(params.outcome) };
    for (const task of done) writer.set(task, { status: 'done', ...outcome }, why);
    return { did: done.length > 0 ? `completed ${done.join(', ')}` : `${id} has no such task` };
  },
};
