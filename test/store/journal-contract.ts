/** What every journal must do, whatever it keeps its transactions in. */
import { added } from '../added.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Change } from '../../src/domain/changes.ts';
import type { Rec } from '../../src/domain/records.ts';
import { GENESIS } from '../../src/store/lines/encoding.ts';
import { type Commit, encodeLeft, type Journal, type Tip, without } from '../../src/store/journal/journal.ts';
import { runs } from '../effort.ts';
import { anyText } from '../texts.ts';

/** A commit that is told from others by its number. */
export function commitOf(n: number, extra: Partial<Commit> = {}): Commit {
  return {
    request: `request-${n}`,
    at: '2026-09-14T08:00:00.000Z',
    by: 'ana',
    via: 'deal add',
    changes: [added({ id: `D${n}`, title: `Deal ${n}` })],
    ...extra,
  };
}

/** Appends `count` commits after the tip; returns the new tip. */
export async function appendMany(journal: Journal, count: number): Promise<Tip> {
  let tip = await journal.tip();
  for (let i = 0; i < count; i++) tip = (await journal.append(tip, commitOf(tip.seq + 1)))!;
  return tip;
}

const json = fc.jsonValue({ depthSize: 'small' }).map(value => value as never);
const changes: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ id: fc.constant('D1'), title: anyText(), note: json }).map(record => added(record)),
  fc.record({
    kind: fc.constant('deal'),
    id: fc.constant('D1'),
    set: fc.record({ note: fc.tuple(json, json) }),
  }),
  fc.record({ kind: fc.constant('deal'), id: fc.constant('D1'), rm: fc.record({ id: fc.constant('D1') }) }),
) as fc.Arbitrary<Change>;

