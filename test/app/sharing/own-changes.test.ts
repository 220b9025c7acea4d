/** Undo and redo in a shared workspace: what is named is what this machine did, before a sync as after it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Machine, team } from './machines.ts';
import { runs } from '../../effort.ts';

/** What undo names: the command, and when it was given. */
const named = async (machine: Machine) => {
  const { code, err } = await machine.crm('undo --dry-run');
  if (code !== 0) return code;
  const undoes = Number(/would undo transaction (\d+)/.exec(err)![1]);
  const history = await machine.json<{ tx: number; at: string; via: string }[]>('history --limit 100');
  const { at, via } = history.find(({ tx }) => tx === undoes)!;
  return { at, via };
};

describe('crm undo in a shared workspace', () => {
  test('takes back changes of this machine, whatever others did since', async () => {
    const [a, b] = (await team(2)).machines as [Machine, Machine];
    await a.ok('deal set D1 value=7000');
    await b.ok('deal set D1 title=Tables');
    expect(await a.ok('deal list -q')).toBe('D1\n');
    const { err } = await a.crm('undo');
    expect(err).toMatch(/^undid transaction \d+ \(deal set by tester\): 1 change/);
    expect(await a.deals()).toEqual(['D1 Tables 5000.00']);
    // What was here before it was shared is of this machine; on a clone, nothing of it is.
    expect((await a.crm('undo')).err).toMatch(/\(deal add by tester\)/);
    await b.ok('undo');
    expect(await b.crm('undo')).toMatchObject({
      code: 1,
      err: 'Error: nothing to undo of what was done on this machine\n',
    });
    // Nor is an undo of another machine taken back.
    expect((await b.crm('redo')).err).toMatch(/\(undo by tester\)/);
    expect(await b.crm('redo')).toMatchObject({
      code: 1,
      err: expect.stringContaining('nothing to redo of what was done on this machine'),
    });
  });

  test('does not take a change before the one that was not done, unless it is named', async () => {
    const [a, b] = (await team(2)).machines as [Machine, Machine];
    await a.ok('deal tag D1 +vip');
    await a.ok('--offline deal set D1 value=1');
    await b.ok('deal set D1 value=7000');
    await a.crm('sync');
    const refused = await a.crm('undo');
    expect(refused).toMatchObject({
      code: 4,
      err: expect.stringMatching(/of D1, was not done: .*\nHint: crm sync --theirs D1 .* crm undo \d+ /),
    });
    await a.ok('sync --theirs D1');
    expect((await a.crm('undo')).err).toMatch(/\(deal tag by tester\)/);
  });

  test('refuses the number that a change of this machine had until a sync', async () => {
    const [a, b] = (await team(2)).machines as [Machine, Machine];
    await a.ok('sync');
    await a.ok('--offline deal tag D1 +vip');
    const last = async () => (await a.json<{ tx: number }[]>('history --limit 1'))[0]!.tx;
    const tx = await last();
    await b.ok('deal set D1 value=7000');
    await b.ok('deal set D1 value=8000');
    await a.ok('sync');
    const now = await last();
    expect(now).toBeGreaterThan(tx);
    expect(await a.crm(`undo ${tx}`)).toMatchObject({
      code: 4,
      err: expect.stringMatching(new RegExp(`until a sync, ${tx} was .*\\n.*crm undo ${now} takes back`)),
    });
    expect((await a.crm(`undo ${now}`)).err).toContain('(deal tag by tester)');
    expect((await a.crm(`undo ${tx} --yes`)).code).toBe(0);
  });

  test('takes back a sweep of this machine, and not one of another', async () => {
    const [a, b] = (await team(2)).machines as [Machine, Machine];
    await a.ok('run');
    await b.ok('deal set D1 title=Tables');
    await b.ok('run');
    await a.ok('sync');
    expect((await a.crm('undo --dry-run')).err).not.toMatch(/Tables/);
    expect((await b.crm('undo')).err).toMatch(/deal set by tester|run by crm/);
  });
});

test('undo names the same change before and after a sync that refuses nothing', async () => {
  const edit = fc.constantFrom('deal tag D1 +%', 'deal add %', 'undo', 'redo', 'deal note D1 %');
  await fc.assert(
    fc.asyncProperty(
      fc.array(edit, { minLength: 1, maxLength: 4 }),
      fc.array(edit, { minLength: 1, maxLength: 3 }),
      async (ours, theirs) => {
        const [a, b] = (await team(2)).machines as [Machine, Machine];
        for (const [i, each] of ours.entries()) {
          const now = `2026-09-14T09:0${i}:00.000Z`;
          await a.crm(`--offline ${each.replace('%', `ours${i}`)}`, { now });
        }
        for (const [i, each] of theirs.entries()) await b.crm(each.replace('%', `theirs${i}`));
        const before = await named(a);
        const synced = await a.crm('sync');
        if (synced.code === 0) expect(await named(a)).toEqual(before);
      },
    ),
    { numRuns: runs(2), endOnFailure: true },
  );
});
