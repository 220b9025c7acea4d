/** Texts for users are written as these see the records, and a message is seen by those who see all that it names. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type TestWorkspace, workspace } from '../harness.ts';

/** The deal is eve's alone; its contact belongs to nobody. */
async function withRule(steps: string): Promise<TestWorkspace> {
  const ws = await workspace();
  for (const [user, role] of [
    ['rob', 'restricted'],
    ['nora', 'normal'],
    ['eve', 'normal'],
  ])
    await ws.ok(`user add ${user} --role ${role} --email ${user}@example.com`);
  mkdirSync(join(ws.dir, 'automations'), { recursive: true });
  writeFileSync(
    join(ws.dir, 'automations/tell.yaml'),
    `enabled: true\nfor: contact\non: [{ tag-added: { tag: told } }]\nsteps:\n${steps}`,
  );
  await ws.ok('contact add Cas --email cas@example.com --owner none');
  await ws.ok('deal add Secret --contact C1 --owner eve');
  await ws.crm('run');
  await ws.ok('contact tag C1 +told');
  return ws;
}

interface Message {
  readonly id: string;
  readonly to: string;
  readonly body: string;
}
const bodies = async (ws: TestWorkspace, user: string) =>
  (await ws.json<Message[]>(`--as ${user} message list`)).map(({ to, body }) => `${to}: ${body}`);

const text = `'{{ deal.title | default: "no deal" }}, {{ contact.name }}'`;

test.each([
  ['notify', 'user: eve', 'text', 'eve: Secret, Cas', []],
  ['notify', 'user: rob', 'text', 'rob: no deal, Cas', ['rob: no deal, Cas']],
  [
    'send-email',
    'to: rob, subject: S',
    'body',
    'rob@example.com: no deal, Cas',
    ['rob@example.com: no deal, Cas'],
  ],
  [
    'send-email',
    'to: rob@example.com, subject: S',
    'body',
    'rob@example.com: no deal, Cas',
    ['rob@example.com: no deal, Cas'],
  ],
  ['send-email', 'to: contact, subject: S', 'body', 'cas@example.com: Secret, Cas', []],
  ['webhook', "url: 'https://example.com'", 'body', 'https://example.com: Secret, Cas', []],
])(
  '%s { %s }: everybody sees what is for them, and rob no more than he may',
  async (step, params, key, whole, ofRob) => {
    const ws = await withRule(`  - ${step}: { ${params}, ${key}: ${text} }\n`);
    await ws.ok('run');
    expect(await bodies(ws, 'nora')).toEqual([whole]);
    expect(await bodies(ws, 'rob')).toEqual(ofRob);
  },
);

test('a message belongs to its record, even if its text names nothing', async () => {
  const ws = await withRule(`  - notify: { on: deal, user: eve, text: Look }\n`);
  await ws.ok('run');
  expect(await ws.json('message list')).toMatchObject([{ to: 'eve', deal: 'D1' }]);
  expect(await bodies(ws, 'rob')).toEqual([]);
});
