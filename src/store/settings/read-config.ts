/** Reads the settings from crm.yaml and the files of pipelines. Their queries are checked elsewhere. */
import type { Kinds } from '../../domain/kinds.ts';
import type * as z from 'zod/mini';
import { parseAbsence } from '../../domain/absence.ts';
import {
  type Config,
  type CustomField,
  noSettings,
  type Pipeline,
  type User,
  customFieldsOf,
} from '../../domain/config.ts';
import { readAddress } from '../../domain/email.ts';
import { CrmError } from '../../domain/errors.ts';
import { localeNamed } from '../../domain/locales.ts';
import { suggestion } from '../../domain/nearest.ts';
import { isHolidayText, MOST_HOLIDAYS } from '../../domain/workdays.ts';
import { isZone } from '../../domain/zone.ts';
import { findField, isQueryWord } from '../../kinds/fields.ts';
import { isCountry } from '../../kinds/phones.ts';
import { checkUsers, defined, type Say, sayIn } from './config-problems.ts';
import { crmYamlOf, pipelineYaml } from './config-schema.ts';
import { figuresOf } from './figures-schema.ts';
import { mailOf } from './mail-schema.ts';
import { readPipeline } from './read-pipeline.ts';
import { checkServe } from './check-serve.ts';
import { serveOf } from './serve-schema.ts';
import { webhooksOf } from './webhooks-schema.ts';
import { parseYaml, type Problem, type YamlFile } from '../yaml/yaml.ts';
import { check } from '../yaml/yaml-shape.ts';

type CrmYaml = z.infer<ReturnType<typeof crmYamlOf>>;

/** Reads the workspace's configuration; returns its problems, each with its file and line. */
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
  const pipelineFiles = [...files].filter(([path]) => /^pipelines\/[^/]+\.yaml$/.test(path));
  if (!crm) {
    for (const [path, text] of pipelineFiles) check(pipelineYaml, parseYaml(path, text), problems);
    return { config: undefined, problems };
  }
  const pipelines: Pipeline[] = [];
  const config = { ...readMain(crm, main, problems, kinds), pipelines };
  for (const [path, text] of pipelineFiles) {
    const pipeline = readPipeline(path, text, config, problems);
    if (pipeline) pipelines.push(pipeline);
  }
  checkServe(config, sayIn(main, problems));
  return { config, problems };
}

/** Returns the settings of crm.yaml. */
function readMain(crm: CrmYaml, main: YamlFile, problems: Problem[], kinds: Kinds): Config {
  const say = sayIn(main, problems);
  if (!isZone(crm.timezone))
    say(
      ['timezone'],
      `${JSON.stringify(crm.timezone)} is not a time zone`,
      'an IANA name such as Europe/Amsterdam',
    );
  const locale = localeOf(crm.locale, say);
  checkHolidays(crm.holidays ?? [], say);
  const users = usersOf(crm, say);
  const teams = crm.teams ?? {};
  checkAbsences(users, say);
  for (const [team, members] of Object.entries(teams))
    checkUsers({ users, teams }, ['teams', team], members, say);
  const config: Config = {
    ...noSettings(kinds),
    name: crm.name,
    timezone: crm.timezone,
    currency: crm.currency,
    ...locale,
    ...figuresOf(crm, main, problems),
    ...countryOf(crm.country, say),
    ...mailOf(crm.mail, say),
    users,
    teams,
    holidays: crm.holidays ?? [],
    taskTypes: Object.fromEntries(
      Object.entries(crm['task-types'] ?? {}).map(([id, type]) => [
        id,
        { id, contact: type?.contact ?? false },
      ]),
    ),
    fields: Object.fromEntries(
      kinds.extensible.map(kind => [kind, customFields(crm.fields?.[kind] ?? {})]),
    ) as unknown as Config['fields'],
    ...placedQueries(crm, main),
    imports: crm.imports ?? {},
    ...serveOf(crm.serve, say),
    ...webhooksOf(crm.webhooks),
  };
  checkCustomFields(config, say);
  return config;
}

