/** A mapping that comes with crm, for the exports of another CRM, by their headers. */
import { type Mapping, noMapping, type Target } from '../mapping.ts';

/** The kinds that CRMs export. */
export type DialectKind = 'deal' | 'contact' | 'account' | 'task';

export interface Dialect {
  readonly name: string;
  readonly mappings: { readonly [kind in DialectKind]?: Mapping };
}

interface Columns {
  readonly columns: { readonly [column: string]: string | Target };
  readonly compose?: { readonly [field: string]: string };
  readonly key?: string;
  readonly dates?: string;
  readonly keepsExternalIds?: boolean;
}

/**
 * Exports differ in their columns and custom fields, so mapped columns may be missing, all others are left out and
 * reported, and people that rows name are made.
 */
export function dialect(name: string, kinds: { readonly [kind in DialectKind]?: Columns }): Dialect {
  const mappings = Object.entries(kinds).map(([kind, { columns, ...rest }]): [string, Mapping] => [
    kind,
    {
      ...noMapping,
      ...rest,
      columns: Object.fromEntries(
        Object.entries(columns).map(([column, target]) => [
          column,
          typeof target === 'string' ? { field: target } : target,
        ]),
      ),
      createMissing: ['accounts', 'contacts', 'users'],
      ignore: ['*'],
      optional: true,
    },
  ]);
  return { name, mappings: Object.fromEntries(mappings) };
}

/** A stage whose words for the end of a deal are its status. */
export const stageOrEnd = (won: readonly string[], lost: readonly string[]): Target => ({
  field: 'stage',
  values: Object.fromEntries([
    ...won.map((word): [string, { status: string }] => [word, { status: 'won' }]),
    ...lost.map((word): [string, { status: string }] => [word, { status: 'lost' }]),
  ]),
});

/** Words for a status. */
export const statusIn = (words: { readonly [word: string]: string }): Target => ({
  field: 'status',
  values: Object.fromEntries(Object.entries(words).map(([word, status]) => [word, { status }])),
});
