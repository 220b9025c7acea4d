/** Days, periods and instants as people type them: the closed list of `crm help dates`. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { topics } from '../../src/commands/topics.ts';
import type { Clock } from '../../src/domain/clock.ts';
import {
  addDays,
  type DateOrder,
  DAY,
  dayFromNumber,
  dayNumber,
  formatInstant,
} from '../../src/domain/dates.ts';
import {
  parseDay,
  parseDue,
  parseInstantRange,
  parsePeriod,
  parseTime,
  parseWhen,
  readings,
} from '../../src/domain/typed-dates.ts';
import { zone } from '../../src/domain/zone.ts';

const usageError = (like: { message?: unknown; hint?: unknown } = {}) =>
  expect.objectContaining({ kind: 'USAGE', ...like });
/** Days from which a few centuries of arithmetic stay in the calendar. */
const modern = fc.integer({ min: dayNumber('1800-01-01'), max: dayNumber('2200-01-01') }).map(dayFromNumber);

const amsterdam = zone('Europe/Amsterdam');
/** A Wednesday there, though still a Tuesday in UTC. */
const clock: Clock = { now: Date.parse('2026-05-12T22:30:00Z'), zone: amsterdam };
const on = (today: string): Clock => ({ now: amsterdam.at(today, '12:00'), zone: amsterdam });

describe('a day that a user sets', () => {
  test.each([
    ['2026-12-01', '2026-12-01'],
    ['today', '2026-05-13'],
    [' Tomorrow ', '2026-05-14'],
    ['yesterday', '2026-05-12'],
    ['thursday', '2026-05-14'],
    ['wednesday', '2026-05-20'],
    ['wed', '2026-05-20'],
    ['tuesday', '2026-05-19'],
    ['Mon', '2026-05-18'],
    ['eow', '2026-05-17'],
    ['eom', '2026-05-31'],
    ['eoq', '2026-06-30'],
    ['eoy', '2026-12-31'],
    ['+2d', '2026-05-15'],
    ['+0d', '2026-05-13'],
    ['-30d', '2026-04-13'],
    ['+2w', '2026-05-27'],
    ['+1m', '2026-06-13'],
    ['-3m', '2026-02-13'],
    ['+1y', '2027-05-13'],
  ])('%s is %s', (text, expected) => {
    expect(parseDay(text, clock)).toBe(expected);
  });

  test('ends of weeks, months and quarters may be today', () => {
    expect(parseDay('eow', on('2026-05-17'))).toBe('2026-05-17');
    expect(parseDay('sunday', on('2026-05-17'))).toBe('2026-05-24');
    expect(parseDay('eom', on('2024-02-29'))).toBe('2024-02-29');
    expect(parseDay('eoq', on('2026-12-31'))).toBe('2026-12-31');
    expect(parseDay('+1m', on('2026-01-31'))).toBe('2026-02-28');
    expect(parseDay('+1d', on('2026-03-29'))).toBe('2026-03-30');
    expect(parseDay('+1d', on('2026-10-25'))).toBe('2026-10-26');
  });

  test('every weekday is one to seven days ahead', () => {
    const weekday = fc.integer({ min: 0, max: 6 });
    const names = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
    fc.assert(
      fc.property(modern, weekday, (today, n) => {
        const found = parseDay(names[n]!, { now: dayNumber(today) * DAY, zone: zone('UTC') });
        expect(new Date(found).getUTCDay()).toBe(n);
        const ahead = dayNumber(found) - dayNumber(today);
        expect(ahead >= 1 && ahead <= 7).toBe(true);
      }),
    );
  });

  test.each(['', '2026-02-30', '2026-12', '2026Q3', 'now', '+2', '2026-12-01T09:30Z', 'constructor'])(
    'is not %j',
    text => {
      expect(() => parseDay(text, clock)).toThrow(
        usageError({
          message: `${JSON.stringify(text)} is not a day`,
          hint: expect.stringContaining('accepted: 2026-12-01, today, tomorrow, '),
        }),
      );
    },
  );

  test.each([
    ['tommorow', 'did you mean tomorrow? accepted: '],
    ['Tuseday', 'did you mean tuesday? accepted: '],
    ['2d', 'did you mean +2d? accepted: '],
  ])('%s has a nearest', (text, hint) => {
    expect(() => parseDay(text, clock)).toThrow(usageError({ hint: expect.stringContaining(hint) }));
  });

  test('is in the calendar', () => {
    expect(() => parseDay('+99999999d', clock)).toThrow(
      usageError({ message: expect.stringContaining('calendar') }),
    );
    expect(() => parseDay(`+${'9'.repeat(400)}y`, clock)).toThrow(usageError());
  });
});

