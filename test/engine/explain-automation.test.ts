/** `crm explain RECORD AUTOMATION` agrees with what happens: what the next sweep does, and when time alone brings it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { after as later, DAY, HOUR, Rules } from './rules.ts';
import { runs } from '../effort.ts';

interface Explained {
  readonly subject: string | null;
  readonly last: {
    readonly trigger: string;
    readonly record: string;
    readonly tx: number;
    readonly where: { holds: boolean } | null;
  } | null;
  readonly queries: readonly { readonly holds: { readonly holds: boolean; readonly actual?: string } }[];
  readonly where: { readonly holds: boolean } | null;
  readonly next: {
    readonly at: string;
    readonly due: boolean;
    readonly cause: string;
    readonly outcome: string;
  } | null;
  readonly verdict: string;
}

const explain = (rules: Rules, id: string, rule: string): Promise<Explained> =>
  rules.json<Explained>(['explain', id, rule]);

const ruleTexts: Readonly<Record<string, string>> = {
  moved: 'for: deal\non: [{ enters-stage: { stage: proposal } }]\nsteps: [{ add-note: moved }]\n',
  big: "for: deal\non: [{ matches: { query: 'value.over:50 stage:proposal' } }]\nruns: every-time\nlimit: 2 per 24h\nsteps: [{ wait: 1d }, { update: { value: '10' } }]\n",
  idle: "for: deal\non: [{ matches: { query: 'is:open idle.over:2d' } }]\nruns: every-time\nwhere: 'value.over:1'\nsteps: [{ add-task: { title: Call } }]\n",
  called:
    "for: deal\non: [{ task-completed: { where: 'title:call' } }]\nruns: every-time\nsteps: [{ wait: { until: 'is:won', at-most: 3d } }, { add-note: done }]\n",
};

/** What a person may do next, to one of two deals. */
const deeds = fc.oneof(
  fc.constantFrom(
    'deal move D1 proposal',
    'deal move D1 new',
    'deal move D2 proposal',
    'deal win D1',
    'deal reopen D1',
    'deal set D1 value=100',
    'deal set D2 value=0',
    'log call D2 hello',
    'task add Call --for D1',
    'task add Write --for D2',
    'task done T1',
    'undo',
  ),
  fc.constantFrom(HOUR, DAY, 2 * DAY + HOUR),
);

describe('explain', () => {
  it('predicts exactly what the next sweep does for every rule and deal', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(deeds, { minLength: 4, maxLength: 12 }), async story => {
        const rules = await Rules.make();
        for (const [id, text] of Object.entries(ruleTexts)) rules.rule(id, text);
        await rules.ok('deal add Chairs --value 60');
        await rules.ok('deal add Tables --value 5');
        let now = 0;
        for (const deed of story) {
          if (typeof deed === 'number') rules.at((now += deed));
          // What cannot be done is not done, and that is all the same to the rules.
          else await rules.ws.crm(deed);
        }
        const said: string[] = [];
        for (const id of ['D1', 'D2'])
          for (const rule of Object.keys(ruleTexts)) {
            const ran = await rules.ws.crm(['explain', id, rule, '--json']);
            // What was taken back is not there.
            if (ran.code === 3) continue;
            const { next } = ran.json<Explained>();
            if (next?.due) said.push(`${rule} ${id} ${next.outcome}: ${next.cause}`);
          }
        const { automations } = await rules.sweep('--explain');
        const done = automations.filter(({ outcome }) => outcome !== 'skipped') as unknown as {
          automation: string;
          subject: string;
          outcome: string;
          cause: string;
        }[];
        expect(said.sort()).toEqual(
          done.map(a => `${a.automation} ${a.subject} ${a.outcome}: ${a.cause}`).sort(),
        );
      }),
      { numRuns: runs(3), seed: 20260914 },
    );
  });

  it('says to the minute when time alone brings it, and until then nothing comes', async () => {
    const rules = await Rules.make();
    rules.rule('idle', ruleTexts.idle!);
    rules.rule('slow', 'for: deal\non: created\nsteps: [{ wait: 36h }, { add-note: slept }]\n');
    rules.rule('moved', ruleTexts.moved!);
    await rules.sweep();
    await rules.ok('deal add Chairs --value 60');
    await rules.sweep();
    // Longer than two days is a moment more than two days.
    const idle = await explain(rules, 'D1', 'idle');
    expect(idle).toMatchObject({ next: { at: later(2 * DAY + 60_000), due: false, cause: 'matches: D1' } });
    expect(idle.queries[0]!.holds).toMatchObject({ holds: false });
    const slow = await explain(rules, 'D1', 'slow');
    expect(slow.next).toEqual({
      at: later(36 * HOUR),
      due: false,
      cause: 'went on at 1.wait',
      outcome: 'completed',
    });
    expect(slow.verdict).toBe('D1 is on its way: N1 waiting at 1.wait');
    expect(await rules.ok('explain D1 slow')).toContain(
      `next, if nobody does anything: ${later(36 * HOUR)}, went on at 1.wait, completed\n`,
    );
    expect((await explain(rules, 'D1', 'moved')).next).toBeNull();
    for (const [at, subjects] of [
      [36 * HOUR - 1, []],
      [36 * HOUR, ['slow']],
      [2 * DAY, []],
      [2 * DAY + 60_000, ['idle']],
    ] as const) {
      rules.at(at);
      expect((await rules.sweep()).automations.map(a => a.automation)).toEqual(subjects);
    }
  });

  it('names the last trigger seen, even if its own condition did not hold', async () => {
    const rules = await Rules.make();
    rules.rule('called', ruleTexts.called!);
    await rules.sweep();
    await rules.ok('deal add Chairs');
    await rules.ok('task add Write --for D1');
    await rules.ok('task done T1');
    const missed = await explain(rules, 'D1', 'called');
    expect(missed).toMatchObject({
      next: null,
      last: { trigger: 'task-completed', record: 'T1', where: { holds: false } },
    });
    expect(await rules.ok('explain D1 called')).toMatch(
      /its where: does not hold\n +no +title:call {2}\("write"\)\n/,
    );
  });

  it('says why it does not start', async () => {
    const rules = await Rules.make();
    rules.rule('idle', ruleTexts.idle!);
    rules.rule('once', 'for: deal\non: status-changes\nsteps: [{ add-note: a }]\n');
    rules.rule(
      'twice',
      'for: deal\non: status-changes\nruns: every-time\nlimit: 1 per 24h\nsteps: [{ add-note: a }]\n',
    );
    rules.rule('people', 'for: contact\non: created\nsteps: [{ add-note: a }]\n');
    rules.rule('off', 'for: deal\nenabled: false\non: created\nsteps: [{ add-note: a }]\n');
    await rules.sweep();
    await rules.ok('deal add Chairs');
    await rules.ok('deal win D1');
    await rules.sweep();
    await rules.ok('deal reopen D1');
    const verdict = async (rule: string) => (await explain(rules, 'D1', rule)).verdict;
    expect(await verdict('idle')).toBe('its where does not hold for D1');
    expect(await verdict('once')).toBe('it runs once, and D1 was enrolled already (N1 completed)');
    expect(await verdict('twice')).toBe(`its limit of 1 is used up until ${later(DAY)}`);
    expect(await verdict('people')).toBe('people is for a contact, and D1 has none');
    expect(await verdict('off')).toBe('off is disabled: crm automation enable off');
    expect(await rules.ws.crm('explain D1 twise')).toMatchObject({ code: 3, out: '' });
  });
});

