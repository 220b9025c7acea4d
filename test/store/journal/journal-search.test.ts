/** What a search finds in a long journal is what reading all of it finds, with filters of its packs, without, and damaged. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { recordKinds } from '../../../src/kinds/index.ts';
import { GENESIS } from '../../../src/store/lines/encoding.ts';
import { FileJournal } from '../../../src/store/journal/file-journal.ts';
import type { Io } from '../../../src/store/disk/io.ts';
import { encodeCommit, isAbout, type Stored } from '../../../src/store/journal/journal.ts';
import { looseName, PACK_SIZE, packName } from '../../../src/store/journal/journal-directory.ts';
import { FILTERS_FILE } from '../../../src/store/journal/pack-filters.ts';
import { added } from '../../added.ts';
import { beforeReading, unsyncedIo } from '../hooked-io.ts';
import { commitOf } from '../journal-contract.ts';

/** More than are read before filters are asked, and so many more that filters are made. */
const PACKS = 33;
const LOOSE = 3;
const root = mkdtempSync(join(tmpdir(), 'crm-search-'));
const dir = join(root, 'data', 'journal');
const caches = join(root, 'caches');
const filters = join(caches, FILTERS_FILE);
const kept = { caches: { path: caches, make: () => caches }, version: 'test' };

let count = 0;
const open = (io: Io = unsyncedIo, version = 'test') =>
  new FileJournal(io, dir, { name: () => `.tmp-0-0-${++count}` }, () => 'salt', recordKinds, 'all', {
    ...kept,
    version,
  });

/** Of transaction `seq`: D1 changes in the first ones, D2 in every 1,000th, and others once. */
const idOf = (seq: number) => (seq < 9 ? 'D1' : seq % 1000 === 0 ? 'D2' : `D${seq}`);

/** All of it, the newest first. */
let all: readonly Stored[];

/** Writes a journal in packs. */
async function writeJournal(name: string): Promise<void> {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  let tip = { seq: 0, hash: GENESIS };
  let chunks: Buffer[] = [];
  for (let seq = 1; seq <= PACKS * PACK_SIZE + LOOSE; seq++) {
    const id = idOf(seq);
    const changes = [added({ id, title: `"id":"D1" ${name}`, note: { id: seq % 512 ? 'x' : 'D2' } })];
    const commit = { ...commitOf(seq, { changes }), request: `request-${seq}` };
    const hash = encodeCommit(tip, commit, 'salt', chunk => chunks.push(Buffer.from(chunk)));
    tip = { seq, hash };
    const isLoose = seq > PACKS * PACK_SIZE;
    if (!isLoose && seq % PACK_SIZE !== 0) continue;
    writeFileSync(join(dir, isLoose ? looseName(seq) : packName(seq / PACK_SIZE)), Buffer.concat(chunks));
    chunks = [];
  }
  all = (await open().read(0)).reverse();
}

const seqsOf = async (found: AsyncIterable<{ seq: number }>) => {
  const seqs: number[] = [];
  for await (const { seq } of found) seqs.push(seq);
  return seqs;
};

/** Searches that end in the first pack, in the last ones, or nowhere. */
const asked = [
  ['D1'],
  ['D2'],
  ['D9'],
  ['D8450'],
  ['D999999'],
  ['D9', 'D5000', 'D8000'],
  ['pipelines/é.yaml'],
];

async function expectAllFound(journal = open(), few = asked): Promise<void> {
  for (const ids of few.map(each => new Set(each))) {
    const wanted = all.filter(tx => isAbout(tx, ids));
    const found = [];
    for await (const tx of journal.about(ids)) found.push(tx);
    expect(found).toEqual(wanted);
    expect(await seqsOf(journal.mentions(ids))).toEqual(wanted.map(({ seq }) => seq));
  }
  const isWhole = few === asked;
  for (const seq of isWhole ? [1, 4000, PACKS * PACK_SIZE + LOOSE] : [1])
    expect(await journal.findRequest(`request-${seq}`)).toBe(seq);
  for (const unknown of isWhole ? ['request-0', 'request-', '"é'] : [])
    expect(await journal.findRequest(unknown)).toBeUndefined();
}

/** The number of packs that a search opens. */
async function packsRead(ids: readonly string[]): Promise<number> {
  const packs: string[] = [];
  const io = beforeReading(path => void (path.includes('pack-') && packs.push(path)));
  await seqsOf(open(io).mentions(new Set(ids)));
  return packs.length;
}

/** Searches so far that filters are made. */
const makeFilters = () => expectAllFound(open(), [['D1']]);

beforeAll(async () => {
  mkdirSync(caches);
  await writeJournal('one');
});
beforeEach(() => rmSync(filters, { force: true }));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('filters are made by the first search that reads far, and later ones skip what cannot have it', async () => {
  await seqsOf(open().mentions(new Set(['D8450'])));
  await expectAllFound();
  expect(readdirSync(caches)).toEqual([FILTERS_FILE]);
  await expectAllFound();
  // Sixteen without asking, the last one of the filters for its hash, and the one that has it.
  expect(await packsRead(['D9'])).toBeLessThanOrEqual(16 + 1 + 2);
  rmSync(filters);
  expect(await packsRead(['D9'])).toBeGreaterThanOrEqual(PACKS);
});

test('a search that ends in the last packs makes none', async () => {
  for await (const { seq } of open().about(new Set(['D2']))) if (seq <= 8000) break;
  expect(readdirSync(caches)).toEqual([]);
});

test('damaged filters hide nothing', async () => {
  await makeFilters();
  const sound = readFileSync(filters);
  for (const at of [0, 7, 256, 300, 700]) {
    const bytes = Buffer.from(sound);
    bytes[at]! ^= 0xff;
    writeFileSync(filters, bytes);
    await expectAllFound(open(), [['D1']]);
  }
  for (const length of [0, 256]) {
    writeFileSync(filters, sound.subarray(0, length));
    await expectAllFound(open(), [['D1']]);
    expect(readFileSync(filters)).toEqual(sound);
  }
});

test('filters of another journal, or another version, are not used', async () => {
  await makeFilters();
  const one = readFileSync(filters);
  await writeJournal('two');
  await expectAllFound();
  expect(readFileSync(filters)).not.toEqual(one);
  const two = readFileSync(filters);
  await expectAllFound(open(unsyncedIo, 'next'), [['D1']]);
  expect(readFileSync(filters)).not.toEqual(two);
});

test('a damaged transaction that is about a record is reported with its line; others are not read', async () => {
  await makeFilters();
  const path = join(dir, packName(1));
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace('"id":"D9"', '"id":"D9","x":1'));
  await expect(seqsOf(open().about(new Set(['D9'])))).rejects.toThrow(`${path}:18: transaction 9 is damaged`);
  expect(await seqsOf(open().about(new Set(['D10'])))).toEqual([10]);
  writeFileSync(path, text);
});
