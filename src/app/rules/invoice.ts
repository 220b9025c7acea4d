import { usage } from '../../domain/errors.ts';
import { parseMoney } from '../../domain/money.ts';
import { type Deal, isEmpty } from '../../domain/records.ts';
import type { Rules } from './index.ts';

export const invoiceRules: Rules = {
  complete(fields, before, writer) {
    const { config, draft } = writer;
    const deal = typeof fields.deal === 'string' ? (draft.get(fields.deal) as Deal | undefined) : undefined;
    if (deal && !before) {
      fields.account ??= deal.account;
      fields.contact ??= deal.contacts?.[0];
    }
    const now = (path: string) => (path in fields ? fields[path] : before?.[path]);
    if (['deal', 'account', 'contact'].every(path => isEmpty(now(path))))
      throw usage('an invoice is for a deal, an account or a contact', '--for D12');
    fields.currency = now('currency') ?? deal?.currency ?? config.currency;
    const amount = now('amount');
    if (typeof amount === 'string') fields.amount = parseMoney(amount, fields.currency as string);
    if (!before) fields.issued ??= draft.clock.zone.day(draft.clock.now);
  },
};
