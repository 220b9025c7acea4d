/**
 * `history.cols` among the caches: the past of all deals as of one transaction, a stretch of bytes per column, each
 * read on demand. It can always be made again from the journal.
 *
 *   SIZE SUM {"format":3, "seq":..., "hash":..., "columns":{"deal":[at,bytes,sum,width],...}, "words":...}\n  bytes...
 */
import { join } from 'node:path';
import { CrmError } from '../domain/errors.ts';
import { type DealHistory, type HistoryColumn, historyColumnNames } from '../state/deal-history.ts';
import { lazyHistory } from '../state/lazy-history.ts';
import { widths } from '../state/narrow-numbers.ts';
import { checksum } from './checksum.ts';
import { removeQuietly, replaceFile, type Temporary } from './durable.ts';
import { codeOf, type Io, openRegular } from './io.ts';
import { readRange } from './snapshot.ts';

export const HISTORY_FILE = 'history.cols';

const FORMAT = 3;
/** Bytes of the first line before the head: its size and its checksum, each padded, and a space after each. */
const PREFIX = 20;
/** Bytes that are read first; the head is seldom larger. */
const FIRST = 8192;
/** Columns begin at multiples of this, in bytes, as typed arrays need. */
const ALIGNMENT = 8;

interface Head extends Pick<DealHistory, 'seq' | 'hash' | 'rows' | 'words'> {
  readonly format: number;
  /** The version of crm, which decides the content of rows. */
  readonly version: string;
  readonly columns: { readonly [name in HistoryColumn]: Stretch };
}

/** A column in the file: where its bytes begin, how many there are, their checksum, and the width of its numbers. */
type Stretch = readonly [at: number, bytes: number, sum: number, width: number];

/** The file is not as it was written. */
export class DamagedHistory extends Error {}

/** Opens the kept history; undefined if it is missing, of another version of crm, or damaged in its head. */
export function openHistory(io: Io, dir: string | undefined, version: string): DealHistory | undefined {
  if (dir === undefined) return undefined;
  const path = join(dir, HISTORY_FILE);
  let fd: number | undefined;
  try {
    fd = openRegular(io, path);
    const size = io.fstatSync(fd).size;
    const first = readRange(io, fd, 0, Math.min(size, FIRST));
    const end = PREFIX + Number(first.toString('latin1', 0, 10));
    const said = end <= first.length ? first.subarray(PREFIX, end) : readRange(io, fd, PREFIX, end);
    if (prefixOf(said) === first.toString('latin1', 0, PREFIX)) {
      const head = JSON.parse(said.toString()) as Head;
      const isKnown = head.format === FORMAT && head.version === version;
      if (isKnown && aligned(end + 1) + lengthOf(head) === size)
        return keptHistory(io, path, fd, aligned(end + 1), head);
    }
  } catch (error) {
    // It is not there, or not what it should be.
    const isOfFile =
      codeOf(error) !== undefined ||
      error instanceof CrmError ||
      error instanceof SyntaxError ||
      error instanceof RangeError;
    if (!isOfFile) throw error;
  }
  if (fd !== undefined) io.closeSync(fd);
  return undefined;
}

/** Returns a history whose columns are read on first use; a damaged one throws DamagedHistory, after removing the file. */
const keptHistory = (io: Io, path: string, fd: number, start: number, head: Head): DealHistory =>
  lazyHistory(head, name => {
    const [at, bytes, sum, width] = head.columns[name];
    const buffer = new ArrayBuffer(bytes);
    if (!isRead(io, fd, new Uint8Array(buffer), start + at, sum)) {
      removeQuietly(io, path);
      throw new DamagedHistory();
    }
    return new widths[width]!(buffer);
  });

/** Fills `bytes` with what begins at `at`; returns whether it has that checksum. */
function isRead(io: Io, fd: number, bytes: Uint8Array, at: number, sum: number): boolean {
  for (let done = 0; done < bytes.length; ) {
    const read = io.readSync(fd, bytes, done, bytes.length - done, at + done);
    if (read === 0) return false;
    done += read;
  }
  return checksum(bytes) === sum;
}

/** Keeps a history. Throws failures of the system, which the caller may ignore. */
export function writeHistory(
  io: Io,
  dir: string,
  temporary: Temporary,
  version: string,
  history: DealHistory,
): void {
  const parts: Uint8Array[] = [];
  let length = 0;
  const columns = Object.fromEntries(
    historyColumnNames.map(name => {
      const { [name]: numbers } = history;
      const { buffer, byteOffset, byteLength } = numbers;
      const bytes = new Uint8Array(buffer, byteOffset, byteLength);
      const at = length;
      const padding = aligned(byteLength) - byteLength;
      parts.push(bytes, new Uint8Array(padding));
      length += byteLength + padding;
      const width = widths.findIndex(each => numbers instanceof each);
      return [name, [at, byteLength, checksum(bytes), width] satisfies Stretch];
    }),
  ) as unknown as Head['columns'];
  const { seq, hash, rows, words } = history;
  const head = Buffer.from(
    JSON.stringify({ format: FORMAT, version, seq, hash, rows, words, columns } satisfies Head),
  );
  const end = PREFIX + head.length + 1;
  replaceFile(
    io,
    join(dir, HISTORY_FILE),
    temporary,
    sink => {
      sink.write(prefixOf(head));
      sink.write(head);
      sink.write(`\n${' '.repeat(aligned(end) - end)}`);
      for (const part of parts) sink.write(part);
    },
    false,
  );
}

/** Size and checksum of a head. */
const prefixOf = (head: Uint8Array): string =>
  `${String(head.length).padStart(10)} ${checksum(head).toString(16).padStart(8)} `;

const aligned = (length: number) => Math.ceil(length / ALIGNMENT) * ALIGNMENT;

const lengthOf = ({ columns }: Head): number =>
  historyColumnNames.reduce((length, name) => length + aligned(columns[name][1]), 0);
