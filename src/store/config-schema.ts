/** The shapes of crm.yaml and pipelines/<id>.yaml, and how they become a Config. What queries say is checked elsewhere. */
import type { Kinds } from '../domain/kinds.ts';
import { z } from 'zod';
import { parseAbsence } from '../domain/absence.ts';
import {
  assignments,
  type Config,
  type CustomField,
  customFieldsOf,
  customFieldTypes,
  defaultCard,
  forecastCategories,
  noSettings,
  type Pipeline,
  type Stage,
  type Transition,
  type User,
  usersAmong,
} from '../domain/config.ts';
import { parseDuration } from '../domain/dates.ts';
import { CrmError } from '../domain/errors.ts';
import { fieldsOf, findField, isQueryWord } from '../kinds/fields.ts';
import { isCountry } from '../kinds/phones.ts';
import { localeNamed } from '../domain/locales.ts';
import { isCurrency } from '../domain/money.ts';
import { whyNotNamed } from '../domain/names.ts';
import { suggestion } from '../domain/nearest.ts';
import { isHolidayText, MOST_HOLIDAYS } from '../domain/workdays.ts';
import { isZone } from '../domain/zone.ts';
import { figuresOf, quotaShape, ratesShape, reasonsShape, yearStartShape } from './figures-schema.ts';
import { parseYaml, type Problem, type YamlFile } from './yaml.ts';
import { check } from './yaml-shape.ts';

const slugPattern = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const slug = z
  .string()
  .regex(slugPattern, 'must be lower-case ASCII words with hyphens, such as north-team')
  .refine(id => whyNotNamed('anything', id) === undefined, {
    error: issue => whyNotNamed('anything', issue.input)!,
  });
const fieldName = z
  .string()
  .regex(
    /^[a-z][A-Za-z0-9]*([-_][A-Za-z0-9]+)*$/,
    'must begin with a lower-case letter and have only letters, digits, - and _',
  );
const duration = z.string().transform((text, context) => {
  try {
    return parseDuration(text);
  } catch (error) {
    context.addIssue(error instanceof CrmError ? `${error.message} (${error.hint})` : String(error));
    return z.NEVER;
  }
});
const currency = z
  .string()
  .refine(isCurrency, { error: issue => `${JSON.stringify(issue.input)} is not an ISO 4217 currency` });
const text = z.string().min(1, 'must not be empty');
const names = z.array(z.string());

const user = z.strictObject({
  name: text,
  email: z.string().optional(),
  role: z.enum(['admin', 'manager', 'normal', 'restricted']).default('normal'),
  active: z.boolean().default(true),
  signature: z.string().optional(),
  quota: quotaShape.optional(),
  away: text.optional(),
});

const customField = z.strictObject({
  type: z.enum(customFieldTypes),
  label: text.optional(),
  options: z.array(z.coerce.string()).optional(),
});

const crmYaml = z.strictObject({
  name: text,
  timezone: text,
  locale: text.optional(),
  country: text.optional(),
  currency,
  users: z.record(slug, user).nullish(),
  teams: z.record(slug, names).nullish(),
  'task-types': z.record(slug, z.strictObject({ contact: z.boolean().default(false) }).nullable()).nullish(),
  holidays: z.array(z.string()).nullish(),
  /** Of which kinds depends on the program: see `crmYamlOf`. */
  fields: z.unknown(),
  scores: z
    .record(
      slug,
      z.strictObject({
        for: z.enum(['contact', 'deal']).default('contact'),
        rules: z
          .array(z.strictObject({ when: text, points: z.number(), expires: duration.optional() }))
          .default([]),
      }),
    )
    .nullish(),
  views: z.record(slug, z.strictObject({ of: text, query: z.string() })).nullish(),
  imports: z.record(z.string(), z.unknown()).nullish(),
  mail: z.unknown().optional(),
  'year-start': yearStartShape.optional(),
  rates: ratesShape.nullish(),
  'lost-reasons': reasonsShape.optional(),
});

const crmYamlOf = (kinds: Kinds) =>
  crmYaml.extend({
    fields: z
      .partialRecord(z.enum([...kinds.extensible]), z.record(fieldName, customField).nullish())
      .nullish(),
  });

const stage = z.strictObject({
  id: slug,
  name: text,
  group: slug.optional(),
  color: text.optional(),
  probability: z.number().min(0).max(100).optional(),
  forecast: z.enum(forecastCategories).optional(),
  rotting: duration.optional(),
  requires: z.array(z.string()).optional(),
  card: names.optional(),
});

const pipelineYaml = z.strictObject({
  name: text,
  currency: currency.optional(),
  assign: z.strictObject({ by: z.enum(assignments), among: names.default([]) }).optional(),
  access: names.optional(),
  card: names.optional(),
  entry: slug.optional(),
  requires: z.array(z.enum(['contact', 'account'])).optional(),
  'lost-reasons': reasonsShape.optional(),
  stages: z.array(stage).nullish(),
  transitions: z
    .array(
      z.strictObject({
        to: text,
        from: z.union([names, z.string().transform(s => [s])]).optional(),
        when: text.optional(),
      }),
    )
    .nullish(),
});

