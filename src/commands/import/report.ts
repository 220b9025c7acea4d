/** Reports an import: counts and errors, left-out columns, changes, and automations that did not start. */
import { type ImportResult, outcomes, type RowDone } from '../../app/import/outcome.ts';
import { grouped, plural } from '../../ui/words.ts';
import type { Context } from '../line/context.ts';
import { printJson } from '../printing/output.ts';

/** The most errors shown; --json and --errors have all of them. */
const SHOWN = 10;

export interface Report {
  /** Says where a line is: `people.csv:7`. */
  readonly place: (line: number, inLine?: number) => string;
  readonly result: ImportResult;
  readonly tx: number | null;
  /** Where the failed rows were written. */
  readonly errorsFile: string | undefined;
  /** The rows one by one, where that was asked for. */
  readonly rows: readonly RowDone[] | undefined;
}

export async function reportImport(context: Context, report: Report): Promise<void> {
  const { place, result, tx, errorsFile, rows } = report;
  const { created, updated, unchanged, skipped, failed, changed, made, notStarted } = result;
  const errors = result.errors.map(({ line, column, error }) => ({ line, column, error }));
  const json = await printJson(context, {
    ...{ created, updated, unchanged, skipped, failed, tx, errors },
    ...(rows && { rows, changed: Object.fromEntries(changed) }),
  });
  await warnOfPhones(context, report);
  await noteNear(context, report);
  if (json) return;
  if (rows)
    for (const row of rows)
      if (row.outcome !== 'failed') await context.message(rowText(place(row.line), row));
  for (const { line, inLine, column, error } of rows ? result.errors : result.errors.slice(0, SHOWN)) {
    await context.message(`${place(line, inLine)}${column === null ? '' : `: ${column}`}: ${error}`);
  }
  if (!rows && errors.length > SHOWN)
    await context.message(`and ${plural(errors.length - SHOWN, 'more error')}`);
  const counts = outcomes
    .filter(what => result[what] > 0 || what === 'created')
    .map(what => `${grouped(result[what])} ${what}`);
  await context.print(`${counts.join(', ')}\n`);
  if (made.size > 0)
    await context.message(`made for them: ${[...made].map(([kind, n]) => plural(n, kind)).join(', ')}`);
  if (changed.size > 0) {
    const fields = [...changed].sort(([, a], [, b]) => b - a).map(([name, n]) => `${name} (${grouped(n)})`);
    await context.message(
      `fields ${context.globals.dryRun ? 'that change' : 'changed'}: ${fields.join(', ')}`,
    );
  }
  if (result.leftOut.length > 0) await context.message(`left out: ${result.leftOut.join(', ')}`);
  if (notStarted > 0)
    await context.message(`automations not started: ${grouped(notStarted)}; --trigger starts them`);
  if (failed > 0 && created + updated + unchanged + skipped === 0)
    await context.message('nothing was written; --skip-invalid writes the valid rows');
  else if (tx !== null) {
    await context.message(`transaction ${tx}; crm undo ${tx} takes it back`);
    context.saidUndo();
  } else if (context.globals.dryRun) await context.message('dry run: nothing was saved');
  if (failed > 0 && errorsFile === undefined)
    await context.message('--errors FILE writes the failed rows, ready to be corrected');
}

/** Warns of new phones that are not numbers, as `add` does. */
async function warnOfPhones(context: Context, { place, result }: Report): Promise<void> {
  const all = result.doubtfulPhones;
  if (all.length === 0 || (result.failed > 0 && result.created + result.updated === 0)) return;
  const { country } = (await context.workspace()).config;
  const of = country === undefined ? '' : ` in ${country}`;
  for (const { line, phone } of all.slice(0, SHOWN))
    await context.message(
      `Warning: ${place(line)}: ${JSON.stringify(phone)} is not a phone number${of}; it is kept as it is`,
    );
  if (all.length > SHOWN) await context.message(`and ${plural(all.length - SHOWN, 'more such phone')}`);
}

/** Reports which records were made although others have almost the same name. */
async function noteNear(context: Context, { place, result }: Report): Promise<void> {
  const { nearMade, notCompared } = result;
  const made = context.globals.dryRun ? 'would make' : 'made';
  for (const { kind, id, text, line, near } of nearMade.slice(0, SHOWN))
    await context.message(
      `${place(line)}: ${made} the ${kind} ${context.globals.dryRun ? '' : `${id} `}${JSON.stringify(text)}; the nearest that existed is ${JSON.stringify(near.name)} (${near.id})`,
    );
  if (nearMade.length > SHOWN)
    await context.message(
      `and ${plural(nearMade.length - SHOWN, 'more record')} with almost the same name as another`,
    );
  if (notCompared > 0)
    await context.message(`${plural(notCompared, 'more new name')} not compared with those that existed`);
}

const rowText = (place: string, { outcome, id, fields }: RowDone): string =>
  `${place}: ${outcome}${id === undefined ? '' : ` ${id}`}${fields ? `: ${fields.join(', ')}` : ''}`;
