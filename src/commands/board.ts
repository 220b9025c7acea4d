import { type Board, board as boardOf, type BoardColumn, type BoardOptions } from '../app/reading/board.ts';
import { parseLimit } from '../app/reading/list.ts';
import type { Total } from '../app/reading/totals.ts';
import { pipelineIn } from '../app/core/pipelines.ts';
import { hasAccess } from '../app/core/viewer.ts';
import type { Config, Pipeline } from '../domain/config.ts';
import { dayNumber } from '../domain/dates.ts';
import { usage } from '../domain/errors.ts';
import { fromMinorUnits } from '../domain/money.ts';
import { atOption, viewAsked } from './at.ts';
import type { Argument } from './args/argument.ts';
import { anyNumber, pipeline } from './args/declare.ts';
import { command } from './line/command.ts';
import type { Context } from './line/context.ts';
import type { Options } from './line/options.ts';
import { oneOf } from './line/globals.ts';
import { formatFor, printJson, printThings } from './printing/output.ts';
import { sumsCachesOf } from './sums-caches.ts';
import { plainColumn } from '../ui/thing-column.ts';

/** One argument, because only the names of pipelines tell where the query begins. */
const pipelinesAndQuery: Argument<readonly string[]> = {
  ...anyNumber(pipeline({ or: ['query'] })),
  line: '[PIPELINE...] [QUERY]',
};

/** `crm board [PIPELINE]... [QUERY]` */
export const board = command({
  summary: 'show a pipeline with its deals in columns by stage',
  effect: 'reads',
  args: { words: pipelinesAndQuery },
  options: [
    {
      flags: '-i, --interactive',
      description: 'drive the board by keys, on a terminal: ? shows them (crm help keys)',
      reaches: 'waiting',
    },
    { flags: '--by <WHAT>', description: 'columns by stage (the default) or owner' },
    {
      flags: '--all',
      description: 'every pipeline, one board below the other, with the deals that were won or lost',
    },
    { flags: '--where <QUERY>', description: 'the same as QUERY, also for bare words', repeat: true },
    {
      flags: '--limit <N>',
      description: 'at most N deals in each column (default: as many as fit on the terminal)',
    },
    atOption,
  ],
  examples: [
    'board',
    'board -i',
    'board hardware owner:me',
    'board --by owner value.over:10k',
    'board --all',
    'board --at -3m',
    'board is:won --json',
  ],
  jsonFields: ['pipeline', 'stages'],
  async run(context, { words }, options) {
    const by = oneOf('--by', options.text('by') ?? 'stage', ['stage', 'owner'] as const);
    if (options.flag('interactive')) return interactive(context, words, options, by);
    const limitText = options.text('limit');
    const limit = limitText === undefined ? undefined : parseLimit(limitText);
    const workspace = await context.workspace();
    const now = options.text('at') === undefined ? await workspace.open() : undefined;
    const view = now ? await workspace.view(now) : await viewAsked(context, options);
    const caches = now && sumsCachesOf(workspace, now);
    const { config } = view;
    const names = words.slice(0, countNames(words, config));
    const known = config.pipelines.filter(p => hasAccess(p, view.viewer));
    const one = (name?: string) => pipelineIn(view.state.config, view.viewer, name);
    const pipelines =
      options.flag('all') && known.length > 0 ? known : names.length > 0 ? names.map(one) : [one()];
    const query = [...words.slice(names.length), ...options.list('where')];
    const boards = pipelines.map(pipeline => ({
      pipeline,
      ...boardOf(view, { pipeline, by, query, closed: options.flag('all') }, caches),
    }));
    const idOf = (row: number) => view.state.table('deal').id(row);
    const format = formatFor(context);
    if (format === 'table') {
      const { drawBoard } = await import('../screens/board.ts');
      const today = dayNumber(view.clock.zone.day(view.clock.now));
      for (const [i, shown] of boards.entries()) {
        if (i > 0) await context.print('\n');
        const others = boards.length > 1 ? [] : known.filter(p => p !== shown.pipeline);
        await drawBoard(context, shown, { pipeline: shown.pipeline, others, limit, today });
      }
    } else if (format === 'ids') {
      const rows = boards.flatMap(({ columns }) => columns.flatMap(column => column.rows(limit)));
      await context.print(rows.map(row => `${idOf(row)}\n`).join(''));
    } else {
      const json = boards.map(shown => toJson(shown, shown.pipeline, by, limit, idOf));
      // A question about one pipeline gives one board.
      const printed = await printJson(context, options.flag('all') || json.length > 1 ? json : json[0]!);
      if (!printed) await printTotals(context, boards, by);
    }
  },
});

/** Opens the board with keys: one pipeline at a time, in the present. */
async function interactive(
  context: Context,
  args: readonly string[],
  options: Options,
  by: BoardOptions['by'],
): Promise<number> {
  for (const name of ['at', 'limit'])
    if (options.text(name) !== undefined)
      throw usage(`-i and --${name} cannot be used together`, `use one of them`);
  const { visible } = await context.workspace();
  const names = args.slice(0, countNames(args, visible));
  const { boardWithKeys } = await import('./board-keys.ts');
  return boardWithKeys(context, {
    pipeline: names[0],
    by,
    query: [...args.slice(names.length), ...options.list('where')],
    closed: options.flag('all'),
  });
}

/**
 * Returns how many of the first arguments are pipelines. A first argument that cannot be a query term counts as a
 * pipeline, even if none has that name.
 */
function countNames(args: readonly string[], { pipelines }: Config): number {
  const isOne = (word: string) =>
    pipelines.some(p => p.id === word || p.name.toLowerCase() === word.toLowerCase());
  const count = args.findIndex(word => !isOne(word));
  if (count < 0) return args.length;
  const [first] = args as readonly [string];
  return count === 0 && !/[:"()@]/.test(first) && !/^(not|or|and)$/i.test(first) ? 1 : count;
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
      const { id, name, stage, count } = column;
      const known = orZero(column, pipeline);
      return {
        id,
        name,
        ...(by === 'stage' && { group: stage?.group ?? null }),
        count,
        sums: Object.fromEntries(known.map(({ currency, sum }) => [currency, sum])),
        weighted: Object.fromEntries(
          known.flatMap(({ currency, weighted }) => (weighted === null ? [] : [[currency, weighted]])),
        ),
        deals: column.rows(limit).map(idOf),
      };
    }),
  };
}

/** A line per column and currency; of several pipelines it says which. */
async function printTotals(
  context: Context,
  boards: readonly (Board & { readonly pipeline: Pipeline })[],
  by: BoardOptions['by'],
): Promise<void> {
  const totals = boards.flatMap(({ columns, pipeline }) =>
    columns.flatMap(column => orZero(column, pipeline).map(total => ({ pipeline, column, ...total }))),
  );
  await printThings(
    context,
    totals,
    [
      ...(boards.length > 1 ? [plainColumn('pipeline', (t: (typeof totals)[number]) => t.pipeline.id)] : []),
      plainColumn(by, t => t.column.id),
      plainColumn('count', t => t.count),
      plainColumn('sum', t => t.sum),
      plainColumn('currency', t => t.currency),
      plainColumn('weighted', t => t.weighted),
    ],
    t => t.column.id ?? '',
  );
}

/** An empty sum is 0 in the pipeline's currency. */
function orZero({ totals, stage }: BoardColumn, { currency }: Pipeline): readonly Total[] {
  if (totals.length > 0) return totals;
  const sum = fromMinorUnits(0, currency);
  return [{ currency, count: 0, sum, weighted: stage?.probability === undefined ? null : sum }];
}
