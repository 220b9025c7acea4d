/** Reports against a reference that goes through plain objects: random deals, three currencies, with and without rates. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeWorkspace, type TestWorkspace } from '../../harness.ts';
import { runs } from '../../effort.ts';

const NOW = '2026-09-14T08:00:00.000Z';
const TODAY = '2026-09-14';

interface Deal {
  readonly id: string;
  readonly value: string;
  readonly currency: 'EUR' | 'JPY' | 'BHD';
  readonly stage: 'lead' | 'offer' | 'talk';
  readonly status: 'open' | 'won' | 'lost';
  readonly owner: string | null;
  readonly expectedClose: string | null;
  readonly closedAt: string | null;
  readonly closedStage: string | null;
  readonly lostReason: string | null;
  readonly probability?: number | null;
}

const digits = { EUR: 2, JPY: 0, BHD: 3 } as const;
const stagePercent = { lead: 10, offer: 62.5, talk: undefined } as const;
/** As thousandths, so that the reference needs no decimals: 1 JPY = 0.006 EUR, 1 BHD = 2.455 EUR. */
const rates = { EUR: 1000n, JPY: 6n, BHD: 2455n } as const;

const SETTINGS = `name: Test
timezone: Europe/Amsterdam
currency: EUR
rates: { JPY: 0.006, BHD: { 2020-01-01: 2.455 } }
users:
  ana: { name: Ana, role: admin, quota: { month: 1000 } }
  ben: { name: Ben, role: restricted }
teams: { north: [ana, ben], south: [ana] }
task-types: { todo: {} }
`;
const PIPELINE = `name: Sales
stages:
  - { id: lead, name: Lead, probability: 10, forecast: omitted }
  - { id: offer, name: Offer, probability: 62.5, forecast: commit }
  - { id: talk, name: Talk }
`;

const days = (from: string, count: number) =>
  fc
    .integer({ min: 0, max: count })
    .map(n => new Date(Date.parse(from) + n * 86_400_000).toISOString().slice(0, 10));

