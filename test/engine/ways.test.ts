/** The way through a rule: goals, labels, other rules started and ended, waits for a time of day, and who is next in turn. */
import { expect, test } from 'vitest';
import { type Desk, deskSeededBy } from './desk.ts';
import { DAY, outcomes, type Sweep } from './swept.ts';

/** D1 of ana's for C1. */
const seeded = deskSeededBy(
  'account add Acme',
  'contact add --email jane@example.com --name Jane --account Acme',
  'deal add Chairs --value 500 --contact jane@example.com --owner ana',
  'run',
);

const go = 'deal set D1 value=1000';
const onGo = '{ matches: { query: "value:>=1000" } }';

/** Every step that was taken, `rule D1: what it did`. */
const did = (sweep: Sweep): string[] =>
  sweep.automations.flatMap(({ automation, steps }) => steps.map(step => `${automation}: ${step.did}`));

test('an enrolment jumps to a goal from a wait or from before a step, and skips the steps in between', async () => {
  const steps = (more = '') =>
    `for: deal\non: ${onGo}\nsteps:\n  - wait: 10d\n  - add-note: reminded\n  - goal: { name: Bought, when: 'is:won'${more} }\n  - add-note: thanks\n`;
  const rules = await seeded();
  rules.rule('rule', steps());
  rules.ok(go);
  expect(outcomes(await rules.sweepTwice())).toEqual(['D1 waiting']);
  rules.at(DAY);
  rules.ok('deal win D1');
  expect(did(await rules.sweepTwice())).toEqual(['rule: reached Bought', 'rule: added V1 to D1']);
  expect(rules.notes('D1')).toEqual(['thanks']);

  // Reached already when it begins.
  const begun = await seeded();
  begun.rule('rule', steps());
  await begun.ok(go);
  await begun.ok('deal win D1');
  expect(did(await begun.sweepTwice())).toEqual(['rule: reached Bought', 'rule: added V1 to D1']);
});

test.each([
  { otherwise: 'continue', later: ['rule: waited', 'rule: Bought is not reached', 'rule: added V1 to D1'] },
  { otherwise: 'end', later: ['rule: waited', 'rule: Bought is not reached: ended'] },
  { otherwise: 'wait', later: ['rule: waited', 'rule: Bought is not reached: waits'] },
])('a goal that is not reached when its turn comes: $otherwise', async ({ otherwise, later }) => {
  const rules = await seeded();
  rules.rule(
    'rule',
    `for: deal\non: ${onGo}\nsteps:\n  - wait: 1d\n  - goal: { name: Bought, when: 'is:won', otherwise: ${otherwise} }\n  - add-note: after\n`,
  );
  rules.ok(go);
  await rules.sweepTwice();
  rules.at(DAY);
  expect(did(await rules.sweepTwice())).toEqual(later);
  rules.at(2 * DAY);
  rules.ok('deal win D1');
  expect(did(await rules.sweepTwice())).toEqual(
    otherwise === 'wait' ? ['rule: reached Bought', 'rule: added V1 to D1'] : [],
  );
});

test('a goal of a deal that is still to be made is not a failure; a goal in another branch is no place to jump to', async () => {
  const rules = await seeded();
  rules.rule(
    'rule',
    `for: account
on: { matches: { query: 'tag:go' } }
steps:
  - if: 'tag:never'
    then:
      - goal: { name: Never, when: 'tag:go' }
  - add-deal: { title: More }
  - wait: 1d
  - goal: { name: Bought, on: deal, when: 'is:won' }
`,
  );
  rules.ok('account tag A1 +go');
  expect(did(await rules.sweepTwice())).toEqual([
    'rule: tag:never: no',
    'rule: added D2',
    'rule: waits until 2026-09-15T08:00:00.000Z',
  ]);
  rules.ok('deal win D2');
  expect(did(await rules.sweepTwice())).toEqual(['rule: reached Bought']);
});

test('reminds every three days until the goal behind the loop is reached, and tells another rule of it', async () => {
  const rules = await seeded();
  rules.rule(
    'remind',
    `for: deal
on: ${onGo}
steps:
  - label: again
  - notify: { user: ana, text: 'still open' }
  - wait: 3d
  - go-to: again
  - goal: { name: Decided, when: 'is:won or is:lost' }
`,
  );
  rules.rule(
    'told',
    'for: contact\non: { goal-reached: { automation: remind, goal: Decided } }\nsteps: [{ add-tag: decided }]\n',
  );
  rules.rule(
    'other',
    'for: contact\non: { goal-reached: { automation: told } }\nsteps: [{ add-tag: wrong }]\n',
  );
  rules.ok(go);
  await rules.sweepTwice();
  for (const day of [3, 6]) {
    rules.at(day * DAY);
    expect(did(await rules.sweepTwice())).toEqual([
      'remind: waited',
      'remind: went to again',
      'remind: came by again',
      `remind: queued M${day / 3 + 1} to ana`,
      `remind: waits until 2026-09-${14 + day + 3}T08:00:00.000Z`,
    ]);
  }
  const keys = rules.list('message').map(each => each.key);
  expect(new Set(keys).size).toBe(3);
  rules.ok('deal lose D1 --reason price');
  expect(did(await rules.sweepTwice())).toEqual(['remind: reached Decided', 'told: tagged C1 decided']);
  expect(rules.show('C1')).toMatchObject({ tags: ['decided'] });
});

