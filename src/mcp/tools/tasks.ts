import { z } from 'zod';
import { own, paged, pageOf, paging, rowsIn, saidOf } from '../pages.ts';
import { optionWords, tool } from '../tool.ts';

export const tasks = tool({
  name: 'tasks',
  title: 'Show what is next',
  description:
    'Open deals by what is next for them: overdue, today, upcoming, scheduled, or none where nothing is planned. For tasks as records, use list with kind task.',
  does: 'reads',
  input: z.strictObject({
    query: z
      .string()
      .max(2000)
      .optional()
      .describe('only these deals, as in list: owner:me next-action:overdue'),
    by: z.enum(['next-action', 'stage']).optional(),
    ...paging,
  }),
  output: { rows: z.array(z.looseObject({ group: z.string() })), ...paged },
  async run({ query, by, ...asked }, { desk }) {
    const page = pageOf({ query, by, ...asked });
    const words = query === undefined ? [] : ['--', query];
    const shown = await desk.read(['tasks', ...optionWords({ by }), ...words]);
    if (!shown.ok) return shown;
    const all = rowsIn(shown.value);
    const { rows, next } = page.cut(all.slice(page.offset));
    return { told: { said: saidOf(rows.length, all.length, next), ...own(next), data: { rows } } };
  },
});
