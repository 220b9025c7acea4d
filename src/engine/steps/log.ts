import { on, type Step } from './step.ts';
import { activityTypes } from '../../kinds/activity.ts';

export const log: Step = {
  name: 'log',
  summary: 'logs an activity: a call, an e-mail, a meeting or a note',
  params: {
    on,
    type: { type: 'choice', options: activityTypes, description: activityTypes.join(', '), required: true },
    text: { type: 'text', description: 'what it was about' },
  },
  effects: ({ type }) => [{ adds: 'activity', fields: { type } }],
  example: "log: { on: deal, type: call, text: 'Came in by the call centre' }",
  run({ params, writer, why, on: find, text }) {
    const subject = find(params.on);
    const said = params.text === undefined ? {} : { text: text(params.text) };
    const { id } = writer.add('activity', { type: String(params.type), for: subject, ...said }, why);
    return { did: `logged ${id} for ${subject}` };
  },
};
