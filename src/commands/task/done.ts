import { definitionOf } from '../../kinds/define.ts';
import { lacksNextAction } from '../../app/reading/next-task.ts';
import { type Fields, parseField, settableField } from '../../app/core/writer.ts';
import { usage } from '../../domain/errors.ts';
import { numberOf } from '../../domain/kinds.ts';
import type { Task } from '../../domain/records.ts';
import { reportChanged } from '../printing/changed.ts';
import { changeChosen, whereOption } from '../choose.ts';
import { chosen, taskType } from '../args/declare.ts';
import { command } from '../line/command.ts';
import { namingIn } from '../printing/naming.ts';

export const done = command({
  summary: 'mark tasks as done, and say what is next',
  effect: 'changes',
  args: { words: chosen('task', { offers: 'status:open' }) },
  options: [
    { flags: '--outcome <TEXT>', description: 'what came of it' },
    { flags: '--at <TIME>', description: 'when it was done (default: now)' },
    { flags: '--next <TITLE>', description: 'add the next task for the same record' },
    { flags: '--due <DAY>', description: 'when the next one is due' },
    {
      flags: '--type <TYPE>',
      description: 'the type of the next one (default: the same)',
      value: taskType(),
    },
    whereOption,
  ],
  examples: [
    'task done T40 T41',
    'task done T40 --outcome "wants a quote" --next "Send the quote" --due +2d',
  ],
  async run(context, { words }, options) {
    const next = options.text('next');
    if (next === undefined && (options.text('due') ?? options.text('type')) !== undefined)
      throw usage('--due and --type describe the next task: add --next TITLE');
    let added: string[] = [];
    const choosing = { kinds: ['task'], words, options, asks: 'close' } as const;
    const { committed, ids } = await changeChosen(
      context,
      choosing,
      (writer, id) => {
        const read = (name: string, text: string | undefined) =>
          text === undefined
            ? undefined
            : parseField(settableField(writer.config, 'task', name), text, writer.context(''));
        const task = writer.view.record(id) as Task;
        const fields: Fields = { status: 'done' };
        if (options.text('outcome') !== undefined) fields.outcome = options.text('outcome');
        if (options.text('at') !== undefined) fields.doneAt = read('doneAt', options.text('at'));
        writer.set(id, fields);
        if (next !== undefined)
          added.push(
            writer.add('task', {
              title: next,
              type: read('type', options.text('type')) ?? task.type,
              for: task.for,
              assignee: task.assignee,
              due: read('due', options.text('due')),
            }).id,
          );
      },
      () => {
        added = [];
      },
    );
    await reportChanged(context, committed, 'task', [...ids, ...added], 'done:', { added });
    if (context.globals.dryRun || next !== undefined || committed.changes.length === 0) return;
    const name = await namingIn(context, committed.state);
    const repeating = ids.filter(id => (committed.state.get(id) as Task | undefined)?.repeat !== undefined);
    if (repeating.length > 0)
      await context.message(`${repeating.map(name).join(', ')}: crm run adds the next one, as it repeats`);
    const { state } = committed;
    // A deal without a next action is a deal that is forgotten.
    const deals = [
      ...new Set(
        ids.filter(id => !repeating.includes(id)).map(id => (state.get(id) as Task | undefined)?.for ?? ''),
      ),
    ].filter(id => {
      const about = state.kinds.parseId(id);
      return about !== undefined && definitionOf(state.kinds, about.kind).inPipelines === true;
    });
    const left = deals.filter(id => {
      const row = state.table('deal').row(numberOf(id));
      return row >= 0 && lacksNextAction(state, row);
    });
    if (left.length > 0)
      await context.message(
        `no next action for ${left.slice(0, 5).map(name).join(', ')}: crm task add TITLE --for ${left[0]} --due +2d`,
      );
  },
});
