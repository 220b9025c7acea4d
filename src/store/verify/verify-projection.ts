/** Verifies projections: each must say what its snapshot says. */
import { join } from 'node:path';
import type { Config } from '../../domain/config.ts';
import type { Kind } from '../../domain/kinds.ts';
import type { Rec } from '../../domain/records.ts';
import { definitionOf } from '../../kinds/define.ts';
import { columnsOf } from '../../kinds/fields.ts';
import type { Column } from '../../state/columns/column.ts';
import { MemorySource } from '../../state/source.ts';
import { Table } from '../../state/table.ts';
import { ColumnsFile, ENDS } from '../columns/columns-file.ts';
import type { Finding } from '../site/finding.ts';
import type { Io } from '../disk/io.ts';
import { columnsFile } from '../columns/projection.ts';
import { ProjectedSource } from '../columns/records-file.ts';
import { type ReadSnapshot, recordsIn } from './verify-snapshots.ts';

/** The number of records that are compared with a projection together, as a table. */
const AT_ONCE = 4096;

/** Finds the differences of a projection from its intact snapshot. */
export function verifyProjection(
  io: Io,
  caches: string | undefined,
  version: string,
  snapshot: ReadSnapshot,
  config: Config,
): Finding | undefined {
  const { kind } = snapshot;
  if (caches === undefined) return undefined;
  const file = join(caches, columnsFile(config.kinds, kind));
  if (!io.existsSync(file)) return undefined;
  const columns = ColumnsFile.open(io, caches, columnsFile(config.kinds, kind), version);
  if (columns?.head.checksum !== snapshot.head?.checksum)
    return {
      severity: 'note',
      file,
      message: 'belongs to another snapshot or another crm, or is damaged; it is not used',
      fix: 'it is made again when it is needed',
      repair: 'remove',
    };
  if (says(io, snapshot, columns!, kind as Kind, config)) return undefined;
  return {
    severity: 'error',
    file,
    message: `does not say what ${snapshot.file} says, so queries would answer wrongly`,
    fix: 'crm doctor --fix removes it, and it is made again when it is needed',
    repair: 'remove',
  };
}

/** Whether each cell is the one that follows from the record. */
function says(io: Io, snapshot: ReadSnapshot, columns: ColumnsFile, kind: Kind, config: Config): boolean {
  const specs = columnsOf(config, kind);
  const definition = definitionOf(config.kinds, kind);
  const source = new ProjectedSource(io, definition, snapshot.opened, columns, specs);
  const projected = new Table(definition, source, specs);
  const compared = [...specs.values()].filter(spec => columns.has(spec));
  // Damage must be found here, not repaired.
  columns.remake = undefined;
  let rows = 0;
  /** Compares the next records, as a table of their own. */
  const areAsRead = (records: readonly Rec[]): boolean => {
    const read = new Table(definition, new MemorySource(records), specs);
    const from = rows;
    rows += records.length;
    if (records.some((record, i) => projected.id(from + i) !== record.id)) return false;
    return compared.every(({ key }) => {
      const [expected, actual] = [read.column(key), projected.column(key)];
      return records.every((_, i) => cell(expected, i) === cell(actual, from + i));
    });
  };
  try {
    const known = columns.column(ENDS).values;
    const records: Rec[] = [];
    for (const { record, end } of recordsIn(snapshot)) {
      if (known[rows + records.length] !== end) return false;
      records.push(record);
      if (records.length === AT_ONCE && !areAsRead(records.splice(0))) return false;
    }
    return areAsRead(records) && rows === projected.rows;
  } catch {
    // A dictionary that cannot be parsed, an offset behind the end.
    return false;
  }
}

function cell(column: Column, row: number): string {
  switch (column.type) {
    case 'number':
    case 'text':
      return String(column.get(row));
    case 'code':
      return String(column.words[column.get(row)]);
    case 'codes':
      return Array.from(column.get(row), code => JSON.stringify(column.words[code])).join();
    case 'numbers':
      return Array.from(column.get(row)).join();
  }
}
