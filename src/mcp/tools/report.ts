import { z } from 'zod';
import { plural } from '../../ui/words.ts';
import type { Told } from '../data.ts';
import type { Desk, Answered } from '../desk.ts';
import { optionWords, tool, type Row } from '../tool.ts';

const period = {
  query: z.string().max(2000).optional().describe('only these deals, as in list'),
  pipeline: z.string().max(100).optional(),
  from: z.string().max(40).optional().describe('the first day, or a period such as 2026Q3'),
  to: z.string().max(40).optional(),
  by: z.enum(['day', 'week', 'month', 'quarter', 'year']).optional(),
  per: z.string().max(60).optional().describe('owner, team, pipeline, stage, group, account or a field'),
};
type Period = z.infer<z.ZodObject<typeof period>>;

const output = { report: z.string(), rows: z.array(z.looseObject({})) };

export const forecast = tool({
  name: 'forecast',
  title: 'Forecast',
  description:
    'What closes when, and how much of it may be expected: open deals by the period of their expected close, weighted by probability, next to what was already won.',
  does: 'reads',
  input: z.strictObject(period),
  output,
  run: async (input, { desk }) => replyOf(await figures(desk, 'forecast', input)),
});

export const report = tool({
  name: 'report',
  title: 'Figures',
  description:
    'A report by its name: pipeline, owners, funnel, losses, movement, revenue, activity and more (help with topic reports lists them and what each takes).',
  does: 'reads',
  input: z.strictObject({ name: z.string().min(1).max(60), ...period }),
  output,
  run: async ({ name, ...input }, { desk }) => replyOf(await figures(desk, name, input)),
});

const figures = (desk: Desk, name: string, { query, ...options }: Period) =>
  desk.read(['report', ...optionWords(options), '--', name, ...(query === undefined ? [] : [query])]);

function replyOf(shown: Answered<unknown>): { told: Told } | Extract<Answered<unknown>, { ok: false }> {
  if (!shown.ok) return shown;
  const { rows = [], ...about } = shown.value as { readonly rows?: readonly Row[]; readonly report: string };
  return { told: { said: plural(rows.length, 'row'), data: { ...about, rows } } };
}
