/**
 * Reports of random histories (moves, reopenings, values, currencies, close dates, owners, trash, restore, undo, imports)
 * against plain objects, and the laws that hold of all of them.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { View } from '../../../src/app/core/view.ts';
import { list } from '../../../src/app/reading/list.ts';
import type { ReportOptions } from '../../../src/app/reports/asked.ts';
import type { Cells } from '../../../src/app/reports/report.ts';
import { addDays } from '../../../src/domain/dates.ts';
import type { Deal } from '../../../src/domain/records.ts';
import { type RandomHistory, randomHistory } from '../../state/random-history.ts';
import { ana, answered, viewOf } from './random-view.ts';
import { runs } from '../../effort.ts';

const places = { EUR: 2, USD: 2, JPY: 0 } as const;
type Currency = keyof typeof places;
const inCurrency = (deal: Deal) => deal.currency as Currency;
const unitsOf = ({ value }: Deal) => BigInt(value.replace('.', ''));

/** n / d, half to even. */
function rounded(n: bigint, d: bigint): bigint {
  const [whole, twice] = [n / d, (n % d) * 2n];
  return twice > d || (twice === d && whole % 2n === 1n) ? whole + 1n : whole;
}

/** In cents of EUR: 0.92 for a USD, 0.006 for a JPY. */
const rates = { EUR: [1n, 1n], USD: [92n, 100n], JPY: [6n, 10n] } as const;

/** What a deal is worth, times a share of a hundred, rounded once. */
function worth(deal: Deal, isConverted: boolean, share = 100n): bigint {
  const [n, d] = isConverted ? rates[inCurrency(deal)] : [1n, 1n];
  return rounded(unitsOf(deal) * n * share, d * 100n);
}

function text(units: bigint, currency: string): string {
  const count = places[currency as Currency];
  const digits = units.toString().padStart(count + 1, '0');
  return count === 0 ? digits : `${digits.slice(0, -count)}.${digits.slice(-count)}`;
}

const amsterdam = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Amsterdam' });
const dayOf = (instant: string | number) => amsterdam.format(new Date(instant));
const quarterOf = (day: string) => `${day.slice(0, 4)}-Q${Math.ceil(Number(day.slice(5, 7)) / 3)}`;

/** Whether a deal was closed in some days; one that does not say when was in none. */
const isClosedIn = ({ closedAt }: Deal, from: string, to: string): boolean =>
  !!closedAt && dayOf(closedAt) >= from && dayOf(closedAt) <= to;

interface Figures {
  deals: number;
  value: bigint;
  weighted: bigint;
  unknown: number;
}

/** Deals by a key, each with what it is worth: only stages named `new` say how probable a deal is, 20 %. */
function figuresBy(deals: readonly Deal[], isConverted: boolean, key: (deal: Deal) => string) {
  const all = new Map<string, Figures>();
  for (const deal of deals) {
    const name = `${key(deal)} ${isConverted ? 'EUR' : deal.currency}`;
    const known = all.get(name) ?? { deals: 0, value: 0n, weighted: 0n, unknown: 0 };
    const isKnown = deal.stage === 'new';
    all.set(name, {
      deals: known.deals + 1,
      value: known.value + worth(deal, isConverted),
      weighted: known.weighted + (isKnown ? worth(deal, isConverted, 20n) : 0n),
      unknown: known.unknown + (isKnown ? 0 : 1),
    });
  }
  return all;
}

const weightedText = ({ deals, unknown, weighted }: Figures, currency: string) =>
  deals > 0 && unknown === deals ? null : text(weighted, currency);
const currencyIn = (name: string) => name.slice(-3);

const converted = fc.boolean();
const withCurrency = (isConverted: boolean) => (isConverted ? { currency: 'EUR' } : {});

/** Days of a report in a history: some of them lie before it, and some after it. */
const daysArbitrary = fc.tuple(fc.nat(260), fc.nat(120)).map(([first, length]) => {
  const from = addDays('2025-12-01', first);
  return { from, to: addDays(from, length) };
});

