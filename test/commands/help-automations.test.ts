/** `crm help automations` names every trigger and step, and what it shows works. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { exampleRule } from '../../src/commands/topics/automations.ts';
import { steps } from '../../src/engine/steps/index.ts';
import { triggers } from '../../src/engine/triggers/index.ts';
import { copiesOf, type TestWorkspace, workspace } from '../harness.ts';

function write(ws: TestWorkspace, path: string, text: string): void {
  mkdirSync(dirname(join(ws.dir, path)), { recursive: true });
  writeFileSync(join(ws.dir, path), text);
}

const onboarding = `for: contact
on: manual
steps:
  - wait: 7d
  - goal: { name: Bought, when: 'tag:customer' }
`;

/** Some places in a rule are spoken of by others in it. */
const around: Readonly<Record<string, string>> = { 'go-to': '  - label: remind\n' };

/** What the examples speak of: the stages of the template, somebody to assign to, and an e-mail. */
const examples = copiesOf(async () => {
  const ws = await workspace('sales');
  await ws.ok(['user', 'add', 'ana', '--name', 'Ana Ruiz', '--email', 'ana@example.com']);
  const path = join(ws.dir, 'pipelines/sales.yaml');
  writeFileSync(path, `${readFileSync(path, 'utf8')}assign: { by: round-robin, among: [ana] }\n`);
  write(ws, 'automations/onboarding.yaml', onboarding);
  write(ws, 'templates/welcome.md', '---\nsubject: Welcome\n---\nDear {{ contact.name }}, ...\n');
  return ws;
});

const indented = (text: string, by: string) => text.replaceAll('\n', `\n${by}`);

test('it says what there is, from the registries; a part says more', async () => {
  const ws = await workspace('empty');
  const text = await ws.ok('help automations');
  const parts = (await ws.ok('help automations triggers')) + (await ws.ok('help automations steps'));
  for (const { name, summary, params, example } of [...triggers.values(), ...steps.values()]) {
    expect(text).toContain(`\n  ${name}: ${summary}\n    - ${indented(example, '    ')}\n`);
    const part = await ws.ok(['help', 'automations', name]);
    expect(part.startsWith(`${name}: ${summary}\n`)).toBe(true);
    expect(part).toContain(`\n  - ${indented(example, '  ')}\n`);
    expect(parts).toContain(part);
    for (const [param, { description }] of Object.entries(params))
      expect(
        part.split('\n').some(line => line.startsWith(`  ${param} `) && line.includes(`  ${description}`)),
        `${name} ${param}`,
      ).toBe(true);
  }
  for (const line of (text + parts).split('\n')) expect(line.length, line).toBeLessThanOrEqual(140);
  expect(await ws.ok('help')).toContain('automations');
  expect(await ws.crm('help automations waits')).toMatchObject({
    code: 2,
    err: expect.stringContaining('did you mean wait?') as string,
  });
});

test('the rule that it shows is one', async () => {
  const ws = await examples();
  write(ws, 'automations/hot-leads.yaml', exampleRule);
  expect(await ws.crm('automation lint')).toMatchObject({
    code: 0,
    err: '2 automations without a problem\n',
  });
});

test.each([...triggers.values()])('the example of $name is a trigger', async ({ example }) => {
  const ws = await examples();
  write(ws, 'automations/rule.yaml', `for: deal\non:\n  - ${indented(example, '  ')}\nsteps: [stop]\n`);
  expect(await ws.crm('automation lint')).toMatchObject({ code: 0, out: '' });
});

test.each([...steps.values()])(
  'the example of $name is a step, and can be taken',
  async ({ name, example }) => {
    const ws = await examples();
    await ws.ok('contact add --name Jane --email jane@example.com');
    await ws.ok('deal add Chairs --contact C1 --owner ana');
    await ws.ok('run');
    write(
      ws,
      'automations/rule.yaml',
      `for: ${name === 'repeat-task' ? 'task' : 'contact'}\non: task-created\nsteps:\n  - ${indented(example, '  ')}\n${around[name] ?? ''}`,
    );
    expect(await ws.crm('automation lint')).toMatchObject({ code: 0, out: '' });
    await ws.ok('task add Call --for D1');
    const { automations } = await ws.json<{
      automations: { automation: string; subject: string; steps: unknown[] }[];
    }>('run');
    const subject = name === 'repeat-task' ? 'T1' : 'C1';
    expect(automations).toContainEqual(expect.objectContaining({ automation: 'rule', subject }));
    expect(automations.find(each => each.automation === 'rule')!.steps).not.toEqual([]);
  },
);
