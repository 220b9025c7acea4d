/** The law of cron moments: a set of instants, the same however time is cut, against a reference minute by minute. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY, formatInstant, MINUTE } from '../../src/domain/dates.ts';
import { type Zone, zone } from '../../src/domain/zone.ts';
import { crons } from '../../src/engine/croner.ts';
import { runs } from '../effort.ts';

const zones = [
  'UTC',
  'Europe/Amsterdam',
  'America/New_York',
  'America/Havana',
  'Australia/Lord_Howe',
  'Africa/Casablanca',
  'Asia/Kolkata',
  // Clocks go back over midnight, at 00:01.
  'America/St_Johns',
  // The 30th of December 2011 does not exist.
  'Pacific/Apia',
  // Clocks change at midnight of UTC.
  'America/Scoresbysund',
];

/** All moments after `after` and not after `until`, forwards. */
function moments(expression: string, place: Zone, after: number, until: number): number[] {
  const found: number[] = [];
  for (let at: number | undefined = after; ; ) {
    at = crons.next(expression, place, at, until);
    if (at === undefined) return found;
    found.push(at);
  }
}

/** The same, backwards. */
function backwards(expression: string, place: Zone, after: number, until: number): number[] {
  const found: number[] = [];
  for (let at = until; ; at--) {
    const last = crons.last(expression, place, after, at);
    if (last === undefined) return found.reverse();
    found.push((at = last));
  }
}

/** A field of an expression as text, and which values it means. */
interface FieldMeant {
  readonly text: string;
  readonly values: ReadonlySet<number>;
}

/** A field from `low` to `high`; single values and ends of ranges are at most `often`. */
function fieldMeant(low: number, high: number, often = high): fc.Arbitrary<FieldMeant> {
  const value = fc.integer({ min: low, max: often });
  const all = Array.from({ length: high - low + 1 }, (_, i) => low + i);
  const range = fc.tuple(value, value).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
  const step = fc.integer({ min: 1, max: high - low + 1 });
  const part = fc.oneof(
    value.map(one => ({ text: `${one}`, values: [one] })),
    range.map(([a, b]) => ({ text: `${a}-${b}`, values: all.filter(v => v >= a && v <= b) })),
    fc.tuple(range, step).map(([[a, b], n]) => ({
      text: `${a}-${b}/${n}`,
      values: all.filter(v => v >= a && v <= b && (v - a) % n === 0),
    })),
    step.map(n => ({ text: `*/${n}`, values: all.filter(v => (v - low) % n === 0) })),
  );
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant({ text: '*', values: new Set(all) }) },
    {
      weight: 3,
      arbitrary: fc.array(part, { minLength: 1, maxLength: 3 }).map(parts => ({
        text: parts.map(each => each.text).join(','),
        values: new Set(parts.flatMap(each => each.values)),
      })),
    },
  );
}

interface ExpressionMeant {
  readonly text: string;
  readonly isReal: boolean;
  matches(wall: number): boolean;
}

const expression: fc.Arbitrary<ExpressionMeant> = fc
  .tuple(
    fieldMeant(0, 59),
    fc.oneof(fieldMeant(0, 23), fieldMeant(0, 23, 4)),
    fc.oneof(fc.constant({ text: '*', values: new Set<number>() }), fieldMeant(1, 31)),
    fc.constant('*'),
    fc.oneof(fc.constant({ text: '*', values: new Set<number>() }), fieldMeant(0, 6)),
  )
  .map(([minute, hour, date, month, weekday]) => ({
    text: [minute.text, hour.text, date.text, month, weekday.text].join(' '),
    isReal: minute.text.startsWith('*') || hour.text.startsWith('*'),
    matches(wall) {
      const shown = new Date(wall);
      const isDate = date.values.has(shown.getUTCDate());
      const isWeekday = weekday.values.has(shown.getUTCDay());
      // As in every cron: where both days are restricted, one of them is enough.
      const isDay =
        date.text === '*'
          ? weekday.text === '*' || isWeekday
          : weekday.text === '*'
            ? isDate
            : isDate || isWeekday;
      return isDay && minute.values.has(shown.getUTCMinutes()) && hour.values.has(shown.getUTCHours());
    },
  }));

/** What the law says, minute by minute of real time. */
function reference({ isReal, matches }: ExpressionMeant, place: Zone, after: number, until: number) {
  const found: number[] = [];
  // A day and more before, to know which local times have been shown already.
  let shown = Number.NEGATIVE_INFINITY;
  for (let at = Math.floor(after / MINUTE) * MINUTE - 2 * DAY; at <= until; at += MINUTE) {
    const wall = place.wall(at);
    const skipped = shown === Number.NEGATIVE_INFINITY ? wall : shown + MINUTE;
    let isDue = isReal ? matches(wall) : false;
    if (!isReal) for (let each = skipped; each <= wall; each += MINUTE) isDue ||= matches(each);
    if (isDue && at > after) found.push(at);
    shown = Math.max(shown, wall);
  }
  return found;
}

/** Times at which clocks change in some of the zones, and any other. */
const changes = [
  '2026-03-29T01:00Z',
  '2026-10-25T01:00Z',
  '2027-10-31T01:00Z',
  '2026-03-08T07:00Z',
  '2026-11-01T06:00Z',
  '2026-03-08T05:00Z',
  '2026-11-01T05:00Z',
  '2026-04-04T15:00Z',
  '2026-10-03T15:30Z',
  '2026-02-15T02:00Z',
  '2026-03-22T02:00Z',
  '2006-10-29T02:31Z',
  '2006-04-02T03:31Z',
  '2011-12-30T10:00Z',
  '2024-03-31T00:00Z',
  '2024-03-31T01:00Z',
].map(text => Date.parse(text));
const start = fc.oneof(
  fc
    .tuple(fc.constantFrom(...changes), fc.integer({ min: -36 * 60, max: 3 * 60 }))
    .map(([at, minutes]) => at + minutes * MINUTE),
  fc.integer({ min: Date.parse('2000-01-01'), max: Date.parse('2040-01-01') }),
);

