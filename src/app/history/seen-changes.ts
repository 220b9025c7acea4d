/** Changes as one viewer may see them: those of records that they see, without references to what they do not. */
import { type Change, idOf, kindOf } from '../../domain/changes.ts';
import { fieldsOf } from '../../kinds/fields.ts';
import { isNamed, type Kind } from '../../domain/kinds.ts';
import { type Json, sameJson } from '../../domain/records.ts';
import type { View } from '../view.ts';
import { maySee, seesAll } from '../viewer.ts';

/** Undefined for a change of a record that the viewer does not see, as it is now; a set may have lost all its fields. */
export function seenChange(view: View, change: Change): Change | undefined {
  const { state, viewer } = view;
  const kind = kindOf(change);
  if (isNamed(kind)) return kind === 'file' && viewer.role !== 'restricted' ? change : undefined;
  if (seesAll(viewer)) return change;
  const id = idOf(change);
  return maySee(state, viewer, kind, state.get(id) ?? state.trash().get(id)?.record)
    ? withSeenReferences(view, change)
    : undefined;
}

/** A change without the references to what the viewer does not see. */
export function withSeenReferences(view: View, change: Change): Change {
  const kind = kindOf(change);
  if (isNamed(kind) || seesAll(view.viewer)) return change;
  const { enrolment, ...reason } = change.why ?? {};
  const why = enrolment === undefined || view.seesId(enrolment) ? {} : { why: reason };
  const isRef = referring(view, kind);
  const record = (of: { readonly [field: string]: Json | undefined }) =>
    Object.fromEntries(
      Object.entries(of).map(([field, value]) => [field, isRef(field) ? view.references(value) : value]),
    );
  const id = idOf(change);
  if ('add' in change) return { ...change, ...why, add: { ...record(change.add), id } };
  if ('rm' in change) return { ...change, ...why, rm: { ...record(change.rm), id } };
  const set = Object.entries(change.set).flatMap(([field, [old, value]]) => {
    if (!isRef(field)) return [[field, [old, value]] as const];
    const seen = [view.references(old) ?? null, view.references(value) ?? null] as const;
    return sameJson(seen[0], seen[1]) ? [] : [[field, seen] as const];
  });
  return { ...change, ...why, set: Object.fromEntries(set) };
}

/** Whether a field of a kind, by its path, refers to records. */
function referring({ state }: View, kind: Kind): (path: string) => boolean {
  const paths = new Set(fieldsOf(state.config, kind).flatMap(field => (field.refs ? [field.path] : [])));
  return path => paths.has(path);
}
