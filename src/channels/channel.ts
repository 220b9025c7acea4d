/**
 * The interface of every way out of the workspace: a channel takes one message for one recipient, tries once, and
 * answers what became of it. A channel knows no workspace: it is made with what it needs (a server, a directory, a
 * secret). A channel never tries again by itself, never rejects, and answers `unknown` if it cannot tell whether the
 * message left.
 */
import type { Json } from '../domain/records.ts';

export interface Channel {
  /**
   * Prepares the channel: connects, logs in. Returns why nothing can leave (`channel-down`); undefined if it is ready. Left
   * out: there is nothing to prepare. Called before each message, so an open connection is kept.
   */
  ready?(abort: AbortSignal): Promise<Answer | undefined>;
  /** Tries once. After `abort` it ends as soon as it can say what became of the message. */
  send(message: Outgoing, abort: AbortSignal): Promise<Answer>;
  /** Gives up what it holds, such as connections. Called once, after the last message. */
  close?(): Promise<void>;
}

/** The outcome of one attempt. */
export interface Answer {
  /**
   * `sent`: somebody else accepted it. `filed`: it is in a file here. `failed`: it can never be sent as it is.
   * `temporary`: this recipient may accept it later. `channel-down`: nothing can leave by this channel now, and this
   * message did not; no attempt is counted. `unknown`: it may have left.
   */
  readonly outcome: 'sent' | 'filed' | 'failed' | 'temporary' | 'channel-down' | 'unknown';
  /** Why, in words for a person: a sentence without a full stop. Of all but `sent` and `filed`. */
  readonly reason?: string;
  /** What a person can do about it. */
  readonly hint?: string;
  /** The literal answer of the other side; at most 4 KB. Never a secret. */
  readonly response?: string;
  /** The id that the other side gave the message, or the name of its file. */
  readonly serverId?: string;
  /** For `temporary`: milliseconds after which the other side wants it again. */
  readonly retryAfter?: number;
  /**
   * For `failed`: whether the address itself is bad (5.1.1, 5.1.2, 5.1.3, 5.1.6, 5.1.10, 5.2.1), and gets nothing
   * more.
   */
  readonly isAddressBad?: true;
}

/** One message for one recipient. */
export type Outgoing = Mail | Notice | Call | Command;

interface Common {
  /** The record: `M12`. */
  readonly id: string;
  /** The Idempotency-Key: the same at each attempt, and different for every other message. */
  readonly key: string;
  /** From 1. */
  readonly attempt: number;
  /** The time of the attempt, ms: the Date of a mail, the time that a signature covers. */
  readonly at: number;
}

/** An e-mail: one envelope. */
export interface Mail extends Common {
  readonly channel: 'email';
  /** The sender's address with a name: `Acme Sales <sales@example.com>`. */
  readonly from: string;
  /** The one recipient: exactly one addr-spec. */
  readonly to: string;
  /** For a copy: the addr-spec of the envelope, instead of the one that `to` shows. */
  readonly envelope?: string;
  readonly replyTo?: string;
  readonly subject: string;
  /** With its angle brackets; the same at each attempt. */
  readonly messageId: string;
  /** Further headers, each on one line: Auto-Submitted, In-Reply-To, References, List-Unsubscribe. */
  readonly headers: { readonly [name: string]: string };
  readonly text: string;
  readonly html?: string;
  readonly attachments?: readonly Attachment[];
}

export interface Attachment {
  readonly name: string;
  readonly content: Uint8Array;
  /** Of an image in the HTML part: what `cid:` names. */
  readonly contentId?: string;
}

/** A notification of a user. */
export interface Notice extends Common {
  readonly channel: 'notify';
  /** The user's id. */
  readonly to: string;
  readonly text: string;
}

/** A POST of JSON. */
export interface Call extends Common {
  readonly channel: 'webhook';
  readonly url: string;
  readonly body: string;
}

/** A program with its arguments, and what it reads on standard input. */
export interface Command extends Common {
  readonly channel: 'run';
  readonly argv: readonly string[];
  readonly input: Json;
}