test('moments equal the reference, in order, each once, and the same in both directions', () => {
  fc.assert(
    fc.property(
      expression,
      fc.constantFrom(...zones),
      start,
      fc.integer({ min: 0, max: 3 * DAY }),
      (cron, name, after, length) => {
        const place = zone(name);
        const until = after + length;
        const expected = reference(cron, place, after, until).map(formatInstant);
        expect(moments(cron.text, place, after, until).map(formatInstant)).toEqual(expected);
        expect(backwards(cron.text, place, after, until).map(formatInstant)).toEqual(expected);
      },
    ),
    { numRuns: runs(40) },
  );
});

test('moments in (a, c] are those in (a, b] and those in (b, c], wherever time is cut', () => {
  fc.assert(
    fc.property(
      expression,
      fc.constantFrom(...zones),
      start,
      fc.array(fc.integer({ min: 1, max: 6 * 60 * MINUTE }), { minLength: 1, maxLength: 12 }),
      (cron, name, from, lengths) => {
        const place = zone(name);
        const parts: number[] = [];
        let at = from;
        for (const length of lengths) {
          parts.push(...moments(cron.text, place, at, at + length));
          // A sweep fires the last one alone.
          expect(crons.last(cron.text, place, at, at + length)).toBe(
            moments(cron.text, place, at, at + length).at(-1),
          );
          at += length;
        }
        expect(parts).toEqual(moments(cron.text, place, from, at));
      },
    ),
    { numRuns: runs(40) },
  );
});

const amsterdam = zone('Europe/Amsterdam');

test.each([
  // Clocks go from 02:00 to 03:00, at 01:00Z.
  ['30 2 * * *', '2026-03-29', ['2026-03-29T01:00:00.000Z']],
  ['0,30 2 * * *', '2026-03-29', ['2026-03-29T01:00:00.000Z']],
  ['0 2,3 * * *', '2026-03-29', ['2026-03-29T01:00:00.000Z']],
  ['*/30 2 * * *', '2026-03-29', []],
  ['30 1-3/2 * * *', '2026-03-29', ['2026-03-29T00:30:00.000Z', '2026-03-29T01:30:00.000Z']],
  // From 03:00 back to 02:00, at 01:00Z.
  ['30 2 * * *', '2026-10-25', ['2026-10-25T00:30:00.000Z']],
  [
    '*/30 2 * * *',
    '2026-10-25',
    [0, 30, 60, 90].map(m => formatInstant(Date.parse('2026-10-25') + m * MINUTE)),
  ],
  ['@daily', '2026-10-25', ['2026-10-24T22:00:00.000Z']],
] as const)('%s in Amsterdam on %s', (text, day, expected) => {
  const from = amsterdam.midnight(day);
  expect(moments(text, amsterdam, from - 1, from + 23 * 60 * MINUTE).map(formatInstant)).toEqual(expected);
});

test('@hourly and 0 * * * * have 25 moments on the day that is 25 hours long', () => {
  const from = amsterdam.midnight('2026-10-25') - 1;
  const until = amsterdam.midnight('2026-10-26') - 1;
  for (const text of ['@hourly', '0 * * * *']) expect(moments(text, amsterdam, from, until)).toHaveLength(25);
});

test('the last moment of a thousand years is found from the end, and a rare one is found at all', () => {
  const first = Date.parse('1970-01-01');
  const last = Date.parse('2970-01-01T00:00:30Z');
  expect(crons.last('* * * * *', amsterdam, first, last)).toBe(last - 30_000);
  const rare = crons.next('0 0 29 2 +mon', amsterdam, Date.parse('2072-03-01'), last)!;
  expect(formatInstant(rare)).toBe('2112-02-28T23:00:00.000Z');
  expect(crons.last('0 0 29 2 +mon', amsterdam, first, rare)).toBe(rare);
  expect(crons.last('0 0 29 2 +mon', amsterdam, first, rare - 1)).toBe(Date.parse('2072-02-28T23:00:00Z'));
});

test.each([
  '',
  'x',
  '* * *',
  '* * * * * *',
  '60 * * * *',
  '2026-01-01T00:00:00',
  '0 0 31 2 *',
  '*/0 * * * *',
])('%j is not a cron expression', text => expect(crons.check(text)).toEqual(expect.any(String)));

test.each([
  ['0 9 ? * mon', '0 9 * * mon', '2026-04-15'],
  ['0 9 13 * ?', '0 9 13 * *', '2026-04-15'],
  // Of each minute, the night in which clocks change is enough.
  ['? ? ? ? ?', '* * * * *', '2026-03-29T03:00Z'],
  ['?/15 9 * * 5L', '*/15 9 * * 5L', '2026-04-15'],
])('%j is %j: a ? restricts nothing', (text, same, until) => {
  const amsterdam = zone('Europe/Amsterdam');
  const [from, to] = [Date.parse(until > '2026-04' ? '2026-03-20' : '2026-03-29'), Date.parse(until)];
  const found = moments(text, amsterdam, from, to);
  expect(found.length).toBeGreaterThan(0);
  expect(found).toEqual(moments(same, amsterdam, from, to));
});

test('a ? does not make a day that never comes', () => {
  expect(crons.check('0 0 30 2 ?')).toBe('there is no such day');
});

test.each(['@hourly', '0 9 * * mon-fri', '0 0 L * *', '0 0 * * mon#2', ' 5 4  * * * '])('%j is one', text =>
  expect(crons.check(text)).toBeUndefined(),
);
