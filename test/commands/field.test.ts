/** Custom fields: changing them, and taking one out while its values stay. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { copiesOf, type TestWorkspace, workspace } from '../harness.ts';

const crmYaml = (ws: TestWorkspace) => readFileSync(join(ws.dir, 'crm.yaml'), 'utf8');

const withField = copiesOf(async () => {
  const ws = await workspace();
  await ws.ok(['field', 'add', 'deal', 'size', '--type', 'choice', '--options', 'small,large']);
  await ws.ok('field add deal product');
  return ws;
});

test('crm field show and set', async () => {
  const ws = await withField();
  await ws.ok(['field', 'set', 'deal', 'size', 'options=small,large,huge', 'label=How large']);
  expect(await ws.json('field show deal size')).toEqual({
    kind: 'deal',
    name: 'size',
    type: 'choice',
    label: 'How large',
    options: ['small', 'large', 'huge'],
  });
  expect(crmYaml(ws)).toContain(
    '    size: { type: choice, options: [ small, large, huge ], label: How large }\n',
  );
});

describe('crm field rm', () => {
  test('values stay in the records, and are there again with the field', async () => {
    const ws = await withField();
    await ws.ok(['deal', 'add', 'Chairs', '--field', 'product=chair']);
    await ws.ok(['deal', 'add', 'Tables', '--field', 'product=table']);
    await ws.ok(['deal', 'add', 'Air']);
    const { err } = await ws.crm('field rm deal product');
    expect(err).toBe(
      'removed product\n2 deals still have a value of it: crm field restore deal product shows them again\n',
    );
    expect((await ws.crm(['deal', 'list', 'product:chair'])).code).toBe(2);
    await ws.ok('field add deal product');
    expect(await ws.ok(['deal', 'list', 'product:chair', '-q'])).toBe('D1\n');
  });

  test('the last one leaves no trace but an empty map', async () => {
    const ws = await withField();
    await ws.ok('field rm deal product');
    await ws.ok('field rm deal size');
    expect(crmYaml(ws)).toContain('fields:\n  deal: {}\n');
    expect(await ws.ok('field list')).toBe('');
    await ws.ok('field add deal product');
    expect(crmYaml(ws)).toContain('fields:\n  deal:\n    product: { type: text }\n');
  });

  test('one that a view asks for is kept', async () => {
    const ws = await withField();
    await ws.ok(['view', 'add', 'large', 'size:large']);
    const line =
      crmYaml(ws)
        .split('\n')
        .findIndex(each => each.startsWith('  large:')) + 1;
    expect(await ws.crm('field rm deal size')).toMatchObject({
      code: 1,
      err: `Error: the field size of deals is still used at crm.yaml:${line}\nHint: change that first\n`,
    });
  });
});

test.each([
  ['field rm deal prodct', 'deals have no custom field "prodct"', 'did you mean product?'],
  ['field rm deal title', 'title of deals is not a custom field', null],
  ['field rm task product', 'unknown kind "task" of a custom field', expect.any(String)],
  ['field rm deal', 'which field?', 'crm field rm deal NAME'],
  ['field show account size', 'accounts have no custom field "size"', 'crm field add account NAME'],
  ['field set deal product options=a,b', 'options are of a choice, and product is a text', null],
  ['field set deal size type=text', 'a custom field has no "type"', expect.any(String)],
  ['field set deal size', 'what to set?', 'crm field set deal size options=...'],
])('%s: exit 2', async (command, message, hint) => {
  const ws = await withField();
  const before = crmYaml(ws);
  const { code, err } = await ws.crm(`${command} --json`);
  expect(JSON.parse(err).error).toMatchObject({ message, hint });
  expect(code).toBe(2);
  expect(crmYaml(ws)).toBe(before);
});
