import type { CustomField } from '../../domain/config.ts';
import { plainColumn, type ThingColumn } from '../../ui/thing-column.ts';

/** What is shown of a custom field. */
export const fieldColumns: readonly ThingColumn<CustomField & { readonly kind: string }>[] = [
  plainColumn('kind', f => f.kind),
  plainColumn('name', f => f.name),
  plainColumn('type', f => f.type),
  plainColumn('label', f => f.label),
  plainColumn('options', f => f.options),
];
