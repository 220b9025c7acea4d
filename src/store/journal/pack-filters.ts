/**
 * `packs.ids` among the caches: for each pack of the journal, a Bloom filter of the ids that its lines name and of the ids of
 * its requests. A search skips the packs that cannot have what it looks for, so that it takes no longer after years.
 *
 *     SUM {"version":...,"packs":3906,"hash":...}      256 bytes; the hash of the last transaction of pack 3906
 *     SUM bits of pack 1                               1,024 bytes each
 *     SUM bits of pack 2
 *
 * The chain of hashes vouches for the packs before. A filter may say that a pack has an id that it does not have, never the
 * reverse: a purge leaves filters that say too much. It can always be made again from the journal.
 */
import { join } from 'node:path';
import { CrmError } from '../../domain/errors.ts';
import type { CacheDirectory } from '../caches/cache-directory.ts';
import { checksum } from '../disk/checksum.ts';
import { lastCommitLine } from '../lines/commit-line.ts';
import { removeQuietly, replaceFile, type Sink, type Temporary } from '../disk/durable.ts';
import { codeOf, ifThere, type Io, NotOurs, openRegular } from '../disk/io.ts';
import { packName } from './journal-directory.ts';
import { LineWindow } from '../lines/line-window.ts';
import { readInto, readRange } from '../disk/read-range.ts';

export const FILTERS_FILE = 'packs.ids';

/** Bytes of the head and of a pack's filter, each with its checksum. */
const HEAD = 256;
const ROW = 1024;
/** Bytes of a checksum. */
const SUM = 4;
/** With three ids for each of 256 transactions, a hundredth of the other packs is read in vain. */
const BITS = (ROW - SUM) * 8;
/** Bits of each id. */
const PROBES = 4;
/** The rows that are read at once. */
const AT_ONCE = 64;
/**
 * Fewer packs without a filter are read each time: to write the file again costs more. The same of a long file, which a 32nd
 * of its packs is worth.
 */
const FEWEST_NEW = 16;
const SHARE_NEW = 32;

const QUOTE = 34;
/** What stands before an id; texts have their quotes escaped. */
const BEFORE = ['"id":"', '"request":"'];

/** Tells whether a pack may have one of the keys. */
export type MayHave = (pack: number) => boolean;

interface Head {
  readonly version: string;
  readonly packs: number;
  readonly hash: string;
}

/** The journal whose packs are searched, and where its filters are kept. */
export interface FilterPlace {
  readonly io: Io;
  /** Of the journal. */
  readonly dir: string;
  readonly caches: Pick<CacheDirectory, 'path' | 'make'>;
  readonly temporary: Temporary;
  readonly version: string;
}

/** Returns which of the first `packs` packs may have one of the keys; all of them if there is nothing to tell that. */
export function packsWith(place: FilterPlace, keys: readonly string[], packs: number): MayHave {
  let known: Filters | undefined;
  try {
    known = openFilters(place);
    const covered = Math.min(known?.packs ?? 0, packs);
    if (packs - covered >= Math.max(FEWEST_NEW, covered / SHARE_NEW))
      return extended(place, known, keys, packs);
    if (!known) return () => true;
    const may = new Uint8Array(covered);
    if (!search(place.io, known.fd, keys.map(hashOf), may)) removeQuietly(place.io, known.path);
    return pack => pack > covered || may[pack - 1] === 1;
  } catch (error) {
    // The search reads everything, and reports what is wrong with the journal.
    if (codeOf(error) === undefined && !(error instanceof CrmError)) throw error;
    return () => true;
  } finally {
    if (known) place.io.closeSync(known.fd);
  }
}

/** Makes the filters that are missing, and keeps all. */
function extended(
  place: FilterPlace,
  known: Filters | undefined,
  keys: readonly string[],
  packs: number,
): MayHave {
  const { io, dir, version } = place;
  const rows = Buffer.alloc(packs * ROW);
  const covered = Math.min(known?.packs ?? 0, packs);
  if (known) readInto(io, known.fd, rows.subarray(0, covered * ROW), HEAD);
  const rowOf = (pack: number) => rows.subarray((pack - 1) * ROW, pack * ROW);
  const window = new LineWindow(io);
  for (let pack = 1; pack <= packs; pack++) {
    const row = rowOf(pack);
    if (pack <= covered && isSound(row)) continue;
    row.fill(0);
    noteIds(window, join(dir, packName(pack)), row);
    row.writeUInt32LE(checksum(row.subarray(SUM)), 0);
  }
  const hash = lastCommitLine(io, join(dir, packName(packs)))?.hash;
  if (hash !== undefined) keep(place, headOf({ version, packs, hash }), rows);
  const hashes = keys.map(hashOf);
  return pack => pack > packs || hashes.some(each => has(rowOf(pack), each));
}

