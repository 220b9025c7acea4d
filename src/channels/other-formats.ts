/** Recognises files with rows that are not a table of texts, and says how to convert them. */
import { type CrmError, usage } from '../domain/errors.ts';

interface OtherFormat {
  /** Its name in a sentence: `an Excel workbook`. */
  readonly what: string;
  readonly endings: readonly string[];
  /** The first bytes of the file. */
  readonly begins: RegExp;
  readonly hint: string;
}

const asCsv = 'save each sheet as CSV: File > Save As > "CSV UTF-8 (comma delimited)", and import that file';

const others: readonly OtherFormat[] = [
  {
    what: 'an Excel workbook',
    endings: ['xlsx', 'xlsm', 'xls', 'xlsb'],
    begins: /^\xd0\xcf\x11\xe0/,
    hint: asCsv,
  },
  {
    what: 'a spreadsheet of LibreOffice or OpenOffice',
    endings: ['ods'],
    begins: /^PK\x03\x04.{26}mimetypeapplication\/vnd\.oasis/s,
    hint: 'save each sheet as CSV: File > Save As > "Text CSV", character set UTF-8, and import that file',
  },
  {
    what: 'a spreadsheet of Numbers',
    endings: ['numbers'],
    begins: /^PK\x03\x04.{26}Index\//s,
    hint: 'export it as CSV: File > Export To > CSV, encoding UTF-8, and import that file',
  },
  {
    what: 'a zip archive or an Excel workbook',
    endings: ['zip'],
    begins: /^PK\x03\x04/,
    hint: `unpack an archive; of a workbook, ${asCsv}`,
  },
  {
    what: 'a PDF document',
    endings: ['pdf'],
    begins: /^%PDF-/,
    hint: 'export the rows as CSV where they come from',
  },
];

/**
 * Returns USAGE for a file that, by its ending or its first bytes, is not a table of texts; undefined for any other.
 */
export function notATable(name: string, sign: string | Uint8Array): CrmError | undefined {
  const text = typeof sign === 'string' ? undefined : Buffer.from(sign.subarray(0, 256)).toString('latin1');
  const found = others.find(({ endings, begins }) =>
    text === undefined ? endings.includes(sign as string) : begins.test(text),
  );
  return found && usage(`${name} is ${found.what}, which crm does not read`, found.hint);
}
