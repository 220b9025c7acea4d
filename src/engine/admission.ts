/**
 * Decides whether a subject may be enrolled in a rule now: once or every time, not twice at the same time, and within
 * the limit.
 */
import type { Automation } from '../domain/automation.ts';
import { formatInstant } from '../domain/dates.ts';
import { numberOf } from '../domain/kinds.ts';
import type { Enrolment } from '../domain/records.ts';
import type { CodeColumn, NumberColumn } from '../state/columns/column.ts';
import type { State } from '../state/state.ts';

/**
 * `enrolled`: once for all, or still on its way. `limit`: as often as the limit allows. Undefined: it may be
 * enrolled.
 */
export type Refusal = 'enrolled' | 'limit';

/** Asks columns, not records: a rule that runs often has thousands of enrolments for a subject. */
export function refusalOf(
  state: State,
  automation: Automation,
  subject: string,
  now: number,
): Refusal | undefined {
  const table = state.table('enrolment');
  if (table.rows === 0) return undefined;
  const rule = table.column('automation') as CodeColumn;
  const status = table.column('status') as CodeColumn;
  const createdAt = table.column('createdAt') as NumberColumn;
  const { runs, overlap, limit } = automation;
  let recent = 0;
  const isEnrolled = someOf(state, automation, subject, row => {
    if (rule.words[rule.get(row)] !== automation.id) return false;
    if (runs === 'once') return true;
    if (!overlap && isOpen(status.words[status.get(row)])) return true;
    if (isRecent(createdAt.get(row), automation, now)) recent++;
    return false;
  });
  if (isEnrolled) return 'enrolled';
  return recent >= limit.count ? 'limit' : undefined;
}

/** Whether an enrolment of such a status is on its way. */
const isOpen = (status: string | undefined): boolean => status === 'waiting' || status === 'ready';

/**
 * Whether an enrolment that began at `at` counts for the limit; one in the future, made with a wrong clock, does not.
 */
const isRecent = (at: number, { limit }: Automation, now: number): boolean =>
  at > now - limit.per && at <= now;

/** Says why a subject cannot begin now, given its enrolments in the rule; undefined if it can. */
export function refusalText(
  automation: Automation,
  subject: string,
  enrolments: readonly Enrolment[],
  refusal: Refusal | undefined,
  now: number,
): string | undefined {
  const open = enrolments.find(each => isOpen(each.status));
  if (open) return `${subject} is on its way: ${open.id} ${open.status} at ${open.step ?? 'its beginning'}`;
  if (refusal === 'enrolled')
    return `it runs once, and ${subject} was enrolled already (${enrolments.map(e => `${e.id} ${e.status}`).join(', ')})`;
  if (refusal === undefined) return undefined;
  const { count, per } = automation.limit;
  const begun = enrolments.map(({ createdAt }) => Date.parse(createdAt!));
  const oldest = begun
    .filter(at => isRecent(at, automation, now))
    .reduce((first, at) => Math.min(first, at), Number.POSITIVE_INFINITY);
  return `its limit of ${count} is used up until ${formatInstant(oldest + per)}`;
}

/** Returns a subject's enrolments in a rule, in no particular order. */
export function enrolmentsIn(state: State, automation: Automation, subject: string): Enrolment[] {
  const table = state.table('enrolment');
  const found: Enrolment[] = [];
  if (table.rows === 0) return found;
  someOf(state, automation, subject, row => {
    const record = table.record(row) as Enrolment;
    if (record.automation === automation.id) found.push(record);
    return false;
  });
  return found;
}

/** Whether a test holds for some enrolment, by its row, of a subject of a rule, in this rule or another. */
function someOf(
  state: State,
  automation: Automation,
  subject: string,
  test: (row: number) => boolean,
): boolean {
  const row = state.table(automation.for).row(numberOf(subject));
  return state.links(automation.for, 'enrolment', 'subject').some(row, test);
}
