/** The readable fields of records, stored and derived: a card in the settings, or a list, may name them. */
import type { Config } from '../../domain/config.ts';
import { type CrmError, usage } from '../../domain/errors.ts';
import type { Kind } from '../../domain/kinds.ts';
import { suggestion } from '../../domain/nearest.ts';
import { fieldsOf, findField } from '../../kinds/fields.ts';
import { definitionOf } from '../../kinds/define.ts';
import { findDerived } from '../../query/names.ts';
import { derivedFields } from '../../query/derived.ts';

/** Returns the USAGE error for a field that records of the kind do not have, with the nearest one that they have. */
export function unknownField(config: Config, kind: Kind, name: string): CrmError {
  const known = [
    ...definitionOf(config.kinds, kind).inJson,
    ...fieldsOf(config, kind).map(f => f.name),
    ...derivedFields(kind, config.scores).map(f => f.name),
  ];
  return usage(
    `unknown field ${JSON.stringify(name)} of ${config.kinds.pluralOf(kind)}`,
    suggestion(name, known, 'fields'),
  );
}

/** Returns whether `card` in a pipeline's file may name the field. */
export const isCardField = (config: Config, name: string): boolean =>
  name === 'group' ||
  name === 'customer' ||
  findField(config, 'deal', name) !== undefined ||
  findDerived('deal', name, config) !== undefined;
