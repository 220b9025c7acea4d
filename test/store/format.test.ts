/** FORMAT.md, taken at its word: a workspace is verified without any code of crm's store. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { workspace } from '../harness.ts';

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
  for (const name of snapshots) {
    const bytes = readFileSync(join(ws.dir, 'data', name));
    expect(bytes.indexOf('\n')).toBe(255);
    const { checksum, ...head } = JSON.parse(bytes.toString('utf8', 0, 255));
    expect(head).toMatchObject({ snapshot: name.replace('.jsonl', ''), format: 1 });
    const lines = bytes.subarray(256);
    expect(checksum).toBe(sha256(lines, JSON.stringify(head)).slice(0, 22));
    expect(lines.toString().split('\n').length - 1).toBe(head.records);
  }
});
