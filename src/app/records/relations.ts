/** Reads the relations of a contact from its side; makes and removes relations. */
import { numberOf } from '../../domain/kinds.ts';
import type { Rec } from '../../domain/records.ts';
import { inverseRelation } from '../../kinds/inverse-relation.ts';
import type { View } from '../core/view.ts';
import type { Writer } from '../core/writer.ts';
import { nameOf } from '../reading/said.ts';

/** A relation of a contact. */
export interface Related {
  /** The relation's own id: `R1`. */
  readonly id: string;
  /** The word from this contact's side: it is `referred-by` the other. */
  readonly relation: string;
  readonly contact: string;
  readonly name: string;
}

/** The two sides from which a relation is read. */
const sides = [
  { path: 'contact', across: 'other', word: (relation: string) => relation },
  { path: 'other', across: 'contact', word: inverseRelation },
] as const;

/** Returns the relations of a contact that the viewer sees, in order of their ids. */
export function relationsOf(view: View, contact: string): Related[] {
  const { state } = view;
  const table = state.table('relation');
  if (table.rows === 0) return [];
  const target = state.table('contact').row(numberOf(contact));
  const found: Related[] = [];
  for (const { path, across, word } of sides)
    state.links('contact', 'relation', path).some(target, row => {
      if (!view.sees('relation', row)) return false;
      const record = table.record(row);
      const other = String(record[across]);
      found.push({
        id: record.id,
        relation: word(String(record.relation)),
        contact: other,
        name: nameOf(view, other),
      });
      return false;
    });
  return found.sort((a, b) => numberOf(a.id) - numberOf(b.id));
}

/** Relates two contacts; returns the id of the relation, which may have been there, from either side. */
export function relate(writer: Writer, one: string, other: string, word: string): string {
  const known = relationsOf(writer.view, one).find(each => each.contact === other && each.relation === word);
  if (known) return known.id;
  const made: Rec = writer.add('relation', { contact: one, relation: word, other });
  return made.id;
}

/** Removes the relations between two contacts, or those of one word; returns their ids. */
export function unrelate(writer: Writer, one: string, other: string, word: string | undefined): string[] {
  const ids = relationsOf(writer.view, one)
    .filter(each => each.contact === other && (word === undefined || each.relation === word))
    .map(({ id }) => id);
  for (const id of ids) writer.draft.remove(id);
  return ids;
}
