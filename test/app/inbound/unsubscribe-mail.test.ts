import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { NOW, workspace } from '../../harness.ts';
import { addSettings } from '../../serve/running.ts';
import { filed, on, statuses } from '../outbox/mails.ts';

const rule = `name: News
for: contact
on: [created]
steps:
  - send-email: { to: contact, template: news }
`;

test('the mail that List-Unsubscribe asks for unsubscribes its recipient, whoever sends it, and nobody else', async () => {
  const ws = await workspace('empty');
  addSettings(ws, "mail: { from: 'Acme <sales@acme.example>' }");
  writeFileSync(join(ws.dir, 'templates/news.md'), '---\nsubject: News\nkind: campaign\n---\nHello\n');
  await ws.ok(['automation', 'add', 'news', '-'], { stdin: rule });
  await ws.ok('run');
  const agreed = ['--consent', 'yes', '--consent-at', '2026-01-15', '--consent-source', 'fair'];
  const add = (name: string) =>
    ws.ok(['contact', 'add', '--email', `${name}@example.com`, '--name', name, ...agreed]);
  await add('jane');
  await add('mia');
  await ws.ok('run', on(ws));
  const sent = filed(ws)
    .find(mail => mail.includes('To: jane@example.com'))!
    .replace(/\r?\n[ \t]+/g, ' ');
  const asked = /^List-Unsubscribe:.*<mailto:([^?>]+)\?subject=([^>]+)>/m.exec(sent);
  expect(asked).not.toBeNull();
  const [, to, subject] = asked!;
  const ingest = (id: string, about: string) =>
    ws.ok(['mail', 'ingest', '-', '--json'], {
      ...on(ws),
      stdin: `From: somebody@else.example\nTo: ${to}\nSubject: ${about}\nMessage-ID: <${id}@x>\nDate: ${new Date(NOW).toUTCString()}\n\n`,
    });
  const right = decodeURIComponent(subject!);
  // A token that nobody was sent; the same one, changed by a letter.
  await ingest('f1', 'unsubscribe AAAAAAAAAAAAAAAAAAAAAA');
  await ingest('f2', `${right.slice(0, -1)}${right.endsWith('A') ? 'B' : 'A'}`);
  expect(await ws.json('event list name:email.unsubscribed')).toEqual([]);
  await ingest('u1', right);
  await ingest('u2', right);
  expect(await ws.json('event list name:email.unsubscribed')).toMatchObject([
    { contact: 'C1', props: { address: 'jane@example.com' } },
  ]);
  await ws.ok(['contact', 'set', 'C1', 'email=jane@home.example']);
  await add('jane');
  await add('kim');
  await ws.ok('run', on(ws));
  expect((await statuses(ws)).slice(2).sort()).toEqual(['filed', 'suppressed']);
});
