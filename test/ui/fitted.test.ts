/** Help on terminals of any width: no line is wider than it must be, and no word is lost. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandHelp } from '../../src/commands/help.ts';
import { treeOf } from '../../src/commands/registry.ts';
import { topics } from '../../src/commands/topics.ts';
import { recordKinds } from '../../src/kinds/index.ts';
import { fitted } from '../../src/ui/fitted.ts';
import { displayWidth } from '../../src/ui/width.ts';

const tree = treeOf(recordKinds);
const texts: string[] = [];
for (const [path, load] of Object.entries(tree.commands)) texts.push(commandHelp(path, await load()));
for (const load of Object.values(topics)) texts.push(await load());

const wordsOf = (text: string) => text.split(/\s+/).filter(word => word !== '' && word !== '#');

describe('text that is fitted to a terminal', () => {
  it.each([60, 80, 100])('of all help keeps every word in its order, at %i cells', width => {
    for (const text of texts) expect(wordsOf(fitted(text, width))).toEqual(wordsOf(text));
  });

  it.each([60, 80, 100])('of all help is wider than %i cells only where it is copied', width => {
    const tooWide = texts
      .flatMap(text => fitted(text, width).split('\n'))
      .filter(line => displayWidth(line) > width && !line.startsWith('  '));
    expect(tooWide).toEqual([]);
  });

  it('stays as it is if it fits, and in a pipe', () => {
    for (const text of texts) {
      expect(fitted(text, Number.POSITIVE_INFINITY)).toBe(text);
      const widest = Math.max(...text.split('\n').map(displayWidth));
      expect(fitted(text, widest)).toBe(text);
    }
  });

  it('wraps the text beside a name in its column, and puts it below a name that leaves no room', () => {
    const text = `  --sort FIELD  sort by a field, -FIELD in reverse\n  crm mail ingest FILE|DIR|-  a message\n`;
    expect(fitted(text, 42)).toBe(
      [
        '  --sort FIELD  sort by a field, -FIELD in',
        '                reverse',
        '  crm mail ingest FILE|DIR|-',
        '      a message\n',
      ].join('\n'),
    );
  });

  it('goes on in the column of a text that had several lines, and keeps the sign of a comment', () => {
    const text = `  port: 587     # 465 is tls, others starttls, unless tls\n                # says otherwise\n`;
    expect(fitted(text, 45)).toBe(
      [
        '  port: 587     # 465 is tls, others',
        '                # starttls, unless tls says',
        '                # otherwise\n',
      ].join('\n'),
    );
  });

  it('breaks no command that people copy', () => {
    const text = `Examples:\n  crm deal list 'stage:proposal value.over:10k' --sort -value --limit 20\n`;
    expect(fitted(text, 40)).toBe(text);
  });

  it('fills prose again, of any length', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom(...'abcdef'), minLength: 1, maxLength: 12 }), {
          minLength: 40,
          maxLength: 80,
        }),
        fc.integer({ min: 20, max: 70 }),
        (words, width) => {
          const lines: string[] = [''];
          for (const word of words) {
            const last = lines.at(-1)!;
            if (last.length >= 90) lines.push(word);
            else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
          }
          const out = fitted(lines.join('\n'), width).split('\n');
          expect(out.join(' ')).toBe(words.join(' '));
          // Each line but the last is full: the first word of the next one has no room on it.
          for (let i = 0; i + 1 < out.length; i++)
            expect(out[i]!.length + 1 + out[i + 1]!.split(' ')[0]!.length).toBeGreaterThan(width);
        },
      ),
    );
  });
});
