/** What a command did to a setting: a sentence for people, `{id, tx}` as JSON. */
import type { Committed } from '../../app/core/commit.ts';
import { reportDryRun } from '../printing/changed.ts';
import type { Context } from '../line/context.ts';
import { printJson } from '../printing/output.ts';

export async function reportSettingChanged(
  context: Context,
  committed: Committed<unknown>,
  id: string,
  did: string,
): Promise<void> {
  if (context.globals.dryRun) return reportDryRun(context, committed);
  const { format } = context.globals;
  if (format === 'ids') return context.print(`${id}\n`);
  if (await printJson(context, { id, tx: committed.tx })) return;
  await context.message(
    committed.tx === null ? `nothing to do: ${id} is already in that state` : `${did} ${id}`,
  );
}
