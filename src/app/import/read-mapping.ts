/** Mappings from where they are kept: a file, or crm.yaml. Loads the YAML parser when it is called. */
import { notFound } from '../../domain/errors.ts';
import type { Mapping } from './mapping.ts';

/** Reads a mapping from YAML; INVALID with file and line if it is not one. */
export async function parseMapping(file: string, text: string): Promise<Mapping> {
  const { parseYaml } = await import('../../store/yaml/yaml.ts');
  const yaml = parseYaml(file, text);
  const { checkMapping } = await import('./mapping-schema.ts');
  return checkMapping(yaml);
}

/** A mapping kept in crm.yaml under `imports`; `others` are other names that mean a mapping. */
export async function savedMapping(
  imports: { readonly [name: string]: unknown },
  name: string,
  others: readonly string[],
): Promise<Mapping> {
  if (!Object.hasOwn(imports, name))
    throw notFound(
      `there is no mapping ${JSON.stringify(name)}: neither a file nor under imports in crm.yaml`,
      [...Object.keys(imports), ...others].join(', '),
    );
  const { stringify } = await import('yaml');
  return parseMapping(`crm.yaml, imports.${name}`, stringify(imports[name]));
}
