/** No new record gets the number of a purged one, on no machine: a person may have noted it, and the history names it. */
import { expect, test } from 'vitest';
import { type Machine, team } from './machines.ts';

test.each([
  ['the machine that gave it purged it', 'a'],
  ['another machine purged it', 'b'],
] as const)('the number of a purged record is not given again: %s', async (_, purging) => {
  const [a, b] = (await team(2)).machines as [Machine, Machine];
  await a.ok(['--offline', 'contact', 'add', 'Joe']);
  const last = (await a.ok(['--offline', 'contact', 'add', 'Jane Roe'])).trim();
  await a.ok('sync');
  await b.ok('sync');
  await (purging === 'a' ? a : b).ok(`purge ${last} --yes --acknowledge-remote`);
  await a.ok('sync');
  const next = `C${Number(last.slice(1)) + 1}`;
  expect(await a.ok(['--offline', 'contact', 'add', 'Ann'])).toBe(`${next}\n`);
  await a.ok('sync');
  await b.ok('sync');
  expect(await b.ok('contact list --fields id,name')).toContain(`${next}\tAnn\n`);
  for (const machine of [a, b]) await machine.sound();
});
