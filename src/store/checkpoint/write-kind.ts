/**
 * Writes the snapshot of one kind from a state, together with its projection, whose columns are in memory then: the
 * next command need not parse the snapshot to make them.
 */
import { isNamed, type Kind, type NamedKind } from '../../domain/kinds.ts';
import { definitionOf } from '../../kinds/define.ts';
import { columnsOf } from '../../kinds/fields.ts';
import type { ColumnData } from '../../state/columns/column.ts';
import { dumpColumn } from '../../state/columns/index.ts';
import { sharedAmong, type SharedValues } from '../../state/shared-values.ts';
import type { State } from '../../state/state.ts';
import type { Table } from '../../state/table.ts';
import { cacheVerified } from '../columns/cache.ts';
import { ENDS, NUMBERS } from '../columns/columns-file.ts';
import type { Tip } from '../journal/journal.ts';
import { writeProjection } from '../columns/projection.ts';
import type { Site } from '../site/site.ts';
import { openSnapshot, snapshotFile, SMALL, type SnapshotKind, writeSnapshot } from '../snapshot/snapshot.ts';
import { tableLines } from '../snapshot/table-lines.ts';
import { Verified } from '../caches/verified.ts';

/** The number of records from which a kind has a projection, whatever their size. */
const MANY = SMALL / 128;
/**
 * The number of records from which a snapshot's head has the values that most of them share. Fewer are some megabytes, which
 * people look at and put under git: their lines are whole records.
 */
const SHARES_FROM = 25_000;

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
  const shared = sharedIn(site, table, rows);
  const meta = { seq, hash, next: state.nextNumber(kind), records: rows.length, ...(shared && { shared }) };
  const head = writeSnapshot(io, data, temporary, file, meta, tableLines(table, rows, ends, shared));
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

/**
 * Returns what the lines of a snapshot leave out; undefined if they are to have whole records, which are easiest to read. As
 * long as most lines stay as they are, this stays as it is, so that they can be copied, and a diff shows what was changed.
 */
function sharedIn({ options }: Site, table: Table, rows: readonly number[]): SharedValues | undefined {
  const { sharesFrom = SHARES_FROM, kinds } = options;
  if (rows.length < sharesFrom) return undefined;
  const { all, unchanged } = table.rowsOfSource();
  if (all >= sharesFrom && unchanged * 2 > rows.length) return table.sharedInSource;
  const { times = [], alike = [] } = definitionOf(kinds, table.kind);
  const fields = [...alike, 'createdAt', 'updatedAt', ...times];
  const shared = sharedAmong(rows, row => table.record(row), fields);
  return Object.keys(shared).length > 0 ? shared : undefined;
}

/** Returns the columns of rows, with the two that every projection has. */
function columnsIn(
  state: State,
  kind: Kind,
  rows: readonly number[],
  ends: Float64Array,
): Map<string, ColumnData> {
  const table = state.table(kind);
  const numbers = new Float64Array(rows.length);
  let isGapless = rows.length === table.rows;
  for (let i = 0; i < rows.length; i++) {
    numbers[i] = table.number(rows[i]!);
    isGapless &&= rows[i] === i;
  }
  return new Map<string, ColumnData>([
    [NUMBERS, { type: 'number', values: numbers }],
    [ENDS, { type: 'number', values: ends }],
    ...[...columnsOf(state.config, kind).values()].map((spec): [string, ColumnData] => [
      spec.storedAs,
      dumpColumn(table.column(spec.key), rows, isGapless),
    ]),
  ]);
}
