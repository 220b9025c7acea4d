/** The visits of deals to stages, read from a journal in the order of its transactions, with plain objects. */
import { applyChange, type Change, idOf } from '../../src/domain/changes.ts';
import type { Deal } from '../../src/domain/records.ts';
import type { RandomTransaction } from './random-history.ts';

export interface NaiveVisit {
  readonly deal: number;
  readonly pipeline: string;
  readonly stage: string;
  readonly entered: number;
  left: number | null;
  how: 'still' | 'moved' | 'won' | 'lost' | 'removed';
  readonly tx: number;
}

interface Known {
  record: Deal | undefined;
  readonly addedBy: number;
  readonly isImported: boolean;
  isVoid: boolean;
  readonly visits: NaiveVisit[];
}

/** Only right of histories in which nothing is said later of an earlier time, but by imports of what they add. */
export function naiveVisits(transactions: readonly RandomTransaction[]): NaiveVisit[] {
  const deals = new Map<number, Known>();
  for (const tx of transactions) for (const change of tx.changes) take(deals, tx, change);
  return [...deals.entries()]
    .sort(([a], [b]) => a - b)
    .flatMap(([, { isVoid, visits }]) => (isVoid ? [] : visits));
}

function take(deals: Map<number, Known>, tx: RandomTransaction, change: Change): void {
  const deal = Number(idOf(change).slice(1));
  const known = deals.get(deal);
  const now = Date.parse(tx.at);
  const record = applyChange(known?.record, change, tx.at) as Deal | undefined;
  if (!known) {
    const isImported = change.why?.line !== undefined;
    deals.set(deal, {
      record,
      addedBy: tx.seq,
      isImported,
      isVoid: false,
      visits: [firstVisit(deal, tx, record!)],
    });
    return;
  }
  if (known.isVoid) {
    known.isVoid = false;
    known.record = record;
    return;
  }
  const before = known.record;
  known.record = record;
  const top = known.visits.at(-1)!;
  if (!record) {
    if (known.isImported && tx.undoes === known.addedBy) known.isVoid = true;
    else if (top.how === 'still') Object.assign(top, { how: 'removed', left: now });
    return;
  }
  if (!before) {
    if (record.status === 'open' && top.how === 'removed') Object.assign(top, { how: 'still', left: null });
    return;
  }
  if (before.stage === record.stage && before.pipeline === record.pipeline && before.status === record.status)
    return;
  if (tx.undoes !== undefined) takeBack(known.visits, tx.undoes);
  go(deal, known.visits, record, tx);
}

function firstVisit(
  deal: number,
  tx: RandomTransaction,
  { pipeline, stage, status, ...record }: Deal,
): NaiveVisit {
  const now = Date.parse(tx.at);
  const time = (text: string | undefined) => (text === undefined ? now : Date.parse(text));
  const { createdAt, stageSince, closedAt } = record;
  const said = { createdAt: time(createdAt), since: time(stageSince), closed: time(closedAt) };
  const entered = stageSince === createdAt ? Math.min(said.createdAt, said.closed) : said.since;
  const isOpen = status === 'open';
  return {
    deal,
    pipeline,
    stage,
    entered,
    left: isOpen ? null : said.closed,
    how: isOpen ? 'still' : status,
    tx: tx.seq,
  };
}

function takeBack(visits: NaiveVisit[], undone: number): void {
  while (visits.length > 1 && visits.at(-1)!.tx >= undone) {
    const { how, left } = visits.pop()!;
    const before = visits.at(-1)!;
    if (before.how === 'moved') Object.assign(before, { how, left });
  }
}

function go(deal: number, visits: NaiveVisit[], record: Deal, tx: RandomTransaction): void {
  const now = Date.parse(tx.at);
  const top = visits.at(-1)!;
  const { pipeline, stage, status } = record;
  if (status !== 'open') {
    if (top.how === 'still') Object.assign(top, { how: status, left: now });
    else if (tx.undoes === undefined || top.how === 'won' || top.how === 'lost') top.how = status;
    return;
  }
  const isThere = top.pipeline === pipeline && top.stage === stage;
  if (isThere && (top.how === 'still' || tx.undoes !== undefined)) {
    Object.assign(top, { how: 'still', left: null });
    return;
  }
  const since = Date.parse(record.stageSince!);
  // No visit begins before the one before it ended.
  const before = top.how === 'won' || top.how === 'lost' ? top.left! : top.entered;
  const entered = tx.undoes !== undefined && since >= before ? since : now;
  if (top.how === 'still') Object.assign(top, { how: 'moved', left: entered });
  visits.push({ deal, pipeline, stage, entered, left: null, how: 'still', tx: tx.seq });
}
