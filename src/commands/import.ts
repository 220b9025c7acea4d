import { basename, extname } from 'node:path';
import { importRows } from '../app/import/import.ts';
import type { ImportResult, RowDone } from '../app/import/outcome.ts';
import type { ImportKind } from '../app/import/target.ts';
import { keepMapping } from '../app/import/keep-mapping.ts';
import { untilTaken } from '../app/import/refusals.ts';
import { onDuplicate } from '../app/import/keys.ts';
import { type Mapping, noMapping, type Reading } from '../app/import/mapping.ts';
import type { Committed } from '../app/core/commit.ts';
import { View } from '../app/core/view.ts';
import { isAdmin } from '../app/core/viewer.ts';
import { editSettings } from '../app/settings/settings.ts';
import { CrmError, usage } from '../domain/errors.ts';
import { slug } from '../domain/fold.ts';
import type { Kind } from '../domain/kinds.ts';
import { suggestion } from '../domain/nearest.ts';
import { workspaceId } from '../app/core/origin.ts';
import { definitionOf } from '../kinds/define.ts';
import { progressOn } from '../ui/progress.ts';
import { grouped } from '../ui/words.ts';
import { file, kind } from './args/declare.ts';
import { command } from './line/command.ts';
import type { Options, OptionSpec } from './line/options.ts';
import type { Context } from './line/context.ts';
import { oneOf } from './line/globals.ts';
import { bar } from '../screens/import-bar.ts';
import type { NewField } from '../screens/import-columns.ts';
import { writeErrors } from './import/errors-file.ts';
import { checkKind, importKindNamed, mappingOf, mappingOptions, optionsOver } from './import/mapping.ts';
import { reportImport } from './import/report.ts';
import { openSource, type Source } from './import/source.ts';
import { formatFor, printJson } from './printing/output.ts';
import { requireOutput } from './printing/output-file.ts';

export const importOptions: readonly OptionSpec[] = [
  ...mappingOptions,
  {
    flags: '--guess',
    description: 'import nothing; print the mapping that the file seems to need, as YAML',
  },
  {
    flags: '--from <FORMAT>',
    description: 'csv, tsv, json, jsonl or vcf (default: found from the name or the content)',
  },
  {
    flags: '--on-duplicate <WHAT>',
    description: 'what to do with a row whose key exists already: update, skip or error',
  },
  { flags: '--skip-invalid', description: 'write the valid rows though others are not' },
  {
    flags: '--errors <FILE>',
    description: 'write the failed rows to this file as they are, with the reason',
  },
  {
    flags: '--same-workspace',
    description:
      'believe ids in cells though no column crm_workspace says that they come from this workspace',
  },
  { flags: '--verbose', description: 'say what becomes of every row' },
  { flags: '--trigger', description: 'let the imported records start automations' },
];

export const importCommand = command({
  summary: 'add or update records from CSV, TSV, JSON, JSON Lines or vCards, as one transaction',
  effect: 'files',
  args: { word: kind(), file: file({ label: 'FILE|-', asks: 'from which file' }) },
  options: importOptions,
  examples: [
    'import deals pipeline.csv --mapping pipeline.yaml --dry-run',
    'import contacts people.csv --key email',
    'import contacts people.vcf',
    'import contacts ~/contacts/           # a directory of vCards',
  ],
  jsonFields: ['created', 'updated', 'unchanged', 'skipped', 'failed', 'tx', 'errors'],
  async run(context, { word, file }, options) {
    return importFile(context, importKindNamed(context.deps.kinds, word), word, file, options);
  },
});

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
  const open = async (mapping: Reading) =>
    (source ??= await openSource(context, file, mapping, {
      format: options.text('from'),
      isRaw: options.flag('raw'),
    }));
  if (options.flag('guess'))
    return printGuess(context, kind, await open(optionsOver(noMapping, options)), options);
  const said = await mappingOf(context, options, kind);
  checkKind(context.deps.kinds, said, kind, word);
  const table = await open(said);
  const isCards = table.format === 'vcf' && options.text('mapping') === undefined;
  const given = isCards ? optionsOver(await ofCards(kind), options) : said;
  if (table.format === 'csv') checkIgnored(options, table);
  if (table.found !== undefined) await context.message(`${table.name}: ${table.found}`);
  const asked = await askMapping(context, kind, file, table, { mapping: given, options });
  const errorsFile = options.text('errors');
  const inputs = [file, options.text('mapping')].filter(
    (each): each is string => each !== undefined && each !== '-',
  );
  // Checked first: a failure after the rest is saved would lose the errors of the rows.
  if (errorsFile !== undefined) await requireOutput(context, errorsFile, inputs);
  const { committed, rows, isFirst } = await importTable(context, kind, table, {
    ...asked,
    duplicates: duplicates ?? (isCards ? 'update' : undefined),
    options,
  }).catch(async error => {
    await keepAnswers(context, asked);
    throw error;
  });
  const result = committed.result ?? repeated;
  await reportImport(context, {
    place: table.place,
    result,
    tx: committed.tx,
    errorsFile,
    rows,
  });
  if (kind !== 'user' && result.created > 0) await sayTwins(context, kind, committed);
  if (isFirst && result.created > 0) await leadOn(context, kind);
  if (errorsFile !== undefined) await writeErrors(context, errorsFile, inputs, table, result.errors);
  const { keepFailedAs } = asked;
  if (result.failed > 0 && keepFailedAs !== '')
    await context.message(
      `the mapping is kept as ${keepFailedAs}: import the corrected rows with --mapping ${keepFailedAs}`,
    );
  return result.failed > 0 ? 1 : 0;
}

