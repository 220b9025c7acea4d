import { usage } from '../../domain/errors.ts';
import type { Command } from '../command.ts';
import { importFile, importOptions } from '../import.ts';

/** The same as `import events`. */
export const importEvents: Command = {
  summary: 'add events from JSON Lines, JSON, CSV or TSV, as one transaction',
  usage: 'FILE|-',
  options: importOptions,
  examples: [
    'event import events.jsonl',
    'event import visits.csv --map url=prop.url --set name=page.visited',
  ],
  async run(context, [file], options) {
    if (file === undefined) throw usage('from which file?', 'crm event import FILE, or - for standard input');
    return importFile(context, 'event', 'events', file, options);
  },
};
