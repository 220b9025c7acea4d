/** `crm report --html` and `--svg`: pages that are valid, the same every time, and tell nobody what they may not see. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { HtmlValidate } from 'html-validate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyDirectory, makeWorkspace, type TestWorkspace, workspace } from '../harness.ts';
import { runs } from '../effort.ts';

const validator = new HtmlValidate({
  extends: ['html-validate:recommended', 'html-validate:a11y'],
  rules: { 'no-inline-style': 'error', 'svg-focusable': 'off' },
});

async function requireValid(page: string): Promise<void> {
  const { results } = await validator.validateString(page);
  expect(results.flatMap(({ messages }) => messages.map(m => `${m.ruleId}: ${m.message}`))).toEqual([]);
}

async function written(ws: TestWorkspace, args: readonly string[], user?: string): Promise<string> {
  const file = join(emptyDirectory(), 'out');
  const { code, out, err } = await ws.crm(
    ['report', ...args, file],
    user === undefined ? {} : { env: { CRM_USER: user } },
  );
  expect({ code, out, err }).toMatchObject({ code: 0, out: '' });
  expect(err).toContain(`wrote ${file}`);
  return readFileSync(file, 'utf8');
}

const hostile = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' & ]]> <!--",
  '\u202eevil\u0007',
];

/** A workspace in which every name is what somebody tries to break a page with. */
let ws: TestWorkspace;
let remove: () => void;
beforeAll(async () => {
  [ws, remove] = await makeWorkspace('sales');
  await ws.ok(['user', 'add', 'eve', '--name', hostile[0]!]);
  const [{ id }] = (await ws.json<{ id: string }[]>('stage list')) as [{ id: string }];
  await ws.ok(['stage', 'set', id, `name=${hostile[1]!}`]);
  for (const [i, title] of hostile.entries())
    await ws.ok([
      'deal',
      'add',
      title,
      '--value',
      String(1000 * (i + 1)),
      '--owner',
      'eve',
      ...(i === 0 ? [] : ['--close', `2026-1${i - 1}-05`]),
      ...(i === 3 ? ['--currency', 'USD'] : []),
    ]);
  await ws.ok(['deal', 'lose', 'D1', '--reason', hostile[0]!]);
  await ws.ok('deal win D2');
});
afterAll(() => remove());

test('a page of hostile names is valid, runs nothing, and shows them as they are', async () => {
  const page = await written(ws, ['--html']);
  await requireValid(page);
  expect(page).not.toMatch(/<script|<img|onerror="|javascript:|https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(page).toMatch(
    /<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;sha256-[\w+/]{43}=&#39;/,
  );
});

test('the same workspace at the same time is the same page, to the byte', async () => {
  expect(await written(ws, ['--html'])).toBe(await written(ws, ['--html']));
  expect(await written(ws, ['funnel', '--svg'])).toBe(await written(ws, ['funnel', '--svg']));
});

test('an empty workspace gets sentences, and neither empty charts nor numbers that are none', async () => {
  const ws = await workspace('sales');
  const page = await written(ws, ['--html']);
  await requireValid(page);
  expect(page).not.toContain('<svg');
  expect(page.replace(/<style>.*?<\/style>/s, '')).not.toMatch(/NaN|Infinity|undefined/);
  expect(page).toContain('There are no open deals');
  const chart = await written(ws, ['forecast', '--svg']);
  expect(chart).toContain('There are no open deals');
});

test.each([
  'forecast',
  'pipeline',
  'movement',
  'funnel',
  'losses',
  'velocity',
  'owners',
  'revenue',
  'activity',
  'probability',
])('%s is a valid page and a chart of its own', async name => {
  await requireValid(await written(ws, [name, '--html']));
  const chart = await written(ws, [name, '--svg']);
  expect(chart).toMatch(
    /^<svg xmlns="[^"]+" [^>]*role="img"[^>]*><title id="chart-title">[^<]+<\/title><desc/,
  );
  expect(chart).not.toMatch(/NaN|Infinity|undefined/);
});

