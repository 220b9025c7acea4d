/**
 * An export for another workspace, in which ids mean other records: a reference is written as the name or key of its
 * record, and a record without one gets an external id, by which rows of other kinds refer to it.
 */
import { definitionOf, type KindDefinition } from '../../kinds/define.ts';
import { findField } from '../../kinds/fields.ts';
import type { Kind } from '../../domain/kinds.ts';
import { isEmpty, type Json, type Rec } from '../../domain/records.ts';
import type { View } from '../core/view.ts';
import type { Shown } from './shape.ts';

/** Returns the columns that can be set elsewhere, with keys in place of ids. */
export function portableColumns(view: View, kind: Kind, columns: readonly Shown[], origin: string): Shown[] {
  const table = view.state.table(kind);
  const definition = definitionOf(view.kinds, kind);
  return columns.flatMap(column => {
    const field = findField(view.state.config, kind, column.name);
    if (column.name === 'externalId') {
      const key = (row: number) => externalIdOf(definition, table.record(row), origin) ?? null;
      return { ...column, json: key, text: row => key(row) ?? '' };
    }
    if (field?.refs) {
      const keys = (row: number): Json => {
        const value = column.json(row) as Json;
        return Array.isArray(value)
          ? (value as readonly string[]).map(id => keyOf(view, id, origin, true))
          : typeof value === 'string'
            ? keyOf(view, value, origin, false)
            : value;
      };
      return {
        ...column,
        json: keys,
        text: row => {
          const value = keys(row);
          return Array.isArray(value) ? value.join(',') : isEmpty(value) ? '' : String(value);
        },
      };
    }
    // The recipient of an invoice can be set, though it is not stored as a field of its own.
    return field && !field.settable && !field.isSplit ? [] : column;
  });
}

/** The external id that a record has, or gets where others could not name it: a deal, a contact without an e-mail. */
function externalIdOf(
  { hasTasks, knownBy }: KindDefinition,
  record: Rec,
  origin: string,
): string | undefined {
  if (typeof record.externalId === 'string' && record.externalId !== '') return record.externalId;
  const isNamed = knownBy && !isEmpty(record[knownBy]) && !String(record[knownBy]).includes(',');
  return isNamed || !hasTasks ? undefined : `${origin}/${record.id}`;
}

/**
 * Returns the key by which another workspace finds a record. A record in the trash is not exported, and its key finds
 * nothing there. A name with a comma is not used in lists, where it would be two names.
 */
function keyOf(view: View, id: string, origin: string, isListed: boolean): string {
  const record = view.state.get(id) ?? view.trashed(id)?.record;
  if (!record) return `${origin}/${id}`;
  const definition = definitionOf(view.kinds, view.kinds.kindOf(id));
  const key = definition.knownBy && record[definition.knownBy];
  if (typeof key === 'string' && key !== '' && !(isListed && key.includes(','))) return key;
  return externalIdOf(definition, record, origin) ?? `${origin}/${id}`;
}
