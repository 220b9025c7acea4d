/** Values are what was typed, to the last digit, or they are refused. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { workspace } from '../harness.ts';

const TOO_MANY = /has more digits than a number can keep/;

describe('digits', () => {
  test('identifiers that a double cannot tell apart stay two records', async () => {
    const ws = await workspace();
    const stdin =
      '[{"title":"a","externalId":109876543210987654},{"title":"b","externalId":109876543210987655}]';
    expect(await ws.ok('import deals - --key externalId', { stdin })).toBe('2 created\n');
    expect(await ws.ok('import deals - --key externalId', { stdin })).toBe('0 created, 2 unchanged\n');
    expect(await ws.json('deal list')).toMatchObject([
      { externalId: '109876543210987654' },
      { externalId: '109876543210987655' },
    ]);
  });

  test('a number that would be rounded is an error of its row, with its line', async () => {
    const ws = await workspace();
    await ws.ok('field add deal seats --type number');
    const stdin = ['1e9999', '123.4567890123456789', '9007199254740993', '12.0', '0.1']
      .map(number => `{"title":"a","fields":{"seats":${number}}}`)
      .join('\n');
    const ran = await ws.crm('import deals - --skip-invalid --json', { stdin });
    const { errors } = ran.json<{ errors: { line: number; error: string }[] }>();
    expect(errors).toEqual([
      {
        line: 1,
        column: null,
        error: expect.stringMatching(/^fields\.seats: the number 1e9999 would be rounded/),
      },
      { line: 2, column: null, error: expect.stringMatching(/^fields\.seats: .* would be rounded/) },
      { line: 3, column: 'fields.seats', error: expect.stringMatching(TOO_MANY) },
    ]);
    expect(await ws.json('deal list')).toMatchObject([{ fields: { seats: 12 } }, { fields: { seats: 0.1 } }]);
  });

  test.each([
    [['deal', 'add', 'x', '--field', 'seats=9007199254740993']],
    [['deal', 'set', 'D1', 'seats=0.12345678901234567']],
    [['deal', 'list', 'seats:>9007199254740993']],
    [['score', 'C1', '+9007199254740993']],
  ])('%j is refused', async args => {
    const ws = await workspace();
    await ws.ok('field add deal seats --type number');
    await ws.ok('deal add desk --contact a@example.com');
    expect(await ws.crm(args)).toMatchObject({ code: 2, err: expect.stringMatching(TOO_MANY) });
  });

  test('a number field comes back from CSV and JSON as it was, however large or small', async () => {
    const ws = await workspace();
    await ws.ok('field add deal size --type number');
    for (const size of ['1000000000000000000000', '0.0000001', '-12.5', '9007199254740991'])
      await ws.ok(['deal', 'add', 'x', '--field', `size=${size}`]);
    for (const format of ['csv', 'json', 'jsonl']) {
      const stdin = await ws.ok(['export', 'deals', '--format', format]);
      expect(await ws.ok(['import', 'deals', '-', '--key', 'id', '--from', format], { stdin })).toBe(
        '0 created, 4 unchanged\n',
      );
    }
  });

  test('a property of an event that would be rounded stays text', async () => {
    const ws = await workspace();
    await ws.ok('contact add --email a@example.com');
    await ws.ok('event add seen --contact C1 --prop n=1.1234567890123456789 --prop m=1.5');
    expect(await ws.json('event show E1')).toMatchObject({ props: { n: '1.1234567890123456789', m: 1.5 } });
  });

  test('a number in YAML that would be rounded is the text that stands there', async () => {
    const ws = await workspace();
    writeFileSync(
      join(ws.dir, '..', 'map.yaml'),
      'kind: deals\ncolumns: { name: title }\nset: { externalId: 109876543210987654, value: 12.50 }\n',
    );
    await ws.ok('import deals - --mapping ../map.yaml', { stdin: 'name\nDesk\n' });
    expect(await ws.json('deal show D1')).toMatchObject({ externalId: '109876543210987654', value: '12.50' });
    expect(readFileSync(join(ws.dir, 'data/deals.jsonl'), 'utf8')).toContain('"109876543210987654"');
  });
});

describe('another currency', () => {
  test('takes whole amounts along, and refuses others with the name of the field', async () => {
    const ws = await workspace();
    await ws.ok('field add deal budget --type money');
    await ws.ok('deal add a --value 1200 --field budget=10.00');
    await ws.ok('deal set D1 currency=JPY');
    expect(await ws.json('deal show D1')).toMatchObject({
      value: '1200',
      currency: 'JPY',
      fields: { budget: '10' },
    });
    await ws.ok('deal set D1 currency=KWD');
    expect(await ws.json('deal show D1')).toMatchObject({ value: '1200.000', fields: { budget: '10.000' } });
    await ws.ok('deal set D1 currency=EUR value=1200.50');
    expect(await ws.crm('deal set D1 currency=JPY')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/value: 1200\.50 EUR cannot be JPY: JPY has no decimals/),
    });
    await ws.ok('deal set D1 value=1 budget=0.5');
    expect(await ws.crm('deal set D1 currency=JPY')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/budget: 0\.50 EUR cannot be JPY/),
    });
    await ws.ok('deal set D1 currency=JPY budget=7');
    expect(await ws.json('deal show D1')).toMatchObject({ value: '1', fields: { budget: '7' } });
  });

  test('of an invoice takes its amount along', async () => {
    const ws = await workspace();
    await ws.ok('account add Acme');
    await ws.ok('invoice add --for A1 --amount 5200');
    await ws.ok('invoice set I1 currency=JPY');
    expect(await ws.json('invoice show I1')).toMatchObject({ amount: '5200', currency: 'JPY' });
    await ws.ok('invoice set I1 currency=EUR amount=0.01');
    expect(await ws.crm('invoice set I1 currency=JPY')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/amount: 0\.01 EUR cannot be JPY/),
    });
  });

  test('in an import does so too, row by row', async () => {
    const ws = await workspace();
    await ws.ok('deal add a --value 1200 --external-id x');
    await ws.ok('deal add b --value 0.5 --external-id y');
    const ran = await ws.crm('import deals - --key externalId --skip-invalid --json', {
      stdin: 'externalId,currency\nx,JPY\ny,JPY\n',
    });
    expect(ran.json()).toMatchObject({
      updated: 1,
      errors: [{ line: 3, error: expect.stringMatching(/value: 0\.50 EUR cannot be JPY/) }],
    });
  });

  test('custom money is in the currency of its record, by whatever door it comes', async () => {
    const ws = await workspace();
    await ws.ok('field add deal budget --type money');
    await ws.ok('deal add a --currency JPY --field budget=12');
    expect(await ws.crm('deal set D1 budget=12.50')).toMatchObject({
      code: 2,
      err: expect.stringContaining('budget: "12.50" is not an amount'),
    });
    await ws.ok('deal set D1 budget=13');
    const stdin = await ws.ok('export deals --format csv');
    expect(await ws.ok('import deals - --key id', { stdin })).toBe('0 created, 1 unchanged\n');
  });
});