test.each([
  ['now', '2026-05-12T22:30:00.000Z'],
  ['2026-05-03T09:30:00+02:00', '2026-05-03T07:30:00.000Z'],
  ['2026-05-03', '2026-05-02T22:00:00.000Z'],
  ['2026-12-01', '2026-11-30T23:00:00.000Z'],
  ['today', '2026-05-12T22:00:00.000Z'],
  ['+1d', '2026-05-13T22:00:00.000Z'],
])('an instant set to %s is %s', (text, instant) => {
  expect(formatInstant(parseWhen(text, clock))).toBe(instant);
});

test('an instant is not set to a period, or to nonsense', () => {
  expect(() => parseWhen('2026-12', clock)).toThrow(
    usageError({ hint: expect.stringContaining('14:30, yesterday 14:30, 2026-12-01T09:30Z, now') }),
  );
  expect(() => parseWhen('noww', clock)).toThrow(
    usageError({ hint: expect.stringContaining('did you mean now?') }),
  );
});

describe('a period in a query', () => {
  test.each([
    ['2026-05-03', '2026-05-03', '2026-05-03'],
    ['today', '2026-05-13', '2026-05-13'],
    ['-30d', '2026-04-13', '2026-04-13'],
    ['2026-12', '2026-12-01', '2026-12-31'],
    ['2024-02', '2024-02-01', '2024-02-29'],
    ['2026Q3', '2026-07-01', '2026-09-30'],
    ['2026q1', '2026-01-01', '2026-03-31'],
    ['2026', '2026-01-01', '2026-12-31'],
  ])('%s is %s to %s', (text, from, to) => {
    expect(parsePeriod(text, clock)).toEqual({ from, to });
  });

  test.each(['2026-13', '2026-00', '2026Q5', '2026Q0', '2026-Q0', '0000', '202', 'Q3', 'now', ''])(
    'is not %j',
    text => {
      expect(() => parsePeriod(text, clock)).toThrow(
        usageError({ hint: expect.stringContaining('2026-12, 2026Q3, 2026') }),
      );
    },
  );
});

