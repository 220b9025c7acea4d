/** The Monday page in a real browser: nothing that axe-core finds, nothing wider than the window, no script, no network. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { expect, test } from 'vitest';
import { emptyDirectory, workspace } from '../harness.ts';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** Where there is no browser the test is left out, but never in CI. */
const isLeftOut = !existsSync(executablePath) && process.env.CI !== 'true';
const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

interface Axe {
  run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
}

test.skipIf(isLeftOut)(
  `axe-core finds nothing on the Monday page (without ${executablePath} left out, in CI a failure)`,
  async () => {
    const ws = await workspace('sales');
    for (const [title, value, close] of [
      ['Chairs', '1200', '2026-09-30'],
      ['Tables', '64000', '2026-11-02'],
      ['Desks', '900', '2026-08-01'],
    ] as const)
      await ws.ok(['deal', 'add', title, '--value', value, '--close', close]);
    await ws.ok('deal win D1');
    await ws.ok(['deal', 'add', 'Lamps', '--value', '70', '--currency', 'USD']);
    const file = join(emptyDirectory(), 'monday.html');
    await ws.ok(['report', '--html', file]);
    const browser = await chromium.launch({ executablePath, args });
    try {
      const page = await browser.newPage({ bypassCSP: true });
      const asked: string[] = [];
      page.on('request', request => asked.push(request.url()));
      await page.goto(`file://${file}`);
      await page.addScriptTag({ path: createRequire(import.meta.url).resolve('axe-core') });
      const isAsWideAs = async (width: number) => {
        await page.setViewportSize({ width, height: 900 });
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      };
      // The page is the same: what else than colours depends on the width is that nothing is wider.
      for (const [width, colorScheme, rules] of [
        [360, 'light', undefined],
        [1400, 'dark', ['color-contrast', 'link-in-text-block', 'scrollable-region-focusable']],
      ] as const) {
        await page.emulateMedia({ colorScheme });
        await isAsWideAs(width);
        const { violations } = await page.evaluate<Awaited<ReturnType<Axe['run']>>>(
          `axe.run({ resultTypes: ['violations'], runOnly: ${JSON.stringify(rules)} })`,
        );
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
      }
      // The width of A4 within its margins, in CSS pixels: nothing is cut off on paper.
      await page.emulateMedia({ media: 'print', colorScheme: 'light' });
      await isAsWideAs(703);
      expect(asked).toEqual([`file://${file}`]);
    } finally {
      await browser.close();
    }
  },
);
