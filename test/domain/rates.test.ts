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
