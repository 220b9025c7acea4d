/**
 * Fields that are not stored but follow from other records and from the time: the days since the last contact, the
 * number of open tasks, the next action. Each field looks at the links of one row only, so that a change costs no
 * more than that row. A new field is one entry in `derivedFields`.
 */
import type { Config, Score } from '../domain/config.ts';
import { dayNumber } from '../domain/dates.ts';
import { plainDecimal } from '../domain/decimal.ts';
import type { Kind } from '../domain/kinds.ts';
import { fromMinorUnits } from '../domain/money.ts';
import { definitionOf } from '../kinds/define.ts';
import { byCodeUnits } from '../kinds/field-types.ts';
import { byAge, whereSome } from './narrow.ts';
import { countLinked, linksOf, type Scope } from './scope.ts';
import { bySum, type Part, type Sums, sumOf, type Tally, tallyOf } from './tally.ts';
import { byPaidInvoices, paidInvoices } from './paid-invoices.ts';
import { probabilityOf, weightedOf } from './probability.ts';
import { defaultScore, scoreOf } from './score.ts';
import type { CodeColumn, CodesColumn, NumberColumn } from '../state/columns/column.ts';
import { BLOCK, type Narrow } from '../state/table.ts';
import { ExactSum, valuesInMinorUnits } from '../state/exact-sum.ts';

export interface DerivedField {
  /** The name in JSON and `--fields`; kebab-case is accepted. */
  readonly name: string;
  readonly kinds: readonly Kind[];
  readonly type: 'count' | 'duration' | 'score' | 'next' | 'sums' | 'figure';
  /** Whether it can change with time alone. */
  readonly timed: boolean;
  /** For sums, the largest. */
  bind(scope: Scope): (row: number) => number;
  /** Takes out of a block the rows for whose value `holds` does not hold, faster than one by one. */
  narrow?(scope: Scope, holds: (value: number) => boolean): Narrow | undefined;
  /** For the type `figure`, which may be unknown (NaN): its exact text, '' for unknown. */
  exact?(scope: Scope): (row: number) => string;
  /** For the type `sums`: one sum per currency, in order of the codes. */
  sums?(scope: Scope): (row: number) => readonly Sum[];
}

/** A sum in one currency; nothing is ever added across currencies. */
export interface Sum {
  readonly currency: string;
  /** Money. */
  readonly sum: string;
}

const subjects: readonly Kind[] = ['deal', 'contact', 'account'];
const customers: readonly Kind[] = ['contact', 'account'];

/** Returns the derived fields of a kind: those of every workspace, and one for each score. */
export function derivedFields(kind: Kind, scores: Config['scores'] = []): readonly DerivedField[] {
  return [...all(kind).filter(f => f.kinds.includes(kind)), ...scores.filter(s => s.for === kind).map(named)];
}

const named = ({ id, for: kind }: Score): DerivedField => ({
  name: `score.${id}`,
  kinds: [kind],
  type: 'score',
  timed: true,
  bind: scope => scoreOf(scope, kind, id),
});

