import { expect, test } from 'vitest';
import { clockIn, today } from '../../src/domain/clock.ts';
import {
  customFieldsOf,
  noSettings,
  type Pipeline,
  pipelineOf,
  stageOf,
  usersAmong,
  waysToAssign,
} from '../../src/domain/config.ts';
import { Kinds } from '../../src/domain/kinds.ts';
import { localeNamed } from '../../src/domain/locales.ts';

const kinds = new Kinds([]);
const sales = { id: 'sales', stages: [{ id: 'new' }, { id: 'offer' }] } as unknown as Pipeline;
const config = {
  ...noSettings(kinds),
  teams: { north: ['ana', 'ben'], empty: [] },
  fields: { deal: [{ name: 'size' }] },
  pipelines: [{ ...sales, id: 'service' }, sales],
} as unknown as ReturnType<typeof noSettings>;

test('pipelines, stages and fields of the workspace are found by their ids', () => {
  expect(pipelineOf(config, 'sales')).toBe(sales);
  expect(pipelineOf(config, 'x')).toBeUndefined();
  expect(stageOf(sales, 'offer')).toBe(sales.stages[1]);
  expect([stageOf(sales, 'x'), stageOf(undefined, 'new')]).toEqual([undefined, undefined]);
  expect(customFieldsOf(config, 'deal')).toEqual([{ name: 'size' }]);
  expect(customFieldsOf(config, 'task')).toEqual([]);
});

test('settings without a workspace are the same for the same kinds', () => {
  expect(noSettings(kinds)).toBe(noSettings(kinds));
  expect(noSettings(kinds)).toMatchObject({ kinds, timezone: 'UTC', currency: 'EUR' });
});

test('users are those who are named and those of teams, in order, each once', () => {
  expect(usersAmong(config, ['cho', 'team:north', 'ana', 'team:empty', 'team:x'])).toEqual([
    'cho',
    'ana',
    'ben',
  ]);
  expect(waysToAssign).toEqual(['auto', 'round-robin', 'round-robin-value', 'least-busy']);
});

test('a clock has the day of the workspace, and its calendar', () => {
  const now = Date.parse('2026-09-14T23:30:00Z');
  const clock = clockIn({ timezone: 'Europe/Amsterdam', dateOrder: 'DMY', yearStart: 4 }, now);
  expect(today(clock)).toBe('2026-09-15');
  expect(clock).toMatchObject({ now, order: 'DMY', yearStart: 4 });
});

test('a locale is found by its name, or by its language alone', () => {
  const words = { yes: ['ja', 'waar'], no: ['nee', 'onwaar'] };
  expect(localeNamed('nl')).toEqual({ name: 'nl', decimal: ',', group: '.', order: 'DMY', ...words });
  expect(localeNamed('nl_BE')).toEqual({ ...localeNamed('nl'), name: 'nl_BE' });
  expect(localeNamed('de_CH')).toMatchObject({ name: 'de_CH', decimal: '.', group: " '’" });
  expect(localeNamed('EN-us')).toMatchObject({ order: 'MDY', yes: [], no: [] });
  for (const name of ['', 'xx', 'xx-NL', 'toString'])
    expect(() => localeNamed(name)).toThrow(
      expect.objectContaining({ kind: 'USAGE', message: `unknown locale ${JSON.stringify(name)}` }),
    );
  expect(() => localeNamed('ne')).toThrow(expect.objectContaining({ hint: 'did you mean en?' }));
});
