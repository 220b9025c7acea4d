import { describe, expect, it } from 'vitest';
import { DAY, Rules } from './rules.ts';

/** A rule of one step, for deals. */
const rule = (on: string, step: string, more = '') => `for: deal\n${more}on: ${on}\nsteps:\n  - ${step}\n`;

interface Lately {
  automation: string;
  why: string;
  count: number;
  at: string;
}

/** What a sweep said, and what `status` says of sweeps after it. */
async function swept(rules: Rules) {
  const { leftOut } = await rules.sweep();
  const { sweep } = await rules.json<{ sweep: { leftOut: Lately[] } }>('status');
  return { leftOut, lately: sweep.leftOut };
}

describe('a sweep and status count what the sweep left out', () => {
  const start = rule('{ tag-added: { tag: go } }', 'start: target', 'runs: every-time\n');
  const target = (more: string) => rule('manual', 'add-note: hello', more);

  it.each([
    {
      why: 'disabled',
      files: { starter: start, target: target('enabled: false\n') },
      does: ['deal tag D1 +go'],
      automation: 'target',
    },
    {
      why: 'limit',
      files: { starter: start, target: target('runs: every-time\nlimit: 1 per 24h\n') },
      does: ['deal tag D1 +go', 'run', 'deal tag D1 -go', 'run', 'deal tag D1 +go'],
      automation: 'target',
    },
    {
      why: 'limit',
      files: { often: rule('value-changes', 'add-note: hello', 'runs: every-time\nlimit: 1 per 24h\n') },
      does: ['deal set D1 value=7', 'run', 'deal set D1 value=8'],
      automation: 'often',
    },
    {
      why: 'enrolled',
      files: { target: target('runs: once\n') },
      does: [
        'task add Call --for D1 --when-done target',
        'task done T1',
        'run',
        'task add Call --for D1 --when-done target',
        'task done T2',
      ],
      automation: 'target',
    },
    {
      why: 'unseen',
      files: { tells: rule('value-changes', 'notify: { user: ben, text: hello }') },
      does: ['deal set D1 value=8'],
      automation: 'tells',
    },
  ])('$why: $automation', async ({ why, files, does, automation }) => {
    const rules = await Rules.make();
    await rules.ok('user add tester --role admin');
    await rules.ok('user set ben role=restricted');
    for (const [id, text] of Object.entries(files)) rules.rule(id, text);
    await rules.ok('deal add Chairs --owner tester');
    await rules.sweep();
    for (const each of does) await rules.ok(each);
    const { leftOut, lately } = await swept(rules);
    expect(leftOut).toEqual([{ automation, why, count: 1, subjects: ['D1'] }]);
    expect(lately).toEqual([{ automation, why, count: 1, at: expect.any(String) }]);
    // What no sweep leaves out any more is forgotten after a week, and not seen by those from whom records are hidden.
    expect(await rules.json('status --as ben')).toMatchObject({ sweep: { leftOut: [] } });
    expect((await rules.sweep()).leftOut).toEqual([]);
    rules.at(8 * DAY);
    expect(await rules.json('status')).toMatchObject({ sweep: { leftOut: [] } });
  });

  it('adds up the sweeps of a day, and says so on a terminal', async () => {
    const rules = await Rules.make();
    rules.rule('often', rule('value-changes', 'add-note: hello', 'runs: every-time\nlimit: 1 per 24h\n'));
    await rules.ok('deal add Chairs');
    for (const value of [1, 2, 3, 4]) {
      await rules.ok(`deal set D1 value=${value}`);
      await rules.sweep();
    }
    expect(await rules.json('status')).toMatchObject({
      sweep: { leftOut: [{ automation: 'often', count: 3 }] },
    });
    expect(await rules.ok('status', { tty: 100, env: { NO_COLOR: '1' } })).toMatch(
      /^left out +often for 3 records: its limit; last /m,
    );
  });
});

describe('queued messages that have not left', () => {
  it('is counted by each sweep, in JSON and by channel in words', async () => {
    const rules = await Rules.make();
    await rules.ok('user add tester --role admin --email t@example.com');
    rules.rule(
      'tells',
      rule(
        'value-changes',
        'notify: { user: tester, text: hello }\n  - send-email: { to: user, subject: Hello, body: There }',
      ),
    );
    await rules.ok('deal add Chairs --owner tester');
    await rules.sweep();
    await rules.ok('deal set D1 value=2');
    const ran = await rules.ws.crm('run');
    expect(ran.err).toContain(
      'waiting to leave: 1 notification, 1 e-mail (crm message list status:queued)\n',
    );
    expect(await rules.json('run')).toMatchObject({ tx: null, deliveries: { queued: 2 } });
    expect((await rules.ws.crm('run')).err).toBe('nothing to do\n');
  });
});
