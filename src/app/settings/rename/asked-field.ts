import type { Config } from '../../../domain/config.ts';
import type { Kind } from '../../../domain/kinds.ts';
import type { Field } from '../../../kinds/field.ts';
import { findField } from '../../../kinds/fields.ts';

/** Returns the field that a query of a kind asks for, also through a customer: `contact.size`. */
export function askedField(
  config: Config,
  kind: Kind,
  name: string,
): { readonly kind: Kind; readonly field: Field } | undefined {
  const own = findField(config, kind, name);
  if (own) return { kind, field: own };
  const dot = name.indexOf('.');
  const through = name.slice(0, Math.max(0, dot));
  const field = config.kinds.has(through) ? findField(config, through, name.slice(dot + 1)) : undefined;
  return field && { kind: through, field };
}
