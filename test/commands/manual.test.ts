import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { manualPages } from '../../src/commands/manual/pages.ts';
import { reference } from '../../src/commands/manual/reference.ts';
import { block, inline } from '../../src/commands/manual/roff.ts';
import { treeOf } from '../../src/commands/registry.ts';
import { topics } from '../../src/commands/topics.ts';
import { recordKinds } from '../../src/kinds/index.ts';
import { runs } from '../effort.ts';

const tree = treeOf(recordKinds);
const pages = await manualPages(tree, { version: '1.2.3', day: '2026-09-14' });
const hasMandoc = spawnSync('mandoc', ['-V']).error === undefined;

/** What a reader sees of a page, on lines that are as long as they need to be. */
const read = (text: string): string => {
  const { stdout } = spawnSync('mandoc', ['-T', 'utf8', '-O', 'width=1000'], {
    input: text,
    encoding: 'utf8',
  });
  // Bold letters are struck twice.
  return stdout.replace(/.\x08/gu, '');
};

describe('the manual', () => {
  it('has every command and every topic, and no page twice', () => {
    const files = pages.map(({ file }) => file);
    expect(new Set(files).size).toBe(files.length);
    const all = pages.map(({ text }) => text).join('');
    for (const path of Object.keys(tree.commands))
      expect(all).toContain(`crm ${path}`.replaceAll('-', '\\-'));
    for (const topic of Object.keys(topics)) expect(files).toContain(`man7/crm-${topic}.7`);
  });

  it('is named page by page in package.json, which is what npm links to where man looks', () => {
    const { man } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      man: string[];
    };
    expect(man).toEqual(pages.map(({ file }) => `man/${file}`).sort());
  });

  it.skipIf(!hasMandoc && process.env.CI === undefined)('is right in the eyes of mandoc', () => {
    for (const { file, text } of pages) {
      const { stdout } = spawnSync('mandoc', ['-T', 'lint', '-W', 'warning'], {
        input: text,
        encoding: 'utf8',
      });
      expect([file, stdout]).toEqual([file, '']);
    }
  });

  it.skipIf(!hasMandoc && process.env.CI === undefined)('shows a text as it is, whatever is in it', () => {
    const line = fc
      .string({ unit: fc.constantFrom(...'.\'\\"-~^`abc fB[]()*{}äß…') })
      .map(each => each.trim())
      .filter(each => each !== '');
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 30 }), lines => {
        const page = `.TH X 1 "2026-09-14"\n.SH NAME\nx \\- y\n.SH T\n${block(lines.join('\n'))}\n`;
        const seen = read(page)
          .split('\n')
          .map(each => each.trim());
        expect(seen).toEqual(expect.arrayContaining(lines));
      }),
      { numRuns: runs(10) },
    );
  });

  it('keeps a text on one line where it is inline', () => {
    expect(inline('a\n  .TH b-c \\n')).toBe('a .TH b\\-c \\en');
  });
});

it('the reference is made of the help of the commands', async () => {
  await expect(await reference(tree)).toMatchFileSnapshot('../../docs/REFERENCE.md');
});
