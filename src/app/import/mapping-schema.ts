import * as z from 'zod/mini';
import type { Problem, YamlFile } from '../../store/yaml/yaml.ts';
import { check } from '../../store/yaml/yaml-shape.ts';
import { problemsError } from '../core/workspace.ts';
import type { Mapping, Target } from './mapping.ts';

const scalar = z.pipe(z.union([z.string(), z.number(), z.boolean()]), z.transform(String));
const byValue = z.strictObject({
  field: z.optional(z.string()),
  values: z.optional(z.record(z.string(), z.union([scalar, z.record(z.string(), scalar)]))),
});

const schema = z.strictObject({
  kind: z.optional(z.string()),
  key: z.optional(z.string()),
  dates: z.optional(z.string()),
  locale: z.optional(z.string()),
  delimiter: z.optional(z.string()),
  encoding: z.optional(z.string()),
  'header-line': z.optional(z.number().check(z.int(), z.positive())),
  pad: z.optional(z.boolean()),
  columns: z._default(z.record(z.string(), z.union([z.string(), byValue])), {}),
  compose: z._default(z.record(z.string(), z.string()), {}),
  set: z._default(z.record(z.string(), scalar), {}),
  'create-missing': z._default(z.array(z.enum(['accounts', 'contacts', 'users', 'stages'])), []),
  ignore: z._default(z.array(z.string()), []),
  optional: z._default(z.boolean(), false),
});

export function checkMapping(yaml: YamlFile): Mapping {
  const problems: Problem[] = [];
  const data = check(schema, yaml, problems);
  if (!data) throw problemsError(problems);
  const { columns, 'create-missing': createMissing, 'header-line': headerLine, ...rest } = data;
  const targets = Object.entries(columns).map(([column, target]): [string, Target] => [
    column,
    typeof target === 'string'
      ? { field: target }
      : { ...(target.field && { field: target.field }), ...(target.values && { values: valuesOf(target) }) },
  ]);
  return {
    ...defined({ ...rest, headerLine }),
    columns: Object.fromEntries(targets),
    createMissing,
  } as Mapping;
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
