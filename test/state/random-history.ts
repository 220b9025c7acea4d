/** Random histories of deals as transactions, such as commands, imports and undo make them. */
import { added } from '../added.ts';
import fc from 'fast-check';
import { applyChange, type Change, idOf } from '../../src/domain/changes.ts';
import { DAY, formatInstant } from '../../src/domain/dates.ts';
import { type Deal, type Json, type Rec, sameJson } from '../../src/domain/records.ts';

export interface RandomTransaction {
  readonly seq: number;
  readonly hash: string;
  readonly prev: string;
  readonly at: string;
  readonly changes: readonly Change[];
  readonly undoes?: number;
}

export interface RandomHistory {
  readonly transactions: readonly RandomTransaction[];
  /** The deals that there are at the end, by id, and those in the trash. */
  readonly deals: ReadonlyMap<string, Deal>;
  readonly trash: ReadonlyMap<string, Deal>;
  readonly now: number;
}

interface Step {
  readonly what: number;
  readonly deal: number;
  readonly pick: number;
  readonly hours: number;
}

export const START = Date.parse('2026-01-05T08:00:00Z');
const HOUR = DAY / 24;
const stages = ['new', 'talks', 'offer'];
const pipelines = ['sales', 'sales', 'sales', 'service'];
const owners = ['ana', 'bob', null];
const currencies = ['EUR', 'EUR', 'USD', 'JPY'];

const of = <T>(list: readonly T[], pick: number): T => list[pick % list.length]!;

/**
 * Makes histories; `isBackdated` lets closings and imports be of earlier times than their transactions, `isPlain` leaves
 * out imports, undo, and that a won deal was lost.
 */
export const randomHistory = ({
  isBackdated = true,
  isPlain = false,
  steps = 40,
} = {}): fc.Arbitrary<RandomHistory> =>
  fc
    .array(
      fc.record({
        what: fc.nat(23),
        deal: fc.nat(5),
        pick: fc.nat(2 ** 20),
        // The clock was put back now and then.
        hours: fc.oneof(
          { weight: 9, arbitrary: fc.nat(200) },
          { weight: 1, arbitrary: fc.integer({ min: isBackdated ? -30 : 0, max: 0 }) },
        ),
      }),
      { minLength: 1, maxLength: steps },
    )
    .map(list => made(list, isBackdated, isPlain));

/** Steps that import and undo. */
const notPlain = [3, 4, 5, 6, 7];

class Making {
  readonly alive = new Map<string, Deal>();
  readonly trash = new Map<string, Deal>();
  readonly transactions: RandomTransaction[] = [];
  /** Since when each deal was in its stage before a transaction: `seq id`. */
  readonly sinceBefore = new Map<string, string>();
  readonly isPlain: boolean;
  next = 1;
  now = START;

  constructor(isPlain: boolean) {
    this.isPlain = isPlain;
  }

  get at(): string {
    return formatInstant(this.now);
  }

  commit(changes: readonly Change[], undoes?: number): void {
    if (changes.length === 0) return;
    const seq = this.transactions.length + 1;
    for (const change of changes) {
      const id = idOf(change);
      const before = this.alive.get(id);
      if (before && !this.sinceBefore.has(`${seq} ${id}`))
        this.sinceBefore.set(`${seq} ${id}`, before.stageSince!);
      const after = applyChange(before, change, this.at) as Deal | undefined;
      if (after) this.alive.set(id, after);
      else this.alive.delete(id);
      if ('rm' in change) this.trash.set(id, change.rm as Deal);
      else if ('add' in change) this.trash.delete(id);
    }
    const prev = this.transactions.at(-1)?.hash ?? '';
    this.transactions.push({
      seq,
      hash: `hash ${seq}`,
      prev,
      at: this.at,
      changes,
      ...(undoes && { undoes }),
    });
  }

  /** A deal that is there; undefined where there is none. */
  deal(step: Step): Deal | undefined {
    return [...this.alive.values()][step.deal % Math.max(1, this.alive.size)];
  }
}

const setTo = (deal: Deal, fields: { readonly [path: string]: Json }): Change[] => {
  const set = Object.fromEntries(
    Object.entries(fields).flatMap(([path, value]) =>
      sameJson(deal[path] ?? null, value) ? [] : [[path, [deal[path] ?? null, value] as const]],
    ),
  );
  return Object.keys(set).length === 0 ? [] : [{ kind: 'deal', id: deal.id, set }];
};

const money = (pick: number, currency: string) => `${pick % 1000}${currency === 'JPY' ? '' : '.50'}`;

function made(list: readonly Step[], isBackdated: boolean, isPlain: boolean): RandomHistory {
  const making = new Making(isPlain);
  for (const step of list) {
    if (isPlain && notPlain.includes(step.what)) continue;
    making.now += step.hours * HOUR;
    take(making, step, isBackdated);
  }
  const { transactions, alive: deals, trash } = making;
  const now = Math.max(making.now, ...transactions.map(tx => Date.parse(tx.at))) + HOUR;
  return { transactions, deals, trash, now };
}

