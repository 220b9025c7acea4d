/** Whether a subject may be enrolled in a rule now: once or every time, not twice at once, and within the limit. */
import type { Automation } from '../domain/automation.ts';
import { formatInstant } from '../domain/dates.ts';
import { numberOf } from '../domain/kinds.ts';
import type { Enrolment } from '../domain/records.ts';
import type { State } from '../state/state.ts';

/** `enrolled` once for all, or still on its way; `limit` where it was as often as it may. Undefined: it may. */
export type Refusal = 'enrolled' | 'limit';

export function refusalOf(
  state: State,
  automation: Automation,
  subject: string,
  now: number,
): Refusal | undefined {
  let recent = 0;
  for (const { status, createdAt } of enrolmentsIn(state, automation, subject)) {
    if (automation.runs === 'once') return 'enrolled';
    if (!automation.overlap && (status === 'waiting' || status === 'ready')) return 'enrolled';
    if (isRecent(createdAt!, automation, now)) recent++;
  }
  return recent >= automation.limit.count ? 'limit' : undefined;
}

/** Whether an enrolment counts for the limit; one that was made later, with a wrong clock, does not. */
function isRecent(createdAt: string, { limit }: Automation, now: number): boolean {
  const at = Date.parse(createdAt);
  return at > now - limit.per && at <= now;
}

/** Why a subject does not begin now, in words, given its enrolments in the rule; undefined where it may. */
export function refusalText(
  automation: Automation,
  subject: string,
  enrolments: readonly Enrolment[],
  refusal: Refusal | undefined,
  now: number,
): string | undefined {
  const open = enrolments.find(e => e.status === 'waiting' || e.status === 'ready');
  if (open) return `${subject} is on its way: ${open.id} ${open.status} at ${open.step ?? 'its beginning'}`;
  if (refusal === 'enrolled')
    return `it runs once, and ${subject} was enrolled already (${enrolments.map(e => `${e.id} ${e.status}`).join(', ')})`;
  if (refusal === undefined) return undefined;
  const { count, per } = automation.limit;
  const oldest = Math.min(
    ...enrolments.filter(e => isRecent(e.createdAt!, automation, now)).map(e => Date.parse(e.createdAt!)),
  );
  return `its limit of ${count} is used up until ${formatInstant(oldest + per)}`;
}

/** A subject's enrolments in a rule, in no particular order. */
export function enrolmentsIn(state: State, automation: Automation, subject: string): Enrolment[] {
  const table = state.table('enrolment');
  const found: Enrolment[] = [];
  if (table.rows === 0) return found;
  const row = state.table(automation.for).row(numberOf(subject));
  state.links(automation.for, 'enrolment', 'subject').some(row, each => {
    const record = table.record(each) as Enrolment;
    if (record.automation === automation.id) found.push(record);
    return false;
  });
  return found;
}
