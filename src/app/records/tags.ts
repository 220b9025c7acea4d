/** Tags over all records that have some: how many have each, and changing one everywhere. */
import { escapePattern } from '../../domain/escape-pattern.ts';
import { inTrash } from './in-trash.ts';
import type { View } from '../core/view.ts';
import type { Writer } from '../core/writer.ts';
import { notFound, usage } from '../../domain/errors.ts';
import type { Kind, Kinds } from '../../domain/kinds.ts';
import { suggestion } from '../../domain/nearest.ts';
import type { Rec } from '../../domain/records.ts';
import { byCodeUnits } from '../../kinds/field-types.ts';
import { definitionsIn } from '../../kinds/define.ts';
import type { CodesColumn } from '../../state/columns/column.ts';

/** A tag, and how many records of each kind have it. */
export interface TagCount {
  readonly tag: string;
  readonly counts: { readonly [kind: Kind]: number };
  readonly total: number;
}

/** The kinds of record that have tags. */
export const taggedKinds = (kinds: Kinds): readonly Kind[] =>
  definitionsIn(kinds)
    .filter(({ fields }) => fields.some(({ type }) => type === 'tags'))
    .map(({ name }) => name);

/** Returns the tags of the records that a viewer sees, in order, with how many have each. */
export function tagCounts(view: View): TagCount[] {
  const byTag = new Map<string, Record<Kind, number>>();
  for (const kind of taggedKinds(view.kinds)) {
    const { tags, counts } = countsOf(view, kind);
    for (const [code, tag] of tags.entries()) {
      if (!counts[code]) continue;
      const known = byTag.get(tag) ?? {};
      known[kind] = counts[code];
      byTag.set(tag, known);
    }
  }
  return [...byTag]
    .map(([tag, counts]) => ({ tag, counts, total: Object.values(counts).reduce((a, b) => a + b, 0) }))
    .sort((a, b) => byCodeUnits(a.tag, b.tag));
}

/** How many of the rows of a kind that a viewer sees have each tag, by its code. */
function countsOf(view: View, kind: Kind): { tags: readonly string[]; counts: Int32Array } {
  const table = view.state.table(kind);
  if (table.rows === 0) return { tags: [], counts: new Int32Array(0) };
  const column = table.column('tags') as CodesColumn;
  const counts = new Int32Array(column.words.length);
  for (let row = 0; row < table.rows; row++) {
    const size = column.size(row);
    if (size === 0 || !table.live(row) || !view.sees(kind, row)) continue;
    for (let i = 0; i < size; i++) counts[column.at(row, i)]!++;
  }
  return { tags: column.words, counts };
}

/**
 * Gives all records that have a tag another one in its place, or none; those in the trash too. Returns how many of
 * each kind there were. NOT_FOUND if the user sees no record with the tag.
 */
export function replaceTag(writer: Writer, tag: string, by: string | undefined): Record<Kind, number> {
  const { view, draft } = writer;
  const changed: Record<Kind, number> = {};
  const change = (id: string) => {
    const now = tagsOf(draft.record(id)).filter(each => each !== tag);
    draft.set(id, { tags: [...new Set(by === undefined ? now : [...now, by])].sort(byCodeUnits) });
    const kind = view.kinds.kindOf(id);
    changed[kind] = (changed[kind] ?? 0) + 1;
  };
  for (const kind of taggedKinds(view.kinds)) {
    const table = draft.state.table(kind);
    const column = table.column('tags') as CodesColumn;
    const code = column.words.indexOf(tag);
    if (code >= 0)
      for (const row of table.liveRows())
        if (Array.from(column.get(row)).includes(code) && view.sees(kind, row)) change(table.id(row));
    const trashed = view.trash(kind).filter(({ record }) => tagsOf(record).includes(tag));
    inTrash(
      writer,
      trashed.map(({ id }) => id),
      change,
    );
  }
  if (Object.keys(changed).length === 0) {
    const known = tagCounts(view).map(each => each.tag);
    throw notFound(`nothing has the tag ${JSON.stringify(tag)}`, suggestion(tag, known, 'tags'));
  }
  return changed;
}

/** Returns a tag as it is kept; USAGE for an empty one, or one with a comma, which is between tags in a list. */
export function parseTag(text: string): string {
  const tag = text.trim();
  if (tag === '' || tag.includes(','))
    throw usage(`${JSON.stringify(text)} is not a tag`, 'a tag is a text without commas');
  return tag;
}

const tagsOf = ({ tags }: Rec): readonly string[] => (tags as readonly string[] | undefined) ?? [];

/** The files of the settings whose queries name a tag: these are not changed with it. */
export function filesNaming(files: Iterable<Rec>, tag: string): string[] {
  const words = [tag, JSON.stringify(tag)].map(escapePattern);
  const pattern = new RegExp(String.raw`\btags?:\S*(?:${words.join('|')})(?![\w-])`);
  return [...files]
    .filter(({ text }) => typeof text === 'string' && pattern.test(text))
    .map(({ id }) => id)
    .sort(byCodeUnits);
}