describe('a range of instants in a query', () => {
  test.each([
    ['2026-03-29', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
    ['2026-10', '2026-09-30T22:00:00.000Z', '2026-10-31T23:00:00.000Z'],
    ['2026-05-03T09:30Z', '2026-05-03T09:30:00.000Z', '2026-05-03T09:31:00.000Z'],
    ['2026-05-03T09:30:00Z', '2026-05-03T09:30:00.000Z', '2026-05-03T09:30:01.000Z'],
    ['2026-05-03T09:30:00.000Z', '2026-05-03T09:30:00.000Z', '2026-05-03T09:30:00.001Z'],
    ['now', '2026-05-12T22:30:00.000Z', '2026-05-12T22:30:00.001Z'],
  ])('%s is from %s until before %s', (text, from, to) => {
    const range = parseInstantRange(text, clock);
    expect([range.from, range.to].map(formatInstant)).toEqual([from, to]);
  });

  test('has no end if the calendar has none', () => {
    expect(parseInstantRange('9999-12-31', clock).to).toBe(Number.POSITIVE_INFINITY);
  });

  test('is not nonsense', () => {
    expect(() => parseInstantRange('2026-02-30T00:00Z', clock)).toThrow(usageError());
  });
});

/** Wednesday, 13 May 2026. */
const ordered = (order: DateOrder | undefined): Clock => ({ ...clock, order });

describe('a day in the words of the closed list', () => {
  test.each([
    // text, when set, of what happened, in a query
    ['in 3 days', '2026-05-16', '2026-05-16', '2026-05-16'],
    ['in 1 week', '2026-05-20', '2026-05-20', '2026-05-20'],
    ['In  2 Months', '2026-07-13', '2026-07-13', '2026-07-13'],
    ['in 1 year', '2027-05-13', '2027-05-13', '2027-05-13'],
    ['3 days ago', '2026-05-10', '2026-05-10', '2026-05-10'],
    ['+1mo', '2026-06-13', '2026-06-13', '2026-06-13'],
    ['friday', '2026-05-15', '2026-05-08', '2026-05-15'],
    ['next friday', '2026-05-15', '2026-05-15', '2026-05-15'],
    ['last friday', '2026-05-08', '2026-05-08', '2026-05-08'],
    ['wednesday', '2026-05-20', '2026-05-06', '2026-05-20'],
    ['3 dec', '2026-12-03', '2025-12-03', '2025-12-03'],
    ['Dec 3', '2026-12-03', '2025-12-03', '2025-12-03'],
    ['3 april', '2027-04-03', '2026-04-03', '2026-04-03'],
    ['1 june', '2026-06-01', '2025-06-01', '2026-06-01'],
    ['13 may', '2026-05-13', '2026-05-13', '2026-05-13'],
    ['14 may', '2026-05-14', '2025-05-14', '2026-05-14'],
    ['29 feb', '2028-02-29', '2024-02-29', '2028-02-29'],
    ['4 sept', '2026-09-04', '2025-09-04', '2026-09-04'],
    ['3 dec 2026', '2026-12-03', '2026-12-03', '2026-12-03'],
    ['dec 3, 2026', '2026-12-03', '2026-12-03', '2026-12-03'],
    ['3-Dec-2026', '2026-12-03', '2026-12-03', '2026-12-03'],
    ['2026/12/31', '2026-12-31', '2026-12-31', '2026-12-31'],
  ])('%s', (text, next, past, nearest) => {
    expect(parseDay(text, clock)).toBe(next);
    expect(parseDay(text, clock, 'past')).toBe(past);
    expect(parsePeriod(text, clock)).toEqual({ from: nearest, to: nearest });
  });

  test.each([
    '31 feb',
    '0 dec',
    '32 dec',
    '30 february 2026',
    '3 decc',
    'in days',
    'in 3',
    'last',
    'next',
    'ago',
  ])('is not %j', text => {
    for (const read of [parseDay, parsePeriod, parseInstantRange, parseWhen, parseDue])
      expect(() => read(text, clock)).toThrow(usageError());
  });

  test('of a day without a year is the next from today on, or the nearest past one, in any year', () => {
    fc.assert(
      fc.property(modern, modern, (today, meant) => {
        const at = { now: dayNumber(today) * DAY, zone: zone('UTC') };
        const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
        const text = `${Number(meant.slice(8))} ${months[Number(meant.slice(5, 7)) - 1]!}`;
        const next = parseDay(text, at);
        const past = parseDay(text, at, 'past');
        expect([next.slice(5), past.slice(5)]).toEqual([meant.slice(5), meant.slice(5)]);
        expect(past <= today && today <= next).toBe(true);
        const { from } = parsePeriod(text, at);
        const away = (day: string) => Math.abs(dayNumber(day) - dayNumber(today));
        expect(away(from)).toBe(Math.min(away(next), away(past)));
      }),
    );
  });
});

describe('a date of three numbers', () => {
  test.each([
    ['31/12/2026', 'DMY', '2026-12-31'],
    ['31-12-26', 'DMY', '2026-12-31'],
    ['31.12.2026', 'DMY', '2026-12-31'],
    ['3/4/2026', 'DMY', '2026-04-03'],
    ['3/4/2026', 'MDY', '2026-03-04'],
    ['26/12/31', 'YMD', '2026-12-31'],
    ['2026/12/31', undefined, '2026-12-31'],
    ['2026/12/31', 'MDY', '2026-12-31'],
  ] as const)('%s in %s is %s', (text, order, day) => {
    expect(parseDay(text, ordered(order))).toBe(day);
    expect(parsePeriod(text, ordered(order))).toEqual({ from: day, to: day });
    expect(parseWhen(`${text} 9:30`, ordered(order))).toBe(amsterdam.at(day, '09:30'));
  });

  test.each([
    ['3/4/2026', undefined, '"3/4/2026" is 2026-04-03 as D/M/YYYY and 2026-03-04 as M/D/YYYY'],
    ['31/12/2026', undefined, '"31/12/2026" is 2026-12-31 as D/M/YYYY and no such day as M/D/YYYY'],
    ['12/31/2026', 'DMY', '"12/31/2026" is not a date in the order of the workspace'],
    ['31/12/2026', 'YMD', '"31/12/2026" is not a date in the order of the workspace'],
  ] as const)('%s in %s is refused, with its readings', (text, order, message) => {
    for (const read of [parseDay, parsePeriod, parseInstantRange, parseWhen, parseDue])
      expect(() => read(text, ordered(order))).toThrow(
        usageError({
          message: expect.stringContaining(message),
          hint: expect.stringContaining('2026-12-31'),
        }),
      );
  });
});

describe('a time of day', () => {
  test.each([
    ['14:30', '2026-05-13', '14:30'],
    ['9:05', '2026-05-13', '09:05'],
    ['yesterday 14:30', '2026-05-12', '14:30'],
    ['tomorrow, 8:00', '2026-05-14', '08:00'],
    ['fri 00:00', '2026-05-15', '00:00'],
    ['in 3 days 14:30', '2026-05-16', '14:30'],
    ['3 dec 14:30', '2026-12-03', '14:30'],
    ['2026-12-01 14:30', '2026-12-01', '14:30'],
    ['2026-12-01T14:30', '2026-12-01', '14:30'],
    ['2026-12-01T13:30Z', '2026-12-01', '14:30'],
  ])('%s', (text, day, time) => {
    expect(parseDue(text, clock)).toMatchObject({ day, time });
    expect(parseWhen(text, clock)).toBe(amsterdam.at(day, time));
  });

  test('in a query is the minute, and of a day that has none refused', () => {
    const { from, to } = parseInstantRange('yesterday 14:30', clock);
    expect([from, to].map(formatInstant)).toEqual(['2026-05-12T12:30:00.000Z', '2026-05-12T12:31:00.000Z']);
    for (const read of [parseDay, parsePeriod])
      expect(() => read('yesterday 14:30', clock)).toThrow(
        usageError({
          message: '"yesterday 14:30" is not a day: it has a time of day',
          hint: expect.stringContaining('accepted: yesterday;'),
        }),
      );
  });

  test.each(['24:00', '14:60', '1430', '2:30 pm', 'noon', 'last-quarter 14:30', 'eow at 9'])(
    'is not %j',
    text => {
      expect(() => parseWhen(text, clock)).toThrow(usageError());
      expect(() => parseDue(text, clock)).toThrow(usageError());
    },
  );

  test('is stored with two digits', () => {
    expect(['9:05', '09:05', ' 23:59 '].map(parseTime)).toEqual(['09:05', '09:05', '23:59']);
    expect(() => parseTime('24:00')).toThrow(usageError());
  });
});

describe('a period that is counted from today', () => {
  test.each([
    ['this-week', '2026-05-11', '2026-05-17'],
    ['last-week', '2026-05-04', '2026-05-10'],
    ['this-month', '2026-05-01', '2026-05-31'],
    ['last month', '2026-04-01', '2026-04-30'],
    ['next-month', '2026-06-01', '2026-06-30'],
    ['this-quarter', '2026-04-01', '2026-06-30'],
    ['last-quarter', '2026-01-01', '2026-03-31'],
    ['next-quarter', '2026-07-01', '2026-09-30'],
    ['last-year', '2025-01-01', '2025-12-31'],
    ['this-year', '2026-01-01', '2026-12-31'],
    ['2026-Q3', '2026-07-01', '2026-09-30'],
    ['2026-q3', '2026-07-01', '2026-09-30'],
  ])('%s is %s to %s', (text, from, to) => {
    expect(parsePeriod(text, clock)).toEqual({ from, to });
    expect(parseInstantRange(text, clock)).toEqual({
      from: amsterdam.midnight(from),
      to: amsterdam.midnight(addDays(to, 1)),
    });
    expect(() => parseDay(text, clock)).toThrow(usageError());
    expect(() => parseWhen(text, clock)).toThrow(usageError());
  });

  test('follow one another without a gap', () => {
    fc.assert(
      fc.property(modern, fc.constantFrom('week', 'month', 'quarter', 'year'), (today, unit) => {
        const at = { now: dayNumber(today) * DAY, zone: zone('UTC') };
        const [last, present, next] = ['last', 'this', 'next'].map(which =>
          parsePeriod(`${which}-${unit}`, at),
        );
        expect(addDays(last!.to, 1)).toBe(present!.from);
        expect(addDays(present!.to, 1)).toBe(next!.from);
        expect(present!.from <= today && today <= present!.to).toBe(true);
      }),
    );
  });
});

test('the help names each form, and each form that it names is understood', async () => {
  const help = await topics.dates!();
  const forms = [...help.matchAll(/`([^`]+)`/g)].map(([, form]) => form!);
  expect(forms.length).toBeGreaterThan(30);
  const read = (form: string) => {
    const at = ordered('DMY');
    for (const parse of [parseDay, parseWhen, parseDue, parsePeriod, parseInstantRange])
      try {
        parse(form, at);
        return true;
      } catch {}
    return false;
  };
  expect(forms.filter(form => !read(form))).toEqual([]);
});

test.each([
  ['in 12 days', '2026-05-15'],
  ['12 days ago', '2026-04-21'],
  ['1 day ago', '2026-05-02'],
  ['dec 31', '2026-12-31'],
  ['dec 31 2027', '2027-12-31'],
  ['dec 31,2027', '2027-12-31'],
  ['dec 31, 2027', '2027-12-31'],
  ['31 dec 2027', '2027-12-31'],
  ['29 feb', '2028-02-29'],
  ['3 may', '2026-05-03'],
])('on 2026-05-03, %j is %s', (text, day) => expect(parseDay(text, on('2026-05-03'))).toBe(day));

test.each([
  'xnext friday',
  'next fridayx',
  'x+2d',
  '+2dx',
  'x in 2 days',
  'in 2 daysx',
  '12 days agox',
  'x1 dec',
  '1 dec x',
  '1 dec, 2026x',
  'xdec 31',
  'dec 311',
  'dec 31x2026',
  '1/2/123',
])('%j is not a day', text => {
  expect(() => parseDay(text, on('2026-05-03'))).toThrow(
    expect.objectContaining({
      message: `${JSON.stringify(text)} is not a day`,
      hint: expect.stringContaining('accepted: '),
    }),
  );
});

test.each(['xthis week', 'this weekx', 'x next-month', 'last yearx'])('%j is not a period', text => {
  expect(() => parsePeriod(text, on('2026-05-03'))).toThrow(
    `${JSON.stringify(text)} is not a day, month, quarter or year`,
  );
});

test('three numbers are the days that they can be, in each order', () => {
  const said = (text: string) => Object.fromEntries(readings(text));
  expect(said('03/02/01')).toEqual({ DMY: '2001-02-03', MDY: '2001-03-02', YMD: '2003-02-01' });
  expect(said(' 1-2-03 ')).toEqual({ DMY: '2003-02-01', MDY: '2003-01-02' });
  expect(said('31. 12. 2026.')).toEqual({ DMY: '2026-12-31' });
  expect(said('2026/12/31')).toEqual({ YMD: '2026-12-31' });
  for (const text of [
    '1/2/3',
    '1/2/123',
    '123/2/1',
    '2026/13/01',
    '12/2026/1',
    'x1/2/2026',
    '1/2/2026x',
    '1//2/2026',
  ])
    expect(said(text)).toEqual({});
});
