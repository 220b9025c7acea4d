/** How the workspace stands, in numbers: what is sold and to be sold, what waits, and what the engine has yet to see. */
import type { CodeColumn, NumberColumn } from '../../domain/columns.ts';
import { dayNumber } from '../../domain/dates.ts';
import type { DealStatus } from '../../domain/records.ts';
import type { State } from '../../domain/state.ts';
import { compileQuery, compileText } from '../../query/compile.ts';
import { rotting } from '../../query/derived.ts';
import { everything } from '../../query/parse.ts';
import { nextTasks } from '../records/next-task.ts';
import type { View } from '../view.ts';
import { type Summing, summing } from './totals.ts';

export interface DealsStanding {
  readonly count: number;
  /** Money by currency. */
  readonly sums: { readonly [currency: string]: string };
}

export interface Status {
  readonly workspace: string;
  /** Who asks: all that follows is what they see. */
  readonly user: string;
  readonly role: string;
  readonly deals: {
    readonly open: DealsStanding;
    readonly won: DealsStanding;
    readonly lost: DealsStanding;
    /** Open ones that are longer in their stage than its `rotting`. */
    readonly rotting: number;
    /** Open ones for which no task is open. */
    readonly withoutNextAction: number;
  };
  readonly tasks: { readonly open: number; readonly overdue: number; readonly today: number };
  readonly enrolments: { readonly failed: number };
  /** The number of the last one. */
  readonly transactions: number;
  /** The last `crm run`: an ISO instant, null where there was none, and how many transactions came after it. */
  readonly sweep: { readonly at: string | null; readonly unseen: number };
}

export function status(view: View): Status {
  const { state, viewer } = view;
  const { open, won, lost } = dealsByStatus(view);
  const sums = summing(view);
  const next = nextTasks(view);
  return {
    workspace: state.config.name,
    user: viewer.user,
    role: viewer.role,
    deals: {
      open: standing(open, sums),
      won: standing(won, sums),
      lost: standing(lost, sums),
      rotting: open.filter(rotting(view.scope)).length,
      withoutNextAction: open.filter(row => next.task(row) === undefined).length,
    },
    tasks: openTasks(view),
    enrolments: { failed: failedEnrolments(view) },
    transactions: state.seq,
    sweep: lastSweep(state),
  };
}

function dealsByStatus(view: View): Record<DealStatus, number[]> {
  const { state } = view;
  const status = state.table('deal').column('status') as CodeColumn;
  const rows: Record<DealStatus, number[]> = { open: [], won: [], lost: [] };
  for (const row of view.rows(compileQuery(everything, 'deal', state.config)))
    rows[status.words[status.get(row)] as DealStatus].push(row);
  return rows;
}

const standing = (rows: readonly number[], sums: Summing): DealsStanding => ({
  count: rows.length,
  sums: Object.fromEntries(sums(rows).map(({ currency, sum }) => [currency, sum])),
});

function openTasks(view: View): Status['tasks'] {
  const { clock } = view;
  const due = view.state.table('task').column('due') as NumberColumn;
  const rows = view.rows(compileText('is:open', 'task', view.state.config));
  const today = dayNumber(clock.zone.day(clock.now));
  return {
    open: rows.length,
    overdue: rows.filter(row => due.get(row) < today).length,
    today: rows.filter(row => due.get(row) === today).length,
  };
}

const failedEnrolments = (view: View): number =>
  view.rows(compileText('status:failed', 'enrolment', view.state.config)).length;

function lastSweep(state: State): Status['sweep'] {
  const cursor = state.named('cursor').get('engine');
  return {
    at: (cursor?.at as string | undefined) ?? null,
    unseen: state.seq - ((cursor?.seq as number | undefined) ?? 0),
  };
}
