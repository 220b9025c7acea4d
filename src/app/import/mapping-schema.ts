import { z } from 'zod';
import { nearest } from '../../domain/nearest.ts';
import type { YamlFile } from '../../store/yaml.ts';
import { problemsError } from '../workspace.ts';
import type { Mapping, Target } from './mapping.ts';

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const byValue = z.strictObject({
  field: z.string().optional(),
  values: z.record(z.string(), z.union([scalar, z.record(z.string(), scalar)])).optional(),
});

const schema = z.strictObject({
  kind: z.string().optional(),
  key: z.string().optional(),
  dates: z.string().optional(),
  locale: z.string().optional(),
  delimiter: z.string().optional(),
  encoding: z.string().optional(),
  columns: z.record(z.string(), z.union([z.string(), byValue])).default({}),
  compose: z.record(z.string(), z.string()).default({}),
  set: z.record(z.string(), scalar).default({}),
  'create-missing': z.array(z.enum(['accounts', 'contacts', 'users'])).default([]),
  ignore: z.array(z.string()).default([]),
  optional: z.boolean().default(false),
});

export function checkMapping(yaml: YamlFile): Mapping {
  if (yaml.problems.length > 0) throw problemsError(yaml.problems);
  const result = schema.safeParse(yaml.value ?? {});
  if (!result.success)
    throw problemsError(
      result.error.issues.map(issue => {
        const key = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
        const hint = key === undefined ? undefined : nearest(key, Object.keys(schema.shape));
        return {
          file: yaml.file,
          line: yaml.lineOf(key === undefined ? issue.path : [...issue.path, key]),
          message:
            key === undefined
              ? `${issue.path.map(String).join('.')}: ${issue.message}`
              : `unknown key ${JSON.stringify(key)}`,
          ...(hint && { hint: `did you mean ${hint}?` }),
        };
      }),
    );
  const { columns, 'create-missing': createMissing, ...rest } = result.data;
  const targets = Object.entries(columns).map(([column, target]): [string, Target] => [
    column,
    typeof target === 'string'
      ? { field: target }
      : { ...(target.field && { field: target.field }), ...(target.values && { values: valuesOf(target) }) },
  ]);
  return { ...defined(rest), columns: Object.fromEntries(targets), createMissing } as Mapping;
}

/** A word for a value is one of the target's own field; several fields are said one by one. */
function valuesOf({ field, values }: z.infer<typeof byValue>): NonNullable<Target['values']> {
  return Object.fromEntries(
    Object.entries(values ?? {}).map(([cell, value]) => [
      cell,
      typeof value === 'string' ? { [field ?? '']: value } : value,
    ]),
  );
}

function defined<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
