/** A history whose columns are made when they are first asked for: a report needs a part of them. */
import { type DealHistory, type HistoryColumn, historyColumnNames, type Numbers } from './deal-history.ts';

/** Returns a history of which `columnOf` makes each column once. Whoever goes through its rows takes the columns first. */
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