/** Long because it is the table of derived fields: an entry each. */
const all = (kind: Kind): readonly DerivedField[] => [
  {
    name: 'idle',
    kinds: subjects,
    type: 'duration',
    timed: true,
    bind: scope => {
      const created = scope.state.table(kind).column('createdAt') as NumberColumn;
      const contact = sumOf(lastContact(scope, kind));
      return row => scope.clock.now - later(created.get(row), contact(row));
    },
    narrow: (scope, holds) => {
      const { now } = scope.clock;
      const created = scope.state.table(kind).column('createdAt') as NumberColumn;
      const contacts = tallyOf(lastContact(scope, kind));
      return contacts && byAge(latest(created, contacts), now, holds);
    },
  },
  {
    name: 'stageAge',
    kinds: ['deal'],
    type: 'duration',
    timed: true,
    bind: scope => {
      const since = scope.state.table('deal').column('stageSince') as NumberColumn;
      return row => scope.clock.now - since.get(row);
    },
    narrow: ({ state, clock }, holds) =>
      byAge(state.table('deal').column('stageSince') as NumberColumn, clock.now, holds),
  },
  {
    name: 'probability',
    kinds: ['deal'],
    type: 'figure',
    timed: false,
    bind: ({ state }) => probabilityOf(state),
    exact: ({ state }) => {
      const percent = probabilityOf(state);
      return row => (Number.isNaN(percent(row)) ? '' : plainDecimal(percent(row)));
    },
  },
  {
    name: 'weighted',
    kinds: ['deal'],
    type: 'figure',
    timed: false,
    bind: ({ state }) => {
      const weighted = weightedOf(state);
      return row => (weighted(row) === '' ? Number.NaN : Number(weighted(row)));
    },
    exact: ({ state }) => weightedOf(state),
  },
  {
    name: 'tasks.open',
    kinds: subjects,
    type: 'count',
    timed: false,
    bind: scope => sumOf(tasksThatAre(scope, kind, 'open')),
    narrow: (scope, holds) => bySum(tasksThatAre(scope, kind, 'open'), holds),
  },
  {
    name: 'tasks.done',
    kinds: subjects,
    type: 'count',
    timed: false,
    bind: scope => sumOf(tasksThatAre(scope, kind, 'done')),
    narrow: (scope, holds) => bySum(tasksThatAre(scope, kind, 'done'), holds),
  },
  {
    name: 'tasks.overdue',
    kinds: subjects,
    type: 'count',
    timed: true,
    bind: scope => {
      const { links, due, isOpen } = tasksOf(scope, kind);
      const today = todayOf(scope);
      return row => countLinked(links, row, task => isOpen(task) && due.get(task) < today);
    },
  },
  {
    name: 'nextAction',
    kinds: subjects,
    type: 'next',
    timed: true,
    bind: scope => nextDue(scope, kind),
  },
  {
    name: 'invoices.paid',
    kinds: subjects,
    type: 'count',
    timed: true,
    bind: scope => {
      const invoices = scope.state.table('invoice');
      let paid: ReturnType<typeof paidInvoices> | undefined;
      // Workspaces without invoices skip these columns.
      return row => (invoices.rows === 0 ? 0 : (paid ??= paidInvoices(scope, kind))(row));
    },
    narrow: (scope, holds) => {
      let byPaid: Narrow | undefined;
      return whereSome(scope.state.table('invoice'), holds(0), (among, from) =>
        (byPaid ??= byPaidInvoices(scope, kind, holds))(among, from),
      );
    },
  },
  ...(['open', 'won', 'lost'] as const).map(
    (status): DerivedField => ({
      name: `deals.${status}`,
      kinds: customers,
      type: 'count',
      timed: false,
      bind: scope => {
        const { links, isOf } = dealsOf(scope, kind as Customer);
        const counts = isOf(status);
        return row => countLinked(links, row, counts);
      },
    }),
  ),
  {
    name: 'deals.value',
    kinds: customers,
    type: 'sums',
    timed: false,
    bind: scope => {
      const sums = valueOfDeals(scope, kind as Customer);
      return row => sums(row).reduce((most, { sum }) => Math.max(most, Number(sum)), 0);
    },
    sums: scope => valueOfDeals(scope, kind as Customer),
  },
  {
    name: 'score',
    kinds: ['deal', 'contact'],
    type: 'score',
    timed: true,
    bind: scope => {
      const of = kind as Score['for'];
      return scoreOf(scope, of, defaultScore(scope.state.config, of));
    },
  },
];

const todayOf = (scope: Scope): number => dayNumber(scope.clock.zone.day(scope.clock.now));

/** A record's tasks, with the columns of tasks. */
export function tasksOf(scope: Scope, kind: Kind) {
  const { state } = scope;
  const tasks = state.table('task');
  const status = tasks.column('status') as CodeColumn;
  const statusIs = (word: string) => {
    let code = -2;
    return (task: number) => {
      // A word may enter the dictionary after binding.
      if (code < 0) code = status.words.indexOf(word);
      return code >= 0 && status.get(task) === code;
    };
  };
  return {
    links: linksOf(scope, kind, 'task', 'for'),
    due: tasks.column('due') as NumberColumn,
    done: tasks.column('doneAt') as NumberColumn,
    created: tasks.column('createdAt') as NumberColumn,
    type: tasks.column('type') as CodeColumn,
    isOpen: statusIs('open'),
    isDone: statusIs('done'),
  };
}

/** Counts the open or the done tasks of records. */
function tasksThatAre(scope: Scope, kind: Kind, status: 'open' | 'done'): Sums {
  const { links, isOpen, isDone } = tasksOf(scope, kind);
  const counts = status === 'open' ? isOpen : isDone;
  return { what: status, none: 0, parts: [{ links, add: (n, task) => n + Number(counts(task)) }] };
}

/**
 * Returns the day number on which the next open task of a record is due: Infinity if none of its open tasks has a
 * day, NaN if it has no open task.
 */
function nextDue(scope: Scope, kind: Kind): (row: number) => number {
  const { links, due, isOpen } = tasksOf(scope, kind);
  return row => {
    let next = Number.NaN;
    for (let edge = links.first(row); edge >= 0; edge = links.next(edge)) {
      const task = links.row(edge);
      if (!isOpen(task)) continue;
      const day = due.get(task);
      next = Math.min(
        Number.isNaN(next) ? Number.POSITIVE_INFINITY : next,
        Number.isNaN(day) ? Number.POSITIVE_INFINITY : day,
      );
    }
    return next;
  };
}

