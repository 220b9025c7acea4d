import { z } from 'zod';
import { LONG } from '../data.ts';
import { rowsIn } from '../pages.ts';
import { tool } from '../tool.ts';

export const show = tool({
  name: 'show',
  title: 'Show a record',
  description:
    'One record with all its fields, by its id (D12 deal, C3 contact, A7 account, T40 task, ...) or by what people call it: an e-mail address, a phone number, a name or a part of one. With brief, also what to know before a meeting: people, open deals, promises, last contacts, invoices (deals, contacts and accounts).',
  does: 'reads',
  input: z.strictObject({
    record: z.string().min(1).max(300),
    brief: z.boolean().optional(),
  }),
  output: {
    records: z.array(z.looseObject({ id: z.string() })),
    brief: z.array(z.looseObject({ id: z.string() })).optional(),
  },
  async run({ record, brief }, { desk }) {
    const shown = await desk.read(['show', '--', record]);
    if (!shown.ok) return shown;
    const records = rowsIn(shown.value);
    const told = { said: 'The record:', data: { records }, textLimit: LONG };
    const [only] = records;
    if (!brief || typeof only?.id !== 'string') return { told };
    const known = await desk.read(['brief', '--', only.id]);
    if (!known.ok) return known;
    return { told: { ...told, data: { records, brief: rowsIn(known.value) } } };
  },
});
