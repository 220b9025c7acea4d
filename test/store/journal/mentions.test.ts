/** Where a file of the journal is cut into pieces makes no difference to what is found in it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Change } from '../../../src/domain/changes.ts';
import { recordKinds as kinds } from '../../../src/kinds/index.ts';
import { GENESIS } from '../../../src/store/lines/encoding.ts';
import { encodeCommit } from '../../../src/store/journal/journal.ts';
import { mentionsIn } from '../../../src/store/journal/mentions.ts';
import { added } from '../../added.ts';
import { commitOf } from '../journal-contract.ts';

const NAME = '00000001.jsonl';
const NEWLINE = 10;

/** A file of the journal with these commits. */
function fileOf(commits: readonly (readonly Change[])[]): Buffer {
  const chunks: Buffer[] = [];
  let tip = { seq: 0, hash: GENESIS };
  for (const [i, changes] of commits.entries()) {
    const hash = encodeCommit(tip, commitOf(i + 1, { changes }), 'salt', chunk =>
      chunks.push(Buffer.from(chunk)),
    );
    tip = { seq: tip.seq + 1, hash };
  }
  return Buffer.concat(chunks);
}

/** The lines of a file, some at a time: all that come before the first cut, and so on. */
function piecesOf(file: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0, i = 0; at < file.length; i++) {
    let end = at;
    for (let lines = 0; lines < sizes[i % sizes.length]! && end < file.length; lines++)
      end = file.indexOf(NEWLINE, end) + 1;
    pieces.push(file.subarray(at, end));
    at = end;
  }
  return pieces;
}

const change = fc.constantFrom('D1', 'D2', 'D11', 'C1').chain(id =>
  fc.constantFrom<Change>(added({ id, note: { id: 'D1' } }), {
    kind: id.startsWith('D') ? 'deal' : 'contact',
    id,
    set: { note: ['', '"id":"D1"'] },
  } as Change),
);

test('pieces of any size have what the whole has (property)', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(change, { minLength: 1, maxLength: 5 }), { maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 }),
      fc.uniqueArray(fc.constantFrom('D1', 'D2', 'C1'), { minLength: 1 }),
      (commits, sizes, asked) => {
        const file = fileOf(commits);
        const ids = new Set<string>(asked);
        const found = mentionsIn(kinds, piecesOf(file, sizes), NAME, ids);
        const wanted = commits.flatMap((changes, i) => {
          const own = changes.filter(each => ids.has('add' in each ? each.add.id : each.id));
          return own.length > 0 ? [{ seq: i + 1, changes: own }] : [];
        });
        expect(found.map(({ seq, changes }) => ({ seq, changes }))).toEqual(wanted.reverse());
        expect(found).toEqual(mentionsIn(kinds, [file], NAME, ids));
      },
    ),
  );
});

test('a file that ends before its commit line, or within a line, is damaged', () => {
  const file = fileOf([[added({ id: 'D1' })], [added({ id: 'D2' }), added({ id: 'D3' })]]);
  const commit = file.lastIndexOf('{"seq":');
  const ids = new Set(['D2']);
  expect(() => mentionsIn(kinds, [file.subarray(0, commit)], NAME, ids)).toThrow('a commit line is missing');
  expect(() => mentionsIn(kinds, [file.subarray(0, commit + 20)], NAME, ids)).toThrow('not a JSON object');
  const middle = file.indexOf('"D2"') + 4;
  expect(() => mentionsIn(kinds, [file.subarray(0, middle)], NAME, ids)).toThrow('not a JSON object');
  expect(mentionsIn(kinds, [file.subarray(0, commit)], NAME, new Set(['D1']))).toHaveLength(1);
});
