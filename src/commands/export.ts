import { exportColumns, userColumns } from '../app/reading/export.ts';
import { workspaceId } from '../app/core/origin.ts';
import { list as listRows } from '../app/reading/list.ts';
import { csvLine, type CsvStyle } from '../channels/csv-write.ts';
import { delimiterNamed } from '../channels/delimiter.ts';
import { usage } from '../domain/errors.ts';
import { type Column, type Format, renderList } from '../ui/format.ts';
import { plainPaint } from '../ui/paint.ts';
import { plural } from '../ui/words.ts';
import { kind, query } from './args/declare.ts';
import { command } from './line/command.ts';
import type { Options } from './line/options.ts';
import type { Context } from './line/context.ts';
import { kindNamed } from './line/kind.ts';
import { forms } from './export/forms.ts';
import { limitOf, offsetOf } from './export/rows.ts';
import { pickColumns } from './printing/output.ts';
import { openOutput } from './printing/output-file.ts';

/** Formats that an import reads. */
const importable: readonly Format[] = ['csv', 'json', 'jsonl'];
const BOM = '\uFEFF';

export const exportCommand = command({
  summary: 'write records as CSV, JSON or JSON Lines, contacts as vCards, tasks as a calendar',
  effect: 'files',
  args: { word: kind(), query: query() },
  options: [
    {
      flags: '-o, --output <FILE>',
      description: 'write to a file instead of standard output; TSV then has a header',
    },
    {
      flags: '--sort <FIELD>',
      description: 'sort by a field, -FIELD in reverse; several with commas',
      repeat: 'list',
    },
    { flags: '--limit <N>', description: 'write so many at most' },
    { flags: '--offset <N>', description: 'leave out the first N' },
    { flags: '--delimiter <CHAR>', description: 'between the cells of CSV: , ; tab or |' },
    { flags: '--bom', description: 'begin CSV with a byte order mark' },
    {
      flags: '--excel',
      description: 'CSV that Excel opens directly: a byte order mark, CRLF, phones as text',
    },
    {
      flags: '--portable',
      description:
        'for another workspace: names, e-mails and external ids instead of ids, and only what can be set',
    },
    ...forms.flatMap(form => form.options),
  ],
  examples: [
    'export deals > deals.csv',
    'export deals is:won --format jsonl',
    'export contacts tag:vip --fields name,email',
    'export deals --excel --delimiter ";" -o deals.csv',
    'export deals --portable -o deals.csv',
    'export contacts --vcard people.vcf',
    'export tasks assignee:me --ics tasks.ics',
    'export all backup',
  ],
  async run(context, { word, query }, options) {
    const form = formAsked(context, word, options);
    if (form) {
      const { writeForm } = await import('./export/write-form.ts');
      return writeForm(context, form, query, options);
    }
    const style = styleOf(options, context.globals);
    if (word === 'user' || word === 'users') return exportUsers(context, query, options, style);
    const { kinds, tree } = context.deps;
    // The kinds with lists; enrolments are in `crm export all`.
    const exported = kinds.names.filter(each => Object.hasOwn(tree.nouns, each));
    const kind = kindNamed(kinds, word, exported, ['users', 'all']);
    const view = await (await context.workspace()).view();
    const rows = listRows(view, kind, {
      query,
      sort: options.text('sort'),
      limit: limitOf(options),
      offset: offsetOf(options),
    });
    const origin = await workspaceId((await context.workspace()).store);
    const columns = exportColumns(view, kind, rows, {
      csv: style.format === 'csv',
      names: context.globals.fields,
      raw: style.raw,
      excel: style.excel,
      // Ids are exported in files that can be imported again: rows with all columns.
      origin: importable.includes(style.format) ? origin : undefined,
      portable: options.flag('portable'),
    });
    await write(context, options, rows, columns, style, row => view.state.table(kind).id(row));
    await said(context, options, plural(rows.length, kind));
  },
});

/**
 * Returns the requested form for other programs; USAGE if it is for another kind, or if only its options were given.
 */