/** Returns the users; reports wrong addresses. */
function usersOf({ users }: CrmYaml, say: Say): Config['users'] {
  return Object.fromEntries(
    Object.entries(users ?? {}).map(([id, user]) => {
      const read = user.email === undefined || user.email === '' ? undefined : readAddress(user.email);
      if (user.email && !read)
        say(
          ['users', id, 'email'],
          `${JSON.stringify(user.email)} is not an e-mail address`,
          'for example jane@example.com',
        );
      if (user.notify === 'mail' && !read)
        say(['users', id, 'notify'], `${id} has no e-mail address to be told at`, 'email: jane@example.com');
      return [id, defined({ id, ...user, ...(read && { email: read.email }) }) as User];
    }),
  );
}

/** Returns the scores and views, each query with its line, for the check of its meaning. */
function placedQueries({ scores, views }: CrmYaml, main: YamlFile): Pick<Config, 'scores' | 'views'> {
  return {
    scores: Object.entries(scores ?? {}).map(([id, score]) => ({
      id,
      for: score.for,
      rules: score.rules.map((rule, i) => ({
        ...defined(rule),
        line: main.lineOf(['scores', id, 'rules', i]),
      })),
    })) as Config['scores'],
    views: Object.entries(views ?? {}).map(([id, view]) => ({
      id,
      ...view,
      line: main.lineOf(['views', id]),
    })),
  };
}

/** Reports custom fields whose names are taken, and choices without options. */
function checkCustomFields(config: Config, say: Say): void {
  for (const kind of config.kinds.extensible)
    for (const { name, type, options } of customFieldsOf(config, kind)) {
      const path = ['fields', kind, name];
      const builtIn = findField(noSettings(config.kinds), kind, name);
      if (builtIn && !builtIn.yields) say(path, `${kind} has a field ${name} already`);
      if (isQueryWord(name)) say(path, `${name}: has another meaning in queries`);
      if (type.startsWith('choice') && !options?.length)
        say(path, `the choice ${name} has no options`, 'options: [one, two]');
    }
}

/** Reports absences that cannot be read, and stand-ins who do not exist or are the absent user. */
function checkAbsences(users: Config['users'], say: Say): void {
  for (const { id, away } of Object.values(users)) {
    if (away === undefined) continue;
    const path = ['users', id, 'away'];
    try {
      const { standIn } = parseAbsence(away);
      if (standIn === undefined) continue;
      if (standIn === id) say(path, `${id} cannot stand in for ${id}`);
      else if (!Object.hasOwn(users, standIn))
        say(
          path,
          `unknown user ${JSON.stringify(standIn)}`,
          suggestion(standIn, Object.keys(users), 'known'),
        );
    } catch (error) {
      if (!(error instanceof CrmError)) throw error;
      say(path, error.message, error.hint);
    }
  }
}

/** Reports holidays that are not days, and a calendar without a workday. */
function checkHolidays(holidays: readonly string[], say: Say): void {
  holidays.forEach((day, i) => {
    if (!isHolidayText(day))
      say(['holidays', i], `${JSON.stringify(day)} is not a day`, '2026-12-25, or 12-25 for every year');
  });
  if (holidays.length > MOST_HOLIDAYS)
    say(['holidays'], `there are ${holidays.length} holidays, and at most ${MOST_HOLIDAYS} are possible`);
}

/** Returns a workspace's locale, and the order of dates in it; reports an unknown name. */
function localeOf(name: string | undefined, say: Say): Pick<Config, 'locale' | 'dateOrder'> {
  if (name === undefined) return {};
  try {
    const { order } = localeNamed(name);
    return { locale: name, ...(order && { dateOrder: order }) };
  } catch (error) {
    if (!(error instanceof CrmError)) throw error;
    say(['locale'], error.message, error.hint);
    return {};
  }
}

/** Returns the country of phone numbers that are typed without one; reports an unknown code. */
function countryOf(code: string | undefined, say: Say): Pick<Config, 'country'> {
  if (code === undefined) return {};
  const country = code.toUpperCase();
  if (isCountry(country)) return { country };
  say(['country'], `${JSON.stringify(code)} is not a country`, 'a code of two letters such as NL, GB or US');
  return {};
}

function customFields(fields: { [name: string]: object }): CustomField[] {
  return Object.entries(fields).map(([name, custom]) => defined({ name, ...custom }) as CustomField);
}
