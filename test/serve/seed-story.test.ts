/**
 * The story that crm was begun for, with real sockets: somebody asks for an offer on a web form, a mail answers over SMTP,
 * what they do with it decides, and the people in charge are told.
 */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startMailServer, type TestMailServer } from '../channels/smtp-servers.ts';
import { type TestWorkspace, workspace } from '../harness.ts';
import { addSettings, type Served, served } from './running.ts';

let post: TestMailServer;
beforeAll(async () => {
  post = await startMailServer();
});
afterAll(() => post.close());
beforeEach(() => {
  post.got.length = 0;
});

const settings = () => `mail:
  from: 'Acme Sales <sales@acme.example>'
  via: smtp
  smtp: { host: 127.0.0.1, port: ${post.port}, tls: none }
serve:
  forms:
    quote: { fields: { email: email, name: name, wish: prop.wish } }
  hooks:
    mailgun: { provider: mailgun, secret-env: MAILGUN }
`;

const rule = `name: Answer requests
for: contact
on: [{ event: { name: form.submitted, where: 'prop.form:quote' } }]
steps:
  - add-deal: { title: 'Request of {{ contact.name }}', owner: ana }
  - send-email: { to: contact, subject: 'Your request', body: 'See [our chairs](https://acme.example/chairs).' }
  - wait: { until: 'event:email.clicked', at-most: 3d }
  - if: 'event:email.clicked'
    then:
      - update: { on: deal, stage: qualified }
      - notify: { user: ana, text: '{{ contact.name }} looked at the chairs' }
      - add-task: { on: deal, type: call, title: 'Call {{ contact.name }}', due: +1d, assignee: ana }
    else:
      - update: { on: deal, stage: newsletter }
`;

const DAY = 86_400_000;

interface Story {
  readonly ws: TestWorkspace;
  readonly server: Served;
  /** Sweeps and delivers, so many milliseconds later. */
  later(ms: number): Promise<void>;
}

async function begin(): Promise<Story> {
  const ws = await workspace('empty');
  const env = { XDG_STATE_HOME: `${ws.dir}.machine`, CRM_NOW: '', MAILGUN: 'key' };
  await ws.ok(['user', 'add', 'ana', '--name', 'Ana', '--role', 'admin']);
  const stages = 'New,Qualified,Newsletter';
  await ws.ok(['pipeline', 'add', 'leads', '--stages', stages], { env: { CRM_USER: 'ana' } });
  addSettings(ws, settings());
  const as = { env: { ...env, CRM_USER: 'ana' } };
  await ws.ok('trust --yes', as);
  await ws.ok(['automation', 'add', 'answer', '-'], { ...as, stdin: rule });
  await ws.ok('run', as);
  const later = async (ms: number) => {
    ws.now = new Date(Date.parse(ws.now) + ms).toISOString();
    await ws.ok('run', as);
  };
  return { ws, server: await served(ws, as), later };
}

/** The request arrives, and is answered; returns the Message-ID of the answer. */
async function answered({ server, later }: Story): Promise<string> {
  const form = { email: 'jane@example.com', name: 'Jane Roe', wish: '40 chairs' };
  expect((await server.post('/forms/quote', form)).status).toBe(200);
  await later(60_000);
  expect(post.got.map(({ to }) => to)).toEqual([['jane@example.com']]);
  expect(post.got[0]!.text).toContain('Subject: Your request');
  return /^Message-ID: (<.+>)\r$/m.exec(post.got[0]!.text)![1]!;
}

/** What Mailgun tells of a click, signed. */
function click(messageId: string, at: number): string {
  const timestamp = String(Math.floor(at / 1000));
  const token = 'a'.repeat(50);
  const signature = createHmac('sha256', 'key').update(`${timestamp}${token}`).digest('hex');
  return JSON.stringify({
    signature: { timestamp, token, signature },
    'event-data': {
      event: 'clicked',
      id: 'click-1',
      recipient: 'jane@example.com',
      timestamp: at / 1000,
      url: 'https://acme.example/chairs',
      message: { headers: { 'message-id': messageId.slice(1, -1) } },
      'client-info': {
        'client-type': 'browser',
        'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0',
      },
    },
  });
}

const deal = async ({ ws }: Story) => (await ws.json<Record<string, unknown>[]>('deal list'))[0];
const inbox = ({ ws }: Story) => ws.json<object[]>('inbox', { env: { CRM_USER: 'ana' } });

test('a click moves the deal, tells its owner and makes the call, once', async () => {
  const story = await begin();
  const messageId = await answered(story);
  expect(await deal(story)).toMatchObject({ title: 'Request of Jane Roe', stage: 'new', owner: 'ana' });
  await story.later(DAY);
  expect(await deal(story)).toMatchObject({ stage: 'new' });

  const at = Date.parse(story.ws.now);
  for (let again = 0; again < 2; again++)
    expect((await story.server.hook('/hooks/mailgun', click(messageId, at))).status).toBe(202);
  await story.later(60_000);
  await story.later(4 * DAY);
  expect(await deal(story)).toMatchObject({ stage: 'qualified' });
  expect(await inbox(story)).toMatchObject([{ text: 'Jane Roe looked at the chairs' }]);
  expect(await story.ws.json('task list')).toMatchObject([
    { title: 'Call Jane Roe', assignee: 'ana', for: 'D1' },
  ]);
  expect(await story.ws.json('event list --sort at')).toMatchObject([
    { name: 'form.submitted', props: { wish: '40 chairs' } },
    { name: 'email.clicked', props: { message: 'M1' } },
  ]);
  expect(post.got).toHaveLength(1);
});

test('three days without a click end in the newsletter, and nobody is told', async () => {
  const story = await begin();
  await answered(story);
  await story.later(3 * DAY);
  expect(await deal(story)).toMatchObject({ stage: 'newsletter' });
  expect(await inbox(story)).toEqual([]);
  expect(await story.ws.json('task list')).toEqual([]);
  expect(post.got).toHaveLength(1);
});
