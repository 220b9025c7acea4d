/** What every remote must do, wherever it keeps the shared journal. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Change } from '../../../src/domain/changes.ts';
import { recordKinds } from '../../../src/kinds/index.ts';
import { decode, GENESIS } from '../../../src/store/lines/encoding.ts';
import { FileJournal } from '../../../src/store/journal/file-journal.ts';
import { encodeLeft, type Tip, without } from '../../../src/store/journal/journal.ts';
import { readSealed } from '../../../src/store/journal/journal-bytes.ts';
import { JournalDirectory } from '../../../src/store/journal/journal-directory.ts';
import { appendSurely } from '../../../src/store/remotes/append-surely.ts';
import type { Remote } from '../../../src/store/remotes/remote.ts';
import { seal, type Sealed, sealedOne, tipOf } from '../../../src/store/journal/sealed.ts';
import { added } from '../../added.ts';
import { emptyDirectory } from '../../harness.ts';
import { unsyncedIo } from '../hooked-io.ts';
import { commitOf } from '../journal-contract.ts';
import { LosingRemote } from './losing.ts';

/** One shared journal, empty at first. */
export interface RemoteHome {
  /** Opens it as one more machine does. */
  open(): Remote | Promise<Remote>;
  /** Makes it refuse to be written, and says so in words that the error must have. Left out: it cannot be made to. */
  refuse?(): { readonly words: RegExp; allow(): void };
}

const START: Tip = { seq: 0, hash: GENESIS };
let count = 0;
const salt = () => `salt-${++count}`;

/** `count` transactions that follow each other, after `after`. */
export function chain(after: Tip, many: number, by = 'ana'): Sealed[] {
  const made: Sealed[] = [];
  for (let tip = after; made.length < many; tip = tipOf(made.at(-1)!))
    made.push(seal(tip, commitOf(tip.seq + 1, { by, request: `${by}-${tip.seq + 1}` }), salt()));
  return made;
}

const texts = (transactions: readonly Sealed[]) => transactions.map(({ bytes }) => bytes.toString());

