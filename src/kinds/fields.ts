/** The fields of each kind in a workspace, its own ones included, and the columns that tables keep of them. */
import { memoByKey } from '../domain/memo.ts';
import { type Config, type CustomField, customFieldsOf } from '../domain/config.ts';
import type { Kind, Kinds } from '../domain/kinds.ts';
import { camel } from '../domain/name-case.ts';
import { type Json, readerOf, type Rec, valueAt } from '../domain/records.ts';
import { type ColumnSpec, definitionOf } from './define.ts';
import { type Field, field, type FieldTypeName } from './field.ts';
import { fieldTypes } from './field-types.ts';
import { BETWEEN_TEXTS } from './several-cells.ts';

/** Returns all fields of a kind that people know, custom fields last, in the order in which they are shown. */
export const fieldsOf = memoByKey((config: Config, kind: Kind): readonly Field[] =>
  storedFieldsOf(config, kind).filter(each => !each.hidden),
);

/** Returns all fields of a kind, with those that are stored but not shown. */
export const storedFieldsOf = memoByKey((config: Config, kind: Kind): readonly Field[] => {
  const custom = customFieldsOf(config, kind).map(customField);
  const taken = new Set(custom.map(each => each.name));
  const own = definitionOf(config.kinds, kind).fields.filter(each => !(each.yields && taken.has(each.name)));
  return [...own, ...custom];
});

function customField(custom: CustomField): Field {
  const types: Record<CustomField['type'], FieldTypeName> = {
    text: 'text',
    link: 'link',
    number: 'number',
    money: 'money',
    date: 'day',
    boolean: 'boolean',
    choice: 'choice',
    choices: 'choices',
    handle: 'handle',
  };
  return field(custom.name, types[custom.type], {
    path: `fields.${custom.name}`,
    aliases: [`fields.${custom.name}`],
    ...(custom.label !== undefined && { label: custom.label }),
    custom: true,
    options: () => custom.options ?? [],
  });
}

/** Returns the field with a name or an alias, or either in kebab-case. */
export function findField(config: Config, kind: Kind, name: string): Field | undefined {
  const fields = fieldsOf(config, kind);
  const is = (wanted: string) =>
    fields.find(f => f.name === wanted) ?? fields.find(f => f.aliases.includes(wanted));
  return is(name) ?? is(camel(name));
}

const queryWords = 'text is has no not event group contactTag idle stageAge nextAction score scores'.split(
  ' ',
);

/** Whether the name is reserved for a value that is not stored, so that no custom field can have it. */
export const isQueryWord = (name: string): boolean => queryWords.includes(camel(name));

/** Returns a field's stored value. */
export function readField(field: Field, record: Rec): Json | undefined {
  return field.read ? field.read(record) : valueAt(record, field.path);
}

/** The column of all searched text of a record. */
export const SEARCH = 'search';

/** Returns the columns of a kind by key: one for each field but the id, by its path, and one for searching. */
export const columnsOf = memoByKey((config: Config, kind: Kind): ReadonlyMap<string, ColumnSpec> => {
  const fields = storedFieldsOf(config, kind);
  const searched = fields.filter(f => f.searched);
  const all = fields
    .filter(f => f.name !== 'id' && !f.read && !f.columnless)
    .map(field => columnOf(field, config.kinds));
  if (searched.length > 0)
    all.push({
      key: SEARCH,
      storedAs: SEARCH,
      type: 'text',
      reads: searched.map(f => f.path),
      cell: record => searched.map(f => record[f.path] ?? '').join(BETWEEN_TEXTS),
    });
  all.push(...(definitionOf(config.kinds, kind).columns ?? []));
  return new Map(all.map(spec => [spec.key, spec]));
});

function columnOf(field: Field, kinds: Kinds): ColumnSpec {
  const type = fieldTypes[field.type];
  const read = readerOf(field.path);
  return {
    key: field.path,
    storedAs: `${field.path} ${field.type}`,
    type: type.column,
    reads: [field.path],
    cell: record => type.cell(read(record), kinds),
  };
}
