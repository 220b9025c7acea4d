/** Contacts and accounts that a deal names and that do not exist yet: made in the same transaction. */
import { readAddress } from '../../domain/email.ts';
import { type CrmError, notFound } from '../../domain/errors.ts';
import type { Writer } from '../core/writer.ts';
import { nearExisting } from './near-names.ts';

export interface Missing {
  readonly contacts: boolean;
  readonly accounts: boolean;
  /** The name of a contact that is made; else the e-mail is its name. */
  readonly contactName?: string | undefined;
  /** The account, where it is known by id already. */
  readonly account?: string | undefined;
  /** How a contact with that name is made, for a hint; left out: by options of `deal add`. */
  readonly howMade?: string | undefined;
  /** Make nothing: what is named must exist. */
  readonly mustExist?: boolean | undefined;
  /** Returns the owner of the deal; called if a record is made with it, which gets the same owner. */
  readonly owner: () => string | null;
}

/**
 * Replaces `contact` and `account` in the texts given for a deal by ids, making those that are missing where that
 * is allowed. A new contact belongs to the account that is named with it.
 */
export function createMissing(writer: Writer, given: Map<string, string>, missing: Missing): void {
  const account = given.get('account');
  if (
    account &&
    missing.accounts &&
    !writer.config.kinds.parseId(account) &&
    !writer.view.lookup(['account'], account)
  ) {
    if (missing.mustExist) throw noneSuch(writer, 'account', account);
    given.set('account', writer.add('account', { name: account, owner: missing.owner() }).id);
  }
  const contact = given.get('contact');
  if (
    contact &&
    missing.contacts &&
    !writer.config.kinds.parseId(contact) &&
    !writer.view.lookup(['contact'], contact)
  ) {
    if (missing.mustExist) throw noneSuch(writer, 'contact', contact);
    const person = readAddress(contact);
    if (!contact.includes('@'))
      throw notFound(
        `there is no contact ${JSON.stringify(contact)}`,
        missing.howMade ??
          `with an e-mail address one is made: --contact jane@example.com --contact-name ${JSON.stringify(contact)}`,
      );
    const named = given.get('account');
    const accountId = missing.account ?? (named && writer.view.find(['account'], named));
    const made = writer.add('contact', {
      email: person?.email ?? contact,
      name: missing.contactName ?? person?.name,
      account: accountId,
      owner: missing.owner(),
    });
    given.set('contact', made.id);
  }
}

/** Says that there is no such record, and which one may be meant. */
function noneSuch({ view }: Writer, kind: 'account' | 'contact', text: string): CrmError {
  const near = nearExisting(view, kind, text);
  return notFound(
    `there is no ${kind} ${JSON.stringify(text)}`,
    near ? `did you mean ${near.name} (${near.id})?` : 'without --existing one is made',
  );
}
