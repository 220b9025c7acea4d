/** What reports rest on in the settings: quotas, rates, reasons, categories and year starts, by command and in files. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { workspace } from '../harness.ts';

type Row = Record<string, string | number | null>;

test('quotas, rates, reasons, categories and the year start are set by command', async () => {
  const ws = await workspace('sales');
  await ws.ok('user add ana --role admin');
  await ws.ok('user set ana quota.month=20k --as ana');
  await ws.ok('user set ana quota.year=300000 --as ana');
  await ws.ok('stage set follow-up forecast=commit --as ana');
  await ws.ok('pipeline set sales lost-reasons=price,timing --as ana');
  await ws.ok('config set rates.GBP=1.17 year-start=4 --as ana');
  const settings = await ws.json<Record<string, unknown>>('config --as ana');
  expect(settings).toMatchObject({
    'year-start': 4,
    rates: { GBP: 1.17 },
    users: { ana: { quota: { month: 20000, year: 300000 } } },
  });
  expect(readFileSync(join(ws.dir, 'pipelines/sales.yaml'), 'utf8')).toContain(
    'lost-reasons: [ price, timing ]',
  );
  await ws.ok('user set ana quota.month= quota.year= --as ana');
  expect(readFileSync(join(ws.dir, 'crm.yaml'), 'utf8')).not.toContain('quota');
});

test.each([
  ['user set ana quota.month=much', 'quota.month: "much" is not an amount'],
  ['user set nobody-here quota.month=1', 'unknown user "nobody-here"'],
  ['stage set follow-up forecast=comit', 'did you mean commit?'],
  ['config set rates.XXX=1', '"XXX" is not an ISO 4217 currency'],
  ['config set year-start=13', 'year-start: "13" is not a month'],
  ['config set year-strat=4', 'year-start'],
  ['deal lose D1 --reason prise', 'did you mean price?'],
  ['deal set D1 probability=101', 'probability: 101 is not a percentage'],
])('%s is refused, and changes nothing', async (args, message) => {
  const ws = await workspace('sales');
  await ws.ok('user add ana --role admin');
  await ws.ok('pipeline set sales lost-reasons=price,timing --as ana');
  await ws.ok('deal add Chairs --as ana');
  const before = await ws.ok('history --json --as ana');
  const { code, err } = await ws.crm(`${args} --as ana`);
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(message) as string });
  expect(await ws.ok('history --json --as ana')).toBe(before);
});

test.each([
  ['rates: { GBP: 0 }', 'crm.yaml:5: GBP: 0 is not a rate'],
  ['rates: { EUR: 1 }', "crm.yaml:5: EUR is the workspace's currency"],
  ['rates: { GBP: { 2026-13-01: 1 } }', 'crm.yaml:5'],
  ['year-start: 13', 'crm.yaml:5'],
  ['lost-reasons: [""]', 'crm.yaml:5'],
])('%s in crm.yaml is an error with its line', async (line, message) => {
  const ws = await workspace('empty');
  writeFileSync(join(ws.dir, 'crm.yaml'), `name: T\ntimezone: UTC\ncurrency: EUR\n\n${line}\n`);
  const { code, err } = await ws.crm('deal list');
  expect({ code, err }).toEqual({ code: 5, err: expect.stringContaining(message) as string });
});

test('a probability of its own wins over the stage, is kept over moves until cleared, and is asked for as others are', async () => {
  const ws = await workspace('sales');
  await ws.ok('deal add Chairs --value 1000.05');
  await ws.ok('deal add Tables --value 50');
  const fields = async () =>
    (await ws.json<Row[]>('deal list --fields id,probability,weighted')).map(row => Object.values(row));
  expect(await fields()).toEqual([
    ['D1', 10, '100.00'],
    ['D2', 10, '5.00'],
  ]);
  await ws.ok('deal set D1 probability=50');
  await ws.ok('deal move D1 in-contact');
  expect((await fields())[0]).toEqual(['D1', 50, '500.02']);
  expect(await ws.ok('deal list probability:>=50 -q')).toBe('D1\n');
  expect(await ws.ok('deal list weighted:<100 -q')).toBe('D2\n');
  expect(await ws.ok('deal list --sort -weighted -q')).toBe('D1\nD2\n');
  expect(await ws.json<Row>('deal show D1')).toMatchObject({ probability: 50 });
  await ws.ok('deal win D2');
  expect((await fields())[1]).toEqual(['D2', 100, '50.00']);
  await ws.ok('deal set D1 probability=');
  expect(await ws.json<Row>('deal show D1')).not.toHaveProperty('probability');
});

test('with year-start: 4 quarters and years begin in April, in reports and queries alike', async () => {
  const ws = await workspace('sales');
  await ws.ok('config set year-start=4');
  await ws.ok('deal add Chairs --close 2027-03-31');
  const { rows } = await ws.json<{ rows: Row[] }>('report forecast --by quarter');
  expect(rows.filter(row => row.deals === 1).map(row => row.period)).toEqual(['2026-Q4']);
  expect(await ws.ok('deal list close:2026Q4 -q')).toBe('D1\n');
  expect(await ws.ok('deal list close:2026 -q')).toBe('D1\n');
  expect(await ws.ok('deal list close:2027 -q')).toBe('');
  expect(await ws.ok('deal list close:<=eoy -q')).toBe('D1\n');
});
