/** The state of the workspace in numbers: won and open deals, waiting work, and changes that no sweep has seen yet. */
import { ownAmounts } from './amounts.ts';
import { type Assigned, newlyAssigned } from './assigned.ts';
import { type Month, thisMonth } from './month.ts';
import type { SumsCaches } from './kept-sums.ts';
import { type Standing, standingOf } from './standing.ts';
import { byCodeOf, Tallies } from './tally.ts';
import { countOf, totalsOf } from './totals.ts';
import { unread } from './inbox.ts';
import { countDue, type DueDays, dueDays, plannedDeals } from './task-standing.ts';
import type { View } from '../core/view.ts';
import { seesAll } from '../core/viewer.ts';
import { dayNumber } from '../../domain/dates.ts';
import { fromMinorUnits } from '../../domain/money.ts';
import type { Kind } from '../../domain/kinds.ts';
import type { DealStatus } from '../../domain/records.ts';
import { type LeftOutLately, leftOutSince } from '../../engine/left-out-lately.ts';
import { byCodeUnits } from '../../kinds/field-types.ts';
import { compileText } from '../../query/compile.ts';
import { mayRot } from '../../query/rotting.ts';
import type { CodeColumn } from '../../state/columns/column.ts';
import type { Journal } from '../../store/journal/journal.ts';

export interface DealsStanding {
  readonly count: number;
  /** Money by currency. */
  readonly sums: { readonly [currency: string]: string };
}

export interface Status {
  readonly workspace: string;
  /** The viewer: everything below is what they see. */
  readonly user: string;
  readonly role: string;
  readonly deals: {
    readonly open: DealsStanding;
    readonly won: DealsStanding;
    readonly lost: DealsStanding;
    /** Open deals that have been in their stage for longer than its `rotting`. */
    readonly rotting: number;
    /** Open ones for which no task is open. */
    readonly withoutNextAction: number;
    /** Open ones whose expected close is before today. */
    readonly pastClose: number;
  };
  readonly tasks: { readonly open: number; readonly overdue: number; readonly today: number };
  /** What other users assigned to the viewer since the last working day. */
  readonly assigned: Assigned;
  readonly month: Month;
  readonly enrolments: { readonly failed: number; readonly waiting: number };
  /** The acting user's notifications. */
  readonly inbox: { readonly unread: number };
  /** How many there are of each status. */
  readonly messages: { readonly [status: string]: number };
  /** The number of the last one. */
  readonly transactions: number;
  /** The last `crm run`: an ISO instant, null where there was none, and how many transactions came after it. */
  readonly sweep: {
    readonly at: string | null;
    readonly unseen: number;
    /**
     * Records that sweeps of the last week left out, by rule and reason; empty for users from whom records are
     * hidden.
     */
    readonly leftOut: readonly LeftOutLately[];
  };
}

export async function status(
  view: View,
  journal: Pick<Journal, 'mentions'>,
  caches: SumsCaches,
): Promise<Status> {
  const { state, viewer } = view;
  const standing = standingOf(view, caches);
  return {
    workspace: state.config.name,
    user: viewer.user,
    role: viewer.role,
    deals: deals(view, standing),
    tasks: openTasks(view, standing?.due ?? dueDays(view)),
    assigned: await newlyAssigned(view, journal),
    month: await thisMonth(view, standing),
    enrolments: {
      failed: found(view, 'enrolment', 'status:failed'),
      waiting: found(view, 'enrolment', 'status:waiting'),
    },
    inbox: { unread: unread(view) },
    messages: messages(view),
    transactions: state.seq,
    sweep: lastSweep(view),
  };
}

function deals(view: View, known: Standing | undefined): Status['deals'] {
  const { state } = view;
  const standing = known ? standingIn(known) : countedBy(view);
  const open = standing('open');
  const today = dayNumber(view.clock.zone.day(view.clock.now));
  return {
    open,
    won: standing('won'),
    lost: standing('lost'),
    rotting: mayRot(state.config) ? found(view, 'deal', 'is:open is:rotting') : 0,
    withoutNextAction: open.count - (known?.planned ?? plannedDeals(view)),
    pastClose: known ? known.openBefore(today) : found(view, 'deal', 'is:open close.before:today'),
  };
}

const standingIn =
  (known: Standing) =>
  (status: DealStatus): DealsStanding => {
    const sums = [...known.of(status)].sort(([a], [b]) => byCodeUnits(a, b));
    return {
      count: sums.reduce((sum, [, { deals }]) => sum + deals, 0),
      sums: Object.fromEntries(
        sums.map(([currency, { value }]) => [currency, fromMinorUnits(value, currency)]),
      ),
    };
  };

function countedBy(view: View): (status: DealStatus) => DealsStanding {
  const { state } = view;
  const statuses = state.table('deal').column('status') as CodeColumn;
  const all = view.blocks(compileText('', 'deal', state.config));
  const tallies = new Tallies(all, byCodeOf(statuses), ownAmounts(state));
  return status => {
    const group = statuses.words.indexOf(status) + 1;
    if (group === 0) return { count: 0, sums: {} };
    const sums = totalsOf(tallies, group).map(({ currency, sum }) => [currency, sum]);
    return { count: countOf(tallies, group), sums: Object.fromEntries(sums) };
  };
}

function openTasks({ clock }: View, due: DueDays): Status['tasks'] {
  const today = dayNumber(clock.zone.day(clock.now));
  return {
    open: [...due.values()].reduce((sum, tasks) => sum + tasks, 0),
    overdue: countDue(due, day => day < today),
    today: countDue(due, day => day === today),
  };
}

/** How many records a query finds. */
function found(view: View, kind: Kind, query: string): number {
  let count = 0;
  for (const { among } of view.blocks(compileText(query, kind, view.state.config))) count += sumOf(among);
  return count;
}

function sumOf(among: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < among.length; i++) sum += among[i]!;
  return sum;
}

/** How many messages have each status, in the order of the first of each. */
function messages(view: View): Status['messages'] {
  const statuses = view.state.table('message').column('status') as CodeColumn;
  const codes = statuses.all();
  const counts = new Int32Array(statuses.words.length);
  for (const { among, from } of view.blocks(compileText('', 'message', view.state.config)))
    for (let i = 0; i < among.length; i++) if (among[i] !== 0) counts[codes[from + i]!]!++;
  return Object.fromEntries(
    statuses.words.map((status, code) => [status, counts[code]!] as const).filter(([, count]) => count > 0),
  );
}

/** Milliseconds: what was left out longer ago is in the history of its records. */
const LATELY = 7 * 24 * 60 * 60 * 1000;

function lastSweep({ state, viewer, clock }: View): Status['sweep'] {
  const cursor = state.named('cursor').get('engine');
  return {
    at: (cursor?.at as string | undefined) ?? null,
    unseen: state.seq - ((cursor?.seq as number | undefined) ?? 0),
    leftOut: seesAll(viewer) ? leftOutSince(state, clock.now - LATELY) : [],
  };
}