it('crm run --explain says why of every line', async () => {
  const rules = await Rules.make();
  rules.write(
    'pipelines/a-sales.yaml',
    "name: Sales\nstages: [{ id: new, name: New }, { id: proposal, name: P }]\ntransitions: [{ to: proposal, when: 'tasks.done:>=1 (has:task or is:won)' }]\n",
  );
  rules.rule('moved', ruleTexts.moved!);
  await rules.ok('deal add Chairs');
  await rules.ok('task add Ask --for D1');
  await rules.ok('task done T1');
  expect(await rules.ok('run --explain --dry-run')).toBe(
    'D1: new → proposal (row 1: tasks.done:>=1 (1), has:task (1))\nmoved: D1 completed (enters-stage: D1)\n  1.add-note: added V1 to D1\n',
  );
});

it('also of a deal that the sweep itself made', async () => {
  const rules = await Rules.make();
  rules.write(
    'pipelines/a-sales.yaml',
    "name: Sales\nstages: [{ id: new, name: New }, { id: proposal, name: P }]\ntransitions: [{ to: proposal, when: 'has:task' }]\n",
  );
  rules.rule(
    'vip',
    'for: contact\non: tag-added\nsteps: [{ add-deal: { title: Chairs } }, { add-task: { on: deal, title: Call } }]\n',
  );
  await rules.ok('deal add Tables --contact jane@example.com');
  await rules.sweep();
  await rules.ok('contact tag C1 +vip');
  expect(await rules.ok('run --explain --dry-run')).toContain('D2: new → proposal (row 1: has:task (1))\n');
});

it('as it was when the row decided, whatever the sweep did after that', async () => {
  const rules = await Rules.make();
  rules.write(
    'pipelines/a-sales.yaml',
    `name: Sales
stages: [{ id: new, name: New }, { id: called, name: Called }, { id: proposal, name: Proposal }]
transitions:
  - { to: called, from: [new], when: 'tasks.open:>=2' }
  - { to: proposal, from: [called], when: 'tasks.open:>=1' }
`,
  );
  rules.rule('tidy', 'for: deal\non: [{ enters-stage: { stage: proposal } }]\nsteps: [complete-tasks]\n');
  await rules.ok('deal add Chairs');
  for (const title of ['Ask', 'Send']) await rules.ok(`task add ${title} --for D1`);
  const said = await rules.ok('run --explain --dry-run');
  expect(said.split('\n').slice(0, 2)).toEqual([
    'D1: new → called (row 1: tasks.open:>=2 (2))',
    'D1: called → proposal (row 2: tasks.open:>=1 (2))',
  ]);
  const { transitions } = JSON.parse(await rules.ok('run --explain --json'));
  expect(transitions).toEqual([
    { record: 'D1', from: 'new', to: 'called', rule: 1 },
    { record: 'D1', from: 'called', to: 'proposal', rule: 2 },
  ]);
});