function formAsked({ deps: { kinds }, globals }: Context, word: string, options: Options) {
  const [form, other] = forms.filter(({ name }) => options.flag(name));
  if (form && other)
    throw usage(`--${form.name} and --${other.name} cannot be used together`, 'one after the other');
  if (form && kindNamed(kinds, word) !== form.kind)
    throw usage(
      `--${form.name} is of ${kinds.pluralOf(form.kind)}, not of ${word}`,
      `crm export ${kinds.pluralOf(form.kind)} --${form.name}`,
    );
  if (form && globals.format !== undefined)
    throw usage(
      `--${form.name} already names a format, so --format ${globals.format} cannot be given too`,
      'leave one of them out',
    );
  for (const each of forms)
    for (const detail of each.details)
      if (each !== form && options.all()[detail] !== undefined)
        throw usage(
          `--${detail} is of --${each.name}`,
          `crm export ${kinds.pluralOf(each.kind)} --${each.name} --${detail}`,
        );
  return form;
}

interface Style extends CsvStyle {
  readonly format: Format;
  readonly bom: boolean;
  readonly raw: boolean;
  readonly excel: boolean;
}

function styleOf(options: Options, { format = 'csv', raw }: Context['globals']): Style {
  const delimiter = options.text('delimiter');
  const excel = options.flag('excel');
  const given = [
    ...(delimiter === undefined ? [] : ['--delimiter']),
    ...(options.flag('bom') ? ['--bom'] : []),
    ...(excel ? ['--excel'] : []),
  ];
  if (format !== 'csv' && given[0] !== undefined)
    throw usage(`${given[0]} is of CSV, and --format ${format} is not`, '--format csv, or neither');
  // In a file, TSV is CSV with tabs: with a header, and quotes that an import reads.
  const isTsvFile = format === 'tsv' && options.text('output') !== undefined;
  return {
    format: isTsvFile ? 'csv' : format,
    delimiter: isTsvFile ? '\t' : delimiter === undefined ? ',' : delimiterNamed(delimiter),
    lineEnd: excel ? '\r\n' : '\n',
    bom: excel || options.flag('bom'),
    raw,
    excel,
  };
}

async function exportUsers(
  context: Context,
  query: readonly string[],
  options: Options,
  style: Style,
): Promise<void> {
  if (query.length > 0 || options.text('sort') !== undefined)
    throw usage('users have no queries and no order of their own', 'crm export users');
  const { config } = await context.workspace();
  const users = Object.values(config.users).slice(offsetOf(options)).slice(0, limitOf(options));
  const columns = pickColumns(context, userColumns, style.format === 'csv' && !style.raw);
  await write(context, options, users, columns, style, user => user.id);
  await said(context, options, plural(users.length, 'user'));
}

/** Writes rows one by one, as fast as the reader takes them. */
async function write<R>(
  context: Context,
  options: Options,
  rows: Iterable<R>,
  columns: readonly Column<R>[],
  style: Style,
  id: (row: R) => string,
): Promise<void> {
  const { put, end } = await openTarget(context, options.text('output'), style.format);
  const settings = {
    width: Number.POSITIVE_INFINITY,
    paint: plainPaint,
    id,
    csvLine: (cells: string[]) => csvLine(cells, style),
  };
  try {
    if (style.bom) await put(BOM);
    for await (const chunk of renderList(rows, columns, style.format, settings)) await put(chunk);
  } finally {
    await end();
  }
}

/** Where the rows go: a file, or standard output, on which CSV is exact. */
async function openTarget(
  context: Context,
  file: string | undefined,
  format: Format,
): Promise<{ put(text: string): Promise<void>; end(): Promise<void> }> {
  if (file !== undefined) {
    const { write, close } = await openOutput(context, file);
    return { put: write, end: close };
  }
  const put = (text: string) => (format === 'csv' ? context.printExact(text) : context.print(text));
  return { put, end: async () => {} };
}

async function said(context: Context, options: Options, what: string): Promise<void> {
  const file = options.text('output');
  if (file !== undefined) await context.message(`wrote ${what} to ${file}`);
}
