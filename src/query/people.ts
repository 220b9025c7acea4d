/** Searching deals by their people: the names, addresses and phones of contacts, and the name and phones of the account. */
import type { Kind } from '../domain/kinds.ts';
import type { TextColumn } from '../state/columns/column.ts';
import { phonesLike } from './phone-terms.ts';
import { linksOf, type Scope } from './scope.ts';

/** Returns the text column of a kind by its key. */
export const textColumn = (state: Scope['state'], kind: Kind, key: string): TextColumn =>
  state.table(kind).column(key) as TextColumn;

/** The columns of a deal's people that are searched. */
const ofDeal = [
  { kind: 'contact', field: 'contacts', columns: ['name', 'emails'] },
  { kind: 'account', field: 'account', columns: ['name'] },
] as const;

/**
 * Returns a test of whether a text is in the names, addresses or phones of a deal's contacts or account; the search
 * is made once for all deals.
 */
export function ofPeople(scope: Scope, value: string, needle: Buffer): (row: number) => boolean {
  const { state, sees } = scope;
  let found: { readonly version: number; readonly deals: Set<number> } | undefined;
  const versionNow = () =>
    ofDeal.reduce((sum, { kind }) => sum + state.table(kind).version, state.table('deal').version);
  const search = () => {
    const deals = new Set<number>();
    for (const { kind, field, columns } of ofDeal) {
      const table = state.table(kind);
      const isSeen = sees?.(kind);
      const links = linksOf(scope, kind, 'deal', field);
      const found = (row: number) => {
        if (!table.live(row) || !(isSeen?.(row) ?? true)) return;
        links.some(row, deal => {
          deals.add(deal);
          return false;
        });
      };
      for (const key of columns) textColumn(state, kind, key).search(needle, found);
      phonesLike(state, kind, value)?.all(found);
    }
    return { version: versionNow(), deals };
  };
  return row => {
    if (found?.version !== versionNow()) found = search();
    return found.deals.has(row);
  };
}
