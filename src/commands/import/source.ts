/** Where the rows of an import come from: a file, or standard input, which on a terminal is what somebody pastes. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Table } from '../../app/import/table.ts';
import type { Reading } from '../../app/import/mapping.ts';
import { openRows } from '../../channels/formats.ts';
import type { RowFile } from '../../channels/row-file.ts';
import type { Context } from '../context.ts';
import { unreadable } from '../named-file.ts';

export interface Source extends Table {
  /** For messages. */
  readonly name: string;
  /** How the format was understood, if nobody gave it. */
  readonly found: string | undefined;
  readonly foundDelimiter: string | undefined;
  readonly foundHeaderLine: number | undefined;
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
  let read = 0;
  async function* bytes(): AsyncGenerator<Uint8Array> {
    read = 0;
    for await (const chunk of pasted ? [pasted] : createReadStream(path, { highWaterMark: 64 * 1024 })) {
      read += (chunk as Uint8Array).length;
      yield chunk as Uint8Array;
    }
  }
  const open = async () => {
    try {
      return await openRows(
        bytes(),
        { name, delimiter, encoding, headerLine, pads: pad, mayLackNames: true },
        format,
      );
    } catch (error) {
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
    size: pasted?.length ?? (await stat(path)).size,
    read: () => read,
    async *rows() {
      const opened = first ?? (await open());
      first = undefined;
      yield* opened.rows;
    },
  };
}

async function readAll(context: Context): Promise<Buffer> {
  const { stdin } = context.streams;
  if (stdin.isTTY)
    await context.message('paste the rows, the one with the names of the columns first; then Ctrl-D');
  return context.readStdinBytes();
}
