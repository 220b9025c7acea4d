/**
 * Known answers: the public "CRM Sales Opportunities" of Maven, 8,800 deals, and what SQL says of them. The files carry no
 * licence and are not a part of the project: they lie beside it, and where they do not the test is left out.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeWorkspace, type TestWorkspace } from '../harness.ts';

const FILE = fileURLToPath(new URL('../../../shared/data/maven/sales_pipeline.csv', import.meta.url));

const MAPPING = `
kind: deals
key: externalId
dates: M/D/YYYY
columns:
  opportunity_id: externalId
  sales_agent: owner
  product: product
  account: account
  deal_stage:
    values:
      Prospecting: to-contact
      Engaging: in-contact
      Won: { status: won }
      Lost: { status: lost }
    field: stage
  engage_date: createdAt
  close_date: closes
  close_value: value
create-missing: [accounts, users]
`;

type Row = Readonly<Record<string, string | number | null>>;

/** With the file as the table p, dates as YYYY-MM-DD: */
describe.skipIf(!existsSync(FILE))(`the Maven deals (left out without ${FILE})`, () => {
  let ws: TestWorkspace;
  let remove: () => void;
  beforeAll(async () => {
    [ws, remove] = await makeWorkspace('sales');
    ws.now = '2018-01-05T09:00:00.000Z';
    await ws.ok('field add deal product --type text');
    const path = join(ws.dir, '..', 'maven.yaml');
    writeFileSync(path, MAPPING);
    await ws.ok(['import', 'deals', FILE, '--mapping', path]);
  }, 120_000);
  afterAll(() => remove());

  const rows = async (line: string) => (await ws.json<{ rows: Row[] }>(`report ${line}`)).rows;
  const in2017 = '--from 2017-01-01 --to 2017-12-31';

  test('won per quarter', async () => {
    // select substr(close_date,1,4)||'-Q'||((cast(substr(close_date,6,2) as int)+2)/3), count(*), sum(close_value)
    // from p where deal_stage='Won' group by 1
    expect(
      (await rows(`revenue --by quarter ${in2017}`)).map(({ period, deals, value }) => [
        period,
        deals,
        value,
      ]),
    ).toEqual([
      ['2017-Q1', 531, '1134672.00'],
      ['2017-Q2', 1254, '3086111.00'],
      ['2017-Q3', 1257, '2982255.00'],
      ['2017-Q4', 1196, '2802496.00'],
    ]);
  });

  test('win rate per product', async () => {
    // select product, sum(deal_stage='Won'), sum(deal_stage='Lost'), round(1.0*sum(deal_stage='Won')/count(*), 4)
    // from p where deal_stage in ('Won','Lost') group by 1
    const said = (await rows(`velocity --per product ${in2017}`)).map(({ product, won, lost, winRate }) => [
      product,
      won,
      lost,
      Math.round((winRate as number) * 10_000) / 10_000,
    ]);
    expect(said).toEqual([
      ['GTK 500', 15, 10, 0.6],
      ['GTX Basic', 915, 521, 0.6372],
      ['GTX Plus Basic', 653, 398, 0.6213],
      ['GTX Plus Pro', 479, 266, 0.643],
      ['GTXPro', 729, 418, 0.6356],
      ['MG Advanced', 654, 430, 0.6033],
      ['MG Special', 793, 430, 0.6484],
    ]);
  });

  test('win rate per agent', async () => {
    // select sales_agent, sum(deal_stage='Won'), sum(case when deal_stage='Won' then close_value end),
    //   sum(deal_stage='Lost'), round(1.0*sum(deal_stage='Won')/count(*), 4)
    // from p where deal_stage in ('Won','Lost') group by 1
    const all = (await rows(`owners ${in2017}`)).filter(({ currency }) => currency !== null);
    expect(all.map(({ won }) => won as number).reduce((sum, won) => sum + won, 0)).toBe(4238);
    expect(all).toHaveLength(30);
    for (const expected of [
      ['anna-snelling', 208, '275056.00', 128, 0.619],
      ['darcel-schlecht', 349, '1153214.00', 204, 0.6311],
      ['hayden-neloms', 107, '272111.00', 45, 0.7039],
      ['lajuana-vencill', 127, '194632.00', 104, 0.5498],
      ['maureen-marcano', 149, '350395.00', 64, 0.6995],
      ['zane-levy', 161, '430068.00', 100, 0.6169],
    ])
      expect(
        all
          .filter(({ owner }) => owner === expected[0])
          .map(({ owner, won, wonValue, lost, winRate }) => [owner, won, wonValue, lost, winRate]),
      ).toEqual([expected]);
  });

  test('median sales cycle', async () => {
    // select julianday(close_date) - julianday(engage_date) from p where deal_stage='Won' order by 1
    // limit 2 offset 2118: 57 and 57; the clocks went forward for some of them.
    const [row] = await rows(`velocity ${in2017}`);
    expect(row).toMatchObject({ won: 4238, lost: 2473, medianCycleDays: 57, n: 4238 });
  });
});
