import { describe, expect, test } from 'vitest';
import { emptyDirectory, NOW, type TestWorkspace, workspace } from '../harness.ts';

let count = 0;
const mailText = (headers: Record<string, string>, text: string): string => {
  const date = new Date(Date.parse(NOW) - 3_600_000 + ++count * 60_000).toUTCString();
  const all = { From: 'Jane Roe <jane@example.com>', To: 'ana@acme.example', Date: date, ...headers };
  return `${Object.entries(all)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')}\n\n${text}\n`;
};

async function office(): Promise<{ ws: TestWorkspace; ingest(...mails: string[]): Promise<void> }> {
  const ws = await workspace();
  const env = { XDG_STATE_HOME: emptyDirectory() };
  await ws.ok('user add tester --name Tester --email tester@acme.example --role admin');
  await ws.ok('user add ana --name Ana --email ana@acme.example');
  await ws.ok('contact add --email jane@example.com --name Jane');
  return {
    ws,
    async ingest(...mails) {
      for (const mail of mails) await ws.ok('mail ingest', { env, stdin: mail });
    },
  };
}

describe('crm conversation', () => {
  test('has the mails of each thread in order, in and out, the last thread last', async () => {
    const { ws, ingest } = await office();
    await ingest(
      mailText({ 'Message-ID': '<1@x>', Subject: 'Chairs' }, 'How much?'),
      mailText({ 'Message-ID': '<2@x>', Subject: 'Tables' }, 'And tables?'),
      mailText(
        {
          'Message-ID': '<3@x>',
          'In-Reply-To': '<1@x>',
          Subject: 'Re: Chairs',
          From: 'ana@acme.example',
          To: 'jane@example.com',
        },
        '5200.\n\n> How much?',
      ),
    );
    const mails = await ws.json<object[]>('conversation jane@example.com');
    expect(mails).toMatchObject([
      { thread: 1, direction: 'in', subject: 'Tables' },
      { thread: 2, direction: 'in', subject: 'Chairs', from: 'Jane Roe <jane@example.com>' },
      { thread: 2, direction: 'out', subject: 'Re: Chairs', to: 'jane@example.com', text: '5200.' },
    ]);
    expect(await ws.json('conversation C1 --fields id')).toHaveLength(3);
  });

  test('folds all but the last mail of a thread on a terminal; --all unfolds them', async () => {
    const { ws, ingest } = await office();
    const long = Array.from({ length: 20 }, (_, i) => `line ${i}`).join('\n');
    await ingest(
      mailText({ 'Message-ID': '<1@x>', Subject: 'Chairs' }, 'How much?\nPlease say.'),
      mailText({ 'Message-ID': '<2@x>', 'In-Reply-To': '<1@x>', Subject: 'Re: Chairs' }, long),
    );
    const folded = (await ws.crm('conversation C1', { tty: 80 })).out;
    expect(folded).toContain('How much? Please say.');
    expect(folded).toContain('8 more lines: --all');
    const whole = (await ws.crm('conversation C1 --all', { tty: 80 })).out;
    expect(whole).toContain('    Please say.');
    expect(whole).toContain('    line 19');
    for (const tty of [20, 60, 100])
      for (const line of (await ws.crm('conversation C1', { tty, env: { NO_COLOR: '1' } })).out.split('\n'))
        expect(line.length).toBeLessThanOrEqual(tty);
  });
});

describe('crm deal add --from', () => {
  test('takes the subject and the sender, and the mail becomes the deal’s', async () => {
    const { ws, ingest } = await office();
    await ingest(
      mailText({ 'Message-ID': '<1@x>', Subject: 'Re: {{ contact.name }} 40 chairs' }, 'How much?'),
    );
    await ws.ok('deal add --from V1 --value 5200');
    expect(await ws.json('deal show D1')).toMatchObject({
      title: '{{ contact.name }} 40 chairs',
      contact: 'C1',
      value: '5200.00',
    });
    expect(await ws.json('activity show V1')).toMatchObject({ for: 'D1', with: ['C1'] });
    await ws.ok('deal add Other --contact jane@example.com');
    await ingest(mailText({ 'Message-ID': '<2@x>', 'In-Reply-To': '<1@x>' }, 'Well?'));
    expect(await ws.json('activity show V2')).toMatchObject({ for: 'D1' });
  });

  test('keeps what is said otherwise; an event has a contact, a task is not an e-mail', async () => {
    const { ws } = await office();
    await ws.ok('event add form.submitted --contact C1');
    await ws.ok(['deal', 'add', 'Chairs', '--from', 'E1']);
    expect(await ws.json('deal show D1')).toMatchObject({ title: 'Chairs', contact: 'C1' });
    expect((await ws.crm('deal add --from T1')).code).toBe(3);
  });
});

test('the text of a mail steers no terminal, and is neither a formula in CSV nor markup on a page', async () => {
  const { ws, ingest } = await office();
  const evil = '\u001b]0;owned\u0007\u001b[31mred\u009b2J\u202e<script>alert(1)</script>';
  await ingest(
    mailText(
      {
        'Message-ID': '<1@x>',
        From: `"=cmd|' /C calc'!A0 ${evil}" <jane@example.com>`,
        Subject: `=HYPERLINK("x") ${evil}`,
      },
      `=1+1 ${evil}`,
    ),
  );
  for (const command of [
    'conversation C1',
    'conversation C1 --all',
    'activity list',
    'contact show C1',
    'activity show V1',
  ])
    for (const tty of [undefined, 80]) {
      const { out, err } = await ws.crm(command, tty === undefined ? {} : { tty, env: { NO_COLOR: '1' } });
      expect(out + err).not.toMatch(/[\u001b\u0007\u009b\u202e]/);
    }
  const csv = await ws.ok('activity list --format csv --fields subject,text,from');
  expect(csv.split('\n')[1]).toMatch(/^"?'=/);
  await ws.ok('mail ingest', {
    env: { XDG_STATE_HOME: emptyDirectory() },
    stdin: mailText({ 'Message-ID': '<2@x>', From: `x@y.example`, Subject: evil }, ''),
  });
});

test('a mail written by hand stands in the conversation once, as the message that leaves', async () => {
  const ws = await workspace();
  await ws.ok('deal add Chairs --contact jane@example.com');
  for (const subject of ['Offer', 'Again'])
    await ws.ok(['mail', 'write', 'D1', '--subject', subject, '-'], { stdin: 'Hello' });
  await ws.ok(['log', 'email', 'D1', 'She called back']);
  for (const id of ['D1', 'C1']) {
    const mails = await ws.json<{ id: string; subject: string | null }[]>(`conversation ${id}`);
    const own = mails.filter(mail => mail.subject !== null);
    expect(own.map(mail => [mail.id, mail.subject]).sort()).toEqual([
      ['M1', 'Offer'],
      ['M2', 'Again'],
    ]);
  }
  expect(await ws.json('activity list')).toHaveLength(3);
});
