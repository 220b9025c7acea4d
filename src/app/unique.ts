/** By what records of a kind are told apart, beside their ids: no two have the same. */
import { withArticle } from '../domain/article.ts';
import { CrmError } from '../domain/errors.ts';
import type { Kind } from '../domain/kinds.ts';
import type { Json, Rec } from '../domain/records.ts';
import type { Key } from '../kinds/define.ts';
import { definitionOf } from '../kinds/index.ts';
import type { Draft } from '../state/draft.ts';
import type { View } from './view.ts';

/** Where a double is looked for: a draft, and what its writer may see. */
interface Place {
  readonly draft: Draft;
  readonly view: View;
}

type Keyed = Readonly<Record<string, Json | undefined>>;

/** Throws CONFLICT where a key that `fields` give to a record, which was as `before`, is another one's already. */
export function requireUnique(place: Place, kind: Kind, fields: Keyed, before?: Rec): void {
  const found = doubleOf(place, kind, fields, before);
  if (found) throw taken(place, kind, found);
}

/** The record that has one of the keys already; undefined where there is none. */
export const sameRecord = (place: Place, kind: Kind, fields: Keyed): string | undefined => {
  const found = doubleOf(place, kind, fields);
  return found && place.draft.state.table(kind).id(found.row);
};

interface Double {
  readonly row: number;
  readonly key: Key;
  readonly value: string;
}

function doubleOf({ draft }: Place, kind: Kind, fields: Keyed, before?: Rec): Double | undefined {
  for (const key of definitionOf(kind).keys.filter(each => each.unique)) {
    const value = fields[key.path];
    if (typeof value !== 'string' || value === before?.[key.path]) continue;
    const table = draft.state.table(kind);
    const row = table
      .find(key.path, value)
      .find(each => table.id(each) !== before?.id && isSame(key, table.record(each)[key.path], value));
    if (row !== undefined) return { row, key, value };
  }
  return undefined;
}

function isSame({ caseless }: Key, value: Json | undefined, text: string): boolean {
  if (typeof value !== 'string') return false;
  const [a, b] = [value.normalize(), text.normalize()];
  return caseless ? a.toLowerCase() === b.toLowerCase() : a === b;
}

/** A key is another record's. */
export class KeyTaken extends CrmError {
  readonly path: string;
  /** Whose, where the viewer may see it. */
  readonly id: string | undefined;

  constructor(path: string, id: string | undefined, message: string, hint: string) {
    super('CONFLICT', message, hint);
    this.path = path;
    this.id = id;
  }
}

function taken({ view, draft }: Place, kind: Kind, { row, key, value }: Double): KeyTaken {
  const { path, said } = key;
  const message = `there is ${withArticle(kind)} with the ${said} ${value} already`;
  if (!view.sees(kind, row))
    return new KeyTaken(
      path,
      undefined,
      message,
      `${view.viewer.user} may not see whose it is; a manager may`,
    );
  const id = draft.state.table(kind).id(row);
  return new KeyTaken(path, id, `${message}: ${id}`, `crm ${kind} set ${id} ...`);
}
