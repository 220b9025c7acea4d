/** Pipelines: what their files say, and where their deals go when one is removed. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { copiesOf, type TestWorkspace, workspace } from '../harness.ts';

const textOf = (ws: TestWorkspace, path: string) => readFileSync(join(ws.dir, path), 'utf8');
const SALES = 'pipelines/sales.yaml';
const HARDWARE = 'pipelines/hardware.yaml';

const two = copiesOf(async () => {
  const ws = await workspace();
  await ws.ok('user add ana');
  await ws.ok('user add ben');
  await ws.ok(['pipeline', 'add', 'Hardware', '--currency', 'USD', '--stages', 'Proposal,Delivery']);
  return ws;
});

test('crm pipeline show has all that is known of it', async () => {
  const ws = await two();
  expect(await ws.json('pipeline show hardware')).toEqual({
    id: 'hardware',
    name: 'Hardware',
    currency: 'USD',
    entry: 'proposal',
    stages: ['proposal', 'delivery'],
    transitions: 0,
    access: null,
    assign: { by: 'none', among: [] },
    requires: [],
    card: ['title', 'value', 'owner', 'next-action'],
  });
  expect(await ws.ok('pipeline show sales --fields id,stages')).toBe(
    'sales\tto-contact,in-contact,follow-up\n',
  );
});

describe('crm pipeline set', () => {
  test('changes the named keys, and leaves the other lines as they were', async () => {
    const ws = await two();
    const before = textOf(ws, SALES);
    const { err } = await ws.crm(
      'pipeline set sales entry=in-contact currency=usd access=ana,ben card=title',
    );
    expect(err).toBe('changed sales\n');
    const changed = before
      .replace('currency: EUR', 'currency: USD')
      .replace('entry: to-contact ', 'entry: in-contact ');
    expect(textOf(ws, SALES)).toBe(`${changed}access: [ ana, ben ]\ncard: [ title ]\n`);
  });

  test('keeps the comment behind a list', async () => {
    const ws = await two();
    writeFileSync(join(ws.dir, SALES), `${textOf(ws, SALES)}access: [ana]   # for now\n`);
    await ws.ok('pipeline set sales access=ana,ben');
    expect(textOf(ws, SALES)).toMatch(/access: \[ana, ben\]\s+# for now\n$/);
  });

  test('assignment: by, and among whom; and none of it any more', async () => {
    const ws = await two();
    const before = textOf(ws, SALES);
    await ws.ok('pipeline set sales assign=round-robin among=ana,ben');
    expect(textOf(ws, SALES)).toBe(`${before}assign: { by: round-robin, among: [ ana, ben ] }\n`);
    await ws.ok(['deal', 'add', 'One', '--pipeline', 'sales']);
    await ws.ok(['deal', 'add', 'Two', '--pipeline', 'sales']);
    expect(await ws.ok('deal list --fields owner')).toBe('ana\nben\n');
    await ws.ok('pipeline set sales among=ben');
    expect(textOf(ws, SALES)).toBe(`${before}assign: { by: round-robin, among: [ ben ] }\n`);
    await ws.ok('pipeline set sales assign=');
    expect(textOf(ws, SALES)).toBe(before);
  });

  test.each([
    [
      'pipeline set sales entry=nowhere',
      'that would not be valid: pipelines/sales.yaml:3: unknown stage "nowhere"',
      'stages: to-contact, in-contact, follow-up',
    ],
    [
      'pipeline set sales currency=euro',
      '"euro" is not a currency',
      'accepted: an ISO 4217 code such as EUR or USD',
    ],
    [
      'pipeline set sales access=anna',
      'that would not be valid: pipelines/sales.yaml:8: unknown user "anna"',
      'did you mean ana?',
    ],
    ['pipeline set sales assign=roundrobin', 'unknown assign "roundrobin"', 'did you mean round-robin?'],
    [
      'pipeline set sales stages=a,b',
      'a pipeline has no "stages"',
      'what a pipeline has: name, currency, entry, access, card, requires, lost-reasons, requires-reason, assign, among',
    ],
    ['pipeline set salse entry=x', 'unknown pipeline "salse"', 'did you mean sales?'],
    ['pipeline set sales', 'what to set?', 'crm pipeline set sales name=...'],
  ])('%s: exit 2', async (command, message, hint) => {
    const ws = await two();
    const before = textOf(ws, SALES);
    const { code, err } = await ws.crm(`${command} --json`);
    expect(JSON.parse(err)).toEqual({ error: { code: 'USAGE', message, hint } });
    expect(code).toBe(2);
    expect(textOf(ws, SALES)).toBe(before);
  });
});

test('crm pipeline rename changes the name, not the id', async () => {
  const ws = await two();
  await ws.ok(['pipeline', 'rename', 'hardware', 'Hardware and more']);
  expect(await ws.ok('pipeline list --fields id,name')).toBe('hardware\tHardware and more\nsales\tSales\n');
});

describe('crm pipeline rm', () => {
  test('an empty one goes, and comes back with undo', async () => {
    const ws = await two();
    const before = textOf(ws, HARDWARE);
    const { err } = await ws.crm('pipeline rm hardware');
    expect(err).toBe('removed hardware\n');
    expect(existsSync(join(ws.dir, HARDWARE))).toBe(false);
    expect(await ws.ok('pipeline list -q')).toBe('sales\n');
    await ws.ok('undo');
    expect(textOf(ws, HARDWARE)).toBe(before);
  });

  test('restore brings one back by its id, and by the name that it had last', async () => {
    const ws = await two();
    await ws.ok('pipeline rename hardware Gear');
    const before = textOf(ws, HARDWARE);
    for (const name of ['gear', 'hardware']) {
      await ws.ok('pipeline rm hardware');
      expect((await ws.crm(`pipeline restore ${name}`)).err).toBe(`restored ${name}\n`);
      expect(textOf(ws, HARDWARE)).toBe(before);
    }
    await ws.ok('pipeline rm hardware');
    expect(await ws.crm('pipeline restore tools')).toMatchObject({
      code: 2,
      err: 'Error: there never was a pipeline "tools"\nHint: crm history\n',
    });
  });

  test('its deals go to a stage of another one, in the same transaction', async () => {
    const ws = await two();
    await ws.ok(['deal', 'add', 'Chairs', '--pipeline', 'hardware', '--value', '100']);
    expect(await ws.crm('pipeline rm hardware')).toMatchObject({
      code: 2,
      err: 'Error: the pipeline hardware still holds a deal, D1\nHint: --move-to PIPELINE/STAGE moves them\n',
    });
    const { err } = await ws.crm('pipeline rm hardware --move-to sales/follow-up');
    expect(err).toBe('removed hardware\nmoved 1 deal to sales/follow-up\n');
    expect(await ws.json('deal show D1')).toMatchObject({
      pipeline: 'sales',
      stage: 'follow-up',
      value: '100.00',
      currency: 'USD',
    });
    await ws.ok('undo');
    expect(existsSync(join(ws.dir, HARDWARE))).toBe(true);
    expect(await ws.json('deal show D1')).toMatchObject({ pipeline: 'hardware', stage: 'proposal' });
  });

  test('a stage that only one other has needs no pipeline', async () => {
    const ws = await two();
    await ws.ok(['deal', 'add', 'Chairs', '--pipeline', 'hardware']);
    await ws.ok('pipeline rm hardware --move-to in-contact');
    expect(await ws.json('deal show D1')).toMatchObject({ pipeline: 'sales', stage: 'in-contact' });
  });

  test('a demand of the other pipeline is reported with the deal, and nothing is removed', async () => {
    const ws = await two();
    await ws.ok('pipeline set sales access=ben');
    await ws.ok(['deal', 'add', 'Chairs', '--pipeline', 'hardware', '--owner', 'ana']);
    expect(await ws.crm('pipeline rm hardware --move-to follow-up')).toMatchObject({
      code: 1,
      err: 'Error: D1: ana has no access to the pipeline sales\nHint: access: ben\n',
    });
    expect(existsSync(join(ws.dir, HARDWARE))).toBe(true);
  });

  test('one that a view asks for is kept', async () => {
    const ws = await two();
    const crm = textOf(ws, 'crm.yaml');
    const view = "views: { hard: { of: deals, query: 'pipeline:hardware' } }";
    writeFileSync(join(ws.dir, 'crm.yaml'), crm.replace('views: {}', view));
    const line = crm.split('\n').indexOf('views: {}') + 1;
    expect(await ws.crm('pipeline rm hardware')).toMatchObject({
      code: 1,
      err: `Error: the pipeline hardware is still used at crm.yaml:${line}\nHint: change that first\n`,
    });
  });

  test.each([
    ['pipeline rm hardware --move-to hardware/delivery', 'unknown pipeline "hardware"', 'pipelines: sales'],
    [
      'pipeline rm hardware --move-to delivery',
      'unknown stage "delivery"',
      'stages: to-contact, in-contact, follow-up',
    ],
    ['pipeline rm hardwear', 'unknown pipeline "hardwear"', 'did you mean hardware?'],
  ])('%s: exit 2', async (command, message, hint) => {
    const ws = await two();
    await ws.ok(['deal', 'add', 'Chairs', '--pipeline', 'hardware']);
    expect(await ws.crm(command)).toMatchObject({ code: 2, err: `Error: ${message}\nHint: ${hint}\n` });
  });
});

test('only an admin changes pipelines', async () => {
  const ws = await two();
  for (const command of ['set sales entry=follow-up', 'rename sales S', 'rm hardware'])
    expect(await ws.crm(`pipeline ${command} --as ana`)).toMatchObject({
      code: 1,
      err: 'Error: ana is normal and may not change settings\nHint: an admin may: --as USER\n',
    });
});
