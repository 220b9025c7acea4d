/** The shapes of crm.yaml and pipelines/<id>.yaml. `read-config.ts` and `read-pipeline.ts` read their contents. */
import type { Kinds } from '../../domain/kinds.ts';
import { z } from 'zod';
import { assignments, customFieldTypes, forecastCategories } from '../../domain/config.ts';
import { parseDuration } from '../../domain/dates.ts';
import { CrmError } from '../../domain/errors.ts';
import { notifyWays } from '../../domain/mail-settings.ts';
import { memoBy } from '../../domain/memo.ts';
import { isCurrency } from '../../domain/money.ts';
import { whyNotNamed } from '../../domain/names.ts';
import { mailShape } from './mail-schema.ts';
import { quotaShape, ratesShape, reasonsShape, yearStartShape } from './figures-schema.ts';
import { serveShape } from './serve-schema.ts';
import { webhooksShape } from './webhooks-schema.ts';

export const slugPattern = /^[a-z0-9]+(-[a-z0-9]+)*$/;
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
  notify: z.enum(notifyWays).optional(),
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
  /** Its kinds depend on the program: see `crmYamlOf`. */
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
  mail: mailShape.nullish(),
  serve: serveShape.nullish(),
  webhooks: webhooksShape.nullish(),
  'year-start': yearStartShape.optional(),
  rates: ratesShape.nullish(),
  'lost-reasons': reasonsShape.optional(),
});

/** Returns the shape of crm.yaml in a program that knows these kinds. */
export const crmYamlOf = memoBy((kinds: Kinds) =>
  crmYaml.extend({
    fields: z
      .partialRecord(z.enum([...kinds.extensible]), z.record(fieldName, customField).nullish())
      .nullish(),
  }),
);

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

export const pipelineYaml = z.strictObject({
  name: text,
  currency: currency.optional(),
  assign: z.strictObject({ by: z.enum(assignments), among: names.default([]) }).optional(),
  access: names.optional(),
  card: names.optional(),
  entry: slug.optional(),
  requires: z.array(z.enum(['contact', 'account'])).optional(),
  'lost-reasons': reasonsShape.optional(),
  'requires-reason': z.boolean().optional(),
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
