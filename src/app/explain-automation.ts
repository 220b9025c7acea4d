/** Why a rule did, or did not, start for a record: its triggers, its queries with the actual values, its enrolments. */
import type { Automation } from '../domain/automation.ts';
import { formatInstant } from '../domain/dates.ts';
import { kindNames, numberOf } from '../domain/kinds.ts';
import type { Enrolment } from '../domain/records.ts';
import { enrolmentsIn, refusalOf } from '../engine/admission.ts';
import { changeFirings } from '../engine/firings.ts';
import { cursorOf } from '../engine/plan.ts';
import { subjectsOf } from '../engine/subjects.ts';
import { triggers } from '../engine/triggers/index.ts';
import { compileText, type Explanation, type Query, withValuesOf } from '../query/compile.ts';
import type { Journal } from '../store/journal.ts';
import { backwards } from './history.ts';
import type { View } from './view.ts';

/** A change that a trigger of the rule saw for the subject. */
export interface LastSeen {
  readonly tx: number;
  readonly at: string;
  readonly trigger: string;
  readonly record: string;
  /** Whether a sweep has looked at it. */
  readonly swept: boolean;
}

export interface AutomationExplained {
  readonly automation: string;
  readonly subject: string | null;
  readonly enabled: boolean;
  /** What the last change was that one of its triggers sees; null where there was none. */
  readonly last: LastSeen | null;
  /** Triggers that are queries: whether they hold now. */
  readonly queries: readonly { readonly trigger: string; readonly holds: Explanation }[];
  /** The rule's own condition on the subject. */
  readonly where: Explanation | null;
  readonly enrolments: readonly Pick<Enrolment, 'id' | 'status' | 'step' | 'createdAt' | 'error'>[];
  readonly runs: string;
  readonly limit: { readonly count: number; readonly hours: number };
  /** In a sentence: whether it can start, and when. */
  readonly verdict: string;
}

export async function explainAutomation(
  view: View,
  journal: Journal,
  automation: Automation,
  key: string,
): Promise<AutomationExplained> {
  const record = view.find(kindNames, key);
  const { state } = view;
  const subject = subjectsOf(state, record, automation.for).findLast(id => view.seesId(id)) ?? null;
  const last = subject === null ? null : await lastSeen(view, journal, automation, subject);
  const row = subject === null ? -1 : state.table(automation.for).row(numberOf(subject));
  const explain = (query: Query, row: number) =>
    view.explained(scope => query.bind(scope).explain(row), withValuesOf);
  const queries = automation.on.flatMap(spec => {
    const trigger = triggers.get(spec.type)!;
    if (trigger.type !== 'state' || subject === null) return [];
    const query = trigger.query(spec.params, automation.for, state.config);
    const own = subjectsOf(state, subject, query.kind as Automation['for'])[0];
    return own === undefined
      ? []
      : [
          {
            trigger: spec.type,
            holds: explain(query, state.table(query.kind).row(numberOf(own))),
          },
        ];
  });
  const where =
    automation.where === undefined || subject === null
      ? null
      : explain(compileText(automation.where, automation.for, state.config), row);
  const enrolments =
    subject === null
      ? []
      : enrolmentsIn(state, automation, subject)
          .filter(({ id }) => view.seesId(id))
          .sort((a, b) => numberOf(a.id) - numberOf(b.id));
  return {
    automation: automation.id,
    subject,
    enabled: automation.enabled,
    last,
    queries,
    where,
    enrolments: enrolments.map(({ id, status, step, createdAt, error }) => ({
      id,
      status,
      ...(step !== undefined && { step }),
      ...(createdAt !== undefined && { createdAt }),
      ...(error !== undefined && { error: view.redacted(error) }),
    })),
    runs: automation.runs,
    limit: { count: automation.limit.count, hours: automation.limit.per / 3_600_000 },
    verdict: view.redacted(verdictOf(view, automation, record, subject, where, enrolments, last)),
  };
}

/** The last change that a trigger of the rule sees for the subject, as the records are now. */
async function lastSeen(
  view: View,
  journal: Journal,
  automation: Automation,
  subject: string,
): Promise<LastSeen | null> {
  const swept = (view.state.named('cursor').get(cursorOf())?.seq as number | undefined) ?? 0;
  for await (const { seq, at, changes, trigger } of backwards(journal)) {
    if (trigger === false) continue;
    const seen = changes.map(change => ({ change, seq }));
    for (const firing of changeFirings(automation, seen, view.whole))
      if (firing.subject === subject && view.seesId(firing.record))
        return { tx: seq, at, trigger: firing.trigger, record: firing.record, swept: seq <= swept };
  }
  return null;
}

function verdictOf(
  view: View,
  automation: Automation,
  record: string,
  subject: string | null,
  where: Explanation | null,
  enrolments: readonly Enrolment[],
  last: LastSeen | null,
): string {
  const { id } = automation;
  if (!automation.enabled) return `${id} is disabled: crm automation enable ${id}`;
  if (subject === null) return `${id} is for a ${automation.for}, and ${record} has none`;
  const now = view.clock.now;
  const open = enrolments.find(e => e.status === 'waiting' || e.status === 'ready');
  if (open) return `${subject} is on its way: ${open.id} ${open.status} at ${open.step ?? 'its beginning'}`;
  const refusal = refusalOf(view.state, automation, subject, now);
  if (refusal === 'enrolled')
    return `it runs once, and ${subject} was enrolled already (${enrolments.map(e => `${e.id} ${e.status}`).join(', ')})`;
  if (refusal === 'limit') {
    const oldest = Math.min(
      ...enrolments.map(e => Date.parse(e.createdAt!)).filter(at => at > now - automation.limit.per),
    );
    return `its limit of ${automation.limit.count} is used up until ${formatInstant(oldest + automation.limit.per)}`;
  }
  if (where && !where.holds) return `its where does not hold for ${subject}`;
  if (last && !last.swept)
    return `it will start with the next crm run, for what ${last.record} was in transaction ${last.tx}`;
  return `it can start: on ${automation.on.map(spec => spec.type).join(' or ')}`;
}
