/** The shape of `serve:` in crm.yaml, and the settings that are read from it, with defaults filled in. */
import * as z from 'zod/mini';
import type { Config } from '../../domain/config.ts';
import { MINUTE } from '../../domain/dates.ts';
import { readRate, type SecretSource } from '../../domain/mail-settings.ts';
import { invalid } from '../../domain/errors.ts';
import { suggestion } from '../../domain/nearest.ts';
import {
  CONFIRMED,
  type FieldMap,
  type Form,
  type Hook,
  parseListen,
  providerNames,
  type ServeSettings,
  usualListen,
} from '../../domain/serve-settings.ts';
import { defined, type Say } from './config-problems.ts';
import { textShape as text } from './figures-schema.ts';
import { made, readBy } from './read-by.ts';

const name = z
  .string()
  .check(z.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case ASCII words with hyphens, such as quote'));

/** An address with nothing after the host and port. */
const origin = readBy(z.string(), given => {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const isPlain = url !== undefined && /^https?:$/.test(url.protocol) && url.pathname === '/';
  if (isPlain && !url.username && !url.password && !/[?#]/.test(given)) return url.origin;
  throw invalid(`${JSON.stringify(given)} is not an address such as https://www.example.com`);
});

const redirect = z.string().check(
  z.refine(given => URL.canParse(given) && /^https?:\/\//i.test(given) && !/[\s\\]/.test(given), {
    error: ({ input }) => `${JSON.stringify(input)} is not an address such as https://www.example.com/thanks`,
  }),
);

const listen = readBy(z.union([z.string(), z.number()]), given =>
  made(parseListen(String(given)), `${JSON.stringify(given)} is not HOST:PORT, such as 127.0.0.1:8025`),
);

const rate = readBy(z.string(), given =>
  made(readRate(given), `${JSON.stringify(given)} is not a rate such as 60/min, 10/s or 500/h`),
);

/** An address, or a network such as 10.0.0.0/8. */
const network = z
  .string()
  .check(
    z.regex(
      /^(?:\d{1,3}(?:\.\d{1,3}){3}(?:\/(?:\d|[12]\d|3[0-2]))?|[0-9a-fA-F]*:[0-9a-fA-F:.]*(?:\/\d{1,3})?)$/,
      'must be an address or a network, such as 127.0.0.1 or 10.0.0.0/8',
    ),
  );

/** A path outside of the workspace, which may come from somebody else, and may be under git. */
const place = z.string().check(z.regex(/^(?:\/|~\/)./, 'must be an absolute path, or begin with ~/'));
const argv = z
  .array(text)
  .check(z.minLength(1, 'must have the program and its arguments: [pass, show, hook]'));
const fieldMap = z.record(text, text);

const hook = z.strictObject({
  provider: z.optional(z.enum(providerNames)),
  event: z.optional(text),
  'token-env': z.optional(text),
  'token-file': z.optional(place),
  'token-command': z.optional(argv),
  'secret-env': z.optional(text),
  'secret-file': z.optional(place),
  'secret-command': z.optional(argv),
  fields: z.optional(fieldMap),
  rate: z.optional(rate),
});

const form = z.strictObject({
  event: z._default(text, 'form.submitted'),
  fields: z.optional(fieldMap),
  required: z.optional(z.array(text)),
  redirect: z.optional(redirect),
  origins: z.optional(z.array(origin).check(z.minLength(1, 'must name an origin'))),
  honeypot: z.optional(text),
  pipeline: z.optional(text),
  title: z.optional(text),
  confirm: z.optional(text),
  rate: z.optional(rate),
});

export const serveShape = z.strictObject({
  address: z.optional(origin),
  listen: z.optional(listen),
  hosts: z.optional(z.array(text)),
  'trusted-proxies': z.optional(z.array(network)),
  as: z.optional(text),
  hooks: z.nullish(z.record(name, hook)),
  forms: z.nullish(z.record(name, form)),
});

type ServeYaml = z.infer<typeof serveShape>;

/** The default fields of a form. */
const usualFields: FieldMap = { email: 'email', name: 'name', phone: 'phone', message: 'prop.message' };

/** The default rates: a person fills in a form now and then; a provider reports thousands of mails. */
const usualRates = { form: { count: 60, per: MINUTE }, hook: { count: 6000, per: MINUTE } } as const;

/** Returns the settings of `serve:` with defaults filled in; contradictions become problems. */
export function serveOf(yaml: ServeYaml | null | undefined, say: Say): Pick<Config, 'serve'> {
  if (!yaml) return {};
  const serve = {
    address: yaml.address,
    listen: yaml.listen ?? usualListen,
    hosts: (yaml.hosts ?? []).map(host => host.toLowerCase()),
    trustedProxies: yaml['trusted-proxies'] ?? [],
    as: yaml.as,
    hooks: eachOf(yaml.hooks, (each, its) => hookOf(each, ['serve', 'hooks', its], say)),
    forms: eachOf(yaml.forms, (each, its) => formOf(each, ['serve', 'forms', its], say)),
  };
  return { serve: defined(serve) as ServeSettings };
}

const eachOf = <T, R>(map: Record<string, T> | null | undefined, read: (each: T, its: string) => R) =>
  Object.fromEntries(Object.entries(map ?? {}).map(([its, each]) => [its, read(each, its)]));

type Path = readonly PropertyKey[];

function hookOf(yaml: z.infer<typeof hook>, path: Path, say: Say): Hook {
  const { provider, event, fields = {} } = yaml;
  const isOfProvider = provider !== undefined;
  const [kind, other] = isOfProvider ? (['secret', 'token'] as const) : (['token', 'secret'] as const);
  const kept = (which: 'secret' | 'token') =>
    secretsIn(yaml[`${which}-env`], yaml[`${which}-file`], yaml[`${which}-command`]);
  const secrets = kept(kind);
  if (secrets.length !== 1 || kept(other).length > 0)
    say(
      path,
      `a hook ${isOfProvider ? 'of' : 'without'} a provider needs one of ${kind}-env, ${kind}-file and ${kind}-command`,
      `${kind}-env: CRM_HOOK`,
    );
  if (isOfProvider) {
    if (event !== undefined || yaml.fields)
      say(path, `${provider} says itself which event it is, and whose`, 'take out event and fields');
  } else {
    if (event === undefined) say(path, 'event is missing', 'event: order.placed');
    requireEmail(fields, path, say);
  }
  const rate = yaml.rate ?? usualRates.hook;
  return defined({ provider, event, secret: secrets[0], fields, rate }) as Hook;
}

/** Returns the keys for where a secret is kept. */
const secretsIn = (
  env: string | undefined,
  path: string | undefined,
  argv: readonly string[] | undefined,
): SecretSource[] => [
  ...(env === undefined ? [] : [{ kind: 'env' as const, name: env }]),
  ...(path === undefined ? [] : [{ kind: 'file' as const, path }]),
  ...(argv === undefined ? [] : [{ kind: 'command' as const, argv }]),
];

function formOf(yaml: z.infer<typeof form>, path: Path, say: Say): Form {
  const fields = yaml.fields ?? usualFields;
  requireEmail(fields, path, say);
  const email = Object.keys(fields).find(from => fields[from] === 'email');
  const required = [...new Set([...(email === undefined ? [] : [email]), ...(yaml.required ?? [])])];
  yaml.required?.forEach((input, i) => {
    if (!Object.hasOwn(fields, input))
      say(
        [...path, 'required', i],
        `the form has no field ${JSON.stringify(input)}`,
        suggestion(input, Object.keys(fields), 'fields'),
      );
  });
  if (yaml.honeypot !== undefined && Object.hasOwn(fields, yaml.honeypot))
    say(
      [...path, 'honeypot'],
      `${yaml.honeypot} is a field of the form`,
      'a name that nobody fills in, such as website',
    );
  if (yaml.title !== undefined && yaml.pipeline === undefined)
    say([...path, 'title'], 'title is for deals, and there is no pipeline', 'pipeline: sales');
  if (yaml.event === CONFIRMED)
    say([...path, 'event'], `${CONFIRMED} is recorded when somebody confirms`, 'form.submitted');
  for (const [from, to] of Object.entries(fields))
    if (to === 'at')
      say(
        [...path, 'fields', from],
        'the time of a form is when it arrives',
        'prop.KEY keeps what people wrote',
      );
  return defined({ ...yaml, fields, required, rate: yaml.rate ?? usualRates.form }) as Form;
}

function requireEmail(fields: FieldMap, path: Path, say: Say): void {
  const targets = Object.values(fields);
  if (!targets.includes('email'))
    say([...path, 'fields'], 'no field is the e-mail address of the contact', 'fields: { email: email }');
  targets.forEach((to, i) => {
    if (targets.indexOf(to) !== i) say([...path, 'fields'], `two fields become ${to}`, 'a target for each');
  });
}
