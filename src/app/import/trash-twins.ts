/** Records that an import made although one in the trash has the same key: the import may not have meant another one. */
import type { Change } from '../../domain/changes.ts';
import type { Kind } from '../../domain/kinds.ts';
import type { Rec } from '../../domain/records.ts';
import { keysOf, keyValues } from '../../kinds/natural-keys.ts';
import type { View } from '../core/view.ts';

export interface TrashTwin {
  /** The record that was made. */
  readonly id: string;
  /** The record in the trash, and the value that both have. */
  readonly trashed: string;
  readonly value: string;
}

/** Returns the added records of a kind that share an e-mail, a name or an external id with one in the trash that the viewer sees. */
export function trashTwins(view: View, kind: Kind, changes: readonly Change[]): readonly TrashTwin[] {
  const keys = keysOf(view.state.config, kind);
  const valuesOf = (record: Rec): string[] => [
    ...keys.flatMap(key => keyValues(key, record)).map(value => value.toLowerCase()),
    ...(typeof record.externalId === 'string' ? [record.externalId] : []),
  ];
  const known = new Map(
    view.trash(kind).flatMap(({ id, record }) => valuesOf(record).map(value => [value, id] as const)),
  );
  if (known.size === 0) return [];
  return changes.flatMap(change => {
    if (!('add' in change) || change.kind !== kind) return [];
    const value = valuesOf(change.add).find(each => known.has(each));
    return value === undefined ? [] : [{ id: change.id, trashed: known.get(value)!, value }];
  });
}
