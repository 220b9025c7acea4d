/** Changes of a side that need a setting of that side which is not here, because its file stays as it is here. */
import { applyChange } from '../../domain/changes.ts';
import type { Config } from '../../domain/config.ts';
import type { Kind } from '../../domain/kinds.ts';
import { type Json, type Rec, sameJson, valueAt } from '../../domain/records.ts';
import { goneFor } from '../core/named-settings.ts';

/** Returns the paths of new values that name a pipeline, stage, user, task type or option that the settings do not have. */
export function lackingHere(
  config: Config,
  kind: Kind,
  now: Rec,
  values: Readonly<Record<string, Json | undefined>>,
): string[] {
  const changed = Object.keys(values).filter(path => !sameJson(values[path], valueAt(now, path)));
  if (changed.length === 0) return [];
  const set = Object.fromEntries(changed.map(path => [path, [null, values[path] ?? null] as const]));
  const made = applyChange(now, { kind, id: now.id, set }, '')!;
  const paths = goneFor(config, kind, made).flatMap(({ setting, field }) => {
    // Somebody who left is still there: what the user has is handed over.
    if (setting.type === 'user' && Object.hasOwn(config.users, setting.id)) return [];
    return [setting.type === 'option' ? `fields.${field}` : field];
  });
  return paths.filter(path => changed.includes(path) || changed.includes(path.split('.')[0]!));
}

/** Returns the first field of a new record that names such a setting, with its value: `stage "demo"`; undefined if none does. */
export function lackOf(config: Config, kind: Kind, record: Rec): string | undefined {
  const [path] = lackingHere(config, kind, { id: record.id }, { ...record });
  return path === undefined ? undefined : `${path} ${JSON.stringify(valueAt(record, path))}`;
}