test('a rule that goes round and does not wait in fact fails, before it goes on for ever', async () => {
  const rules = await seeded();
  rules.rule('rule', `for: deal\non: ${onGo}\nsteps:\n  - label: again\n  - wait: 0h\n  - go-to: again\n`);
  rules.ok(go);
  expect(await rules.sweep()).toMatchObject({
    code: 1,
    failures: [
      { automation: 'rule', subject: 'D1', error: 'does not come to an end: 1000 steps without a wait' },
    ],
  });
});

test('start begins another rule once in the same sweep, for its own record, if its where holds', async () => {
  const rules = await seeded();
  const starting = `for: deal\nruns: every-time\non: value-changes\nsteps:\n  - start: target\n  - add-note: went on\n`;
  rules.rule('starter', starting);
  rules.rule(
    'target',
    `for: contact\non: manual\nwhere: 'not tag:no'\nsteps:\n  - add-tag: 'of-{{ deal.id }}'\n  - wait: 1d\n  - add-tag: late\n`,
  );
  rules.ok(go);
  const sweep = await rules.sweepTwice('--explain');
  expect(sweep.automations).toMatchObject([
    {
      automation: 'starter',
      subject: 'D1',
      outcome: 'completed',
      steps: [{ did: 'started target for C1' }, { did: 'added V1 to D1' }],
    },
    { automation: 'target', subject: 'C1', outcome: 'waiting', cause: 'started by N1' },
  ]);
  expect(rules.show('C1')).toMatchObject({ tags: ['of-D1'] });
  rules.ok('deal set D1 value=2000');
  expect(did(await rules.sweepTwice())).toEqual([
    'starter: C1 is, or was, in target already',
    'starter: added V2 to D1',
  ]);

  const other = await seeded();
  other.rule('starter', starting);
  other.rule('target', `enabled: false\nfor: contact\non: manual\nsteps: [{ add-tag: x }]\n`);
  await other.ok(go);
  expect(did(await other.sweepTwice())).toEqual(['starter: target is disabled', 'starter: added V1 to D1']);
  other.rule('target', `for: contact\non: manual\nwhere: 'tag:yes'\nsteps: [{ add-tag: x }]\n`);
  await other.ok('deal set D1 value=2000');
  expect(did(await other.sweepTwice())[0]).toBe('starter: the where of target does not hold for C1');
});

test('end ends waiting enrolments of another rule for good', async () => {
  const rules = await seeded();
  rules.rule(
    'chase',
    `for: contact\non: { tag-added: { tag: lead } }\nsteps:\n  - wait: 1d\n  - add-note: chased\n`,
  );
  rules.rule(
    'won',
    `for: deal\nruns: every-time\non: { status-changes: { to: won } }\nsteps:\n  - end: chase\n`,
  );
  rules.ok('contact tag C1 +lead');
  await rules.sweepTwice();
  rules.ok('deal win D1');
  expect(did(await rules.sweepTwice())).toEqual(['won: ended chase for C1']);
  rules.at(2 * DAY);
  rules.ok('contact tag C1 -lead');
  await rules.sweep();
  rules.ok('contact tag C1 +lead');
  expect(did(await rules.sweepTwice())).toEqual([]);
  expect(rules.notes('C1')).toEqual([]);
  expect(rules.list('enrolment').filter(each => each.automation === 'chase')).toMatchObject([
    { status: 'ended' },
  ]);
  rules.ok('deal reopen D1');
  rules.ok('deal win D1');
  expect(did(await rules.sweepTwice())).toEqual(['won: C1 is not in chase']);
});

