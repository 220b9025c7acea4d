import { readyRules } from '../../app/automation/add-ready-rule.ts';
import type { Command } from '../command.ts';
import { plainColumn, printJson, printThings } from '../output.ts';

export const templates: Command = {
  summary: 'list ready-made automations, for automation add --template',
  usage: '',
  examples: ['automation templates', 'automation add --template lost-win-back --set days=60d'],
  async run(context) {
    const rules = await readyRules();
    if (
      await printJson(
        context,
        rules.map(({ id, name }) => ({ id, name })),
      )
    )
      return;
    await printThings(
      context,
      rules,
      [
        plainColumn('id', rule => rule.id, { whole: true }),
        plainColumn('name', rule => rule.name),
        plainColumn('set', rule =>
          Object.entries(rule.sets)
            .map(([name, value]) => `${name}=${value}`)
            .join(', '),
        ),
      ],
      rule => rule.id,
    );
  },
};
