/**
 * The changes since some time, the last transaction first, without what the past of deals says of them anyway: of the
 * lines of an import of 100,000 deals none is made an object.
 */
import { type Change, isRestored, type Transaction } from '../domain/changes.ts';
import { type Kinds, numberOf } from '../domain/kinds.ts';
import { definitionOf } from '../kinds/define.ts';
import { Backwards } from '../state/backwards.ts';
import {
  ADDED,
  CHANGED,
  type DealSaid,
  SAYS_CLOSED,
  SAYS_CLOSING,
  SAYS_MORE,
  SAYS_UPDATED,
} from '../state/deal-said.ts';
import type { FormerDeals } from '../state/former-deals.ts';
import { DealLines, READ, UNUSUAL } from './deal-lines.ts';
import { changeIn } from './encoding.ts';
import type { LineTaker } from './journal-lines.ts';

/** Changes are since then of transactions after `seq`, and of those after the instant `until`. */
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
  /** The changes of the transaction at hand, in order. */
  #changes: Change[] = [];
  #seq = 0;

  /** Takes the changes since some time, at which `deals` are the deals. */
  constructor(kinds: Kinds, time: Since, deals: FormerDeals) {
    this.#kinds = kinds;
    this.#time = time;
    this.#deals = deals;
  }

  wants({ seq, at }: Pick<Transaction, 'seq' | 'at'>): boolean {
    const { seq: last, until } = this.#time;
    return seq > last || (until !== undefined && Date.parse(at) > until);
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

  /** Returns what was changed, after the last transaction. */
  result(): Backwards {
    this.begin({ seq: 0 });
    return this.#since;
  }

  lines(bytes: Buffer, end: number): void {
    const lines = this.#lines;
    for (let start = 0; start < end; ) {
      const found = lines.read(bytes, start);
      if (found === UNUSUAL || (found === READ ? this.#isWanted(lines.said) : isOfRecord(bytes, start))) {
        const change = changeIn(this.#kinds, bytes.toString('utf8', start, lines.at), this.#seq);
        if (change) this.#note(change);
      }
      start = lines.at + 1;
    }
  }

  /** Whether a change of a deal may say more than its past does. */
  #isWanted({ sort, deal, says }: DealSaid): boolean {
    if (sort === ADDED) return (says & SAYS_UPDATED) !== 0;
    if (sort !== CHANGED || (says & SAYS_MORE) !== 0) return true;
    return (
      ((says & SAYS_CLOSED) !== 0 && this.#deals.followsChanges(deal, 'closedAt', this.#seq)) ||
      ((says & SAYS_CLOSING) !== 0 && this.#deals.followsChanges(deal, 'closedStage', this.#seq))
    );
  }

  #note(change: Change): void {
    const number = this.#numberOfDeal(change);
    if (number === undefined) this.#changes.push(change);
    // A deal that was there then was not added later: an import said now that it was made before.
    else if ('add' in change ? isRestored(change) : !('set' in change)) this.#changes.push(change);
    else if ('set' in change) {
      const set = Object.entries(change.set).filter(([path]) =>
        this.#deals.followsChanges(number, path, this.#seq),
      );
      if (set.length > 0) this.#changes.push({ ...change, set: Object.fromEntries(set) });
    }
  }

  /** The number of a deal; undefined of any other record. */
  #numberOfDeal({ kind, id }: Change): number | undefined {
    return this.#kinds.has(kind) && definitionOf(this.#kinds, kind).inPipelines ? numberOf(id) : undefined;
  }
}

const FILE = Buffer.from('{"kind":"file"');
const CURSOR = Buffer.from('{"kind":"cursor"');

/** Whether a line is not of what has a name instead of a number, which stays as it is now. */
const isOfRecord = (bytes: Buffer, start: number): boolean =>
  !bytes.subarray(start, start + FILE.length).equals(FILE) &&
  !bytes.subarray(start, start + CURSOR.length).equals(CURSOR);
