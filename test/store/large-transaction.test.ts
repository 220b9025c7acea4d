/** How much of a large transaction, and of the snapshot that it became, is in memory at once. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Io } from '../../src/store/disk/io.ts';
import { WINDOW } from '../../src/store/lines/line-window.ts';
import { emptyDirectory, type TestWorkspace, workspace } from '../harness.ts';
import { hookedIo, unsyncedIo } from './hooked-io.ts';

const DEALS = 170;
/** Bytes, at least, of a line of the journal. */
const LINE = 10_000;

/** Runs a command; returns the most bytes of the workspace's files that it read in one piece. */
async function mostAtOnce(ws: TestWorkspace, ...argv: string[]): Promise<number> {
  let most = 0;
  const ofData = new Set<number>();
  const openSync: Io['openSync'] = (path, flags, mode) => {
    const fd = unsyncedIo.openSync(path, flags, mode);
    if (/\/data\//.test(String(path))) ofData.add(fd);
    else ofData.delete(fd);
    return fd;
  };
  const readSync = ((fd: number, into: Uint8Array, offset: number, length: number, at: number | null) => {
    if (ofData.has(fd)) most = Math.max(most, length);
    return unsyncedIo.readSync(fd, into, offset, length, at);
  }) as Io['readSync'];
  const readFileSync = ((path: number | string) => {
    const bytes = unsyncedIo.readFileSync(path);
    if (ofData.has(path as number)) most = Math.max(most, bytes.length);
    return bytes;
  }) as Io['readFileSync'];
  await ws.ok(argv, { io: hookedIo({ openSync, readSync, readFileSync }, unsyncedIo) });
  return most;
}

/** Runs a command that does not find a file when it opens it for the second time; returns how often it opens the file. */
async function opensWithoutTheSecond(ws: TestWorkspace, path: string, ...argv: string[]): Promise<number> {
  let opens = 0;
  const openSync: Io['openSync'] = (each, flags, mode) => {
    if (String(each) === path && ++opens === 2) throw Object.assign(new Error('packed'), { code: 'ENOENT' });
    return unsyncedIo.openSync(each, flags, mode);
  };
  await ws.ok(argv, { io: hookedIo({ openSync }, unsyncedIo) });
  return opens;
}

test('doctor and export all hold a part of a large transaction and of its snapshot in memory, and see all of it', async () => {
  const ws = await workspace('sales');
  const csv = join(emptyDirectory(), 'deals.csv');
  const rows = Array.from({ length: DEALS }, (_, i) => `Deal ${i},${`text ${i} `.repeat(LINE / 8)}`);
  writeFileSync(csv, `title,description\n${rows.join('\n')}\n`);
  await ws.ok(['import', 'deals', csv]);
  const journal = join(ws.dir, 'data/journal');
  const path = join(journal, readdirSync(journal).sort().at(-1)!);
  for (const file of [path, join(ws.dir, 'data/deals.jsonl')])
    expect(statSync(file).size).toBeGreaterThan(5 * WINDOW);

  expect(await mostAtOnce(ws, 'doctor')).toBeLessThanOrEqual(WINDOW);
  expect(await opensWithoutTheSecond(ws, path, 'doctor')).toBeGreaterThan(2);

  const out = join(emptyDirectory(), 'out');
  expect(await mostAtOnce(ws, 'export', 'all', out)).toBeLessThanOrEqual(4 * WINDOW);
  // Compared as bytes: toEqual looks at each of two million for itself.
  const exported = readFileSync(join(out, 'data/deals.jsonl'));
  expect(exported.equals(readFileSync(join(ws.dir, 'data/deals.jsonl')))).toBe(true);
  expect((await ws.crm(['-C', out, 'doctor'])).code).toBe(0);

  const bytes = readFileSync(path);
  const damaged = Buffer.from(bytes);
  damaged.write('T', bytes.indexOf('text 90 '));
  writeFileSync(path, damaged);
  const ran = await ws.crm(['doctor']);
  expect(ran.code).toBe(5);
  expect(ran.out).toContain('its content does not have the hash it declares');
});
