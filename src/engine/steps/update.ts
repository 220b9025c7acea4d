import { parseId } from '../../domain/kinds.ts';
import type { Step } from './step.ts';
import { on } from './step.ts';

export const update: Step = {
  name: 'update',
  summary: 'sets fields of a record: stage, status, owner, value, title, custom fields',
  params: { on },
  open: ({ on: record }, subject) =>
    record === 'deal' || record === 'contact' || record === 'account' || record === 'task' ? record : subject,
  example: 'update: { on: deal, stage: in-contact, owner: auto }',
  run({ params, writer, why, on: find, fields }) {
    const { on: record, ...values } = params;
    const id = find(record);
    const { kind } = parseId(id)!;
    const currency = (writer.view.record(id).currency as string | undefined) ?? writer.config.currency;
    const changed = writer.set(id, fields(kind, values, currency), why);
    const names = Object.keys(values).join(', ');
    return { did: changed ? `set ${names} of ${id}` : `${names} of ${id} is so already` };
  },
};
