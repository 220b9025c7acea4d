/** `crm export all` and `crm import all`: a whole workspace, out and in. */
import { resolve } from 'node:path';
import { exportAll, importAll, type Whole } from '../app/care/whole-workspace.ts';
import { plural } from '../ui/words.ts';
import { file } from './args/declare.ts';
import { command } from './line/command.ts';
import type { Context } from './line/context.ts';
import { printJson } from './printing/output.ts';
import { requireOutside } from './printing/output-file.ts';

export const exportWorkspace = command({
  summary: 'write the whole workspace, history included, into a new directory',
  effect: 'files',
  args: { dir: file({ label: 'DIR', asks: 'into which directory', example: 'NEW-DIRECTORY' }) },
  examples: ['export all ../acme-2026-09-14', 'export all "/media/backup/acme-$(date +%F)"'],
  jsonFields: ['transactions', 'records', 'files'],
  async run(context, { dir }) {
    const to = resolve(context.deps.cwd, dir);
    await requireOutside(context, dir, 'crm export all NEW-DIRECTORY');
    const whole = await exportAll(await context.world(), context.globals.dir, to);
    await report(context, whole, dir, context.globals.dryRun ? 'would write' : 'wrote', 'to');
  },
});

export const importWorkspace = command({
  summary: 'restore an exported workspace into one without records: ids, settings, history and all',
  effect: 'files',
  args: { dir: file({ label: 'DIR', asks: 'from which directory', example: 'DIR' }) },
  examples: ['import all ../acme-2026-09-14', 'import all ../acme-2026-09-14 --dry-run'],
  jsonFields: ['transactions', 'records', 'files'],
  async run(context, { dir }) {
    const from = resolve(context.deps.cwd, dir);
    const ask = (transactions: number) =>
      context.globals.dryRun
        ? Promise.resolve()
        : context.confirm(`replace the settings of this workspace, and their ${transactions} transactions?`);
    const whole = await importAll(await context.world(), context.globals.dir, from, ask);
    await report(context, whole, dir, context.globals.dryRun ? 'would restore' : 'restored', 'from');
  },
});

async function report(
  context: Context,
  { transactions, records, files }: Whole,
  dir: string,
  did: string,
  where: string,
): Promise<void> {
  if (await printJson(context, { transactions, records, files })) return;
  await context.message(
    `${did} ${plural(records, 'record')}, ${plural(transactions, 'transaction')} and ${plural(files.length, 'file')} ${where} ${dir}`,
  );
}
