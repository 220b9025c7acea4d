/**
 * A mapping: the field of each column, values for gaps, and what may be made. It comes from a file, crm.yaml, or
 * options.
 */
import { usage } from '../../domain/errors.ts';
import { requireOnce } from '../../domain/given-twice.ts';

/** Where a cell goes: to a field as it is, or by its value to one or several fields. */
export interface Target {
  readonly field?: string;
  readonly values?: { readonly [cell: string]: { readonly [field: string]: string } };
}

export interface Mapping {
  readonly kind?: string;
  readonly key?: string;
  readonly dates?: string;
  /** How numbers and dates are written: `nl`, `en-US`. */
  readonly locale?: string;
  readonly delimiter?: string;
  readonly encoding?: string;
  /** The line of the file that names the columns, from 1. */
  readonly headerLine?: number;
  /** Whether rows may end early. */
  readonly pad?: boolean;
  readonly columns: { readonly [column: string]: Target };
  /** Fields that are put together: `{First name} {Last name}`, where a name in braces is a column. */
  readonly compose: { readonly [field: string]: string };
  /** Values for a new record if its row has none. */
  readonly set: { readonly [field: string]: string };
  readonly createMissing: readonly string[];
  /** Columns that are left out; `*` is all that are neither mapped nor named like a field. */
  readonly ignore: readonly string[];
  /** Whether the file may lack columns that are mapped. */
  readonly optional: boolean;
  /** Whether a record that is found by another key keeps the external id that it has. */
  readonly keepsExternalIds?: boolean;
}

export const noMapping: Mapping = {
  columns: {},
  compose: {},
  set: {},
  createMissing: [],
  ignore: [],
  optional: false,
};

/** The settings needed before the rows of a file can be read. */
export type Reading = Pick<Mapping, 'delimiter' | 'encoding' | 'headerLine' | 'pad'>;

/** Returns a mapping overridden by the command line. */
export function withOptions(mapping: Mapping, options: Partial<Mapping>): Mapping {
  return {
    ...mapping,
    ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
    columns: { ...mapping.columns, ...options.columns },
    compose: { ...mapping.compose, ...options.compose },
    set: { ...mapping.set, ...options.set },
    createMissing: [...new Set([...mapping.createMissing, ...(options.createMissing ?? [])])],
    ignore: [...new Set([...mapping.ignore, ...(options.ignore ?? [])])],
  };
}

/**
 * `column=field` pairs of --map, where the column may have an equals sign, and `field=value` pairs, where the value may:
 * the `last` one splits, or the `first`.
 */
export function pairs(
  texts: readonly string[],
  what: string,
  at: 'first' | 'last' = 'last',
): Record<string, string> {
  const found = texts.map((text): [string, string] => {
    const sign = at === 'last' ? text.lastIndexOf('=') : text.indexOf('=');
    if (sign <= 0) throw usage(`${what} ${JSON.stringify(text)} is not NAME=VALUE`);
    return [text.slice(0, sign), text.slice(sign + 1)];
  });
  requireOnce(found, name => `${what} ${name}`);
  // fromEntries makes own properties of every name, `__proto__` included.
  return Object.fromEntries(found);
}
