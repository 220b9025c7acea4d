import type { Step } from './step.ts';

export const addDeal: Step = {
  name: 'add-deal',
  summary: 'adds a deal for the contact or account; it is `deal` for the steps after it',
  params: {},
  open: () => 'deal',
  example:
    "add-deal: { title: 'Chairs for {{ contact.name }}', value: '1500.00', pipeline: sales, stage: to-contact, owner: auto }",
  run({ params, writer, why, on: find, fields, enrolment, made }) {
    const pipeline =
      writer.config.pipelines.find(p => p.id === params.pipeline) ?? writer.config.pipelines[0];
    const values = fields(
      'deal',
      params,
      typeof params.currency === 'string'
        ? params.currency
        : (pipeline?.currency ?? writer.config.currency),
    );
    const kindLetter = enrolment.subject[0];
    if (kindLetter === 'C') values.contacts ??= [find('contact')];
    if (kindLetter === 'A') values.account ??= find('account');
    const { id } = writer.add('deal', values, why);
    made(id);
    return { did: `added ${id}` };
  },
};
