import { usage } from '../../../domain/errors.ts';
import { parseId } from '../../../domain/kinds.ts';
import { parseMoney } from '../../../domain/money.ts';
import { type Deal, isEmpty } from '../../../domain/records.ts';
import type { Fields, Writer } from '../../writer.ts';
import { takeAmountsAlong } from './currency.ts';
import type { Rules } from './index.ts';

/** What an invoice has that is for this record (an id or a key): that one, and what is known of its customer. */
export function fieldsFor(writer: Writer, key: string): Fields {
  const id = writer.view.find(subjects, key);
  const { kind } = parseId(id)!;
  const { account, contacts } = (kind === 'deal' ? writer.view.record(id) : {}) as Partial<Deal>;
  return { deal: null, account: account ?? null, contact: contacts?.[0] ?? null, [kind]: id };
}

const subjects = ['deal', 'account', 'contact'] as const;

export const invoiceRules: Rules = {
  complete(fields, before, writer) {
    const { config, draft } = writer;
    const deal = typeof fields.deal === 'string' ? (draft.get(fields.deal) as Deal | undefined) : undefined;
    if (deal && !before) {
      fields.account ??= deal.account;
      fields.contact ??= deal.contacts?.[0];
    }
    const now = (path: string) => (path in fields ? fields[path] : before?.[path]);
    // One whose contact was purged is for nobody any more, and can still be paid.
    const isAsked = !before || subjects.some(path => path in fields);
    if (isAsked && subjects.every(path => isEmpty(now(path))))
      throw usage('an invoice is for a deal, an account or a contact', '--for D12');
    fields.currency = now('currency') ?? deal?.currency ?? config.currency;
    takeAmountsAlong('invoice', fields, before, writer);
    const amount = now('amount');
    if (typeof amount === 'string') fields.amount = parseMoney(amount, fields.currency as string);
    if (!before) fields.issued ??= draft.clock.zone.day(draft.clock.now);
  },
};