const dealArbitrary = fc
  .record({
    units: fc.oneof(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 90_000_000_000_000 })),
    currency: fc.constantFrom('EUR' as const, 'JPY' as const, 'BHD' as const),
    stage: fc.constantFrom('lead' as const, 'offer' as const, 'talk' as const),
    status: fc.constantFrom('open' as const, 'open' as const, 'won' as const, 'lost' as const),
    owner: fc.constantFrom('ana', 'ben', null),
    close: fc.option(days('2026-08-20', 500)),
    closed: days('2025-01-01', 600),
    time: fc.constantFrom('T00:30:00.000Z', 'T12:00:00.000Z', 'T22:30:00.000Z'),
    reason: fc.constantFrom('price', 'Price', 'no "fit", at all', null),
    probability: fc.option(fc.constantFrom(0, 100, 33, 12.5)),
  })
  .map(({ units, close, closed, time, reason, probability, ...deal }): Omit<Deal, 'id'> => {
    const places = digits[deal.currency];
    const text = String(units).padStart(places + 1, '0');
    const isClosed = deal.status !== 'open';
    return {
      ...deal,
      value: places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`,
      expectedClose: close,
      closedAt: isClosed ? `${closed}${time}` : null,
      closedStage: isClosed ? deal.stage : null,
      lostReason: deal.status === 'lost' ? reason : null,
      ...(probability !== null && { probability }),
    };
  });

// ---- the reference

const unitsOf = ({ value }: Deal) => BigInt(value.replace('.', ''));

/** n / d, half to even. */
function rounded(n: bigint, d: bigint): bigint {
  const whole = n / d;
  const twice = (n % d) * 2n;
  return twice > d || (twice === d && whole % 2n === 1n) ? whole + 1n : whole;
}

/** In thousandths of a percent; undefined for unknown. */
function chance(deal: Deal): bigint | undefined {
  if (deal.status === 'won') return 100_000n;
  if (deal.status === 'lost') return 0n;
  const percent = deal.probability ?? stagePercent[deal.stage];
  return percent === undefined ? undefined : BigInt(percent * 1000);
}

const worth = (deal: Deal, target: 'EUR' | undefined, of = 100_000n): bigint => {
  if (!target) return rounded(unitsOf(deal) * of, 100_000n);
  const shift = 10n ** BigInt(3 - digits[deal.currency]);
  // To cents: by thousandths of the rate, from units of 1/1000.
  return rounded(unitsOf(deal) * shift * rates[deal.currency] * of, 10n * 1000n * 100_000n);
};

const money = (units: bigint, currency: keyof typeof digits): string => {
  const places = digits[currency];
  const text = units.toString().padStart(places + 1, '0');
  return places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`;
};

const amsterdam = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Amsterdam' });
const closedDay = ({ closedAt }: Deal) => amsterdam.format(new Date(closedAt!));

const sumOf = (deals: readonly Deal[], target: 'EUR' | undefined) =>
  deals.reduce((sum, deal) => sum + worth(deal, target), 0n);

function weightedOf(deals: readonly Deal[], target: 'EUR' | undefined): bigint | null {
  const known = deals.filter(deal => chance(deal) !== undefined);
  if (deals.length > 0 && known.length === 0) return null;
  return known.reduce((sum, deal) => sum + worth(deal, target, chance(deal)), 0n);
}

type Row = Record<string, string | number | null>;
interface Report {
  readonly rows: readonly Row[];
  readonly total: readonly Row[];
}

async function withDeals(
  deals: readonly Omit<Deal, 'id'>[],
): Promise<[TestWorkspace, readonly Deal[], () => void]> {
  const [ws, remove] = await makeWorkspace('empty');
  ws.now = NOW;
  mkdirSync(join(ws.dir, 'pipelines'), { recursive: true });
  writeFileSync(join(ws.dir, 'crm.yaml'), SETTINGS);
  writeFileSync(join(ws.dir, 'pipelines/sales.yaml'), PIPELINE);
  const lines = deals.map((deal, i) =>
    JSON.stringify({
      title: `Deal ${i}`,
      createdAt: '2024-12-01T00:00:00.000Z',
      ...deal,
      owner: deal.owner ?? 'none',
    }),
  );
  if (lines.length === 0) return [ws, [], remove];
  const imported = await ws.crm(['import', 'deals', '-', '--format', 'jsonl', '--as', 'ana'], {
    stdin: lines.join('\n'),
  });
  if (imported.code !== 0) throw new Error(imported.err);
  return [ws, deals.map((deal, i) => ({ ...deal, id: `D${i + 1}` })), remove];
}

const report = (ws: TestWorkspace, ...args: string[]) => ws.json<Report>(['report', ...args, '--as', 'ana']);

async function listed(ws: TestWorkspace, query: string, as = 'ana'): Promise<string[]> {
  const out = await ws.ok(['deal', 'list', query, '-q', '--as', as]);
  return out.split('\n').filter(line => line !== '');
}

const currencyOf = (deal: Deal, target: 'EUR' | undefined) => target ?? deal.currency;

test('forecast, owners, losses and revenue equal a reference on the same deals', {
  timeout: 180_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(dealArbitrary, { minLength: 1, maxLength: 25 }),
      fc.constantFrom(undefined, 'EUR' as const),
      async (made, target) => {
        const [ws, deals, remove] = await withDeals(made);
        try {
          const inTarget = target ? ['--currency', target] : [];
          await checkForecast(ws, deals, target, await report(ws, 'forecast', ...inTarget));
          checkLosses(
            deals,
            target,
            await report(ws, 'losses', '--from', '2025-03-30', '--to', '2026-03-29', ...inTarget),
          );
          checkRevenue(deals, target, await report(ws, 'revenue', '--by', 'quarter', ...inTarget));
          checkOwners(
            deals,
            target,
            await report(ws, 'owners', '--from', '2026-01-01', '--to', '2026-06-30', ...inTarget),
          );
        } finally {
          remove();
        }
      },
    ),
    { numRuns: runs(3) },
  );
});

