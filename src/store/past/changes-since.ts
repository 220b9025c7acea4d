/**
 * Collects the changes since a time, the last transaction first, without those that the past of deals already has:
 * for an import of 100,000 deals, no line is parsed into an object.
 */
import { type Change, isRestored, type Transaction } from '../../domain/changes.ts';
import { type Kinds, numberOf } from '../../domain/kinds.ts';
import { definitionOf } from '../../kinds/define.ts';
import { Backwards } from '../../state/backwards.ts';
import { type DealSaid, SAYS_CLOSED, SAYS_CLOSING } from '../../state/deal-said.ts';
import type { FormerDeals } from '../../state/former-deals.ts';
import { DealLines } from './deal-lines.ts';
import { changeIn } from '../lines/encoding.ts';
import type { LineTaker } from '../journal/journal-lines.ts';
import type { Known } from '../lines/line-window.ts';
import { CLOSES, UNTOLD, untoldIn } from './untold.ts';

/** Where the changes begin: with transactions after `seq`, and with those after the instant `until`. */
export interface Since {
  readonly seq: number;
  readonly until?: number;
}

export class ChangesSince implements LineTaker {
  readonly #kinds: Kinds;
  readonly #time: Since;
  readonly #deals: FormerDeals;
  readonly #since = new Backwards();
  readonly #lines = new DealLines(() => 0);
  /** The changes of the current transaction, in order. */
  #changes: Change[] = [];
  #seq = 0;

  /** Begins to collect the changes since a time, when `deals` were the deals. */
  constructor(kinds: Kinds, time: Since, deals: FormerDeals) {
    this.#kinds = kinds;
    this.#time = time;
    this.#deals = deals;
  }

  wants({ seq, at }: Pick<Transaction, 'seq' | 'at'>): boolean {
    const { seq: last, until } = this.#time;
    return seq > last || (until !== undefined && Date.parse(at) > until);
  }

  /** Large transactions are known of which the past has nearly everything, and of which no closing of a deal is asked for. */
  knows(seq: number): Known | undefined {
    const told = this.#deals.told.get(seq);
    return told?.closings && this.#deals.followsClosings(...told.closings) ? undefined : told;
  }

  begin({ seq }: Pick<Transaction, 'seq'>): void {
    this.#since.take(this.#changes);
    this.#changes = [];
    this.#seq = seq;
  }

  take({ seq, changes }: Pick<Transaction, 'seq' | 'changes'>): void {
    this.begin({ seq });
    for (const change of changes) this.#note(change);
  }

  /** Returns the changes; called after the last transaction. */
  result(): Backwards {
    this.begin({ seq: 0 });
    return this.#since;
  }

  lines(bytes: Buffer, end: number): void {
    const lines = this.#lines;
    for (let start = 0; start < end; ) {
      const untold = untoldIn(lines.read(bytes, start), lines.said, bytes, start);
      if (untold === UNTOLD || (untold === CLOSES && this.#followsClosing(lines.said))) {
        const change = changeIn(this.#kinds, bytes.toString('utf8', start, lines.at), this.#seq);
        if (change) this.#note(change);
      }
      start = lines.at + 1;
    }
  }

  #followsClosing({ deal, says }: DealSaid): boolean {
    return (
      ((says & SAYS_CLOSED) !== 0 && this.#deals.followsChanges(deal, 'closedAt', this.#seq)) ||
      ((says & SAYS_CLOSING) !== 0 && this.#deals.followsChanges(deal, 'closedStage', this.#seq))
    );
  }

  #note(change: Change): void {
    const number = this.#numberOfDeal(change);
    if (number === undefined) this.#changes.push(change);
    // The deal existed then although it was added later: an import gave it an earlier creation date.
    else if ('add' in change ? isRestored(change) : !('set' in change)) this.#changes.push(change);
    else if ('set' in change) {
      const set = Object.entries(change.set).filter(([path]) =>
        this.#deals.followsChanges(number, path, this.#seq),
      );
      if (set.length > 0) this.#changes.push({ ...change, set: Object.fromEntries(set) });
    }
  }

  /** Returns the number of a deal; undefined for any other record. */
  #numberOfDeal({ kind, id }: Change): number | undefined {
    return this.#kinds.has(kind) && definitionOf(this.#kinds, kind).inPipelines ? numberOf(id) : undefined;
  }
}
