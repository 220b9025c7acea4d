/** Contacts as the cards of an address book. */
import { allOf } from '../../kinds/several.ts';
import { definitionOf } from '../../kinds/define.ts';
import type { Card } from '../../channels/vcard-write.ts';
import type { Contact } from '../../domain/records.ts';
import { uidOf } from '../core/origin.ts';
import type { View } from '../core/view.ts';
import { nameOf } from './said.ts';

/** Returns the cards of contacts, which the viewer may see; `workspace` is its id. */
export function* cardsOf(view: View, rows: Iterable<number>, workspace: string): Generator<Card> {
  const table = view.state.table('contact');
  const several = definitionOf(view.config.kinds, 'contact').several!;
  const [emails, phones] = ['emails', 'phones'].map(all => several.find(each => each.all === all)!);
  for (const row of rows) {
    const contact = table.record(row) as Contact;
    const { id, name, account } = contact;
    yield {
      uid: typeof contact.externalId === 'string' ? contact.externalId : uidOf(workspace, id),
      name,
      emails: allOf(contact, emails!),
      phones: allOf(contact, phones!),
      organization: account === undefined ? undefined : seenName(view, account),
      categories: (contact.tags as readonly string[] | undefined) ?? [],
      revised: (contact.updatedAt ?? contact.createdAt) as string | undefined,
    };
  }
}

/** The name of a record that the viewer sees. */
function seenName(view: View, id: string): string | undefined {
  const name = nameOf(view, id);
  return name === id || view.lookup(view.kinds.names, id) !== id ? undefined : name;
}
