/** A log of changes says of each what was said when it was added, in order. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Change } from '../../src/domain/changes.ts';
import { ChangeLog, type Logged } from '../../src/state/change-log.ts';
import { runs } from '../effort.ts';

const change = (number: number): Change => ({ kind: 'deal', id: `D${number}`, set: {} });

const logged: fc.Arbitrary<Logged[]> = fc
  .array(
    fc.record({ seq: fc.integer({ min: 0, max: 3 }), at: fc.constantFrom('a', 'b'), quiet: fc.boolean() }),
    {
      maxLength: 12,
    },
  )
  .map(entries => entries.map((entry, i) => ({ ...entry, change: change(i) })));

test('its entries are those that were pushed, and its runs have nothing in common with the next one', () => {
  fc.assert(
    fc.property(logged, fc.integer({ min: -1, max: 4 }), (entries, after) => {
      const log = new ChangeLog();
      for (const { change, at, seq, quiet } of entries) log.push(change, at, seq, quiet);
      expect([...log.entries()]).toEqual(entries);
      expect([...log.entries(after)]).toEqual(entries.filter(({ seq }) => seq > after));
      const said = log.runs.map(({ seq, at, quiet }) => JSON.stringify([seq, at, quiet]));
      for (let i = 1; i < said.length; i++) expect(said[i]).not.toBe(said[i - 1]);
      expect(log.runs.every(run => run.changes.length > 0)).toBe(true);
    }),
    { numRuns: runs(200) },
  );
});
