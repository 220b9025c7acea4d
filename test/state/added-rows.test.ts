import fc from 'fast-check';
import { expect, test } from 'vitest';
import { zone } from '../../src/domain/zone.ts';
import { columnsOf } from '../../src/kinds/fields.ts';
import { dumpColumn } from '../../src/state/columns/index.ts';
import { Draft } from '../../src/state/draft.ts';
import { configOf, emptyState } from './contents.ts';

const config = configOf();
const keys = [...columnsOf(config, 'deal').keys()];

/** What an import does, and what may happen to its records and columns meanwhile. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ add: fc.constantFrom(1, 2, 60, 255, 256, 257), timed: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ ask: fc.constantFrom(...keys) }) },
  { weight: 1, arbitrary: fc.record({ set: fc.nat(), title: fc.string({ maxLength: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ remove: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ find: fc.nat() }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** The columns of deals after the steps, and what was found on the way. */
function columnsAfter(steps: readonly Step[], asLines: boolean) {
  const draft = new Draft(emptyState(config), { now: 0, zone: zone('UTC') });
  if (asLines) draft.addLines();
  const table = () => draft.state.table('deal');
  const found: unknown[] = [];
  let made = 0;
  const live = (n: number) => {
    const rows = table().liveRows();
    return rows.length === 0 ? undefined : table().id(rows[n % rows.length]!);
  };
  for (const each of steps)
    if ('add' in each)
      for (let i = 0; i < each.add; i++, made++)
        draft.insert('deal', {
          title: `Deal ${made % 7}`,
          value: made % 3 ? `${made}.00` : null,
          stage: made % 2 ? 'new' : 'won',
          tags: made % 5 ? [`tag${made % 4}`] : [],
          externalId: made % 11 ? `X${made}` : null,
          ...(each.timed && made % 2 && { createdAt: '2025-02-03T04:05:06.007Z' }),
        });
    else if ('ask' in each) found.push(table().rows > 0 && table().column(each.ask).type);
    else if ('set' in each) {
      const id = live(each.set);
      if (id !== undefined) draft.set(id, { title: each.title, stage: 'lost' });
    } else if ('remove' in each) {
      const id = live(each.remove);
      if (id !== undefined) draft.remove(id);
    } else found.push(table().find('externalId', `x${each.find % (made + 1)}`));
  const rows = table().liveRows();
  const columns = keys.map(key => {
    const { type, values, items, words } = dumpColumn(table().column(key), rows);
    // A word that no row has any more may be in the dictionary.
    const said = (codes: ArrayLike<number> | undefined) =>
      Array.from(codes ?? [], code => (words ? (words[code] ?? '') : code)).join();
    return [key, type, ...(type === 'code' ? [said(values)] : [values.join(), said(items)])].join(' ');
  });
  return { found, columns };
}

test('columns of rows that were added by the hundred are those of rows added one by one (property)', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), steps => {
      expect(columnsAfter(steps, true)).toEqual(columnsAfter(steps, false));
    }),
    { numRuns: 40 },
  );
});
