import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addition, type Change } from '../../../src/domain/changes.ts';
import { recordKinds } from '../../../src/kinds/index.ts';
import { decode, encode } from '../../../src/store/lines/encoding.ts';
import { anyText } from '../../texts.ts';

const head = { seq: 1, prev: '', request: 'r', at: '2026-09-01T10:00:00.000Z', by: 'ana', via: 'import' };

function bytesOf(changes: readonly Change[]): Buffer {
  const chunks: Buffer[] = [];
  encode(head, { changes }, chunk => chunks.push(chunk));
  return Buffer.concat(chunks);
}

const read = (bytes: Buffer, isLazy: boolean) =>
  [...decode(recordKinds, bytes, 'file', () => undefined, isLazy)][0]!;

const text = anyText({ maxLength: 12 });
const change = fc.oneof(
  fc
    .record({
      kind: fc.constantFrom('deal', 'contact'),
      number: fc.nat(),
      title: text,
      line: fc.option(fc.nat()),
    })
    .map(({ kind, number, title, line }) =>
      addition(
        kind,
        { id: `${kind === 'deal' ? 'D' : 'C'}${number + 1}`, [kind === 'deal' ? 'title' : 'name']: title },
        line === null ? undefined : { line },
      ),
    ),
  text.map((title): Change => ({ kind: 'deal', id: 'D1', set: { title: [null, title] } })),
);

test('additions that wait to be parsed say what those say that were parsed (property)', () => {
  const said = (each: Change) => ({
    ...each,
    kind: each.kind,
    id: each.id,
    why: each.why,
    ...('add' in each && { add: each.add }),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 5 }), changes => {
      const bytes = bytesOf(changes);
      const [lazy, eager] = [read(bytes, true), read(bytes, false)];
      expect({ ...lazy, changes: lazy.changes.map(said) }).toEqual({
        ...eager,
        changes: eager.changes.map(said),
      });
    }),
  );
});

test.each([
  ['of a wrong shape', { id: 'D1', title: 5 }, 'file:1: adds D1: title cannot be 5'],
  ['with another id after the first', { id: 'D1', title: 'x' }, 'file:1: has two ids'],
])('an addition %s is told when somebody asks for it', (what, record, message) => {
  const wrong = addition('deal', record as never);
  let bytes = bytesOf([wrong]);
  if (what.startsWith('with')) {
    // Its hash is right: somebody wrote it so.
    const line = Buffer.from('{"add":{"id":"D1","id":"D2"}}\n');
    const fake = {
      kind: 'deal',
      id: 'D1',
      add: { id: 'D1' },
      line: { bytes: line, start: 0, end: line.length },
    };
    bytes = bytesOf([fake as never]);
  }
  const [lazy] = read(bytes, true).changes;
  expect(lazy).toMatchObject({ kind: 'deal', id: 'D1' });
  expect(() => 'add' in lazy! && lazy.add).toThrow(message);
});

test('bytes that do not have the hash that they declare are damage, parsed or not', () => {
  const bytes = bytesOf([addition('deal', { id: 'D1', title: 'Chairs' })]);
  bytes[bytes.indexOf('Chairs')]!++;
  for (const isLazy of [true, false]) expect(() => read(bytes, isLazy)).toThrow('does not have the hash');
});
