import type { Step } from './step.ts';

export const addDeal: Step = {
  name: 'add-deal',
  summary:
    'adds a deal, with any of its fields, for the contact or account; it is `deal` for the steps after it',
  params: {
    title: { type: 'text', description: 'its title', required: true },
  },
  open: () => 'deal',
  effects: params => [{ adds: 'deal', fields: params }],
  example:
    "add-deal: { title: 'Chairs for {{ contact.name }}', value: '1500.00', pipeline: sales, stage: to-contact, owner: auto }",
  run({ params, writer, why, fields, related, made }) {
    const values = fields('deal', params);
    const contact = related('contact');
    if (contact !== undefined) values.contacts ??= [contact];
    // The account of a contact is set together with the contact.
    const account = values.contacts === undefined ? related('account') : undefined;
    if (account !== undefined) values.account ??= account;
    const { id } = writer.add('deal', values, why);
    made(id);
    return { did: `added ${id}` };
  },
};
