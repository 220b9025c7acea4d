/** The settings in force: what the YAML files say, with what they leave out filled in, in the words of those files. */
import { type Config, customFieldsOf } from '../../domain/config.ts';
import { durationText } from '../../domain/dates.ts';

/** Plain JSON, by the keys of the files: crm.yaml at the top, each pipeline's file below `pipelines`. */
export function effectiveSettings(config: Config): { readonly [key: string]: unknown } {
  const { name, timezone, locale, country, currency, holidays, users, teams, imports } = config;
  const byId = <T extends { readonly id: string }, R>(
    things: readonly T[],
    shape: (thing: Omit<T, 'id'>) => R,
  ) => Object.fromEntries(things.map(({ id, ...thing }) => [id, shape(thing)]));
  const byName = <T extends { readonly name: string }>(things: readonly T[]) =>
    Object.fromEntries(things.map(({ name: key, ...thing }) => [key, thing]));
  return {
    name,
    timezone,
    ...(locale !== undefined && { locale }),
    ...(country !== undefined && { country }),
    currency,
    ...(holidays.length > 0 && { holidays }),
    users: byId(Object.values(users), user => user),
    teams,
    'task-types': byId(Object.values(config.taskTypes), type => type),
    fields: Object.fromEntries(
      config.kinds.extensible.map(kind => [kind, byName(customFieldsOf(config, kind))]),
    ),
    scores: byId(config.scores, score => ({
      for: score.for,
      rules: score.rules.map(({ line: _, expires, ...rule }) => ({ ...rule, ...text('expires', expires) })),
    })),
    views: byId(config.views, ({ line: _, ...view }) => view),
    imports,
    pipelines: byId(config.pipelines, ({ stages, transitions, ...pipeline }) => ({
      ...pipeline,
      stages: stages.map(({ rotting, ...stage }) => ({ ...stage, ...text('rotting', rotting) })),
      transitions: transitions.map(({ line: _, ...row }) => row),
    })),
  };
}

/** A duration as it is typed, where there is one. */
const text = (key: string, ms: number | undefined) => (ms === undefined ? {} : { [key]: durationText(ms) });
