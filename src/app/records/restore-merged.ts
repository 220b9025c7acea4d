/** Restores a contact or account although another one got its e-mail, name or externalId meanwhile: merges both. */
import type { Kind } from '../../domain/kinds.ts';
import { addition } from '../../domain/changes.ts';
import { conflict } from '../../domain/errors.ts';
import type { Writer } from '../core/writer.ts';
import { merge, type Merged } from './merge.ts';
import { withoutLost } from '../core/references.ts';
import { keyHolders } from '../core/unique.ts';

/** What became of a record in the trash. */
export interface Restored {
  /** The record that is there now: itself, or the one that it was merged into. */
  readonly id: string;
  readonly merged?: Merged;
}

/**
 * Restores a record by its id or a natural key, and merges it into the one that has its key by now; with a free key it
 * is only restored. CONFLICT where several records have its keys, FAILED where one of them is hidden from the viewer.
 */
export function restoreMerged(writer: Writer, kind: Kind, key: string): Restored {
  const trashed = writer.view.findTrashed(kind, key);
  const [into, ...others] = trashed ? keyHolders(writer, kind, trashed.record) : [];
  if (!trashed || into === undefined) return { id: writer.restore(kind, key) };
  const [other] = others;
  if (other !== undefined)
    throw conflict(
      `${into} and ${other} have keys of ${trashed.id}`,
      `crm ${kind} merge ${into} ${other}, then crm ${kind} restore ${trashed.id} --merge`,
    );
  writer.draft.apply(addition(kind, withoutLost(writer.draft.state, kind, trashed.record)));
  return { id: into, merged: merge(writer, kind, into, trashed.id) };
}
