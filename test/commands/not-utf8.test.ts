/** Bytes of the user's files that are not UTF-8: no edit destroys them. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeFile, encodeFile } from '../../src/store/disk/utf8.ts';
import { type TestWorkspace, workspace } from '../harness.ts';

const latin = (text: string) => Buffer.from(text, 'latin1');
const bytes = (ws: TestWorkspace, path: string) => readFileSync(join(ws.dir, path));
const write = (ws: TestWorkspace, path: string, content: Buffer | string) => {
  mkdirSync(join(ws.dir, path, '..'), { recursive: true });
  writeFileSync(join(ws.dir, path), content);
};

const rule = 'for: deal\non: created\n# caf\u00e9\nsteps:\n  - add-tag: vip\n';
const template = '---\nsubject: Hello\n---\nDear Jos\u00e9\n';

describe('a file with bytes that are not UTF-8', () => {
  test('any bytes are read and written as they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), content => {
        const text = decodeFile(Buffer.from(content));
        expect(Buffer.from(encodeFile(text))).toEqual(Buffer.from(content));
      }),
    );
    expect(decodeFile(Buffer.from('caf\u00e9 \ud83d\ude00 \ufffd'))).toBe('caf\u00e9 \ud83d\ude00 \ufffd');
  });

  test.each([
    ['crm.yaml', ['user add ben', 'view add hot is:open', 'field add deal product']],
    ['pipelines/sales.yaml', ['stage add Qualified', 'pipeline set sales name=Sale', 'stage rm follow-up']],
  ])('%s: an edit is exit 5 with its line, and no byte changes; reading works', async (path, commands) => {
    const ws = await workspace();
    const before = Buffer.concat([latin('# caf\u00e9\n'), bytes(ws, path)]);
    write(ws, path, before);
    for (const command of commands) {
      const { code, err } = await ws.crm(command);
      expect(err).toMatch(
        `Error: ${path}:1: the byte 0xE9 is not UTF-8, and would be lost\nHint: save the file`,
      );
      expect(code).toBe(5);
      expect(bytes(ws, path)).toEqual(before);
    }
    await ws.ok('deal add Chairs');
    await ws.ok('deal list');
    expect(bytes(ws, path)).toEqual(before);
  });

  test.each([
    ['automation', 'automations/tagging.yaml', rule, ['disable tagging', 'set tagging name=x', 'rm tagging']],
    ['template', 'templates/tagging.md', template, ['set tagging subject=x', 'rm tagging']],
  ])(
    'one %s disables itself alone, is not edited, and stays out of the journal',
    async (noun, path, text, commands) => {
      const ws = await workspace();
      write(ws, path, latin(text));
      for (const command of commands) {
        const { code, err } = await ws.crm(`${noun} ${command}`);
        expect(err).toMatch(new RegExp(`${path}:\\d: the byte 0xE9 is not UTF-8`));
        expect(code).toBe(5);
      }
      await ws.ok('deal add Chairs');
      expect(bytes(ws, path)).toEqual(latin(text));
      expect(await ws.ok('history --json')).not.toContain('tagging');
      expect((await ws.crm('automation lint')).code).toBe(5);
      // Saved as UTF-8, it counts, and is in the history.
      write(ws, path, text);
      await ws.ok('deal add Tables');
      expect(await ws.ok('history --json')).toContain('tagging');
    },
  );
});
