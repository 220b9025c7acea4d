/** Reports per owner or team: open, won and lost deals, quotas, and work. */
import type { View } from '../core/view.ts';
import { nextTasks } from '../reading/next-task.ts';
import { keysOfRows, rowsOf } from '../reading/rows.ts';
import { NOTHING, Tallies, type Tally, type TallyKeys, WHOLE } from '../reading/tally.ts';
import { byCodeUnits } from '../../kinds/field-types.ts';
import { BLOCK, type Block } from '../../state/table.ts';
import type { Asked } from './asked.ts';
import { closedDay } from './closed-day.ts';
import type { Currency } from './grouped.ts';
import { groupingBy } from './asked-grouping.ts';
import type { Group, Grouping } from './grouping.ts';
import { money, rate, weightedMoney } from './money-cells.ts';
import { Quotas, type Target } from './owner-quotas.ts';
import type { Answer, Cells, Report, ReportColumn, ReportRow } from './report.ts';
import { THIS_QUARTER } from './span.ts';
import { countWork, overdueTasks } from './work.ts';

export const owners: Report = {
  name: 'owners',
  summary: 'per owner: open, won and lost deals, win rate, quota, work done and overdue',
  question: 'Who has what?',
  definition:
    'For each owner or team: open deals, value and weighted now; won and lost in these days, win rate, quota and attainment (what users with a quota won, as a share of their quotas); activities and tasks done in these days; overdue tasks and open deals without a next action now.',
  examples: ['report owners --per team', 'user set ana quota.month=20000'],
  options: ['per'],
  span: THIS_QUARTER,
  columns,
  chart: () => ({ type: 'bars', figure: 'openValue', part: 'weighted' }),
  picture: {
    type: 'bars',
    stacks: [
      [
        { key: 'weighted', look: 'deep', title: 'open, weighted' },
        { key: 'openValue', less: 'weighted', look: 'plain', title: 'open, the rest of its value' },
      ],
      [{ key: 'wonValue', look: 'good', title: 'won' }],
    ],
    mark: { key: 'quota', look: 'faint' },
  },
  answer,
};

function columns(asked: Asked): ReportColumn[] {
  return [
    ...asked.perKeys(['owner']).map(key => ({ key, type: 'word' as const })),
    { key: 'currency', type: 'currency' },
    { key: 'quota', type: 'money', goes: true },
    { key: 'attainment', type: 'rate', goes: true },
    { key: 'activities', type: 'count', goes: true },
    { key: 'open', type: 'count' },
    { key: 'openValue', title: 'open value', type: 'money' },
    { key: 'weighted', type: 'money', goes: true },
    { key: 'won', type: 'count', tone: 'good' },
    { key: 'wonValue', title: 'won value', type: 'money', tone: 'good' },
    { key: 'lost', type: 'count', tone: 'bad', goes: true },
    { key: 'winRate', type: 'rate', goes: true },
    { key: 'winRateValue', title: 'win rate by value', type: 'rate', goes: true },
    { key: 'tasksDone', type: 'count', goes: true },
    { key: 'overdueTasks', type: 'count', tone: 'warning', goes: true },
    { key: 'noNextAction', type: 'count', tone: 'warning', goes: true },
  ];
}

/** Deals by what became of them. */
interface Standing {
  readonly open: Tallies;
  readonly won: Tallies;
  readonly lost: Tallies;
}

