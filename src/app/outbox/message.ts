/** A message as delivery sees it: a record that a rule queued, and what became of it. */
import type { MailKind } from '../../domain/automation.ts';
import type { Why } from '../../domain/changes.ts';
import type { Rec } from '../../domain/records.ts';
import type { State } from '../../state/state.ts';
import { compileText } from '../../query/compile.ts';
import { View } from '../core/view.ts';
import type { Clock } from '../../domain/clock.ts';
import { SWEEPER } from '../../domain/sweeper.ts';

/** The states of a message, of which the first three are still under way. */
export type MessageStatus =
  | 'queued'
  | 'sending'
  | 'held'
  | 'sent'
  | 'filed'
  | 'failed'
  | 'unknown'
  | 'suppressed'
  | 'cancelled';

/** Which brake holds a message. */
export type Hold = 'age' | 'trust' | 'many' | 'twice' | 'copy' | 'file';

export interface Message extends Rec {
  /**
   * `bcc` is a copy of an e-mail, for the address that `mail: bcc` names; `notify-mail` and `notify-desktop` say what a
   * notification says, to a user who wants that.
   */
  readonly channel: 'email' | 'bcc' | 'notify' | 'notify-mail' | 'notify-desktop' | 'webhook' | 'run';
  readonly status: MessageStatus;
  readonly to: string;
  readonly subject?: string;
  readonly body?: string;
  readonly template?: string;
  readonly contact?: string;
  readonly account?: string;
  readonly deal?: string;
  readonly task?: string;
  /** The e-mail that a `bcc` is a copy of. */
  readonly copyOf?: string;
  /** The record as a webhook or command gets it: the same at each attempt. */
  readonly payload?: string;
  /** Why the e-mail is written; left out: one-to-one. */
  readonly kind?: MailKind;
  /** Paths below `files/`. */
  readonly attachments?: readonly string[];
  readonly replyTo?: string;
  readonly inReplyTo?: string;
  /** Message-IDs, with blanks between. */
  readonly references?: string;
  /** The event of the form whose submission the recipient confirms by the link in the mail. */
  readonly confirms?: string;
  /** The files that it is sent with: `HASH files/price-list.pdf`. */
  readonly noted?: readonly string[];
  /** Where the values are in the body, as `readInserted` reads it. */
  readonly inserted?: string;
  readonly automation?: string;
  readonly enrolment?: string;
  readonly step?: string;
  readonly key?: string;
  readonly attempts?: number;
  readonly messageId?: string;
  readonly token?: string;
  readonly serverId?: string;
  readonly sentAt?: string;
  readonly reason?: string;
  readonly nextAt?: string;
  readonly hold?: Hold;
  readonly releasedAt?: string;
  readonly sender?: string;
  readonly badAddress?: boolean;
}

/** Returns the messages that a query finds, in order of their ids. */
export function messagesIn(state: State, clock: Clock, query: string): Message[] {
  const table = state.table('message');
  if (table.rows === 0) return [];
  const view = new View(state, { user: SWEEPER, role: 'admin' }, clock);
  return Array.from(
    view.rows(compileText(query, 'message', state.config)),
    row => table.record(row) as Message,
  );
}

/**
 * Says whose work a change of a message is: its enrolment's, and no person's. What a rule starts when its mail is sent is
 * its own doing, so that two rules cannot start each other over and over.
 */
export const whyOf = ({ automation, enrolment, step }: Message): Why | undefined =>
  automation === undefined
    ? undefined
    : { automation, ...(step && { step }), ...(enrolment && { enrolment }) };

/** Whether a message is a webhook or a command, whose duration others decide. */
export const isCall = ({ channel }: Message): boolean => channel === 'webhook' || channel === 'run';

/** Whether a message is an e-mail to its recipient, and not a copy of one. */
export const isMail = ({ channel }: Message): boolean => channel === 'email' || channel === 'notify-mail';
/** Returns the message with a token, which only its recipient knows; undefined if no message has it. */
export function messageWithToken(state: State, token: string): Message | undefined {
  const table = state.table('message');
  if (table.rows === 0) return undefined;
  const row = table.find('token', token).find(each => table.record(each).token === token);
  return row === undefined ? undefined : (table.record(row) as Message);
}
