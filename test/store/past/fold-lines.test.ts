import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asStored, type Change } from '../../../src/domain/changes.ts';
import { recordKinds } from '../../../src/kinds/index.ts';
import { type DealHistory, historyColumnNames, type HistoryColumn } from '../../../src/state/deal-history.ts';
import { HistoryFold } from '../../../src/state/fold-history.ts';
import { GENESIS } from '../../../src/store/lines/encoding.ts';
import { FileJournal } from '../../../src/store/journal/file-journal.ts';
import { LineFold } from '../../../src/store/past/fold-lines.ts';
import { WINDOW } from '../../../src/store/lines/line-window.ts';
import { JournalLines } from '../../../src/store/journal/journal-lines.ts';
import { PACK_SIZE } from '../../../src/store/journal/journal-directory.ts';
import { added } from '../../added.ts';
import { emptyDirectory } from '../../harness.ts';
import { type RandomTransaction, randomHistory } from '../../state/random-history.ts';
import { unsyncedIo } from '../hooked-io.ts';
import { commitOf } from '../journal-contract.ts';
import { runs } from '../../effort.ts';

/** Rows with words instead of their positions, which depend on what was met first. */
function rowsOf(history: DealHistory) {
  const columns = historyColumnNames.map(name => [name, history[name]] as const);
  const word = (name: HistoryColumn, code: number) =>
    Object.hasOwn(history.words, name) ? history.words[name as 'stage'][code] : code;
  return Array.from({ length: history.rows }, (_, row) =>
    Object.fromEntries(columns.map(([name, column]) => [name, word(name, column[row]!)])),
  );
}

function byObjects(transactions: readonly Pick<RandomTransaction, 'seq' | 'hash' | 'at' | 'changes'>[]) {
  const fold = new HistoryFold();
  for (const tx of transactions) fold.take(tx);
  return rowsOf(fold.finish());
}

/** The same change as another program would write it. */
const writings: readonly ((text: string) => string)[] = [
  text => text,
  text => text.replace('{', '{ '),
  text => text.replaceAll('":', '": '),
  text => text.replaceAll('"stage', '"\\u0073tage'),
  text => text.replaceAll('"deal"', '"d\\u0065al"').replaceAll('"D', '"\\u0044'),
  text => text.replaceAll('.000Z', 'Z'),
  text => JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text)).reverse())),
  text =>
    text.replace(
      '"set":{',
      '"set":{"title":["a \\"],[{",null],"tags":[["x","]"],["y\\\\"]],"fields.n":[1,-2.5],',
    ),
  text =>
    text.replace(
      /("add":\{"id":"D\d+",)/,
      '$1"fields":{"source":"]}\\"","list":["a","{"]},"tags":["\\\\"],"props":{"a":{"b":[1,{}]}},"probability":40,',
    ),
];

describe('the fold of lines', () => {
  test('makes the history that the fold of objects makes, however a line is written', () => {
    const written = fc.tuple(randomHistory(), fc.array(fc.nat(writings.length - 1), { minLength: 1 }));
    fc.assert(
      fc.property(written, ([{ transactions }, picks]) => {
        const fold = new HistoryFold();
        const lines = new LineFold(fold, recordKinds, { seq: 0, hash: GENESIS });
        let count = 0;
        for (const { changes, ...head } of transactions) {
          lines.begin(head as never, 0);
          const texts = changes.map(change => {
            const text = JSON.stringify(asStored(change));
            return `${writings[picks[count++ % picks.length]!]!(text)}\n`;
          });
          const bytes = Buffer.from(texts.join(''));
          lines.lines(bytes, bytes.length);
        }
        expect(rowsOf(fold.finish())).toEqual(byObjects(transactions));
      }),
      { numRuns: runs(100) },
    );
  });

  test('ignores other records, and refuses lines that are not changes', () => {
    const fold = new HistoryFold();
    const lines = new LineFold(fold, recordKinds, { seq: 0, hash: GENESIS });
    lines.begin({ seq: 1, hash: 'a', prev: GENESIS, at: '2026-01-05T08:00:00.000Z' } as never, 0);
    const take = (...texts: string[]) => {
      const bytes = Buffer.from(texts.map(text => `${text}\n`).join(''));
      lines.lines(bytes, bytes.length);
    };
    take(
      '{"add":{"id":"A1","name":"Hill, {\\"kind\\":\\"deal\\"}"}}',
      '{"kind":"contact","id":"C1","set":{"name":["a","b"]}}',
      '{"kind":"file","id":"crm.yaml","set":{"text":["","{\\"add\\":{\\"id\\":\\"D1\\"}}"]}}',
    );
    expect(lines.erases).toBe(false);
    expect(() => take('{"add":{"id":"D1","stage":7}}')).toThrow('stage cannot be 7');
    expect(() => take('{"kind":"deal","id":"D1","set":{"value":["1","x"]}}')).toThrow('value cannot be "x"');
    expect(() => take('{"add":{"id":"D1","stage":"new"')).toThrow('not a JSON object');
    take('{"kind":"purge","seq":1,"now":"b"}');
    expect(lines.erases).toBe(true);
    expect(fold.finish().rows).toBe(0);
  });
});

