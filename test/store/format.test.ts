/** FORMAT.md, taken at its word: a workspace is verified without any code of crm's store. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { workspace } from '../harness.ts';
import { Home } from './home.ts';

const sha256 = (...parts: readonly (string | Buffer)[]): string => {
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part);
  return digest.digest('base64url');
};

interface CommitLine {
  readonly seq: number;
  readonly prev: string;
  readonly hash: string;
}

/** The order of the keys of a commit line, as FORMAT.md says it. */
const ORDER = [
  'seq',
  'prev',
  'hash',
  'request',
  'asked',
  'at',
  'by',
  'via',
  'salt',
  'trigger',
  'undoes',
  'purged',
];

/** The commit lines of a journal's file, each with the hash that its lines have. */
function* transactionsIn(bytes: Buffer): Generator<CommitLine & { readonly computed: string }> {
  let begin = 0;
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf('\n', start) + 1;
    const line = JSON.parse(bytes.toString('utf8', start, end));
    if ('seq' in line && line.kind !== 'purge') {
      expect(Object.keys(line)).toEqual(ORDER.filter(key => key in line));
      const { hash: _, ...unhashed } = line;
      yield { ...line, computed: sha256(bytes.subarray(begin, start), JSON.stringify(unhashed)) };
      begin = end;
    }
    start = end;
  }
}

test('the journal and the snapshots are as FORMAT.md says', async () => {
  const ws = await workspace();
  await ws.ok(['deal', 'add', 'Stühle', '--value', '5200', '--contact', 'jane@example.com']);
  await ws.ok('task add Call --for D1 --due tomorrow');
  await ws.ok('deal set D1 value=5900');
  await ws.ok('deal rm D1');
  await ws.ok('run');
  const journal = join(ws.dir, 'data/journal');
  const names = readdirSync(journal).sort();
  let last: CommitLine = { seq: 0, prev: '', hash: '' };
  for (const name of names) {
    for (const each of transactionsIn(readFileSync(join(journal, name)))) {
      expect(name).toBe(`${String(each.seq).padStart(8, '0')}.jsonl`);
      expect(each).toMatchObject({ seq: last.seq + 1, prev: last.hash, hash: each.computed });
      last = each;
    }
  }
  expect(last.seq).toBeGreaterThanOrEqual(5);

  const snapshots = readdirSync(join(ws.dir, 'data')).filter(name => name.endsWith('.jsonl'));
  expect(snapshots).toContain('trash.jsonl');
  for (const name of snapshots) expect(recordsOf(join(ws.dir, 'data', name), 1)).toHaveProperty('length');
});

/** The records of a snapshot of this format, which is intact. */
function recordsOf(path: string, format: 1 | 2): readonly Record<string, unknown>[] {
  const bytes = readFileSync(path);
  const width = format === 1 ? 255 : 511;
  expect(bytes.indexOf('\n')).toBe(width);
  const { checksum, ...head } = JSON.parse(bytes.toString('utf8', 0, width));
  expect(head).toMatchObject({ snapshot: basename(path, '.jsonl'), format });
  expect(head.shared === undefined).toBe(format === 1);
  const lines = bytes.subarray(width + 1);
  expect(checksum).toBe(sha256(lines, JSON.stringify(head)).slice(0, 22));
  const records = lines
    .toString()
    .split('\n')
    .slice(0, -1)
    .map(line => ({ ...head.shared, ...JSON.parse(line) }));
  expect(records).toHaveLength(head.records);
  return records;
}

test('a large snapshot is as FORMAT.md says', async () => {
  const home = new Home();
  home.sharesFrom = 2;
  await home.commit(draft => {
    for (const currency of ['EUR', 'USD', 'EUR', undefined, 'EUR'])
      draft.add('deal', { title: 'Chairs', ...(currency && { currency }), pipeline: 'sales', stage: 'new' });
  });
  await home.checkpoint();
  const at = '2026-09-14T08:00:01.000Z';
  const usual = {
    title: 'Chairs',
    pipeline: 'sales',
    stage: 'new',
    createdAt: at,
    updatedAt: at,
    stageSince: at,
  };
  expect(recordsOf(home.path('data/deals.jsonl'), 2)).toEqual(
    ['EUR', 'USD', 'EUR', null, 'EUR'].map((currency, i) => ({ id: `D${i + 1}`, currency, ...usual })),
  );
});
