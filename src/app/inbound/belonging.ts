/**
 * Decides what a mail belongs to. A mail that answers one of ours, or answers a recorded mail, belongs to the same deal;
 * any other mail belongs to the contact whose address it has, and to that contact's open deal if there is exactly one.
 */
import type { ParsedMail, Party } from '../../channels/mail-in/parsed-mail.ts';
import { sameEmail } from '../../domain/email.ts';
import type { Json, Rec } from '../../domain/records.ts';
import { allOf } from '../../kinds/several.ts';
import { definitionOf } from '../../kinds/define.ts';
import type { View } from '../core/view.ts';
import type { Writer } from '../core/writer.ts';
import type { Message } from '../outbox/message.ts';
import { activityOf, messageOf, rowOf } from './earlier-mails.ts';
import type { Ours } from './own-addresses.ts';

/** The most contacts that are recorded for one mail: a mail to half the customers is not a conversation with any of them. */
const MOST_CONTACTS = 20;

export interface Belonging {
  readonly direction: 'in' | 'out';
  readonly deal?: string;
  readonly contact?: string;
  readonly account?: string;
  /** The other contacts that the mail names. */
  readonly others: readonly string[];
  /** The user whose mail it is. */
  readonly by?: string;
  /** Our message that it answers. */
  readonly answers?: Message;
  /** The person outside of this workspace: the sender of a mail that came in, the first recipient of one that went out. */
  readonly other?: Party;
  /** Whether the mail names nobody outside of this workspace. */
  readonly isInternal: boolean;
}

/** Returns what a mail belongs to, of the records that the acting user may see. */
export function belongingOf({ view }: Writer, ours: Ours, mail: ParsedMail): Belonging {
  const isOut = mail.from !== undefined && ours.has(mail.from.email);
  const recipients = [...mail.to, ...mail.cc];
  const outside = (isOut ? recipients : mail.from ? [mail.from] : []).filter(({ email }) => !ours.has(email));
  const thread = threadOf(view, mail);
  const named = outside.flatMap(({ email }) => contactOf(view, email) ?? []);
  const contact = named[0] ?? thread.contact;
  const people = new Set([...named, ...recipients.flatMap(({ email }) => contactOf(view, email) ?? [])]);
  const contacts = isOut && named.length > 0 ? named : contact === undefined ? [] : [contact];
  const deal = thread.deal ?? onlyOpenDealOf(view, contacts);
  const account = [deal && view.record(deal).account, contact && view.record(contact).account].find(id =>
    isThere(view, id),
  );
  const [user] = (isOut ? [mail.from] : recipients).flatMap(({ email }) => ours.user(email) ?? []);
  return {
    direction: isOut ? 'out' : 'in',
    ...(deal !== undefined && { deal }),
    ...(contact !== undefined && { contact }),
    ...(account !== undefined && { account: account as string }),
    others: [...people].filter(each => each !== contact).slice(0, MOST_CONTACTS),
    ...(user !== undefined && { by: user }),
    ...(thread.answers && !isOut && { answers: thread.answers }),
    ...(outside[0] && { other: outside[0] }),
    isInternal: outside.length === 0 && contact === undefined,
  };
}

interface Thread {
  readonly answers?: Message | undefined;
  readonly deal?: string | undefined;
  readonly contact?: string | undefined;
}

/** Returns what the earlier mails of a thread belong to; the nearest mail counts first. */
function threadOf(view: View, { earlier }: ParsedMail): Thread {
  const { state, kinds } = view;
  const answers = earlier
    .flatMap(id => messageOf(state, id) ?? [])
    .find(({ id, contact }) => isThere(view, id) && isThere(view, contact));
  const recorded = earlier.flatMap(id => activityOf(state, id) ?? []).filter(({ id }) => isThere(view, id));
  const about = [answers?.deal, answers?.contact, ...recorded.flatMap(subjectsOf)];
  const first = (kind: 'deal' | 'contact') =>
    about.find(
      (id): id is string =>
        isThere(view, id) && kinds.kindOf(id as string) === kind && isLive(state.get(id as string)),
    );
  return { answers, deal: first('deal'), contact: first('contact') };
}

const subjectsOf = (activity: Rec): Json[] => [
  activity.for ?? null,
  ...((activity.withContacts as readonly string[] | undefined) ?? []),
];

/** Whether a record can take mail: a won or lost deal takes no more. */
const isLive = (record: Rec | undefined): boolean => record?.status === undefined || record.status === 'open';

/** Whether an id names a record that the viewer sees and that is not in the trash. */
const isThere = (view: View, id: unknown): boolean =>
  typeof id === 'string' && view.state.get(id) !== undefined && view.seesId(id);

/** Returns the contact that has an address, as its primary address or another one, if the viewer sees the contact. */
export function contactOf(view: View, email: string): string | undefined {
  const table = view.state.table('contact');
  if (table.rows === 0) return undefined;
  const { several = [] } = definitionOf(view.kinds, 'contact');
  const emails = several.find(({ one }) => one === 'email')!;
  const row = table
    .find(emails.all, email)
    .find(
      each =>
        view.sees('contact', each) &&
        allOf(table.record(each), emails).some(address => sameEmail(address, email)),
    );
  return row === undefined ? undefined : table.id(row);
}

/** Returns the open deal of contacts that have exactly one. */
function onlyOpenDealOf(view: View, contacts: readonly string[]): string | undefined {
  const { state } = view;
  const open = new Set<string>();
  const deals = state.table('deal');
  const links = state.links('contact', 'deal', 'contacts');
  for (const contact of contacts)
    links.some(rowOf(state, contact), row => {
      const { id, status } = deals.record(row);
      if (status === 'open' && isThere(view, id)) open.add(id);
      return open.size > 1;
    });
  return open.size === 1 ? [...open][0] : undefined;
}
