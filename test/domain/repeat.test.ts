import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays, dayFromNumber } from '../../src/domain/dates.ts';
import { nextRepeat, parseRepeat } from '../../src/domain/repeat.ts';

test.each([
  ['daily', 'daily'],
  ['1d', 'daily'],
  ['Every Week', 'weekly'],
  ['2w', 'every 2 weeks'],
  ['every 2 weeks', 'every 2 weeks'],
  ['every 3 months', 'quarterly'],
  ['12m', 'every 12 months'],
  ['monthly on 31', 'monthly on 31'],
  ['yearly', 'yearly'],
  [' workdays ', 'workdays'],
  ['last workday of month', 'last workday of month'],
  ['Every last  workday of the month', 'last workday of month'],
  ['first monday of every month', 'first monday of month'],
  ['last day of month', 'last day of month'],
])('%j is %j', (text, kept) => expect(parseRepeat(text)).toBe(kept));

test.each(['', 'often', '0d', 'every 0 weeks', 'weekly on 3', 'monthly on 32', '6h', '99999d', 'every'])(
  '%j is refused, with what is accepted',
  text => expect(() => parseRepeat(text)).toThrow('is not how often something comes again'),
);

test.each([
  // [how often, due, done, next due, how often then]
  ['daily', '2026-09-14', '2026-09-14', '2026-09-15'],
  ['daily', '2026-09-14', '2026-09-20', '2026-09-21'],
  ['weekly', '2026-09-14', '2026-09-10', '2026-09-21'],
  ['weekly', '2026-09-14', '2026-09-16', '2026-09-21'],
  ['weekly', '2026-09-14', '2026-10-01', '2026-10-05'],
  ['every 2 weeks', '2026-09-14', '2026-09-21', '2026-09-28'],
  ['workdays', '2026-09-18', '2026-09-18', '2026-09-21'],
  ['workdays', '2026-09-18', '2026-09-20', '2026-09-21'],
  ['monthly', '2026-01-31', '2026-01-31', '2026-02-28', 'monthly on 31'],
  ['monthly on 31', '2026-02-28', '2026-02-28', '2026-03-31', 'monthly'],
  ['monthly on 31', '2026-04-30', '2026-04-30', '2026-05-31', 'monthly'],
  ['monthly', '2026-01-31', '2026-03-30', '2026-03-31'],
  ['monthly', '2026-01-30', '2026-02-28', '2026-03-30'],
  ['quarterly', '2026-11-30', '2026-11-30', '2027-02-28', 'quarterly on 30'],
  ['yearly', '2028-02-29', '2028-02-29', '2029-02-28', 'yearly on 29'],
  ['yearly on 29', '2031-02-28', '2031-02-28', '2032-02-29', 'yearly'],
  // 31 January 2027 is a Sunday.
  ['last workday of month', '2026-12-31', '2026-12-31', '2027-01-29'],
  ['last workday of month', '2027-01-29', '2027-01-20', '2027-02-26'],
  ['last workday of month', '2027-01-15', '2027-01-15', '2027-01-29'],
  ['last workday of month', '2027-01-15', '2027-03-30', '2027-03-31'],
  ['first workday of month', '2027-01-01', '2027-01-01', '2027-02-01'],
  ['first workday of month', '2026-12-31', '2026-12-31', '2027-01-01'],
  ['last friday of month', '2027-01-29', '2027-01-30', '2027-02-26'],
  ['last day of month', '2028-01-31', '2028-01-31', '2028-02-29'],
])('%s, due %s and done %s: %s', (often, due, done, next, then = often) =>
  expect(nextRepeat(often, due, done > due ? done : due)).toEqual({ due: next, repeat: then }),
);

test('each repetition is later than the one before, and missing some changes none of the later ones', () => {
  const often = fc.constantFrom(
    'daily',
    'every 3 days',
    'weekly',
    '2w',
    'monthly',
    'quarterly',
    'yearly',
    'workdays',
    'last workday of month',
    'first sunday of month',
    'last day of month',
  );
  fc.assert(
    fc.property(
      often,
      fc.integer({ min: 18_000, max: 30_000 }),
      fc.integer({ min: 1, max: 6 }),
      (text, day, times) => {
        let [due, repeat]: [string, string] = [dayFromNumber(day), text];
        const first = due;
        for (let i = 0; i < times; i++) {
          const again = nextRepeat(repeat, due, due)!;
          expect(again.due > due).toBe(true);
          [due, repeat] = [again.due, again.repeat];
        }
        expect(nextRepeat(text, first, addDays(due, -1))!.due).toBe(due);
      },
    ),
  );
});

test('the last workday of a month is the last of its days from Monday to Friday, in every month', () => {
  fc.assert(
    fc.property(fc.integer({ min: 10_000, max: 40_000 }), number => {
      const after = dayFromNumber(number);
      const { due } = nextRepeat('last workday of month', after, after)!;
      const weekday = (day: string) => new Date(day).getUTCDay();
      expect(weekday(due) >= 1 && weekday(due) <= 5).toBe(true);
      // What is left of its month are days of a weekend, and none of the days before was one.
      for (let day = addDays(due, 1); day.slice(0, 7) === due.slice(0, 7); day = addDays(day, 1))
        expect([0, 6]).toContain(weekday(day));
      expect(due > after && due <= addDays(after, 62)).toBe(true);
      const { due: again } = nextRepeat('last workday of month', addDays(due, -1), addDays(due, -1))!;
      expect(again).toBe(due);
    }),
  );
});

test.each([
  ['every 2 days', 'every 2 days'],
  ['every 1 day', 'daily'],
  ['2 week', 'every 2 weeks'],
  ['2 month', 'every 2 months'],
  ['2 year', 'every 2 years'],
  ['monthly on 5', 'monthly on 5'],
  ['monthly on 1', 'monthly on 1'],
])('%j means %j', (text, kept) => expect(parseRepeat(text)).toBe(kept));

test.each([
  'xdaily',
  'daily x',
  'x2w',
  '2wx',
  'x every day',
  'every dayx',
  'monthly on 0',
  'monthly on 300',
  'x monthly on 3',
])('%j does not say how often', text => {
  expect(() => parseRepeat(text)).toThrow('is not how often something comes again');
  expect(nextRepeat(text, '2026-09-14', '2026-09-14')).toBeUndefined();
});

test.each([
  // Done before it was due, the next one comes after the due day.
  ['workdays', '2026-09-18', '2026-09-10', '2026-09-21'],
  ['last day of month', '2026-09-30', '2026-08-10', '2026-10-31'],
  ['monthly on 5', '2026-09-05', '2026-09-05', '2026-10-05'],
])('%s, due %s and done early on %s: %s', (often, due, done, next) => {
  expect(nextRepeat(often, due, done)!.due).toBe(next);
});

test('a holiday is no workday, in a week and in a month', () => {
  expect(nextRepeat('workdays', '2026-09-18', '2026-09-18', ['2026-09-21'])!.due).toBe('2026-09-22');
  expect(nextRepeat('last workday of month', '2026-09-01', '2026-09-01', ['2026-09-30'])!.due).toBe(
    '2026-09-29',
  );
});
