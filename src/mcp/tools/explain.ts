import { z } from 'zod';
import { rowsIn } from '../pages.ts';
import { tool } from '../tool.ts';

export const explain = tool({
  name: 'explain',
  title: 'Explain',
  description:
    'Why a deal is in its stage, how probable winning it is, or why an automation did or did not start for a record.',
  does: 'reads',
  input: z.strictObject({
    record: z.string().min(1).max(300),
    about: z
      .string()
      .max(100)
      .optional()
      .describe('an automation, a stage, or probability (default: its stage)'),
  }),
  output: { explained: z.array(z.looseObject({})) },
  async run({ record, about }, { desk }) {
    const shown = await desk.read(['explain', '--', record, ...(about === undefined ? [] : [about])]);
    if (!shown.ok) return shown;
    return { told: { said: 'Explained:', data: { explained: rowsIn(shown.value) } } };
  },
});
