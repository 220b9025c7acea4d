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