// The tests begin on Monday 14 September 2026 at 08:00 UTC.
test.each([
  { wait: "{ at: '09:00' }", until: '2026-09-14T09:00:00.000Z' },
  { wait: "{ at: '08:00' }", until: undefined },
  { wait: "{ at: '07:59' }", until: '2026-09-15T07:59:00.000Z' },
  { wait: "{ at: '07:00', on: weekends }", until: '2026-09-19T07:00:00.000Z' },
  { wait: '{ on: workdays }', until: undefined },
  { wait: '{ on: thursday }', until: '2026-09-17T00:00:00.000Z' },
  { wait: "{ for: 5d, at: '09:00', on: workdays }", until: '2026-09-21T09:00:00.000Z' },
  { wait: '{ for: 5d, on: workdays }', until: '2026-09-21T00:00:00.000Z' },
  { wait: '{ until-date: expectedClose }', until: '2026-10-01T00:00:00.000Z' },
  { wait: "{ until-date: close, offset: -1d, at: '09:00' }", until: '2026-09-30T09:00:00.000Z' },
  { wait: '{ until-date: createdAt, offset: +36h }', until: '2026-09-15T20:00:00.000Z' },
  { wait: '{ until-date: createdAt, on: contact }', until: undefined },
])('wait: $wait', async ({ wait, until }) => {
  const rules = await seeded();
  rules.ok('deal set D1 close=2026-10-01');
  rules.rule('rule', `for: deal\non: ${onGo}\nsteps:\n  - wait: ${wait}\n  - add-note: over\n`);
  rules.ok(go);
  const first = await rules.sweepTwice();
  if (until === undefined) {
    expect(did(first)).toEqual(['rule: waited', 'rule: added V1 to D1']);
    return;
  }
  expect(did(first)).toEqual([`rule: waits until ${until}`]);
  rules.now = Date.parse(new Date(Date.parse(until) - 1).toISOString());
  expect(did(await rules.sweepTwice())).toEqual([]);
  rules.now = Date.parse(until);
  expect(did(await rules.sweepTwice())).toEqual(['rule: waited', 'rule: added V1 to D1']);
});

test('a wait for a date uses the present date, and fails if there is none', async () => {
  const rules = await seeded();
  rules.rule('rule', `for: deal\non: ${onGo}\nsteps:\n  - wait: { until-date: close, offset: -1d }\n`);
  rules.ok('deal set D1 close=2026-10-01 value=1000');
  await rules.sweepTwice();
  rules.ok('deal set D1 close=2026-09-16');
  rules.at(DAY);
  expect(did(await rules.sweepTwice())).toEqual(['rule: waited']);
  rules.ok('deal add Desk --value 1000');
  expect(await rules.sweep()).toMatchObject({
    failures: [{ subject: 'D2', error: 'D2 has no expectedClose' }],
  });
});

/** Deals of hardware, whose users are ben and ana, and cat who is not active. */
async function team(): Promise<Desk> {
  const rules = await seeded();
  rules.edit('crm.yaml', text =>
    text.replace('name: Cat Low, role: normal', 'name: Cat Low, role: normal, active: false'),
  );
  rules.edit('pipelines/hardware.yaml', text =>
    text
      .replace('among: [ben, ana]', 'among: [ben, cat, ana]')
      .replace('access: [ana, ben]', 'access: [ana, ben, cat]'),
  );
  return rules;
}

test.each([
  // In turn after whoever was given the last one, ben for D2; who is not active is left out.
  { to: 'auto', owners: ['ana', 'ben', 'ana'] },
  { to: 'round-robin', owners: ['ana', 'ben', 'ana'] },
  // ben has 900 and one deal, ana 400 in two: each new one of 400 counts at once.
  { to: 'round-robin-value', owners: ['ana', 'ana', 'ben'] },
  { to: 'least-busy', owners: ['ben', 'ben', 'ana'] },
])('assign: $to', async ({ to, owners }) => {
  const rules = await team();
  const add = (value: number, owner: string) =>
    rules.ok(`deal add X --pipeline hardware --value ${value} --owner ${owner}`);
  await add(900, 'auto');
  await add(200, 'ana');
  await add(200, 'ana');
  await rules.sweep();
  rules.rule('rule', `for: deal\non: created\nsteps:\n  - assign: ${to}\n`);
  for (let i = 0; i < 3; i++) await add(400, 'none');
  await rules.sweepTwice();
  const deals = rules.list('deal').filter(deal => deal.pipeline === 'hardware');
  expect(deals.map(deal => deal.owner)).toEqual(['ben', 'ana', 'ana', ...owners]);
});

test('an inactive user is passed over, and the turn continues from there; without any user the step fails', async () => {
  const rules = await team();
  rules.rule('rule', `for: deal\non: created\nsteps:\n  - assign: round-robin\n`);
  const assigned = async (id: string) => {
    rules.ok('deal add X --pipeline hardware --owner none');
    await rules.sweep();
    return rules.show(id).owner;
  };
  expect([await assigned('D2'), await assigned('D3')]).toEqual(['ben', 'ana']);
  rules.edit('crm.yaml', text =>
    text.replace(
      'email: ben@example.com, role: normal',
      'email: ben@example.com, role: normal, active: false',
    ),
  );
  expect([await assigned('D4'), await assigned('D5')]).toEqual(['ana', 'ana']);
  rules.edit('crm.yaml', text => text.replace("signature: 'Ana, Acme'", 'active: false'));
  rules.ok('deal add X --pipeline hardware --owner none');
  expect(await rules.sweep()).toMatchObject({
    failures: [{ subject: 'D6', step: '1.assign', error: 'the pipeline hardware assigns to nobody' }],
  });
});
