import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asStored, idOf, isRestored, kindOf, type Why } from '../../src/domain/changes.ts';
import { type AddedLine, AddedLines } from '../../src/state/added-line.ts';
import { Draft } from '../../src/state/draft.ts';
import { type Kind, numberOf } from '../../src/domain/kinds.ts';
import type { Json } from '../../src/domain/records.ts';
import { zone } from '../../src/domain/zone.ts';
import { withoutShared } from '../../src/state/shared-values.ts';
import { MemorySource } from '../../src/state/source.ts';
import { State } from '../../src/state/state.ts';
import { encode } from '../../src/store/lines/encoding.ts';
import { configOf, emptyState } from './contents.ts';
import { anyText } from '../texts.ts';

const json: fc.Arbitrary<Json> = fc.oneof(
  anyText({ maxLength: 12 }),
  fc.constantFrom('', 'plain', 'a "quote"', 'back\\slash', 'a\u2028b', '\ud800', 'é', '𝄞'),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.string({ maxLength: 4 }), { maxLength: 3 }),
);
const paths: Record<string, readonly string[]> = {
  deal: ['title', 'stage', 'tags', 'createdAt', 'externalId', 'fields.a b', 'fields.c"d'],
  contact: ['name', 'email', 'other.x', 'other.y', 'fields.size'],
};
const why: fc.Arbitrary<Why> = fc
  .nat()
  .chain(line =>
    fc.constantFrom<Why>(
      { line },
      { line, creation: 'unknown' },
      { creation: 'unknown', line },
      { creation: 'unknown' },
      { line, file: 'é.csv' },
      { file: 'é.csv', line },
      { automation: 'greet', step: '1', enrolment: 'N1' },
    ),
  );
const added = fc.constantFrom('deal', 'contact').chain(kind =>
  fc.record({
    kind: fc.constant(kind as Kind),
    values: fc.dictionary(fc.constantFrom(...paths[kind]!, 'props.more'), json),
    why: fc.option(why, { nil: undefined }),
  }),
);

/** The same records added both ways. */
function drafts(records: readonly { kind: Kind; values: Record<string, Json>; why: Why | undefined }[]) {
  return [true, false].map(asLines => {
    const draft = new Draft(emptyState(configOf()), { now: 0, zone: zone('UTC') });
    if (asLines) draft.addLines();
    for (const { kind, values, why } of records) {
      // A deal always has a stage; when a record was made is known of those alone that come back.
      const { createdAt: _, ...rest } = values;
      const all = kind === 'deal' ? { ...rest, stage: 'new' } : rest;
      draft.insert(kind, all, why, paths[kind]);
    }
    return draft;
  }) as [Draft, Draft];
}

test('records that are kept as lines are those that are kept as objects (property)', () => {
  fc.assert(
    fc.property(fc.array(added, { maxLength: 6 }), records => {
      const [lines, objects] = drafts(records);
      expect(lines.changes.map(change => JSON.stringify(asStored(change)))).toEqual(
        objects.changes.map(change => JSON.stringify(asStored(change))),
      );
      for (const [i, change] of lines.changes.entries()) {
        const other = objects.changes[i]!;
        expect([idOf(change), kindOf(change), isRestored(change), change.why]).toEqual([
          idOf(other),
          kindOf(other),
          isRestored(other),
          other.why,
        ]);
      }
      const journals = [lines, objects].map(({ changes }) => {
        const chunks: Buffer[] = [];
        const head = { seq: 1, prev: '', request: 'r', at: '', by: 'ana', via: 'import' };
        encode(head, { changes }, chunk => chunks.push(chunk));
        return Buffer.concat(chunks).toString();
      });
      expect(journals[0]).toBe(journals[1]);
    }),
  );
});

test('their lines in a snapshot equal those of the records (property)', () => {
  const shared = fc.option(
    fc.dictionary(
      fc.constantFrom('title', 'stage', 'externalId', 'createdAt', 'updatedAt', 'stageSince', 'a b'),
      fc.constantFrom('new', 'plain', '1970-01-01T00:00:00.000Z', 'a "quote"', 'é'),
    ),
    { nil: undefined },
  );
  fc.assert(
    fc.property(fc.array(added, { maxLength: 6 }), shared, (records, shared) => {
      const [{ state }] = drafts(records);
      for (const kind of ['deal', 'contact'] as const) {
        const table = state.table(kind);
        const lines = Array.from(
          { length: table.rows },
          (_, row) =>
            `${JSON.stringify(shared ? withoutShared(table.record(row), shared) : table.record(row))}\n`,
        );
        const all = Buffer.from(lines.join(''));
        // Where there is no room for a line, those before it are copied.
        for (const room of [all.length, all.length - 1]) {
          if (room < 0) continue;
          const into = Buffer.alloc(room);
          const ends = new Uint32Array(lines.length);
          let rows = 0;
          // A copy that leaves something out needs room for the whole line.
          if (!shared) {
            rows = table.copyUnchanged(0, table.rows, into, ends);
            expect(rows).toBe(room === all.length ? lines.length : lines.length - 1);
          } else if (room === all.length) {
            const roomy = Buffer.alloc(room + 10_000);
            rows = table.copyUnchanged(0, table.rows, roomy, ends, shared);
            expect(rows).toBe(lines.length);
            roomy.copy(into);
          }
          const copied = lines.slice(0, rows);
          expect(copied.map((_, i) => into.toString('utf8', i > 0 ? ends[i - 1] : 0, ends[i]))).toEqual(
            copied,
          );
        }
      }
    }),
  );
});