/** `make` gives a new, empty journal: each call of `open` is one more process that has it open. */
export function journalContract(name: string, make: () => { open(): Journal }): void {
  describe(name, () => {
    test('is empty at first', async () => {
      const journal = make().open();
      expect(await journal.tip()).toEqual({ seq: 0, hash: GENESIS });
      expect(await journal.read(0)).toEqual([]);
      expect(await journal.findRequest('request-1')).toBeUndefined();
    });

    test('what was appended is read again, by every process, just as it was said', async () => {
      const home = make();
      const writer = home.open();
      const first = await writer.append({ seq: 0, hash: GENESIS }, commitOf(1));
      const commit = commitOf(2, {
        trigger: false,
        undoes: 1,
        by: 'Zoë "\n😀',
        changes: [
          added({ id: 'C1', name: 'line\nbreak \u2028 \ud800 é' }, { line: 7 }),
          { kind: 'deal', id: 'D1', set: { 'fields.size': [null, 12.5] }, why: { automation: 'hot' } },
          { kind: 'deal', id: 'D1', rm: { id: 'D1', title: 'Deal 1', tags: ['a'] } },
        ],
      });
      const second = await writer.append(first!, commit);
      expect(second!.seq).toBe(2);
      const reader = home.open();
      expect(await reader.tip()).toEqual(second);
      const [one, two] = await reader.read(0);
      expect(one).toMatchObject({ seq: 1, prev: GENESIS, hash: first!.hash, ...commitOf(1) });
      expect(one).not.toHaveProperty('trigger');
      expect(two).toMatchObject({ seq: 2, prev: first!.hash, hash: second!.hash, ...commit });
    });

    test('reads the part that is asked for', async () => {
      const journal = make().open();
      await appendMany(journal, 7);
      const seqs = async (after: number, to?: number) => (await journal.read(after, to)).map(tx => tx.seq);
      expect(await seqs(0)).toEqual([1, 2, 3, 4, 5, 6, 7]);
      expect(await seqs(2, 5)).toEqual([3, 4, 5]);
      expect(await seqs(6)).toEqual([7]);
      expect(await seqs(7)).toEqual([]);
      expect(await seqs(5, 99)).toEqual([6, 7]);
    });

    test('a number is given once: who comes second writes nothing', async () => {
      const home = make();
      const a = home.open();
      const b = home.open();
      const tip = await appendMany(a, 3);
      const won = await a.append(tip, commitOf(4));
      expect(await b.append(tip, commitOf(4, { by: 'ben' }))).toBeUndefined();
      expect(await b.append({ seq: 0, hash: GENESIS }, commitOf(1, { by: 'ben' }))).toBeUndefined();
      expect(await b.tip()).toEqual(won);
      expect((await b.read(0)).map(tx => tx.by)).toEqual(['ana', 'ana', 'ana', 'ana']);
    });

    test('of many that append at once, one wins each number', async () => {
      const home = make();
      const processes = Array.from({ length: 5 }, () => home.open());
      for (let round = 0; round < 4; round++) {
        const tip = await processes[0]!.tip();
        const results = await Promise.all(
          processes.map((each, i) => each.append(tip, commitOf(100 * round + i))),
        );
        expect(results.filter(result => result !== undefined)).toHaveLength(1);
      }
      expect((await processes[0]!.tip()).seq).toBe(4);
    });

    test('each transaction names the hash of the one before, and no two hashes are equal', async () => {
      const journal = make().open();
      // The same words each time: only the number, the chain and the salt differ.
      for (let i = 0; i < 5; i++) await journal.append(await journal.tip(), commitOf(1));
      const all = await journal.read(0);
      expect(all.map(tx => tx.prev)).toEqual([GENESIS, ...all.slice(0, -1).map(tx => tx.hash)]);
      expect(new Set(all.map(tx => tx.hash)).size).toBe(5);
    });

    test('finds a request by its id, not by a text that looks like one', async () => {
      const journal = make().open();
      const odd = 'say "hi" \\ \n ü';
      const bait: Rec = { id: 'D1', title: '"request":"bait"', request: 'bait' };
      await journal.append(await journal.tip(), commitOf(1, { changes: [added(bait)] }));
      await journal.append(await journal.tip(), commitOf(2, { request: odd }));
      await appendMany(journal, 3);
      expect(await journal.findRequest('request-1')).toBe(1);
      expect(await journal.findRequest(odd)).toBe(2);
      expect(await journal.findRequest('request-5')).toBe(5);
      expect(await journal.findRequest('bait')).toBeUndefined();
      expect(await journal.findRequest('request-')).toBeUndefined();
    });

    test('mentions are the changes of the records that were asked for, the newest first, whatever the texts say', async () => {
      const idOf = (change: Change) => ('add' in change ? change.add.id : change.id);
      const id = fc.constantFrom('D1', 'D11', 'C1');
      const kindOf = (its: string) => (its.startsWith('D') ? 'deal' : 'contact');
      const odd = fc.oneof(json, fc.constantFrom('"id":"D1"', { id: 'D1' } as never));
      const change = fc.oneof(
        fc.record({ add: fc.record({ note: odd, id }) }),
        fc
          .record({ id, set: fc.record({ note: fc.tuple(odd, odd) }) })
          .map(({ id: its, set }) => ({ kind: kindOf(its), id: its, set })),
        id.map(its => ({ kind: kindOf(its), id: its, rm: { id: its } })),
      ) as fc.Arbitrary<Change>;
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(change, { minLength: 1, maxLength: 4 }), { maxLength: 6 }),
          fc.uniqueArray(id, { minLength: 1 }),
          async (commits, asked) => {
            const journal = make().open();
            for (const [i, changes] of commits.entries())
              await journal.append(await journal.tip(), commitOf(i + 1, { changes }));
            const ids = new Set<string>(asked);
            const wanted = (await journal.read(0)).reverse().flatMap(({ seq, at, by, via, changes }) => {
              const own = changes.filter(each => ids.has(idOf(each)));
              return own.length > 0 ? [{ seq, at, by, via, changes: own }] : [];
            });
            const found = [];
            for await (const mention of journal.mentions(ids)) found.push(mention);
            expect(found).toEqual(wanted);
            const whole = [];
            for await (const tx of journal.about(ids)) whole.push(tx);
            const all = (await journal.read(0)).reverse();
            expect(whole).toEqual(all.filter(({ seq }) => wanted.some(each => each.seq === seq)));
          },
        ),
        { numRuns: runs(10) },
      );
    });

    /** A journal of five, and a purge that erases C1 from the second and the third. */
    const withPurge = async (home: { open(): Journal }) => {
      const journal = home.open();
      const add = added({ id: 'C1', name: 'Jane Roe' });
      const set: Change = { kind: 'contact', id: 'C1', set: { name: ['Jane Roe', 'Jane Doe'] } };
      await appendMany(journal, 1);
      await journal.append(await journal.tip(), commitOf(2, { changes: [add, added({ id: 'D2' })] }));
      await journal.append(await journal.tip(), commitOf(3, { changes: [set] }));
      await appendMany(journal, 2);
      const left = (await journal.read(1, 3)).map(tx => without(tx, new Set(['C1']), 6));
      const erases = left.map(tx => ({ seq: tx.seq, now: encodeLeft(tx).now }));
      const changes: Change[] = [{ kind: 'contact', id: 'C1', rm: { id: 'C1' }, purge: true }];
      await journal.append(await journal.tip(), commitOf(6, { changes, erases }));
      return journal;
    };

    const jane = new Set(['C1']);

    test('a purge takes out of earlier transactions what it says, and the chain holds', async () => {
      const home = make();
      const journal = await withPurge(home);
      const before = await journal.read(0);
      await journal.redact(6, jane);
      const other = home.open();
      const after = await other.read(0);
      expect(JSON.stringify(after)).not.toContain('Jane');
      expect(after.map(tx => 'salt' in tx)).toEqual([true, false, false, true, true, true]);
      expect(after.map(tx => [tx.seq, tx.prev, tx.hash, tx.request])).toEqual(
        before.map(tx => [tx.seq, tx.prev, tx.hash, tx.request]),
      );
      expect(after.map(tx => tx.purged)).toEqual([undefined, 6, 6, undefined, undefined, undefined]);
      expect(after[1]!.changes).toEqual([added({ id: 'D2' })]);
      expect(after[5]!.erases?.map(({ seq }) => seq)).toEqual([2, 3]);
      expect(await other.findRequest('request-2')).toBe(2);
      // Again, and in the middle of the reading, and then a later purge of what the first one did.
      await other.redact(6, jane);
      expect((await other.read(1, 3)).map(tx => tx.seq)).toEqual([2, 3]);
      const both = new Set(['D2', 'C1']);
      const again = (await other.read(0)).flatMap(tx =>
        tx.seq === 2 || tx.seq === 6 ? without(tx, both, 7) : [],
      );
      const erases = again.map(tx => ({ seq: tx.seq, now: encodeLeft(tx).now }));
      await other.append(await other.tip(), commitOf(7, { changes: [], erases }));
      await other.redact(7, both);
      const last = await home.open().read(0);
      expect(last.map(tx => tx.changes.length)).toEqual([1, 0, 0, 1, 1, 0, 0]);
      expect(await home.open().append(await other.tip(), commitOf(8))).toMatchObject({ seq: 8 });
    });

    test('nothing is taken out that no purge has said', async () => {
      const home = make();
      const journal = await withPurge(home);
      const before = await journal.read(0);
      for (const wrong of [[], ['D2'], ['C2'], ['D4']])
        await expect(journal.redact(6, new Set(wrong))).rejects.toMatchObject({ kind: 'INVALID' });
      for (const none of [1, 5, 99]) await journal.redact(none, jane);
      expect(await home.open().read(0)).toEqual(before);
      // The third is left as the purge says, and the second, in which D2 is, would not be.
      await expect(journal.redact(6, new Set(['C1', 'D2']))).rejects.toMatchObject({ kind: 'INVALID' });
      const after = await home.open().read(0);
      expect(after[1]).toEqual(before[1]);
      expect(after[2]!.changes).toEqual([]);
    });

    test('a transaction may be large', async () => {
      const journal = make().open();
      const many = Array.from({ length: 20_000 }, (_, i) =>
        added({ id: `D${i + 1}`, title: `é${i}`.repeat(10) }),
      );
      const tip = await journal.append(await journal.tip(), commitOf(1, { changes: many }));
      const [tx] = await journal.read(0);
      expect(tx!.changes).toEqual(many);
      expect(tx!.hash).toBe(tip!.hash);
    });

    test('behaves as a list to which one can only append (property)', async () => {
      const step = fc.record({
        stale: fc.nat(2),
        commit: fc.record({
          request: fc.uuid(),
          via: fc.string(),
          changes: fc.array(changes, { maxLength: 3 }),
        }),
        after: fc.nat(12),
        to: fc.option(fc.nat(12), { nil: undefined }),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 10 }), async steps => {
          const journal = make().open();
          const tips: Tip[] = [{ seq: 0, hash: GENESIS }];
          const model: Commit[] = [];
          for (const { stale, commit, after, to } of steps) {
            const from = tips.at(-1 - Math.min(stale, tips.length - 1))!;
            const whole = commitOf(1, commit);
            const tip = await journal.append(from, whole);
            expect(tip !== undefined).toBe(from === tips.at(-1));
            if (tip) {
              tips.push(tip);
              model.push(whole);
            }
            expect(await journal.tip()).toEqual(tips.at(-1));
            const wanted = model.slice(after, to ?? model.length);
            const read = await journal.read(after, to);
            expect(read.map(({ request, via, changes }) => ({ request, via, changes }))).toEqual(
              JSON.parse(
                JSON.stringify(wanted.map(({ request, via, changes }) => ({ request, via, changes }))),
              ),
            );
          }
        }),
        { numRuns: runs(10) },
      );
    });
  });
}
