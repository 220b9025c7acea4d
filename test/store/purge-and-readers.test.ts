/** Readers that are slower than a purge. What a purge does that fails or is killed is for the torture proofs. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { examine } from '../../src/app/care/doctor.ts';
import { purge } from '../../src/app/records/purge.ts';
import { assignee } from '../../src/app/records/assign.ts';
import { Writer } from '../../src/app/core/writer.ts';
import type { State } from '../../src/state/state.ts';
import type { Io } from '../../src/store/disk/io.ts';
import { Home } from './home.ts';
import { hookedIo, unsyncedIo } from './hooked-io.ts';

const JANE = /Jane|jane@/;

async function forget(home: Home, io: Io): Promise<number | null> {
  const workspace = await home.workspace({ io });
  const admin = { user: 'ana', role: 'admin' } as const;
  const { tx } = await home.commit(
    draft => purge(new Writer(draft, admin, assignee), workspace.store.journal, ['C1']),
    { io },
  );
  return tx;
}

/** The files in which she is. */
function mentioning({ dir, cacheHome }: Home): string[] {
  return [dir, cacheHome]
    .flatMap(each => readdirSync(each, { recursive: true, encoding: 'utf8' }).map(name => join(each, name)))
    .filter(path => statSync(path).isFile() && JANE.test(readFileSync(path, 'latin1')));
}

describe('a reader that is slower than a purge', () => {
  const tail = 'tail.json';
  const columns = 'contacts.cols';

  /** Jane in the tail of the journal and in a large snapshot, with nothing in the cache yet; and the same without her. */
  async function beforeAndAfter(): Promise<{ before: Home; after: Home }> {
    const before = new Home();
    await before.commit(draft => void draft.add('contact', { name: 'Jane', email: 'jane@example.com' }));
    await before.addLarge(40, 'contact');
    await before.checkpoint();
    for (let i = 0; i < 20; i++) await before.commit(draft => void draft.set('C1', { name: `Jane ${i}` }));
    for (const name of readdirSync(before.cache())) if (name !== 'workspace.json') rmSync(before.cache(name));
    // Not made by crm, and none of its affair.
    mkdirSync(before.cache('mine'));
    const after = new Home(`${before.dir}-after`);
    cpSync(before.dir, after.dir, { recursive: true });
    await forget(after, unsyncedIo);
    expect(mentioning(after)).toEqual([]);
    return { before, after };
  }

  /** Reads while a purge comes in between, before the cache `name` is in its place. */
  async function readDuringPurge({ before, after }: { before: Home; after: Home }, name: string, io: Io) {
    let isPurged = false;
    const purging = hookedIo(
      {
        renameSync(from, to) {
          if (!isPurged && String(to).endsWith(name)) {
            isPurged = true;
            rmSync(before.path('data'), { recursive: true });
            cpSync(after.path('data'), before.path('data'), { recursive: true });
            for (const file of [tail, columns]) rmSync(before.cache(file), { force: true });
          }
          io.renameSync(from, to);
        },
      },
      io,
    );
    const ask = (state: State) => state.table('contact').column('name');
    await before.opened(ask, purging).catch((error: Error) => expect(error.message).toBe('killed'));
    expect(isPurged).toBe(true);
  }

  test.each([tail, columns])('takes %s away again', async name => {
    const homes = await beforeAndAfter();
    await readDuringPurge(homes, name, unsyncedIo);
    expect(mentioning(homes.before)).toEqual([]);
  });

  test.each([tail, columns])('and killed, leaves %s, which doctor tells of', async name => {
    const homes = await beforeAndAfter();
    const { before } = homes;
    let isKilled = false;
    const killing = hookedIo(
      {
        renameSync(from, to) {
          unsyncedIo.renameSync(from, to);
          isKilled ||= String(to).endsWith(name);
        },
        existsSync(path) {
          if (isKilled) throw new Error('killed');
          return unsyncedIo.existsSync(path);
        },
        statSync: ((...args: Parameters<Io['statSync']>) => {
          if (isKilled) throw new Error('killed');
          return unsyncedIo.statSync(...args);
        }) as Io['statSync'],
      },
      unsyncedIo,
    );
    await readDuringPurge(homes, name, killing);
    const path = before.cache(name);
    expect(mentioning(before)).toEqual([path]);
    const examination = await examine(before.world(), before.dir);
    expect(examination.sound).toBe(true);
    expect(examination.findings).toContainEqual(expect.objectContaining({ file: path, repair: 'remove' }));
    await before.opened(state => state.table('contact').column('name'));
    expect(mentioning(before)).toEqual([]);
  });
});
