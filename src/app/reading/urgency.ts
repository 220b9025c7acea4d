/**
 * The urgency of a task or deal, as a sum of terms: each is a coefficient times a factor from 0 to 1, as in
 * Taskwarrior. A factor looks at one row, so that the same code ranks all rows and explains one.
 */
import { pipelineOf, stageOf } from '../../domain/config.ts';
import { DAY, dayNumber } from '../../domain/dates.ts';
import type { Kind } from '../../domain/kinds.ts';
import { amount } from '../../domain/money.ts';
import type { Deal } from '../../domain/records.ts';
import { ownProbability, probabilityOf } from '../../query/probability.ts';
import { mayRot, rotting } from '../../query/rotting.ts';
import type { CodeColumn, NumberColumn } from '../../state/columns/column.ts';
import type { View } from '../core/view.ts';
import type { NextTasks } from './next-task.ts';
import type { WaitingMail } from './waiting-mail.ts';

const coefficients = {
  due: 12,
  unanswered: 10,
  held: 7,
  'past-close': 6,
  rotting: 5,
  'no-next-action': 4,
  value: 3,
  probability: 2,
  age: 2,
} as const;

export type TermName = keyof typeof coefficients;

export interface Term {
  readonly term: TermName;
  readonly coefficient: number;
  /** From 0 to 1. */
  readonly factor: number;
  /** Their product. */
  readonly points: number;
  /** For people: `3 days overdue`. */
  readonly why: string;
}

/** The factor of a term for each row, and its words for people. */
export interface Factor {
  readonly term: TermName;
  /** Thousandths, from 0 (not at all) to 1,000: whole numbers, because V8 makes an object of any other number. */
  of(row: number): number;
  /** Writes the thousandths of the chosen rows of a block to `into`; returns false, and writes none, if all are 0. */
  fill(into: Int32Array, among: Uint8Array, from: number): boolean;
  why(row: number): string;
}

/** The terms that are a reason to act, and not only a weight. */
const concerns: readonly TermName[] = [
  'due',
  'unanswered',
  'held',
  'past-close',
  'rotting',
  'no-next-action',
];

export const isConcern = ({ term }: Pick<Term, 'term'>): boolean => concerns.includes(term);

/** Returns the terms of a row that count, the weightiest first. */
export const termsOf = (factors: readonly Factor[], row: number): Term[] =>
  factors
    .map(factor => termOf(factor.term, factor.of(row), () => factor.why(row)))
    .flatMap(term => term ?? [])
    .sort((a, b) => b.points - a.points);

/** Returns a term of a factor in thousandths; undefined if the factor is 0. */
export function termOf(term: TermName, thousandths: number, why: () => string): Term | undefined {
  if (thousandths === 0) return undefined;
  const points = pointsOf(term, thousandths);
  return { term, coefficient: coefficients[term], factor: thousandths / 1000, points, why: why() };
}

/** What a factor in thousandths adds to the urgency. */
export const pointsOf = (term: TermName, thousandths: number): number =>
  (coefficients[term] * thousandths) / 1000;

/** The most points that factors add to the urgency together. */
export const mostOf = (factors: readonly Factor[]): number =>
  factors.reduce((sum, { term }) => sum + coefficients[term], 0);

const numberColumn = (view: View, kind: Kind, path: string): NumberColumn =>
  view.state.table(kind).column(path) as NumberColumn;

const fillByRow =
  (of: (row: number) => number): Factor['fill'] =>
  (into, among, from) => {
    for (let i = 0; i < among.length; i++) if (among[i] === 1) into[i] = of(from + i);
    return true;
  };

const fillByNumber =
  (column: NumberColumn, of: (value: number) => number): Factor['fill'] =>
  (into, among, from) => {
    const values = column.part(from, among.length);
    for (let i = 0; i < among.length; i++) if (among[i] === 1) into[i] = of(values[i]!);
    return true;
  };

/** A factor of 1, in thousandths. */
export const ALL = 1000;

/** Returns a factor in thousandths, at least `low` and at most 1; 0 for NaN. */
const between = (low: number, factor: number): number =>
  factor > low ? (Math.min(1, factor) * 1000 + 0.5) | 0 : (low * 1000 + 0.5) | 0;
const daysText = (days: number): string => (days === 1 ? '1 day' : `${days} days`);

/** Days ahead from which a task's day begins to count more, and days after it at which it counts in full. */
const [AHEAD, LATE] = [14, 7];
/** The factor of a day that is far ahead. */
const FAR = 0.2;

/** How urgent a day is that is `ahead` of today: as in Taskwarrior, 0.2 until two weeks before, then up to 1 a week after. */
const dueFactor = (ahead: number): number =>
  Number.isFinite(ahead) ? between(FAR, FAR + ((AHEAD - ahead) * (1 - FAR)) / (AHEAD + LATE)) : 0;

