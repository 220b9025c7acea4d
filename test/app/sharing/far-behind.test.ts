import { mkdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nodeIo } from '../../../src/store/disk/io.ts';
import type { Tip } from '../../../src/store/journal/journal.ts';
import { readSealed } from '../../../src/store/journal/journal-bytes.ts';
import { JournalDirectory } from '../../../src/store/journal/journal-directory.ts';
import { putAll } from '../../../src/store/journal/journal-files.ts';
import { temporaryOf } from '../../../src/store/site/leftovers.ts';
import { thisOwner } from '../../../src/store/disk/owner.ts';
import { type Sealed, seal, tipOf } from '../../../src/store/journal/sealed.ts';
import { Machine, team } from './machines.ts';

/** Shares transactions that each set the title of a deal, as if another machine had. */
function shareMany(dir: string, many: number): void {
  const files = new JournalDirectory(nodeIo, join(dir, 'journal'));
  const made: Sealed[] = [];
  const after = files.list().tip;
  let tip: Tip = tipOf(readSealed(nodeIo, files, after - 1, 1)[0]!);
  for (let i = 0; i < many; i++, tip = tipOf(made.at(-1)!)) {
    const set = { title: [i === 0 ? '40 chairs' : `${i} chairs`, `${i + 1} chairs`] as const };
    const head = { request: `many-${i}`, at: '2026-09-14T08:00:00.000Z', by: 'ana', via: 'deal set' };
    made.push(seal(tip, { ...head, changes: [{ kind: 'deal', id: 'D1', set }] }, `salt-${i}-0123456789`));
  }
  putAll(nodeIo, files, temporaryOf(thisOwner(nodeIo, process.pid, hostname()), Math.random), made);
}

const read = ({ dir }: Machine, file: string) => readFileSync(join(dir, 'data', file), 'utf8');

test('a machine that is far behind has sound snapshots of all that came, with the settings that came', async () => {
  const { machines, url, dir } = await team(3);
  const [a, waits, writes] = machines as [Machine, Machine, Machine];
  await a.ok('field add deal color --type choice --options red,blue');
  await a.ok('deal set D1 color=red');
  await waits.ok('--offline deal add Lamps');
  shareMany(dir, 300);
  const clone = new Machine(join(dir, '..', 'late'), join(dir, '..', 'state-late'));
  mkdirSync(clone.dir);
  await clone.ok(['clone', url, clone.dir]);
  expect(await a.crm('sync')).toMatchObject({ code: 0 });
  expect(await waits.crm('sync')).toMatchObject({ code: 0, err: expect.stringContaining('shared 1\n') });
  await writes.ok('deal set D1 value=7000');
  for (const machine of [a, clone, waits]) await machine.ok('sync');
  for (const machine of [a, clone, waits, writes]) {
    expect(JSON.parse(read(machine, 'checkpoint.json')).seq).toBeGreaterThan(300);
    expect(await machine.json('deal list color:red')).toMatchObject([{ id: 'D1', title: '300 chairs' }]);
    expect(read(machine, 'deals.jsonl').split('\n').slice(1)).toEqual(
      read(a, 'deals.jsonl').split('\n').slice(1),
    );
    await machine.sound();
  }
});
