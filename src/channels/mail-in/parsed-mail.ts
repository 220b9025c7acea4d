/** A mail that came in, as plain data. Somebody else wrote everything in it. */

/** The most bytes of one mail; a larger one is listed and not read. Most servers take no more than this. */
export const LARGEST_MAIL = 25 << 20;

/** A person that a header names. */
export interface Party {
  readonly email: string;
  readonly name?: string;
}

export interface MailFile {
  readonly name: string;
  /** In bytes, decoded. */
  readonly size: number;
}

/** A server's report on a mail that it could not deliver to one recipient (RFC 3464). */
export interface DeliveryFailure {
  readonly recipient: string;
  /** An enhanced status code: `5.1.1`. */
  readonly status: string;
  /** What the server said. */
  readonly diagnostic?: string;
}

export interface DeliveryReport {
  /** The Message-IDs of the mail that was not delivered, with angle brackets. */
  readonly originals: readonly string[];
  readonly failures: readonly DeliveryFailure[];
}

/** Whether the bytes were a mail: a mail has at least one of the headers that every mail program writes. */
export const isMail = ({ from, to, cc, subject, sentAt, messageId }: ParsedMail): boolean =>
  (from ?? sentAt ?? messageId) !== undefined || to.length + cc.length > 0 || subject !== '';

export interface ParsedMail {
  readonly from?: Party;
  readonly to: readonly Party[];
  readonly cc: readonly Party[];
  /** On one line. */
  readonly subject: string;
  /** When it was sent, ms; the time of the newest Received header if the Date header is missing or broken. */
  readonly sentAt?: number;
  /** With angle brackets. */
  readonly messageId?: string;
  /** The Message-IDs of earlier mails of the thread, the nearest first. */
  readonly earlier: readonly string[];
  /** Whether a program sent it: an out-of-office note, a mailing list, a report. */
  readonly isAutomatic: boolean;
  readonly report?: DeliveryReport;
  /** The token of the message that the mail unsubscribes from. */
  readonly unsubscribeToken?: string;
  /** What its author wrote, without what it quotes. */
  readonly text: string;
  readonly files: readonly MailFile[];
  /** SHA-256 of its bytes with LF as line end, base64url. */
  readonly hash: string;
  /** SHA-256 of what the author sent, without headers that servers added: two copies of a mail have the same digest. */
  readonly digest: string;
  /** Why only a part of it could be read. */
  readonly damage?: string;
}
