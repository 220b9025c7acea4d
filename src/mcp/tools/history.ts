import { z } from 'zod';
import { own, paged, pageOf, paging, rowsIn, saidOf } from '../pages.ts';
import { optionWords, tool } from '../tool.ts';

export const history = tool({
  name: 'history',
  title: 'Show what was changed',
  description:
    'What was changed, by whom, when and why, newest first: of a record, of a settings file (pipelines/sales.yaml), or of everything.',
  does: 'reads',
  input: z.strictObject({ record: z.string().max(300).optional(), ...paging }),
  output: { rows: z.array(z.looseObject({ tx: z.number(), by: z.string() })), ...paged },
  async run({ record, ...asked }, { desk }) {
    const page = pageOf({ record, ...asked });
    const words = record === undefined ? [] : ['--', record];
    const shown = await desk.read(['history', ...optionWords({ limit: page.offset + page.count }), ...words]);
    if (!shown.ok) return shown;
    const { rows, next } = page.cut(rowsIn(shown.value).slice(page.offset));
    return {
      told: { said: saidOf(rows.length, undefined, next), ...own(next), data: { rows } },
    };
  },
});
