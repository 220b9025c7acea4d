/** The shapes of crm.yaml and pipelines/<id>.yaml. `read-config.ts` and `read-pipeline.ts` read their contents. */
import type { Kinds } from '../../domain/kinds.ts';
import * as z from 'zod/mini';
import { assignments, customFieldTypes, forecastCategories } from '../../domain/config.ts';
import { parseDuration } from '../../domain/dates.ts';
import { notifyWays } from '../../domain/mail-settings.ts';
import { memoBy } from '../../domain/memo.ts';
import { whyNotNamed } from '../../domain/names.ts';
import { mailShape } from './mail-schema.ts';
import {
  currencyShape as currency,
  quotaShape,
  ratesShape,
  reasonsShape,
  textShape as text,
  yearStartShape,
} from './figures-schema.ts';
import { readBy } from './read-by.ts';
import { serveShape } from './serve-schema.ts';
import { webhooksShape } from './webhooks-schema.ts';

export const slugPattern = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const slug = z.string().check(
  z.regex(slugPattern, 'must be lower-case ASCII words with hyphens, such as north-team'),
  z.refine(id => whyNotNamed('anything', id) === undefined, {
    error: ({ input }) => whyNotNamed('anything', input)!,
  }),
);
const fieldName = z
  .string()
  .check(
    z.regex(
      /^[a-z][A-Za-z0-9]*([-_][A-Za-z0-9]+)*$/,
      'must begin with a lower-case letter and have only letters, digits, - and _',
    ),
  );
const duration = readBy(z.string(), parseDuration);
const names = z.array(z.string());

const user = z.strictObject({
  name: text,
  email: z.optional(z.string()),
  role: z._default(z.enum(['admin', 'manager', 'normal', 'restricted']), 'normal'),
  active: z._default(z.boolean(), true),
  signature: z.optional(z.string()),
  quota: z.optional(quotaShape),
  away: z.optional(text),
  notify: z.optional(z.enum(notifyWays)),
});

const customField = z.strictObject({
  type: z.enum(customFieldTypes),
  label: z.optional(text),
  options: z.optional(z.array(z.coerce.string())),
});

const score = z.strictObject({
  for: z._default(z.enum(['contact', 'deal']), 'contact'),
  rules: z._default(
    z.array(z.strictObject({ when: text, points: z.number(), expires: z.optional(duration) })),
    [],
  ),
});

const crmYaml = z.strictObject({
  name: text,
  timezone: text,
  locale: z.optional(text),
  country: z.optional(text),
  currency,
  users: z.nullish(z.record(slug, user)),
  teams: z.nullish(z.record(slug, names)),
  'task-types': z.nullish(
    z.record(slug, z.nullable(z.strictObject({ contact: z._default(z.boolean(), false) }))),
  ),
  holidays: z.nullish(z.array(z.string())),
  /** Its kinds depend on the program: see `crmYamlOf`. */
  fields: z.unknown(),
  scores: z.nullish(z.record(slug, score)),
  views: z.nullish(z.record(slug, z.strictObject({ of: text, query: z.string() }))),
  imports: z.nullish(z.record(z.string(), z.unknown())),
  mail: z.nullish(mailShape),
  serve: z.nullish(serveShape),
  webhooks: z.nullish(webhooksShape),
  'year-start': z.optional(yearStartShape),
  rates: z.nullish(ratesShape),
  'lost-reasons': z.optional(reasonsShape),
});

/** Returns the shape of crm.yaml in a program that knows these kinds. */
export const crmYamlOf = memoBy((kinds: Kinds) =>
  z.extend(crmYaml, {
    fields: z.nullish(
      z.partialRecord(z.enum([...kinds.extensible]), z.nullish(z.record(fieldName, customField))),
    ),
  }),
);

const stage = z.strictObject({
  id: slug,
  name: text,
  group: z.optional(slug),
  color: z.optional(text),
  probability: z.optional(z.number().check(z.minimum(0), z.maximum(100))),
  forecast: z.optional(z.enum(forecastCategories)),
  rotting: z.optional(duration),
  requires: z.optional(z.array(z.string())),
  card: z.optional(names),
});

export const pipelineYaml = z.strictObject({
  name: text,
  currency: z.optional(currency),
  assign: z.optional(z.strictObject({ by: z.enum(assignments), among: z._default(names, []) })),
  access: z.optional(names),
  card: z.optional(names),
  entry: z.optional(slug),
  requires: z.optional(z.array(z.enum(['contact', 'account']))),
  'lost-reasons': z.optional(reasonsShape),
  'requires-reason': z.optional(z.boolean()),
  stages: z.nullish(z.array(stage)),
  transitions: z.nullish(
    z.array(
      z.strictObject({
        to: text,
        from: z.optional(
          z.union([
            names,
            z.pipe(
              z.string(),
              z.transform(s => [s]),
            ),
          ]),
        ),
        when: z.optional(text),
      }),
    ),
  ),
});