test('pages of random deals are valid, and no coordinate is anything but a number', async () => {
  const deal = fc.record({
    value: fc.oneof(fc.constant('0'), fc.bigInt(1n, 10n ** 13n).map(String), fc.constant('0.01')),
    close: fc.constantFrom('2020-01-01', '2026-09-30', '2027-02-28', '2030-12-31', undefined),
    currency: fc.constantFrom('EUR', 'JPY', 'BHD'),
    end: fc.constantFrom('win', 'lose', undefined),
    title: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter(text => /^[^-\s]/.test(text)),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(deal, { minLength: 1, maxLength: 6 }), async deals => {
      const ws = await workspace('sales');
      for (const [i, { value, close, currency, end, title }] of deals.entries()) {
        const day = close === undefined ? [] : ['--close', close];
        const { code } = await ws.crm([
          'deal',
          'add',
          title,
          '--value',
          value,
          '--currency',
          currency,
          ...day,
        ]);
        if (code === 0 && end !== undefined) await ws.crm(['deal', end, `D${i + 1}`]);
      }
      const page = await written(ws, ['--html']);
      await requireValid(page);
      for (const [, value] of page.matchAll(/ (?:x|y|width|height|cx|cy|r)="([^"]*)"/g))
        expect(value).toMatch(/^-?\d+(\.\d+)?$/);
      expect(page.replace(/<style>.*?<\/style>/s, '')).not.toMatch(/NaN|Infinity|undefined/);
    }),
    { numRuns: runs(3) },
  );
});

test('the page of a restricted user has nothing that they may not see', async () => {
  const ws = await workspace('sales');
  await ws.ok(['user', 'add', 'ben', '--role', 'restricted', '--name', 'Ben Bos']);
  await ws.ok(['user', 'add', 'ana', '--role', 'manager', '--name', 'Ana Ruiz']);
  await ws.ok(['deal', 'add', 'Seen', '--value', '1200', '--owner', 'ben', '--close', '2026-09-20']);
  await ws.ok(['deal', 'add', 'Hidden', '--value', '777777', '--owner', 'ana', '--close', '2026-09-21']);
  await ws.ok(['deal', 'add', 'Lost', '--value', '888888', '--owner', 'ana', '--currency', 'USD']);
  await ws.ok(['deal', 'lose', 'D3', '--reason', 'the competitor']);
  const all = await written(ws, ['--html']);
  const own = await written(ws, ['--html'], 'ben');
  for (const hidden of ['777,777', '888,888', 'USD', 'competitor']) {
    expect(all).toContain(hidden);
    expect(own).not.toContain(hidden);
  }
  expect(own).toContain('1,200.00');
  expect(own).toContain('Figures of what you may see.');
});

test('a limited and sorted report is so on its page, with the columns that were asked for', async () => {
  const page = await written(ws, ['forecast', '--limit', '1', '--fields', 'period,value', '--html']);
  expect(page.match(/<th scope="col"/g)).toHaveLength(2);
  expect(page.match(/<th scope="row"/g)).toHaveLength(3);
});

test.each([
  [['--html', 'data/page.html'], 1, 'would be a part of it'],
  [['--html', 'crm.yaml'], 1, 'would be a part of it'],
  [['--html', '/nowhere/page.html'], 1, '/nowhere'],
  [['--svg', 'x.svg'], 2, '--svg is the chart of one report'],
  [['--html', '/tmp/never.html', '--by', 'month'], 2, '--by goes with one report'],
  [['forecast', '--html', '/tmp/never.html', '--svg', '/tmp/never.html'], 2, 'name the same file'],
  [['forecast', '--html', '/tmp/never.html', '--deals', '1'], 2, '--deals lists deals'],
])('%j is refused, and nothing is written', async (args, code, message) => {
  const ws = await workspace('sales');
  const settings = readFileSync(join(ws.dir, 'crm.yaml'), 'utf8');
  const ran = await ws.crm(['report', ...args]);
  expect(ran).toMatchObject({ code, out: '' });
  expect(ran.err).toContain(message);
  expect(readFileSync(join(ws.dir, 'crm.yaml'), 'utf8')).toBe(settings);
  expect(existsSync('/tmp/never.html')).toBe(false);
});