function answer(view: View, asked: Asked): Answer {
  const { from, to } = asked.span;
  const open = asked.deals('is:open');
  const closed = (status: string) => asked.deals(`is:${status} closed:${from}..${to}`);
  const grouping =
    asked.grouping(asked.deals('is:open,won,lost')) ??
    groupingBy(view, 'owner', asked.deals('is:open,won,lost'));
  const standing = (keys: TallyKeys): Standing => ({
    open: new Tallies(open, keys, asked.amounts()),
    won: new Tallies(closed('won'), keys, asked.values(closedDay(view))),
    lost: new Tallies(closed('lost'), keys, asked.values(closedDay(view))),
  });
  const parts = standing(grouping);
  // A deal that is in several groups counts once in the total.
  const whole = grouping.several ? standing(WHOLE) : parts;
  const quotas = new Quotas(view, asked, grouping, () => closed('won'));
  const work = new Work(view, asked, grouping, open);
  const currencies = whole.open.currencies
    .map((currency, code) => ({ currency, code }))
    .filter(({ code }) => Object.values(whole).some((each: Tallies) => each.all(code).deals > 0))
    .sort((a, b) => byCodeUnits(a.currency, b.currency));
  const rows = linesOf(view, grouping, quotas, work).flatMap(({ group, number }): ReportRow[] => [
    ...withQuotas(currencies, quotas.of(group), quotas.currency).flatMap(({ currency, code }) => {
      const tallies = talliesAt(parts, number, code);
      const target = currency === quotas.currency ? quotas.of(group) : undefined;
      if (target === undefined && tallies.every(({ deals }) => deals === 0)) return [];
      return [
        {
          cells: { ...group.cells, ...figures(tallies, currency, target) },
          labels: group.labels,
          query: asked.queryOf('is:open', group.query, asked.inCurrency(currency)),
        },
      ];
    }),
    ...work.row(asked, group, number),
  ]);
  const total: Cells[] = withQuotas(currencies, quotas.total, quotas.currency).map(({ currency, code }) => ({
    ...grouping.none,
    ...figures(
      code < 0 ? NONE : [whole.open.all(code), whole.won.all(code), whole.lost.all(code)],
      currency,
      currency === quotas.currency ? quotas.total : undefined,
    ),
  }));
  if (rows.length > 0) total.push({ ...grouping.none, ...noFigures, currency: null, ...work.total });
  return {
    rows,
    total,
    notes: [...quotas.notes, ...asked.notes],
    ...(rows.length === 0 && { nothing: 'nobody has open deals, and none was won or lost in this time' }),
  };
}

/** A group, and its number among those of deals; -1 where it has none. */
interface Line {
  readonly group: Group;
  readonly number: number;
}

/** The groups of deals, and the users who have a quota or did something, though they have no deals. */
function linesOf(view: View, grouping: Grouping, quotas: Quotas, work: Work): Line[] {
  const lines = grouping.order.map(number => ({ group: grouping.group(number), number }));
  if (!Object.hasOwn(grouping.none, 'owner')) return lines;
  const known = new Set(lines.map(({ group }) => group.cells.owner));
  const { users } = view.config;
  const others = [...quotas.users, ...work.users].filter(user => user !== null && !known.has(user));
  const more = [...new Set(others as string[])].map(user => ({
    number: -1,
    group: {
      cells: { owner: user },
      labels: { owner: Object.hasOwn(users, user) ? users[user]!.name : user },
      query: Object.hasOwn(users, user) ? `owner:${user}` : null,
    },
  }));
  const place = ({ group }: Line) => {
    const at = Object.keys(users).indexOf(group.cells.owner ?? '');
    return group.cells.owner === null ? Number.POSITIVE_INFINITY : at < 0 ? Number.MAX_SAFE_INTEGER : at;
  };
  return [...lines, ...more].sort((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)));
}

/** The currencies with deals, and that of quotas where there is one. */
function withQuotas(
  met: readonly Currency[],
  target: Target | undefined,
  currency: string,
): readonly Currency[] {
  if (target === undefined || met.some(each => each.currency === currency)) return met;
  return [...met, { currency, code: -1 }].sort((a, b) => byCodeUnits(a.currency, b.currency));
}

const NONE: readonly [Tally, Tally, Tally] = [NOTHING, NOTHING, NOTHING];

const talliesAt = (
  { open, won, lost }: Standing,
  number: number,
  code: number,
): readonly [Tally, Tally, Tally] =>
  number < 0 || code < 0 ? NONE : [open.of(number, code), won.of(number, code), lost.of(number, code)];

const noFigures = {
  quota: null,
  attainment: null,
  open: null,
  openValue: null,
  weighted: null,
  won: null,
  wonValue: null,
  lost: null,
  winRate: null,
  winRateValue: null,
};