const some = (rows: readonly { readonly cells: Cells }[], ...keys: string[]) =>
  rows.map(({ cells }) => cells).filter(cells => keys.some(key => Number(cells[key]) > 0));

describe('of random histories', () => {
  test('forecast has the figures of a computation on plain objects', () =>
    fc.assert(
      fc.asyncProperty(
        randomHistory({ steps: 60 }),
        converted,
        async ({ transactions, deals, now }, isConverted) => {
          const view = viewOf(transactions, now, ana);
          const today = dayOf(now);
          const { answer, asked } = await answered(view, 'forecast', {
            by: 'quarter',
            ...withCurrency(isConverted),
          });
          const { to } = asked.span;
          const slotOf = (deal: Deal) => slotOfDay(String(deal.expectedClose ?? ''));
          const slotOfDay = (close: string) =>
            close === '' ? 'undated' : close < today ? 'overdue' : close > to ? 'later' : quarterOf(close);
          const open = figuresBy(
            [...deals.values()].filter(d => d.status === 'open'),
            isConverted,
            slotOf,
          );
          const won = figuresBy(
            [...deals.values()].filter(d => d.status === 'won' && isClosedIn(d, asked.span.from, to)),
            isConverted,
            d => quarterOf(dayOf(d.closedAt!)),
          );
          const expected = new Map<string, unknown>();
          const none = { deals: 0, value: 0n, weighted: 0n, unknown: 0 };
          for (const name of [...open.keys(), ...won.keys()]) {
            const [due, done] = [open.get(name) ?? none, won.get(name) ?? none];
            expected.set(name, {
              deals: due.deals,
              value: text(due.value, currencyIn(name)),
              weighted: weightedText(due, currencyIn(name)),
              noProbability: due.unknown,
              wonDeals: done.deals,
              wonValue: text(done.value, currencyIn(name)),
            });
          }
          const said = some(answer.rows, 'deals', 'wonDeals').map(
            ({ period, currency, deals: count, value, weighted, noProbability, wonDeals, wonValue }) =>
              [
                `${String(period)} ${String(currency)}`,
                { deals: count, value, weighted, noProbability, wonDeals, wonValue },
              ] as const,
          );
          expect(new Map<string, unknown>(said)).toEqual(expected);
        },
      ),
      { numRuns: runs(40) },
    ));

  test('owners has the figures of a computation on plain objects', () =>
    fc.assert(
      fc.asyncProperty(
        randomHistory({ steps: 60 }),
        daysArbitrary,
        converted,
        async ({ transactions, deals, now }, { from, to }, isConverted) => {
          const view = viewOf(transactions, now, ana);
          const { answer } = await answered(view, 'owners', { from, to, ...withCurrency(isConverted) });
          const by = (status: string) =>
            figuresBy(
              [...deals.values()].filter(
                d => d.status === status && (status === 'open' || isClosedIn(d, from, to)),
              ),
              isConverted,
              d => d.owner ?? 'nobody',
            );
          const [open, won, lost] = [by('open'), by('won'), by('lost')];
          const none = { deals: 0, value: 0n, weighted: 0n, unknown: 0 };
          const expected = [...new Set([...open.keys(), ...won.keys(), ...lost.keys()])].sort().map(name => {
            const [o, w, l] = [open.get(name) ?? none, won.get(name) ?? none, lost.get(name) ?? none];
            const currency = currencyIn(name);
            return [
              name,
              o.deals,
              text(o.value, currency),
              weightedText(o, currency),
              w.deals,
              text(w.value, currency),
              l.deals,
            ];
          });
          const said = some(answer.rows, 'open', 'won', 'lost').map(cells => [
            `${String(cells.owner ?? 'nobody')} ${String(cells.currency)}`,
            cells.open,
            cells.openValue,
            cells.weighted,
            cells.won,
            cells.wonValue,
            cells.lost,
          ]);
          expect(said.sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1))).toEqual(expected);
        },
      ),
      { numRuns: runs(40) },
    ));

  test('revenue and losses have the figures of a computation on plain objects', () =>
    fc.assert(
      fc.asyncProperty(
        randomHistory({ steps: 60 }),
        daysArbitrary,
        converted,
        async ({ transactions, deals, now }, { from, to }, isConverted) => {
          const view = viewOf(transactions, now, ana);
          const closed = (status: string) =>
            [...deals.values()].filter(d => d.status === status && isClosedIn(d, from, to));
          const options = { from, to, ...withCurrency(isConverted) };
          const revenue = await answered(view, 'revenue', { ...options, by: 'day' });
          const won = figuresBy(closed('won'), isConverted, d => dayOf(d.closedAt!));
          expect(
            new Map(
              some(revenue.answer.rows, 'deals').map(({ period, currency, deals: count, value }) => [
                `${String(period)} ${String(currency)}`,
                [count, value],
              ]),
            ),
          ).toEqual(
            new Map(
              [...won].map(([name, { deals: count, value }]) => [
                name,
                [count, text(value, currencyIn(name))],
              ]),
            ),
          );
          const running = new Map<unknown, bigint>();
          for (const { cells } of revenue.answer.rows) {
            const sum = (running.get(cells.currency) ?? 0n) + BigInt(String(cells.value).replace('.', ''));
            running.set(cells.currency, sum);
            expect(cells.running).toBe(text(sum, String(cells.currency)));
          }
          const losses = await answered(view, 'losses', { ...options, per: 'owner' });
          const lost = figuresBy(closed('lost'), isConverted, d => d.owner ?? 'nobody');
          expect(
            new Map(
              losses.answer.rows
                .filter(({ cells }) => cells.outcome === 'lost')
                .map(({ cells }) => [
                  `${String(cells.owner ?? 'nobody')} ${String(cells.currency)}`,
                  [cells.deals, cells.value],
                ]),
            ),
          ).toEqual(
            new Map(
              [...lost].map(([name, { deals: count, value }]) => [
                name,
                [count, text(value, currencyIn(name))],
              ]),
            ),
          );
        },
      ),
      { numRuns: runs(40) },
    ));
});

