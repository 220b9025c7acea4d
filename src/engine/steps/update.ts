import type { Step } from './step.ts';
import { actsOn, on } from './step.ts';

export const update: Step = {
  name: 'update',
  summary: 'sets fields of a record: stage, status, owner, value, title, custom fields',
  params: { on },
  check: ({ on: _, ...values }) =>
    Object.keys(values).length === 0 ? { message: 'update sets nothing', hint: update.example } : undefined,
  open: (params, subject) => actsOn(params, subject),
  effects({ on: record, ...fields }, rule) {
    return [{ sets: actsOn({ on: record }, rule.for), fields }];
  },
  example: 'update: { on: deal, stage: in-contact, owner: auto }',
  run({ params, writer, why, on: find, fields }) {
    const { on: record, ...values } = params;
    const id = find(record);
    const kind = writer.config.kinds.kindOf(id);
    const changed = writer.set(id, fields(kind, values, writer.view.record(id)), why);
    const names = Object.keys(values).join(', ');
    return { did: changed ? `set ${names} of ${id}` : `${names} of ${id} already has that value` };
  },
};
