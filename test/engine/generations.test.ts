/** Rules that would feed themselves over many sweeps: no more than their generations come of one beginning. */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { Desk } from './desk.ts';
import { DAY, HOUR } from './swept.ts';
import { runs } from '../effort.ts';

const rule = (on: string, steps: string, more = ''): string =>
  `for: deal\nruns: every-time\n${more}on: [${on}]\nsteps: [${steps}]\n`;
const add = "{ add-deal: { title: 'From {{ deal.id }}', value: '1' } }";
const titles = (rules: Desk): string[] => rules.list('deal').map(deal => deal.title as string);

/** Sweeps once a day; which deals there were after each day, and which exit codes. */
async function days(rules: Desk, count: number, first = 1) {
  const counts: number[] = [];
  const codes: number[] = [];
  for (let day = first; day < first + count; day++) {
    rules.at(day * DAY);
    codes.push((await rules.sweep()).code);
    counts.push(titles(rules).length);
  }
  return { counts, codes };
}

describe('a rule that adds a deal', () => {
  const daily = "{ schedule: { cron: '0 6 * * *' } }";
  const waits = '{ wait: 1h }';

  it.each([
    ['each day for each deal', daily, add, [2, 3, 4, 5], [0, 1, 1, 1]],
    ['each day, twice', daily, `${add}, ${add}`, [3, 5, 7, 9], [0, 1, 1, 1]],
    ['after a wait for what is created', 'created', `${waits}, ${add}`, [2, 2, 2, 2], [1, 0, 0, 0]],
    ['at once for what is created', 'created', add, [2, 2, 2, 2], [0, 0, 0, 0]],
    ['for a query', "{ matches: { query: 'is:open' } }", `${waits}, ${add}`, [2, 2, 2, 2], [1, 0, 0, 0]],
    [
      'for a date that it sets',
      '{ date: { field: expectedClose } }',
      "{ add-deal: { title: More, value: '1', expectedClose: +1d } }",
      [1, 2, 2, 2],
      [0, 0, 1, 0],
    ],
  ])('%s: does not begin for what it added', async (_, on, steps, counts, codes) => {
    const rules = Desk.make();
    rules.rule('more', rule(on, steps));
    await rules.sweep();
    rules.ok('deal add Chairs --close +2d');
    await rules.sweep();
    expect(await days(rules, 4)).toEqual({ counts, codes });
  });

  it.each([
    [undefined, 2],
    [1, 2],
    [2, 3],
    [3, 4],
  ])('generations: %s end with %i deals', async (generations, ends) => {
    const rules = Desk.make();
    const more = generations === undefined ? '' : `generations: ${generations}\n`;
    rules.rule('more', rule('created', `${waits}, ${add}`, more));
    await rules.sweep();
    rules.ok('deal add Chairs');
    await rules.sweep();
    await days(rules, 6);
    expect(titles(rules)).toHaveLength(ends);
  });

  it('is remembered by the records', async () => {
    const rules = Desk.make();
    rules.rule('more', rule(daily, add));
    await rules.sweep();
    rules.ok('deal add Chairs');
    await days(rules, 2);
    rules.reopen();
    expect((await days(rules, 1, 3)).counts).toEqual([4]);
  });

  it('begins again when a person changes its records', async () => {
    const rules = Desk.make();
    rules.rule('renew', rule('{ status-changes: { to: won } }', add));
    await rules.sweep();
    rules.ok('deal add Chairs');
    for (const id of ['D1', 'D2']) {
      rules.ok(`deal win ${id}`);
      expect((await rules.sweep()).code).toBe(0);
    }
    rules.ok('deal win D3');
    expect((await rules.sweep()).code).toBe(0);
    expect(titles(rules)).toEqual(['Chairs', 'From D1', 'From D2', 'From D3']);
    // A rule that wins it is nobody.
    rules.rule('win', rule(daily, '{ update: { status: won } }', "where: 'is:open'\n"));
    await rules.sweep();
    expect(await days(rules, 2)).toEqual({ counts: [4, 4], codes: [1, 0] });
  });

  it('does not begin by a start either', async () => {
    const rules = Desk.make();
    rules.rule('a', rule('manual', add));
    rules.rule('b', rule(daily, '{ start: a }', 'generations: 5\n'));
    await rules.sweep();
    rules.ok('deal add Chairs');
    await rules.sweep();
    expect(await days(rules, 2)).toEqual({ counts: [2, 3], codes: [0, 1] });
    rules.at(3 * DAY);
    const { automations, leftOut } = await rules.sweep();
    expect(leftOut).toEqual([{ automation: 'a', why: 'generations', count: 2, subjects: ['D2', 'D3'] }]);
    expect(automations.find(run => run.automation === 'b' && run.subject === 'D2')?.steps).toEqual([
      { step: '1.start', did: 'a is not started for D2, which it, or a rule of its chain, added' },
    ]);
  });

  it('is not started by tasks and events of its own either', async () => {
    const rules = Desk.make();
    const again = '{ wait: 1h }, { add-task: { title: Again } }, { add-task: { title: Again } }';
    rules.rule('tasks', rule('task-created', again, 'overlap: true\nlimit: 1000 per 1h\n'));
    await rules.sweep();
    rules.ok('deal add Chairs');
    rules.ok('task add Look --for D1');
    await rules.sweep();
    await days(rules, 5);
    expect(rules.list('task')).toHaveLength(3);
  });
});