function figures(
  [open, won, lost]: readonly [Tally, Tally, Tally],
  currency: string,
  target: Target | undefined,
): Cells {
  return {
    currency,
    quota: target === undefined ? null : money(target.quota, currency),
    attainment: target === undefined ? null : rate(target.won, target.quota),
    activities: null,
    open: open.deals,
    openValue: money(open.value, currency),
    weighted: weightedMoney(open, currency),
    won: won.deals,
    wonValue: money(won.value, currency),
    lost: lost.deals,
    winRate: rate(won.deals, won.deals + lost.deals),
    winRateValue: rate(won.value, won.value + lost.value),
    tasksDone: null,
    overdueTasks: null,
    noNextAction: null,
  };
}

/** What stands in a row without a currency. */
interface Counts {
  activities: number;
  tasksDone: number;
  overdueTasks: number;
}

/** Activities and tasks by user, and deals without a next action by group. */
class Work {
  readonly #counts = new Map<string | null, Counts>();
  readonly #membersOf: ((group: Group) => readonly (string | null)[]) | undefined;
  readonly #without: Int32Array;
  #allWithout = 0;

  constructor(view: View, asked: Asked, grouping: Grouping, open: Iterable<Block>) {
    const { teams } = view.config;
    const inTeams = new Set(Object.values(teams).flat());
    this.#membersOf = Object.hasOwn(grouping.none, 'owner')
      ? ({ cells }) => [cells.owner!]
      : Object.hasOwn(grouping.none, 'team')
        ? ({ cells }) =>
            cells.team === null
              ? [...this.#counts.keys()].filter(user => user === null || !inTeams.has(user))
              : (teams[cells.team!] ?? [])
        : undefined;
    countWork(asked, [asked.span], (_, user, kind) => {
      if (kind === 'tasksDone') this.#at(user).tasksDone++;
      else if (kind !== 'tasksAdded') this.#at(user).activities++;
    });
    overdueTasks(asked, user => this.#at(user).overdueTasks++);
    this.#without = new Int32Array(grouping.size);
    const next = nextTasks(view);
    const room = new Int32Array(BLOCK);
    for (const rows of rowsOf(open)) {
      const groups = keysOfRows(grouping, room, rows);
      for (let i = 0; i < rows.length; i++) {
        if (next.task(rows[i]!) >= 0) continue;
        this.#allWithout++;
        if (grouping.several) for (const number of grouping.several(rows[i]!)) this.#without[number]!++;
        else this.#without[groups[i]!]!++;
      }
    }
  }

  #at(user: string | null): Counts {
    let counts = this.#counts.get(user);
    if (!counts) this.#counts.set(user, (counts = { activities: 0, tasksDone: 0, overdueTasks: 0 }));
    return counts;
  }

  get users(): readonly (string | null)[] {
    return [...this.#counts.keys()];
  }

  get total(): Cells {
    return { ...sumOf(this.#counts.values()), noNextAction: this.#allWithout };
  }

  /** The row of a group that has no currency; none where there is nothing in it. */
  row(asked: Asked, group: Group, number: number): ReportRow[] {
    const members = this.#membersOf?.(group);
    const counts = members && sumOf(members.flatMap(user => this.#counts.get(user) ?? []));
    const noNextAction = number < 0 ? 0 : this.#without[number]!;
    if (noNextAction === 0 && (!counts || Object.values(counts).every(count => count === 0))) return [];
    const unknown = { activities: null, tasksDone: null, overdueTasks: null };
    return [
      {
        cells: { ...group.cells, ...noFigures, currency: null, ...(counts ?? unknown), noNextAction },
        labels: group.labels,
        query: asked.queryOf('is:open next-action:none', group.query),
      },
    ];
  }
}

function sumOf(all: Iterable<Counts>): Counts {
  const sum: Counts = { activities: 0, tasksDone: 0, overdueTasks: 0 };
  for (const each of all)
    for (const key of ['activities', 'tasksDone', 'overdueTasks'] as const) sum[key] += each[key];
  return sum;
}
