/** Activities by period and user: calls, e-mails, meetings, notes, and tasks done and added. */
import type { View } from '../core/view.ts';
import { DAY } from '../../domain/dates.ts';
import { byCodeUnits } from '../../kinds/field-types.ts';
import { findDerived } from '../../query/names.ts';
import { seenRow } from '../../query/scope.ts';
import type { Asked } from './asked.ts';
import type { Answer, Cells, Report, ReportColumn, ReportRow } from './report.ts';
import { inDays, Samples } from './samples.ts';
import { LATELY } from './span.ts';
import { countWork, workKinds } from './work.ts';

export const activity: Report = {
  name: 'activity',
  summary: 'what was done by period and user; how long open deals have been idle',
  question: 'What was done?',
  definition:
    'Calls, e-mails, meetings and notes by the user who did them, tasks done and added by their assignee, in each period; below, how long open deals have been idle.',
  examples: ['report activity --by week --from last-month'],
  options: ['by'],
  span: LATELY,
  columns,
  chart: () => ({ type: 'bars', figure: 'calls' }),
  picture: {
    type: 'columns',
    stack: [
      { key: 'calls', look: 'deep' },
      { key: 'emails', look: 'plain' },
      { key: 'meetings', look: 'good' },
      { key: 'notes', look: 'pale' },
      { key: 'tasksDone', look: 'faint' },
    ],
  },
  answer,
};

function columns(): ReportColumn[] {
  return [
    { key: 'period', type: 'word' },
    { key: 'user', type: 'word' },
    ...workKinds.map(key => ({ key, type: 'count' as const })),
  ];
}

function answer(view: View, asked: Asked): Answer {
  const { periods } = asked.span;
  const counts = new Map<string | null, Int32Array>();
  const width = workKinds.length;
  countWork(asked, periods, (period, user, kind) => {
    let of = counts.get(user);
    if (!of) counts.set(user, (of = new Int32Array(periods.length * width)));
    of[period * width + workKinds.indexOf(kind)]!++;
  });
  const order = Object.keys(view.config.users);
  const place = (user: string | null) =>
    user === null ? order.length + 1 : order.includes(user) ? order.indexOf(user) : order.length;
  const users = [...counts.keys()].sort((a, b) => place(a) - place(b) || byCodeUnits(a ?? '', b ?? ''));
  const nameOf = (user: string | null) =>
    user === null ? 'nobody' : Object.hasOwn(view.config.users, user) ? view.config.users[user]!.name : user;
  const rows: ReportRow[] = periods.flatMap(({ key }, period) =>
    users.flatMap(user => {
      const own = counts.get(user)!.subarray(period * width, (period + 1) * width);
      if (own.every(count => count === 0)) return [];
      const figures = Object.fromEntries(workKinds.map((kind, i) => [kind, own[i]!]));
      return [
        {
          cells: { period: key, user, ...figures },
          labels: { user: nameOf(user) },
          query: null,
          deals: () => dealsOf(view, asked, period, user),
        },
      ];
    }),
  );
  const sums = workKinds.map((_, i) =>
    [...counts.values()].reduce(
      (sum, of) => sum + periods.reduce((n, __, period) => n + of[period * width + i]!, 0),
      0,
    ),
  );
  const total: Cells[] =
    rows.length === 0
      ? []
      : [{ period: null, user: null, ...Object.fromEntries(workKinds.map((kind, i) => [kind, sums[i]!])) }];
  return {
    rows,
    total,
    notes: [...silence(view, asked), ...asked.notes],
    ...(rows.length === 0 && {
      nothing: `nothing was done from ${asked.span.from} to ${asked.span.to}`,
    }),
  };
}

/** Returns the rows of the deals for which a user did something in a period. */
function dealsOf(view: View, asked: Asked, period: number, user: string | null): number[] {
  const found = new Set<number>();
  const target = seenRow(view.scope, 'deal');
  countWork(asked, asked.span.periods, (at, by, _, about) => {
    const number = at === period && by === user && about > 0 ? view.kinds.numberIn('deal', about) : 0;
    const row = number > 0 ? target(number) : -1;
    if (row >= 0) found.add(row);
  });
  return [...found].sort((a, b) => a - b);
}

/** How long open deals have been without contact: the median, and the longest time with its deal. */
function silence(view: View, asked: Asked): string[] {
  const idle = findDerived('deal', 'idle', view.state.config)!.bind(view.scope);
  const ages = new Samples(1);
  let longest = -1;
  let whose = -1;
  for (const { among, from } of asked.deals('is:open'))
    for (let i = 0; i < among.length; i++) {
      if (among[i] === 0) continue;
      const age = idle(from + i);
      ages.add(0, age);
      if (age > longest) [longest, whose] = [age, from + i];
    }
  if (whose < 0) return [];
  return [
    `days without contact, of open deals: median ${inDays(ages.quantile(0, 0.5))}, longest ${Math.floor(longest / DAY)} (${view.state.table('deal').id(whose)})`,
  ];
}
