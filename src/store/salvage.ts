/** Copies the good part of a journal, byte for byte except for `rewrite`, so that its hashes stay the same. */
import { join } from 'node:path';
import { putIfAbsent, type Temporary } from './durable.ts';
import { looseName, PACK_SIZE, packName, packOf } from './journal-directory.ts';
import { type Io, openRegular } from './io.ts';
import { readRange } from './snapshot.ts';
import type { Piece } from './verify-journal.ts';

/** Writes transactions 1 to n of the workspace `from` into `to`, an empty journal's directory: packs, then loose files. */
export function salvageJournal(
  io: Io,
  from: string,
  pieces: readonly Piece[],
  to: string,
  temporary: Temporary,
  rewrite: (piece: Piece, bytes: Buffer) => Buffer = (_, bytes) => bytes,
): void {
  io.mkdirSync(to, { recursive: true });
  const packed = Math.floor(pieces.length / PACK_SIZE) * PACK_SIZE;
  for (let first = 0; first < packed; first += PACK_SIZE)
    write(packName(packOf(first + 1)), pieces.slice(first, first + PACK_SIZE));
  for (const piece of pieces.slice(packed)) write(looseName(piece.seq), [piece]);

  function write(name: string, parts: readonly Piece[]): void {
    putIfAbsent(io, join(to, name), temporary, sink => {
      for (const piece of parts) {
        const { file, at, size } = piece;
        const fd = openRegular(io, join(from, file));
        try {
          sink.write(rewrite(piece, readRange(io, fd, at, at + size)));
        } finally {
          io.closeSync(fd);
        }
      }
    });
  }
}