/** A cache that cannot be written only makes the next search slower. */
function keep({ io, caches, temporary }: FilterPlace, head: Buffer, rows: Buffer): void {
  try {
    const to = caches.make(temporary);
    const fill = (sink: Sink) => [head, rows].forEach(sink.write);
    if (to !== undefined) replaceFile(io, join(to, FILTERS_FILE), temporary, fill, false);
  } catch (error) {
    if (codeOf(error) === undefined && !(error instanceof NotOurs)) throw error;
  }
}

/** Sets the bits of all ids in a pack. */
function noteIds(window: LineWindow, path: string, row: Buffer): void {
  try {
    window.open(path);
    for (const lines of window.pieces())
      for (const before of BEFORE)
        for (let at = lines.indexOf(before, 0, 'latin1'); at >= 0; ) {
          const start = at + before.length;
          const end = lines.indexOf(QUOTE, start);
          if (end < 0) break;
          add(row, hashIn(lines, start, end));
          at = lines.indexOf(before, end, 'latin1');
        }
  } finally {
    window.close();
  }
}

/** Marks in `may` the packs that may have one of the hashes, or whose filter is damaged; returns whether none is. */
function search(io: Io, fd: number, hashes: readonly number[], may: Uint8Array): boolean {
  const bytes = Buffer.allocUnsafeSlow(AT_ONCE * ROW);
  let areSound = true;
  for (let from = 0; from < may.length; from += AT_ONCE) {
    const rows = bytes.subarray(0, Math.min(AT_ONCE, may.length - from) * ROW);
    readInto(io, fd, rows, HEAD + from * ROW);
    for (let at = 0; at < rows.length; at += ROW) {
      const row = rows.subarray(at, at + ROW);
      const sound = isSound(row);
      areSound &&= sound;
      if (!sound || hashes.some(each => has(row, each))) may[from + at / ROW] = 1;
    }
  }
  return areSound;
}

interface Filters {
  readonly path: string;
  readonly fd: number;
  readonly packs: number;
}

/** Opens the filters; undefined if they are missing, damaged, of another version or of another journal. */
function openFilters({ io, dir, caches, version }: FilterPlace): Filters | undefined {
  if (caches.path === undefined) return undefined;
  const path = join(caches.path, FILTERS_FILE);
  const fd = ifThere(() => openRegular(io, path));
  if (fd === undefined) return undefined;
  const head = headIn(io, fd);
  const isOfThis =
    head?.version === version &&
    ifThere(() => lastCommitLine(io, join(dir, packName(head.packs)))?.hash) === head.hash;
  if (isOfThis) return { path, fd, packs: head.packs };
  io.closeSync(fd);
  return undefined;
}

function headIn(io: Io, fd: number): Head | undefined {
  const { size } = io.fstatSync(fd);
  if (size < HEAD) return undefined;
  const bytes = readRange(io, fd, 0, HEAD);
  if (!isSound(bytes)) return undefined;
  const head = JSON.parse(bytes.toString('utf8', SUM)) as Head;
  return size === HEAD + head.packs * ROW ? head : undefined;
}

function headOf(head: Head): Buffer {
  const bytes = Buffer.alloc(HEAD, ' ');
  bytes.write(JSON.stringify(head), SUM);
  bytes.writeUInt32LE(checksum(bytes.subarray(SUM)), 0);
  return bytes;
}

const isSound = (bytes: Buffer): boolean => bytes.readUInt32LE(0) === checksum(bytes.subarray(SUM));

const hashOf = (key: string): number => hashIn(Buffer.from(key, 'latin1'), 0, key.length);

/** FNV-1a. */
function hashIn(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  return hash >>> 0;
}

/** A second hash, odd, made of the first. */
const stepOf = (hash: number): number => (Math.imul(hash ^ (hash >>> 15), 0x9e3779b1) >>> 0) | 1;

function add(row: Uint8Array, hash: number): void {
  const step = stepOf(hash);
  for (let i = 0, at = hash; i < PROBES; i++, at = (at + step) >>> 0) {
    const bit = at % BITS;
    row[SUM + (bit >> 3)]! |= 1 << (bit & 7);
  }
}

function has(row: Uint8Array, hash: number): boolean {
  const step = stepOf(hash);
  for (let i = 0, at = hash; i < PROBES; i++, at = (at + step) >>> 0) {
    const bit = at % BITS;
    if ((row[SUM + (bit >> 3)]! & (1 << (bit & 7))) === 0) return false;
  }
  return true;
}
