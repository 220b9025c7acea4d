import { conflict } from '../../../domain/errors.ts';
import type { Kind } from '../../../domain/kinds.ts';
import { requireName } from '../../../domain/names.ts';
import { type Rec, isEmpty, valueAt } from '../../../domain/records.ts';
import { findField } from '../../../kinds/fields.ts';
import { type Atom, rewriteValues, type Term } from '../../../query/parse.ts';
import type { Writer } from '../../core/writer.ts';
import { inTrash } from '../../records/in-trash.ts';
import type { CustomFieldOf } from '../custom-fields.ts';
import { usesOf } from '../uses.ts';
import { askedField } from './asked-field.ts';
import { liquidCode, type RenamedIn, renameSetting } from './rename-setting.ts';

/**
 * Renames a custom field: its values in records, live and in the trash, and all queries, rules, cards, mappings, forms and
 * texts that name it. CONFLICT if the kind has a field of the new name, or a record a value of one that was removed.
 */
export async function renameField(
  writer: Writer,
  { kind, name }: CustomFieldOf,
  to: string,
): Promise<RenamedIn> {
  const { config, draft } = writer;
  requireName('a field', to);
  if (findField(config, kind, to)) throw conflict(`${kind} has a field ${to} already`);
  const [before, after] = [`fields.${name}`, `fields.${to}`];
  const uses = usesOf(draft, { type: 'field', id: name, kind });
  const isField = (of: Kind, asked: string) => {
    const found = askedField(config, of, asked);
    return found?.kind === kind && found.field.path === before;
  };
  const written = (asked: string) => asked.replace(/[^.]+$/, () => to);
  const renamed = await renameSetting(writer, {
    what: `the field ${name} of ${config.kinds.pluralOf(kind)}`,
    at: ['fields', kind, name],
    to,
    renaming: {
      field: (each, of) => (isField(of, each) ? to : each),
      liquid: text => inLiquid(text, kind, name, to),
      term: (term, of) => inTerm(term, asked => (isField(of, asked) ? written(asked) : asked)),
    },
  });
  const move = (id: string) => {
    const record = draft.record(id);
    refuseOldValue(record, after, kind, to);
    draft.set(id, { [before]: null, [after]: valueAt(record, before) ?? null });
  };
  for (const { id, isTrashed } of uses)
    if (isTrashed) inTrash(writer, [id], move);
    else move(id);
  return renamed;
}

/** Otherwise the value of a removed field with this name would be lost silently. */
function refuseOldValue(record: Rec, path: string, kind: Kind, name: string): void {
  if (isEmpty(valueAt(record, path))) return;
  throw conflict(
    `${record.id} still has a value of an earlier field ${name}`,
    `crm field restore ${kind} ${name} shows it`,
  );
}

/** A term of the field, or one that asks whether a record has it. */
function inTerm(term: Atom, by: (asked: string) => string): string {
  if (term.type === 'view') return term.source;
  const { field, source }: Term = term;
  if (field === 'has' || field === 'no') return rewriteValues(term, by);
  return source.startsWith(field) ? by(field) + source.slice(field.length) : source;
}

/** `{{ contact.size }}` and `{{ contact.fields.size }}`, in tags as well. */
const inLiquid = (text: string, kind: Kind, name: string, to: string): string =>
  text.replaceAll(liquidCode, code =>
    code.replaceAll(
      new RegExp(`(?<![\\w.-])(${kind}\\.(?:fields\\.)?)${name}(?![\\w-])`, 'g'),
      (_, head: string) => head + to,
    ),
  );
