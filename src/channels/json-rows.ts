/**
 * JSON as rows: an array of objects, or objects one after the other, such as JSON Lines. Keys are columns, in the
 * order of their first appearance; the fields of an object within are columns too (`fields.product`), the items of a
 * list are joined by commas, and null is an empty cell. Numbers keep all their digits; one that a double would round
 * is an error of its row.
 */
import { exactNumber, plainDecimal } from '../domain/decimal.ts';
import { failed } from '../domain/errors.ts';
import { asListOf } from '../kinds/field-types.ts';
import { decodeStream } from './decode.ts';
import { JsonFault, JsonNumber, parseJson } from './json-text.ts';
import { lines, type Piece, placeOf, values } from './json-values.ts';
import { isUnsafe, type Row, type RowFile, type RowFileOptions } from './row-file.ts';

/** A column in which a semicolon separates items, unless the list says otherwise. */
const TAGS = /(^|\.)(tags|labels)$/i;

/** An error of one row; the others can be read. */
class RowFault extends Error {}

/** Reads one object per line: every fault of a line is an error of that row alone. */
export async function openJsonLines(
  chunks: AsyncIterable<Uint8Array>,
  options: RowFileOptions,
): Promise<RowFile> {
  const pieces = lines(decodeStream(chunks, options.encoding, options.name), options.name);
  return rowsOf(pieces, 'jsonl', (piece, fault) => {
    const column = placeOf(piece, fault).split(':')[1];
    return new RowFault(`is not JSON: ${fault.message} (column ${column})`);
  });
}

/**
 * Reads an array of objects, or objects with white space between them. A value that is not a record is an error of
 * that row; text that is not JSON leaves the rest unreadable: FAILED with line and column.
 */
export async function openJson(chunks: AsyncIterable<Uint8Array>, options: RowFileOptions): Promise<RowFile> {
  const { name } = options;
  return rowsOf(values(decodeStream(chunks, options.encoding, name), name), 'json', (piece, fault) => {
    if (fault.isOfValue)
      return new RowFault(`${fault.message} (line ${placeOf(piece, fault).replace(':', ', column ')})`);
    throw failed(`${name}:${placeOf(piece, fault)}: is not JSON: ${fault.message}`);
  });
}

/** Returns a reader of pieces as rows, in order, which adds their columns to the header. */
function rowReader(
  header: string[],
  broken: (piece: Piece, fault: JsonFault) => RowFault,
): (piece: Piece) => Row {
  const columns = new Map<string, number>();
  let lastLine = 0;
  const cellsOf = (object: object, cells: string[], inside: string): void => {
    for (const [key, value] of Object.entries(object) as [string, unknown][]) {
      const column = inside + key;
      if (key === '' || isUnsafe(key)) throw new RowFault(`a key cannot be named ${JSON.stringify(key)}`);
      if (isObject(value)) {
        if (inside !== '')
          throw new RowFault(`${column} is an object; a text, a number, or yes or no is accepted`);
        cellsOf(value, cells, `${column}.`);
        continue;
      }
      const text = textOf(value, column);
      let at = columns.get(column);
      if (at === undefined) {
        columns.set(column, (at = header.length));
        header.push(column);
      }
      cells[at] = text;
    }
  };
  return piece => {
    const row: Row = { line: piece.line, cells: [], source: piece.text };
    if (piece.line === lastLine) row.inLine = piece.column;
    lastLine = piece.line;
    try {
      const value = parsed(piece, broken);
      if (!isObject(value)) throw new RowFault('is not a JSON object');
      cellsOf(value, row.cells, '');
    } catch (error) {
      if (!(error instanceof RowFault)) throw error;
      row.cells = [];
      row.error = error.message;
      return row;
    }
    for (let i = 0; i < header.length; i++) row.cells[i] ??= '';
    return row;
  };
}

/**
 * Reads the first batch, so that its columns are known at once. `broken` makes the error for a piece that is not
 * JSON.
 */
async function rowsOf(
  pieces: AsyncGenerator<Piece[]>,
  format: 'json' | 'jsonl',
  broken: (piece: Piece, fault: JsonFault) => RowFault,
): Promise<RowFile> {
  const header: string[] = [];
  const rowOf = rowReader(header, broken);
  const { value: first = [] } = await pieces.next();
  const rows = (first as Piece[]).map(rowOf);
  return {
    format,
    header,
    guarded: false,
    rows: (async function* () {
      try {
        yield rows;
        for await (const batch of pieces) yield batch.map(rowOf);
      } finally {
        await pieces.return(undefined);
      }
    })(),
  };
}

function parsed(piece: Piece, broken: (piece: Piece, fault: JsonFault) => RowFault): unknown {
  try {
    return parseJson(piece.text);
  } catch (error) {
    throw error instanceof JsonFault ? broken(piece, error) : error;
  }
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber);

function textOf(value: unknown, column: string): string {
  if (value === null) return '';
  if (!Array.isArray(value)) return itemOf(value, column);
  if (value.some(item => Array.isArray(item) || isObject(item)))
    throw new RowFault(`${column} is a list of more than texts and numbers`);
  const items = value.map(item => itemOf(item, column));
  const torn = items.find(item => item.includes(','));
  if (torn !== undefined)
    throw new RowFault(`${column}: the item ${JSON.stringify(torn)} has a comma, which separates items`);
  return TAGS.test(column) ? asListOf(items) : items.join(',');
}

/** Integers keep their digits; any other number is written as JavaScript writes it, if its value stays the same. */
function itemOf(value: unknown, column: string): string {
  if (!(value instanceof JsonNumber)) return String(value);
  const { text } = value;
  if (/^-?\d+$/.test(text)) return text === '-0' ? '0' : text;
  const number = exactNumber(text);
  if (number === undefined)
    throw new RowFault(
      `${column}: the number ${text.length > 60 ? `${text.slice(0, 60)}...` : text} would be rounded; as a text, in quotes, it keeps all digits`,
    );
  return plainDecimal(number);
}
