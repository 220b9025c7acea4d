import { type Board, type BoardColumn, type BoardOptions, board as boardOf } from '../app/board.ts';
import { parseLimit } from '../app/list.ts';
import { pipelineIn } from '../app/pipelines.ts';
import type { Total } from '../app/totals.ts';
import type { Config, Pipeline } from '../domain/config.ts';
import { dayNumber } from '../domain/dates.ts';
import { fromMinorUnits } from '../domain/money.ts';
import type { Command } from './command.ts';
import type { Context } from './context.ts';
import { oneOf } from './globals.ts';
import { formatFor, plainColumn, printJson, printThings } from './output.ts';

/** `crm board [PIPELINE] [QUERY]` */
export const board: Command = {
  summary: 'show a pipeline with its deals in columns by stage',
  usage: '[PIPELINE] [QUERY]',
  options: [
    { flags: '--by <WHAT>', description: 'columns by stage (the default) or owner' },
    { flags: '--where <QUERY>', description: 'the same as QUERY, also for bare words' },
    {
      flags: '--limit <N>',
      description: 'so many deals in each column; else as many as the terminal is high',
    },
  ],
  examples: ['board', 'board hardware owner:me', 'board --by owner value.over:10k', 'board is:won --json'],
  async run(context, args, options) {
    const by = oneOf('--by', options.text('by') ?? 'stage', ['stage', 'owner'] as const);
    const limitText = options.text('limit');
    const limit = limitText === undefined ? undefined : parseLimit(limitText);
    const view = await (await context.workspace()).view();
    const { config } = view.state;
    const named = args[0] !== undefined && namesPipeline(args[0], config);
    const pipeline = pipelineIn(config, view.viewer, named ? args[0] : undefined);
    const where = options.text('where');
    const query = [...args.slice(named ? 1 : 0), ...(where === undefined ? [] : [where])];
    const shown = boardOf(view, { pipeline, by, query });
    const idOf = (row: number) => view.state.table('deal').id(row);
    const format = formatFor(context);
    if (format === 'table') {
      const { drawBoard } = await import('./board-drawing.ts');
      const today = dayNumber(view.clock.zone.day(view.clock.now));
      await drawBoard(context, shown, { pipeline, limit, today });
    } else if (format === 'ids') {
      const ids = shown.columns.flatMap(({ rows }) => rows.slice(0, limit).map(row => `${idOf(row)}\n`));
      await context.print(ids.join(''));
    } else if (!(await printJson(context, toJson(shown, pipeline, by, limit, idOf))))
      await printTotals(context, shown, pipeline, by);
  },
};

/** A first argument that could be no term of a query is meant as a pipeline, though there may be none of that name. */
function namesPipeline(word: string, { pipelines }: Config): boolean {
  if (pipelines.some(p => p.id === word || p.name.toLowerCase() === word.toLowerCase())) return true;
  return !/[:"()@]/.test(word) && !/^(not|or|and)$/i.test(word);
}

function toJson(
  { columns }: Board,
  pipeline: Pipeline,
  by: BoardOptions['by'],
  limit: number | undefined,
  idOf: (row: number) => string,
) {
  return {
    pipeline: pipeline.id,
    [by === 'stage' ? 'stages' : 'owners']: columns.map(column => {
      const { id, name, stage, rows } = column;
      const known = orZero(column, pipeline);
      return {
        id,
        name,
        ...(by === 'stage' && { group: stage?.group ?? null }),
        count: rows.length,
        sums: Object.fromEntries(known.map(({ currency, sum }) => [currency, sum])),
        weighted: Object.fromEntries(
          known.flatMap(({ currency, weighted }) => (weighted === null ? [] : [[currency, weighted]])),
        ),
        deals: rows.slice(0, limit).map(idOf),
      };
    }),
  };
}

/** A line per column and currency. */
async function printTotals(
  context: Context,
  { columns }: Board,
  pipeline: Pipeline,
  by: BoardOptions['by'],
): Promise<void> {
  const totals = columns.flatMap(column => orZero(column, pipeline).map(total => ({ column, ...total })));
  await printThings(
    context,
    totals,
    [
      plainColumn(by, t => t.column.id),
      plainColumn('count', t => t.count),
      plainColumn('sum', t => t.sum),
      plainColumn('currency', t => t.currency),
      plainColumn('weighted', t => t.weighted),
    ],
    t => t.column.id ?? '',
  );
}

/** Nothing is nothing in the pipeline's currency. */
function orZero({ totals, stage }: BoardColumn, { currency }: Pipeline): readonly Total[] {
  if (totals.length > 0) return totals;
  const sum = fromMinorUnits(0, currency);
  return [{ currency, count: 0, sum, weighted: stage?.probability === undefined ? null : sum }];
}
