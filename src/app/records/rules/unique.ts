/** By what records of a kind are told apart, beside their ids: no two have the same. */
import { withArticle } from '../../../domain/article.ts';
import { CrmError } from '../../../domain/errors.ts';
import type { Kind } from '../../../domain/kinds.ts';
import type { Json, Rec } from '../../../domain/records.ts';
import type { Writer } from '../../writer.ts';

interface Key {
  readonly path: string;
  /** In a sentence. */
  readonly said: string;
  /** The case of an address or a name is no difference; that of an identifier is. */
  readonly caseless: boolean;
}

const externalId: Key = { path: 'externalId', said: 'externalId', caseless: false };

const own: Partial<Record<Kind, Key>> = {
  contact: { path: 'email', said: 'e-mail', caseless: true },
  account: { path: 'name', said: 'name', caseless: true },
};

const keysOf = (kind: Kind): readonly Key[] => {
  const first = own[kind];
  return first ? [first, externalId] : [externalId];
};

type Keyed = Readonly<Record<string, Json | undefined>>;

/** Throws CONFLICT where a key that `fields` give to a record, which was as `before`, is another one's already. */
export function requireUnique(writer: Writer, kind: Kind, fields: Keyed, before?: Rec): void {
  const found = doubleOf(writer, kind, fields, before);
  if (found) throw taken(writer, kind, found);
}

/** The record that has one of the keys already; undefined where there is none. */
export const sameRecord = (writer: Writer, kind: Kind, fields: Keyed): string | undefined => {
  const found = doubleOf(writer, kind, fields);
  return found && writer.draft.state.table(kind).id(found.row);
};

interface Double {
  readonly row: number;
  readonly key: Key;
  readonly value: string;
}

function doubleOf({ draft }: Writer, kind: Kind, fields: Keyed, before?: Rec): Double | undefined {
  for (const key of keysOf(kind)) {
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

  constructor(
    path: string,
    taken: { readonly id: string; readonly message: string; readonly hint: string } | undefined,
  ) {
    if (taken) super('CONFLICT', taken.message, taken.hint);
    else super('FAILED', HIDDEN_IN_THE_WAY, 'somebody who sees all records may do it: a manager or an admin');
    this.path = path;
    this.id = taken?.id;
  }
}

/** The same whatever the record is, and whichever key: it tells nothing of it. */
const HIDDEN_IN_THE_WAY = 'this cannot be saved: a record that you may not see is in the way';

function taken({ view, draft }: Writer, kind: Kind, { row, key, value }: Double): KeyTaken {
  const { path, said } = key;
  if (!view.sees(kind, row)) return new KeyTaken(path, undefined);
  const id = draft.state.table(kind).id(row);
  const message = `there is ${withArticle(kind)} with the ${said} ${value} already: ${id}`;
  return new KeyTaken(path, { id, message, hint: `crm ${kind} set ${id} ...` });
}
