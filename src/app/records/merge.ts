/**
 * Merges two contacts or accounts that are the same: all references to the one become references to the other, which
 * also gets the values that it lacks, and the one goes to the trash. These are ordinary changes, so undo takes the
 * merge back.
 */
import { failed, usage } from '../../domain/errors.ts';
import { byCodeUnits } from '../../kinds/field-types.ts';
import { fieldsOf } from '../../kinds/fields.ts';
import { definitionOf, definitionsIn, fieldTo, type KindDefinition } from '../../kinds/define.ts';
import { allOf } from '../../kinds/several.ts';
import { type Kind, numberOf } from '../../domain/kinds.ts';
import { type Enrolment, isEmpty, type Json, type Rec, valueAt } from '../../domain/records.ts';
import type { Fields, Writer } from '../core/writer.ts';
import { idsIn, type Reference, referencesOf } from '../core/references.ts';
import { inTrash } from './in-trash.ts';

export interface Merged {
  readonly into: string;
  readonly from: string;
  /** The number of records of each kind whose references were moved. */
  readonly moved: { readonly [kind: Kind]: number };
}

/** Merges the second into the first, both by id or natural key. USAGE for one with itself. */
export function merge(writer: Writer, kind: Kind, key: string, other: string): Merged {
  const { view, draft } = writer;
  const [into, from] = [view.find([kind], key), view.find([kind], other)];
  if (into === from)
    throw usage(`${into} cannot be merged with itself`, `two ${kind}s: crm ${kind} merge A B`);
  const gone = view.record(from);
  const moved: Record<Kind, number> = {};
  for (const pointing of writer.config.kinds.names)
    for (const field of referencesOf(writer.config, pointing)) {
      if (!field.refs.includes(kind)) continue;
      const ids = pointingTo(writer, pointing, field, kind, from).filter(id => id !== into && id !== from);
      for (const id of ids) point(writer, id, field, from, into);
      const trashed = trashedPointingTo(writer, pointing, field, from).filter(id => id !== into);
      inTrash(writer, trashed, id => point(writer, id, field, from, into));
      const all = ids.length + trashed.length;
      if (all > 0) moved[pointing] = (moved[pointing] ?? 0) + all;
    }
  for (const definition of definitionsIn(writer.config.kinds)) dropLoops(writer, definition, kind, into);
  // Unique values are free after the other record is gone.
  draft.remove(from, { into });
  const fields = taken(writer, kind, view.record(into), gone);
  // Accounts above it may have been below the other.
  if (fieldTo(definitionOf(writer.config.kinds, kind), kind)) refuseCircle(writer, into, fields.parent);
  writer.set(into, fields);
  return { into, from, moved };
}

/** Removes records that joined the two and would now join one record with itself, and duplicates of such records. */
function dropLoops({ draft }: Writer, { name, joins }: KindDefinition, kind: Kind, id: string): void {
  const table = draft.state.table(name);
  if (!joins || table.rows === 0) return;
  const seen = new Set<string>();
  const rows = new Set<number>();
  for (const path of joins)
    draft.state.links(kind, name, path).some(draft.state.table(kind).row(numberOf(id)), row => {
      rows.add(row);
      return false;
    });
  for (const row of [...rows].sort((a, b) => a - b)) {
    const { id: own, createdAt, updatedAt, ...fields } = table.record(row);
    const same = JSON.stringify(fields);
    if (fields[joins[0]] === fields[joins[1]] || seen.has(same)) draft.remove(own);
    seen.add(same);
  }
}

/** The records of a kind that point to one by a field. FAILED where the viewer does not see all of them. */
function pointingTo({ draft, view }: Writer, pointing: Kind, { path }: Reference, kind: Kind, id: string) {
  const { state } = draft;
  const table = state.table(pointing);
  if (table.rows === 0) return [];
  const rows: number[] = [];
  state.links(kind, pointing, path).some(state.table(kind).row(numberOf(id)), row => {
    rows.push(row);
    return false;
  });
  if (rows.some(row => !view.sees(pointing, row)))
    throw failed(
      `${id} has records that ${view.viewer.user} may not see`,
      'a user who sees all of them may merge it',
    );
  return rows.sort((a, b) => a - b).map(row => table.id(row));
}