let count = 0;
function openJournal(dir: string): FileJournal {
  const temporary = { name: () => `.tmp-0-0-${++count}` };
  return new FileJournal(unsyncedIo, dir, temporary, () => `salt-${++count}`, recordKinds);
}

async function journalOf(transactions: readonly (readonly Change[])[]) {
  const dir = join(emptyDirectory(), 'journal');
  mkdirSync(dir);
  const journal = openJournal(dir);
  for (const changes of transactions)
    await journal.append(await journal.tip(), { ...commitOf(1), changes } as never);
  return { dir, journal };
}

const byLines = async (journal: FileJournal, to: number) => {
  const fold = new HistoryFold();
  const lines = new JournalLines(unsyncedIo, journal.dir, journal);
  await lines.read(0, to, new LineFold(fold, recordKinds, { seq: 0, hash: GENESIS }));
  return rowsOf(fold.finish());
};

const deal = (number: number, title = 'Chairs'): Change =>
  added({
    id: `D${number}`,
    title,
    value: `${number}.50`,
    currency: 'EUR',
    pipeline: 'sales',
    stage: 'new',
    status: 'open',
  } as never);

describe('a journal', () => {
  test('is read by lines as by objects, in packs and in files that are larger than the window', async () => {
    const many = Array.from({ length: 2500 }, (_, i) => deal(i + 1, `Chairs ${'x'.repeat(i % 200)}`));
    const long = deal(5000, 'y'.repeat(700_000));
    const small = Array.from({ length: PACK_SIZE }, (_, i) => [deal(6000 + i)]);
    const { journal } = await journalOf([
      many,
      [long, deal(5001)],
      ...small,
      [...many.slice(0, 0), deal(7000)],
    ]);
    const read = await journal.read(0);
    expect(await byLines(journal, read.length)).toEqual(byObjects(read));
    journal.pack(read.length);
    expect(await byLines(journal, read.length)).toEqual(byObjects(read));
    expect(await byLines(journal, 200)).toEqual(byObjects(read.slice(0, 200)));
  });

  test('that is damaged is refused as when it is read', async () => {
    const { dir, journal } = await journalOf([[deal(1)], [deal(2)], [deal(3)]]);
    const path = join(dir, readdirSync(dir).sort()[1]!);
    const sound = readFileSync(path);
    for (let at = 0; at < sound.length; at += 7) {
      const damaged = Buffer.from(sound);
      damaged[at]! ^= 1;
      writeFileSync(path, damaged);
      await expect(journal.read(0)).rejects.toThrow();
      await expect(byLines(journal, 3)).rejects.toThrow();
    }
    writeFileSync(path, sound.subarray(0, sound.length - 1));
    await expect(byLines(journal, 3)).rejects.toThrow('damaged');
  });

  test('with damage in a file that is larger than the window is refused', async () => {
    const large = Array.from({ length: 300 }, (_, i) => deal(i + 1, 'x'.repeat(1000)));
    const { dir, journal } = await journalOf([large, [deal(1000)]]);
    const [path, next] = readdirSync(dir)
      .sort()
      .map(name => join(dir, name)) as [string, string];
    const sound = readFileSync(path);
    expect(sound.length).toBeGreaterThan(WINDOW);
    const commit = sound.lastIndexOf('\n{"seq":') + 1;
    const flipped = [0, 150_000, commit - 2, commit - 1, commit, commit + 20, sound.length - 1].map(at => {
      const damaged = Buffer.from(sound);
      damaged[at]! ^= 1;
      return damaged;
    });
    const cut = [sound.subarray(0, sound.length - 1), sound.subarray(0, commit), sound.subarray(100)];
    const longer = ['\n', ' ', '{}\n', readFileSync(next)].map(rest =>
      Buffer.concat([sound, Buffer.from(rest)]),
    );
    for (const damaged of [...flipped, ...cut, ...longer]) {
      writeFileSync(path, damaged);
      await expect(journal.read(0)).rejects.toThrow();
      await expect(byLines(journal, 2)).rejects.toThrow();
    }
    writeFileSync(path, sound);
    expect(await byLines(journal, 2)).toEqual(byObjects(await journal.read(0)));
  });

  test('of which a purge took something is read as what is left', async () => {
    const { journal } = await journalOf([[deal(1), deal(2)], [deal(3)]]);
    const [first] = await journal.read(0, 1);
    const { encodeLeft, without } = await import('../../../src/store/journal/journal.ts');
    const { now } = encodeLeft(without(first!, new Set(['D1']), 3));
    const erases = [{ seq: 1, now }];
    await journal.append(await journal.tip(), { ...commitOf(3), changes: [], erases } as never);
    await journal.redact(3, new Set(['D1']));
    const read = await journal.read(0);
    expect(await byLines(journal, 3)).toEqual(byObjects(read));
    expect((await byLines(journal, 3)).map(row => row.deal)).toEqual([2, 3]);
  });
});
