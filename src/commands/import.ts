import { createReadStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type ImportResult, importRows, type Table } from '../app/import/import.ts';
import {
  type Mapping,
  noMapping,
  pairs,
  parseMapping,
  savedMapping,
  withOptions,
} from '../app/import/mapping.ts';
import { csvLine } from '../channels/csv-write.ts';
import { notFound, usage } from '../domain/errors.ts';
import { printable } from '../ui/escape.ts';
import { grouped, plural } from '../ui/words.ts';
import type { Command, Options } from './command.ts';
import type { Context } from './context.ts';
import { kindNamed } from './kind.ts';
import { printJson } from './output.ts';

/** So many errors are shown; all of them are in --json and in --errors. */
const SHOWN = 10;

export const importCommand: Command = {
  summary: 'add or update records from CSV, as one transaction',
  usage: 'KIND FILE|-',
  options: [
    {
      flags: '--mapping <FILE|NAME>',
      description: 'a mapping: a YAML file, or one under imports in crm.yaml',
    },
    { flags: '--map <COLUMN=FIELD>', description: 'where a column goes', repeat: true },
    { flags: '--ignore <COLUMN>', description: 'leave a column out', repeat: true },
    {
      flags: '--set <FIELD=VALUE>',
      description: 'what new records have where a row has nothing',
      repeat: true,
    },
    {
      flags: '--key <FIELD>',
      description: 'update the record that has the same value: externalId, email, id',
    },
    {
      flags: '--create-missing <KINDS>',
      description: 'make what rows name: accounts,contacts,users',
      repeat: true,
    },
    { flags: '--date-format <FORMAT>', description: 'how dates are written: M/D/YYYY, DD-MM-YY' },
    { flags: '--delimiter <CHAR>', description: ', ; tab or |; else found from the header' },
    { flags: '--encoding <NAME>', description: 'where it is not UTF-8: windows-1252' },
    { flags: '--skip-invalid', description: 'write the valid rows though others are not' },
    { flags: '--errors <FILE>', description: 'write the failed rows there, with the reason' },
    { flags: '--trigger', description: 'let the imported records start automations' },
  ],
  examples: [
    'import deals pipeline.csv --mapping pipeline.yaml --dry-run',
    'import contacts people.csv --key email',
  ],
  async run(context, args, options) {
    const kind = kindNamed(args[0]);
    const [, file] = args;
    if (file === undefined || args.length > 2)
      throw usage('from which file?', `crm import ${args[0]} FILE, or - for standard input`);
    const workspace = await context.workspace();
    const mapping = await mappingOf(context, options, workspace.config.imports);
    if (mapping.kind !== undefined && kindNamed(mapping.kind) !== kind)
      throw usage(`the mapping is for ${mapping.kind}, not for ${args[0]}`);
    const table = await openTable(context, file, mapping);
    const committed = await context.change(writer =>
      importRows(writer, table, {
        kind,
        mapping,
        skipInvalid: options.flag('skipInvalid'),
        trigger: options.flag('trigger'),
      }),
    );
    const result: ImportResult = committed.result ?? {
      created: 0,
      updated: 0,
      unchanged: 0,
      skipped: 0,
      failed: 0,
      errors: [],
    };
    const errorsFile = options.text('errors');
    if (errorsFile !== undefined)
      await writeErrors(resolve(context.deps.cwd, errorsFile), table.header, result);
    await report(context, file, result, committed.tx, errorsFile);
    return result.failed > 0 ? 1 : 0;
  },
};

