/** Changes as one viewer may see them: of visible records, without references to hidden ones. */
import type { View } from './view.ts';
import { seesAll } from './viewer.ts';
import { maySee } from './visibility.ts';
import { isRuleHidden, isTextVisible } from './visible-config.ts';
import { type Change, idOf, kindOf, type Why } from '../../domain/changes.ts';
import { isNamed } from '../../domain/kinds.ts';
import { type Json, sameJson } from '../../domain/records.ts';

/**
 * Returns the change as the viewer may see it; undefined if its record or file is hidden from them now. A set may
 * have lost all its fields.
 */
export function seenChange(view: View, change: Change): Change | undefined {
  const { state, viewer } = view;
  const kind = kindOf(change);
  if (isNamed(kind)) return kind === 'file' && isFileSeen(view, change) ? change : undefined;
  if (seesAll(viewer)) return change;
  const id = idOf(change);
  return maySee(state, viewer, kind, state.get(id) ?? state.trash().get(id)?.record)
    ? withSeenValues(view, change)
    : undefined;
}

/** Whether the viewer may read a file's text before and after a change; a restricted user reads no settings. */
function isFileSeen({ state, viewer }: View, change: Change): boolean {
  if (seesAll(viewer)) return true;
  if (viewer.role === 'restricted' || !('set' in change)) return false;
  const texts = (change.set.text ?? []).map(text => (typeof text === 'string' ? text : ''));
  return texts.every(text => isTextVisible(state.config, viewer, idOf(change), text));
}

/** Returns a change without values that reveal something hidden from the viewer. */
export function withSeenValues(view: View, change: Change): Change {
  const kind = kindOf(change);
  if (isNamed(kind) || seesAll(view.viewer)) return change;
  const why = seenWhy(view, change.why);
  const cut = (path: string, value: Json | undefined) => {
    const cutter = view.cutter(kind, path);
    return cutter ? cutter(value) : value;
  };
  const record = (of: { readonly [field: string]: Json | undefined }) =>
    Object.fromEntries(Object.entries(of).map(([field, value]) => [field, cut(field, value)]));
  const id = idOf(change);
  if ('add' in change) return { ...change, ...why, add: { ...record(change.add), id } };
  if ('rm' in change) return { ...change, ...why, rm: { ...record(change.rm), id } };
  const set = Object.entries(change.set).flatMap(([field, [old, value]]) => {
    const seen = [cut(field, old) ?? null, cut(field, value) ?? null] as const;
    return sameJson(seen[0], seen[1]) ? [] : [[field, seen] as const];
  });
  return { ...change, ...why, set: Object.fromEntries(set) };
}

/** Returns the reason of a change without a rule, enrolment or record that is hidden from the viewer. */
function seenWhy(view: View, why: Why | undefined): { why?: Why } {
  if (!why) return {};
  const isHidden = isRuleHidden(view.state.config, view.viewer, why.automation);
  const cut: { readonly [key: string]: boolean } = {
    automation: isHidden,
    step: isHidden,
    enrolment: why.enrolment !== undefined && !view.seesId(why.enrolment),
    into: why.into !== undefined && !view.seesId(why.into),
  };
  const seen = Object.entries(why).filter(([key]) => !cut[key]);
  return { why: Object.fromEntries(seen) };
}
