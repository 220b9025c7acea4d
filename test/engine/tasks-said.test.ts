/** What commands say of tasks that repeat, and of the rule for them. */
import { expect, test } from 'vitest';
import { Rules } from './rules.ts';

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

test('a task that repeats says when it is done that the next one comes with a sweep', async () => {
  const rules = await work('task add Report --for D1 --due 2026-08-31 --repeat monthly', 'run');
  const { err } = await rules.ws.crm('task done T1 --outcome sent');
  expect(err).toContain('T1: crm run adds the next one, as it repeats\n');
  expect(err).not.toContain('no next action');
  await rules.sweepTwice();
  expect(await rules.show('T2')).toMatchObject({
    due: '2026-09-30',
    repeat: 'monthly on 31',
    status: 'open',
  });
  expect(await rules.ok('history T2 --json')).toContain('"automation":"repeat-tasks"');
});

test('a task that was imported as done adds nothing', async () => {
  const rules = await work();
  await rules.ok('import tasks -', { stdin: 'title,status,repeat\nOld,done,weekly\n' });
  expect((await rules.sweepTwice()).automations).toEqual([]);
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
