/**
 * All deals in sums: by status, by currency and, if they are open, by the day of their expected close. The sums of a
 * snapshot are kept, and corrected by the deals that differ from it, so that a status does not go through all deals.
 */
import { numberOf } from '../../domain/kinds.ts';
import type { Rec } from '../../domain/records.ts';
import type { CodeColumn, NumberColumn } from '../../state/columns/column.ts';
import { MemorySource } from '../../state/source.ts';
import { State } from '../../state/state.ts';
import { BLOCK } from '../../state/table.ts';
import type { View } from '../core/view.ts';
import { seesAll } from '../core/viewer.ts';
import { ownAmounts } from './amounts.ts';
import { chancesIn } from './chances.ts';
import { fillCodes, fillNumbers } from './rows.ts';
import { NOTHING, Tallies, type Tally, type TallyKeys } from './tally.ts';

/** The caches of a workspace: see `Store.kept`. */
export interface Kept {
  kept<T extends object>(name: string, key: string): T | undefined;
  keep(name: string, key: string, value: object): void;
}

/** Deals of one status and currency. */
interface Group {
  readonly status: string;
  readonly currency: string;
  /** The day number of their expected close; null for none, and for deals that are not open. */
  readonly close: number | null;
  readonly tally: Tally;
}

const NAME = 'standing';
/** The most deals that differ from the snapshot and are read for the sums. */
const MOST_CHANGED = 1000;
/** With fewer deals, going through all of them is as fast; reading one that differs takes as long as going through so many. */
const [FEWEST, FOR_EACH] = [128 * 1024, 1024];

const isWorthIt = (deals: number, changed: number): boolean => deals >= FEWEST + FOR_EACH * changed;
/** With more days, most of which have one deal, the sums would be as large as a column. */
const MOST_DAYS = 4096;

/** The sums of all deals. */
export class Standing {
  readonly #groups: readonly Group[];

  constructor(groups: readonly Group[]) {
    this.#groups = groups;
  }

  /** Returns the deals of a status, by currency. */
  of(status: string): ReadonlyMap<string, Tally> {
    return this.#where(group => group.status === status);
  }

  /** Returns the open deals whose expected close is on one of these days, by currency. */
  openBetween(from: number, to: number): ReadonlyMap<string, Tally> {
    return this.#where(({ close }) => close !== null && close >= from && close <= to);
  }

  /** Returns the number of open deals whose expected close is before a day. */
  openBefore(day: number): number {
    const before = this.#groups.filter(({ close }) => close !== null && close < day);
    return before.reduce((sum, { tally }) => sum + tally.deals, 0);
  }

  #where(holds: (group: Group) => boolean): Map<string, Tally> {
    const sums = new Map<string, Tally>();
    for (const group of this.#groups)
      if (holds(group)) sums.set(group.currency, plus(sums.get(group.currency) ?? NOTHING, group.tally, 1));
    return sums;
  }
}

/**
 * Returns the sums of all deals; undefined if they are not kept: for a viewer from whom deals are hidden, of few deals,
 * and if many differ from the snapshot.
 */
export function standingOf({ state, viewer }: View, caches: Kept, isWorth = isWorthIt): Standing | undefined {
  const deals = state.table('deal');
  const { source } = deals;
  if (!seesAll(viewer) || source.name === undefined) return undefined;
  const rows = deals.differing(MOST_CHANGED);
  if (!rows || !isWorth(deals.rows, rows.length)) return undefined;
  const before = groupsOf(
    alone(
      state,
      rows.filter(row => row < source.rows).map(row => deals.recordInSource(row)),
    ),
  );
  const after = groupsOf(
    alone(
      state,
      rows.filter(row => deals.live(row)).map(row => deals.record(row)),
    ),
  );
  if (!before || !after) return undefined;
  const key = JSON.stringify([source.name, chancesSaid(state)]);
  const kept = caches.kept<readonly Saved[]>(NAME, key);
  if (kept) return new Standing(joined([kept.map(restored), 1], [before, -1], [after, 1]));
  const all = groupsOf(state);
  if (!all) return undefined;
  caches.keep(NAME, key, joined([all, 1], [before, 1], [after, -1]).map(saved));
  return new Standing(all);
}

/** The settings that decide how deals are weighted. */
const chancesSaid = ({ config }: State) =>
  config.pipelines.map(({ id, stages }) => [id, ...stages.map(stage => [stage.id, stage.probability])]);

