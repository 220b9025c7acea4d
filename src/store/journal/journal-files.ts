/**
 * The two ways in which files of a journal are made, both put-if-absent: a transaction at its number, and a pack of
 * 256 of them. They know only bytes and names, so that a shared directory is written like a local journal.
 */
import { join } from 'node:path';
import { putIfAbsent, removeQuietly, type Sink, syncDirectory, type Temporary } from '../disk/durable.ts';
import { codeOf, type Io, readWhole } from '../disk/io.ts';
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
  follows = false,
): boolean {
  const lost = () => isPackedWithout(io, dir, seq, hash());
  return putIfAbsent(io, join(dir, looseName(seq)), temporary, fill, { lost, follows });
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
 * Puts transactions after the last one of a journal. A group that they complete is made as a pack, with the loose
 * transactions that it begins with, because a loose transaction costs two writes that wait for the disk:
 *
 *     loose 257 ... 260  +  261 ... 612   ->   pack 257 ... 512, loose 513 ... 612
 *
 * Existing files stay, except loose ones that a pack covers now. Needs the lock.
 */
export function putAll(
  io: Io,
  files: JournalDirectory,
  temporary: Temporary,
  transactions: readonly Sealed[],
): void {
  const { dir } = files;
  let follows = false;
  for (let i = 0; i < transactions.length; ) {
    const { seq, hash, bytes } = transactions[i]!;
    const last = packOf(seq) * PACK_SIZE;
    const group = transactions.slice(i, i + last - seq + 1);
    if (group.at(-1)!.seq === last) {
      const first = last - PACK_SIZE + 1;
      // Groups before it may be complete and not packed yet; a later group of ours comes after a pack of ours.
      if (i === 0) packLoose(io, files, temporary, first - 1);
      const fill = (sink: Sink) => {
        for (let loose = first; loose < seq; loose++) sink.write(readWhole(io, join(dir, looseName(loose))));
        for (const each of group) sink.write(each.bytes);
      };
      follows = putIfAbsent(io, join(dir, packName(packOf(seq))), temporary, fill, { follows });
      if (seq > first) removeCovered(io, files);
      i += group.length;
      continue;
    }
    const fill = (sink: Sink) => sink.write(bytes);
    follows = putTransaction(io, dir, temporary, seq, fill, () => hash, follows);
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
  removeCovered(io, files);
}

/** Removes the loose files that packs cover, which must be durable. */
function removeCovered(io: Io, files: JournalDirectory): void {
  const { dir } = files;
  const { covered } = files.list();
  for (const each of covered) removeQuietly(io, join(dir, looseName(each)));
  // Before temporary files are removed: a loose file that outlived the temporary file that it shares would be a
  // second history.
  if (covered.length > 0) syncDirectory(io, dir);
}
