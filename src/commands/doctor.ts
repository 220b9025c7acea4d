import { resolve } from 'node:path';
import { copyWorkspace } from '../app/care/copy-workspace.ts';
import { adopt, examine, extent, repair, repairsOf } from '../app/care/doctor.ts';
import type { Examination } from '../app/care/examination.ts';
import { replay, type Replayed } from '../app/care/replay.ts';
import { seenFindings, seesWhole } from '../app/care/seen-findings.ts';
import { exitCodes, failed, invalid, usage } from '../domain/errors.ts';
import { firstOf } from '../domain/series.ts';
import type { Finding } from '../store/site/finding.ts';
import { printable } from '../ui/escape.ts';
import { plural } from '../ui/words.ts';
import { command } from './line/command.ts';
import type { Context } from './line/context.ts';
import { diffLines } from '../screens/diff.ts';
import { printJson } from './printing/output.ts';
import { requireOutside } from './printing/output-file.ts';
import { quietIfNothing } from './line/quiet-option.ts';

/** How many differences of one file are shown. */
const SHOWN = 20;

export const doctor = command({
  summary:
    'verify everything: journal, snapshots, settings, references; say what is wrong and what would be right',
  effect: 'machine',
  args: {},
  options: [
    {
      flags: '--fix',
      description:
        'repair what is safe to repair: remove leftovers, make again what follows from the journal',
    },
    { flags: '--adopt', description: 'adopt what was changed by hand in data/, as a transaction' },
    {
      flags: '--salvage <DIR>',
      description: 'write the undamaged part into a new workspace; this one is not changed',
    },
    {
      flags: '--replay <DIR>',
      description:
        'replay what another copy did since the two parted: a copy of this workspace, or files of its journal',
    },
    quietIfNothing,
  ],
  examples: [
    'doctor',
    'doctor --replay ../theirs',
    'doctor --json',
    'doctor --fix --dry-run',
    'doctor --salvage ../rescued',
  ],
  jsonFields: ['sound', 'findings'],
  async run(context, _args, options) {
    const [isFix, isAdopt, target] = [options.flag('fix'), options.flag('adopt'), options.text('salvage')];
    const other = options.text('replay');
    if ([isFix, isAdopt, target !== undefined, other !== undefined].filter(Boolean).length > 1)
      throw usage('one of --fix, --adopt, --salvage and --replay at a time');
    const world = await context.world();
    const found = await examine(world, context.globals.dir);
    if (target !== undefined) {
      await requireOutside(context, target, 'crm doctor --salvage NEW-DIRECTORY');
      return salvageInto(context, found, resolve(context.deps.cwd, target));
    }
    if (other !== undefined) return replayFrom(context, found, resolve(context.deps.cwd, other));
    if (isFix) return fix(context, found);
    if (isAdopt) return takeIn(context, found);
    if (found.findings.length === 0) context.nothing();
    return report(context, found);
  },
});

/** Prints the findings; returns the exit code. */
async function report(context: Context, found: Examination): Promise<number> {
  const code = found.sound ? 0 : exitCodes.INVALID;
  const seen = await seenFindings(await context.world(), found);
  const findings = seen.map(({ severity, file, line, message, fix, changes }) => ({
    severity,
    file,
    line: line ?? null,
    message: [message, ...difference(changes)].join('\n'),
    fix: fix ?? null,
  }));
  if (await printJson(context, { sound: found.sound, findings })) return code;
  let said: string | undefined;
  for (const finding of seen) {
    // An action for several findings is printed once.
    const isSaid = finding.fix !== undefined && finding.fix === said;
    said = finding.fix;
    await context.print(text(finding, isSaid));
  }
  const { transactions, records } = extent(found);
  const looked = `${plural(transactions, 'transaction')}, ${plural(records, 'record')}`;
  await context.message(
    found.sound ? `sound: ${looked}` : `not sound: ${counts(found)} (${looked} are good)`,
  );
  return code;
}

function text({ severity, file, line, message, fix, changes }: Finding, isFixSaid: boolean): string {
  const where = line === undefined ? file : `${file}:${line}`;
  const lines = [`${severity}: ${where}: ${message}`, ...difference(changes).map(each => `  ${each}`)];
  if (fix !== undefined && !isFixSaid) lines.push(`  fix: ${fix}`);
  return lines.map(each => `${printable(each)}\n`).join('');
}

function difference(changes: Finding['changes'] = []): string[] {
  const lines = diffLines(changes);
  const more = lines.length - SHOWN;
  return more > 0 ? [...lines.slice(0, SHOWN), `... and ${more} more`] : lines;
}

