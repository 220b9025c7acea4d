/** The settings in force: the contents of the YAML files with defaults filled in, in the words of those files. */
import { type ByDay, type Config, type Quota, customFieldsOf } from '../../domain/config.ts';
import { durationText } from '../../domain/dates.ts';
import { type MailServer, type MailSettings, rateText } from '../../domain/mail-settings.ts';
import { serveText } from './serve-text.ts';

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
    ...(config.yearStart !== undefined && { 'year-start': config.yearStart }),
    ...(config.rates && { rates: eachByDay(config.rates) }),
    ...(config.lostReasons && { 'lost-reasons': config.lostReasons }),
    ...(config.mail && { mail: mailText(config.mail) }),
    ...(config.webhooks && { webhooks: config.webhooks }),
    ...(config.serve && { serve: serveText(config.serve) }),
    ...(holidays.length > 0 && { holidays }),
    users: byId(Object.values(users), ({ quota, ...user }) => ({
      ...user,
      ...(quota && { quota: eachByDay(quota) }),
    })),
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
    pipelines: byId(
      config.pipelines,
      ({ stages, transitions, lostReasons, requiresReason, ...pipeline }) => ({
        ...pipeline,
        ...(lostReasons && { 'lost-reasons': lostReasons }),
        ...(requiresReason && { 'requires-reason': true }),
        stages: stages.map(({ rotting, ...stage }) => ({ ...stage, ...text('rotting', rotting) })),
        transitions: transitions.map(({ line: _, ...row }) => row),
      }),
    ),
  };
}

/** Returns how mail leaves and enters, by the keys of the file. */
function mailText(mail: MailSettings): object {
  const { from, via, replyTo, bcc, maxPerRun, send, smtp, sendmail, fetch } = mail;
  return {
    ...(from !== undefined && { from }),
    via,
    ...(replyTo !== undefined && { 'reply-to': replyTo }),
    ...(bcc !== undefined && { bcc }),
    ...text('max-age', mail.maxAge),
    ...(maxPerRun !== undefined && { 'max-per-run': maxPerRun }),
    ...text('dedupe', mail.dedupe),
    ...(send !== undefined && { send }),
    ...(smtp && {
      smtp: {
        ...serverText(smtp),
        ...(smtp.rate && { rate: rateText(smtp.rate) }),
        ...(smtp.dkim && {
          dkim: {
            domain: smtp.dkim.domain,
            selector: smtp.dkim.selector,
            'key-file': smtp.dkim.keyFile,
          },
        }),
      },
    }),
    ...(sendmail && { sendmail }),
    ...(fetch && { fetch: { ...serverText(fetch), mailbox: fetch.mailbox } }),
  };
}

function serverText({ host, port, tls, user, secret }: MailServer): object {
  const server = { host, port, tls, ...(user !== undefined && { user }) };
  if (secret === undefined) return server;
  if (secret.kind === 'env') return { ...server, 'password-env': secret.name };
  if (secret.kind === 'file') return { ...server, 'password-file': secret.path };
  const key = secret.kind === 'command' ? 'password-command' : 'token-command';
  return { ...server, [key]: secret.argv };
}

/** A duration as it is typed, where there is one. */
const text = (key: string, ms: number | undefined) => (ms === undefined ? {} : { [key]: durationText(ms) });

/** Numbers that hold by day, as the file has them: a number that holds on all days, or a map of days. */
const eachByDay = (all: { readonly [key: string]: ByDay | undefined } | Quota) =>
  Object.fromEntries(
    Object.entries(all as { readonly [key: string]: ByDay }).map(([key, list]) => [
      key,
      list.length === 1 && list[0]!.from === '0001-01-01'
        ? Number(list[0]!.amount)
        : Object.fromEntries(list.map(({ from, amount }) => [from, Number(amount)])),
    ]),
  );
