import { z } from 'zod';
import { plural } from '../../ui/words.ts';
import { rowsIn } from '../pages.ts';
import { optionWords, tool } from '../tool.ts';

export const search = tool({
  name: 'search',
  title: 'Search',
  description:
    'Find records of all kinds by words: names, e-mail addresses, phone numbers, ids, tags, notes and other texts. The best match comes first. To filter by fields, use list.',
  does: 'reads',
  input: z.strictObject({
    words: z.string().min(1).max(500).describe('"second floor" in quotes is a phrase'),
    kinds: z
      .array(z.string().max(30))
      .max(10)
      .optional()
      .describe('only these: deals, contacts, accounts, tasks, activities, messages, ...'),
    limit: z.number().int().min(1).max(50).optional().describe('at most this many (default: 20)'),
  }),
  output: { hits: z.array(z.looseObject({ id: z.string(), kind: z.string() })) },
  async run({ words, kinds, limit }, { desk }) {
    const found = await desk.read(['search', ...optionWords({ kind: kinds?.join(','), limit }), '--', words]);
    if (!found.ok) return found;
    const hits = rowsIn(found.value);
    return { told: { said: plural(hits.length, 'hit'), data: { hits } } };
  },
});