function counts({ findings }: Examination): string {
  return (['error', 'warning', 'note'] as const)
    .map(severity => [severity, findings.filter(f => f.severity === severity).length] as const)
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => plural(count, severity))
    .join(', ');
}

async function fix(context: Context, found: Examination): Promise<number> {
  const world = await context.world();
  if (context.globals.dryRun) {
    for (const what of repairsOf(found)) await context.message(`would ${what}`);
    return report(context, found);
  }
  const isAny = repairsOf(found).length > 0;
  const done = isAny ? await repair(world, found) : [];
  for (const what of done) await context.message(`fixed: ${what}`);
  if (!isAny) await context.message('nothing here that is safe to fix');
  return report(context, isAny ? await examine(world, found.dir) : found);
}

/** Refuses a user who does not see all records, because the command reads all of them. */
async function requireWhole(context: Context, found: Examination): Promise<void> {
  const world = await context.world();
  if (!(await seesWhole(world, found)))
    throw failed(
      `${world.user.name} does not see all records`,
      'a manager or an admin may do this: --as USER',
    );
}

async function takeIn(context: Context, found: Examination): Promise<number> {
  await requireWhole(context, found);
  const world = await context.world();
  if (found.verified.edited.length === 0) {
    await context.message('nothing to adopt: no file in data/ was changed by hand');
    return report(context, found);
  }
  const committed = await adopt(world, found, async changes => {
    for (const line of diffLines(changes)) await context.message(line);
  });
  context.canUndo([committed.tx]);
  if (context.globals.dryRun) {
    await context.message(`dry run: ${plural(committed.changes.length, 'change')}, nothing was saved`);
    return report(context, found);
  }
  if (committed.tx !== null)
    await context.message(
      `adopted ${plural(committed.changes.length, 'change')} (transaction ${committed.tx})`,
    );
  return report(context, await examine(world, found.dir));
}

async function salvageInto(context: Context, found: Examination, dir: string): Promise<number> {
  await requireWhole(context, found);
  const world = await context.world();
  const files = await copyWorkspace(world, found, dir, 'crm doctor --salvage NEW-DIRECTORY');
  const { journal } = found.verified;
  const left = journal.last - journal.good.seq;
  if (!(await printJson(context, { dir, transactions: journal.good.seq, left, files })))
    await context.message(
      `${context.globals.dryRun ? 'would write' : 'wrote'} ${plural(journal.good.seq, 'transaction')} and ${plural(files.length, 'file')} to ${dir}`,
    );
  const { beyond } = found.verified;
  if (beyond.length > 0)
    await context.message(
      `${plural(beyond.length, 'record')} from the snapshots, which are of later transactions: transaction ${journal.good.seq + 1}`,
    );
  if (left > 0)
    await context.message(
      `left out: transactions ${journal.good.seq + 1} to ${journal.last}, at least one of which is damaged`,
    );
  return 0;
}

async function replayFrom(context: Context, found: Examination, dir: string): Promise<number> {
  const damage = found.findings.find(f => f.severity === 'error');
  if (damage) {
    await report(context, found);
    throw invalid('this side is not sound: nothing was put on top of it', damage.fix);
  }
  const replayed = await replay(await context.world(), found.dir, dir);
  if (await printJson(context, replayed)) return 0;
  await sayReplayed(context, replayed, dir);
  return context.globals.dryRun ? 0 : report(context, await examine(await context.world(), found.dir));
}

async function sayReplayed(
  context: Context,
  { fork, transactions, known, renamed, conflicts }: Replayed,
  dir: string,
): Promise<void> {
  const count = transactions.length - known;
  if (count === 0) return context.message(`nothing to put on top: this side has all that is in ${dir}`);
  const { dryRun } = context.globals;
  const made = transactions.flatMap(({ tx }) => tx ?? []).slice(known);
  if (!dryRun) context.canUndo(made);
  const theirs = `${plural(count, 'transaction')} of ${dir} after ${fork}, the last that both sides have`;
  await context.message(
    dryRun
      ? `would put ${theirs}, on top`
      : made.length === 0
        ? `${theirs}: nothing of it is left to do here`
        : `put ${theirs}, on top: ${made.length === 1 ? `transaction ${made[0]}` : `transactions ${made[0]} to ${made.at(-1)}`}`,
  );
  if (renamed.length > 0)
    await context.message(
      `${plural(renamed.length, 'record')} got another id: ${firstOf(
        renamed.map(({ theirs: there, id }) => `${there} → ${id}`),
        SHOWN,
      )}`,
    );
  for (const { theirs: there, id, why } of conflicts)
    await context.print(`${printable(`conflict: ${id} ${why} (transaction ${there} there)`)}\n`);
}
