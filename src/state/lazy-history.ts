/** Makes the columns of a history on first use: a report needs only some of them. */
import {
  beginsOf,
  type DealHistory,
  type DealRuns,
  hourOf,
  type HistoryColumn,
  historyColumnNames,
  type Numbers,
  OPEN,
  recentRuns,
  timeOf,
} from './deal-history.ts';

/** What a history is made of. Without the optional methods, it answers from its columns. */
export interface HistorySource {
  /** Makes a column. */
  columnOf(name: HistoryColumn): Numbers;
  runs?(): DealRuns;
  recent?: DealHistory['recent'];
  picked?: DealHistory['picked'];
  lent?: DealHistory['lent'];
}

/** Returns a history whose columns and runs are each made once. A column is a getter: read it once before a loop over its rows. */
export function lazyHistory(
  {
    seq,
    hash,
    rows,
    words,
    told = [],
  }: Pick<DealHistory, 'seq' | 'hash' | 'words'> &
    Partial<Pick<DealHistory, 'told'>> & { readonly rows: number | (() => number) },
  source: HistorySource,
): DealHistory {
  const history = { seq, hash, words } as DealHistory;
  define(history, 'rows', true, () => (typeof rows === 'number' ? rows : rows()));
  for (const name of historyColumnNames) define(history, name, true, () => source.columnOf(name));
  define(history, 'runs', false, () => source.runs?.() ?? runsOf(history));
  const methods: Pick<DealHistory, 'recent' | 'picked' | 'lent'> = {
    recent: instant => source.recent?.(instant) ?? recentIn(history, instant),
    picked: (name, chosen) => {
      if (source.picked) return source.picked(name, chosen);
      const { [name]: column } = history;
      const picked = new (column.constructor as new (size: number) => Numbers)(chosen.length);
      for (let i = 0; i < chosen.length; i++) picked[i] = column[chosen[i]!]!;
      return picked;
    },
    lent: name => source.lent?.(name) ?? history[name],
  };
  Object.defineProperty(history, 'told', { value: told });
  // Not enumerable, as the runs: whoever goes through the keys of a history wants its columns.
  for (const [name, value] of Object.entries(methods)) Object.defineProperty(history, name, { value });
  return history;
}

/** Returns the recent past as rows of a history. */
function recentIn(history: DealHistory, instant: number): DealHistory {
  const runs = recentRuns(history.runs, instant);
  const { seq, hash, words, told } = history;
  return lazyHistory(
    { seq, hash, rows: () => history.rows, words, told },
    { runs: () => runs, columnOf: name => history[name], recent: earlier => history.recent(earlier) },
  );
}

function define<Name extends keyof DealHistory>(
  history: DealHistory,
  name: Name,
  enumerable: boolean,
  make: () => DealHistory[Name],
): void {
  let made: DealHistory[Name] | undefined;
  Object.defineProperty(history, name, {
    enumerable,
    get: () => {
      made ??= make();
      return made;
    },
  });
}

/** Finds the runs of deals in the rows themselves. */
function runsOf(history: DealHistory): DealRuns {
  const { rows, deal, status } = history;
  const number: number[] = [];
  const end: number[] = [];
  const latest: number[] = [];
  for (let begin = 0, row = 0; begin < rows; begin = row) {
    let time = Number.NEGATIVE_INFINITY;
    for (row = begin; row < rows && deal[row] === deal[begin]; row++)
      time = Math.max(time, timeOf(history, history.undoes, row === begin ? -1 : row - 1, row));
    number.push(deal[begin]!);
    end.push(row);
    latest.push(hourOf(time, status[row - 1] === OPEN));
  }
  const ends = Int32Array.from(end);
  return {
    number: Int32Array.from(number),
    begin: beginsOf(ends),
    end: ends,
    latest: Int32Array.from(latest),
  };
}
