/** What was taken out of the settings comes back from the history, as it was when it was last there. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copiesOf, workspace } from '../harness.ts';

/** A workspace that has one of each noun, with a comment that somebody wrote beside it. */
const filled = copiesOf(async () => {
  const ws = await workspace();
  for (const line of [
    'user add ana --role admin',
    'user add ben',
    'team add north ana ben',
    'view add hot is:open',
    'view add cold is:lost',
    'field add deal product',
    'stage add Proposal --pipeline sales --after in-contact --probability 50',
    'pipeline add Hardware',
    'stage add New --pipeline hardware',
  ])
    await ws.ok(line);
  const crm = join(ws.dir, 'crm.yaml');
  writeFileSync(crm, readFileSync(crm, 'utf8').replace('query: is:open }', '$& # every morning'));
  return ws;
});

test.each([
  ['pipeline', 'hardware', 'pipelines/hardware.yaml'],
  ['stage', 'proposal', 'pipelines/sales.yaml'],
  ['field', 'deal product', 'crm.yaml'],
  ['team', 'north', 'crm.yaml'],
  ['view', 'cold', 'crm.yaml'],
])('%s restore %s', async (noun, words, path) => {
  const ws = await filled();
  const text = () => (existsSync(join(ws.dir, path)) ? readFileSync(join(ws.dir, path), 'utf8') : undefined);
  const before = text();
  const id = words.split(' ').at(-1)!;
  await ws.ok(`${noun} rm ${words}`);
  // What was changed since stays.
  await ws.ok('view set hot of=deals');
  const without = text();
  expect(without).not.toBe(before);
  expect((await ws.crm(`${noun} restore ${words} --dry-run`)).out).toContain(id);
  expect(text()).toBe(without);
  expect((await ws.crm(`${noun} restore ${words}`)).err).toBe(`restored ${id}\n`);
  expect(text()).toBe(before);
  expect((await ws.crm(`${noun} restore ${words}`)).err).toBe(
    `nothing to do: ${id} is already in that state\n`,
  );
  const never = words.replace(id, 'never');
  const unknown = await ws.crm(`${noun} restore ${never}`);
  expect(unknown).toMatchObject({ code: 2, out: '' });
  expect(unknown.err).toContain(`there never was a ${noun} "never"`);
  const refused = await ws.crm(`${noun} restore ${words} --as ben`);
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('ben is') });
});

test('a comment comes back with its entry, and a stage goes after the one that it followed', async () => {
  const ws = await filled();
  const crm = readFileSync(join(ws.dir, 'crm.yaml'), 'utf8');
  await ws.ok('view rm hot');
  await ws.ok('view restore hot');
  const restored = readFileSync(join(ws.dir, 'crm.yaml'), 'utf8');
  expect(restored.split('\n').sort()).toEqual(crm.split('\n').sort());
  await ws.ok('stage rm proposal');
  await ws.ok('stage rm in-contact');
  await ws.ok('stage restore in-contact');
  await ws.ok('stage restore proposal');
  const ids = (await ws.json<{ id: string }[]>('stage list --pipeline sales')).map(stage => stage.id);
  expect(ids).toEqual(['to-contact', 'in-contact', 'proposal', 'follow-up']);
});

test('a stage that several pipelines had is asked for with its pipeline', async () => {
  const ws = await filled();
  await ws.ok('stage add Proposal --pipeline hardware');
  await ws.ok('stage rm proposal --pipeline hardware');
  await ws.ok('stage restore proposal');
  expect((await ws.json<unknown[]>('stage list --pipeline hardware')).length).toBe(2);
  await ws.ok('stage rm proposal --pipeline hardware');
  await ws.ok('stage rm proposal --pipeline sales');
  expect(await ws.crm('stage restore proposal')).toMatchObject({
    code: 4,
    err: 'Error: the stage proposal was in hardware and sales\nHint: --pipeline hardware\n',
  });
  await ws.ok('stage restore proposal --pipeline sales');
  expect((await ws.json<unknown[]>('stage list --pipeline sales')).length).toBe(4);
});

test('a setting that names something removed cannot come back', async () => {
  const ws = await filled();
  await ws.ok('view add warm @cold');
  await ws.ok('view rm warm');
  await ws.ok('view rm cold');
  const { code, err } = await ws.crm('view restore warm');
  expect(code).toBe(2);
  expect(err).toContain('unknown view @cold');
});
