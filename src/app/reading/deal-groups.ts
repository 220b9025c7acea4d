/** Sums of deals by status, by currency and by the day of their expected or actual close. */
import { DAY } from '../../domain/dates.ts';
import type { Zone } from '../../domain/zone.ts';
import type { CodeColumn, NumberColumn } from '../../state/columns/column.ts';
import type { State } from '../../state/state.ts';
import { BLOCK } from '../../state/table.ts';
import { ownAmounts } from './amounts.ts';
import { chancesIn } from './chances.ts';
import { restoredTally, type SavedTally, savedTally } from './kept-sums.ts';
import { fillCodes, fillNumbers } from './rows.ts';
import { Tallies, type Tally, type TallyKeys } from './tally.ts';

/** Deals of one status, currency and day. */
export interface Group {
  readonly status: string;
  readonly currency: string;
  /** The day number of an open deal's expected close, or of a won one's close; null for none, and for lost deals. */
  readonly close: number | null;
  readonly tally: Tally;
}

/** The most days on which deals may close: with more, most days have one deal, and the sums would be as large as a column. */
const MOST_DAYS = 4096;

/** Returns the sums of a state's deals; undefined if they are on too many days. */
export function groupsOf(state: State, zone: Zone): Group[] | undefined {
  const deals = state.table('deal');
  if (deals.rows === 0) return [];
  const days = new DayKeys(
    deals.column('status') as CodeColumn,
    deals.column('expectedClose') as NumberColumn,
    deals.column('closedAt') as NumberColumn,
    zone,
  );
  const tallies = new Tallies(deals.blocks(), days, ownAmounts(state, chancesIn(state)));
  if (days.areTooMany) return undefined;
  const groups: Group[] = [];
  for (let key = 0; key < days.used; key++)
    for (const [code, currency] of tallies.currencies.entries())
      if (tallies.count(key, code) > 0)
        groups.push({ ...days.said(key), currency, tally: tallies.of(key, code) });
  return groups;
}

type StatusAndDay = Pick<Group, 'status' | 'close'>;

/** The keys of deals: a key for each status, and for open and won deals one for each day. */
class DayKeys implements TallyKeys {
  readonly #status: CodeColumn;
  readonly #expected: NumberColumn;
  readonly #closed: NumberColumn;
  readonly #zone: Zone;
  readonly #open = new Map<number, number>();
  readonly #won = new Map<number, number>();
  readonly #days: StatusAndDay[] = [];
  readonly #room = new Float64Array(BLOCK);
  areTooMany = false;

  constructor(status: CodeColumn, expected: NumberColumn, closed: NumberColumn, zone: Zone) {
    this.#status = status;
    this.#expected = expected;
    this.#closed = closed;
    this.#zone = zone;
  }

  get size(): number {
    return this.#statuses + MOST_DAYS;
  }

  get #statuses(): number {
    return this.#status.words.length + 1;
  }

  /** The number of keys that rows have; each is below this. */
  get used(): number {
    return this.#statuses + this.#days.length;
  }

  said(key: number): StatusAndDay {
    return this.#days[key - this.#statuses] ?? { status: this.#status.words[key - 1] ?? '', close: null };
  }

  of(row: number): number {
    const code = this.#status.get(row);
    const status = this.#status.words[code];
    if (status === 'open') return this.#ofOpen(this.#expected.get(row));
    return status === 'won' ? this.#ofWon(this.#closed.get(row)) : code + 1;
  }

  fill(keys: Int32Array, rows: Int32Array): void {
    fillCodes(keys, rows, this.#status, 1);
    const [open, won] = ['open', 'won'].map(word => this.#status.words.indexOf(word) + 1) as [number, number];
    if (open > 0) {
      fillNumbers(this.#room, rows, this.#expected);
      for (let i = 0; i < keys.length; i++) if (keys[i] === open) keys[i] = this.#ofOpen(this.#room[i]!);
    }
    // The keys of open deals' days are above those of statuses, so they are not taken for `won`.
    if (won > 0 && keys.includes(won)) {
      fillNumbers(this.#room, rows, this.#closed);
      for (let i = 0; i < keys.length; i++) if (keys[i] === won) keys[i] = this.#ofWon(this.#room[i]!);
    }
  }

  #ofOpen(day: number): number {
    return this.#open.get(day) ?? this.#added(this.#open, 'open', day);
  }

  #ofWon(instant: number): number {
    const day = Math.floor(this.#zone.wall(instant) / DAY);
    return this.#won.get(day) ?? this.#added(this.#won, 'won', day);
  }

  #added(of: Map<number, number>, status: string, day: number): number {
    this.areTooMany ||= this.#days.length === MOST_DAYS;
    if (this.areTooMany) return -1;
    const key = this.used;
    of.set(day, key);
    this.#days.push({ status, close: Number.isNaN(day) ? null : day });
    return key;
  }
}

/** What the deals of a group have in common, as one text. */
export const keyOfGroup = ({ status, currency, close }: Group): string => `${status} ${currency} ${close}`;

/** A group as JSON has it. */
export type SavedGroup = readonly [
  status: string,
  currency: string,
  close: number | null,
  ...tally: SavedTally,
];

export const savedGroup = ({ status, currency, close, tally }: Group): SavedGroup => [
  status,
  currency,
  close,
  ...savedTally(tally),
];

/** Returns the group that `savedGroup` saved. */
export const restoredGroup = ([status, currency, close, ...tally]: SavedGroup): Group => ({
  ...{ status, currency, close },
  tally: restoredTally(tally),
});
