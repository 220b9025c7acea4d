/**
 * Explains why a rule did or did not start for a record: its triggers, its queries with the actual values, its
 * enrolments.
 */
import type { Automation } from '../../domain/automation.ts';
import { numberOf } from '../../domain/kinds.ts';
import type { Enrolment } from '../../domain/records.ts';
import { enrolmentsIn, refusalOf, refusalText } from '../../engine/admission.ts';
import { changeFirings } from '../../engine/firings.ts';
import { generationsOf, mayBegin } from '../../engine/generations.ts';
import { cursorOf } from '../../engine/cursor.ts';
import { subjectsOf } from '../../engine/subjects.ts';
import { triggers } from '../../engine/triggers/index.ts';
import { compileText, type Explanation, type Query, withValuesOf } from '../../query/compile.ts';
import { backwards, type Journal } from '../../store/journal/journal.ts';
import { openDraft } from '../core/commit/decide.ts';
import { View } from '../core/view.ts';
import type { State } from '../../state/state.ts';
import type { Workspace } from '../core/workspace.ts';
import { automationNamed } from './automation-named.ts';
import { type NextRun, nextRun } from './next-run.ts';
import { groundOf } from './plan-input.ts';

/** A change that a trigger of the rule saw for the subject. */
export interface LastSeen {
  readonly tx: number;
  readonly at: string;
  readonly trigger: string;
  readonly record: string;
  /** Whether a sweep has looked at it. */
  readonly swept: boolean;
  /** The trigger's own condition on what it saw. */
  readonly where: Explanation | null;
}

export interface AutomationExplained {
  readonly automation: string;
  readonly subject: string | null;
  readonly enabled: boolean;
  /** The last change that one of its triggers sees; null if there was none. */
  readonly last: LastSeen | null;
  /** Triggers that are queries: whether they hold now. */
  readonly queries: readonly { readonly trigger: string; readonly holds: Explanation }[];
  /** The rule's own condition on the subject. */
  readonly where: Explanation | null;
  readonly enrolments: readonly Pick<Enrolment, 'id' | 'status' | 'step' | 'createdAt' | 'error'>[];
  readonly runs: string;
  readonly limit: { readonly count: number; readonly hours: number };
  /**
   * When a sweep would next do something of the rule for the subject, if nobody changes anything; null if time alone
   * changes nothing.
   */
  readonly next: NextRun | null;
  /** A sentence that says whether and when it can start. */
  readonly verdict: string;
}

/** Explains a rule for a record, or for the subject to which it leads. */
export async function explainAutomation(
  workspace: Workspace,
  name: string,
  key: string,
): Promise<AutomationExplained> {
  const automation = automationNamed(workspace.visible, name);
  const { draft } = await openDraft(workspace);
  const view = new View(draft.state, workspace.viewer, workspace.clock);
  const record = view.find(view.kinds.names, key);
  const { state } = view;
  const subject = subjectsOf(state, record, automation.for).findLast(id => view.seesId(id)) ?? null;
  const last = subject === null ? null : await lastSeen(view, workspace.store.journal, automation, subject);
  const explain = (query: Query, id: string) =>
    view.explained(
      scope => query.bind(scope).explain(state.table(query.kind).row(numberOf(id))),
      withValuesOf,
    );
  const where =
    automation.where === undefined || subject === null
      ? null
      : explain(compileText(automation.where, automation.for, state.config), subject);
  const enrolments =
    subject === null
      ? []
      : enrolmentsIn(state, automation, subject)
          .filter(({ id }) => view.seesId(id))
          .sort((a, b) => numberOf(a.id) - numberOf(b.id));
  const next =
    subject === null
      ? null
      : nextRun(await groundOf(workspace, draft, undefined), automation, subject, enrolments);
  return {
    automation: automation.id,
    subject,
    enabled: automation.enabled,
    last,
    queries: subject === null ? [] : queriesOf(automation, subject, state, explain),
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
    next: next && { ...next, cause: view.redacted(next.cause) },
    verdict: view.redacted(verdictOf(view, automation, record, subject, where, enrolments, next)),
  };
}

/** The triggers of a rule that are queries, each as it holds now for the record that it is asked of. */
function queriesOf(
  automation: Automation,
  subject: string,
  state: State,
  explain: (query: Query, id: string) => Explanation,
): AutomationExplained['queries'] {
  return automation.on.flatMap(spec => {
    const trigger = triggers.get(spec.type)!;
    if (trigger.type !== 'state') return [];
    const query = trigger.query(spec.params, automation.for, state.config);
    const asked = subjectsOf(state, subject, query.kind as Automation['for'])[0];
    return asked === undefined ? [] : [{ trigger: spec.type, holds: explain(query, asked) }];
  });
}

/** The last change that a trigger of the rule is about, for the subject, whether its `where` holds or not. */
async function lastSeen(
  view: View,
  journal: Journal,
  automation: Automation,
  subject: string,
): Promise<LastSeen | null> {
  const { state } = view;
  const swept = (state.named('cursor').get(cursorOf())?.seq as number | undefined) ?? 0;
  // One trigger at a time, so that its `where` is known.
  const each = automation.on.map(({ where, ...spec }) => ({ where, rule: { ...automation, on: [spec] } }));
  for await (const { seq, at, changes, trigger } of backwards(journal)) {
    if (trigger === false) continue;
    const seen = changes.map(change => ({ change, seq }));
    for (const { where, rule } of each)
      for (const firing of changeFirings(rule, seen, view.whole)) {
        const { record } = firing;
        if (firing.subject !== subject || !view.seesId(record)) continue;
        const { kind, number } = view.kinds.parseId(record)!;
        return {
          tx: seq,
          at,
          trigger: firing.trigger,
          record,
          swept: seq <= swept,
          where:
            where === undefined
              ? null
              : view.explained(
                  scope =>
                    compileText(where, kind, state.config).bind(scope).explain(state.table(kind).row(number)),
                  withValuesOf,
                ),
        };
      }
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
  next: NextRun | null,
): string {
  const { id } = automation;
  if (!automation.enabled) return `${id} is disabled: crm automation enable ${id}`;
  if (subject === null) return `${id} is for a ${automation.for}, and ${record} has none`;
  const now = view.clock.now;
  if (next?.due) return `the next crm run does it: ${next.cause}, ${next.outcome}`;
  const refusal = refusalOf(view.state, automation, subject, now);
  const refused = refusalText(automation, subject, enrolments, refusal, now);
  if (refused !== undefined) return refused;
  if (where && !where.holds) return `its where does not hold for ${subject}`;
  if (!mayBegin(automation, generationsOf(view.state, subject)))
    return `it, or a rule of its chain, added ${subject}: only what a person, an import or an event does starts it (generations: ${automation.generations ?? 1})`;
  return `it can start: on ${automation.on.map(spec => spec.type).join(' or ')}`;
}
