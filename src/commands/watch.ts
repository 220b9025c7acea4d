import { entryOf } from '../app/history/history.ts';
import type { View } from '../app/core/view.ts';
import type { Transaction } from '../domain/changes.ts';
import { SECOND } from '../domain/dates.ts';
import { usage } from '../domain/errors.ts';
import { printable } from '../ui/escape.ts';
import { plural } from '../ui/words.ts';
import { command } from './command.ts';
import { Context } from './context.ts';
import { historyColumns } from './history-columns.ts';
import { formatFor, pickColumns, printThings } from './output.ts';

/** How often a remote is asked that cannot tell by itself, in seconds. */
const EVERY = 5;

export const watch = command({
  summary: 'take in what others share, as it comes, and print it until stopped',
  effect: 'waiting',
  args: {},
  options: [
    {
      flags: '--every <SECONDS>',
      description: `how often to ask a remote that cannot tell by itself (default: ${EVERY})`,
    },
  ],
  examples: ['watch', 'watch --every 30', 'watch --json'],
  async run(context, _args, options) {
    const { deps, globals } = context;
    const every = secondsIn(options.text('every'));
    if (globals.dryRun)
      throw usage('watch takes in what others share, and has no dry run', 'crm remote show asks nobody');
    const format = formatFor(context);
    if (format === 'csv')
      throw usage('watch prints lines that have no end, and no CSV', 'crm watch --json, or --format tsv');
    const abort = new AbortController();
    let code = 0;
    const off = deps.onStop(asked => {
      code = asked;
      abort.abort();
    });
    const { watch: start } = await import('../app/sharing/watch.ts');
    const look = async () => {
      const each = new Context(deps, globals, 'watch');
      return { world: await each.world(), close: () => each.close() };
    };
    try {
      await start(look, globals.dir, {
        every: every * SECOND,
        stop: abort.signal,
        begins: shown => context.message(`watching ${shown}; Ctrl-C or SIGTERM ends it`),
        came: (view, transactions) => print(context, view, transactions),
        contradicted: ids =>
          context.message(
            `${plural(ids.length, 'record')} with a conflict: crm sync --mine ${ids[0]}, or --theirs ${ids[0]}`,
          ),
        alarm: error => context.message(`${error.message}; trying again`),
      });
    } finally {
      off();
    }
    return code;
  },
});

function secondsIn(text: string | undefined): number {
  if (text === undefined) return EVERY;
  const seconds = Number(text);
  if (!/^\d{1,5}(\.\d+)?$/.test(text) || seconds < 0.1 || seconds > 86_400)
    throw usage(`--every: ${JSON.stringify(text)} is not a number of seconds`, 'for example --every 30');
  return seconds;
}

/** Prints what the viewer may see of transactions: a line each. */
async function print(context: Context, view: View, transactions: readonly Transaction[]): Promise<void> {
  const entries = transactions.flatMap(tx => entryOf(view, tx, undefined) ?? []);
  const columns = historyColumns(view, { goes: false });
  const format = formatFor(context);
  if (format === 'table') {
    const picked = pickColumns(context, columns);
    for (const entry of entries) {
      const cells = picked.map(column => column.human?.(entry) ?? column.text(entry));
      await context.print(`${printable(cells.filter(cell => cell !== '').join('  '))}\n`);
    }
    return;
  }
  if (entries.length === 0) return;
  // An array would end with the watch alone.
  const lines = { ...context.globals, format: format === 'json' ? ('jsonl' as const) : format };
  await printThings(new Context(context.deps, lines, 'watch'), entries, columns, e => String(e.tx));
}
