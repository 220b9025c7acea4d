import { failed } from '../../domain/errors.ts';
import type { Json } from '../../domain/records.ts';
import { on, type Step } from './step.ts';

export const addEvent: Step = {
  name: 'add-event',
  summary: 'records an event of the contact, with properties',
  params: {
    on: { ...on, description: "whose contact: deal, contact, account or task; left out: the subject's" },
    name: { type: 'text', description: 'its name', required: true },
    props: { type: 'props', description: 'its properties: { plan: gold }' },
  },
  short: 'name',
  effects: ({ name }) => [{ adds: 'event', fields: { name } }],
  example: "add-event: { name: trial.started, props: { plan: gold, deal: '{{ deal.id }}' } }",
  run({ params, writer, why, related, text, on: find }) {
    const contact = related('contact');
    if (contact === undefined) throw failed(`${find(params.on)} has no contact`);
    const props = Object.entries((params.props ?? {}) as { [key: string]: Json }).map(([key, value]) => [
      key,
      typeof value === 'string' ? text(value) : value,
    ]);
    const given = props.length > 0 ? { props: Object.fromEntries(props) as Json } : {};
    const { id } = writer.add('event', { name: text(params.name), contact, ...given }, why);
    return { did: `recorded ${id} of ${contact}` };
  },
};