describe('rules that add deals in turn', () => {
  it('stop if the first of them added the record for which the second one began', async () => {
    const rules = Desk.make();
    const to = (stage: string) => `{ wait: 1h }, { add-deal: { title: Next, value: '1', stage: ${stage} } }`;
    rules.rule('a', rule('{ enters-stage: { stage: new } }', to('proposal')));
    rules.rule('b', rule('{ enters-stage: { stage: proposal } }', to('new')));
    await rules.sweep();
    rules.ok('deal add Chairs');
    await rules.sweep();
    expect(await days(rules, 5)).toEqual({ counts: [2, 3, 3, 3, 3], codes: [0, 1, 0, 0, 0] });
  });

  it('also count rules that only made the other one begin', async () => {
    const rules = Desk.make();
    rules.rule('a-tags', rule('created', '{ add-tag: hot }'));
    rules.rule('b-adds', rule('{ tag-added: { tag: hot } }', `{ wait: 1h }, ${add}`));
    await rules.sweep();
    rules.ok('deal add Chairs');
    await rules.sweep();
    rules.at(DAY);
    const { leftOut } = await rules.sweep();
    expect(leftOut).toEqual([{ automation: 'a-tags', why: 'generations', count: 1, subjects: ['D2'] }]);
    expect((await days(rules, 3, 2)).counts).toEqual([2, 2, 2]);
  });
});

describe('what was left out', () => {
  async function feeding(): Promise<Desk> {
    const rules = Desk.make();
    rules.rule('more', rule("{ schedule: { cron: '0 * * * *' } }", add));
    await rules.sweep();
    rules.ok('deal add Chairs');
    rules.at(HOUR);
    await rules.sweep();
    return rules;
  }

  it('is counted at each sweep, and fails once per rule and day', async () => {
    const rules = await feeding();
    const seen: [number, number | undefined][] = [];
    for (const hour of [2, 3, 15, 16, 17, 40]) {
      rules.at(hour * HOUR);
      const { code, leftOut } = await rules.sweepTwice();
      seen.push([code, leftOut[0]?.count]);
    }
    // The day begins at midnight, 16 hours after the first sweep.
    expect(seen).toEqual([
      [1, 1],
      [0, 2],
      [0, 3],
      [1, 4],
      [0, 5],
      [1, 6],
    ]);
  });

  it.each([
    ['limit', 'limit: 1 per 24h\n', ['D1'], 'D1'],
    ['disabled', 'enabled: false\n', ['T1'], 'D1'],
  ])('is counted where it is the %s too, and fails nothing', async (why, more, _, subject) => {
    const rules = Desk.make();
    rules.rule('look', rule("{ schedule: { cron: '0 * * * *' } }", '{ add-note: Looked }', more));
    await rules.sweep();
    rules.ok('deal add Chairs');
    rules.at(HOUR);
    await rules.sweep();
    rules.ok('task add Call --for D1 --when-done look');
    rules.ok('task done T1');
    rules.at(HOUR + 1000);
    const { code, leftOut } = await rules.sweepTwice();
    expect([code, leftOut]).toEqual([0, [{ automation: 'look', why, count: 1, subjects: [subject] }]]);
    expect((await rules.sweep()).leftOut).toEqual([]);
  });

  it('is counted if a task names a removed rule', async () => {
    const rules = Desk.make();
    rules.rule('look', rule('manual', '{ add-note: Looked }'));
    rules.ok('deal add Chairs');
    rules.ok('task add Call --for D1 --when-done look');
    rules.ok('automation rm look');
    rules.ok('task done T1');
    expect((await rules.sweep()).leftOut).toEqual([
      { automation: 'look', why: 'missing', count: 1, subjects: ['T1'] },
    ]);
  });
});

/**
 * The law for rules that each add deals for deals: the number of deals that come of one is that of a tree in which each
 * rule comes at most as often as its generations on the way from the root to a leaf. It is reached, and never exceeded.
 */
test('rules that add deals for created deals make exactly the tree that their generations allow', async () => {
  const node = fc.record({ generations: fc.integer({ min: 1, max: 2 }), waits: fc.boolean() });
  const tree = (used: readonly number[], all: readonly { generations: number }[]): number =>
    1 +
    all.reduce(
      (sum, { generations }, i) =>
        used[i]! < generations
          ? sum +
            tree(
              used.map((n, j) => (i === j ? n + 1 : n)),
              all,
            )
          : sum,
      0,
    );
  await fc.assert(
    fc.asyncProperty(fc.array(node, { minLength: 1, maxLength: 2 }), async all => {
      const rules = Desk.make();
      for (const [i, { generations, waits }] of all.entries())
        rules.rule(
          `r${i}`,
          rule('created', waits ? `{ wait: 1h }, ${add}` : add, `generations: ${generations}\n`),
        );
      await rules.sweep();
      rules.ok('deal add Chairs');
      await rules.sweep();
      await days(rules, 6);
      expect(titles(rules)).toHaveLength(
        tree(
          all.map(() => 0),
          all,
        ),
      );
    }),
    { numRuns: runs(3) },
  );
});