async function checkForecast(
  ws: TestWorkspace,
  deals: readonly Deal[],
  target: 'EUR' | undefined,
  { rows, total }: Report,
) {
  const slotOf = (deal: Deal) => {
    if (deal.expectedClose === null) return 'undated';
    if (deal.expectedClose < TODAY) return 'overdue';
    return deal.expectedClose > '2027-08-31' ? 'later' : deal.expectedClose.slice(0, 7);
  };
  for (const row of rows) {
    const open = deals.filter(
      d => d.status === 'open' && currencyOf(d, target) === row.currency && slotOf(d) === row.period,
    );
    const won = deals.filter(
      d =>
        d.status === 'won' &&
        currencyOf(d, target) === row.currency &&
        closedDay(d).slice(0, 7) === row.period,
    );
    const currency = row.currency as keyof typeof digits;
    const weighted = weightedOf(open, target);
    const commit =
      sumOf(won, target) +
      sumOf(
        open.filter(d => d.stage === 'offer'),
        target,
      );
    expect(row).toMatchObject({
      deals: open.length,
      value: money(sumOf(open, target), currency),
      weighted: weighted === null ? null : money(weighted, currency),
      noProbability: open.filter(d => chance(d) === undefined).length,
      commit: money(commit, currency),
      bestCase: money(commit, currency),
      pipeline: money(
        sumOf(
          open.filter(d => d.stage !== 'lead'),
          target,
        ),
        currency,
      ),
      wonDeals: won.length,
      wonValue: money(sumOf(won, target), currency),
    });
    if (open.length > 0) expect(await listed(ws, row.query as string)).toEqual(open.map(d => d.id));
  }
  for (const sum of total) {
    const open = deals.filter(d => d.status === 'open' && currencyOf(d, target) === sum.currency);
    expect(sum).toMatchObject({
      deals: open.length,
      value: money(sumOf(open, target), sum.currency as 'EUR'),
    });
  }
  expect(addedUp(rows, 'deals')).toBe(addedUp(total, 'deals'));
}

const addedUp = (rows: readonly Row[], key: string) =>
  rows.reduce((sum, row) => sum + Number(row[key] ?? 0), 0);

function checkLosses(deals: readonly Deal[], target: 'EUR' | undefined, { rows, total }: Report) {
  const lost = deals.filter(
    d => d.status === 'lost' && closedDay(d) >= '2025-03-30' && closedDay(d) <= '2026-03-29',
  );
  for (const row of rows) {
    const own = lost.filter(
      d =>
        d.closedStage === row.stage &&
        (d.lostReason?.toLowerCase() ?? null) === ((row.reason as string | null)?.toLowerCase() ?? null) &&
        currencyOf(d, target) === row.currency,
    );
    expect(row).toMatchObject({ deals: own.length, value: money(sumOf(own, target), row.currency as 'EUR') });
  }
  expect(addedUp(rows, 'deals')).toBe(lost.length);
  expect(addedUp(total, 'deals')).toBe(lost.length);
}

function checkRevenue(deals: readonly Deal[], target: 'EUR' | undefined, { rows, total }: Report) {
  const quarterOf = (day: string) => `${day.slice(0, 4)}-Q${Math.ceil(Number(day.slice(5, 7)) / 3)}`;
  const won = deals.filter(d => d.status === 'won');
  for (const row of rows) {
    const inCurrency = won.filter(d => currencyOf(d, target) === row.currency);
    const own = inCurrency.filter(d => quarterOf(closedDay(d)) === row.period);
    const [year, quarter] = (row.period as string).split('-Q');
    const before = inCurrency.filter(d => {
      const day = closedDay(d);
      const isSame = quarterOf(day) === `${Number(year) - 1}-Q${quarter}`;
      return isSame && (row.period !== '2026-Q3' || day <= '2025-09-14');
    });
    const currency = row.currency as 'EUR';
    expect(row).toMatchObject({
      deals: own.length,
      value: money(sumOf(own, target), currency),
      average: own.length === 0 ? null : money(rounded(sumOf(own, target), BigInt(own.length)), currency),
      yearBefore: money(sumOf(before, target), currency),
    });
  }
  expect(addedUp(rows, 'deals')).toBe(addedUp(total, 'deals'));
}

