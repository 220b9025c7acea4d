import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyDirectory, NOW, type TestWorkspace, workspace } from '../harness.ts';

const rule = (ws: TestWorkspace, name: string, text: string) =>
  writeFileSync(
    join(ws.dir, 'automations', `${name}.yaml`),
    `name: ${name}\nfor: contact\nenabled: true\n${text}`,
  );

/** A message to Jane that was filed, and what Postmark tells of it or of another one. */
async function mailed(): Promise<{ ws: TestWorkspace; tell: (...events: object[]) => Promise<object> }> {
  const ws = await workspace();
  await ws.ok('contact add --email jane@example.com --name Jane');
  rule(
    ws,
    'hello',
    'on: { event: { name: hello } }\nsteps:\n  - send-email: { to: contact, subject: x, body: y }\n',
  );
  await ws.ok('event add hello --contact jane@example.com');
  await ws.ok('run', { env: { XDG_STATE_HOME: emptyDirectory() } });
  const [{ messageId }] = await ws.json<[{ messageId: string }]>('message list --fields messageId');
  const seconds = Date.parse(NOW) / 1000 + 60;
  ws.now = new Date(Date.parse(NOW) + 120_000).toISOString();
  return {
    ws,
    tell: (...events) =>
      ws.json('event import --provider sendgrid -', {
        stdin: JSON.stringify(
          events.map((each, i) => ({
            email: 'jane@example.com',
            timestamp: seconds,
            'smtp-id': messageId,
            sg_event_id: `e${i}`,
            ...each,
          })),
        ),
      }),
  };
}

test('events are of our message, once', async () => {
  const { ws, tell } = await mailed();
  expect(
    await tell(
      { event: 'delivered' },
      { event: 'click', url: 'https://x.example' },
      { event: 'open', email: 'nobody@example.com' },
    ),
  ).toMatchObject({ created: 2, known: 0, unknown: 1 });
  expect(await tell({ event: 'delivered' })).toMatchObject({ created: 0, known: 1, tx: null });
  expect(await ws.json('event list name:email.clicked')).toMatchObject([
    {
      contact: 'C1',
      externalId: 'sendgrid:e1',
      props: { message: 'M1', address: 'jane@example.com', url: 'https://x.example' },
    },
  ]);
});

test('an open by a program starts nothing and counts for nothing, unless it is asked for', async () => {
  const { ws, tell } = await mailed();
  rule(ws, 'person', 'on: { event: { name: email.opened } }\nsteps:\n  - add-task: { title: person }\n');
  rule(
    ws,
    'machine',
    "on: { event: { name: email.opened, where: 'prop.machine:true' } }\nsteps:\n  - add-task: { title: machine }\n",
  );
  await ws.ok('run');
  await tell({ event: 'open', sg_machine_open: true, useragent: 'Mozilla/5.0' });
  await ws.ok('run');
  expect(await ws.json('task list')).toMatchObject([{ title: 'machine' }]);
  expect(await ws.json('contact list event:email.opened')).toEqual([]);
  expect(await ws.json('event list prop.machine:true')).toHaveLength(1);
  await tell({ event: 'open', sg_event_id: 'person', useragent: 'Mozilla/5.0 (X11)' });
  await ws.ok('run');
  expect(await ws.json('task list title:person')).toHaveLength(1);
  expect(await ws.json('contact list event:email.opened')).toHaveLength(1);
});

test('a bounce of our message is noted in it; one of a mail that is not ours is known as that', async () => {
  const { ws, tell } = await mailed();
  await tell({ event: 'bounce', type: 'bounce', 'smtp-id': '<other@acme.example>' });
  expect(await ws.json('event list name:email.bounced')).toMatchObject([{ props: { unmatched: true } }]);
  expect(await ws.json('message show M1')).toMatchObject({ status: 'filed' });
  await tell({ event: 'bounce', type: 'bounce', sg_event_id: 'ours' });
  expect(await ws.json('message show M1')).toMatchObject({ status: 'failed' });
});

test('a body that is not of the provider is refused, and nothing is changed', async () => {
  const ws = await workspace();
  const ran = await ws.crm('event import --provider postmark -', { stdin: '{"RecordType":"Open"}\n[1]\n' });
  expect([ran.code, ran.err]).toMatchObject([
    5,
    expect.stringContaining('standard input:2: this is not a webhook body of Postmark'),
  ]);
  expect((await ws.crm('event import --provider postmrk -', { stdin: '{}' })).err).toContain('postmark');
  expect((await ws.crm('event import --provider postmark --key x -', { stdin: '{}' })).code).toBe(2);
});
