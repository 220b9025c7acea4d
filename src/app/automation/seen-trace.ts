/** The trace of a sweep as one viewer may see it. The sweep itself is the same for every user. */
import type { Trace } from '../../engine/sweep/report.ts';
import { withoutValues } from '../../query/compile.ts';
import type { View } from '../core/view.ts';
import { hiddenNames } from '../core/hidden-names.ts';
import { seesAll } from '../core/viewer.ts';
import { isRuleHidden } from '../core/visible-config.ts';

export function seenTrace(view: View, trace: Trace): Trace {
  if (seesAll(view.viewer)) return trace;
  const text = (said: string) => view.redacted(said);
  const names = hiddenNames(view.state.config, view.viewer);
  const isSeen = (automation: string | null) => !isRuleHidden(view.state.config, view.viewer, automation);
  return {
    ...trace,
    transitions: trace.transitions
      .filter(({ record }) => view.seesId(record))
      .map(({ when, ...made }) =>
        when && !names?.inExplanation(when) ? { ...made, when: withoutValues(when) } : made,
      ),
    automations: trace.automations
      .filter(({ subject, automation }) => view.seesId(subject) && isSeen(automation))
      .map(run => ({
        ...run,
        cause: text(run.cause),
        steps: run.steps.map(step => ({ ...step, did: text(step.did) })),
      })),
    leftOut: trace.leftOut.flatMap(each => {
      const subjects = isSeen(each.automation) ? each.subjects.filter(id => view.seesId(id)) : [];
      return subjects.length === 0 ? [] : [{ ...each, subjects, count: subjects.length }];
    }),
    skipped: trace.skipped
      .filter(({ subject, automation }) => view.seesId(subject) && isSeen(automation))
      .map(skip => ({
        ...skip,
        cause: text(skip.cause),
        why: text(skip.why),
        ...(skip.where && { where: withoutValues(skip.where) }),
      })),
    held: trace.held.filter(({ record }) => view.seesId(record)),
    failures: trace.failures
      .filter(({ subject, automation }) => (subject === null || view.seesId(subject)) && isSeen(automation))
      .map(failure => ({ ...failure, error: text(failure.error) })),
  };
}
