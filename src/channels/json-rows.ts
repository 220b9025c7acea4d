/**
 * JSON as rows: an array of objects, or objects one after the other, of which JSON Lines is one. Keys are columns, in
 * the order in which they are met; the fields of an object within are columns too (`fields.product`), the items of a
 * list are joined by commas, and null is an empty cell. Numbers are the text that JSON has for them.
 */
import { failed } from '../domain/errors.ts';
import { decodeStream, lineEnds } from './decode.ts';
import { isUnsafe, type Row, type RowFile, type RowFileOptions } from './row-file.ts';

/** Nothing in a CRM is longer, in UTF-16 units: it is not what it seems to be. */
const longestValue = 16 * 1024 * 1024;

/** A piece of text that should be one object, and the line on which it begins. */
interface Piece {
  readonly text: string;
  readonly line: number;
}

/** One object per line: a line that is none is an error of that row alone. */
export async function openJsonLines(
  chunks: AsyncIterable<Uint8Array>,
  options: RowFileOptions,
): Promise<RowFile> {
  return rowsOf(
    lines(decodeStream(chunks, options.encoding, options.name), options.name),
    options.name,
    true,
  );
}

/** An array of objects, or objects one after the other; what is broken leaves the rest unreadable: FAILED with the line. */
export async function openJson(chunks: AsyncIterable<Uint8Array>, options: RowFileOptions): Promise<RowFile> {
  return rowsOf(
    values(decodeStream(chunks, options.encoding, options.name), options.name),
    options.name,
    false,
  );
}

/** Reads the first batch, so that a file without rows is said at once. */
async function rowsOf(pieces: AsyncGenerator<Piece[]>, name: string, goOn: boolean): Promise<RowFile> {
  const header: string[] = [];
  const columns = new Map<string, number>();
  const cellsOf = (object: object, cells: string[], inside: string): void => {
    for (const [key, value] of Object.entries(object) as [string, unknown][]) {
      const column = inside + key;
      if (key === '' || isUnsafe(key)) throw new Error(`a key cannot be named ${JSON.stringify(key)}`);
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        if (inside !== '')
          throw new Error(`${column} is an object; a text, a number, or yes or no is accepted`);
        cellsOf(value, cells, `${column}.`);
        continue;
      }
      let at = columns.get(column);
      if (at === undefined) {
        columns.set(column, (at = header.length));
        header.push(column);
      }
      cells[at] = textOf(value, column);
    }
  };
  const rowOf = ({ text, line }: Piece): Row => {
    const cells: string[] = [];
    try {
      const value = parsed(text);
      if (typeof value !== 'object' || value === null || Array.isArray(value))
        throw new Error('is not a JSON object');
      cellsOf(value, cells, '');
    } catch (error) {
      if (!goOn) throw failed(`${name}:${line}: ${(error as Error).message}`);
      return { line, cells: [], error: (error as Error).message };
    }
    for (let i = 0; i < header.length; i++) cells[i] ??= '';
    return { line, cells };
  };
  const { value: first } = await pieces.next();
  if (!first) throw failed(`${name} has no records`);
  const rows = (first as Piece[]).map(rowOf);
  return {
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

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`is not JSON: ${(error as Error).message.split('\n')[0]}`);
  }
}

function textOf(value: unknown, column: string): string {
  if (value === null) return '';
  if (!Array.isArray(value)) return String(value);
  if (value.some(item => typeof item === 'object' && item !== null))
    throw new Error(`${column} is a list of more than texts and numbers`);
  const items = value.map(String);
  const torn = items.find(item => item.includes(','));
  if (torn !== undefined)
    throw new Error(`${column}: the item ${JSON.stringify(torn)} has a comma, which separates items`);
  return items.join(',');
}

async function* lines(texts: AsyncIterable<string>, name: string): AsyncGenerator<Piece[], void, undefined> {
  let rest = '';
  let line = 1;
  const pieceOf = (text: string, found: Piece[]) => {
    if (text.trim() !== '') found.push({ text, line });
    line++;
  };
  for await (const text of texts) {
    rest += text;
    if (rest.length > longestValue && !rest.includes('\n')) throw tooLong(name, line);
    const found: Piece[] = [];
    let start = 0;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', start)) {
      pieceOf(rest.slice(start, end), found);
      start = end + 1;
    }
    rest = rest.slice(start);
    if (found.length > 0) yield found;
  }
  const found: Piece[] = [];
  pieceOf(rest, found);
  if (found.length > 0) yield found;
}

/** The objects in a text, by their brackets: they are parsed one by one, and the whole is never in memory. */
async function* values(texts: AsyncIterable<string>, name: string): AsyncGenerator<Piece[], void, undefined> {
  const inside = /["\\{}[\]\n]/g;
  const between = /\n|[^\s,]/g;
  let rest = '';
  let line = 1;
  /** Whether the objects are in an array, and whether that has been closed. */
  let array: 'none' | 'open' | 'closed' = 'none';
  let any = false;
  let depth = 0;
  let inText = false;
  let begin = 0;
  let beginLine = 1;
  let at = 0;
  for await (const text of texts) {
    rest += text;
    const found: Piece[] = [];
    for (;;) {
      const marks = depth > 0 ? inside : between;
      marks.lastIndex = at;
      const mark = marks.exec(rest);
      if (!mark) {
        at = rest.length;
        break;
      }
      at = mark.index;
      let next = at + 1;
      const char = mark[0];
      if (char === '\n') line++;
      else if (inText) {
        if (char === '\\') {
          if (at + 1 >= rest.length) break;
          // What follows is part of the text, a quote too.
          if (rest[at + 1] !== '\n') next = at + 2;
        } else if (char === '"') inText = false;
      } else if (depth > 0) {
        if (char === '"') inText = true;
        else if (char === '{' || char === '[') depth++;
        else if ((char === '}' || char === ']') && --depth === 0) {
          found.push({ text: rest.slice(begin, at + 1), line: beginLine });
          any = true;
        }
      } else if (char === '{' && array !== 'closed') {
        [begin, beginLine, depth] = [at, line, 1];
      } else if (char === '[' && array === 'none' && !any) array = 'open';
      else if (char === ']' && array === 'open') array = 'closed';
      else
        throw failed(
          `${name}:${line}: ${JSON.stringify(char)} where an object should begin`,
          'an array of objects, or objects one after the other',
        );
      at = next;
    }
    if (depth === 0) [rest, at] = ['', 0];
    else {
      if (rest.length - begin > longestValue) throw tooLong(name, beginLine);
      [rest, at, begin] = [rest.slice(begin), at - begin, 0];
    }
    if (found.length > 0) yield found;
  }
  if (depth > 0)
    throw failed(
      `${name}:${beginLine}: the object that begins here is never closed`,
      `${lineEnds(rest)} lines on`,
    );
  if (array === 'open') throw failed(`${name}:${line}: the array is never closed`);
}

const tooLong = (name: string, line: number) =>
  failed(`${name}:${line}: more than ${longestValue / 1024 / 1024} million characters without an end`);