const year = { from: '2025-12-01', to: '2026-12-31' };
/** A part of what histories are about, so that some deals lie before it and some after. */
const part = { from: '2026-01-20', to: '2026-03-15' };
/** Whether all that is closed says since when, and not before it was made: the past of deals knows no closing before that. */
const isSound = ({ deals }: RandomHistory): boolean =>
  [...deals.values()].every(
    ({ status, closedAt, createdAt }) => status === 'open' || (!!closedAt && closedAt >= createdAt!),
  );

/** Reports with the figures of a row that count the deals of its query, and what these are worth. */
const counted: readonly (readonly [string, Partial<ReportOptions>, readonly string[], string | undefined])[] =
  [
    ['forecast', {}, ['deals'], 'value'],
    ['forecast', { by: 'week', per: 'owner' }, ['deals'], 'value'],
    ['forecast', { by: 'quarter', currency: 'EUR', per: 'stage' }, ['deals'], undefined],
    ['pipeline', {}, ['deals'], 'value'],
    ['pipeline', { per: 'title' }, ['deals'], 'value'],
    ['pipeline', { per: 'group' }, ['deals'], 'value'],
    ['owners', part, ['open'], 'openValue'],
    ['owners', { ...part, per: 'pipeline' }, ['open'], 'openValue'],
    ['losses', part, ['deals'], 'value'],
    ['losses', { ...part, per: 'title' }, ['deals'], 'value'],
    ['revenue', { ...part, by: 'month' }, ['deals'], 'value'],
    ['revenue', { ...part, by: 'quarter', per: 'owner' }, ['deals'], 'value'],
    ['velocity', part, ['won', 'lost'], undefined],
    ['velocity', { ...part, per: 'owner' }, ['won', 'lost'], undefined],
    ['velocity', { ...part, per: 'stage', currency: 'EUR' }, ['won', 'lost'], undefined],
    ['velocity', { ...part, per: 'title' }, ['won', 'lost'], undefined],
  ];

