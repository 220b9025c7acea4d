/**
 * A remote: the journal that several machines share. Each machine keeps the whole of it as its local journal (a
 * replica), reads from that alone, and asks the remote for two things: what came after a number, and to put a
 * transaction at the next number if nobody has.
 *
 *     replica A                       remote                       replica B
 *     read(57) ------------------->   1 ... 57 58 59
 *     append(after 59, [60]) ----->   1 ... 60          committed
 *                                     1 ... 60       <-----------  append(after 59, [60])   conflict: read(59), decide again
 *     append(after 60, [61]) - - ->   ?                 unsure: put the same bytes again, until they are committed or refused
 *
 * What travels is bytes: those of the local journal, chain of hashes included. A remote neither makes nor changes
 * any, and every reader verifies them. Every remote passes the same suite (test/store/remotes/contract.ts).
 */
import { CrmError } from '../../domain/errors.ts';
import type { Tip } from '../journal/journal.ts';
import type { Sealed } from '../journal/sealed.ts';

/** The outcome of an append. */
export type Appended =
  /** All of the transactions are in the shared journal, durably. */
  | { readonly outcome: 'committed' }
  /** Somebody else has one of these numbers: read from `after.seq` on, and decide again. */
  | { readonly outcome: 'conflict' }
  /** The answer was lost: the transactions are there or not. Putting the same bytes again tells. `why` follows a colon. */
  | { readonly outcome: 'unsure'; readonly why: string };

/** The outcome of a redaction: `conflict` means that somebody appended meanwhile, and nothing was redacted. */
export type Redacted = 'redacted' | 'conflict';

export interface Remote {
  /** Returns the last shared transaction; seq 0 and an empty hash if there is none. Throws Unreached. */
  tip(): Promise<Tip>;
  /**
   * Returns at most `limit` transactions from number `after + 1` on, in order and without a gap: as they were appended, or
   * what purges left of them. Fewer than `limit` only if they are the last ones; none after the tip. Nothing is verified
   * but the numbers. Throws Unreached, and INVALID if the remote holds something that is not a journal.
   */
  read(after: number, limit: number): Promise<Sealed[]>;
  /**
   * Puts transactions at the numbers after `after`, each if nobody has; they are one or more, and follow each other.
   * All or none of them where the remote can do that; otherwise the first ones may be there after a conflict. The
   * same bytes at the same numbers are reported as committed again, so that an unsure caller may repeat the append.
   * Throws Unreached if nothing was sent; Refused, in the words of the remote, if it refuses for any reason but a
   * taken number.
   */
  append(after: Tip, transactions: readonly Sealed[]): Promise<Appended>;
  /**
   * Replaces transactions by what purges left of them, durably: numbers, `prev` and declared hashes stay. `tip` is
   * the last shared transaction as the caller knows it. Done again, it changes nothing. Throws INVALID, and changes
   * nothing, if one of the numbers has another hash there; Unreached and FAILED as `append`.
   */
  redact(tip: Tip, left: readonly Sealed[]): Promise<Redacted>;
  /**
   * Tries whether the home keeps the promises of this interface; throws FAILED if it does not. Called once, by `crm
   * remote add`. Left out if nothing has to be tried.
   */
  probe?(): Promise<void>;
  /**
   * Resolves if something may have come after `after`, after `milliseconds`, or when `stop` is aborted. Left out by remotes that
   * cannot tell: they are asked for their tip from time to time.
   */
  wait?(after: Tip, milliseconds: number, stop: AbortSignal): Promise<void>;
  /**
   * Has the appends of other machines wait for this one, for some seconds at most; returns what ends that. It is for fairness
   * alone: whoever decides slowly gets through beside others that write all the time. Left out by homes that know no turns.
   */
  turn?(): Promise<() => Promise<void>>;
  /** Closes connections and ends processes; nothing else is called afterwards. */
  close(): Promise<void>;
}

/**
 * The failure of a remote. Its words say what is wrong with the remote; the command adds the consequences (`saying`),
 * because a sync leaves changes where they are and a clone makes nothing.
 */
export class RemoteFailure extends CrmError {
  readonly #bare: string;

  constructor(bare: string, hint?: string, cause?: unknown, outcome?: string) {
    super('FAILED', outcome === undefined ? bare : `${bare}; ${outcome}`, hint, cause);
    this.#bare = bare;
  }

  /**
   * Returns the same failure with the consequences for the command, in place of earlier ones; left out: without any.
   */
  saying(outcome: string | undefined, hint: string | undefined = this.hint): RemoteFailure {
    return new (this.constructor as typeof RemoteFailure)(this.#bare, hint, this.cause, outcome);
  }
}

/** The remote could not be asked at all: nothing was written there. */
export class Unreached extends RemoteFailure {}

/** The remote answers but refuses: no right, no room, a rule of the host. */
export class Refused extends RemoteFailure {}

/** Returns the failure of a remote that cannot be reached, and why. */
export const unreached = (shown: string, reason: string, cause?: unknown): Unreached =>
  new Unreached(`${shown} cannot be reached: ${reason}`, 'try again', cause);

/**
 * Returns an error with the consequences for the command, if it is the failure of a remote; any other error
 * unchanged.
 */
export const saying = (error: unknown, outcome: string, hint?: string): unknown =>
  error instanceof RemoteFailure ? error.saying(outcome, hint) : error;
