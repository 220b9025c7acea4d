/** The formats that rows can be read from: a new one is a reader and a line here. */
import { usage } from '../domain/errors.ts';
import { suggestion } from '../domain/nearest.ts';
import { notATable } from './other-formats.ts';
import type { RowFile, RowFileOptions } from './row-file.ts';

type Open = (chunks: AsyncIterable<Uint8Array>, options: RowFileOptions) => Promise<RowFile>;

const formats: Readonly<Record<string, Open>> = {
  csv: async (chunks, options) => (await import('./csv.ts')).openCsv(chunks, options),
  tsv: async (chunks, options) =>
    (await import('./csv.ts')).openCsv(chunks, { ...options, delimiter: options.delimiter ?? 'tab' }),
  json: async (chunks, options) => (await import('./json-rows.ts')).openJson(chunks, options),
  jsonl: async (chunks, options) => (await import('./json-rows.ts')).openJsonLines(chunks, options),
  vcf: async (chunks, options) => (await import('./vcard-rows.ts')).openVcards(chunks, options),
};

/** Further endings of file names that mean a format. */
const endings: Readonly<Record<string, string>> = { ndjson: 'jsonl', tab: 'tsv', vcard: 'vcf' };

const formatNames = Object.keys(formats);

/**
 * Opens bytes as rows in the format of that name; left out, the ending of the file's name decides, otherwise the
 * first bytes: `[` is JSON, `{` is JSON Lines, or JSON if the first line does not end its object, BEGIN:VCARD is
 * vCards, everything else is CSV. An empty file is an export without records. USAGE for an unknown format.
 */
export async function openRows(
  chunks: AsyncIterable<Uint8Array>,
  options: RowFileOptions,
  format?: string,
): Promise<RowFile> {
  if (format !== undefined && !Object.hasOwn(formats, format))
    throw usage(`unknown format ${JSON.stringify(format)}`, suggestion(format, formatNames, 'formats'));
  const ending = /\.([a-z]+)$/i.exec(options.name.toLowerCase())?.[1] ?? '';
  const named = format ?? endings[ending] ?? (Object.hasOwn(formats, ending) ? ending : undefined);
  const other = format === undefined ? notATable(options.name, ending) : undefined;
  if (other) throw other;
  if (named === 'json' || named === 'jsonl') return formats[named]!(chunks, options);
  const { format: found, bytes, all } = await peek(chunks);
  // The name may be wrong: the file of a spreadsheet is easily renamed.
  const hidden = notATable(options.name, bytes);
  if (hidden) {
    await all.return(undefined);
    throw hidden;
  }
  if (named !== undefined) return formats[named]!(all, options);
  return formats[found]!(all, options);
}

/** The format that the first bytes show; and all bytes, from the first. */
async function peek(chunks: AsyncIterable<Uint8Array>) {
  const iterator = chunks[Symbol.asyncIterator]();
  const first = await iterator.next();
  const bytes = first.done ? Buffer.alloc(0) : Buffer.from(first.value);
  const text = bytes
    .subarray(0, 1024)
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart();
  const all = async function* () {
    try {
      if (!first.done) yield first.value;
      for (;;) {
        const next = await iterator.next();
        if (next.done) return;
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  };
  return { format: formatOf(text, bytes.length === 0), bytes, all: all() };
}

function formatOf(text: string, isEmpty: boolean): string {
  if (isEmpty) return 'jsonl';
  if (text.startsWith('[')) return 'json';
  if (/^BEGIN:VCARD/i.test(text)) return 'vcf';
  if (!text.startsWith('{')) return 'csv';
  // Output of jq has several lines, the first of which ends within its object.
  return /^\{[^\n]*(?<=[{[,])[ \t\r]*\n/.test(text) ? 'json' : 'jsonl';
}