/** Returns the factors of tasks; `dealOf` returns the row of a task's open deal, or -1. */
export function taskFactors(
  view: View,
  dealOf: (task: number) => number,
  deals: readonly Factor[],
): Factor[] {
  const { state, clock } = view;
  const table = state.table('task');
  const due = numberColumn(view, 'task', 'due');
  const today = dayNumber(clock.zone.day(clock.now));
  const ofDeal = (term: TermName): Factor => {
    const { of: ofIts, why } = deals.find(factor => factor.term === term)!;
    const of = (row: number) => {
      const deal = dealOf(row);
      return deal < 0 ? 0 : ofIts(deal);
    };
    return { term, of, fill: fillByRow(of), why: row => why(dealOf(row)) };
  };
  const ofDue = (day: number) => dueFactor(day - today);
  const dueTime = (row: number) => {
    const time = table.record(row).dueTime;
    return typeof time === 'string' ? ` ${time}` : '';
  };
  return [
    {
      term: 'due',
      of: row => ofDue(due.get(row)),
      fill: fillByNumber(due, ofDue),
      why: row => {
        const ahead = due.get(row) - today;
        if (ahead < 0) return `${daysText(-ahead)} overdue`;
        return `due ${ahead === 0 ? 'today' : ahead === 1 ? 'tomorrow' : `in ${daysText(ahead)}`}${dueTime(row)}`;
      },
    },
    ofDeal('value'),
    ofDeal('probability'),
    ageFactor(view, 'task'),
  ];
}

/** Returns the factors of open deals. */
export function dealFactors(view: View, next: NextTasks): Factor[] {
  const { state, clock } = view;
  const table = state.table('deal');
  const today = dayNumber(clock.zone.day(clock.now));
  // Tasks ask for the deals that they are for, in no order, and cells of these columns are not read one by one.
  for (const path of ['pipeline', 'stage', 'status']) (table.column(path) as CodeColumn).all();
  const own = ownProbability(state);
  if (own?.isEmpty === false) own.all();
  const close = numberColumn(view, 'deal', 'expectedClose');
  const percent = probabilityOf(state);
  const ofClose = (day: number) => (day <= today ? between(0, 0.4 + (today - day) / 24) : 0);
  const ofNext = (row: number) => (next.task(row) < 0 ? ALL : 0);
  const ofPercent = (row: number) => between(0, percent(row) / 100);
  return [
    {
      term: 'past-close',
      of: row => ofClose(close.get(row)),
      fill: fillByNumber(close, ofClose),
      why: row =>
        close.get(row) === today
          ? 'expected to close today'
          : `expected close ${daysText(today - close.get(row))} ago`,
    },
    rottingFactor(view),
    { term: 'no-next-action', of: ofNext, fill: fillByRow(ofNext), why: () => 'no next action' },
    valueFactor(view),
    {
      term: 'probability',
      of: ofPercent,
      fill: fillByRow(ofPercent),
      why: row => `${percent(row)}% probable`,
    },
    ageFactor(view, 'deal'),
  ];
}

function rottingFactor(view: View): Factor {
  const { clock, state } = view;
  const since = numberColumn(view, 'deal', 'stageSince');
  const isRotting = rotting(view.scope);
  const canRot = mayRot(state.config);
  const age = (row: number) => Math.floor((clock.now - since.get(row)) / DAY);
  const of = (row: number) => (isRotting(row) ? between(0, 0.5 + age(row) / 180) : 0);
  const byRow = fillByRow(of);
  return {
    term: 'rotting',
    of,
    fill: (into, among, from) => {
      if (!canRot) return false;
      since.part(from, among.length);
      return byRow(into, among, from);
    },
    why: row => `rotting: ${daysText(age(row))} in ${stageName(view, row)}`,
  };
}

/** A mail that waits counts more each day, and in full after three. */
export const mailFactor = (view: View, { at }: WaitingMail): number =>
  between(0.4, 0.4 + (view.clock.now - at) / (5 * DAY));

/** A value counts by its digits, compared with the highest value of an open deal in its currency. */
function valueFactor(view: View): Factor {
  const table = view.state.table('deal');
  const value = (table.column('value') as NumberColumn).all();
  const currency = table.column('currency') as CodeColumn;
  const currencies = currency.all();
  const status = table.column('status') as CodeColumn;
  const highest = highestOf(value, currency, status).map(Math.log1p);
  const of = (row: number) => {
    const most = highest[currencies[row]!] ?? 0;
    return value[row]! > 0 && most > 0 ? between(0, Math.log1p(value[row]!) / most) : 0;
  };
  return {
    term: 'value',
    of,
    fill: fillByRow(of),
    why: row => {
      const { value: text, currency: code } = table.record(row) as Deal;
      return amount(text, code);
    },
  };
}

/** The highest value among open deals, by the code of the currency. */
function highestOf(values: Float64Array, currency: CodeColumn, status: CodeColumn): Float64Array {
  const highest = new Float64Array(currency.words.length);
  const open = status.words.indexOf('open');
  const [codes, statuses] = [currency.all(), status.all()];
  for (let row = 0; row < statuses.length; row++)
    if (statuses[row] === open && values[row]! > highest[codes[row]!]!) highest[codes[row]!] = values[row]!;
  return highest;
}

/** A year counts in full. */
function ageFactor(view: View, kind: 'deal' | 'task'): Factor {
  const created = numberColumn(view, kind, 'createdAt');
  const daysSince = (instant: number) => (view.clock.now - instant) / DAY;
  const of = (instant: number) => between(0, daysSince(instant) / 365);
  return {
    term: 'age',
    of: row => of(created.get(row)),
    fill: fillByNumber(created, of),
    why: row => `added ${daysText(Math.floor(daysSince(created.get(row))))} ago`,
  };
}

function stageName(view: View, row: number): string {
  const { pipeline, stage } = view.state.table('deal').record(row) as Deal;
  return stageOf(pipelineOf(view.state.config, pipeline), stage)?.name ?? stage;
}
