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
      for (const [width, colorScheme] of [
        [360, 'light'],
        [1400, 'dark'],
      ] as const) {
        const page = await browser.newPage({
          viewport: { width, height: 900 },
          colorScheme,
          bypassCSP: true,
        });
        const asked: string[] = [];
        page.on('request', request => asked.push(request.url()));
        await page.goto(`file://${file}`);
        expect(asked).toEqual([`file://${file}`]);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
        await page.addScriptTag({ path: createRequire(import.meta.url).resolve('axe-core') });
        const { violations } = await page.evaluate<Awaited<ReturnType<Axe['run']>>>(
          "axe.run({ resultTypes: ['violations'] })",
        );
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
        await page.close();
      }
      // The width of A4 within its margins, in CSS pixels: nothing is cut off on paper.
      const paper = await browser.newPage({ viewport: { width: 703, height: 1000 } });
      await paper.emulateMedia({ media: 'print' });
      await paper.goto(`file://${file}`);
      expect(await paper.evaluate('document.documentElement.scrollWidth')).toBe(703);
    } finally {
      await browser.close();
    }
  },
);
