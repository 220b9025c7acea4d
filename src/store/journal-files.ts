/**
 * The two ways in which files of a journal are made, both put-if-absent: a transaction at its number, and a pack of
 * 256 of them. They know only bytes and names, so that a shared directory is written like a local journal.
 */
import { join } from 'node:path';
import { putIfAbsent, removeQuietly, type Sink, syncDirectory, type Temporary } from './durable.ts';
import { codeOf, type Io, readWhole } from './io.ts';
import { type JournalDirectory, looseName, PACK_SIZE, packName, packOf } from './journal-directory.ts';
import type { Sealed } from './sealed.ts';

/**
 * Puts a transaction, which `fill` writes, at a number; true if it is ours and durable, false if the number is taken.
 * `hash` is asked when it is written.
 */
export function putTransaction(
  io: Io,
  dir: string,
  temporary: Temporary,
  seq: number,
  fill: (sink: Sink) => void,
  hash: () => string,
): boolean {
  const lost = () => isPackedWithout(io, dir, seq, hash());
  return putIfAbsent(io, join(dir, looseName(seq)), temporary, fill, { lost });
}

/**
 * A writer that slept while others committed its number, packed it and removed the loose file links a name that is
 * free again: the pack then shows that the writer lost. If it slept after the link, the pack has its own transaction.
 */
function isPackedWithout(io: Io, dir: string, seq: number, hash: string): boolean {
  const path = join(dir, packName(packOf(seq)));
  return io.existsSync(path) && !readWhole(io, path).includes(`"hash":"${hash}"`);
}

/**
 * Puts transactions after the last one of a journal, complete groups as packs, so that thousands of transactions are
 * not thousands of files. Existing files stay.
 */
export function putAll(
  io: Io,
  files: JournalDirectory,
  temporary: Temporary,
  transactions: readonly Sealed[],
): void {
  for (let i = 0; i < transactions.length; ) {
    const { seq, hash, bytes } = transactions[i]!;
    if (seq % PACK_SIZE === 1 && transactions.length - i >= PACK_SIZE) {
      if (seq > 1) packLoose(io, files, temporary, seq - 1);
      const group = transactions.slice(i, i + PACK_SIZE);
      putIfAbsent(io, join(files.dir, packName(packOf(seq))), temporary, sink => {
        for (const each of group) sink.write(each.bytes);
      });
      i += PACK_SIZE;
      continue;
    }
    putTransaction(
      io,
      files.dir,
      temporary,
      seq,
      sink => sink.write(bytes),
      () => hash,
    );
    i++;
  }
}

/**
 * Concatenates every complete group of 256 loose transactions up to `seq` into its pack, and removes the loose
 * files once the pack is durable; also the loose files that a pack covered already.
 */
export function packLoose(io: Io, files: JournalDirectory, temporary: Temporary, seq: number): void {
  const { dir } = files;
  for (let pack = files.list().packs + 1; pack * PACK_SIZE <= seq; pack++) {
    const first = (pack - 1) * PACK_SIZE + 1;
    try {
      putIfAbsent(io, join(dir, packName(pack)), temporary, sink => {
        for (let i = 0; i < PACK_SIZE; i++) sink.write(readWhole(io, join(dir, looseName(first + i))));
      });
    } catch (error) {
      // Another process packs, and is further: it does the rest.
      if (codeOf(error) !== 'ENOENT') throw error;
      return;
    }
  }
  // If another process made the pack, its name may not be durable yet.
  syncDirectory(io, dir);
  const { covered } = files.list();
  for (const each of covered) removeQuietly(io, join(dir, looseName(each)));
  // Before temporary files are removed: a loose file that outlived the temporary file that it shares would be a
  // second history.
  if (covered.length > 0) syncDirectory(io, dir);
}