test.each([
  ['letters of one byte', 3000, (n: number) => `Deal ${n}`],
  ['letters of several bytes in some', 3000, (n: number) => (n % 400 === 17 ? `Deal é𝄞 ${n}` : `Deal ${n}`)],
  ['texts longer than what is encoded at once', 20, (n: number) => 'aé'.repeat(n * 1000)],
  [
    'more than a piece of memory',
    12_000,
    (n: number) => `${n} ${'long '.repeat(60)}${n % 5000 === 0 ? 'ä' : ''}`,
  ],
  ['more lines than a piece has room for at first', 17_000, (n: number) => (n === 16_500 ? 'é' : 'x')],
  ['a text longer than a piece', 3, (n: number) => 'x'.repeat(n === 1 ? 3_000_000 : 5)],
])('each line lies where it says, asked at once or later: %s', (_, count, titleOf) => {
  const identity = configOf().kinds.of('deal');
  const lines = new AddedLines();
  const said = (n: number) => ({
    record: { id: `D${n}`, title: titleOf(n), ...(n % 3 === 0 && { createdAt: BEFORE }) },
    why: n % 2 === 0 ? { line: n, file: 'é.csv' } : undefined,
  });
  const isRight = (line: AddedLine, n: number) => {
    const { record, why } = said(n);
    const text = `${JSON.stringify({ add: record, ...(why && { why }) })}\n`;
    const { bytes, start, end, recordEnd } = line;
    return (
      bytes.toString('utf8', start, end) === text &&
      bytes.toString('utf8', start + '{"add":'.length, recordEnd) === JSON.stringify(record) &&
      line.hasTimes === (n % 3 === 0) &&
      line.id === record.id
    );
  };
  const added: AddedLine[] = [];
  for (let n = 0; n < count; n++) {
    const { record, why } = said(n);
    added.push(lines.add(identity, n, record, why));
    expect(added[n]!.add).toBe(record);
    if (n % 1000 === 5) expect([isRight(added[n]!, n), isRight(added[n - 3]!, n - 3)]).toEqual([true, true]);
  }
  expect(added.findIndex((line, n) => !isRight(line, n))).toBe(-1);
  expect(added[1]!.add).toEqual(said(1).record);
});

const BEFORE = '2025-02-03T04:05:06.007Z';

test.each([0, 3])(
  'over %i rows, their lines are copied from any row on, each with the times of its transaction, as far as there is room',
  base => {
    const source = new MemorySource(
      Array.from({ length: base }, (_, i) => ({ id: `D${i + 1}`, title: 'Old' })),
    );
    const state = new State(
      {
        seq: 0,
        seqOf: () => 0,
        source: kind => (kind === 'deal' ? source : new MemorySource([])),
        named: () => [],
        trash: () => [],
        next: () => base + 1,
      },
      configOf(),
    );
    for (const now of [0, 86_400_000]) {
      const draft = new Draft(state, { now, zone: zone('UTC') });
      draft.addLines();
      draft.insert('deal', { title: 'Chairs é', stage: 'new' }, { line: 7 });
      draft.insert('deal', { title: 'Desk', stage: 'new', createdAt: BEFORE, stageSince: BEFORE });
    }
    const table = state.table('deal');
    const lines = [0, 1, 2, 3].map(row => `${JSON.stringify(table.record(base + row))}\n`);
    for (let from = 0; from < 4; from++)
      for (let to = from; to <= 4; to++) {
        const expected = lines.slice(from, to);
        const length = Buffer.byteLength(expected.join(''));
        for (const [room, count] of [
          [length + 999, to - from],
          [length, to - from],
          [Math.max(0, length - 1), Math.max(0, to - from - 1)],
        ] as const) {
          const into = Buffer.alloc(room);
          const ends = new Uint32Array(9);
          const copied = table.copyUnchanged(base + from, base + to, into, ends);
          expect([from, to, room, copied]).toEqual([from, to, room, count]);
          expect(
            expected.slice(0, count).map((_, i) => into.toString('utf8', i > 0 ? ends[i - 1] : 0, ends[i])),
          ).toEqual(expected.slice(0, count));
        }
      }
    for (const change of state.log())
      expect([change.change.why?.line, JSON.stringify(asStored(change.change)).slice(0, 8)]).toEqual([
        [base + 1, base + 3].includes(numberOf(change.change.id)) ? 7 : undefined,
        '{"add":{',
      ]);
  },
);
