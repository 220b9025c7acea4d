/** What commands say of rules that would feed themselves, and how their generations are set. */
import { describe, expect, it } from 'vitest';
import { HOUR, Rules } from './rules.ts';

const rule = (on: string, steps: string, more = ''): string =>
  `for: deal\nruns: every-time\n${more}on: [${on}]\nsteps: [${steps}]\n`;
const add = "{ add-deal: { title: 'From {{ deal.id }}', value: '1' } }";
const titles = async (rules: Rules): Promise<string[]> =>
  (await rules.json<{ title: string }[]>('deal list --sort id')).map(deal => deal.title);

describe('what was left out', () => {
  async function feeding(): Promise<Rules> {
    const rules = await Rules.make();
    rules.rule('more', rule("{ schedule: { cron: '0 * * * *' } }", add));
    await rules.sweep();
    await rules.ok('deal add Chairs');
    rules.at(HOUR);
    await rules.sweep();
    return rules;
  }

  it('is named on the terminal, by --explain, by explain and in the history', async () => {
    const rules = await feeding();
    rules.at(2 * HOUR);
    const first = await rules.ws.crm('run --dry-run');
    expect(first.err).toMatch(/^Failed: more: feeds itself: it is left out for D2, /m);
    await rules.sweep();
    rules.at(3 * HOUR);
    const ran = await rules.ws.crm('run --explain --dry-run');
    expect(ran.out).toMatch(/^more: D2 skipped \(schedule: D2 at .*\): it, or a rule of its chain, added /m);
    expect(ran.err).toMatch(/^left out: more for D2, D3, which it, or a rule of its chain, added$/m);
    expect(await rules.json('explain D2 more')).toMatchObject({
      next: null,
      verdict: expect.stringContaining('it, or a rule of its chain, added D2'),
    });
    expect(await rules.json('explain D1 more')).toMatchObject({ next: { due: true } });
    expect(await rules.json('history D2')).toMatchObject([
      { changes: [{ id: 'D2', op: 'add' }], why: { automation: 'more', step: '1.add-deal' } },
    ]);
  });

  it('is the same in a backtest', async () => {
    const rules = await feeding();
    rules.at(2 * HOUR);
    await rules.sweep();
    const ran = await rules.ws.crm('automation backtest more --since 2026-09-14T08:30:00Z --every 1h --json');
    const { firings, failures } = ran.json<{ firings: { subject: string }[]; failures: unknown[] }>();
    expect(firings.map(f => f.subject)).toEqual(['D1', 'D1']);
    expect([ran.code, failures]).toEqual([
      1,
      [expect.objectContaining({ error: expect.stringMatching(/^feeds itself/) })],
    ]);
  });
});

describe('generations in a rule', () => {
  it.each(['0', '-1', '1.5', 'many', 'true'])('%s is refused by lint', async value => {
    const rules = await Rules.make();
    rules.rule('more', rule('created', add, `generations: ${value}\n`));
    const ran = await rules.ws.crm('automation lint');
    expect(ran.code).toBe(5);
    expect(ran.err + ran.out).toMatch(/generations: .* is not a whole number from 1 on/);
  });

  it('can be set by command', async () => {
    const rules = await Rules.make();
    rules.rule('more', rule('created', add));
    await rules.ok('automation set more generations=2');
    expect((await rules.ws.crm('automation set more generations=no')).code).toBe(2);
    await rules.sweep();
    await rules.ok('deal add Chairs');
    await rules.sweep();
    expect(await titles(rules)).toHaveLength(3);
  });
});
