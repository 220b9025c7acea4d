/** Writes the failed rows to a file of the same format, to be corrected and imported again. */
import { extname } from 'node:path';
import type { RowError } from '../../app/import/outcome.ts';
import { csvLine } from '../../channels/csv-write.ts';
import { withReason } from '../../channels/vcard-text.ts';
import { withMember } from '../../channels/json-text.ts';
import type { Context } from '../line/context.ts';
import { openOutput } from '../printing/output-file.ts';
import type { Source } from './source.ts';

/** The last column, or key, of a row that failed. The next import ignores it. */
const REASON = 'crm_error';

/** What endings of names say of a file. */
const endings: Readonly<Record<string, Source['format']>> = {
  '.csv': 'csv',
  '.tsv': 'csv',
  '.json': 'json',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.vcf': 'vcf',
};

/** Writes the failed rows as they are, in the format of the input, each with the reason. */
export async function writeErrors(
  context: Context,
  file: string,
  inputs: readonly string[],
  source: Source,
  errors: readonly RowError[],
): Promise<void> {
  const text = textOf(source, errors);
  // Without the mark, the encoding that is named for the input would be taken for this file's too.
  const mark = source.encoding === undefined ? '' : '\uFEFF';
  const output = await openOutput(context, file, inputs);
  try {
    await output.write(mark + text);
  } finally {
    await output.close();
  }
  const said = endings[extname(file).toLowerCase()];
  if (said !== undefined && said !== source.format)
    await context.message(
      `${file} is ${source.format.toUpperCase()}, as its rows were: import it with --from ${source.format}`,
    );
}

const reasonOf = ({ column, error }: RowError): string => (column === null ? error : `${column}: ${error}`);

function textOf(source: Source, errors: readonly RowError[]): string {
  if (source.format === 'csv') return asCsv(source, errors);
  if (source.format === 'vcf')
    return errors.map(error => withReason(error.source!, REASON, reasonOf(error))).join('');
  return asJson(source.format, errors);
}

function asCsv({ header, delimiter = ',' }: Source, errors: readonly RowError[]): string {
  const names = header.filter(name => name !== REASON);
  const old = header.indexOf(REASON);
  const lineOf = (cells: readonly string[]) => csvLine(cells, { delimiter, lineEnd: '\n' });
  const rows = errors.map(error => {
    const { cells, source } = error;
    // A row that cannot be taken apart stays as it is, for somebody to see where it should be.
    if (source !== undefined) return `${source}${delimiter}${lineOf([reasonOf(error)])}`;
    // One that is too long or too short does so too: filled up, it could be imported with its cells in wrong columns.
    const isWhole = cells.length === header.length;
    return lineOf([...(isWhole ? cells.filter((_, i) => i !== old) : cells), reasonOf(error)]);
  });
  return [lineOf([...names, REASON]), ...rows].join('');
}

function asJson(format: 'json' | 'jsonl', errors: readonly RowError[]): string {
  // A value that is not an object has no place for the reason.
  const rows = errors.map(error => withMember(error.source!, REASON, reasonOf(error)) ?? error.source!);
  if (format === 'jsonl') return rows.map(row => `${row.trim()}\n`).join('');
  return rows.length === 0 ? '[]\n' : `[\n${rows.join(',\n')}\n]\n`;
}
