/** `crm help reports`: made of the registry, and every example in it runs. */
import { expect, test } from 'vitest';
import { allReports } from '../../src/app/reports/index.ts';
import { workspace } from '../harness.ts';

test('says of each report what it answers, with examples that run', async () => {
  const ws = await workspace('sales');
  await ws.ok('user add ana --name Ana');
  await ws.ok('user set ana quota.month=1000');
  for (let i = 0; i < 12; i++) await ws.ok('deal add Chairs --value 100 --owner ana --close 2026-09-01');
  const all = await ws.ok('help reports');
  for (const { name, question, examples } of await allReports()) {
    expect(all).toContain(`${name}: ${question}\n`);
    expect(examples.length).toBeGreaterThan(0);
    const one = await ws.ok(`help reports ${name}`);
    expect(one).toContain(question);
    expect(await ws.ok(`help report ${name}`)).toBe(one);
    expect((await ws.ok(`report ${name} --help`)).startsWith(`${one}\n`)).toBe(true);
    for (const example of examples) {
      expect(all).toContain(`    crm ${example}\n`);
      expect({ example, ...(await ws.crm(example)) }).toMatchObject({ example, code: 0 });
    }
  }
  expect(await ws.crm('help reports forcast')).toMatchObject({
    code: 2,
    err: expect.stringContaining('did you mean forecast?'),
  });
});
