/** Says where a hit has the words that were searched for: which field, and an excerpt of it. */
import { fold } from '../../domain/fold.ts';
import type { Kind } from '../../domain/kinds.ts';
import { isEmpty, type Json, type Rec, titleOf, valueAt } from '../../domain/records.ts';
import { definitionOf, definitionsIn } from '../../kinds/define.ts';
import { storedFieldsOf } from '../../kinds/fields.ts';
import { digitsIn, wantedPhone } from '../../kinds/phones.ts';
import { allOf } from '../../kinds/several.ts';
import type { View } from '../core/view.ts';
import { excerptOf } from './excerpt.ts';
import { nameOf } from './said.ts';
import type { Hit } from './search.ts';
import { nameOfKind, searchedToo, textsOfSeveral } from './search-columns.ts';

export interface FoundPlace {
  readonly kind: Kind;
  readonly id: string;
  /** What people call the record; null if it has no name, title or subject. */
  readonly title: string | null;
  /** The field that has the most of the words: `id`, `title`, `contact`. */
  readonly field: string;
  /** One line of that field. */
  readonly excerpt: string;
  /** The record that it is about; null if there is none that the viewer sees. */
  readonly about: string | null;
}

/** Returns what a hit is and where it has the words. */
export function placeOf(view: View, { kind, row }: Hit, words: readonly string[]): FoundPlace {
  const table = view.state.table(kind);
  const record = table.record(row);
  const id = table.id(row);
  let best: { readonly field: string; readonly text: string; readonly has: number } | undefined;
  for (const { field, text } of textsOf(view, kind, record)) {
    const has = countIn(text, words, view.state.config.country);
    if (has > (best?.has ?? 0)) best = { field, text, has };
  }
  return {
    kind,
    id,
    title: titleOf(record) ?? null,
    field: best?.field ?? 'id',
    excerpt: best === undefined ? id : excerptOf(best.text, words),
    about: aboutOf(view, kind, record),
  };
}

/** How many of the words a text has; digits are also those of a phone number, however it was typed. */
function countIn(text: string, words: readonly string[], country: string | undefined): number {
  const folded = fold(text).replace(/\s+/g, ' ');
  const digits = digitsIn(text);
  const hasNumber = (word: string) =>
    digitsIn(word) !== '' &&
    (digits.includes(digitsIn(word)) || wantedPhone(word, country)?.is(text) === true);
  return words.filter(word => folded.includes(word) || (digits !== '' && hasNumber(word))).length;
}

/** The texts of a record in the order in which they are preferred: its name, its keys, other texts, its people. */
function* textsOf(
  view: View,
  kind: Kind,
  record: Rec,
): Iterable<{ readonly field: string; readonly text: string }> {
  const definition = definitionOf(view.kinds, kind);
  const { config } = view.state;
  const name = nameOfKind(definition);
  const texts = (field: string, value: Json | undefined) =>
    (Array.isArray(value) ? value : [value]).flatMap(each =>
      typeof each === 'string' && each !== '' ? [{ field, text: each }] : [],
    );
  if (name) yield* texts(name.name, valueAt(record, name.path));
  for (const several of textsOfSeveral(definition)) yield* texts(several.one, allOf(record, several));
  for (const { name: field, path, searched } of storedFieldsOf(config, kind))
    if (searched && field !== name?.name) yield* texts(field, valueAt(record, path));
  for (const { name: field, path } of searchedToo(view, kind)) yield* texts(field, valueAt(record, path));
  if (!definition.isFoundByPeople) return;
  for (const { name: person, throughDeals } of definitionsIn(view.kinds)) {
    if (throughDeals === undefined) continue;
    for (const id of [record[throughDeals]].flat()) {
      if (typeof id !== 'string' || !view.seesId(id)) continue;
      const known = view.state.get(id);
      yield* texts(person, nameOf(view, id));
      for (const several of known ? textsOfSeveral(definitionOf(view.kinds, person)) : [])
        yield* texts(person, allOf(known!, several));
    }
  }
}

/** The nearest record that it is about, if the viewer sees it. */
function aboutOf(view: View, kind: Kind, record: Rec): string | null {
  for (const field of definitionOf(view.kinds, kind).about) {
    const id = record[field];
    if (!isEmpty(id) && typeof id === 'string' && view.seesId(id)) return id;
  }
  return null;
}
