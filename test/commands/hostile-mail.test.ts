/** A mail is written by anybody: nothing of it steers a terminal, counts as a formula, or is markup of ours. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyDirectory, NOW, workspace } from '../harness.ts';

const ESC = '\u001b';
const hostile = `=HYPERLINK("http://x.example","y") ${ESC}[2J${ESC}]0;owned\u0007\u009b31m <script>alert(1)</script><img src=x onerror=alert(1)> \u202egpj.exe\u2066`;
/** What steers a terminal or turns the direction of text. Line feeds and tabs are the screen's own. */
const STEERS = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
/** Markup that came with the mail. */
const MARKUP = /<(script>alert|img src=x)/i;

const encoded = (text: string): string => `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`;

/** The cells of a CSV file, without their quotes. */
const cellsOf = (csv: string): string[] =>
  [...csv.matchAll(/(?:^|,|\r?\n)("(?:[^"]|"")*"|[^",\r\n]*)/g)].map(([, cell]) =>
    cell!.replace(/^"([\s\S]*)"$/, '$1').replaceAll('""', '"'),
  );

function mailText(from: string, id: string): string {
  return [
    `From: ${encoded(hostile)} <${from}>`,
    'To: tester@acme.example',
    `Date: ${new Date(Date.parse(NOW) - 3_600_000).toUTCString()}`,
    `Message-ID: <${id}@example.com>`,
    `Subject: ${encoded(`${hostile} ${id}`)}`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from(`${hostile}\n=1+1\n@SUM(A1)\n`).toString('base64'),
    '--b',
    `Content-Type: application/pdf; name="${encoded(`${hostile}.pdf`)}"`,
    `Content-Disposition: attachment; filename*=utf-8''${encodeURIComponent(`${hostile}.pdf`)}`,
    'Content-Transfer-Encoding: base64',
    '',
    'eA==',
    '--b--',
    '',
  ].join('\r\n');
}

test('nothing of an ingested mail reaches a terminal, a CSV file or an HTML report raw', async () => {
  const ws = await workspace();
  const env = { XDG_STATE_HOME: emptyDirectory() };
  await ws.ok('user add tester --name Tester --email tester@acme.example --role admin');
  await ws.ok('contact add --email jane@example.com --name Jane');
  const box = join(emptyDirectory(), 'box');
  mkdirSync(join(box, 'new'), { recursive: true });
  writeFileSync(join(box, 'new', '1.x'), mailText('jane@example.com', '1'));
  writeFileSync(join(box, 'new', '2.x'), mailText('stranger@example.org', '2'));
  await ws.ok(['mail', 'ingest', box], { env });
  writeFileSync(join(box, 'new', '3.x'), mailText('buyer@example.net', '3'));
  await ws.ok(['mail', 'ingest', join(box, 'new', '3.x'), '--create-deal', 'sales'], { env });

  // The text is there: what follows is not true for want of it.
  const [first] = await ws.json<{ subject: string; text: string }[]>('activity list --fields subject,text');
  expect(first!.subject).toContain('alert(1)');
  expect(first!.text).toContain('@SUM(A1)');
  expect((await ws.json<{ title: string }>('deal show D1')).title).toContain('HYPERLINK');

  const screens = [
    'mail unknown',
    'conversation C1',
    'conversation D1 --all',
    'contact show C1',
    'contact list',
    'deal show D1',
    'deal list',
    'board',
    'activity list',
    'activity show V1',
    'inbox',
    'history',
    'history C1',
    'search alert',
  ];
  for (const line of screens)
    for (const columns of [60, 160]) {
      const { code, out, err } = await ws.crm(line, { tty: columns, env: { ...env, NO_COLOR: '1' } });
      expect({ line, code, steers: STEERS.exec(out + err)?.[0] }).toEqual({
        line,
        code: 0,
        steers: undefined,
      });
    }
  expect((await ws.crm('mail unknown', { tty: 160, env })).out).toContain('stranger@example.org');

  for (const kind of ['activity', 'contact', 'deal']) {
    const csv = await ws.ok(`export ${kind} --format csv`);
    const formulas = cellsOf(csv).filter(cell => /^\s*[=@+-]/.test(cell));
    expect({ kind, formulas }).toEqual({ kind, formulas: [] });
    expect(csv).toMatch(kind === 'contact' ? /jane@example.com/ : /'=HYPERLINK/);
  }

  // What a person takes over from the mail is in the figures of the report.
  await ws.ok(['deal', 'set', 'D1', 'status=lost', `lostReason=${hostile}`]);
  await ws.ok(['account', 'add', hostile]);
  await ws.ok(['deal', 'add', hostile, '--account', 'A1', '--value', '100']);
  for (const args of ['report', 'report losses', 'report pipeline --per account']) {
    const file = join(box, 'page.html');
    await ws.ok([...args.split(' '), '--html', file, '--yes'], { env });
    const page = readFileSync(file, 'utf8');
    expect({ args, markup: MARKUP.exec(page)?.[0] }).toEqual({ args, markup: undefined });
    expect({ args, steers: STEERS.exec(page)?.[0] }).toEqual({ args, steers: undefined });
    if (args !== 'report') expect(page).toContain('&lt;script&gt;');
  }
});