function checkOwners(deals: readonly Deal[], target: 'EUR' | undefined, { rows, total }: Report) {
  const isIn = (d: Deal) => closedDay(d) >= '2026-01-01' && closedDay(d) <= '2026-06-30';
  for (const row of rows.filter(each => each.currency !== null)) {
    const own = deals.filter(d => d.owner === row.owner && currencyOf(d, target) === row.currency);
    const open = own.filter(d => d.status === 'open');
    const won = own.filter(d => d.status === 'won' && isIn(d));
    const lost = own.filter(d => d.status === 'lost' && isIn(d));
    const currency = row.currency as 'EUR';
    const quota = row.owner === 'ana' && currency === 'EUR' ? '6000.00' : null;
    expect(row).toMatchObject({
      quota,
      open: open.length,
      openValue: money(sumOf(open, target), currency),
      won: won.length,
      wonValue: money(sumOf(won, target), currency),
      lost: lost.length,
    });
    if (won.length + lost.length === 0) expect(row.winRate).toBeNull();
    else expect(row.winRate).toBeCloseTo(won.length / (won.length + lost.length), 3);
  }
  for (const row of rows.filter(each => each.currency === null))
    expect(row.noNextAction).toBe(deals.filter(d => d.status === 'open' && d.owner === row.owner).length);
  expect(addedUp(rows, 'open')).toBe(deals.filter(d => d.status === 'open').length);
  expect(addedUp(total, 'open')).toBe(deals.filter(d => d.status === 'open').length);
}

test('board, lists and reports weigh alike: each deal by itself, half to even', {
  timeout: 180_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(dealArbitrary, { minLength: 1, maxLength: 25 }), async made => {
      const [ws, deals, remove] = await withDeals(made);
      try {
        const open = deals.filter(({ status }) => status === 'open');
        const { stages } = await ws.json<{
          readonly stages: readonly {
            readonly id: string;
            readonly weighted: Readonly<Record<string, string>>;
          }[];
        }>(['board', '--as', 'ana']);
        const { rows } = await report(ws, 'pipeline');
        const list = await ws.json<readonly Row[]>(
          'deal list is:open --per stage --sum weighted --as ana'.split(' '),
        );
        const each = await ws.json<readonly Row[]>(
          'deal list is:open --fields id,weighted --as ana'.split(' '),
        );
        for (const deal of open) {
          const own = chance(deal);
          expect(each.find(({ id }) => id === deal.id)!.weighted, deal.id).toBe(
            own === undefined ? null : money(worth(deal, undefined, own), deal.currency),
          );
        }
        for (const stage of ['lead', 'offer', 'talk'] as const)
          for (const currency of ['EUR', 'JPY', 'BHD'] as const) {
            const own = open.filter(d => d.stage === stage && d.currency === currency);
            if (own.length === 0) continue;
            const units = weightedOf(own, undefined);
            const weighted = units === null ? null : money(units, currency);
            const isOwn = (row: Row) => row.stage === stage && row.currency === currency;
            expect(stages.find(({ id }) => id === stage)!.weighted[currency] ?? null).toBe(weighted);
            expect(rows.find(isOwn)!.weighted).toBe(weighted);
            expect(list.find(isOwn)!.weighted).toBe(weighted);
          }
      } finally {
        remove();
      }
    }),
    { numRuns: runs(3) },
  );
});

test('each row names its deals, and a restricted user sees a report of visible deals only', {
  timeout: 180_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(dealArbitrary, { minLength: 1, maxLength: 20 }),
      fc.constantFrom(
        ['forecast', '--per', 'owner'],
        ['forecast', '--by', 'week', '--per', 'team'],
        ['pipeline'],
        ['pipeline', '--per', 'team'],
        ['losses', '--from', '2025-01-01'],
        ['revenue', '--per', 'stage'],
      ),
      async (made, args) => {
        const [ws, , remove] = await withDeals(made);
        try {
          const whole = await report(ws, ...args);
          for (const [i, row] of whole.rows.entries()) {
            const count = Number(row.deals);
            if (count === 0) continue;
            const ids = await listed(ws, row.query as string);
            expect({ row: i, count: ids.length }).toEqual({ row: i, count });
          }
          const seen = made.filter(d => d.owner !== 'ana');
          const [other, , removeOther] = await withDeals(seen);
          try {
            const { rows, total } = await ws.json<Report>(['report', ...args, '--as', 'ben']);
            const alone = await report(other, ...args);
            expect({ rows, total }).toEqual({ rows: alone.rows, total: alone.total });
          } finally {
            removeOther();
          }
        } finally {
          remove();
        }
      },
    ),
    { numRuns: runs(3) },
  );
});
