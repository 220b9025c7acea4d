import { resolve } from 'node:path';
import { type ImportKind, type ImportResult, importRows, type RowDone } from '../app/import/import.ts';
import { onDuplicate } from '../app/import/keys.ts';
import type { Mapping } from '../app/import/mapping.ts';
import { usage } from '../domain/errors.ts';
import type { Command, OptionSpec, Options } from './command.ts';
import type { Context } from './context.ts';
import { oneOf } from './globals.ts';
import { checkKind, importKindNamed, mappingOf, mappingOptions } from './import/mapping.ts';
import { reportImport, writeErrors } from './import/report.ts';
import { openSource, type Source } from './import/source.ts';

export const importOptions: readonly OptionSpec[] = [
  ...mappingOptions,
  {
    flags: '--from <FORMAT>',
    description: 'csv, tsv, json or jsonl; else found from the name or the content',
  },
  {
    flags: '--on-duplicate <WHAT>',
    description: 'what becomes of a row whose key is there already: update, skip or error',
  },
  { flags: '--skip-invalid', description: 'write the valid rows though others are not' },
  { flags: '--errors <FILE>', description: 'write the failed rows there, with the reason' },
  { flags: '--verbose', description: 'say what becomes of every row' },
  { flags: '--trigger', description: 'let the imported records start automations' },
];

export const importCommand: Command = {
  summary: 'add or update records from CSV, TSV, JSON or JSON Lines, as one transaction',
  usage: 'KIND FILE|-',
  options: importOptions,
  examples: [
    'import deals pipeline.csv --mapping pipeline.yaml --dry-run',
    'import contacts people.csv --key email',
  ],
  async run(context, args, options) {
    const [word, file] = args;
    const kind = importKindNamed(word);
    if (file === undefined)
      throw usage('from which file?', `crm import ${word} FILE, or - for standard input`);
    return importFile(context, kind, word!, file, options);
  },
};

/** Imports a file, or standard input for `-`; returns the exit code. */
export async function importFile(
  context: Context,
  kind: ImportKind,
  word: string,
  file: string,
  options: Options,
): Promise<number> {
  const mode = options.text('onDuplicate');
  const duplicates = mode === undefined ? undefined : oneOf('--on-duplicate', mode, onDuplicate);
  let source: Source | undefined;
  const open = async (mapping: Pick<Mapping, 'delimiter' | 'encoding'>) =>
    (source ??= await openSource(context, file, mapping, options.text('from')));
  const asSaid = { delimiter: options.text('delimiter'), encoding: options.text('encoding') };
  const mapping = await mappingOf(
    context,
    options,
    kind,
    async () => (await open(asSaid as Pick<Mapping, 'delimiter' | 'encoding'>)).header,
  );
  checkKind(mapping, kind, word);
  const table = await open(mapping);
  if (table.found !== undefined) await context.message(`${table.name}: ${table.found}`);
  let rows: RowDone[] | undefined;
  const committed = await context.change(writer => {
    rows = options.flag('verbose') ? [] : undefined;
    return importRows(writer, table, {
      kind,
      mapping,
      onDuplicate: duplicates,
      skipInvalid: options.flag('skipInvalid'),
      trigger: options.flag('trigger'),
      onRow: done => rows?.push(done),
    });
  });
  const result = committed.result ?? repeated;
  const errorsFile = options.text('errors');
  if (errorsFile !== undefined)
    await writeErrors(resolve(context.deps.cwd, errorsFile), table.header, result);
  await reportImport(context, {
    source: table.name,
    result,
    tx: committed.tx,
    errorsFile,
    rows,
    notStarted: 0,
  });
  return result.failed > 0 ? 1 : 0;
}

/** A request that was carried out before: nothing was decided now. */
const repeated: ImportResult = {
  created: 0,
  updated: 0,
  unchanged: 0,
  skipped: 0,
  failed: 0,
  errors: [],
  changed: new Map(),
  leftOut: [],
};
