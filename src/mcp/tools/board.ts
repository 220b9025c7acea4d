import { z } from 'zod';
import { plural } from '../../ui/words.ts';
import { rowsIn } from '../pages.ts';
import { optionWords, tool, type Row } from '../tool.ts';

/** The most deals of a stage that are listed if the call sets no limit. */
const DEALS = 10;

export const board = tool({
  name: 'board',
  title: 'Show the board of a pipeline',
  description:
    'A pipeline with its open deals by stage: how many there are, what they add up to, and the most urgent of each stage.',
  does: 'reads',
  input: z.strictObject({
    pipeline: z.string().max(100).optional().describe('default: the first one'),
    query: z.string().max(2000).optional().describe('only these deals, as in list'),
    limit: z.number().int().min(1).max(50).optional().describe(`deals of each stage (default: ${DEALS})`),
  }),
  output: {
    pipeline: z.string(),
    stages: z.array(z.looseObject({ id: z.string(), count: z.number() })),
    deals: z.array(z.looseObject({ id: z.string(), stage: z.string() })),
  },
  async run({ pipeline, query, limit = DEALS }, { desk }) {
    const words = pipeline === undefined ? [] : ['--', pipeline];
    const shown = await desk.read(['board', ...optionWords({ limit, where: query }), ...words]);
    if (!shown.ok) return shown;
    const { pipeline: id, stages } = shown.value as {
      readonly pipeline: string;
      readonly stages: readonly (Row & { readonly deals: readonly string[]; readonly count: number })[];
    };
    const ids = stages.flatMap(({ deals }) => deals.slice(0, limit));
    const listed =
      ids.length === 0
        ? undefined
        : await desk.read([
            'deal',
            'list',
            '--fields=id,stage,title,value,currency,owner,next-action,close',
            '--',
            `id:${ids.join(',')}`,
          ]);
    if (listed && !listed.ok) return listed;
    const deals = new Map(rowsIn(listed?.value ?? []).map(deal => [deal.id as string, deal]));
    const count = stages.reduce((sum, stage) => sum + stage.count, 0);
    return {
      told: {
        said: `${plural(count, 'deal')} in ${plural(stages.length, 'stage')}`,
        data: {
          pipeline: id,
          stages: stages.map(({ deals: _, ...stage }) => stage),
          deals: ids.flatMap(each => deals.get(each) ?? []),
        },
      },
    };
  },
});