const colors = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white', 'gray'];

/** Reads the workspace's configuration; what is wrong is returned, each with its file and line. */
export function readConfig(
  files: ReadonlyMap<string, string>,
  kinds: Kinds,
): {
  config: Config | undefined;
  problems: Problem[];
} {
  const problems: Problem[] = [];
  const main = parseYaml('crm.yaml', files.get('crm.yaml') ?? '');
  const crm = check(crmYamlOf(kinds), main, problems);
  const pipelines: Pipeline[] = [];
  const pipelineFiles = [...files.keys()].filter(path => /^pipelines\/[^/]+\.yaml$/.test(path));
  if (!crm) {
    for (const path of pipelineFiles) check(pipelineYaml, parseYaml(path, files.get(path)!), problems);
    return { config: undefined, problems };
  }

  const say = (file: YamlFile, path: PropertyKey[], message: string, hint?: string) =>
    problems.push({ file: file.file, line: file.lineOf(path), message, ...(hint !== undefined && { hint }) });
  if (!isZone(crm.timezone))
    say(
      main,
      ['timezone'],
      `${JSON.stringify(crm.timezone)} is not a time zone`,
      'an IANA name such as Europe/Amsterdam',
    );
  const locale = localeOf(crm.locale, (message, hint) => say(main, ['locale'], message, hint));
  checkHolidays(crm.holidays ?? [], (path, message, hint) => say(main, path, message, hint));
  const users = Object.fromEntries(
    Object.entries(crm.users ?? {}).map(([id, u]) => [id, defined({ id, ...u }) as User]),
  );
  const teams = crm.teams ?? {};
  const knowsUsers = (file: YamlFile, path: PropertyKey[], list: readonly string[]) =>
    list.forEach((name, i) => {
      const known = name.startsWith('team:')
        ? Object.hasOwn(teams, name.slice(5))
        : Object.hasOwn(users, name);
      const all = [...Object.keys(users), ...Object.keys(teams).map(t => `team:${t}`)];
      if (!known)
        say(file, [...path, i], `unknown user ${JSON.stringify(name)}`, suggestion(name, all, 'known'));
    });
  checkAbsences(users, (id, message, hint) => say(main, ['users', id, 'away'], message, hint));
  for (const [team, members] of Object.entries(teams)) knowsUsers(main, ['teams', team], members);

  const config: Config = {
    kinds,
    name: crm.name,
    timezone: crm.timezone,
    currency: crm.currency,
    ...locale,
    ...figuresOf(crm, main, problems),
    ...countryOf(crm.country, (message, hint) => say(main, ['country'], message, hint)),
    users,
    teams,
    holidays: crm.holidays ?? [],
    taskTypes: Object.fromEntries(
      Object.entries(crm['task-types'] ?? {}).map(([id, type]) => [
        id,
        { id, contact: type?.contact ?? false },
      ]),
    ),
    fields: Object.fromEntries(kinds.extensible.map(kind => [kind, customFields(crm.fields?.[kind] ?? {})])),
    scores: Object.entries(crm.scores ?? {}).map(([id, score]) => ({
      id,
      for: score.for,
      rules: score.rules.map((rule, i) => ({
        ...defined(rule),
        line: main.lineOf(['scores', id, 'rules', i]),
      })),
    })) as Config['scores'],
    views: Object.entries(crm.views ?? {}).map(([id, view]) => ({
      id,
      ...view,
      line: main.lineOf(['views', id]),
    })),
    imports: crm.imports ?? {},
    pipelines,
    automations: [],
    broken: [],
    warnings: [],
    templates: {},
    brokenTemplates: [],
  };
  for (const kind of kinds.extensible)
    for (const custom of customFieldsOf(config, kind)) {
      const builtIn = findField(noSettings(kinds), kind, custom.name);
      if (builtIn && !builtIn.yields)
        say(main, ['fields', kind, custom.name], `${kind} has a field ${custom.name} already`);
      if (isQueryWord(custom.name))
        say(main, ['fields', kind, custom.name], `${custom.name}: means something else in queries`);
      if (custom.type.startsWith('choice') && !custom.options?.length)
        say(
          main,
          ['fields', kind, custom.name],
          `the choice ${custom.name} has no options`,
          'options: [one, two]',
        );
    }

  for (const path of pipelineFiles) {
    const file = parseYaml(path, files.get(path)!);
    const id = path.slice('pipelines/'.length, -'.yaml'.length);
    if (!slugPattern.test(id))
      say(file, [], `the pipeline's file name is no id: ${id}`, 'lower-case ASCII words with hyphens');
    const unnamed = whyNotNamed('a pipeline', id);
    if (unnamed !== undefined) say(file, [], unnamed, 'rename the file');
    const value = check(pipelineYaml, file, problems);
    if (!value) continue;
    const stages = (value.stages ?? []).map(s => defined(s) as Stage);
    const ids = stages.map(s => s.id);
    ids.forEach((stageId, i) => {
      if (ids.indexOf(stageId) < i) say(file, ['stages', i, 'id'], `there are two stages ${stageId}`);
    });
    stages.forEach((s, i) => {
      if (s.color && !colors.includes(s.color) && !/^#[0-9a-f]{6}$/i.test(s.color))
        say(
          file,
          ['stages', i, 'color'],
          `unknown colour ${JSON.stringify(s.color)}`,
          suggestion(s.color, colors, 'colours') ?? '#rrggbb',
        );
    });
    stages.forEach((s, i) => {
      for (const [k, name] of (s.requires ?? []).entries()) {
        if (findField(config, 'deal', name)?.settable) continue;
        const known = fieldsOf(config, 'deal').filter(f => f.settable);
        say(
          file,
          ['stages', i, 'requires', k],
          `unknown field ${JSON.stringify(name)} of deals`,
          suggestion(
            name,
            known.map(f => f.name),
            'fields',
          ),
        );
      }
    });
    const groups = [...new Set(stages.flatMap(s => s.group ?? []))];
    const isStage = (at: PropertyKey[], name: string) => {
      if (!ids.includes(name))
        say(file, at, `unknown stage ${JSON.stringify(name)}`, suggestion(name, ids, 'stages'));
    };
    if (value.entry) isStage(['entry'], value.entry);
    knowsUsers(file, ['assign', 'among'], value.assign?.among ?? []);
    knowsUsers(file, ['access'], value.access ?? []);
    const transitions: Transition[] = (value.transitions ?? []).map((t, i) => {
      isStage(['transitions', i, 'to'], t.to);
      t.from?.forEach((name, k) => {
        if (!name.startsWith('group:')) isStage(['transitions', i, 'from', k], name);
        else if (!groups.includes(name.slice(6)))
          say(
            file,
            ['transitions', i, 'from', k],
            `unknown group ${JSON.stringify(name.slice(6))}`,
            suggestion(name.slice(6), groups, 'groups'),
          );
      });
      return { ...defined(t), line: file.lineOf(['transitions', i]) } as Transition;
    });
    pipelines.push({
      id,
      name: value.name,
      currency: value.currency ?? crm.currency,
      assign: value.assign ?? { by: 'none', among: [] },
      ...(value.access && { access: usersAmong(config, value.access) }),
      card: value.card ?? defaultCard,
      entry: value.entry ?? ids[0] ?? '',
      requires: value.requires ?? [],
      ...(value['lost-reasons'] && { lostReasons: value['lost-reasons'] }),
      stages,
      transitions,
    });
  }
  return { config, problems };
}

/** Reports absences that cannot be read, and stand-ins who are not there or are the absent user. */
function checkAbsences(
  users: Config['users'],
  say: (id: string, message: string, hint?: string) => void,
): void {
  for (const { id, away } of Object.values(users)) {
    if (away === undefined) continue;
    try {
      const { standIn } = parseAbsence(away);
      if (standIn === undefined) continue;
      if (standIn === id) say(id, `${id} cannot stand in for ${id}`);
      else if (!Object.hasOwn(users, standIn))
        say(id, `unknown user ${JSON.stringify(standIn)}`, suggestion(standIn, Object.keys(users), 'known'));
    } catch (error) {
      if (!(error instanceof CrmError)) throw error;
      say(id, error.message, error.hint);
    }
  }
}

/** Reports what is not a day, and a calendar that leaves none to work on. */
function checkHolidays(
  holidays: readonly string[],
  say: (path: PropertyKey[], message: string, hint?: string) => void,
): void {
  holidays.forEach((day, i) => {
    if (!isHolidayText(day))
      say(['holidays', i], `${JSON.stringify(day)} is not a day`, '2026-12-25, or 12-25 for every year');
  });
  if (holidays.length > MOST_HOLIDAYS)
    say(['holidays'], `there are ${holidays.length} holidays, and at most ${MOST_HOLIDAYS} are possible`);
}

/** A workspace's locale, and the order of dates in it; an unknown name is said. */
function localeOf(
  name: string | undefined,
  say: (message: string, hint?: string) => void,
): Pick<Config, 'locale' | 'dateOrder'> {
  if (name === undefined) return {};
  try {
    const { order } = localeNamed(name);
    return { locale: name, ...(order && { dateOrder: order }) };
  } catch (error) {
    if (!(error instanceof CrmError)) throw error;
    say(error.message, error.hint);
    return {};
  }
}

/** The country of phone numbers that are typed without one; an unknown code is said. */
function countryOf(
  code: string | undefined,
  say: (message: string, hint?: string) => void,
): Pick<Config, 'country'> {
  if (code === undefined) return {};
  const country = code.toUpperCase();
  if (isCountry(country)) return { country };
  say(`${JSON.stringify(code)} is not a country`, 'a code of two letters such as NL, GB or US');
  return {};
}

/** What has no value is not there at all. */
function defined<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}

function customFields(fields: { [name: string]: object }): CustomField[] {
  return Object.entries(fields).map(([name, custom]) => defined({ name, ...custom }) as CustomField);
}