/** Returns a state with some deals and nothing else. */
function alone({ config }: State, deals: readonly Rec[]): State {
  const sorted = [...deals].sort((a, b) => numberOf(a.id) - numberOf(b.id));
  return new State(
    {
      seq: 0,
      seqOf: () => 0,
      source: kind => new MemorySource(kind === 'deal' ? sorted : []),
      named: () => [],
      trash: () => [],
      next: () => 1,
    },
    config,
  );
}

/** Returns the sums of a state's deals; undefined if their expected closes are on too many days. */
function groupsOf(state: State): Group[] | undefined {
  const deals = state.table('deal');
  if (deals.rows === 0) return [];
  const statuses = deals.column('status') as CodeColumn;
  const days = new DayKeys(statuses, deals.column('expectedClose') as NumberColumn);
  const tallies = new Tallies(deals.blocks(), days, ownAmounts(state, chancesIn(state)));
  if (days.areTooMany) return undefined;
  const groups: Group[] = [];
  for (let key = 0; key < days.used; key++)
    for (const [code, currency] of tallies.currencies.entries())
      if (tallies.count(key, code) > 0)
        groups.push({ ...days.said(key), currency, tally: tallies.of(key, code) });
  return groups;
}

/** The keys of deals: a key for each status, and for open deals one for each day. */
class DayKeys implements TallyKeys {
  readonly #status: CodeColumn;
  readonly #close: NumberColumn;
  readonly #keys = new Map<number, number>();
  readonly #days: number[] = [];
  readonly #room = new Float64Array(BLOCK);
  areTooMany = false;

  constructor(status: CodeColumn, close: NumberColumn) {
    this.#status = status;
    this.#close = close;
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

  said(key: number): Pick<Group, 'status' | 'close'> {
    const day = this.#days[key - this.#statuses];
    if (day === undefined) return { status: this.#status.words[key - 1] ?? '', close: null };
    return { status: 'open', close: Number.isNaN(day) ? null : day };
  }

  of(row: number): number {
    const code = this.#status.get(row);
    return this.#status.words[code] === 'open' ? this.#ofDay(this.#close.get(row)) : code + 1;
  }

  fill(keys: Int32Array, rows: Int32Array): void {
    fillCodes(keys, rows, this.#status, 1);
    const open = this.#status.words.indexOf('open') + 1;
    if (open === 0) return;
    fillNumbers(this.#room, rows, this.#close);
    for (let i = 0; i < keys.length; i++) if (keys[i] === open) keys[i] = this.#ofDay(this.#room[i]!);
  }

  #ofDay(day: number): number {
    let key = this.#keys.get(day);
    if (key === undefined) {
      this.areTooMany ||= this.#days.length === MOST_DAYS;
      if (this.areTooMany) return -1;
      key = this.used;
      this.#keys.set(day, key);
      this.#days.push(day);
    }
    return key;
  }
}

/** Returns groups added up, some of them taken away. */
function joined(...parts: readonly (readonly [groups: readonly Group[], sign: 1 | -1])[]): Group[] {
  const all = new Map<string, Group>();
  for (const [groups, sign] of parts)
    for (const group of groups) {
      const key = JSON.stringify([group.status, group.currency, group.close]);
      all.set(key, { ...group, tally: plus(all.get(key)?.tally ?? NOTHING, group.tally, sign) });
    }
  return [...all.values()].filter(({ tally }) => tally.deals > 0);
}

const plus = (sum: Tally, tally: Tally, sign: 1 | -1): Tally => ({
  deals: sum.deals + sign * tally.deals,
  value: sum.value + BigInt(sign) * tally.value,
  weighted: sum.weighted + BigInt(sign) * tally.weighted,
  noProbability: sum.noProbability + sign * tally.noProbability,
});

/** A group as JSON has it. */
type Saved = readonly [
  status: string,
  currency: string,
  close: number | null,
  deals: number,
  value: string,
  weighted: string,
  noProbability: number,
];

const saved = ({ status, currency, close, tally }: Group): Saved => [
  ...([status, currency, close, tally.deals] as const),
  ...([String(tally.value), String(tally.weighted), tally.noProbability] as const),
];

const restored = ([status, currency, close, deals, value, weighted, noProbability]: Saved): Group => ({
  ...{ status, currency, close },
  tally: { deals, value: BigInt(value), weighted: BigInt(weighted), noProbability },
});