/**
 * Returns the records of a kind in the trash that point to a record by a field: after a restore they would point to
 * nobody.
 */
function trashedPointingTo(
  { draft, view }: Writer,
  pointing: Kind,
  { path }: Reference,
  id: string,
): string[] {
  const found = [...draft.state.trash().values()].filter(
    each => view.kinds.kindOf(each.id) === pointing && idsIn(valueAt(each.record, path)).includes(id),
  );
  if (found.some(each => !view.trashed(each.id)))
    throw failed(
      `${id} has records that ${view.viewer.user} may not see`,
      'a user who sees all of them may merge it',
    );
  return found.map(each => each.id);
}

/** Makes a field that points to `from` point to `into`, once. */
function point({ draft }: Writer, id: string, { path }: Reference, from: string, into: string): void {
  const record = draft.record(id);
  const value = record[path];
  // It may point there by another field, whose turn comes.
  if (!idsIn(value).includes(from)) return;
  const now = Array.isArray(value) ? [...new Set(value.map(each => (each === from ? into : each)))] : into;
  const enrolment =
    path === 'subject' && isOpen(record) && isEnrolledToo(draft.state.table('enrolment'), record, into);
  draft.set(id, { [path]: now, ...(enrolment && { status: 'ended', step: null, since: null }) });
}

const isOpen = ({ status }: Rec): boolean => status === 'waiting' || status === 'ready';

/** Whether a subject is on its way through the same rule: no subject goes through a rule twice at the same time. */
function isEnrolledToo(
  enrolments: ReturnType<Writer['draft']['state']['table']>,
  { automation }: Rec,
  subject: string,
): boolean {
  return enrolments.liveRows().some(row => {
    const other = enrolments.record(row) as Enrolment;
    return other.automation === automation && other.subject === subject && isOpen(other);
  });
}

/**
 * Returns what the remaining record gets from the other: values that it lacks, the tags, files, e-mails, phones, accounts
 * and domains of both, and all adjustments of scores.
 */
function taken(writer: Writer, kind: Kind, stays: Rec, gone: Rec): Fields {
  const fields: Fields = {};
  for (const { path, settable, type } of fieldsOf(writer.config, kind)) {
    const [own, its] = [valueAt(stays, path), valueAt(gone, path)];
    if ((!settable && type !== 'files') || isEmpty(its)) continue;
    if (type === 'tags') fields[path] = [...new Set([...list(own), ...list(its)])].sort(byText);
    else if (type === 'files') fields[path] = [...new Set([...list(own), ...list(its)])];
    else if (isEmpty(own) && its !== stays.id) fields[path] = its;
  }
  for (const several of definitionOf(writer.config.kinds, kind).several ?? []) {
    const [own, its] = [allOf(stays, several), allOf(gone, several).filter(each => each !== stays.id)];
    if (its.length === 0) continue;
    delete fields[several.one];
    fields[several.all] = [...own, ...its];
  }
  if (stays.parent === gone.id) fields.parent = gone.parent === stays.id ? null : (gone.parent ?? null);
  const adjustments = [...list(stays.adjustments), ...list(gone.adjustments)];
  if (list(gone.adjustments).length > 0)
    fields.adjustments = adjustments.sort((a, b) => byText(at(a), at(b)));
  return fields;
}

const list = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);
const at = (adjustment: Json): Json => (adjustment as { readonly at: string }).at;
const byText = (a: Json, b: Json): number => byCodeUnits(String(a), String(b));

function refuseCircle({ draft }: Writer, id: string, newParent: Json | undefined): void {
  const first = newParent === undefined ? draft.get(id)?.parent : newParent;
  for (let above = first; typeof above === 'string'; above = draft.get(above)?.parent)
    if (above === id)
      throw usage(
        `${id} would be a parent of itself, by way of ${String(first)}`,
        `crm account set ${id} parent=`,
      );
}
