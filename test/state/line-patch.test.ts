import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../effort.ts';
import { applyChange, type SetChange } from '../../src/domain/changes.ts';
import type { Json, Rec } from '../../src/domain/records.ts';
import { LinePatches } from '../../src/state/line-patch.ts';

const paths = ['title', 'stage', 'stageSince', 'updatedAt', 'tags', 'held', 'a,"b":', 'é'];
const text = fc.oneof(
  fc.string(),
  fc.constantFrom('a "quoted" one', ',"stage":"won"', '{"stage":"x"}', '\\', '}', 'é→😀', ''),
);
const value: fc.Arbitrary<Json> = fc.oneof(
  text,
  fc.constantFrom(null, 0, 12.5, true),
  fc.array(text, { maxLength: 2 }),
  fc.dictionary(fc.constantFrom('stage', 'title', 'x'), fc.oneof(text, fc.array(text, { maxLength: 2 })), {
    maxKeys: 3,
  }),
) as fc.Arbitrary<Json>;
const change = fc.record({
  set: fc.dictionary(fc.constantFrom(...paths), value, { minKeys: 1, maxKeys: 3 }),
  at: fc.constantFrom('2026-08-03T08:00:00.000Z', '2026-09-14T08:00:00.000Z'),
});

/** A change that sets values; the old ones do not matter. */
const setting = (set: Readonly<Record<string, Json>>): SetChange => ({
  kind: 'deal',
  id: 'D1',
  set: Object.fromEntries(Object.entries(set).map(([path, to]) => [path, [null, to] as const])),
});

/** Returns the line of a record after changes as the general path makes it, and as a patch of its line makes it. */
function bothWays(record: Rec, changes: readonly { readonly change: SetChange; readonly at: string }[]) {
  let after: Rec | undefined = record;
  for (const { change, at } of changes) after = applyChange(after, change, at);
  const before = Buffer.from(`before\n${JSON.stringify(record)}\n`);
  const into = Buffer.alloc(10_000);
  const patch = new LinePatches().of(changes)!;
  const end = patch.copy(before, 7, before.length, into, 3);
  expect(end - 3).toBeLessThanOrEqual(before.length - 7 + patch.growth);
  return [`${JSON.stringify(after)}\n`, into.toString('utf8', 3, end)];
}

test('a patched line equals that of the changed record (property)', () => {
  const record = fc.dictionary(fc.constantFrom(...paths, 'value', 'fields', 'createdAt'), value);
  fc.assert(
    fc.property(record, fc.array(change, { minLength: 1, maxLength: 4 }), (fields, changes) => {
      const [expected, patched] = bothWays(
        { id: 'D1', ...fields },
        changes.map(({ set, at }) => ({ change: setting(set), at })),
      );
      expect(patched).toBe(expected);
    }),
    { numRuns: runs(1000) },
  );
});

test('a value that was removed and set again comes last', () => {
  const changes = [{ title: null }, { tags: ['vip'] }, { title: 'A desk' }].map(set => ({
    change: setting(set),
    at: '2026-09-14T08:00:00.000Z',
  }));
  const [expected, patched] = bothWays({ id: 'D1', title: 'A chair', value: '1.00' }, changes);
  expect(patched).toBe(expected);
  expect(patched).toMatch(/"tags":\["vip"\],"title":"A desk"\}\n$/);
});

test.each([
  ['a path into a group', [setting({ 'fields.source': 'web' })]],
  ['a path that an object would put first', [setting({ 7: 'x' })]],
  ['a path that an object would take for its prototype', [setting(JSON.parse('{"__proto__":"x"}'))]],
  ['an addition', [{ kind: 'deal' as const, id: 'D1', add: { id: 'D1' } }]],
])('makes no patch of %s', (_, changes) => {
  expect(new LinePatches().of(changes.map(change => ({ change, at: '' })))).toBeUndefined();
});

test.each([
  ['spaces between its fields', '{"id": "D1","stage":"new"}\n'],
  ['spaces at its end', '{"id":"D1","stage":"new"} \n'],
  ['a field twice', '{"id":"D1","stage":"new","stage":"won"}\n'],
  ['no fields', '{}\n'],
  ['no end', '{"id":"D1","stage":"new"\n'],
  ['a text without an end', '{"id":"D1","stage":"new\n'],
  ['another value than an object', '["id"]\n'],
])('leaves a line with %s to the general path', (_, line) => {
  const bytes = Buffer.from(line);
  const patch = new LinePatches().of([{ change: setting({ stage: 'won' }), at: '' }])!;
  expect(patch.copy(bytes, 0, bytes.length, Buffer.alloc(999), 0)).toBe(-1);
});
