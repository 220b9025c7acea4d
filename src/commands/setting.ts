/** What the commands on settings (stages, pipelines, users, fields, views) share. */
import type { Committed } from '../app/core/commit.ts';
import { usage } from '../domain/errors.ts';
import { reportDryRun } from './changed.ts';
import type { Context } from './context.ts';
import { printJson } from './output.ts';
import { assignments } from './args/assignments.ts';

/** The word before the `KEY=VALUE` pairs of `crm <noun> set WORD KEY=VALUE...`, and the pairs. */
export function wordAndPairs(
  noun: string,
  args: readonly string[],
  example: string,
): { word: string; pairs: [string, string][] } {
  const [word, ...pairs] = args;
  if (word === undefined || word.includes('=')) throw usage(`which ${noun}?`, `crm ${noun} set ${example}`);
  if (pairs.length === 0) throw usage('nothing to set', `crm ${noun} set ${example}`);
  return { word, pairs: assignments(pairs, 'a setting') };
}

/** What a command did to a setting: a sentence for people, `{id, tx}` as JSON. */
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
