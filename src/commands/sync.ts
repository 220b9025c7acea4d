import { type Synced, sync as syncWorkspace } from '../app/sharing/sync.ts';
import { exitCodes, usage } from '../domain/errors.ts';
import { isFileId } from '../domain/file-ids.ts';
import { plural } from '../ui/words.ts';
import { command } from './line/command.ts';
import { conflictText, shownConflict } from './printing/conflict-text.ts';
import type { Context } from './line/context.ts';
import type { Options } from './line/options.ts';
import { printJson } from './printing/output.ts';
import { quietIfNothing } from './line/quiet-option.ts';

export const sync = command({
  summary: 'take in what others shared, and share what was changed on this machine',
  effect: 'network',
  args: {},
  options: [
    {
      flags: '--mine <WHAT>',
      description: 'settle a conflict: what was done here to this record or file stands',
    },
    { flags: '--theirs <WHAT>', description: 'settle a conflict: what others did to it stands' },
    {
      flags: '--drop',
      description: 'forget the changes of this machine that are not shared; asks no remote',
    },
    { flags: '--ids <N>', description: 'how many new records of each kind can be added offline (100)' },
    quietIfNothing,
  ],
  examples: [
    'sync',
    'sync --mine D12',
    'sync --theirs pipelines/sales.yaml',
    '*/10 * * * * crm -C ~/acme sync',
  ],
  jsonFields: ['received', 'sent', 'conflicts', 'unleased'],
  async run(context, _args, options) {
    const [mine, theirs] = [options.text('mine'), options.text('theirs')];
    if (options.flag('drop')) return dropWaiting(context, options);
    if (mine !== undefined && theirs !== undefined)
      throw usage('--mine and --theirs cannot be used together', 'one conflict at a time');
    const ids = options.text('ids');
    if (ids !== undefined && !/^[1-9]\d{0,6}$/.test(ids))
      throw usage(`--ids: ${JSON.stringify(ids)} is not a number of records`, 'for example --ids 5000');
    const world = await context.world();
    const { dir } = context.globals;
    const named = mine ?? theirs;
    const sides = new Map<string, 'mine' | 'theirs'>();
    if (named !== undefined) {
      const settled = await settle(context, named, mine !== undefined).catch(error => {
        // A file that was edited here while others changed it is not in the list yet.
        if (!isFileId(named) || error?.kind !== 'NOT_FOUND') throw error;
        sides.set(named, mine === undefined ? 'theirs' : 'mine');
        return 0;
      });
      if (settled > 0) await context.message(`settled ${plural(settled, 'conflict')} of ${named}`);
    }
    if (context.globals.dryRun) return;
    const synced = await syncWorkspace(world, dir, { sides, ...(ids !== undefined && { ids: Number(ids) }) });
    return report(context, synced);
  },
});

/** Forgets what waits, and prints it: a line for each transaction. */
async function dropWaiting(context: Context, options: Options): Promise<number> {
  for (const other of ['mine', 'theirs', 'ids'])
    if (options.text(other) !== undefined)
      throw usage(`--drop and --${other} cannot be used together`, 'one of them at a time');
  const { dropWaiting: drop } = await import('../app/sharing/drop-waiting.ts');
  const dropped = await drop(await context.world(), context.globals.dir, async ({ length }) =>
    context.confirm(
      `Forget ${plural(length, 'change')} of this machine? Nobody else has ${length === 1 ? 'it' : 'them'}.`,
    ),
  );
  if (await printJson(context, { dropped })) return 0;
  for (const { at, by, via, ids } of dropped) await context.print(`${at} ${by} ${via}: ${ids.join(', ')}\n`);
  const word = context.globals.dryRun ? 'would forget' : 'forgot';
  await context.message(
    dropped.length === 0 ? 'nothing of this machine waits' : `${word} ${plural(dropped.length, 'change')}`,
  );
  return 0;
}

async function settle(context: Context, named: string, isMine: boolean): Promise<number> {
  const { keepMine, keepTheirs } = await import('../app/sharing/settle-conflicts.ts');
  const world = await context.world();
  return (isMine ? keepMine : keepTheirs)(world, context.globals.dir, named);
}

/** Says what was synced; returns the exit code. */
async function report(context: Context, { received, sent, conflicts, unleased }: Synced): Promise<number> {
  const code = conflicts.length > 0 ? exitCodes.CONFLICT : 0;
  if (received + sent === 0 && unleased === undefined) context.nothing();
  if (
    await printJson(context, {
      received,
      sent,
      conflicts: conflicts.map(shownConflict),
      unleased: unleased ?? null,
    })
  )
    return code;
  for (const each of conflicts) await context.print(`${conflictText(each)}\n`);
  await context.message(`took in ${plural(received, 'transaction')}, shared ${sent}`);
  if (unleased !== undefined)
    await context.message(`no numbers were leased for what is added offline (${unleased})`);
  if (conflicts.length > 0)
    await context.message(
      `${plural(conflicts.length, 'conflict')}: crm sync --mine ${conflicts[0]!.id}, or --theirs ${conflicts[0]!.id}`,
    );
  return code;
}
