/** Copies the good part of a journal, byte for byte except for `rewrite`, so that its hashes stay the same. */
import { join } from 'node:path';
import { putIfAbsent, type Temporary } from '../disk/durable.ts';
import { looseName, PACK_SIZE, packName, packOf } from '../journal/journal-directory.ts';
import { type Io, openRegular } from '../disk/io.ts';
import { readRange } from '../disk/read-range.ts';
import type { Piece } from './verify-journal.ts';

/** The bytes in memory at once while a transaction is copied. */
const CHUNK = 1 << 20;

/** Consecutive bytes of a file. */
interface Range {
  readonly file: string;
  readonly at: number;
  readonly to: number;
}

/**
 * Writes transactions 1 to n of the workspace `from` into `to`, an empty journal's directory: packs, then loose files.
 * `rewrite` returns other bytes for a transaction; undefined if it is copied as it is.
 */
export function salvageJournal(
  io: Io,
  from: string,
  pieces: readonly Piece[],
  to: string,
  temporary: Temporary,
  rewrite: (piece: Piece, read: () => Buffer) => Buffer | undefined = () => undefined,
): void {
  io.mkdirSync(to, { recursive: true });
  const packed = Math.floor(pieces.length / PACK_SIZE) * PACK_SIZE;
  for (let first = 0; first < packed; first += PACK_SIZE)
    write(packName(packOf(first + 1)), pieces.slice(first, first + PACK_SIZE));
  for (const piece of pieces.slice(packed)) write(looseName(piece.seq), [piece]);

  function write(name: string, parts: readonly Piece[]): void {
    putIfAbsent(io, join(to, name), temporary, sink => {
      const copy = (range: Range) => {
        for (const chunk of chunksOf(io, from, range)) sink.write(chunk);
      };
      let range: Range | undefined;
      for (const piece of parts) {
        const { file, at, size } = piece;
        const whole = { file, at, to: at + size };
        const other = rewrite(piece, () => Buffer.concat([...chunksOf(io, from, whole)]));
        if (!other && range?.file === file && range.to === at) {
          range = { ...range, to: whole.to };
          continue;
        }
        if (range) copy(range);
        range = other ? undefined : whole;
        if (other) sink.write(other);
      }
      if (range) copy(range);
    });
  }
}

function* chunksOf(io: Io, from: string, { file, at, to }: Range): Generator<Buffer> {
  const fd = openRegular(io, join(from, file));
  try {
    for (let begin = at; begin < to; begin += CHUNK)
      yield readRange(io, fd, begin, Math.min(begin + CHUNK, to));
  } finally {
    io.closeSync(fd);
  }
}