/** `make` gives a new, empty home; `rounds` is how often machines append at once. */
export function remoteContract(name: string, make: () => RemoteHome | Promise<RemoteHome>, rounds = 3): void {
  describe(name, () => {
    const open = async (home: RemoteHome): Promise<Remote> => {
      const remote = await home.open();
      onTestFinished(() => remote.close());
      return remote;
    };

    test('is empty at first', async () => {
      const remote = await open(await make());
      expect(await remote.tip()).toEqual(START);
      expect(await remote.read(0, 10)).toEqual([]);
    });

    test('gives back to every machine the bytes of the local journal, whose chain of hashes holds, by the page that is asked for', async () => {
      const home = await make();
      const writer = await open(home);
      const dir = join(emptyDirectory(), 'journal');
      mkdirSync(dir);
      const journal = new FileJournal(
        unsyncedIo,
        dir,
        { name: () => `.tmp-0-0-${++count}` },
        salt,
        recordKinds,
      );
      for (let tip = START; tip.seq < 5; )
        tip = (await journal.append(tip, commitOf(tip.seq + 1, { by: 'Zoë "\u2028😀' })))!;
      const local = readSealed(unsyncedIo, new JournalDirectory(unsyncedIo, dir), 0, 5);
      const all = [...local, ...chain(tipOf(local[4]!), 2)];
      expect(await writer.append(START, all.slice(0, 1))).toEqual({ outcome: 'committed' });
      expect(await writer.append(tipOf(all[0]!), all.slice(1, 5))).toEqual({ outcome: 'committed' });
      expect(await writer.append(tipOf(all[4]!), all.slice(5))).toEqual({ outcome: 'committed' });
      const other = await open(home);
      expect(await other.tip()).toEqual(tipOf(all[6]!));
      for (const reader of [writer, other]) {
        const read = await reader.read(0, 10);
        const namesOf = ({ seq, prev, hash, request }: Sealed) => ({ seq, prev, hash, request });
        expect(read.map(namesOf)).toEqual(all.map(namesOf));
        expect(texts(read)).toEqual(texts(all));
        const bytes = Buffer.concat(read.map(each => each.bytes));
        const decoded = [...decode(recordKinds, bytes, 'the remote', () => undefined)];
        expect(decoded.map(tx => tx.prev)).toEqual([GENESIS, ...all.slice(0, -1).map(tx => tx.hash)]);
        const seqs = async (after: number, limit: number) =>
          (await reader.read(after, limit)).map(tx => tx.seq);
        expect(await seqs(0, 3)).toEqual([1, 2, 3]);
        expect(await seqs(2, 2)).toEqual([3, 4]);
        expect(await seqs(3, 100)).toEqual([4, 5, 6, 7]);
        expect(await seqs(6, 1)).toEqual([7]);
        expect(await seqs(7, 5)).toEqual([]);
        expect(await seqs(99, 5)).toEqual([]);
      }
    });

    test('gives a number once: whoever comes second is told so, and writes nothing; a machine that was open before sees what others appended', async () => {
      const home = await make();
      const [a, b] = [await open(home), await open(home)];
      // A number that it does not have yet.
      const ahead = chain(START, 4);
      expect(await a.append(tipOf(ahead[2]!), ahead.slice(3))).toEqual({ outcome: 'conflict' });
      expect(await b.tip()).toEqual(START);
      const shared = chain(START, 3);
      await a.append(START, shared);
      const tip = tipOf(shared[2]!);
      expect(await b.tip()).toEqual(tip);
      expect(texts(await b.read(1, 5))).toEqual(texts(shared.slice(1)));
      const won = chain(tip, 1);
      expect(await a.append(tip, won)).toEqual({ outcome: 'committed' });
      expect(await b.append(tip, chain(tip, 1, 'ben'))).toEqual({ outcome: 'conflict' });
      expect(await b.append(START, chain(START, 1, 'ben'))).toEqual({ outcome: 'conflict' });
      // The right number, on another history.
      const elsewhere = { seq: 4, hash: 'of-another-history' };
      expect(await b.append(elsewhere, chain(elsewhere, 1, 'ben'))).toEqual({ outcome: 'conflict' });
      expect(texts(await b.read(0, 10))).toEqual(texts([...shared, ...won]));
    });

    test('commits the same bytes again without a change, also when others went on', async () => {
      const home = await make();
      const [a, b] = [await open(home), await open(home)];
      const ours = chain(START, 2);
      await a.append(START, ours);
      expect(await a.append(START, ours)).toEqual({ outcome: 'committed' });
      const theirs = chain(tipOf(ours[1]!), 1, 'ben');
      await b.append(tipOf(ours[1]!), theirs);
      expect(await a.append(START, ours)).toEqual({ outcome: 'committed' });
      expect(texts(await a.read(0, 10))).toEqual(texts([...ours, ...theirs]));
    });

    test('lets one of many machines that append at once have each number', async () => {
      const home = await make();
      const machines = [await open(home), await open(home), await open(home)];
      for (let round = 0; round < rounds; round++) {
        const tip = await machines[0]!.tip();
        const results = await Promise.all(
          machines.map((machine, i) => appendSurely(machine, tip, chain(tip, 1, `machine-${i}`), [1, 1, 1])),
        );
        expect(results.filter(won => won)).toHaveLength(1);
      }
      const all = await machines[1]!.read(0, 10);
      expect(all.map(tx => tx.prev)).toEqual([GENESIS, ...all.slice(0, -1).map(tx => tx.hash)]);
      expect(all).toHaveLength(rounds);
    });

    test.each(['before', 'after'] as const)(
      'an append cut %s it arrived is put again, and is there once',
      async loss => {
        const remote = await open(await make());
        const ours = chain(START, 2);
        expect(await appendSurely(new LosingRemote(remote, [loss, loss]), START, ours, [0, 0])).toBe(true);
        expect(texts(await remote.read(0, 10))).toEqual(texts(ours));
      },
    );

    test('an append cut before it arrived has lost if somebody else was first', async () => {
      const home = await make();
      const [a, b] = [await open(home), await open(home)];
      const losing = new LosingRemote(a, ['before']);
      const ours = chain(START, 1);
      expect((await losing.append(START, ours)).outcome).toBe('unsure');
      const theirs = chain(START, 1, 'ben');
      await b.append(START, theirs);
      expect(await appendSurely(losing, START, ours, [])).toBe(false);
      expect(texts(await a.read(0, 10))).toEqual(texts(theirs));
    });

    test('an append of which nobody can say anything fails with the id of its request', async () => {
      const remote = await open(await make());
      const ours = chain(START, 1);
      const losing = new LosingRemote(remote, ['before', 'before']);
      await expect(appendSurely(losing, START, ours, [0])).rejects.toMatchObject({
        kind: 'FAILED',
        message: expect.stringMatching(/^not known whether this was saved: /),
        hint: expect.stringContaining(`--request-id ${ours[0]!.request}`),
      });
    });

    test('says a refusal in the words of the remote, and not as a conflict', async () => {
      const home = await make();
      if (!home.refuse) return;
      const remote = await open(home);
      const ours = chain(START, 2);
      await remote.append(START, ours.slice(0, 1));
      const { words, allow } = home.refuse();
      const append = () => remote.append(tipOf(ours[0]!), ours.slice(1));
      try {
        await expect(append()).rejects.toMatchObject({
          kind: 'FAILED',
          message: expect.stringMatching(words),
        });
      } finally {
        allow();
      }
      expect(await append()).toEqual({ outcome: 'committed' });
    });

    describe('a purge', () => {
      /** Five transactions, of which the second and third have Jane, and what a purge leaves of these two. */
      const withJane = () => {
        const jane: Change = added({ id: 'C1', name: 'Jane Roe' });
        const later: Change = { kind: 'contact', id: 'C1', set: { name: ['Jane Roe', 'Jane Doe'] } };
        const all: Sealed[] = [];
        const add = (changes?: Change[]) => {
          const tip = all.length === 0 ? START : tipOf(all.at(-1)!);
          all.push(seal(tip, commitOf(tip.seq + 1, changes && { changes }), salt()));
        };
        add();
        add([jane, added({ id: 'D2' })]);
        add([later]);
        add();
        add();
        const left = all.slice(1, 3).map(({ bytes }) => {
          const [tx] = decode(recordKinds, bytes, 'test', () => undefined);
          return sealedOne(Buffer.concat(encodeLeft(without(tx!, new Set(['C1']), 5)).lines), 'what is left');
        });
        return { all, left };
      };

      test('takes its bytes out of what every machine reads, and the chain holds', async () => {
        const home = await make();
        const [a, b] = [await open(home), await open(home)];
        const { all, left } = withJane();
        await a.append(START, all);
        await b.read(0, 10);
        expect(await a.redact(tipOf(all[4]!), left)).toBe('redacted');
        for (const remote of [a, b, await open(home)]) {
          const read = await remote.read(0, 10);
          expect(texts(read).join('')).not.toContain('Jane');
          expect(texts(read)).toEqual(texts([all[0]!, ...left, all[3]!, all[4]!]));
          expect(read.map(tx => tx.hash)).toEqual(all.map(tx => tx.hash));
          expect(await remote.tip()).toEqual(tipOf(all[4]!));
        }
        expect(await a.redact(tipOf(all[4]!), left)).toBe('redacted');
        const next = chain(tipOf(all[4]!), 1);
        expect(await b.append(tipOf(all[4]!), next)).toEqual({ outcome: 'committed' });
        expect(texts(await a.read(4, 10))).toEqual(texts([all[4]!, ...next]));
      });

      test('changes nothing if somebody appended meanwhile, or a transaction is another one', async () => {
        const home = await make();
        const [a, b] = [await open(home), await open(home)];
        const { all, left } = withJane();
        await a.append(START, all);
        const more = chain(tipOf(all[4]!), 1);
        const foreign = left.map(each => ({ ...each, hash: 'another' }));
        await expect(a.redact(tipOf(all[4]!), foreign)).rejects.toMatchObject({ kind: 'INVALID' });
        await b.append(tipOf(all[4]!), more);
        expect(await a.redact(tipOf(all[4]!), left)).toBe('conflict');
        expect(texts(await b.read(0, 10))).toEqual(texts([...all, ...more]));
        expect(await a.redact(tipOf(more[0]!), left)).toBe('redacted');
      });
    });
  });
}
