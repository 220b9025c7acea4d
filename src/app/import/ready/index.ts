import type { ImportKind } from '../import.ts';
import type { Mapping } from '../mapping.ts';

export async function readyMapping(
  _name: string,
  _kind: ImportKind,
  _header: () => Promise<readonly string[]>,
): Promise<Mapping | undefined> {
  return undefined;
}
