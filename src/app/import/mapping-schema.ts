import { z } from 'zod';
import type { Problem, YamlFile } from '../../store/yaml/yaml.ts';
import { check } from '../../store/yaml/yaml-shape.ts';
import { problemsError } from '../core/workspace.ts';
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
  'header-line': z.number().int().positive().optional(),
  pad: z.boolean().optional(),
  columns: z.record(z.string(), z.union([z.string(), byValue])).default({}),
  compose: z.record(z.string(), z.string()).default({}),
  set: z.record(z.string(), scalar).default({}),
  'create-missing': z.array(z.enum(['accounts', 'contacts', 'users', 'stages'])).default([]),
  ignore: z.array(z.string()).default([]),
  optional: z.boolean().default(false),
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
