import { entryOf, type HistoryEntry } from '../app/history/history.ts';
import type { View } from '../app/core/view.ts';
import type { Transaction } from '../domain/changes.ts';
import { SECOND } from '../domain/dates.ts';
import { usage } from '../domain/errors.ts';
import { printable } from '../ui/escape.ts';
import { plural } from '../ui/words.ts';
import { command } from './line/command.ts';
import { Context } from './line/context.ts';
import { historyColumns } from './printing/history-columns.ts';
import { formatFor, pickColumns, printThings } from './printing/output.ts';
import { programWords } from './line/program-words.ts';

/** Seconds between two looks at a remote that does not report changes by itself. */
const EVERY = 5;

export const watch = command({
  summary: 'print changes as they come, those that others share too, until stopped',
  effect: 'waiting',
  args: {},
  options: [
    {
      flags: '--every <SECONDS>',
      description: `how often to ask a remote that cannot tell by itself (default: ${EVERY})`,
    },
    {
      flags: '--exec <COMMAND>',
      description: 'instead of printing them, run a program, without a shell, with the changes as JSON Lines',
      reaches: 'programs',
    },
  ],
  examples: ['watch', 'watch --every 30', 'watch --json', "watch --exec 'notify-send crm changed'"],
  jsonFields: ['tx', 'at', 'by', 'via', 'why', 'changes'],
  async run(context, _args, options) {
    const { deps, globals } = context;
    const every = secondsIn(options.text('every'));
    if (globals.dryRun)
      throw usage('watch takes in what others share, and has no dry run', 'crm remote show asks nobody');
    const format = formatFor(context);
    if (format === 'csv')
      throw usage('watch prints lines that have no end, and no CSV', 'crm watch --json, or --format tsv');
    const exec = options.text('exec');
    const argv = exec === undefined ? undefined : programWords('--exec', exec, 'notify-send crm changed');
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
        came: (view, transactions) =>
          argv
            ? execute(context, argv, abort.signal, entriesOf(view, transactions))
            : print(context, view, entriesOf(view, transactions)),
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

/** Returns the entries of transactions in the history, as far as the viewer may see them. */
const entriesOf = (view: View, transactions: readonly Transaction[]): readonly HistoryEntry[] =>
  transactions.flatMap(tx => entryOf(view, tx, undefined) ?? []);

/** The most time that a program may take, ms, because later changes wait for it. */
const LONGEST = 3_600_000;

/**
 * Runs a program with changes on its standard input, one line of JSON per transaction. Changes that come meanwhile are
 * handed to its next run, all together. USAGE if the program cannot be started; if it fails, that is only reported.
 */
async function execute(
  context: Context,
  argv: readonly string[],
  abort: AbortSignal,
  entries: readonly HistoryEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  const { runProgram, whyNotStarted } = await import('../channels/processes.ts');
  const { store } = await context.workspace();
  const env = { ...context.deps.env, CRM_DIR: store.dir, CRM_TX: String(entries.at(-1)!.tx) };
  const ended = await runProgram({
    argv,
    cwd: context.deps.cwd,
    env: Object.fromEntries(Object.entries(env).filter((pair): pair is [string, string] => !!pair[1])),
    input: entries.map(entry => `${JSON.stringify(entry)}\n`).join(''),
    timeout: LONGEST,
    abort,
  });
  if ('code' in ended)
    throw usage(
      `--exec: ${argv[0]} was not started: ${whyNotStarted(ended)}`,
      "--exec 'notify-send crm changed'",
    );
  for (const line of ended.output.split('\n')) if (line !== '') await context.message(line);
  if (ended.exitCode !== 0 && !abort.aborted)
    await context.message(`${argv[0]} ended with ${ended.exitCode ?? ended.signal}; watching goes on`);
}

/** Prints one line per transaction, in the format of the command. */
async function print(context: Context, view: View, entries: readonly HistoryEntry[]): Promise<void> {
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
  // A JSON array would be complete only when the watch ends, so each entry is a document of its own.
  const lines = { ...context.globals, format: format === 'json' ? ('jsonl' as const) : format };
  await printThings(new Context(context.deps, lines, 'watch'), entries, columns, e => String(e.tx));
}
