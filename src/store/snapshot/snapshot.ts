/**
 * A snapshot is the journal folded: all records of a kind as of one transaction, one JSON line each, sorted by id,
 * under a head line of fixed width with the transaction, the next id, and the checksum of the lines. In a large snapshot, the
 * head also has the values that most records share, and the lines leave them out (format 2).
 */
import { join } from 'node:path';
import { invalid } from '../../domain/errors.ts';
import { type AnyKind, type Kinds, namedKindNames } from '../../domain/kinds.ts';
import { replaceFile, type Temporary } from '../disk/durable.ts';
import type { SharedValues } from '../../state/shared-values.ts';
import { ifThere, type Io, openRegular } from '../disk/io.ts';
import { LineWindow } from '../lines/line-window.ts';
import { readRange } from '../disk/read-range.ts';
import { Sha256 } from '../disk/sha256.ts';
import { type Signature, signatureOf } from '../caches/verified.ts';

/** The format of snapshots with whole records, and of checkpoints. */
export const FORMAT = 1;
/** The format of snapshots whose lines leave out what the records share: the highest that is known. */
const FORMAT_SHARED = 2;

/** A kind that has a snapshot: one of records, of named things, or the trash. */
export type SnapshotKind = AnyKind | 'trash';

/** Returns all kinds with a snapshot. */
export const snapshotKinds = ({ names }: Kinds): readonly SnapshotKind[] => [
  ...names,
  ...namedKindNames,
  'trash',
];

/** Whether a checkpoint without a kind is older than that kind. */
export const isAddedLater = (kinds: Kinds, kind: SnapshotKind): boolean =>
  kinds.names.includes(kind) && kinds.of(kind).addedLater === true;

export const snapshotFile = (kinds: Kinds, kind: SnapshotKind) =>
  `${kind === 'trash' ? kind : kinds.pluralOf(kind)}.jsonl`;

export interface SnapshotHead {
  readonly snapshot: string;
  readonly format: number;
  readonly seq: number;
  /** Hash of transaction `seq`. */
  readonly hash: string;
  /** The number that the next new record gets. */
  readonly next: number;
  readonly records: number;
  /** What the lines leave out; only in format 2. */
  readonly shared?: SharedValues;
  /** Of the lines and of the above. */
  readonly checksum: string;
}

/** Where the first line says nothing of the kind: no lines can be those that it was written for. */
const NO_HEAD: SnapshotHead = {
  snapshot: '',
  format: FORMAT,
  seq: 0,
  hash: '',
  next: 1,
  records: 0,
  checksum: '',
};

/** The width of the head by format, in bytes, with its line end. */
const HEAD_BYTES = { [FORMAT]: 256, [FORMAT_SHARED]: 512 };
/** The number of bytes in which a head is looked for: that of a newer crm may be wider. */
const NEWLINE = Buffer.from('\n');
const HEAD_LOOKED_FOR = 1024;

/**
 * A snapshot below this size, in bytes, is written at every commit, so that grep finds current records, and has no
 * projection: it is parsed in a few milliseconds.
 */
export const SMALL = 256 * 1024;

/** An opened snapshot: it stays the same even if the file is replaced meanwhile. */
export interface OpenSnapshot {
  readonly path: string;
  readonly fd: number;
  readonly head: SnapshotHead;
  readonly size: number;
  readonly signature: Signature;
  /** Where the lines begin. */
  readonly start: number;
}

export function openSnapshot(io: Io, dir: string, file: string): OpenSnapshot | undefined {
  const path = join(dir, file);
  const fd = ifThere(() => openRegular(io, path));
  if (fd === undefined) return undefined;
  const stat = io.fstatSync(fd);
  const bytes = Buffer.alloc(Math.min(HEAD_LOOKED_FOR, stat.size));
  io.readSync(fd, bytes, 0, bytes.length, 0);
  const newline = bytes.indexOf(10);
  const head = parseHead(bytes.toString('utf8', 0, newline < 0 ? bytes.length : newline));
  if (head.format > FORMAT_SHARED) {
    io.closeSync(fd);
    throw invalid(
      `${path}: written in format ${head.format} by a newer crm; this one knows ${FORMAT_SHARED}`,
      'upgrade crm; nothing was changed',
    );
  }
  const start = head === NO_HEAD ? 0 : newline + 1;
  return { path, fd, head, size: stat.size, signature: signatureOf(stat), start };
}

