import { usage } from '../../domain/errors.ts';
import { slug } from '../../domain/fold.ts';
import type { Plain } from '../../store/yaml/yaml-tree.ts';
import { editSettings } from '../settings/settings.ts';
import type { Writer } from '../core/writer.ts';
import type { Mapping } from './mapping.ts';

/** Keeps a mapping in crm.yaml under `imports`, to be named with --mapping. */
export async function keepMapping({ draft, view }: Writer, name: string, mapping: Mapping): Promise<void> {
  if (slug(name) !== name || name === '')
    throw usage(
      `${JSON.stringify(name)} is not a name for a mapping`,
      `lower-case words with hyphens: ${slug(name) || 'my-export'}`,
    );
  const { mappingObject } = await import('./mapping-yaml.ts');
  await editSettings(draft, view.viewer, 'crm.yaml', tree =>
    tree.put(['imports', name], mappingObject(mapping) as Plain, true),
  );
}
