import { withArticle } from '../../../domain/article.ts';
import { conflict, usage } from '../../../domain/errors.ts';
import { isEmpty, type Json } from '../../../domain/records.ts';
import type { Writer } from '../../writer.ts';
import type { Rules } from './index.ts';

/** An address is what a mail server could take; more is for the server to say. */
const emailPattern = /^[^\s@<>,;"]+@[^\s@<>,;"]+$/;

export const contactRules: Rules = {
  complete(fields, before, writer) {
    const email = fields.email;
    if (typeof email === 'string') {
      const address = email.trim();
      if (!emailPattern.test(address))
        throw usage(`${JSON.stringify(email)} is no e-mail address`, 'for example jane@example.com');
      fields.email = address;
      unique(writer, 'contact', 'email', address, before?.id);
    }
    if (!before) fields.name ??= fields.email;
    if (!before && isEmpty(fields.name))
      throw usage('a contact needs a name or an e-mail', '--name, --email');
  },
  restored(record, writer) {
    unique(writer, 'contact', 'email', record.email, record.id);
  },
};

/** Throws CONFLICT where another record has the key already, without regard to case. */
export function unique(
  writer: Writer,
  kind: 'contact' | 'account',
  column: 'email' | 'name',
  key: Json | undefined,
  self: string | undefined,
): void {
  if (typeof key !== 'string') return;
  const table = writer.draft.state.table(kind);
  const same = (value: Json | undefined) =>
    typeof value === 'string' && value.normalize().toLowerCase() === key.normalize().toLowerCase();
  const other = table
    .find(column, key)
    .find(row => table.id(row) !== self && same(table.record(row)[column]));
  if (other === undefined) return;
  const taken = `there is ${withArticle(kind)} with the ${column === 'email' ? 'e-mail' : column} ${key} already`;
  if (!writer.view.sees(kind, other))
    throw conflict(taken, `${writer.view.viewer.user} may not see whose it is; a manager may`);
  throw conflict(`${taken}: ${table.id(other)}`, `crm ${kind} set ${table.id(other)} ...`);
}
