/** Makes the columns of a history on first use: a report needs only some of them. */
import { type DealHistory, type HistoryColumn, historyColumnNames, type Numbers } from './deal-history.ts';

/**
 * Returns a history whose columns `columnOf` makes, each once. A column is a getter: read it once before a loop over
 * its rows.
 */
export function lazyHistory(
  { seq, hash, rows, words }: Pick<DealHistory, 'seq' | 'hash' | 'rows' | 'words'>,
  columnOf: (name: HistoryColumn) => Numbers,
): DealHistory {
  const history = { seq, hash, rows, words };
  for (const name of historyColumnNames) {
    let made: Numbers | undefined;
    Object.defineProperty(history, name, {
      enumerable: true,
      get: () => {
        made ??= columnOf(name);
        return made;
      },
    });
  }
  return history as DealHistory;
}