export const nextActions = ['overdue', 'today', 'upcoming', 'scheduled', 'none'] as const;
export type NextAction = (typeof nextActions)[number];

/** Returns the group of a next due day (of `nextDue`), seen from the day number of today. */
export function nextAction(due: number, today: number): NextAction {
  if (Number.isNaN(due)) return 'none';
  return due < today ? 'overdue' : due === today ? 'today' : due === today + 1 ? 'upcoming' : 'scheduled';
}

/**
 * Finds the time of the last contact with customers: an activity other than a note, a closed task of a contact type, a
 * one-to-one mail; or the time of the last task added. A record without any has none, and counts from its creation.
 */
function lastContact(scope: Scope, kind: Kind): Sums {
  const { state, clock } = scope;
  const tasks = tasksOf(scope, kind);
  const contactTypes = wordTest(tasks.type, word => state.config.taskTypes[word]?.contact === true);
  const activities = state.table('activity');
  const at = activities.column('at') as NumberColumn;
  const type = activities.column('type') as CodeColumn;
  const isContact = wordTest(type, word => word !== 'note');
  // An out-of-office note is not a contact with a person.
  const automatic = activities.column('automatic') as NumberColumn;
  const past = (last: number, instant: number) => (instant <= clock.now ? later(last, instant) : last);
  const ofTask: Part = {
    links: tasks.links,
    add: (last, task) => {
      const added = past(last, tasks.created.get(task));
      const isDone = tasks.isDone(task) && contactTypes(tasks.type.get(task));
      return isDone ? past(added, tasks.done.get(task)) : added;
    },
  };
  const ofActivity: Part = {
    links: linksOf(scope, kind, 'activity', 'for'),
    add: (last, activity) =>
      isContact(type.get(activity)) && automatic.get(activity) !== 1 ? past(last, at.get(activity)) : last,
  };
  return { what: `contact ${clock.now}`, none: Number.NEGATIVE_INFINITY, parts: [ofTask, ofActivity] };
}

const later = (one: number, other: number): number => (other > one ? other : one);

/** Returns, for each row, the later of the instants of a column and of a tally. */
function latest(column: NumberColumn, tally: Tally): Pick<NumberColumn, 'part'> {
  const room = new Float64Array(BLOCK);
  return {
    part: (from, count) => {
      const instants = room.subarray(0, count);
      instants.set(column.part(from, count));
      const others = tally().subarray(from, from + count);
      for (let i = 0; i < others.length; i++) if (others[i]! > instants[i]!) instants[i] = others[i]!;
      return instants;
    },
  };
}

/** Returns a test of a column's codes, which asks `is` once for each word. */
export function wordTest(
  column: CodeColumn | CodesColumn,
  holds: (word: string) => boolean,
): (code: number) => boolean {
  const known: boolean[] = [];
  return code => {
    if (code < 0) return false;
    return (known[code] ??= holds(column.words[code]!));
  };
}

type Customer = 'contact' | 'account';

/** Calls `each` with the deals of a contact, primary or not, or of an account. */
function dealsOf(scope: Scope, kind: Customer) {
  const status = scope.state.table('deal').column('status') as CodeColumn;
  return {
    links: linksOf(scope, kind, 'deal', definitionOf(scope.state.kinds, kind).throughDeals!),
    isOf: (...wanted: readonly string[]) => {
      const is = wordTest(status, word => wanted.includes(word));
      return (deal: number) => is(status.get(deal));
    },
  };
}

/** The values of a customer's deals: the open and the won ones. */
function valueOfDeals(scope: Scope, kind: Customer): (row: number) => Sum[] {
  const { links, isOf } = dealsOf(scope, kind);
  const counts = isOf('open', 'won');
  const currency = scope.state.table('deal').column('currency') as CodeColumn;
  const units = valuesInMinorUnits(scope.state);
  return row => {
    const sums = new Map<string, ExactSum>();
    links.some(row, deal => {
      if (!counts(deal)) return false;
      const code = currency.words[currency.get(deal)]!;
      let sum = sums.get(code);
      if (!sum) sums.set(code, (sum = new ExactSum()));
      sum.add(units(deal));
      return false;
    });
    return [...sums]
      .map(([code, { total }]) => ({ currency: code, sum: fromMinorUnits(total, code) }))
      .sort((a, b) => byCodeUnits(a.currency, b.currency));
  };
}

/** `1200.00 EUR, 300.00 USD` */
export const showSums = (sums: readonly Sum[]): string =>
  sums.map(({ currency, sum }) => `${sum} ${currency}`).join(', ') || 'none';
