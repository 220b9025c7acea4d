import { usage } from '../domain/errors.ts';
import { amount, parseMoney } from '../domain/money.ts';
import { type Deal, isEmpty, type Json, type Rec } from '../domain/records.ts';
import type { KindDefinition } from './define.ts';
import { takeAmountsAlong } from './currency.ts';
import { field } from './field.ts';
import { byExternalId, created, customers, externalId, id, updated } from './shared.ts';

/** The record that an invoice is for: its deal, else its account, else its contact. */
const isFor = (record: Rec): Json | undefined => record.deal ?? record.account ?? record.contact;

const worth = ({ amount: value, currency }: Rec): string =>
  typeof value === 'string' && typeof currency === 'string' ? amount(value, currency) : '';

export const invoice: KindDefinition = {
  name: 'invoice',
  letter: 'I',
  plural: 'invoices',
  summary: 'invoices, and whether they are paid',
  isMadeByPeople: true,
  fields: [
    id,
    field('for', 'ref', {
      refs: customers,
      settable: false,
      parts: ['deal', 'account', 'contact'],
      isSplit: true,
      read: isFor,
      asks: 'for which deal, account or contact',
      help: "a deal, contact or account; a deal's customer is taken over",
    }),
    field('deal', 'ref', { refs: ['deal'] }),
    field('account', 'ref', { refs: ['account'] }),
    field('contact', 'ref', { refs: ['contact'] }),
    field('amount', 'money', { required: true, asks: 'which amount' }),
    field('currency', 'currency', { required: true, help: "an ISO 4217 code (default: the deal's)" }),
    field('issued', 'day', { happened: true, help: 'a day (default: today)' }),
    field('paid', 'day', { happened: true }),
    externalId,
    created,
    updated,
  ],
  keys: [byExternalId],
  about: ['deal', 'account', 'contact'],
  states: { paid: { day: 'paid', came: true }, open: { day: 'paid', came: false } },
  alike: ['currency'],
  complete(fields, before, writing) {
    const deal = typeof fields.deal === 'string' ? (writing.get(fields.deal) as Deal | undefined) : undefined;
    if (deal && !before) {
      fields.account ??= deal.account;
      fields.contact ??= deal.contacts?.[0];
    }
    const now = (path: string) => (path in fields ? fields[path] : before?.[path]);
    // An invoice whose contact was purged is for nobody any more, and can still be paid.
    const isAsked = !before || customers.some(path => path in fields);
    if (isAsked && customers.every(path => isEmpty(now(path))))
      throw usage('an invoice is for a deal, an account or a contact', '--for D12');
    fields.currency = now('currency') ?? deal?.currency ?? writing.config.currency;
    takeAmountsAlong(writing.fields('invoice'), fields, before);
    const amount = now('amount');
    if (typeof amount === 'string') fields.amount = parseMoney(amount, fields.currency as string);
    if (!before) fields.issued ??= writing.today;
  },
  inJson: [
    'id',
    'for',
    'deal',
    'account',
    'contact',
    'amount',
    'currency',
    'issued',
    'paid',
    'externalId',
    'createdAt',
    'updatedAt',
  ],
  inLists: ['id', 'for', 'amount', 'currency', 'issued', 'paid'],
  moments: [
    { at: 'issued', what: () => 'invoice', text: worth },
    { at: 'paid', what: () => 'invoice paid', text: worth },
  ],
  examples: {
    add: [
      'invoice add --for D12 --amount 5200 --issued 2026-05-03',
      'invoice add --for A7 --amount 800 --currency USD --paid today',
    ],
    set: ['invoice set I12 amount=4900', 'invoice set I12 I13 issued=2026-05-03'],
  },
};
