/** Decides on one mail, and writes what follows from it. */
import type { ParsedMail, Party } from '../../channels/mail-in/parsed-mail.ts';
import type { Writer } from '../core/writer.ts';
import { newFields } from '../records/given-fields.ts';
import { type Belonging, belongingOf } from './belonging.ts';
import type { BatchOutcome } from './ingested.ts';
import { takeReport, takeUnsubscription } from './not-delivered.ts';
import type { Ours } from './own-addresses.ts';
import { knownMail, recordMail, timeOf } from './record-mail.ts';

export interface IngestOptions {
  /** Makes contacts of unknown senders. */
  readonly createContacts?: boolean;
  /** Makes a deal in this pipeline of each conversation that has none. */
  readonly createDeals?: string | undefined;
  /** Makes contacts and deals from automatic mails too: a person chose these senders one by one. */
  readonly evenAutomatic?: boolean;
}

/** What is the same for all mails of a batch. */
export interface Ground {
  readonly ours: Ours;
  /** The external ids of mails in the trash. */
  readonly removed: ReadonlySet<string>;
}

/** The most characters of a title that is made from a subject. */
const LONGEST_TITLE = 200;

/** Takes one mail in, and notes in `outcome` what became of it. Throws FAILED or USAGE if a record cannot be made. */
export function takeMail(
  writer: Writer,
  mail: ParsedMail,
  { ours, removed }: Ground,
  options: IngestOptions,
  outcome: BatchOutcome,
): void {
  const known = knownMail(writer.draft.state, mail, removed);
  const found = belongingOf(writer, ours, mail);
  const settled = settledAs(writer, mail) ?? (known === 'known' ? known : undefined);
  if (settled !== undefined || known === 'known' || found.isInternal) {
    outcome.count(settled ?? 'ignored');
    return;
  }
  const belonging = withMade(writer, mail, found, options, outcome);
  if (belonging.deal === undefined && belonging.contact === undefined) {
    const { email, name } = found.other!;
    outcome.unknown.push({ mail, email, name, at: timeOf(mail, writer.draft.clock.now) });
    return;
  }
  if (found.other) outcome.becameKnown.push(found.other.email);
  const { activity, isReply } = recordMail(writer, mail, belonging, known);
  outcome.count('recorded');
  if (isReply) outcome.count('replies');
  if (known !== 'new') outcome.sameId.push({ activity, sameIdAs: known.sameIdAs });
}

/** Counts a report or an unsubscription; a report that is not about a message of ours counts as ignored. */
function settledAs(
  writer: Writer,
  mail: ParsedMail,
): 'bounces' | 'unsubscribed' | 'known' | 'ignored' | undefined {
  if (mail.report) {
    const became = takeReport(writer, mail, mail.report);
    return became === 'done' ? 'bounces' : became === 'known' ? 'known' : 'ignored';
  }
  if (mail.unsubscribeToken === undefined) return undefined;
  const became = takeUnsubscription(writer, mail, mail.unsubscribeToken);
  return became === 'done' ? 'unsubscribed' : became === 'known' ? 'known' : undefined;
}

/** Returns what the mail belongs to, with the contact and the deal that are made for it on request. */
function withMade(
  writer: Writer,
  mail: ParsedMail,
  found: Belonging,
  { createContacts = false, createDeals, evenAutomatic = false }: IngestOptions,
  outcome: BatchOutcome,
): Belonging {
  if (mail.isAutomatic && !evenAutomatic) return found;
  let made = found;
  if (
    made.contact === undefined &&
    made.deal === undefined &&
    (createContacts || createDeals !== undefined)
  ) {
    const contact = writer.insert('contact', contactFields(found.other!));
    outcome.contacts.push(contact);
    made = { ...made, contact };
  }
  if (createDeals === undefined || made.deal !== undefined) return made;
  const title = titleOf(mail, found.other);
  const given = new Map([
    ['title', title],
    ['pipeline', createDeals],
  ]);
  const fields = newFields(writer, 'deal', given, { contacts: [made.contact!] });
  const deal = writer.insert('deal', fields);
  outcome.deals.push(deal);
  const { account } = writer.get(deal)!;
  return { ...made, deal, ...(typeof account === 'string' && { account }) };
}

const contactFields = ({ email, name }: Party) => ({ email, name: name ?? email });

/** The subject without `Re:` and `Fwd:`. */
export function titleOf({ subject }: Pick<ParsedMail, 'subject'>, other: Party | undefined): string {
  const bare = subject
    .replace(/^(\s*(re|aw|wg|fwd?|sv|vs|antw|tr|rv|rif|odp)(\[\d+\])?\s*:\s*)+/i, '')
    .trim();
  const title = [...bare].slice(0, LONGEST_TITLE).join('');
  return title || `E-mail from ${other?.name ?? other?.email ?? 'somebody'}`;
}
