/** The unique keys of records beside their ids. */
import { withArticle } from '../../domain/article.ts';
import { memoByKey } from '../../domain/memo.ts';
import { CrmError } from '../../domain/errors.ts';
import type { Config } from '../../domain/config.ts';
import type { Kind, Kinds } from '../../domain/kinds.ts';
import type { Json, Rec } from '../../domain/records.ts';
import type { Key } from '../../kinds/define.ts';
import { definitionOf } from '../../kinds/define.ts';
import { isKey, keysOf, keyValues, nameOfKey } from '../../kinds/natural-keys.ts';
import type { Draft } from '../../state/draft.ts';
import type { View } from './view.ts';

/** Where duplicates are searched: a draft, and the view of its writer. */
interface Place {
  readonly draft: Draft;
  readonly view: View;
}

type Keyed = Readonly<Record<string, Json | undefined>>;

/** Throws CONFLICT if a key that `fields` give to a record, which was `before`, belongs to another record already. */
export function requireUnique(place: Place, kind: Kind, fields: Keyed, before?: Rec): void {
  const found = doubleOf(place, kind, fields, before);
  if (found) throw taken(place, kind, found);
}

/** Returns the record that has one of the keys already; undefined if there is none. */
export const sameRecord = (place: Place, kind: Kind, fields: Keyed): string | undefined => {
  const found = doubleOf(place, kind, fields);
  return found && place.draft.state.table(kind).id(found.row);
};

interface Double {
  readonly row: number;
  readonly key: Key;
  readonly value: string;
}

/** The unique keys of a kind, collected once per settings, because an import asks for them at every row. */
const uniqueKeys = memoByKey((config: Config, kind: Kind): readonly Key[] =>
  keysOf(config, kind).filter(key => key.unique),
);

function doubleOf(place: Place, kind: Kind, fields: Keyed, before?: Rec): Double | undefined {
  for (const key of uniqueKeys(place.draft.config, kind))
    for (const value of keyValues(key, fields)) {
      const found = doubleBy(key, value, place, kind, before);
      if (found) return found;
    }
  return undefined;
}

/** Returns the other record that has a value of a key already; undefined if `before` has that value itself. */
function doubleBy(
  key: Key,
  value: string,
  { draft }: Place,
  kind: Kind,
  before: Rec | undefined,
): Double | undefined {
  const table = draft.state.table(kind);
  // Most values that an import looks up are new.
  const rows = table.find(key.path, value);
  if (rows.length === 0 || (before && keyValues(key, before).includes(value))) return undefined;
  const row = rows.find(
    each =>
      table.id(each) !== before?.id &&
      keyValues(key, table.record(each)).some(its => isKey(key, its, value, draft.config)),
  );
  return row === undefined ? undefined : { row, key, value };
}

/** Throws CONFLICT if another record has got a key of a record in the trash; the hint says what to do. */
export function requireRestorable(place: Place, kind: Kind, record: Rec): void {
  const found = doubleOf(place, kind, record);
  if (found) throw taken(place, kind, found, id => wayBack(place.draft.state.kinds, kind, record.id, id));
}

/**
 * Returns the records that have got a key of a record in the trash, each once. FAILED if one is hidden from the
 * viewer.
 */
export function keyHolders(place: Place, kind: Kind, record: Rec): string[] {
  const { view, draft } = place;
  const found = uniqueKeys(draft.config, kind).flatMap(key =>
    keyValues(key, record).flatMap(value => doubleBy(key, value, place, kind, undefined) ?? []),
  );
  const hidden = found.find(({ row }) => !view.sees(kind, row));
  if (hidden) throw taken(place, kind, hidden);
  return [...new Set(found.map(({ row }) => draft.state.table(kind).id(row)))];
}

/** Says how to restore a record although another one has its key. */
export const wayBack = (kinds: Kinds, kind: Kind, id: string, other: string): string =>
  definitionOf(kinds, kind).isMergeable
    ? `crm ${kind} restore ${id} --merge merges it into ${other}`
    : `crm ${kind} set ${other} externalId=, then crm ${kind} restore ${id}`;

/** A key is another record's. */
export class KeyTaken extends CrmError {
  readonly path: string;
  /** The other record, if the viewer may see it. */
  readonly id: string | undefined;

  constructor(
    path: string,
    taken: { readonly id: string; readonly message: string; readonly hint: string } | undefined,
  ) {
    if (taken) super('CONFLICT', taken.message, taken.hint);
    else super('FAILED', HIDDEN_IN_THE_WAY, 'only users who see all records may do it: managers and admins');
    this.path = path;
    this.id = taken?.id;
  }
}

/** The same message for every record and key, so that it reveals nothing. */
const HIDDEN_IN_THE_WAY = 'this cannot be saved: a record that you may not see is in the way';

function taken(
  { view, draft }: Place,
  kind: Kind,
  { row, key, value }: Double,
  hintFor = (id: string) => `crm ${kind} set ${id} ...`,
): KeyTaken {
  const { said } = key;
  const path = nameOfKey(key);
  if (!view.sees(kind, row)) return new KeyTaken(path, undefined);
  const id = draft.state.table(kind).id(row);
  const message = `there is ${withArticle(kind)} with the ${said} ${value} already: ${id}`;
  return new KeyTaken(path, { id, message, hint: hintFor(id) });
}

/** Returns the first key of a record that another one has; undefined if all are free. */
export function takenKey(
  place: Place,
  kind: Kind,
  values: Readonly<Record<string, Json | undefined>>,
  before?: Rec,
): KeyTaken | undefined {
  try {
    requireUnique(place, kind, values, before);
    return undefined;
  } catch (error) {
    if (error instanceof KeyTaken) return error;
    throw error;
  }
}
