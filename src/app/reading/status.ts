/** How the workspace stands, in numbers: what is sold and to be sold, what waits, and what the engine has yet to see. */
import type { CodeColumn, NumberColumn } from '../../domain/columns.ts';
import { dayNumber } from '../../domain/dates.ts';
import type { DealStatus } from '../../domain/records.ts';
import type { State } from '../../domain/state.ts';
import { compileText } from '../../query/compile.ts';
import { rotting } from '../../query/derived.ts';
import { nextTasks } from '../records/next-task.ts';
import type { View } from '../view.ts';
import { countOf, type Tally, tallying, totalsOf } from './totals.ts';

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
  return {
    workspace: state.config.name,
    user: viewer.user,
    role: viewer.role,
    deals: deals(view),
    tasks: openTasks(view),
    enrolments: { failed: failedEnrolments(view) },
    transactions: state.seq,
    sweep: lastSweep(state),
  };
}

function deals(view: View): Status['deals'] {
  const table = view.state.table('deal');
  const rows = view.all('deal');
  const tally = tallying(view)(rows);
  const next = nextTasks(view).tasks;
  const open = (table.column('status') as CodeColumn).words.indexOf('open');
  const statuses = (table.column('status') as CodeColumn).all();
  const isRotting = rotting(view.scope);
  let rots = 0;
  let withoutNextAction = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (statuses[row] !== open) continue;
    if (isRotting(row)) rots++;
    if (next[row]! < 0) withoutNextAction++;
  }
  return {
    open: standing(tally, 'open'),
    won: standing(tally, 'won'),
    lost: standing(tally, 'lost'),
    rotting: rots,
    withoutNextAction,
  };
}

function standing(all: Tally, status: DealStatus): DealsStanding {
  const tally = all.filter(alike => alike.status === status);
  const sums = totalsOf(tally).map(({ currency, sum }) => [currency, sum]);
  return { count: countOf(tally), sums: Object.fromEntries(sums) };
}

function openTasks(view: View): Status['tasks'] {
  const { clock } = view;
  const table = view.state.table('task');
  const status = table.column('status') as CodeColumn;
  const isOpen = status.words.indexOf('open');
  const statuses = status.all();
  const due = (table.column('due') as NumberColumn).all();
  const now = dayNumber(clock.zone.day(clock.now));
  const counts = { open: 0, overdue: 0, today: 0 };
  const rows = view.all('task');
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (statuses[row] !== isOpen) continue;
    counts.open++;
    if (due[row]! < now) counts.overdue++;
    else if (due[row] === now) counts.today++;
  }
  return counts;
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
