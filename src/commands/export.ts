import { createWriteStream } from 'node:fs';
import { exportColumns } from '../app/export.ts';
import { list as listRows, parseLimit } from '../app/list.ts';
import { csvLine } from '../channels/csv-write.ts';
import { renderList } from '../ui/format.ts';
import { plainPaint } from '../ui/paint.ts';
import { nodeSink } from '../ui/streams.ts';
import { plural } from '../ui/words.ts';
import type { Command } from './command.ts';
import { kindNamed } from './kind.ts';

export const exportCommand: Command = {
  summary: 'write records as CSV, JSON or JSON Lines',
  usage: 'KIND [QUERY]',
  options: [
    { flags: '-o, --output <FILE>', description: 'to a file instead of standard output' },
    { flags: '--sort <FIELD>', description: 'sort by a field; -FIELD for the other way round' },
    { flags: '--limit <N>', description: 'write so many at most' },
    { flags: '--raw', description: 'do not guard texts that a spreadsheet would take for a formula' },
  ],
  examples: [
    'export deals > deals.csv',
    'export deals is:won --format jsonl',
    'export contacts tag:vip --fields name,email',
  ],
  async run(context, args, options) {
    const kind = kindNamed(args[0]);
    const view = await (await context.workspace()).view();
    const limit = options.text('limit');
    const rows = listRows(view, kind, {
      query: args.slice(1),
      sort: options.text('sort'),
      limit: limit === undefined ? undefined : parseLimit(limit),
    });
    const format = context.globals.format ?? 'csv';
    const columns = exportColumns(view, kind, format === 'csv', context.globals.fields, options.flag('raw'));
    const file = options.text('output');
    const stream = file === undefined ? undefined : createWriteStream(file);
    const sink = stream ? nodeSink(stream as never) : context.streams.stdout;
    const settings = {
      width: Number.POSITIVE_INFINITY,
      paint: plainPaint,
      id: (row: number) => view.state.table(kind).id(row),
      csvLine,
    };
    for await (const chunk of renderList(rows, columns, format, settings)) await sink.write(chunk);
    stream?.end();
    if (file !== undefined) await context.message(`wrote ${plural(rows.length, kind)} to ${file}`);
  },
};
