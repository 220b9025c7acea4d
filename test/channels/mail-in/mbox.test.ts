import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mailsInMbox } from '../../../src/channels/mail-in/mbox.ts';

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function textsOf(mbox: string, size = 7): Promise<(string | undefined)[]> {
  const found = [];
  for await (const { bytes } of mailsInMbox(inChunks(Buffer.from(mbox), size), 'box'))
    found.push(bytes && Buffer.from(bytes).toString());
  return found;
}

const FROM = 'From jane@example.com Mon Sep 14 08:00:00 2026\n';

test('splits at From lines after an empty line, whatever the chunks are', async () => {
  const mbox = `${FROM}Subject: a\n\nFrom here on it is text.\n>From a sentence\n>>From a quote\n\n${FROM}Subject: b\n\nx\n`;
  for (const size of [1, 7, 4096])
    expect(await textsOf(mbox, size)).toEqual([
      'Subject: a\n\nFrom here on it is text.\nFrom a sentence\n>From a quote\n\n',
      'Subject: b\n\nx\n',
    ]);
});

test('gives back the mails of any mbox as mboxrd quotes them (property)', async () => {
  const line = fc.constantFrom(
    'Subject: x',
    '',
    'From me at 08:00:00',
    '>From you',
    '>>From them',
    'text',
    '> quote',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(line, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 50 }),
      async (mails, size) => {
        const bodies = mails.map(lines => `${lines.join('\n')}\n\n`);
        const mbox = bodies.map(body => FROM + body.replace(/^(>*From )/gm, '>$1')).join('');
        expect(await textsOf(mbox, size)).toEqual(bodies);
      },
    ),
  );
});

test('passes over a mail that is too large, and reads on', async () => {
  const large = Buffer.concat([
    Buffer.from(`${FROM}Subject: a\n\n`),
    Buffer.alloc(26 << 20, `${'a'.repeat(63)}\n`),
    Buffer.from(`\n${FROM}Subject: b\n`),
  ]);
  const found = [];
  for await (const { name, bytes } of mailsInMbox(inChunks(large, 1 << 16), 'box'))
    found.push([name, bytes && Buffer.from(bytes).toString()]);
  expect(found).toEqual([
    ['box (mail 1)', undefined],
    ['box (mail 2)', 'Subject: b\n'],
  ]);
});
