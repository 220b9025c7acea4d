/** The mappings that come with crm. Another one is a file and a line here. */
import { usage } from '../../../domain/errors.ts';
import type { ImportKind } from '../target.ts';
import type { Mapping } from '../mapping.ts';
import { activecampaign } from './activecampaign.ts';
import type { Dialect, DialectKind } from './dialect.ts';
import { hubspot } from './hubspot.ts';
import { minicrm } from './minicrm.ts';
import { pipedrive } from './pipedrive.ts';
import { salesforce } from './salesforce.ts';
import { vcard } from './vcard.ts';
import { zoho } from './zoho.ts';

const dialects: readonly Dialect[] = [hubspot, pipedrive, salesforce, activecampaign, minicrm, zoho, vcard];

/**
 * Returns the mapping of a name for a kind; undefined if crm has none of that name, USAGE if it is for another kind.
 */
export function readyMapping(name: string, kind: ImportKind): Mapping | undefined {
  const found = dialects.find(dialect => dialect.name === name.toLowerCase());
  if (!found) return undefined;
  const mapping = found.mappings[kind as DialectKind];
  if (!mapping)
    throw usage(
      `the mapping ${found.name} is not for these`,
      `it is for ${Object.keys(found.mappings)
        .map(each => `${each}s`)
        .join(', ')}`,
    );
  return mapping;
}

export const readyNames = (): string[] => dialects.map(dialect => dialect.name);

/** Returns the column of a ready mapping that a file's column means, without regard to case. */
export function sameColumn({ columns }: Pick<Mapping, 'columns'>, column: string): string | undefined {
  if (Object.hasOwn(columns, column)) return column;
  const lower = column.toLowerCase();
  return Object.keys(columns).find(known => known.toLowerCase() === lower);
}

/**
 * Returns the dialect of a header, for a kind: the one with the most matching columns, at least three, not counting
 * names that every table may have (`isPlain`).
 */
export function dialectOf(
  header: readonly string[],
  kind: ImportKind,
  isPlain: (column: string) => boolean,
): { readonly name: string; readonly mapping: Mapping } | undefined {
  let best: { name: string; mapping: Mapping; known: number } | undefined;
  for (const { name, mappings } of dialects) {
    const mapping = mappings[kind as DialectKind];
    if (!mapping) continue;
    const own = header.filter(column => sameColumn(mapping, column) !== undefined && !isPlain(column));
    const known = own.length;
    if (known >= 3 && known * 3 >= Math.min(header.length, 12) && known > (best?.known ?? 0))
      best = { name, mapping, known };
  }
  return best;
}