/** Reports that count other things than deals as they are now: entries, flows, decided deals of a stage. */
const ofThen: readonly (readonly [string, Partial<ReportOptions>])[] = [
  ['funnel', year],
  ['funnel', { ...year, per: 'owner' }],
  ['movement', year],
  ['movement', { ...year, per: 'stage' }],
  ['probability', {}],
];

/** How far deals came that were made in the days of a funnel is of other deals than the entries. */
const entriesOnly = ({ reached: _, reachedWon: __, ...cells }: Cells): Cells => cells;

const worthOf = (view: View, rows: readonly number[]) =>
  rows.reduce((sum, row) => sum + unitsOf(view.state.table('deal').record(row) as Deal), 0n);

describe('each row names its deals', () => {
  test('by a query that lists exactly these, or by --deals', () =>
    fc.assert(
      fc.asyncProperty(randomHistory({ steps: 50 }).filter(isSound), async ({ transactions, now }) => {
        const view = viewOf(transactions, now, ana);
        for (const [name, options, counts, value] of counted) {
          const { answer } = await answered(view, name, options);
          for (const { cells, query, deals } of answer.rows) {
            if (cells.currency === null) continue;
            const rows = deals?.() ?? list(view, 'deal', { query: [query!] });
            const said = {
              name,
              options,
              query,
              count: rows.length,
              value: value && text(worthOf(view, rows), String(cells.currency)),
            };
            expect(said).toEqual({
              ...said,
              count: counts.reduce((sum, key) => sum + Number(cells[key]), 0),
              value: value && cells[value],
            });
          }
        }
      }),
      { numRuns: runs(10) },
    ));

  test('by --deals, if no query can find them, which lists exactly those', () =>
    fc.assert(
      fc.asyncProperty(randomHistory({ steps: 50 }), async ({ transactions, now }) => {
        const view = viewOf(transactions, now, ana);
        for (const [name, options] of ofThen) {
          const { answer } = await answered(view, name, options);
          for (const { cells, query, deals } of answer.rows) {
            expect({ name, query }).toEqual({ name, query: null });
            const rows = deals?.() ?? [];
            // The same report of these deals alone has the same row; deals in the trash are in no query.
            if (rows.length === 0 || view.trash('deal').length > 0) continue;
            const ids = rows.map(row => view.state.table('deal').id(row)).join();
            const { answer: alone } = await answered(view, name, { ...options, query: [`id:${ids}`] });
            expect({ name, rows: alone.rows.map(each => each.cells) }).toEqual({
              name,
              rows: expect.arrayContaining([expect.objectContaining(entriesOnly(cells))]),
            });
          }
        }
      }),
      { numRuns: runs(10) },
    ));
});

const figuresIn = (cells: Cells, keys: readonly string[]) =>
  keys.map(key => BigInt(String(cells[key] ?? 0).replace('.', '')));
const added = (all: readonly (readonly bigint[])[], width: number) =>
  all.reduce<readonly bigint[]>(
    (sum, each) => sum.map((n, i) => n + each[i]!),
    Array.from({ length: width }, () => 0n),
  );

