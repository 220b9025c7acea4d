/** System calls of a purge fail, or are the last before a kill: the next command that writes finishes it. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { examine } from '../../src/app/care/doctor.ts';
import { purge } from '../../src/app/records/purge.ts';
import { Writer } from '../../src/app/writer.ts';
import { CrmError } from '../../src/domain/errors.ts';
import type { State } from '../../src/domain/state.ts';
import type { Io } from '../../src/store/io.ts';
import { emptyDirectory } from '../harness.ts';
import { type Fault, faultyIo, GONE } from './faulty-io.ts';
import { Home } from './home.ts';
import { hookedIo, unsyncedIo } from './hooked-io.ts';

const JANE = /Jane|jane@/;

/** A workspace in which a pack, loose files and snapshots say who Jane is. */
async function customers(): Promise<Home> {
  const home = new Home();
  await home.commit(draft => {
    draft.add('contact', { name: 'Jane', email: 'jane@example.com' });
    draft.add('deal', { title: 'Chairs', contacts: ['C1'], pipeline: 'sales', stage: 'new' });
  });
  const { store } = await home.workspace();
  let tip = await store.journal.tip();
  for (let n = 0; n < 256; n++)
    tip = (await store.journal.append(tip, {
      request: `request ${n}`,
      at: '2026-09-14T09:00:00.000Z',
      by: 'ana',
      via: 'test',
      changes: n === 100 ? [{ kind: 'contact', id: 'C1', set: { phone: [null, 'of Jane'] } }] : [],
    }))!;
  await home.checkpoint();
  await home.commit(draft => void draft.set('C1', { name: 'Jane Roe' }));
  await home.commit(draft => void draft.add('activity', { type: 'note', for: 'C1', text: 'Jane called' }));
  return home;
}

async function forget(home: Home, io: Io): Promise<number | null> {
  const workspace = await home.workspace({ io });
  const admin = { user: 'ana', role: 'admin' } as const;
  const { tx } = await home.commit(
    draft => purge(new Writer(draft, admin), workspace.store.journal, ['C1']),
    { io, pid: GONE },
  );
  return tx;
}

/** The files in which she is. */
function mentioning({ dir }: Home): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter(
    name => statSync(join(dir, name)).isFile() && JANE.test(readFileSync(join(dir, name), 'latin1')),
  );
}

async function tryWith(original: Home, nth: number, fault: Fault): Promise<string | undefined> {
  const dir = join(emptyDirectory(), 'ws');
  cpSync(original.dir, dir, { recursive: true });
  const home = new Home(dir);
  home.now = Date.parse('2026-09-15T08:00:00Z');
  const before = (await (await home.workspace()).store.journal.tip()).seq;
  const { io, what } = faultyIo(nth, fault);
  const acknowledged = await forget(home, io).then(
    () => true,
    (error: unknown) => {
      if (fault === 'fail') expect(error, what()).toBeInstanceOf(CrmError);
      return false;
    },
  );
  const where = `${fault} at call ${nth}: ${what()}`;
  const done = await home.opened(state => state.seq > before);
  if (acknowledged) {
    expect(done, where).toBe(true);
    expect(mentioning(home), where).toEqual([]);
  }
  expect(await home.opened(state => state.get('C1')?.name), where).toBe(done ? undefined : 'Jane Roe');
  expect(
    examine(home.world(), dir).findings.filter(f => f.severity !== 'note'),
    where,
  ).toEqual([]);

  const { result } = await home.commit(draft => draft.add('contact', { name: 'Next' }).id);
  expect(result, where).toBe('C2');
  if (done) expect(mentioning(home), where).toEqual([]);
  const report = examine(home.world(), dir);
  expect(report.sound, where).toBe(true);
  expect(
    report.findings.some(f => f.repair === 'erase'),
    where,
  ).toBe(false);
  rmSync(dir, { recursive: true, force: true });
  return what() || undefined;
}

test.each<Fault>(['fail', 'kill'])('one call after another does: %s', { timeout: 600_000 }, async fault => {
  const original = await customers();
  let last = 0;
  // It makes some 90 calls; the torture proofs take every one.
  for (let nth = fault === 'fail' ? 1 : 3; (await tryWith(original, nth, fault)) !== undefined; nth += 4)
    last = nth;
  expect(last).toBeGreaterThan(60);
});

describe('a reader that is slower than a purge', () => {
  const tail = '.crm/cache/tail.json';
  const columns = '.crm/cache/contacts.cols';

  /** Jane in the tail of the journal and in a large snapshot, with nothing in the cache yet; and the same without her. */
  async function beforeAndAfter(): Promise<{ before: Home; after: Home }> {
    const before = new Home();
    await before.commit(draft => void draft.add('contact', { name: 'Jane', email: 'jane@example.com' }));
    await before.addLarge(40, 'contact');
    await before.checkpoint();
    for (let i = 0; i < 20; i++) await before.commit(draft => void draft.set('C1', { name: `Jane ${i}` }));
    rmSync(before.path('.crm/cache'), { recursive: true });
    // Not made by crm, and none of its affair.
    mkdirSync(before.path('.crm/cache/mine'), { recursive: true });
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
            for (const file of [tail, columns]) rmSync(before.path(file), { force: true });
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
    expect(mentioning(before)).toEqual([name]);
    const examination = examine(before.world(), before.dir);
    expect(examination.sound).toBe(true);
    expect(examination.findings).toContainEqual(expect.objectContaining({ file: name, repair: 'remove' }));
    await before.opened(state => state.table('contact').column('name'));
    expect(mentioning(before)).toEqual([]);
  });
});
