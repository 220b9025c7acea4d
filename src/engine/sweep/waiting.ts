/** Finds the enrolments of a rule that wait or are to begin, and continues them. */
import type { Automation } from '../../domain/automation.ts';
import type { Enrolment } from '../../domain/records.ts';
import type { CodeColumn } from '../../state/columns/column.ts';
import { enrolledOf } from '../enrolled.ts';
import type { SweepContext } from './context.ts';
import type { Turn } from './turn.ts';

/**
 * Returns the enrolments of a rule that wait or are to begin, of subjects that still exist; without those for which
 * `isDone` holds.
 */
export function waitingOf(
  automation: Automation,
  { draft, report }: SweepContext,
  isDone: (enrolment: string) => boolean,
): Enrolment[] {
  const table = draft.state.table('enrolment');
  if (table.rows === 0) return [];
  const status = table.column('status') as CodeColumn;
  const rule = table.column('automation') as CodeColumn;
  const found: Enrolment[] = [];
  for (let row = 0; row < table.rows; row++) {
    if (!table.live(row) || rule.words[rule.get(row)] !== automation.id) continue;
    const now = status.words[status.get(row)];
    if (now !== 'waiting' && now !== 'ready') continue;
    const record = table.record(row) as Enrolment;
    if (isDone(record.id)) continue;
    if (draft.state.has(record.subject)) found.push(record);
    else report.skipWaiting(automation, record.subject, record.step, 'it is gone');
  }
  return found;
}

/** Returns the turn of an enrolment; undefined if it has none: another subject's steps may have ended it meanwhile. */
export function goingOn(
  automation: Automation,
  id: string,
  round: number,
  { draft, chains }: SweepContext,
): Turn | undefined {
  const record = draft.state.get(id) as Enrolment | undefined;
  if (record?.status !== 'waiting' && record?.status !== 'ready') return undefined;
  const begins = record.step === undefined;
  const chain = chains.next(automation.id, record.subject, begins ? id : record.subject, round);
  if (!chain) return undefined;
  if (chains.isTooLong(chain)) {
    chains.cut(chain);
    return undefined;
  }
  const cause = begins ? `started by ${record.cause ?? 'hand'}` : `went on at ${record.step}`;
  return { automation, enrolled: enrolledOf(draft.state, record), chain, cause };
}