async function mappingOf(
  context: Context,
  options: Options,
  imports: { readonly [name: string]: unknown },
): Promise<Mapping> {
  const name = options.text('mapping');
  let mapping = noMapping;
  if (name !== undefined) {
    const text = Object.hasOwn(imports, name)
      ? undefined
      : await readFile(resolve(context.deps.cwd, name), 'utf8').catch(() => undefined);
    mapping = text === undefined ? await savedMapping(imports, name) : await parseMapping(name, text);
  }
  const made = options.list('createMissing').flatMap(list => list.split(','));
  for (const what of made)
    if (!['accounts', 'contacts', 'users'].includes(what))
      throw usage(`--create-missing: unknown kind ${JSON.stringify(what)}`, 'accounts, contacts, users');
  return withOptions(mapping, {
    key: options.text('key'),
    dates: options.text('dateFormat'),
    delimiter: options.text('delimiter'),
    encoding: options.text('encoding'),
    columns: Object.fromEntries(
      Object.entries(pairs(options.list('map'), '--map')).map(([column, field]) => [column, { field }]),
    ),
    set: pairs(options.list('set'), '--set'),
    createMissing: made,
    ignore: options.list('ignore'),
  } as Partial<Mapping>);
}

/** Opens the file once to read its header; its rows can be read again and again. */
async function openTable(context: Context, file: string, mapping: Mapping): Promise<Table> {
  const { openCsv } = await import('../channels/csv.ts');
  const { delimiter, encoding } = mapping;
  const settings = { name: file === '-' ? 'standard input' : file, delimiter, encoding } as Parameters<
    typeof openCsv
  >[1];
  const stdin = file === '-' ? await readAll(context) : undefined;
  const bytes = () =>
    stdin
      ? (async function* () {
          yield stdin;
        })()
      : createReadStream(resolve(context.deps.cwd, file));
  const open = async () => {
    try {
      return await openCsv(bytes(), settings);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw notFound(`there is no file ${file}`);
      if ((error as NodeJS.ErrnoException).code === 'EISDIR') throw usage(`${file} is a directory`);
      throw error;
    }
  };
  let first: Awaited<ReturnType<typeof open>> | undefined = await open();
  return {
    header: first.header,
    async *rows() {
      const csv = first ?? (await open());
      first = undefined;
      yield* csv.rows;
    },
  };
}

async function readAll(context: Context): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of context.streams.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}

/** The failed rows as they were, with the reason in a last column that the next import ignores. */
async function writeErrors(path: string, header: readonly string[], { errors }: ImportResult): Promise<void> {
  const names = header.filter(name => name !== 'crm_error');
  const lines = errors.map(({ cells, column, error }) =>
    csvLine([
      ...names.map(name => cells[header.indexOf(name)] ?? ''),
      column === null ? error : `${column}: ${error}`,
    ]),
  );
  await writeFile(path, [csvLine([...names, 'crm_error']), ...lines].join(''));
}

async function report(
  context: Context,
  file: string,
  result: ImportResult,
  tx: number | null,
  errorsFile: string | undefined,
): Promise<void> {
  const { created, updated, unchanged, skipped, failed } = result;
  const errors = result.errors.map(({ line, column, error }) => ({ line, column, error }));
  const json = await printJson(context, { created, updated, unchanged, skipped, failed, tx, errors });
  if (json) return;
  for (const { line, column, error } of errors.slice(0, SHOWN))
    await context.message(
      `${file}:${line}${column === null ? '' : `: ${printable(column)}`}: ${printable(error)}`,
    );
  if (errors.length > SHOWN) await context.message(`and ${plural(errors.length - SHOWN, 'more error')}`);
  const counts = Object.entries({ created, updated, unchanged, skipped, failed })
    .filter(([what, count]) => count > 0 || what === 'created')
    .map(([what, count]) => `${grouped(count)} ${what}`);
  await context.print(`${counts.join(', ')}\n`);
  if (failed > 0 && created + updated + unchanged === 0)
    await context.message('nothing was written; --skip-invalid writes the valid rows');
  else if (tx !== null) await context.message(`transaction ${tx}; crm undo ${tx} takes it back`);
  else if (context.globals.dryRun) await context.message('dry run: nothing was saved');
  if (failed > 0 && errorsFile === undefined)
    await context.message('--errors FILE writes the failed rows, ready to be corrected');
}