describe('sums', () => {
  const summed: readonly (readonly [string, Partial<ReportOptions>, readonly string[]])[] = [
    ['forecast', {}, ['deals', 'value', 'weighted', 'noProbability', 'wonDeals', 'wonValue']],
    ['forecast', { currency: 'EUR', per: 'owner' }, ['deals', 'value', 'weighted', 'wonValue']],
    ['pipeline', { currency: 'EUR' }, ['deals', 'value', 'weighted', 'rotting']],
    ['owners', part, ['open', 'openValue', 'weighted', 'won', 'wonValue', 'lost', 'noNextAction']],
    ['losses', part, ['deals', 'value']],
    ['revenue', { ...year, by: 'week', currency: 'EUR' }, ['deals', 'value']],
    ['coverage', { by: 'quarter' }, ['open', 'won', 'quota']],
  ];
  test('of the rows of a report are its total', () =>
    fc.assert(
      fc.asyncProperty(randomHistory({ steps: 50 }), async ({ transactions, now }) => {
        const view = viewOf(transactions, now, ana);
        for (const [name, options, keys] of summed) {
          const { answer } = await answered(view, name, options);
          for (const total of answer.total) {
            const own = answer.rows
              .map(({ cells }) => cells)
              .filter(cells => cells.currency === total.currency && cells.outcome === total.outcome);
            expect({
              name,
              sum: added(
                own.map(cells => figuresIn(cells, keys)),
                keys.length,
              ),
            }).toEqual({ name, sum: figuresIn(total, keys) });
          }
        }
      }),
      { numRuns: runs(20) },
    ));

  test('of movement over any partition of its days are those of the whole, and each part begins as the last one ended', () =>
    fc.assert(
      fc.asyncProperty(
        randomHistory({ steps: 50 }),
        fc.uniqueArray(fc.nat(300), { minLength: 2, maxLength: 6 }),
        fc.constantFrom<Partial<ReportOptions>>(
          {},
          { per: 'owner' },
          { own: { due: '2026Q2' } },
          { per: 'pipeline', query: ['not:title:T1'] },
        ),
        async ({ transactions, now }, cuts, options) => {
          const view = viewOf(transactions, now, ana);
          const days = [...cuts].sort((a, b) => a - b).map(cut => addDays('2025-12-01', cut));
          const flows = async (from: string, to: string) => {
            const { answer } = await answered(view, 'movement', { ...options, from, to });
            return new Map(answer.rows.map(({ cells }) => [nameOf(cells), cells]));
          };
          const ends = days.slice(1);
          const whole = await flows(days[0]!, addDays(ends.at(-1)!, -1));
          const parts: Map<string, Cells>[] = [];
          for (const [i, end] of ends.entries()) parts.push(await flows(days[i]!, addDays(end, -1)));
          for (const name of new Set([...whole.keys(), ...parts.flatMap(part => [...part.keys()])])) {
            const of = (part: ReadonlyMap<string, Cells>, key: string) => flowIn(part.get(name), key);
            expect(of(parts[0]!, 'start')).toEqual(of(whole, 'start'));
            expect(of(parts.at(-1)!, 'end')).toEqual(of(whole, 'end'));
            for (const [i, part] of parts.entries())
              if (i > 0) expect(of(part, 'start')).toEqual(of(parts[i - 1]!, 'end'));
            for (const key of between)
              expect({
                name,
                key,
                sum: added(
                  parts.map(part => of(part, key)),
                  2,
                ),
              }).toEqual({
                name,
                key,
                sum: of(whole, key),
              });
            const total = [...comes, ...goes.map(key => `-${key}`)].reduce<readonly bigint[]>(
              (sum, key) =>
                sum.map((n, i) => n + of(whole, key.replace('-', ''))[i]! * (key.startsWith('-') ? -1n : 1n)),
              of(whole, 'start'),
            );
            // Raised and lowered change no number of deals.
            const [raised, lowered] = [of(whole, 'raised'), of(whole, 'lowered')];
            expect([total[0]! - raised[0]! + lowered[0]!, total[1]]).toEqual(of(whole, 'end'));
          }
        },
      ),
      { numRuns: runs(20) },
    ));
});

const nameOf = (cells: Cells) =>
  [cells.owner, cells.pipeline, cells.currency].map(each => String(each ?? '')).join(' ');
const comes = ['created', 'reopened', 'movedIn', 'pulledIn', 'raised', 'restored'];
const goes = ['won', 'lost', 'movedOut', 'pushedOut', 'lowered', 'removed'];
const between = [...comes, ...goes];

function flowIn(cells: Cells | undefined, key: string): readonly bigint[] {
  const flow = cells?.[key] as unknown as { deals: number; value: string } | undefined;
  return flow ? [BigInt(flow.deals), BigInt(flow.value.replace('.', ''))] : [0n, 0n];
}
