import type { Step } from './step.ts';
import { on } from './step.ts';

export const addNote: Step = {
  name: 'add-note',
  summary: 'writes a note to a record',
  params: { on, text: { type: 'text', description: 'the note', required: true } },
  short: 'text',
  effects: () => [{ adds: 'activity', fields: { type: 'note' } }],
  example: "add-note: { on: deal, text: 'Came in by the form' }",
  run({ params, writer, why, on: find, text }) {
    const subject = find(params.on);
    const { id } = writer.add('activity', { type: 'note', for: subject, text: text(params.text) }, why);
    return { did: `added ${id} to ${subject}` };
  },
};
