/**
 * Projections: a snapshot turned on its side, a column for each field that queries ask for, among the caches.
 *
 *     snapshot                        projection
 *     {"id":"D1","stage":"won",..}    #number   1     2     3
 *     {"id":"D2","stage":"new",..}    #end      312   608   911     where each line ends
 *     {"id":"D3","stage":"won",..}    stage     won   new   won     codes, and the words once
 *
 * A list or a sweep reads the columns that it needs, and only the lines of the snapshot that it shows. A projection
 * holds only for the snapshot whose checksum it names. A small snapshot has no projection, because parsing it is as
 * fast.
 */
import { join } from 'node:path';
import type { Config } from '../../domain/config.ts';
import type { Kind, Kinds } from '../../domain/kinds.ts';
import { columnsOf } from '../../kinds/fields.ts';
import type { ColumnData } from '../../state/columns/column.ts';
import { MemorySource, type Source } from '../../state/source.ts';
import { tryToCache } from './cache.ts';
import { ColumnsFile, writeColumns } from './columns-file.ts';
import { removeQuietly } from '../disk/durable.ts';
import { parseRecords, ProjectedSource, projectionOf } from './records-file.ts';
import type { Site } from '../site/site.ts';
import { type OpenSnapshot, readBody, SMALL, type SnapshotKind } from '../snapshot/snapshot.ts';
import { signatureOf } from '../caches/verified.ts';

/** The name of a kind's projection. */
export const columnsFile = (kinds: Kinds, kind: SnapshotKind) =>
  `${kind === 'trash' ? kind : kinds.pluralOf(kind)}.cols`;

/**
 * Returns the source of a kind's table: the projection of its snapshot, which is made if it is missing, or its
 * records.
 */
export function sourceOf(site: Site, kind: Kind, snapshot: OpenSnapshot | undefined, config: Config): Source {
  const { io, caches, options } = site;
  if (!snapshot || snapshot.head.records === 0) return new MemorySource([]);
  if (snapshot.size < SMALL)
    return new MemorySource(parseRecords(readBody(io, snapshot), snapshot).records, snapshot.head.shared);
  const specs = columnsOf(config, kind);
  const columns = ColumnsFile.open(io, caches.path, columnsFile(options.kinds, kind), options.version);
  if (
    columns?.head.checksum === snapshot.head.checksum &&
    columns.head.rows === snapshot.head.records &&
    [...specs.values()].every(spec => columns.has(spec))
  )
    return new ProjectedSource(io, config.kinds.of(kind), snapshot, columns, specs);
  const { records, ends } = parseRecords(readBody(io, snapshot), snapshot);
  writeProjection(site, kind, snapshot, records.length, projectionOf(records, ends, specs));
  return new MemorySource(records, snapshot.head.shared);
}

/** Keeps the columns of a snapshot. */
export function writeProjection(
  site: Site,
  kind: Kind,
  snapshot: OpenSnapshot,
  rows: number,
  columns: ReadonlyMap<string, ColumnData>,
): void {
  const { io, temporary, options } = site;
  const meta = { version: options.version, checksum: snapshot.head.checksum, rows };
  const name = columnsFile(options.kinds, kind);
  tryToCache(site, dir => {
    writeColumns(io, dir, temporary, name, meta, columns);
    // Another snapshot that took its place meanwhile may come from a purge, which looked for these columns before
    // they existed.
    const inPlace = signatureOf(io.statSync(snapshot.path));
    if (inPlace.text !== snapshot.signature.text) removeQuietly(io, join(dir, name));
  });
}
