/** A re-import of what is there already changes nothing and refuses nothing, whatever became of the settings. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { copiesOf, type TestWorkspace, workspace } from '../harness.ts';

const edit = (ws: TestWorkspace, file: string, from: string | RegExp, to: string) => {
  const path = join(ws.dir, file);
  const text = readFileSync(path, 'utf8');
  expect(text).toMatch(from);
  writeFileSync(path, text.replace(from, to));
};

/** A workspace whose deals have values that can be set no more. */
const outlived = copiesOf(async () => {
  const ws = await workspace();
  await ws.ok('user add ana --name Ana');
  await ws.ok('field add deal level --type choice --options low,high');
  await ws.ok('field add deal colours --type choices --options red,green,blue');
  await ws.ok('contact add --email gone@example.com --name Gone');
  await ws.ok('contact add --email here@example.com --name Here');
  await ws.ok('account add Acme');
  await ws.ok(
    'deal add a --value 10 --owner ana --contact C1 --account A1 --field level=high --field colours=red,blue',
  );
  await ws.ok('deal contact D1 add C2');
  await ws.ok('deal add b --stage in-contact');
  await ws.ok('deal lose D2 --reason x');
  await ws.ok('deal reopen D2');
  await ws.ok('deal win D2');
  await ws.ok('deal move D1 in-contact');
  await ws.ok('contact rm C1');
  await ws.ok('account rm A1');
  edit(ws, 'crm.yaml', /high/, 'higher');
  edit(ws, 'crm.yaml', /\bred\b/, 'pink');
  edit(ws, 'crm.yaml', /\n {2}ana:.*\n/, '\n');
  edit(ws, 'pipelines/sales.yaml', /.*in-contact.*\n/, '');
  return ws;
});

describe('unchanged is unchanged', () => {
  test.each(['csv', 'json', 'jsonl'])('as %s: the trash, removed options, stages and users', async format => {
    const ws = await outlived();
    const stdin = await ws.ok(['export', 'deals', '--format', format]);
    expect(stdin).toMatch(/C1/);
    expect(await ws.ok(['import', 'deals', '-', '--key', 'id', '--from', format], { stdin })).toBe(
      '0 created, 2 unchanged\n',
    );
  });

  test('beside a value that changes', async () => {
    const ws = await outlived();
    const rows = await ws.json<Record<string, unknown>[]>('export deals --format json');
    const stdin = JSON.stringify(
      rows.map(row => ({
        ...row,
        title: `${String(row.title)}!`,
        ...(row.id === 'D1' && { fields: { level: 'high', colours: ['red', 'green'] } }),
      })),
    );
    expect(await ws.ok('import deals - --key id --from json', { stdin })).toBe('0 created, 2 updated\n');
    expect(await ws.json('deal show D1')).toMatchObject({
      title: 'a!',
      contacts: ['C1', 'C2'],
      owner: 'ana',
      stage: 'in-contact',
      fields: { level: 'high', colours: ['red', 'green'] },
    });
  });

  test('another value that is not there any more is refused as before', async () => {
    const ws = await outlived();
    const ran = await ws.crm('import deals - --key id --json', { stdin: 'id,stage\nD1,gone\n' });
    expect(ran.json()).toMatchObject({ errors: [{ line: 2, column: 'stage' }] });
  });
});

describe('queries', () => {
  test('may ask for values that records have though the settings know them no more', async () => {
    const ws = await outlived();
    const found = async (query: string) =>
      (await ws.json<{ id: string }[]>(['deal', 'list', query])).map(deal => deal.id);
    expect(await found('closedStage:in-contact')).toEqual(['D2']);
    expect(await found('stage:in-contact')).toEqual(['D1', 'D2']);
    expect(await found('level:high')).toEqual(['D1']);
    expect(await found('colours:red')).toEqual(['D1']);
    expect(await found('owner:ana')).toEqual(['D1']);
    await ws.ok(['deal', 'set', '--where', 'stage:in-contact', '--yes', 'stage=to-contact']);
    expect(await ws.crm('deal list level:hihg')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/unknown level "hihg"\nHint: did you mean higher\?/),
    });
  });
});
