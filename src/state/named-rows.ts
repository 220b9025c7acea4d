/** Finds the records that a text names by one of their keys. */
import type { Config } from '../domain/config.ts';
import type { Key } from '../kinds/define.ts';
import { wantedPhone } from '../kinds/phones.ts';
import { allOf } from '../kinds/several.ts';
import { BETWEEN_TEXTS } from '../kinds/several-cells.ts';
import type { TextColumn } from './columns/column.ts';
import { needleOf } from './columns/texts.ts';
import type { Table } from './table.ts';

/** Returns the live rows that a text names by a key, without regard to case and accents, ascending. */
export function rowsNamed(table: Table, key: Key, text: string, config: Config): number[] {
  if (table.rows === 0 || text === '') return [];
  if (key.isPhone) return rowsWithPhone(table, key, text, config);
  const found = table.find(key.path, text);
  const read = key.read?.(text) ?? text;
  return found.length > 0 || read === text || read === '' ? found : table.find(key.path, read);
}

/**
 * Equal numbers end with the same digits, whatever prefixes they were typed with: one search through the column finds
 * the numbers with these digits, and each is then compared in full.
 */
function rowsWithPhone(table: Table, { path, several }: Key, text: string, { country }: Config): number[] {
  const wanted = wantedPhone(text, country);
  if (!wanted) return [];
  const rows = new Set<number>();
  (table.column(path) as TextColumn).search(needleOf(`${wanted.lastDigits}${BETWEEN_TEXTS}`), row => {
    if (table.live(row) && allOf(table.record(row), several!).some(wanted.is)) rows.add(row);
  });
  return [...rows].sort((a, b) => a - b);
}
