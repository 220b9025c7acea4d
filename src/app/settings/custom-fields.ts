/** Changing and removing custom fields. */
import type { Config, CustomField, CustomKind } from '../../domain/config.ts';
import type { Draft } from '../../domain/draft.ts';
import { usage } from '../../domain/errors.ts';
import { findField } from '../../domain/fields.ts';
import { pluralOf } from '../../domain/kinds.ts';
import { suggestion } from '../../domain/nearest.ts';
import { presenceOf } from '../../query/field-terms.ts';
import type { Viewer } from '../viewer.ts';
import type { Writer } from '../writer.ts';
import { asList, asText, putSettings, type SettingKeys, type SettingValues } from './setting-keys.ts';
import { editSettings, takeOut } from './settings.ts';

/** What `crm field set` may change. The type may not: values are stored by it. */
export const fieldKeys: SettingKeys = { label: { read: asText }, options: { read: asList } };

/** A custom field of a kind; USAGE where there is none. */
export function customFieldNamed(config: Config, kind: CustomKind, name: string): CustomField {
  const found = config.fields[kind].find(field => field.name === name);
  if (found) return found;
  if (findField(config, kind, name)) throw usage(`${name} of ${pluralOf(kind)} is no custom field`);
  const known = config.fields[kind].map(field => field.name);
  throw usage(
    `${pluralOf(kind)} have no custom field ${JSON.stringify(name)}`,
    suggestion(name, known, 'custom fields') ?? `crm field add ${kind} NAME`,
  );
}

export async function setCustomField(
  draft: Draft,
  viewer: Viewer,
  kind: CustomKind,
  { name, type }: CustomField,
  values: SettingValues,
): Promise<void> {
  if (values.get('options') && !type.startsWith('choice'))
    throw usage(`options are of a choice, and ${name} is a ${type}`);
  await editSettings(draft, viewer, 'crm.yaml', tree => putSettings(tree, ['fields', kind, name], values));
}

/** Takes a custom field out of the settings. Its values stay in the records: returns how many have one. */
export async function removeCustomField(
  { draft, view }: Writer,
  kind: CustomKind,
  { name }: CustomField,
): Promise<number> {
  const { test } = presenceOf(findField(draft.config, kind, name)!, kind).bind(view.scope);
  const kept = draft.state.table(kind).liveRows().filter(test).length;
  await takeOut(draft, view.viewer, 'crm.yaml', `the field ${name} of ${pluralOf(kind)}`, tree =>
    tree.take(['fields', kind, name]),
  );
  return kept;
}
