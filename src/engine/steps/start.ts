import { failed } from '../../domain/errors.ts';
import { numberOf } from '../../domain/kinds.ts';
import { compileText } from '../../query/compile.ts';
import { refusalOf } from '../admission.ts';
import { descentFrom, generationsOf, mayBegin } from '../generations.ts';
import { on, type Step } from './step.ts';

export const start: Step = {
  name: 'start',
  summary: 'starts another automation for the subject, or for the record of it that that one is for',
  params: {
    on: { ...on, description: 'the record, or whose: deal, contact, account or task; left out: the subject' },
    automation: { type: 'automation', description: 'which', required: true },
  },
  short: 'automation',
  effects: ({ automation }) => [{ starts: String(automation) }],
  example: 'start: onboarding',
  run({ params, writer, scope, related, starts, on: find, atWork, leftOut, enrolment }) {
    const id = String(params.automation);
    const rule = writer.config.automations.find(each => each.id === id);
    if (!rule) throw failed(`there is no automation ${id}, or it is broken`);
    if (!rule.enabled) {
      leftOut(id, 'disabled', enrolment.subject);
      return { did: `${id} is disabled` };
    }
    const subject = related(rule.for);
    if (subject === undefined) throw failed(`${find(params.on)} has no ${rule.for}`);
    const { state } = scope;
    if (rule.where !== undefined) {
      const { countsEvent: _, ...outside } = scope;
      const { test } = compileText(rule.where, rule.for, state.config).bind(outside);
      if (!test(state.table(rule.for).row(numberOf(subject))))
        return { did: `the where of ${id} does not hold for ${subject}` };
    }
    const refusal = refusalOf(state, rule, subject, scope.clock.now);
    if (refusal === 'limit') {
      leftOut(id, 'limit', subject);
      return { did: `${subject} was in ${id} as often as its limit says` };
    }
    if (refusal || starts.some(each => each.automation === id && each.subject === subject))
      return { did: `${subject} is, or was, in ${id} already` };
    const by = atWork();
    if (!mayBegin(rule, generationsOf(state, subject, by))) {
      leftOut(id, 'generations', subject);
      return { did: `${id} is not started for ${subject}, which it, or a rule of its chain, added` };
    }
    starts.push({ automation: id, subject, descent: descentFrom(state, subject, by) });
    return { did: `started ${id} for ${subject}` };
  },
};
