/** What became of mails that came in: counts for people and scripts. */
import type { ParsedMail } from '../../channels/mail-in/parsed-mail.ts';
import type { CrmError } from '../../domain/errors.ts';
import type { FromUnknown } from './unknown-senders.ts';

/** A mail that could not be taken in. */
export interface Unread {
  /** Where it comes from: a file or a Message-ID. */
  readonly name: string;
  readonly error: string;
}

/** Two different mails with the same Message-ID. */
export interface SameId {
  /** The activity of the second one. */
  readonly activity: string;
  readonly sameIdAs: string;
}

export interface Ingested {
  /** Mails that became activities. */
  readonly recorded: number;
  /** How many of these activities answer a message of ours. */
  readonly replies: number;
  /** Reports that a message of ours did not arrive. */
  readonly bounces: number;
  readonly unsubscribed: number;
  /** Mails of senders that are not contacts. */
  readonly unknown: number;
  /** Mails that were taken in before. */
  readonly known: number;
  /** Mails that concern nobody outside, and reports of mails that are not ours. */
  readonly ignored: number;
  readonly contacts: readonly string[];
  readonly deals: readonly string[];
  readonly sameId: readonly SameId[];
  readonly failed: readonly Unread[];
  readonly tx: readonly number[];
}

export const noneIngested: Ingested = {
  recorded: 0,
  replies: 0,
  bounces: 0,
  unsubscribed: 0,
  unknown: 0,
  known: 0,
  ignored: 0,
  contacts: [],
  deals: [],
  sameId: [],
  failed: [],
  tx: [],
};

type Counted = 'recorded' | 'replies' | 'bounces' | 'unsubscribed' | 'known' | 'ignored';

/** What the batch at hand has done so far, before it is committed. */
export class BatchOutcome {
  readonly #counts = new Map<Counted, number>();
  readonly #failed: Unread[] = [];
  readonly contacts: string[] = [];
  readonly deals: string[] = [];
  readonly sameId: SameId[] = [];
  readonly unknown: FromUnknown[] = [];
  /** The addresses whose senders are contacts now. */
  readonly becameKnown: string[] = [];

  count(what: Counted): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }

  /** Returns a mark: how much is noted so far. */
  mark(): readonly number[] {
    return this.#lists.map(({ length }) => length);
  }

  /** Takes back what was noted since a mark. Counts are added last, when nothing can fail any more. */
  revert(mark: readonly number[]): void {
    for (const [i, length] of mark.entries()) this.#lists[i]!.length = length;
  }

  get #lists(): readonly unknown[][] {
    return [this.contacts, this.deals, this.sameId, this.unknown, this.becameKnown];
  }

  fail(mail: ParsedMail, { message, hint }: CrmError): void {
    const error = hint === undefined ? message : `${message} (${hint})`;
    this.#failed.push({ name: mail.messageId ?? mail.subject, error });
  }

  /** Returns counts with those of this batch. */
  addedTo(before: Ingested, tx: number | null): Ingested {
    const sum = (what: Counted) => before[what] + (this.#counts.get(what) ?? 0);
    return {
      recorded: sum('recorded'),
      replies: sum('replies'),
      bounces: sum('bounces'),
      unsubscribed: sum('unsubscribed'),
      unknown: before.unknown + this.unknown.length,
      known: sum('known'),
      ignored: sum('ignored'),
      contacts: [...before.contacts, ...this.contacts],
      deals: [...before.deals, ...this.deals],
      sameId: [...before.sameId, ...this.sameId],
      failed: [...before.failed, ...this.#failed],
      tx: tx === null ? before.tx : [...before.tx, tx],
    };
  }
}
