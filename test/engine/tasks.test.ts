/** Rules that a task itself asks for: it comes again, or starts an automation. */
import { expect, test } from 'vitest';
import { DAY, outcomes, Rules } from './rules.ts';

const work = async (...commands: string[]): Promise<Rules> => {
  const rules = await Rules.make();
  for (const command of [
    'contact add --email jane@example.com --name Jane',
    'deal add Chairs --contact C1',
    ...commands,
  ])
    await rules.ok(command);
  return rules;
};

test('a task that repeats comes again when it is done, once, with all that it has; the history says which rule did it', async () => {
  const rules = await work(
    'task add Report --for D1 --type call --due 2026-08-31 --repeat monthly --assignee ana',
    'run',
  );
  const { err } = await rules.ws.crm('task done T1 --outcome sent');
  expect(err).toContain('T1: crm run adds the next one, as it repeats\n');
  expect(err).not.toContain('no next action');
  const sweep = await rules.sweepTwice();
  expect(sweep.automations).toEqual([
    {
      automation: 'repeat-tasks',
      subject: 'T1',
      outcome: 'completed',
      steps: [{ step: '1.repeat-task', did: 'added T2, due 2026-09-30' }],
    },
  ]);
  expect(await rules.show('T2')).toMatchObject({
    title: 'Report',
    type: 'call',
    for: 'D1',
    due: '2026-09-30',
    repeat: 'monthly on 31',
    assignee: 'ana',
    status: 'open',
    outcome: null,
    doneAt: null,
  });
  const [entry] = await rules.json<{ why: unknown; changes: { id: string; why?: unknown }[] }[]>(
    'history T2'.split(' '),
  );
  expect(JSON.stringify(entry)).toContain('"automation":"repeat-tasks"');
  // Done again after it was reopened, it has come again already.
  await rules.ok('task reopen T1');
  await rules.ok('task done T1');
  expect(outcomes(await rules.sweepTwice())).toEqual([]);
  rules.at(20 * DAY);
  await rules.ok('task done T2');
  await rules.sweepTwice();
  expect(await rules.show('T3')).toMatchObject({ due: '2026-10-31', repeat: 'monthly' });
});

test('a repeated task goes to the owner of its record, or to nobody, after its assignee has left', async () => {
  const rules = await work(
    'deal set D1 owner=ana',
    'task add Report --for D1 --due 2026-09-14 --repeat weekly --assignee ben',
    'task add Water --due 2026-09-14 --repeat weekly --assignee ben',
    'task done T1 T2',
    'user set ben active=false',
  );
  const { code, automations } = await rules.sweep();
  expect(code).toBe(0);
  expect(automations.map(({ steps }) => steps[0]!.did)).toEqual([
    'added T3, due 2026-09-21, for ana: ben is not active',
    'added T4, due 2026-09-21, for nobody: ben is not active',
  ]);
  expect(await rules.show('T3')).toMatchObject({ assignee: 'ana', for: 'D1' });
  expect(await rules.show('T4')).toMatchObject({ assignee: null });
});

test('without a due day it counts from its completion; a task that does not repeat, or was changed quietly, adds nothing', async () => {
  const rules = await work('task add Water --repeat 10d', 'task add Once', 'run');
  rules.at(2 * DAY);
  await rules.ok('task done T1 T2');
  await rules.ok('import tasks -', { stdin: 'title,status,repeat\nOld,done,weekly\n' });
  expect(outcomes(await rules.sweepTwice())).toEqual(['T1 completed']);
  expect(await rules.show('T4')).toMatchObject({
    title: 'Water',
    due: '2026-09-26',
    repeat: 'every 10 days',
  });
});

test("a rule of the user's with its name stands in its place", async () => {
  const rules = await work('task add Report --repeat weekly', 'run');
  expect(await rules.ws.crm('automation disable repeat-tasks')).toMatchObject({
    code: 2,
    err: expect.stringContaining('repeat-tasks'),
  });
  rules.rule(
    'repeat-tasks',
    "for: task\non: { task-completed: { where: 'has:repeat' } }\nsteps: [{ wait: 1d }, repeat-task]\n",
  );
  await rules.ok('task done T1');
  expect(outcomes(await rules.sweepTwice())).toEqual(['T1 waiting']);
  rules.at(DAY);
  expect(outcomes(await rules.sweepTwice())).toEqual(['T1 completed']);
  await rules.ok('automation disable repeat-tasks');
  await rules.ok('task done T2');
  expect(outcomes(await rules.sweepTwice())).toEqual([]);
});

test('a repeat is checked when it is set', async () => {
  const rules = await work();
  expect(await rules.ws.crm('task add X --repeat sometimes')).toMatchObject({
    code: 2,
    err: expect.stringContaining('"sometimes" is not'),
  });
  expect(await rules.ws.crm('task add X --when-done nope')).toMatchObject({
    code: 2,
    err: expect.stringContaining('there is no automation "nope"') as string,
  });
});

test('a task starts the automation that it names, for its record, when it is added or done', async () => {
  const rules = await work();
  rules.rule(
    'welcome',
    `for: contact\nruns: every-time\non: manual\nwhere: 'not tag:no'\nsteps: [{ add-note: '{{ task.title }}' }]\n`,
  );
  rules.rule('deals', `for: deal\non: manual\nsteps: [{ add-note: hello }]\n`);
  await rules.ok('run');
  await rules.ok('task add First --for C1 --when-created welcome --when-done deals');
  expect((await rules.sweepTwice('--explain')).automations).toMatchObject([
    { automation: 'welcome', subject: 'C1', cause: 'task-created: T1' },
  ]);
  await rules.ok('task done T1');
  expect((await rules.sweepTwice()).automations).toMatchObject([{ automation: 'deals', subject: 'D1' }]);
  expect(await rules.notes('C1')).toEqual(['First']);
  await rules.ok('contact tag C1 +no');
  await rules.ok('task add Second --for D1 --when-created welcome');
  expect(outcomes(await rules.sweepTwice())).toEqual([]);
});

test('the rule for repeated tasks is listed and shown as built in, and cannot be changed', async () => {
  const rules = await work();
  rules.rule('own', 'for: deal\non: created\nsteps: [{ add-tag: new }]\n');
  expect(await rules.ok('automation list --fields id,state')).toBe('own\tenabled\nrepeat-tasks\tbuilt in\n');
  expect(await rules.ok('automation show repeat-tasks')).toBe(
    'repeat-tasks is built in: A task that repeats comes again when it is done\n',
  );
  for (const command of ['edit repeat-tasks', 'disable repeat-tasks', 'set repeat-tasks runs=once']) {
    const { code, err } = await rules.ws.crm(`automation ${command}`);
    expect({ code, err }).toEqual({
      code: 2,
      err: 'Error: repeat-tasks is built in\nHint: a rule of your own in automations/repeat-tasks.yaml stands in its place\n',
    });
  }
});
