/** Whom an invoice is for, from what a person names: a deal, with its customer, or an account or a contact. */
import type { Deal } from '../../domain/records.ts';
import { definitionOf } from '../../kinds/define.ts';
import { customers } from '../../kinds/shared.ts';
import type { Fields, Writer } from '../core/writer.ts';

/** Returns the fields of an invoice that is for the record of an id or a key; NOT_FOUND if there is none. */
export function customerFields(writer: Writer, key: string): Fields {
  const id = writer.view.find(customers, key);
  const kind = writer.config.kinds.kindOf(id);
  const isCustomer = definitionOf(writer.config.kinds, kind).throughDeals !== undefined;
  const { account, contacts } = (isCustomer ? {} : writer.view.record(id)) as Partial<Deal>;
  return { deal: null, account: account ?? null, contact: contacts?.[0] ?? null, [kind]: id };
}
