import { z } from 'zod';
import { tool } from '../tool.ts';

export const help = tool({
  name: 'help',
  title: 'Help',
  description:
    'What crm says of a command (deal add, task done, ...) or a topic (query, dates, automations, reports, roles, ...), with examples; without a topic, all commands and topics.',
  does: 'reads',
  input: z.strictObject({
    topic: z.string().max(60).optional().describe('query; deal move; automations wait'),
  }),
  output: {},
  async run({ topic = '' }, { desk }) {
    const words = topic
      .replace(/^\s*crm\s/, '')
      .split(/\s+/)
      .filter(word => word !== '');
    const shown = await desk.readText(['help', '--', ...words]);
    if (!shown.ok) return shown;
    return { told: { said: shown.value.trimEnd() } };
  },
});
