/** `crm automation enrol`, `enrolments` and `retry`; and what `status` says of what failed. */
import { describe, expect, it } from 'vitest';
import { DAY, outcomes, Rules } from '../engine/rules.ts';

const WELCOME = `for: contact
on: manual
where: 'not:tag:left'
steps:
  - send-email: { to: contact, subject: Welcome, body: 'Dear {{ contact.name }}' }
`;
const DEAL = 'for: deal\non: created\nruns: once\nsteps: [{ wait: 1d }, { add-note: seen }]\n';

interface Row {
  readonly id: string;
  readonly automation: string;
  readonly subject: string;
  readonly status: string;
  readonly error: string | null;
}

async function filled(): Promise<Rules> {
  const rules = await Rules.make();
  rules.rule('welcome', WELCOME);
  rules.rule('seen', DEAL);
  await rules.ok('contact add Jane --email jane@example.com');
  await rules.ok('contact add Joe');
  await rules.ok('contact add Zoe --email zoe@example.com --tags left');
  await rules.ok('deal add Chairs --contact jane@example.com');
  await rules.sweep();
  return rules;
}

describe('enrol', () => {
  it('starts a rule by hand with the next sweep, by id or name, and again where it runs once', async () => {
    const rules = await filled();
    rules.at(2 * DAY);
    expect(outcomes(await rules.sweep())).toEqual(['D1 completed']);
    const ran = await rules.ws.crm('automation enrol seen D1');
    expect(ran).toMatchObject({
      code: 0,
      out: 'N2\n',
      err: '1 enrolment in seen will begin with the next crm run\n',
    });
    expect((await rules.sweep('--explain')).automations).toEqual([
      expect.objectContaining({ automation: 'seen', subject: 'D1', outcome: 'waiting' }),
    ]);
    const again = await rules.ws.crm('automation enrol seen Chairs');
    expect(again).toMatchObject({ code: 0, out: '', err: 'D1 is on its way already: N2\nnothing to do\n' });
    expect(await rules.json('automation enrol welcome jane@example.com')).toMatchObject({
      enrolments: ['N3'],
    });
    expect(outcomes(await rules.sweep())).toEqual(['C1 completed']);
    expect(await rules.ok('automation enrol welcome - --dry-run', { stdin: 'C1\nC1\n' })).toContain('N4');
    rules.at(3 * DAY);
    expect(outcomes(await rules.sweepTwice())).toEqual(['D1 completed']);
  });

  it('is taken back by undo until it has begun', async () => {
    const rules = await filled();
    await rules.ok('automation enrol welcome C1');
    expect((await rules.ws.crm('undo')).err).toContain('automation enrol');
    expect(outcomes(await rules.sweep())).toEqual([]);
    const { tx } = await rules.json<{ tx: number }>('automation enrol welcome C1');
    await rules.sweep();
    expect((await rules.ws.crm(['undo', String(tx)])).code).not.toBe(0);
    expect(outcomes(await rules.sweep())).toEqual([]);
  });

  it('refuses records that do not fit', async () => {
    const rules = await filled();
    rules.rule('off', `enabled: false\n${WELCOME}`);
    rules.rule('bad', 'for: deal\non: created\nsteps: []\n');
    const table: [string, number, string][] = [
      ['welcom C1', 3, 'did you mean welcome?'],
      ['welcome D1', 3, 'D1 is a deal, not a contact'],
      ['welcome C9', 3, 'C9 does not exist'],
      ['welcome nobody', 3, 'there is no contact "nobody"'],
      ['welcome C3', 1, 'the where of welcome does not hold for C3: not:tag:left'],
      ['welcome C1 C3', 1, 'C3'],
      ['off C1', 1, 'off is disabled'],
      ['bad D1', 5, 'automations/bad.yaml:3: '],
      ['welcome', 2, 'for which records?'],
      ['', 2, 'which automation, and for which records?'],
    ];
    // What people wrote is taken in with the next commit, and is not what is refused.
    await rules.sweep();
    const before = rules.digest();
    for (const [args, code, says] of table) {
      const ran = await rules.ws.crm(`automation enrol ${args}`);
      expect(ran, args).toMatchObject({ code, out: '' });
      expect(ran.err, args).toContain(says);
    }
    expect(rules.digest()).toBe(before);
  });
});

describe('enrolments', () => {
  it('are listed by rule, record and status, newest first, and only if visible', async () => {
    const rules = await filled();
    await rules.ok('automation enrol welcome C1 C2');
    await rules.sweep();
    const listed = async (args: string) =>
      (await rules.json<Row[]>(`automation enrolments ${args}`.trim())).map(e => `${e.id} ${e.status}`);
    expect(await listed('')).toEqual(['N3 failed', 'N2 completed', 'N1 waiting']);
    expect(await listed('welcome')).toEqual(['N3 failed', 'N2 completed']);
    expect(await listed('jane@example.com')).toEqual(['N2 completed']);
    expect(await listed('D1 C2')).toEqual(['N3 failed', 'N1 waiting']);
    expect(await listed('--status failed')).toEqual(['N3 failed']);
    expect(await listed('welcome --failed --status completed')).toEqual(['N3 failed', 'N2 completed']);
    await rules.ok('automation disable seen');
    expect(await listed('--status paused')).toEqual(['N1 paused']);
    rules.remove('automations/welcome.yaml');
    expect(await listed('welcome')).toEqual(['N3 failed', 'N2 completed']);
    const table: [string, number, string][] = [
      ['sean', 3, 'did you mean seen?'],
      ['D9', 3, 'D9 does not exist'],
      ['--status fail', 2, 'did you mean failed?'],
    ];
    for (const [args, code, says] of table) {
      const ran = await rules.ws.crm(`automation enrolments ${args}`);
      expect(ran, args).toMatchObject({ code, out: '' });
      expect(ran.err, args).toContain(says);
    }
    await rules.ok('contact set C1 owner=ana');
    await rules.ok('deal set D1 owner=ana');
    await rules.ok('user add dan --name Dan --email dan@example.com --role restricted');
    expect((await rules.json<Row[]>('--as dan automation enrolments')).map(e => e.id)).not.toContain('N2');
  });

  it('that failed are in status, and go on at the step that failed when they are retried', async () => {
    const rules = await filled();
    await rules.ok('automation enrol welcome C2');
    expect((await rules.sweep()).code).toBe(1);
    expect(await rules.ok('status', { tty: 120 })).toContain(
      '1 enrolment (crm automation enrolments --failed)',
    );
    await rules.ok('contact set C2 email=joe@example.com');
    await rules.ok('automation retry C2');
    expect(outcomes(await rules.sweep())).toEqual(['C2 completed']);
    expect(await rules.ok('status', { tty: 120 })).toContain('0 enrolments\n');
  });
});
