/** `crm config`: what is in force, defaults included. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { copiesOf, workspace } from '../harness.ts';

const configured = copiesOf(async () => {
  const ws = await workspace();
  const path = join(ws.dir, 'crm.yaml');
  const text = readFileSync(path, 'utf8').replace(
    'scores: {}',
    "scores: { fit: { for: deal, rules: [{ when: 'event:form.submitted', points: 5, expires: 2w }] } }",
  );
  writeFileSync(path, text);
  await ws.ok(['user', 'add', 'ana', '--name', 'Ana Ruiz']);
  await ws.ok('view add hot is:open');
  await ws.ok('field add deal product');
  await ws.ok('stage set follow-up rotting=36h');
  return ws;
});

test('as JSON', async () => {
  const ws = await configured();
  expect(await ws.json('config')).toEqual({
    name: expect.any(String),
    timezone: 'Europe/Amsterdam',
    currency: 'EUR',
    users: { ana: { name: 'Ana Ruiz', role: 'normal', active: true } },
    teams: {},
    'task-types': {
      call: { contact: true },
      email: { contact: true },
      meeting: { contact: true },
      todo: { contact: false },
    },
    fields: { deal: { product: { type: 'text' } }, contact: {}, account: {}, activity: {} },
    scores: { fit: { for: 'deal', rules: [{ when: 'event:form.submitted', points: 5, expires: '14d' }] } },
    views: { hot: { of: 'deals', query: 'is:open' } },
    imports: {},
    pipelines: {
      sales: {
        name: 'Sales',
        currency: 'EUR',
        assign: { by: 'none', among: [] },
        card: ['title', 'value', 'owner', 'next-action'],
        entry: 'to-contact',
        requires: [],
        stages: [
          { id: 'to-contact', name: 'To contact', color: 'yellow', probability: 10 },
          { id: 'in-contact', name: 'In contact', color: 'blue', probability: 40 },
          { id: 'follow-up', name: 'Follow up', color: 'red', probability: 60, rotting: '36h' },
        ],
        transitions: [],
      },
    },
  });
});

test('otherwise as YAML with the same content, which crm.yaml would accept', async () => {
  const ws = await configured();
  const out = await ws.ok('config');
  expect(parse(out)).toEqual(await ws.json('config'));
  const { pipelines, ...crm } = parse(out);
  writeFileSync(join(ws.dir, 'crm.yaml'), JSON.stringify(crm));
  writeFileSync(join(ws.dir, 'pipelines/sales.yaml'), JSON.stringify(pipelines.sales));
  expect(await ws.ok('config')).toBe(out);
});

test('holidays are shown, and a day that is none is refused with its line', async () => {
  const ws = await workspace();
  const path = join(ws.dir, 'crm.yaml');
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, `${text}holidays: [12-25, 2026-12-28]\n`);
  expect(await ws.json('config')).toMatchObject({ holidays: ['12-25', '2026-12-28'] });
  writeFileSync(path, `${text}holidays:\n  - 2026-12-28\n  - 28.12.2026\n`);
  const { code, err } = await ws.crm('config');
  const line = text.split('\n').length + 2;
  expect(code).toBe(5);
  expect(err).toContain(`crm.yaml:${line}: "28.12.2026" is not a day`);
  expect(err).toContain('2026-12-25, or 12-25 for every year');
});
