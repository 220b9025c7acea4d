/** What a mail has beside its text: HTML, images, attachments, each as it was when the mail was queued. */
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Mail } from '../../../src/channels/channel.ts';
import type { TestWorkspace } from '../../harness.ts';
import { add, deliverBy, FakeChannel, filed, mailing, messages, on } from './mails.ts';

const template = `---
subject: Welcome
attachments: [files/offers/price list.pdf]
reply-to: Help <help@example.com>
---
Dear **{{ contact.name }}**,

![Logo](files/logo.png)   



Bye
`;

async function withTemplate(text = template): Promise<TestWorkspace> {
  const ws = await mailing(0);
  mkdirSync(join(ws.dir, 'files/offers'), { recursive: true });
  writeFileSync(join(ws.dir, 'files/offers/price list.pdf'), 'prices');
  writeFileSync(join(ws.dir, 'files/logo.png'), 'logo');
  writeFileSync(join(ws.dir, 'templates/welcome.md'), text);
  writeFileSync(
    join(ws.dir, 'automations/welcome.yaml'),
    'for: contact\non: [created]\nsteps:\n  - send-email: { to: contact, template: welcome }\n',
  );
  await ws.ok('run');
  await add(ws, 1, 1);
  await ws.ok('run');
  return ws;
}

test('a mail has its text, its HTML with the image, and its attachments', async () => {
  const ws = await withTemplate();
  expect(await messages(ws)).toMatchObject([
    { status: 'queued', attachments: ['files/offers/price list.pdf'], replyTo: 'Help <help@example.com>' },
  ]);
  const channel = new FakeChannel();
  await deliverBy(ws, channel);
  const [mail] = channel.got as Mail[];
  expect(mail).toMatchObject({
    text: 'Dear **Kim 1**,\n\n![Logo](files/logo.png)\n\nBye\n',
    replyTo: '"Help" <help@example.com>',
    html: expect.stringContaining('Dear <strong>Kim 1</strong>,'),
  });
  expect(
    mail!.attachments!.map(({ name, contentId, content }) => [name, contentId, String(content)]),
  ).toEqual([
    ['price list.pdf', undefined, 'prices'],
    ['logo.png', 'image-1@crm', 'logo'],
  ]);
  expect(mail!.html).toContain('src="cid:image-1@crm"');
});

test('as it is filed: both parts, the image inside, the file beside', async () => {
  const ws = await withTemplate();
  expect(await ws.crm('deliver', on(ws))).toMatchObject({ code: 0 });
  const [text] = filed(ws);
  expect(text).toMatch(/multipart\/mixed[\s\S]*multipart\/alternative[\s\S]*text\/plain[\s\S]*text\/html/);
  expect(text).toMatch(/^content-id: <image-1@crm>$/im);
  expect(text).toContain('multipart/related');
  expect(text).toMatch(/filename="price list\.pdf"/);
});

test('a changed file holds the mail, until a person lets it go as the file is now', async () => {
  const ws = await withTemplate();
  writeFileSync(join(ws.dir, 'files/logo.png'), 'other');
  await deliverBy(ws, new FakeChannel());
  expect(await messages(ws)).toMatchObject([
    { status: 'held', reason: 'files/logo.png is not what it was when this was queued' },
  ]);
  await ws.ok('message release M1');
  const channel = new FakeChannel();
  await deliverBy(ws, channel);
  expect(await messages(ws)).toMatchObject([{ status: 'sent' }]);
});

test.each([
  ['missing', (ws: TestWorkspace, path: string) => rmSync(join(ws.dir, path))],
  [
    'a link',
    (ws: TestWorkspace, path: string) => {
      rmSync(join(ws.dir, path));
      symlinkSync(join(ws.dir, 'crm.yaml'), join(ws.dir, path));
    },
  ],
  [
    'behind a link',
    (ws: TestWorkspace) => {
      rmSync(join(ws.dir, 'files'), { recursive: true });
      symlinkSync(join(ws.dir, '..'), join(ws.dir, 'files'));
    },
  ],
])('a file that is %s keeps the mail queued, with the reason, until it is there', async (_, spoil) => {
  const ws = await withTemplate();
  spoil(ws, 'files/offers/price list.pdf');
  const channel = new FakeChannel();
  const { obstacles } = await deliverBy(ws, channel);
  expect(obstacles).toMatchObject([
    { reason: expect.stringContaining('files/offers/price list.pdf is not there'), messages: ['M1'] },
  ]);
  expect([channel.got, (await messages(ws))[0]!.status]).toEqual([[], 'queued']);
  rmSync(join(ws.dir, 'files'), { recursive: true });
  mkdirSync(join(ws.dir, 'files/offers'), { recursive: true });
  writeFileSync(join(ws.dir, 'files/offers/price list.pdf'), 'prices');
  writeFileSync(join(ws.dir, 'files/logo.png'), 'logo');
  await deliverBy(ws, channel);
  expect(await messages(ws)).toMatchObject([{ status: 'sent' }]);
});

test.each([
  ['attachments: [../crm.yaml]', '"../crm.yaml" is not the path of a file below files/'],
  ['attachments: [files/../crm.yaml]', 'is not the path of a file below files/'],
  ['attachments: [/etc/passwd]', 'is not the path of a file below files/'],
  ['attachments: 5', '5 is not the path'],
  ['kind: campain', 'kind: unknown kind "campain"'],
  ['reply-to: nobody', 'reply-to: "nobody" is not an e-mail address'],
  ['send: always', 'does not say when e-mails may be sent'],
  ['track: maybe', 'track: "maybe" is neither true nor false'],
  ['bcc: a@b.c', 'unknown key "bcc"'],
])('%s is refused at its line', async (line, message) => {
  const ws = await mailing(0);
  writeFileSync(join(ws.dir, 'templates/x.md'), `---\nsubject: S\n${line}\n---\nHi\n`);
  const ran = await ws.crm('template lint x');
  expect(ran.code).toBe(5);
  expect(ran.out).toContain('templates/x.md:3: ');
  expect(ran.out).toContain(message);
});

test('lint and preview know files, images and links', async () => {
  const ws = await withTemplate();
  expect((await ws.crm('template lint')).err).toBe('1 template without a problem\n');
  writeFileSync(
    join(ws.dir, 'templates/welcome.md'),
    '---\nsubject: S\nattachments: files/none.pdf\n---\n![x](files/logo.png)\n![y](https://e.example/y.png) [z](javascript:x)\n',
  );
  const { code, out } = await ws.crm('template lint');
  expect(code).toBe(5);
  expect(out).toContain('templates/welcome.md:3: there is no file files/none.pdf');
  expect(out).toContain(
    'templates/welcome.md:6: "https://e.example/y.png" cannot be linked to or shown in a mail',
  );
  expect(out).toContain('templates/welcome.md:6: "javascript:x" cannot be linked to or shown in a mail');
  const shown = await ws.json<{ html: string; attachments: string[] }>('template preview welcome --for C1');
  expect(shown.html).toContain(`src="data:image/png;base64,${Buffer.from('logo').toString('base64')}"`);
  expect(shown.attachments).toEqual(['files/none.pdf']);
});