function take(making: Making, step: Step, isBackdated: boolean): void {
  const { what, pick } = step;
  const deal = making.deal(step);
  if (what < 3) making.commit([added(freshOf(making, step) as Rec)]);
  else if (what < 6) making.commit(imported(making, step, isBackdated));
  else if (what < 8) undo(making, what === 6 ? 0 : pick % 4);
  else if (what === 8) {
    const record = [...making.trash.values()][pick % Math.max(1, making.trash.size)];
    if (record) making.commit([added(record)]);
  } else if (deal && what === 9) making.commit([{ kind: 'deal', id: deal.id, rm: deal }]);
  else if (deal) making.commit(changed(making, deal, step, isBackdated));
}

function changed(making: Making, deal: Deal, { what, pick }: Step, isBackdated: boolean): Change[] {
  const closedAt =
    isBackdated && pick % 3 === 0 ? formatInstant(making.now - (pick % 300) * HOUR) : making.at;
  const isOpen = deal.status === 'open';
  switch (what) {
    case 10:
    case 11:
    case 12:
      return setTo(deal, { stage: of(stages, pick), pipeline: of(pipelines, pick >> 4) });
    case 13:
      return isOpen ? setTo(deal, { status: 'won', closedAt, stage: of(stages, pick) }) : [];
    case 14:
      return isOpen ? setTo(deal, { status: 'won', closedAt, value: money(pick, deal.currency) }) : [];
    case 15:
      // A lost deal that was won is known to have been lost since then: that is said of an earlier time.
      if (!isOpen && making.isPlain) return [];
      return setTo(deal, { status: 'lost', ...(isOpen && { closedAt }) });
    case 16:
    case 17:
      return isOpen ? [] : setTo(deal, { status: 'open', closedAt: null });
    case 18: {
      const currency = of(currencies, pick);
      return setTo(deal, { currency, value: money(pick, currency) });
    }
    case 19:
      return setTo(deal, { owner: of(owners, pick) });
    case 20:
      return setTo(deal, {
        expectedClose: pick % 4 === 0 ? null : formatInstant(START + (pick % 200) * DAY).slice(0, 10),
      });
    case 21:
      return isOpen || !isBackdated ? [] : setTo(deal, { closedAt });
    case 22:
      return setTo(deal, { title: `T${pick}` });
    default:
      return setTo(deal, { value: money(pick, deal.currency) });
  }
}

const freshOf = (making: Making, { pick }: Step) => {
  const currency = of(currencies, pick >> 3);
  return {
    id: `D${making.next++}`,
    title: 'Chairs',
    value: money(pick, currency),
    currency,
    pipeline: of(pipelines, pick >> 5),
    stage: of(stages, pick >> 7),
    status: 'open',
    ...(of(owners, pick) && { owner: of(owners, pick)! }),
    ...(pick % 3 === 0 && { expectedClose: formatInstant(START + (pick % 200) * DAY).slice(0, 10) }),
  };
};

/** Rows of a file: new deals, which may say when they were made, entered their stage and were closed. */
function imported(making: Making, step: Step, isBackdated: boolean): Change[] {
  return Array.from({ length: 1 + (step.pick % 3) }, (_, i) => {
    const pick = step.pick + 7 * i;
    const created = making.now - (200 + (pick % 700)) * HOUR;
    const since = created + (pick % 150) * HOUR;
    const status = of(['open', 'won', 'lost', 'open'], pick >> 2);
    const closed = isBackdated ? created + (pick % 190) * HOUR : Math.max(since, created) + HOUR;
    const add = {
      ...freshOf(making, { ...step, pick }),
      status,
      ...(pick % 4 !== 0 && { createdAt: formatInstant(created) }),
      ...(pick % 5 !== 0 && pick % 4 !== 0 && { stageSince: formatInstant(since) }),
      ...(status !== 'open' && { closedAt: formatInstant(closed) }),
    };
    return added(add as Rec, { line: i + 2 });
  });
}

/** Takes back the transaction that is so many before the last one, as `crm undo` does. */
function undo(making: Making, back: number): void {
  const tx = making.transactions[making.transactions.length - 1 - back];
  if (!tx) return;
  const changes: Change[] = [];
  for (const change of [...tx.changes].reverse()) {
    const id = idOf(change);
    const now = making.alive.get(id);
    if ('add' in change) {
      const first = applyChange(undefined, change, tx.at)!;
      const same =
        now &&
        Object.keys({ ...now, ...first }).every(
          key => /At$|Since$/.test(key) || sameJson(now[key], first[key]),
        );
      if (now && same) changes.push({ kind: 'deal', id, rm: now });
    } else if ('rm' in change) {
      if (!now) changes.push(added(change.rm));
    } else if (now) {
      const back: { [path: string]: readonly [Json, Json] } = {};
      for (const [path, [old, value]] of Object.entries(change.set))
        if (path !== 'stageSince' && sameJson(now[path] ?? null, value)) back[path] = [value, old];
      if (back.closedAt && !back.status && now.status === 'open') delete back.closedAt;
      if (back.stage)
        back.stageSince = [now.stageSince!, making.sinceBefore.get(`${tx.seq} ${id}`) ?? now.stageSince!];
      if (Object.keys(back).length > 0) changes.push({ kind: 'deal', id, set: back });
    }
  }
  making.commit(changes, tx.seq);
}
