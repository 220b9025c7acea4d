/** What was verified is not verified again while its file stays, and every change of the file is noticed. */
import { cpSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { examine } from '../../../src/app/care/doctor.ts';
import { nodeIo } from '../../../src/store/disk/io.ts';
import { Home } from '../home.ts';
import { headOf } from '../../../src/store/caches/text-cache.ts';
import { hookedIo } from '../hooked-io.ts';

const LONGER_THAN_A_TICK = 40;

/** Opens the state; returns the names of the files of data/ that were read whole, and how many bytes in pieces. */
async function read(home: Home): Promise<{ whole: string[]; bytes: number }> {
  const whole: string[] = [];
  let bytes = 0;
  const io = hookedIo({
    readFileSync: ((...args: Parameters<typeof nodeIo.readFileSync>) => {
      const [, name] = /\/data\/(.*)$/.exec(String(args[0])) ?? [];
      if (name !== undefined) whole.push(name);
      return nodeIo.readFileSync(...args);
    }) as typeof nodeIo.readFileSync,
    readSync: ((...args: Parameters<typeof nodeIo.readSync>) => {
      const count = nodeIo.readSync(...args);
      bytes += count;
      return count;
    }) as typeof nodeIo.readSync,
  });
  await home.opened(() => {}, io);
  return { whole, bytes };
}

/** A byte of a file as another one, in place: the file keeps its size. */
function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at]! ^= 1;
  writeFileSync(path, bytes);
}

async function withTail(): Promise<Home> {
  const home = new Home();
  await home.addLarge(40);
  for (let i = 0; i < 40; i++) await home.commit(draft => void draft.set('D1', { title: `Number ${i}` }));
  return home;
}

describe('the tail', () => {
  const loose = (names: string[]) => names.filter(name => name.startsWith('journal/'));

  test('is read from one file', async () => {
    const home = await withTail();
    await read(home);
    expect(loose((await read(home)).whole)).toEqual([]);
    await home.opened(state => expect(state.get('D1')!.title).toBe('Number 39'));
  });

  test('is not taken from the cache if its last file is another one', async () => {
    const home = await withTail();
    await read(home);
    flip(home.path('data/journal/00000020.jsonl'), 50);
    await read(home);
    const [, text] = readFileSync(home.cache('tail.json'), 'utf8').split('\n');
    const { transactions } = JSON.parse(text!);
    const last = home.path(`data/journal/000000${transactions.at(-1).seq}.jsonl`);
    writeFileSync(`${last}.new`, readFileSync(last));
    renameSync(`${last}.new`, last);
    await expect(read(home)).rejects.toThrow(/00000020\.jsonl.*damaged/s);
  });

  test.each(['', '{', 'null', '[]', '{"version":"other"}', '{"transactions":[null,1]}'])(
    'a cache of it that says %j is made again',
    async text => {
      const home = await withTail();
      const tail = home.cache('tail.json');
      for (const sum of ['', headOf(Buffer.from(text))]) {
        writeFileSync(tail, `${sum}${text}`);
        expect((await examine(home.world(), home.dir)).findings.map(f => f.file)).not.toContain(tail);
        await home.opened(state => expect(state.get('D1')!.title).toBe('Number 39'));
      }
    },
  );
});

describe('snapshots', () => {
  test('of a workspace that was copied are verified once', async () => {
    const home = await withTail();
    await sleep(LONGER_THAN_A_TICK);
    const copy = new Home(`${home.dir}-copy`);
    cpSync(home.dir, copy.dir, { recursive: true });
    await sleep(LONGER_THAN_A_TICK);
    const size = readFileSync(copy.path('data/deals.jsonl')).length;
    expect((await read(copy)).bytes).toBeGreaterThan(size);
    expect((await read(copy)).bytes).toBeLessThan(size / 10);
  });

  test('that are edited in place are noticed, however shortly after they were read', async () => {
    const home = await withTail();
    for (const wait of [0, LONGER_THAN_A_TICK]) {
      await sleep(wait);
      await read(home);
      flip(home.path('data/deals.jsonl'), 5000);
      await read(home);
      expect(home.warnings.splice(0)).toEqual([expect.stringContaining('deals.jsonl was changed by hand')]);
      flip(home.path('data/deals.jsonl'), 5000);
    }
  });
});