/** Whether an opened snapshot begins with what says of what it is one. */
export const hasHead = ({ head }: OpenSnapshot): boolean => head !== NO_HEAD;

function parseHead(text: string): SnapshotHead {
  try {
    const head = JSON.parse(text) as SnapshotHead;
    if (
      typeof head === 'object' &&
      head !== null &&
      Number.isInteger(head.seq) &&
      typeof head.checksum === 'string' &&
      (head.format > FORMAT_SHARED || areShared(head.shared))
    )
      return head;
  } catch {
    // Then it is not a snapshot.
  }
  return NO_HEAD;
}

/** Whether this is what a head may share: texts by field. */
function areShared(shared: unknown): boolean {
  if (shared === undefined) return true;
  if (typeof shared !== 'object' || shared === null || Array.isArray(shared)) return false;
  return Object.entries(shared).every(
    ([field, value]) => field !== '__proto__' && field !== 'id' && typeof value === 'string',
  );
}

/** The lines of an opened snapshot. */
export function readBody(io: Io, snapshot: OpenSnapshot): Buffer {
  return readRange(io, snapshot.fd, snapshot.start, snapshot.size);
}

/** Yields the lines of an opened snapshot, some at a time, each in the same memory. */
export function snapshotPieces(io: Io, { fd, size, start }: OpenSnapshot): Generator<Buffer> {
  const window = new LineWindow(io);
  window.use(fd, size);
  return window.pieces(start);
}

/** The checksum of lines that were digested, and of what the head says beside it. */
function checksumOf(
  digest: Sha256,
  { snapshot, format, seq, hash, next, records, shared }: Unsummed,
): string {
  const said = JSON.stringify({ snapshot, format, seq, hash, next, records, shared });
  return digest.update(said).digest().slice(0, 22);
}

type Unsummed = Omit<SnapshotHead, 'checksum'>;

/** Whether the lines are those that the head was written for, and the head is as it was. */
export function isIntact(body: Buffer, head: SnapshotHead): boolean {
  return areIntact([body], head);
}

/** The same of lines that come in pieces. */
export function areIntact(pieces: Iterable<Uint8Array>, head: SnapshotHead): boolean {
  const digest = new Sha256();
  for (const piece of pieces) digest.update(piece);
  return checksumOf(digest, head) === head.checksum;
}

/** Writes a snapshot from chunks of whole lines, each of which is done with when the next is asked for; returns its head. */
export function writeSnapshot(
  io: Io,
  dir: string,
  temporary: Temporary,
  file: string,
  { shared, ...meta }: Pick<SnapshotHead, 'seq' | 'hash' | 'next' | 'records' | 'shared'>,
  lines: Iterable<Uint8Array | string>,
): SnapshotHead {
  let head!: SnapshotHead;
  replaceFile(io, join(dir, file), temporary, sink => {
    const digest = new Sha256();
    const format = shared ? FORMAT_SHARED : FORMAT;
    const width = HEAD_BYTES[format];
    sink.write(' '.repeat(width));
    for (const chunk of lines) {
      digest.update(chunk);
      sink.write(chunk);
    }
    const name = file.replace('.jsonl', '');
    const said: Unsummed = { snapshot: name, format, ...meta, ...(shared && { shared }) };
    head = { ...said, checksum: checksumOf(digest, said) };
    const text = Buffer.from(JSON.stringify(head));
    sink.place(Buffer.concat([text, Buffer.alloc(width - 1 - text.length, ' '), NEWLINE]), 0);
  });
  return head;
}
