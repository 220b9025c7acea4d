/** Saying what a command did to records: the ids on stdout for scripts, a sentence on stderr for people. */
import type { Committed } from '../app/commit.ts';
import { View } from '../app/view.ts';
import { idOf, kindOf } from '../domain/changes.ts';
import { isNamed, type Kind, numberOf } from '../domain/kinds.ts';
import { plural } from '../ui/words.ts';
import type { Context } from './context.ts';
import { diffLines } from './diff.ts';
import { formatFor, printRecord, printRecords } from './output.ts';

/** The ids of the records of a kind that a transaction changed and that are still there, each once, in order. */
export function changedIds(committed: Committed<unknown>, kind: Kind): string[] {
  return [...new Set(committed.changes.filter(c => kindOf(c) === kind && !('rm' in c)).map(idOf))];
}

/** After `add`: the new record in JSON, else its id; for people a sentence. */
export async function reportAdded(
  context: Context,
  committed: Committed<unknown>,
  kind: Kind,
): Promise<void> {
  const added = committed.changes.filter(c => 'add' in c && kindOf(c) === kind).map(idOf);
  if (context.globals.dryRun) return reportDryRun(context, committed);
  const format = context.globals.format ?? (context.streams.stdout.isTTY ? 'table' : 'ids');
  if (format === 'table' || format === 'ids' || format === 'tsv')
    await context.print(`${added.join('\n')}\n`);
  else {
    const workspace = await context.workspace();
    const view = new View(committed.state, workspace.viewer, workspace.clock);
    for (const id of added)
      await printRecord(context, view, kind, committed.state.table(kind).row(numberOf(id)));
  }
}

/** After a change of records: the records in JSON, their ids with -q, and how many there were for people. */
export async function reportChanged(
  context: Context,
  committed: Committed<unknown>,
  kind: Kind,
  asked: readonly string[],
  did: string,
): Promise<void> {
  if (context.globals.dryRun) return reportDryRun(context, committed);
  const { format } = context.globals;
  const workspace = await context.workspace();
  const view = new View(committed.state, workspace.viewer, workspace.clock);
  if (format !== undefined && format !== 'table') {
    const table = committed.state.table(kind);
    const rows = [...new Set(asked)].map(id => table.row(numberOf(id))).filter(row => row >= 0);
    if (rows.length === 1 && format === 'json') await printRecord(context, view, kind, rows[0]!);
    else await printRecords(context, view, kind, rows);
    return;
  }
  const changed = changedIds(committed, kind).filter(id => asked.includes(id));
  const removed = committed.changes.filter(c => 'rm' in c && kindOf(c) === kind).map(idOf);
  const all = [...changed, ...removed];
  if (all.length === 0)
    await context.message(`nothing to do: ${asked.length === 1 ? 'it is' : 'they are'} so already`);
  else
    await context.message(
      all.length <= 5 ? `${did} ${all.join(', ')}` : `${did} ${plural(all.length, kind)}`,
    );
}

/** What would be done, as a diff. */
export async function reportDryRun(context: Context, committed: Committed<unknown>): Promise<void> {
  const records = committed.changes.filter(c => !isNamed(kindOf(c)) || kindOf(c) === 'file');
  if (formatFor(context) === 'json') {
    const { printJson } = await import('./output.ts');
    await printJson(context, { tx: null, changes: records });
    return;
  }
  for (const line of diffLines(records)) await context.print(`${line}\n`);
  await context.message(
    records.length === 0
      ? 'nothing would be changed'
      : `dry run: ${plural(records.length, 'change')}, nothing was saved`,
  );
}

/** After a change of settings: the id on stdout, and what file it is in for people. */
export async function reportSetting(
  context: Context,
  committed: Committed<unknown>,
  id: string,
): Promise<void> {
  if (context.globals.dryRun) return reportDryRun(context, committed);
  if (formatFor(context) === 'json') {
    const { printJson } = await import('./output.ts');
    await printJson(context, { id, tx: committed.tx });
  } else await context.print(`${id}\n`);
}
