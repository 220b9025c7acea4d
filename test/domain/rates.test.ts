import { expect, test } from 'vitest';
import { Rates } from '../../src/domain/rates.ts';
import type { Config } from '../../src/domain/config.ts';
import { dayNumber } from '../../src/domain/dates.ts';
import { CrmError } from '../../src/domain/errors.ts';
import { multiplied } from '../../src/domain/rounding.ts';

const always = '0001-01-01';
const config = {
  currency: 'EUR',
  rates: {
    GBP: [{ from: always, amount: '1.17' }],
    JPY: [{ from: always, amount: '0.006' }],
    USD: [
      { from: '2026-01-01', amount: '0.92' },
      { from: '2026-07-01', amount: '0.90' },
    ],
  },
} as unknown as Config;

const worth = (target: string, units: number, currency: string, day: string) =>
  multiplied(units, new Rates(config, target).factor(currency, dayNumber(day)));

test.each([
  ['EUR', 10_000, 'USD', '2026-01-01', 9200],
  ['EUR', 10_000, 'USD', '2026-06-30', 9200],
  ['EUR', 10_000, 'USD', '2026-07-01', 9000],
  // After the last entry, the last one.
  ['EUR', 10_000, 'USD', '2031-01-01', 9000],
  ['EUR', 10_000, 'EUR', '2020-01-01', 10_000],
  // Another target by division: 0.90 / 1.17.
  ['GBP', 10_000, 'USD', '2026-08-01', 7692],
  ['GBP', 10_000, 'EUR', '2026-08-01', 8547],
  // Yen have no cents.
  ['EUR', 1000, 'JPY', '2026-08-01', 600],
  ['JPY', 600, 'EUR', '2026-08-01', 1000],
])('in %s, %j minor units of %s on %s are %j', (target, units, currency, day, expected) =>
  expect(worth(target, units, currency, day)).toBe(expected),
);

test.each([
  ['EUR', 'USD', '2025-12-31', 'there is no rate for USD on 2025-12-31: its rates begin on 2026-01-01'],
  ['USD', 'EUR', '2025-12-31', 'there is no rate for USD on 2025-12-31: its rates begin on 2026-01-01'],
  ['EUR', 'CHF', '2026-08-01', 'there is no rate for CHF'],
  ['CHF', 'EUR', '2026-08-01', 'there is no rate for CHF'],
])('in %s, %s on %s is a usage error', (target, currency, day, message) => {
  const failed = () => worth(target, 100, currency, day);
  expect(failed).toThrow(CrmError);
  expect(failed).toThrow(message);
});

test('says which rates it used, in order of currencies and days, each once', () => {
  const rates = new Rates(config, 'GBP');
  for (const [currency, day] of [
    ['USD', '2026-08-01'],
    ['USD', '2026-02-01'],
    ['GBP', '2026-02-01'],
    ['EUR', '2026-02-01'],
    ['USD', '2026-08-02'],
  ] as const)
    rates.factor(currency, dayNumber(day));
  expect(rates.used).toEqual([
    { currency: 'GBP', rate: '1.17', from: undefined },
    { currency: 'USD', rate: '0.92', from: '2026-01-01' },
    { currency: 'USD', rate: '0.90', from: '2026-07-01' },
  ]);
  expect(new Rates(config, 'GBP').used).toEqual([]);
});

test('a currency is worth itself, also where it has no rate', () => {
  const own = new Rates(config, 'USD');
  expect(multiplied(100, own.factor('USD', dayNumber('2020-01-01')))).toBe(100);
  expect(own.used).toEqual([]);
  expect(multiplied(7, new Rates({ currency: 'EUR' } as Config, 'EUR').factor('EUR', 0))).toBe(7);
});

test('a missing rate comes with what to do', () => {
  const usageError = (message: string, hint: string) =>
    expect.objectContaining({ kind: 'USAGE', message, hint });
  const bare = { currency: 'EUR' } as Config;
  expect(() => new Rates(bare, 'EUE')).toThrow(usageError('there is no rate for EUE', 'did you mean EUR?'));
  expect(() => new Rates(config, 'GPB')).toThrow(usageError('there is no rate for GPB', 'did you mean GBP?'));
  expect(() => new Rates(config, 'XXX')).toThrow(
    usageError('there is no rate for XXX', 'currencies with a rate: EUR, GBP, JPY, USD'),
  );
  expect(() => new Rates(config, 'EUR').factor('CHF', 0)).toThrow(
    usageError('there is no rate for CHF', 'crm config set rates.CHF=1.17'),
  );
  expect(() => new Rates(config, 'EUR').factor('USD', 0)).toThrow(
    expect.objectContaining({ hint: 'crm.yaml, rates: USD' }),
  );
});
