/** Changing and removing custom fields, and the options of choices, with the records that have values of them. */
import type { Kind } from '../../domain/kinds.ts';
import { moveUses } from './move-uses.ts';
import {
  asList,
  asOneOf,
  asText,
  putSettings,
  type SettingKeys,
  type SettingValues,
} from './setting-keys.ts';
import { editSettings, takeOut } from './settings.ts';
import { nameOf, requireReplacement, usesOf } from './uses.ts';
import type { Setting } from '../core/named-settings.ts';
import type { Writer } from '../core/writer.ts';
import { type Config, type CustomField, customFieldsOf, customFieldTypes } from '../../domain/config.ts';
import { conflict, usage } from '../../domain/errors.ts';
import { requireName } from '../../domain/names.ts';
import { suggestion } from '../../domain/nearest.ts';
import { valueAt } from '../../domain/records.ts';
import { findField } from '../../kinds/fields.ts';

/** What `crm field set` may change. The type may not: values are stored by it. */
export const fieldKeys: SettingKeys = {
  options: {
    read: asList,
    option: { takes: 'LIST', help: 'the options of a choice: "unknown,target group"', isList: true },
  },
  label: { read: asText, option: { takes: 'TEXT', help: 'what people see' } },
};

/** What a new one has. */
export const newFieldKeys: SettingKeys = {
  type: {
    read: asOneOf(customFieldTypes),
    option: { takes: 'TYPE', help: `${customFieldTypes.join(', ')} (default: text)` },
  },
  ...fieldKeys,
};

/** A custom field with the kind that it is of. */
export type CustomFieldOf = CustomField & { readonly kind: Kind };

/** Adds a custom field to a kind; USAGE for options of what is not a choice, CONFLICT if the kind has such a field. */
export async function addCustomField(
  { draft, view: { viewer }, config }: Writer,
  kind: Kind,
  name: string,
  values: SettingValues,
): Promise<void> {
  const { type = 'text', options, label } = Object.fromEntries(values) as Partial<CustomField>;
  const isChoice = type.startsWith('choice');
  if (isChoice && !options?.length) throw usage(`a ${type} needs options`, '--options "small,large"');
  if (!isChoice && options) throw usage(`options are of a choice, and ${name} is a ${type}`, '--type choice');
  requireName('a field', name);
  if (findField(config, kind, name)) throw conflict(`${kind} has a field ${name} already`);
  await editSettings(draft, viewer, 'crm.yaml', tree =>
    tree.put(['fields', kind, name], { type, label, options }),
  );
}

/** A custom field of a kind; USAGE if there is none. */
export function customFieldNamed(config: Config, kind: Kind, name: string): CustomField {
  const found = customFieldsOf(config, kind).find(field => field.name === name);
  if (found) return found;
  if (findField(config, kind, name))
    throw usage(`${name} of ${config.kinds.pluralOf(kind)} is not a custom field`);
  const known = customFieldsOf(config, kind).map(field => field.name);
  throw usage(
    `${config.kinds.pluralOf(kind)} have no custom field ${JSON.stringify(name)}`,
    suggestion(name, known, 'custom fields') ?? `crm field add ${kind} NAME`,
  );
}

/**
 * Changes a custom field; returns how many records got another option. USAGE if records, live or in the trash, have a
 * removed option and `moveTo`, another option, is left out; FAILED if something else still names the option.
 */
export async function setCustomField(
  writer: Writer,
  kind: Kind,
  field: CustomField,
  values: SettingValues,
  moveTo: string | undefined,
): Promise<number> {
  const { draft, view } = writer;
  const { name, type } = field;
  const options = values.get('options') as readonly string[] | undefined;
  if (options && !type.startsWith('choice')) throw usage(`options are of a choice, and ${name} is a ${type}`);
  const path = ['fields', kind, name];
  const gone = options ? (field.options ?? []).filter(option => !options.includes(option)) : [];
  if (moveTo !== undefined && gone.length === 0)
    throw usage(
      '--move-to is for the records of an option that you remove',
      `crm field show ${kind} ${name}`,
    );
  if (gone.length === 0) {
    await editSettings(draft, view.viewer, 'crm.yaml', tree => putSettings(tree, path, values));
    return 0;
  }
  const moved = moveOptions(writer, kind, name, gone, options!, moveTo);
  const said = gone.map(id => nameOf({ type: 'option', id, kind, field: name })).join(', ');
  // Only now: an undo takes back the last first, so that the records return to an option that is there.
  await takeOut(draft, view.viewer, 'crm.yaml', said, tree => putSettings(tree, path, values));
  return moved;
}

/** Gives the records of options that go another one, which is or becomes an option; returns how many there are. */
function moveOptions(
  writer: Writer,
  kind: Kind,
  field: string,
  gone: readonly string[],
  options: readonly string[],
  moveTo: string | undefined,
): number {
  if (moveTo !== undefined && !options.includes(moveTo))
    throw usage(
      `${JSON.stringify(moveTo)} is not an option of ${field}`,
      suggestion(moveTo, options, 'options'),
    );
  const moved = new Set<string>();
  for (const id of gone) {
    const setting: Setting = { type: 'option', id, kind, field };
    const uses = usesOf(writer.draft, setting);
    requireReplacement(writer.config, setting, uses, moveTo, '--move-to OPTION');
    moveUses(writer, uses, ({ path }, record) => {
      const value = valueAt(record, path);
      const now = (each: unknown) => (each === id ? moveTo! : String(each));
      return { [path]: Array.isArray(value) ? [...new Set(value.map(now))] : moveTo! };
    });
    for (const use of uses) moved.add(use.id);
  }
  return moved.size;
}

/** Takes a custom field out of the settings. Its values stay in the records, live and in the trash: returns how many have one. */
export async function removeCustomField(
  { draft, view }: Writer,
  kind: Kind,
  { name }: CustomField,
): Promise<number> {
  const kept = usesOf(draft, { type: 'field', id: name, kind }).length;
  await takeOut(
    draft,
    view.viewer,
    'crm.yaml',
    `the field ${name} of ${draft.config.kinds.pluralOf(kind)}`,
    tree => tree.take(['fields', kind, name]),
  );
  return kept;
}
