/**
 * Writes the snapshot of one kind from a state, together with its projection, whose columns are in memory then: the
 * next command need not parse the snapshot to make them.
 */
import { isNamed, type Kind, type NamedKind } from '../domain/kinds.ts';
import { columnsOf } from '../kinds/fields.ts';
import type { ColumnData } from '../state/columns/column.ts';
import { dumpColumn } from '../state/columns/index.ts';
import type { State } from '../state/state.ts';
import { cacheVerified } from './cache.ts';
import { ENDS, NUMBERS } from './columns-file.ts';
import type { Tip } from './journal.ts';
import { writeProjection } from './projection.ts';
import type { Site } from './site.ts';
import { openSnapshot, snapshotFile, SMALL, type SnapshotKind, writeSnapshot } from './snapshot.ts';
import { tableLines } from './table-lines.ts';
import { Verified } from './verified.ts';

/** The number of records from which a kind has a projection, whatever their size. */
const MANY = SMALL / 128;

/** Writes the snapshot of a kind as of `tip`, unless one of a later transaction is there. */
export function writeKind(site: Site, kind: SnapshotKind, state: State, tip: Tip, isProjected = true): void {
  if (isBeyond(site, kind, tip.seq)) return;
  if (kind === 'trash' || isNamed(kind)) writeNamed(site, kind, state, tip);
  else writeTable(site, kind, state, tip, isProjected);
}

/** Returns whether a process that was faster after its commit has brought a snapshot further than `seq`. */
function isBeyond({ io, data, options }: Site, kind: SnapshotKind, seq: number): boolean {
  const there = openSnapshot(io, data, snapshotFile(options.kinds, kind));
  if (there) io.closeSync(there.fd);
  return there !== undefined && there.head.seq > seq;
}

function writeNamed(site: Site, kind: NamedKind | 'trash', state: State, { seq, hash }: Tip): void {
  const { io, data, temporary, options } = site;
  const file = snapshotFile(options.kinds, kind);
  const all: readonly { id: string }[] =
    kind === 'trash' ? [...state.trash().values()] : [...state.named(kind).values()];
  const records = [...all].sort((a, b) => (a.id < b.id ? -1 : 1));
  const lines = records.map(record => `${JSON.stringify(record)}\n`);
  writeSnapshot(io, data, temporary, file, { seq, hash, next: 1, records: records.length }, lines);
}

function writeTable(site: Site, kind: Kind, state: State, { seq, hash }: Tip, isProjected: boolean): void {
  const { io, data, temporary, options } = site;
  const file = snapshotFile(options.kinds, kind);
  const table = state.table(kind);
  const rows = table.liveRows();
  const ends = new Float64Array(rows.length);
  // Columns that follow changes look at those that concern them; once the records are made, at all that differ.
  if (isProjected && rows.length > MANY) table.loadColumns();
  const meta = { seq, hash, next: state.nextNumber(kind), records: rows.length };
  const head = writeSnapshot(io, data, temporary, file, meta, tableLines(table, rows, ends));
  if ((ends.at(-1) ?? 0) < SMALL || !isProjected) return;
  const written = openSnapshot(io, data, file)!;
  // Another process may have put its own in place meanwhile: then the projection is its work.
  if (written.head.checksum === head.checksum) {
    const endsInFile = ends.map(at => at + written.start);
    writeProjection(site, kind, written, rows.length, columnsIn(state, kind, rows, endsInFile));
    const verified = Verified.read(io, site.caches.path);
    verified.holds(kind, written.signature, () => true);
    cacheVerified(site, verified);
  }
  io.closeSync(written.fd);
}

/** Returns the columns of rows, with the two that every projection has. */
function columnsIn(
  state: State,
  kind: Kind,
  rows: readonly number[],
  ends: Float64Array,
): Map<string, ColumnData> {
  const table = state.table(kind);
  const isGapless = rows.length === table.rows && rows.every((row, i) => row === i);
  return new Map<string, ColumnData>([
    [NUMBERS, { type: 'number', values: Float64Array.from(rows, row => table.number(row)) }],
    [ENDS, { type: 'number', values: ends }],
    ...[...columnsOf(state.config, kind).values()].map((spec): [string, ColumnData] => [
      spec.storedAs,
      dumpColumn(table.column(spec.key), rows, isGapless),
    ]),
  ]);
}
