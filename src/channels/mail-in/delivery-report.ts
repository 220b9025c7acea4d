/** Reads delivery status notifications (RFC 3464): which mail did not reach which recipient, and why. */
import type { DeliveryFailure, DeliveryReport } from './parsed-mail.ts';

/** A part of a mail. */
export interface Part {
  readonly mimeType: string;
  readonly content: Uint8Array;
}

/** The most bytes that are read of a report, and of the headers of the mail that it returns. */
const MOST = 64 << 10;
/** The most recipients of one report. */
const MOST_RECIPIENTS = 100;
/** The most characters that are kept of a server's reply. */
const MOST_DIAGNOSTIC = 500;

const reports = new Set(['message/delivery-status', 'message/global-delivery-status']);
const originals = new Set([
  'message/rfc822',
  'message/global',
  'message/rfc822-headers',
  'text/rfc822-headers',
  'message/global-headers',
]);

/** Returns the failure that the parts of a mail report; undefined if none of them reports one. */
export function deliveryReportIn(parts: readonly Part[]): DeliveryReport | undefined {
  const failures = parts
    .filter(({ mimeType }) => reports.has(mimeType))
    .flatMap(({ content }) => failuresIn(textOf(content)))
    .slice(0, MOST_RECIPIENTS);
  if (failures.length === 0) return undefined;
  const ids = parts
    .filter(({ mimeType }) => originals.has(mimeType))
    .flatMap(({ content }) => fieldsIn(textOf(content).split(/\n[ \t]*\n/)[0]!).get('message-id') ?? []);
  return { originals: ids.flatMap(messageIdsIn), failures };
}

/** Returns the Message-IDs in the value of a header, with angle brackets, each once. */
export const messageIdsIn = (value: string): string[] => [...new Set(value.match(/<[^<>\s]{1,250}>/g) ?? [])];

const textOf = (content: Uint8Array): string =>
  new TextDecoder().decode(content.subarray(0, MOST)).replace(/\r\n?/g, '\n');

/** Splits a report into its blocks of fields: one for the mail, then one for each recipient. */
function failuresIn(text: string): DeliveryFailure[] {
  return text.split(/\n[ \t]*\n/).flatMap(block => {
    const fields = fieldsIn(block);
    const recipient = addressIn(fields.get('original-recipient')) ?? addressIn(fields.get('final-recipient'));
    const status = /^\s*([245]\.\d{1,3}\.\d{1,3})\b/.exec(fields.get('status') ?? '')?.[1];
    if (recipient === undefined || status === undefined) return [];
    if (!/^\s*failed\b/i.test(fields.get('action') ?? '')) return [];
    const diagnostic = fields.get('diagnostic-code')?.trim().slice(0, MOST_DIAGNOSTIC);
    return { recipient, status, ...(diagnostic && { diagnostic }) };
  });
}

/** `rfc822; jane@example.com` */
const addressIn = (value: string | undefined): string | undefined =>
  /^\s*(?:rfc822|utf-8)\s*;\s*<?([^\s<>]+@[^\s<>]+?)>?\s*$/i.exec(value ?? '')?.[1];

/** The fields of a block by name in lower case, folded lines joined; the first of each name. */
function fieldsIn(block: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of block.replace(/\n[ \t]+/g, ' ').split('\n')) {
    const at = line.indexOf(':');
    const name = line.slice(0, Math.max(at, 0)).trim().toLowerCase();
    if (name !== '' && !fields.has(name)) fields.set(name, line.slice(at + 1));
  }
  return fields;
}