/** The most records that are named. */
const NAMED = 10;

/** Says which records were made although the trash has one with the same key. */
async function sayTwins(
  context: Context,
  kind: Kind,
  { state, changes }: Pick<Committed<unknown>, 'state' | 'changes'>,
): Promise<void> {
  const { viewer, clock } = await context.workspace();
  const { trashTwins } = await import('../app/import/trash-twins.ts');
  const twins = trashTwins(new View(state, viewer, clock), kind, changes);
  const made = context.globals.dryRun ? 'would make' : 'made';
  for (const { id, trashed, value } of twins.slice(0, NAMED))
    await context.message(
      `${made} ${context.globals.dryRun ? `another ${kind}` : id}, although ${trashed} in the trash has ${JSON.stringify(value)} too: crm ${kind} restore ${trashed}${context.globals.dryRun ? ' first' : ' --merge'}`,
    );
  if (twins.length > NAMED)
    await context.message(`and ${twins.length - NAMED} more that are like one in the trash`);
}

/** On a terminal, after the first deals: where people look at them. */
async function leadOn(context: Context, kind: ImportKind): Promise<void> {
  if (kind === 'user' || !definitionOf(context.deps.kinds, kind).inPipelines) return;
  if (formatFor(context) === 'table' && !context.globals.dryRun)
    await context.message('next: crm board, crm next, crm report forecast');
}

/** The mapping, and the name under which it is kept; '' for not at all. */
interface Asked {
  readonly mapping: Mapping;
  readonly keepAs: string;
  /** The same if rows are wrong, so that the answers are not lost with them. */
  readonly keepFailedAs: string;
}

/** Walks through the columns with the user, if no mapping is given and somebody can be asked. */
async function askMapping(
  context: Context,
  kind: ImportKind,
  file: string,
  table: Source,
  { mapping, options }: { readonly mapping: Mapping; readonly options: Options },
): Promise<Asked> {
  const asGiven = { mapping, keepAs: '', keepFailedAs: '' };
  if (file === '-' || table.format === 'vcf' || !lacksMapping(options) || !context.canAsk()) return asGiven;
  const { walkThrough } = await import('../screens/import-walk.ts');
  const workspace = await context.workspace();
  const over = (each: Mapping) => optionsOver(asFound(each, table), options);
  const maySave = !context.globals.dryRun && context.globals.requestId === undefined;
  const walked = await walkThrough(context, workspace, table, kind, {
    over,
    addField: maySave && isAdmin(workspace.viewer) ? field => addField(context, kind, field) : undefined,
  });
  if (!walked) return asGiven;
  const { keepAs, mayKeep, goesOn } = walked;
  const asked = over(walked.mapping);
  const freeAs = mayKeep ? keepAs || freeName((await context.workspace()).visible.imports, file) : '';
  const keptAs = goesOn ? keepAs : freeAs;
  if (keptAs !== '' && maySave) {
    // Kept before the rows are imported, so that the answers stay whatever happens to the rows.
    await context.changeSettings(writer => keepMapping(writer, keptAs, asked));
    await context.message(`the mapping is kept as ${keptAs}`);
    await context.reopened();
  }
  if (!goesOn)
    throw new CrmError('INTERRUPTED', 'nothing was imported', `crm import ${kind} FILE --mapping ${keptAs}`);
  return { mapping: asked, keepAs: maySave ? '' : keepAs, keepFailedAs: freeAs };
}

/** Keeps the mapping that somebody's answers made, even if the import as a whole is refused. */
async function keepAnswers(context: Context, { mapping, keepAs, keepFailedAs }: Asked): Promise<void> {
  if (keepFailedAs === '' || context.globals.dryRun) return;
  await context.changeSettings(writer => keepMapping(writer, keepAs || keepFailedAs, mapping));
  await context.message(`the mapping is kept as ${keepAs || keepFailedAs}`);
}

