/** Where the rows of an import come from: a file, or standard input, which on a terminal is what somebody pastes. */
import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Table } from '../../app/import/table.ts';
import type { Reading } from '../../app/import/mapping.ts';
import { openRows } from '../../channels/formats.ts';
import type { RowFile } from '../../channels/row-file.ts';
import { usage } from '../../domain/errors.ts';
import type { Context } from '../line/context.ts';
import { unreadable } from '../line/named-file.ts';

export interface Source extends Table {
  /** For messages. */
  readonly name: string;
  /** How the format was understood, if nobody gave it. */
  readonly found: string | undefined;
  readonly foundDelimiter: string | undefined;
  readonly foundHeaderLine: number | undefined;
  /** Where a line is, for messages: `people.csv:7`; of a directory, the line of the file that it is in. */
  place(line: number, inLine?: number): string;
  /** How it is written, for a file of the same kind. */
  readonly format: RowFile['format'];
  readonly delimiter: string | undefined;
  readonly encoding: string | undefined;
  /** How many bytes there are, and how many of them were read; for the rows that are read now. */
  readonly size: number;
  read(): number;
}

/** Opens the rows once to read their header; they can be read again and again. */
export async function openSource(
  context: Context,
  file: string,
  { delimiter, encoding, headerLine, pad }: Reading,
  { format, isRaw }: { readonly format: string | undefined; readonly isRaw: boolean },
): Promise<Source> {
  const name = file === '-' ? 'standard input' : file;
  const path = resolve(context.deps.cwd, file);
  const pasted = file === '-' ? await readAll(context) : undefined;
  const cards = pasted ? undefined : await cardsIn(path, name);
  let read = 0;
  async function* bytes(): AsyncGenerator<Uint8Array> {
    read = 0;
    for await (const chunk of pasted ? [pasted] : cards ? cards.bytes() : bytesIn(path)) {
      read += chunk.length;
      yield chunk;
    }
  }
  const open = async () => {
    const chunks = bytes();
    try {
      return await openRows(
        chunks,
        { name, delimiter, encoding, headerLine, pads: pad, mayLackNames: true },
        cards ? 'vcf' : format,
      );
    } catch (error) {
      await chunks.return(undefined);
      throw unreadable(error, file);
    }
  };
  let first: Awaited<ReturnType<typeof open>> | undefined = await open();
  const { header, guarded, found, foundDelimiter, foundHeaderLine } = first;
  const written = { format: first.format, delimiter: first.delimiter, encoding };
  return {
    name,
    header,
    guarded: guarded && !isRaw,
    found,
    foundDelimiter,
    foundHeaderLine,
    ...written,
    size: pasted?.length ?? cards?.size ?? (await stat(path)).size,
    place: (line, inLine) =>
      cards ? join(name, cards.place(line)) : `${name}:${line}${inLine === undefined ? '' : `:${inLine}`}`,
    read: () => read,
    async *rows() {
      const opened = first ?? (await open());
      first = undefined;
      yield* opened.rows;
    },
  };
}

/** The number of bytes that are read at a time. */
const AT_ONCE = 64 * 1024;

/** Reads a file, or what comes from a pipe. */
async function* bytesIn(path: string): AsyncGenerator<Uint8Array> {
  // Node's streams take 5 ms to load, and only a pipe may keep a reader waiting.
  if (!(await stat(path)).isFile()) {
    yield* createReadStream(path, { highWaterMark: AT_ONCE });
    return;
  }
  const fd = openSync(path, 'r');
  try {
    for (;;) {
      const bytes = Buffer.allocUnsafeSlow(AT_ONCE);
      const size = readSync(fd, bytes);
      if (size === 0) return;
      yield bytes.subarray(0, size);
    }
  } finally {
    closeSync(fd);
  }
}

/** The vCards of a directory, as khard and vdirsyncer keep them, and `crm export contacts --vcard DIR/` writes them. */
interface Cards {
  readonly size: number;
  bytes(): AsyncGenerator<Uint8Array>;
  /** The file, and the line in it, of a line of all that was read so far. */
  place(line: number): string;
}

/** Opens the vCards of a directory, one file after the other by name; undefined if the path is not a directory. */
async function cardsIn(path: string, name: string): Promise<Cards | undefined> {
  const stats = await stat(path).catch(() => undefined);
  if (!stats?.isDirectory()) return undefined;
  const files = (await readdir(path))
    .filter(each => /\.(vcf|vcard)$/i.test(each) && !each.startsWith('.'))
    .sort();
  if (files.length === 0)
    throw usage(`${name} is a directory without vCards (*.vcf)`, 'a file, or a directory of vCards');
  const sizes = await Promise.all(files.map(each => sizeOf(join(path, each), join(name, each))));
  const starts: { file: string; first: number }[] = [];
  return {
    size: sizes.reduce((sum, each) => sum + each, 0),
    async *bytes() {
      let line = 1;
      starts.length = 0;
      for (const each of files) {
        starts.push({ file: each, first: line });
        const bytes = await readFile(join(path, each));
        // A file may lack its last line end, and the next card begins on a line of its own.
        yield bytes.subarray(bytes.indexOf(MARK) === 0 ? MARK.length : 0);
        yield LINE_END;
        line += bytes.toString('latin1').split('\n').length;
      }
    },
    place(line) {
      const { file, first } = starts.findLast(each => each.first <= line) ?? { file: '', first: 1 };
      return `${file}:${line - first + 1}`;
    },
  };
}

/** Returns the size of a card's file. USAGE if it is not a regular file: a named pipe may never yield anything. */
async function sizeOf(path: string, name: string): Promise<number> {
  const stats = await stat(path);
  if (!stats.isFile()) throw usage(`${name} is not a file`, 'move it out of the directory of vCards');
  return stats.size;
}

const LINE_END = Buffer.from('\n');
/** The byte order mark of UTF-8, which a file may begin with, and a line within all of them may not. */
const MARK = Buffer.from('\ufeff');

async function readAll(context: Context): Promise<Buffer> {
  const { stdin } = context.streams;
  if (stdin.isTTY)
    await context.message('paste the rows, the one with the names of the columns first; then Ctrl-D');
  return context.readStdinBytes();
}
