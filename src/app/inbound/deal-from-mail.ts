/** Makes a deal from an e-mail: what the deal takes over, and the link from the e-mail to the deal. */
import { failed } from '../../domain/errors.ts';
import type { Rec } from '../../domain/records.ts';
import type { Writer } from '../core/writer.ts';
import { titleOf } from './take-mail.ts';

/** The records that a deal can be made from. */
const sources = ['activity', 'event', 'message'] as const;

export interface Origin {
  readonly id: string;
  /** The subject, as text: nothing in it is a template. */
  readonly title: string;
  /** The contact that the e-mail is from or to. */
  readonly contact: string;
}

/** Returns what a deal takes over from an activity, an event or a message. FAILED if none of its addresses is a contact's. */
export function originOf({ view }: Writer, key: string): Origin {
  const id = view.find(sources, key);
  const record = view.record(id);
  const contact = contactsOf(record).find(
    each => view.kinds.kindOf(each) === contactKind && view.seesId(each),
  );
  if (contact === undefined) throw failed(`nothing says whom ${id} is from`, '--contact jane@example.com');
  const { props } = record as { readonly props?: { readonly message?: string; readonly activity?: string } };
  const mails = [
    record,
    ...[props?.activity, props?.message].flatMap(each =>
      each && view.seesId(each) ? (view.state.get(each) ?? []) : [],
    ),
  ];
  const subject = mails.map(each => each.subject).find(each => typeof each === 'string');
  return {
    id,
    title: titleOf({ subject: String(subject ?? '') }, { email: String(view.record(contact).name) }),
    contact,
  };
}

const contactKind = 'contact';

const contactsOf = (record: Rec): string[] =>
  [record.contact, record.for, record.withContacts]
    .flat()
    .filter((each): each is string => typeof each === 'string');

/** Links the e-mail to the deal, so that later mails of its thread go to the deal too. */
export function moveToDeal(writer: Writer, { id }: Origin, deal: string): void {
  const record = writer.view.record(id);
  if (record.type === undefined || record.for === undefined) return;
  const { withContacts, withAccounts } = record as {
    readonly withContacts?: string[];
    readonly withAccounts?: string[];
  };
  const others = [record.for as string, ...(withContacts ?? []), ...(withAccounts ?? [])];
  // An e-mail that is about another deal already stays linked to that one too.
  if (writer.get(record.for as string)?.stage !== undefined) return;
  writer.set(id, { for: deal, with: [...new Set(others)] });
}
