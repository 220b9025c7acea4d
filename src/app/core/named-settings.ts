/**
 * The settings that records name: pipelines, stages, users, task types, options and custom fields. A record may
 * outlive a setting, in the trash or because somebody edited a file; a deal cannot come back without its pipeline and
 * stage.
 */
import { type Config, pipelineOf, stageOf, customFieldsOf } from '../../domain/config.ts';
import { failed } from '../../domain/errors.ts';
import type { Kind } from '../../domain/kinds.ts';
import { type Rec, valueAt } from '../../domain/records.ts';

/** Something in the settings that records name. */
export type Setting =
  | { readonly type: 'pipeline' | 'user' | 'task type'; readonly id: string }
  | { readonly type: 'stage'; readonly id: string; readonly pipeline: string }
  | { readonly type: 'field'; readonly id: string; readonly kind: Kind }
  | { readonly type: 'option'; readonly id: string; readonly kind: Kind; readonly field: string };

/** A field that names a setting. */
export interface Place {
  readonly kind: Kind;
  readonly path: string;
  /** The values that other fields must have for the use to count: closed deals and done tasks are history. */
  readonly where?: { readonly [path: string]: string };
}

const whereOpen = { status: 'open' };

const places: { readonly [type in 'pipeline' | 'stage' | 'user' | 'task type']: readonly Place[] } = {
  pipeline: [{ kind: 'deal', path: 'pipeline' }],
  stage: [{ kind: 'deal', path: 'stage' }],
  user: [
    { kind: 'deal', path: 'owner', where: whereOpen },
    { kind: 'task', path: 'assignee', where: whereOpen },
    { kind: 'contact', path: 'owner' },
    { kind: 'account', path: 'owner' },
  ],
  'task type': [{ kind: 'task', path: 'type' }],
};

/** Returns the fields that may name a setting. */
export function placesOf(setting: Setting): readonly Place[] {
  switch (setting.type) {
    case 'stage':
      return places.stage.map(place => ({ ...place, where: { pipeline: setting.pipeline } }));
    case 'field':
      return [{ kind: setting.kind, path: `fields.${setting.id}` }];
    case 'option':
      return [{ kind: setting.kind, path: `fields.${setting.field}` }];
    default:
      return places[setting.type];
  }
}

/** Returns the words that a field of a record has: one, several or none. */
export const wordsAt = (record: Rec, path: string): string[] =>
  [valueAt(record, path) ?? []].flat().filter((word): word is string => typeof word === 'string');

/** Returns whether settings have what a record names. An inactive user counts as gone. */
export function isThere(config: Config, setting: Setting): boolean {
  const { id } = setting;
  switch (setting.type) {
    case 'pipeline':
      return pipelineOf(config, id) !== undefined;
    case 'stage':
      return stageOf(pipelineOf(config, setting.pipeline), id) !== undefined;
    case 'user':
      return Object.hasOwn(config.users, id) && config.users[id]!.active;
    case 'task type':
      return Object.hasOwn(config.taskTypes, id);
    case 'field':
      return customFieldsOf(config, setting.kind).some(field => field.name === id);
    case 'option': {
      const field = customFieldsOf(config, setting.kind).find(each => each.name === setting.field);
      // Without its field, or with one of another type, a value is hidden and comes back with it.
      return !field?.options || field.options.includes(id);
    }
  }
}

/** Lists the settings that a record names but that no longer exist, each with the field that names it. */
export function goneFor(config: Config, kind: Kind, record: Rec): { setting: Setting; field: string }[] {
  const named: { setting: Setting; field: string }[] = [];
  for (const type of ['pipeline', 'stage', 'user', 'task type'] as const)
    for (const place of places[type])
      if (place.kind === kind)
        for (const id of wordsAt(record, place.path))
          named.push({
            setting: type === 'stage' ? { type, id, pipeline: String(record.pipeline) } : { type, id },
            field: place.path,
          });
  for (const { name, options } of customFieldsOf(config, kind))
    if (options)
      for (const id of wordsAt(record, `fields.${name}`))
        named.push({ setting: { type: 'option', id, kind, field: name }, field: name });
  return named.filter(({ setting }) => !isThere(config, setting));
}

/** Throws FAILED if a deal's pipeline or stage no longer exists: the deal would be nowhere. */
export function requirePlace(config: Config, kind: Kind, record: Rec): void {
  const { id } = record;
  for (const { setting } of goneFor(config, kind, record)) {
    if (setting.type === 'pipeline')
      throw failed(
        `${id} was in the pipeline ${setting.id}, which is gone`,
        `crm pipeline restore ${setting.id}`,
      );
    if (setting.type === 'stage')
      throw failed(
        `${id} was in the stage ${setting.id}, which ${setting.pipeline} no longer has`,
        `crm stage restore ${setting.id} --pipeline ${setting.pipeline}`,
      );
  }
}
