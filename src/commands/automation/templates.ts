import { type ReadyRule, readyRules } from '../../app/automation/add-ready-rule.ts';
import { command } from '../line/command.ts';
import { printThings } from '../printing/output.ts';
import { plainColumn, type ThingColumn } from '../../ui/thing-column.ts';

/** How many cells a name keeps, which is a sentence. */
const NAME = 44;

export const templates = command({
  summary: 'list ready-made automations, for automation add --template',
  effect: 'reads',
  args: {},
  examples: [
    'automation templates',
    'automation templates --json',
    'automation add --template lost-win-back --set days=60d',
  ],
  jsonFields: ['id', 'name'],
  async run(context) {
    const rules = await readyRules();
    const columns: ThingColumn<ReadyRule>[] = [
      plainColumn('id', rule => rule.id, { whole: true }),
      plainColumn('name', rule => rule.name, { wants: NAME }),
    ];
    const { format, fields } = context.globals;
    if (fields || (format !== 'json' && format !== 'jsonl' && format !== 'yaml'))
      columns.push(
        plainColumn('set', rule =>
          Object.entries(rule.sets)
            .map(([name, value]) => `${name}=${value}`)
            .join(', '),
        ),
      );
    await printThings(context, rules, columns, rule => rule.id);
  },
});