/** Adds a custom field that the user asks for in the walk, and opens the workspace with that field. */
async function addField(context: Context, kind: ImportKind, { name, label, type }: NewField) {
  await context.changeSettings((writer, draft) =>
    editSettings(draft, writer.view.viewer, 'crm.yaml', tree =>
      tree.put(['fields', kind, name], { type, ...(label !== name && { label }) }),
    ),
  );
  return context.reopened();
}

/** Imports the rows in one transaction, with the progress on a terminal. */
async function importTable(
  context: Context,
  kind: ImportKind,
  table: Source,
  {
    mapping,
    keepAs,
    keepFailedAs,
    duplicates,
    options,
  }: Asked & { readonly duplicates: (typeof onDuplicate)[number] | undefined; readonly options: Options },
) {
  let rows: RowDone[] | undefined;
  let isFirst = false;
  const { now } = context.deps;
  const begun = now();
  const progress = progressOn(context.streams.stderr, now);
  const origin = await workspaceId((await context.workspace()).store);
  const decided = untilTaken(refusals =>
    context.change(async writer => {
      rows = options.flag('verbose') ? [] : undefined;
      isFirst = kind !== 'user' && writer.view.state.table(kind).rows === 0;
      let count = 0;
      const asked = {
        kind,
        mapping,
        onDuplicate: duplicates,
        skipInvalid: options.flag('skipInvalid'),
        workspace: origin,
        sameWorkspace: options.flag('sameWorkspace'),
        trigger: options.flag('trigger'),
        onRow(done: RowDone) {
          rows?.push(done);
          if (++count % 256 === 0) progress.show(() => bar(count, table.read() / table.size, now() - begun));
        },
      };
      const result = await importRows(writer, table, asked, refusals);
      const kept = result.failed > 0 ? keepFailedAs : keepAs;
      if (kept !== '') await keepMapping(writer, kept, mapping);
      // Rows of JSON name their columns one by one.
      checkIgnored(options, table);
      progress.show(() => `${grouped(count)} rows read; writing them`);
      return result;
    }),
  );
  const committed = await decided.finally(() => progress.end());
  return { committed, rows, isFirst };
}

/** A name for the mapping of a file that no mapping in crm.yaml has yet. */
function freeName(imports: { readonly [name: string]: unknown }, file: string): string {
  const name = slug(basename(file, extname(file))) || 'import';
  for (let n = 1; ; n++) {
    const free = n === 1 ? name : `${name}-${n}`;
    if (!Object.hasOwn(imports, free)) return free;
  }
}

/**
 * Throws USAGE if --ignore names a column that the file lacks, because it may be misspelt. A mapping is for many
 * files.
 */
function checkIgnored(options: Options, { header }: Source): void {
  for (const column of options.list('ignore'))
    if (column !== '*' && !header.includes(column))
      throw usage(
        `--ignore ${JSON.stringify(column)}: the file has no such column`,
        suggestion(column, header, 'columns'),
      );
}

/** How vCards become records: their properties are the same in every file. */
async function ofCards(kind: ImportKind): Promise<Mapping> {
  const { readyMapping } = await import('../app/import/ready/index.ts');
  return readyMapping('vcard', kind)!;
}

/** Whether nobody said how columns become fields. */
const lacksMapping = (options: Options): boolean =>
  options.text('mapping') === undefined &&
  options.list('map').length === 0 &&
  options.list('compose').length === 0;

/** A mapping that reads the next such file as this one was read. */
const asFound = (mapping: Mapping, { foundDelimiter, foundHeaderLine }: Source): Mapping => ({
  ...mapping,
  ...(foundDelimiter !== undefined && { delimiter: foundDelimiter }),
  ...(foundHeaderLine !== undefined && { headerLine: foundHeaderLine }),
});

/** Prints the mapping that a file seems to need, to be read, changed and given as --mapping. */
async function printGuess(
  context: Context,
  kind: ImportKind,
  source: Source,
  options: Options,
): Promise<number> {
  const { guessTable } = await import('../app/import/guess-table.ts');
  const { mappingObject, mappingYaml } = await import('../app/import/mapping-yaml.ts');
  const { mapping, notes } = await guessTable(await context.workspace(), source, kind);
  const all = optionsOver(asFound(mapping, source), options);
  if (!(await printJson(context, mappingObject(all)))) await context.print(mappingYaml(all, notes));
  return 0;
}

/** The result of a request that was carried out before: nothing is decided now. */
const repeated: ImportResult = {
  created: 0,
  updated: 0,
  unchanged: 0,
  skipped: 0,
  failed: 0,
  errors: [],
  changed: new Map(),
  leftOut: [],
  doubtfulPhones: [],
  made: new Map(),
  nearMade: [],
  notCompared: 0,
  notStarted: 0,
};
