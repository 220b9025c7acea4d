import { failed } from '../../domain/errors.ts';
import { enrolmentsIn } from '../admission.ts';
import { on, type Step } from './step.ts';

export const end: Step = {
  name: 'end',
  summary: 'ends another automation for the subject, or for the record of it that that one is for',
  params: {
    on: { ...on, description: 'the record, or whose: deal, contact, account or task; left out: the subject' },
    automation: { type: 'automation', description: 'which', required: true },
  },
  short: 'automation',
  example: 'end: onboarding',
  run({ params, writer, scope, related, enrolment, why, on: find }) {
    const id = String(params.automation);
    const rule = writer.config.automations.find(each => each.id === id);
    if (!rule) throw failed(`there is no automation ${id}, or it is broken`);
    const subject = related(rule.for);
    const open = (subject === undefined ? [] : enrolmentsIn(scope.state, rule, subject)).filter(
      ({ id: each, status }) => each !== enrolment.id && (status === 'waiting' || status === 'ready'),
    );
    for (const each of open) writer.draft.set(each.id, { status: 'ended', step: null, since: null }, why);
    return {
      did: open.length > 0 ? `ended ${id} for ${subject}` : `${subject ?? find(params.on)} is not in ${id}`,
    };
  },
};
