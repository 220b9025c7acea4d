/** What sweeps left out, and messages that wait, as `crm status` and `crm run` say them. */
import { describe, expect, it } from 'vitest';
import { DAY, Rules } from './rules.ts';

/** A rule of one step, for deals. */
const rule = (on: string, step: string, more = '') => `for: deal\n${more}on: ${on}\nsteps:\n  - ${step}\n`;

describe('crm status', () => {
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
    // A week later it is forgotten.
    rules.at(8 * DAY);
    expect(await rules.json('status')).toMatchObject({ sweep: { leftOut: [] } });
  });

  it('says nothing of it to users from whom records are hidden', async () => {
    const rules = await Rules.make();
    await rules.ok('user add tester --role admin');
    await rules.ok('user set ben role=restricted');
    rules.rule('tells', rule('value-changes', 'notify: { user: ben, text: hello }'));
    await rules.ok('deal add Chairs --owner tester');
    await rules.sweep();
    await rules.ok('deal set D1 value=8');
    await rules.sweep();
    expect(await rules.json('status')).toMatchObject({ sweep: { leftOut: [{ why: 'unseen' }] } });
    expect(await rules.json('status --as ben')).toMatchObject({ sweep: { leftOut: [] } });
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
