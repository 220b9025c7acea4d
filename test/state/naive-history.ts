/** The past of deals, folded with plain objects: a list of times and values per field, and nothing else. */
import { type Change, idOf } from '../../src/domain/changes.ts';
import { dayNumber } from '../../src/domain/dates.ts';
import { minorUnits } from '../../src/domain/money.ts';
import type { Json } from '../../src/domain/records.ts';
import type { RandomTransaction } from './random-history.ts';

type Place = { readonly stage: string; readonly pipeline: string };
type Said = {
  place: Place;
  status: 'open' | 'won' | 'lost';
  isInTrash: boolean;
  owner: string | null;
  currency: string;
  units: number;
  close: number | null;
};
export type NaiveState = Readonly<Said>;
type Timeline<T> = { at: number; value: T }[];

export class NaiveDeal {
  readonly number: number;
  readonly created: number;
  readonly addedBy: number;
  readonly isImported: boolean;
  isVoid = false;
  readonly lines: { [name in keyof Said]: Timeline<Said[name]> };

  constructor(number: number, created: number, tx: number, isImported: boolean, said: Said) {
    this.number = number;
    this.created = created;
    this.addedBy = tx;
    this.isImported = isImported;
    this.lines = Object.fromEntries(
      Object.entries(said).map(([name, value]) => [name, [{ at: created, value }]]),
    ) as never;
  }

  put<K extends keyof Said>(name: K, at: number, value: Said[K]): void {
    this.lines[name].push({ at, value });
  }

  now<K extends keyof Said>(name: K): Said[K] {
    return this.lines[name].at(-1)!.value;
  }

  /** What it was like at an instant; undefined before it was made, and where the import that made it was undone. */
  state(at: number): NaiveState | undefined {
    if (this.isVoid || at < this.created) return undefined;
    return Object.fromEntries(
      Object.entries(this.lines).map(([name, line]) => [name, line.findLast(each => each.at <= at)?.value]),
    ) as unknown as NaiveState;
  }

  /** All instants at which something of it changed. */
  times(): number[] {
    return [...new Set(Object.values(this.lines).flatMap(line => line.map(({ at }) => at)))].sort(
      (a, b) => a - b,
    );
  }

  /** Closes it at a time, whatever was known of when it was closed. */
  close(time: number, now: number, status: 'won' | 'lost'): void {
    const line = this.lines.status;
    while (line.length > 1 && line.at(-1)!.value !== 'open') line.pop();
    if (line[0]!.value !== 'open' && line.length === 1) line[0] = { at: this.created, value: 'open' };
    let begin = line.length - 1;
    while (begin > 0 && line[begin - 1]!.value === 'open') begin--;
    this.put('status', Math.max(Math.min(time, now), line[begin]!.at), status);
  }
}

/** Folds a whole journal. */
export function naivePast(transactions: readonly RandomTransaction[]): Map<number, NaiveDeal> {
  const deals = new Map<number, NaiveDeal>();
  for (const tx of transactions) for (const change of tx.changes) takeIn(deals, tx, change);
  return deals;
}

type Record = { readonly [path: string]: Json | undefined };
const textOf = (value: Json | undefined) => (typeof value === 'string' ? value : undefined);
const closeOf = (value: Json | undefined) => (typeof value === 'string' ? dayNumber(value) : null);

function saidBy(record: Record): Said {
  const currency = record.currency as string;
  return {
    place: { stage: record.stage as string, pipeline: record.pipeline as string },
    status: record.status as Said['status'],
    isInTrash: false,
    owner: textOf(record.owner) ?? null,
    currency,
    units: minorUnits(record.value as string, currency),
    close: closeOf(record.expectedClose),
  };
}

function takeIn(deals: Map<number, NaiveDeal>, tx: RandomTransaction, change: Change): void {
  const number = Number(idOf(change).slice(1));
  const now = Date.parse(tx.at);
  const known = deals.get(number);
  if (!known) {
    if ('add' in change) deals.set(number, firstOf(number, tx, change.add, change.why?.line !== undefined));
    return;
  }
  if ('add' in change && known.isVoid) {
    known.isVoid = false;
    return;
  }
  if ('rm' in change && known.isImported && tx.undoes === known.addedBy) {
    known.isVoid = true;
    return;
  }
  // A clock that was put back does not put what came later before what was there.
  const at = Math.max(now, ...known.times());
  if ('rm' in change) known.put('isInTrash', at, true);
  else if ('add' in change)
    for (const [name, value] of Object.entries(saidBy(change.add)))
      known.put(name as keyof Said, at, value as never);
  else set(known, change.set, at, now, tx.undoes !== undefined);
}

function firstOf(number: number, tx: RandomTransaction, record: Record, isImported: boolean): NaiveDeal {
  const now = Date.parse(tx.at);
  const said = saidBy(record);
  const times = [record.createdAt, record.stageSince, record.closedAt].flatMap(value =>
    typeof value === 'string' ? Date.parse(value) : [],
  );
  const created = Math.min(now, ...times);
  const deal = new NaiveDeal(number, created, tx.seq, isImported, said);
  if (said.status !== 'open' && typeof record.closedAt === 'string')
    deal.close(Date.parse(record.closedAt), now, said.status);
  return deal;
}

function set(
  deal: NaiveDeal,
  values: { readonly [path: string]: readonly [Json, Json] },
  at: number,
  now: number,
  isUndo: boolean,
): void {
  const to = (path: string) => values[path]?.[1];
  const before = deal.now('status');
  // A change of what no list has is a change of the deal all the same.
  deal.put('owner', at, deal.now('owner'));
  if (values.stage || values.pipeline) {
    const place = deal.now('place');
    deal.put('place', at, {
      stage: textOf(to('stage')) ?? place.stage,
      pipeline: textOf(to('pipeline')) ?? place.pipeline,
    });
  }
  if (values.owner) deal.put('owner', at, textOf(to('owner')) ?? null);
  if (values.expectedClose) deal.put('close', at, closeOf(to('expectedClose')));
  if (values.currency) deal.put('currency', at, to('currency') as string);
  if (values.value) deal.put('units', at, minorUnits(to('value') as string, deal.now('currency')));
  const status = (textOf(to('status')) ?? before) as Said['status'];
  const closed = textOf(to('closedAt'));
  if (status === 'open' || before === 'open') {
    if (values.status && (status === 'open' || isUndo || closed === undefined))
      deal.put('status', at, status);
    else if (values.status && status !== 'open') deal.close(Date.parse(closed!), now, status);
    return;
  }
  if (!values.status && closed === undefined) return;
  let since = deal.lines.status.length - 1;
  while (since > 0 && deal.lines.status[since - 1]!.value !== 'open') since--;
  deal.close(closed === undefined ? deal.lines.status[since]!.at : Date.parse(closed), now, status);
}
