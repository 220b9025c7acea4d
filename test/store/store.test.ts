import { recordKinds } from '../../src/kinds/index.ts';
import { added } from '../added.ts';
import {
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Draft } from '../../src/state/draft.ts';
import type { Kind } from '../../src/domain/kinds.ts';
import type { Rec } from '../../src/domain/records.ts';
import { closingIo, type Io, nodeIo } from '../../src/store/disk/io.ts';
import { thisOwner } from '../../src/store/disk/owner.ts';
import { stateOf } from '../../src/store/checkpoint/opened.ts';
import { contentsOf } from '../state/contents.ts';
import { runs } from '../effort.ts';
import { Home } from './home.ts';
import { beforeReading, hookedIo, unsyncedIo } from './hooked-io.ts';

const SMALL = 256 * 1024;

/** What a transaction says of itself, where a test does not care. */
const head = { request: 'request', at: '2026-09-14T08:00:00.000Z', by: 'ben', via: 'test' };

/** So many titles of a deal. */
const numbered = (count: number): string[] => Array.from({ length: count }, (_, i) => `Number ${i + 1}`);

interface Head {
  readonly seq: number;
  readonly next: number;
  readonly records: number;
  readonly shared?: Record<string, string>;
}

/** A snapshot as it lies on disk. */
function snapshot(home: Home, name: string): { head: Head; records: Rec[]; size: number } {
  const path = home.path('data', `${name}.jsonl`);
  const [first, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const head = JSON.parse(first!) as Head;
  const records = lines.map(line => {
    const values = Object.entries({ ...head.shared, ...JSON.parse(line) });
    return Object.fromEntries(values.filter(([, value]) => value !== null)) as unknown as Rec;
  });
  return {
    head,
    records,
    size: statSync(path).size,
  };
}

/** The state opened from disk is the one that follows from the journal alone. */
async function expectFolded(home: Home): Promise<void> {
  const folded = contentsOf(await home.folded());
  expect(await home.opened(contentsOf)).toEqual(folded);
}

/** What one greps is current: each kind's file is as of now, unless it is large. */
async function expectCurrent(home: Home): Promise<void> {
  const state = await home.folded();
  for (const kind of recordKinds.names) {
    const path = home.path('data', `${recordKinds.pluralOf(kind)}.jsonl`);
    const table = state.table(kind);
    if (!existsSync(path)) expect(state.nextNumber(kind), kind).toBe(1);
    else if (statSync(path).size < SMALL) {
      const { head, records } = snapshot(home, recordKinds.pluralOf(kind));
      expect(records, kind).toEqual(table.liveRows().map(row => table.record(row)));
      expect(head, kind).toMatchObject({ next: state.nextNumber(kind), records: records.length });
    }
  }
}

describe('the state opened from disk equals the journal', () => {
  const kinds = ['deal', 'contact', 'account', 'task', 'event'] as const;
  const text = fc
    .tuple(fc.constantFrom('Chairs', 'Tables é', 'two\nlines', '', 'ana'), fc.constantFrom(1, 1, 1, 1, 3000))
    .map(([word, times]) => ({ word, times }));
  const pick = fc.nat(30);
  const values = fc.record({
    text,
    owner: fc.constantFrom('ana', 'ben', 'ćarl', null),
    tags: fc.subarray(['vip', 'cold', 'ß']),
    refs: fc.array(pick, { maxLength: 3 }),
    size: fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constantFrom('12.50', 'red', null)),
  });
  const action = fc.oneof(
    { weight: 5, arbitrary: fc.record({ do: fc.constant('add'), kind: fc.constantFrom(...kinds), values }) },
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('set'), kind: fc.constantFrom(...kinds), pick, values }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('remove'), kind: fc.constantFrom(...kinds), pick }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('restore'), pick }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('cursor'), pick }) },
  );
  const step = fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({
        commit: fc.array(action, { minLength: 1, maxLength: 12, size: 'max' }),
        warm: fc.boolean(),
      }),
    },
    { weight: 2, arbitrary: fc.constant('checkpoint' as const) },
    {
      weight: 4,
      arbitrary: fc.constantFrom(
        ...(['lose .crm', 'lose .cols', 'lose snapshots', 'lose checkpoint', 'read'] as const),
      ),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        fields: fc.constantFrom(
          '{}',
          '{ deal: { size: { type: number } } }',
          '{ deal: { size: { type: money } } }',
          '{ deal: { size: { type: text } }, contact: { size: { type: choice, options: [red] } } }',
        ),
      }),
    },
  );

  type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;
  type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

  function act(draft: Draft, each: Action): void {
    const nth = (kind: Kind, n: number): string | undefined => {
      const table = draft.state.table(kind);
      const rows = table.liveRows();
      return rows.length === 0 ? undefined : table.id(rows[n % rows.length]!);
    };
    if ('values' in each) {
      const { owner, tags, refs, size } = each.values;
      const text = each.values.text.word.repeat(each.values.text.times);
      const [first = 0, second = 0] = refs;
      const fields = {
        deal: {
          title: text,
          owner,
          tags,
          value: `${refs.length}.00`,
          stage: text.length > 6 ? 'offer' : 'new',
          contacts: [...new Set(refs.flatMap(n => nth('contact', n) ?? []))],
          account: nth('account', first),
          'fields.size': size,
        },
        contact: {
          name: text,
          email: text && `${text.length}@x`,
          tags,
          account: nth('account', first),
          'fields.size': size,
        },
        account: { name: text, domain: text, owner },
        task: {
          title: text,
          assignee: owner,
          for: nth(refs.length > 1 ? 'deal' : 'contact', second),
          due: '2026-10-01',
        },
        event: {
          name: tags.join() || 'visit',
          contact: nth('contact', first),
          at: '2026-09-14T08:00:00.000Z',
          props: { size },
        },
      }[each.kind];
      if (each.do === 'add') draft.add(each.kind, fields);
      else {
        const id = nth(each.kind, each.pick);
        if (id) draft.set(id, fields);
      }
    } else if (each.do === 'remove') {
      const id = nth(each.kind, each.pick);
      if (id) draft.remove(id);
    } else if (each.do === 'restore') {
      const trashed = [...draft.state.trash().values()];
      if (trashed.length > 0) draft.apply(added(trashed[each.pick % trashed.length]!.record));
    } else draft.setNamed('cursor', 'sweep', { seq: each.pick });
  }

  /** Where the caches of a workspace are, which may have none. */
  const cachesOf = (home: Home) => (existsSync(home.cacheHome) ? home.cache() : home.cacheHome);

  /** Takes a step; returns whether it committed something. */
  async function run(home: Home, each: Step): Promise<unknown> {
    if (each === 'checkpoint') return home.checkpoint();
    if (each === 'read') return void (await home.opened(contentsOf));
    if (each === 'lose .crm')
      for (const dir of [home.path('.crm'), home.cacheHome]) rmSync(dir, { recursive: true, force: true });
    if (each === 'lose .crm') return;
    if (each === 'lose checkpoint') return rmSync(home.path('data/checkpoint.json'), { force: true });
    if (each === 'lose .cols' || each === 'lose snapshots') {
      const [dir, ending] = each === 'lose .cols' ? [cachesOf(home), '.cols'] : [home.path('data'), '.jsonl'];
      for (const name of existsSync(dir) ? readdirSync(dir) : [])
        if (name.endsWith(ending)) rmSync(join(dir, name));
      return;
    }
    if ('fields' in each) return home.writeFields(each.fields);
    const { state, tx } = await home.commit(draft => {
      // What is loaded before the changes must follow them.
      if (each.warm) contentsOf(draft.state);
      for (const one of each.commit) act(draft, one);
    });
    if (each.warm && tx !== null)
      expect(contentsOf(state)).toEqual(contentsOf(await home.folded(state.config)));
    return tx !== null;
  }

  // To begin with: nothing, a kind that is just small, or one that is large.
  test.each([0, 26, 36])(
    'after any commits, checkpoints, losses of what can be made again, and changes of fields, with %i long records at first (property)',
    async large => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(step, { minLength: 5, maxLength: 14, size: 'max' }),
          fc.constantFrom(undefined, 1, 4),
          async (steps, sharesFrom) => {
            const home = new Home();
            home.sharesFrom = sharesFrom;
            try {
              if (large > 0) await home.addLarge(large);
              if (large === 36) expect(existsSync(join(cachesOf(home), 'deals.cols'))).toBe(true);
              for (const each of steps) {
                const committed = await run(home, each);
                await expectFolded(home);
                if (committed) await expectCurrent(home);
              }
            } finally {
              rmSync(home.dir, { recursive: true, force: true });
            }
          },
        ),
        { numRuns: runs(2) },
      );
    },
  );
});

describe('two processes at once', () => {
  test('what is committed while a process opens the state is either in it or after its tip', async () => {
    const home = new Home();
    await home.commit(draft => void draft.add('deal', { title: 'One' }));
    await home.checkpoint();
    // The nth time that it looks into the journal, somebody else has just committed.
    for (const nth of [1, 2, 3]) {
      const { store } = await home.workspace();
      const tip = await store.journal.tip();
      let looked = 0;
      const io = hookedIo(
        {
          readdirSync: ((path: string) => {
            if (path === store.journalPath && ++looked === nth) {
              const add = { id: `D${tip.seq + 1}`, title: 'Another' };
              void store.journal.append(tip, { ...head, changes: [added(add)] });
            }
            return readdirSync(path);
          }) as Io['readdirSync'],
        },
        unsyncedIo,
      );
      await home.opened((state, opened) => {
        expect(state.seq, `at look ${nth}`).toBe(opened.tip.seq);
        expect(state.nextNumber('deal'), `at look ${nth}`).toBe(opened.tip.seq + 1);
      }, io);
      await home.checkpoint();
    }
    await expectFolded(home);
  });

  test('a snapshot that another process has just replaced does not get our projection', async () => {
    const home = new Home();
    await home.addLarge(40);
    await home.commit(draft => void draft.set('D3', { title: 'Ours' }));
    const replacing = hookedIo(
      {
        renameSync(from, to) {
          renameSync(from, to);
          if (String(to).endsWith('deals.jsonl')) writeFileSync(to, theirs);
        },
      },
      unsyncedIo,
    );
    const { io, close } = closingIo(replacing);
    const slow = await home.workspace({ io });
    const opened = await slow.open();
    const state = stateOf(opened, slow.config);
    await home.commit(draft => {
      draft.remove('D2');
      draft.set('D1', { title: 'Renamed' });
    });
    await home.checkpoint();
    const theirs = readFileSync(home.path('data/deals.jsonl'));

    slow.store.checkpoint(opened, state, opened.tip);
    close();
    await expectFolded(home);
  });

  test('a process that is slow after its commit does not put its older snapshots over newer ones', async () => {
    for (const how of ['settle', 'checkpoint'] as const) {
      const home = new Home();
      await home.commit(draft => void draft.add('deal', { title: 'One' }));
      const { store, config } = await home.workspace();
      const opened = await store.open(config);
      const state = stateOf(opened, config);
      const change = added({ id: 'D2', title: 'Slow' });
      const tip = (await store.append(opened.tip, { ...head, changes: [change] }))!;
      state.apply(change, head.at, tip.seq);
      await home.commit(draft => void draft.add('deal', { title: 'Three' }));
      if (how === 'settle') store.settle(opened, state, tip, 0);
      else store.checkpoint(opened, state, tip);
      await expectCurrent(home);
      await expectFolded(home);
      await home.commit(draft => void draft.add('deal', { title: 'Four' }));
      await expectFolded(home);
    }
  });
});

describe('snapshots and projections', () => {
  const columns = (home: Home) => home.cache('deals.cols');

  test('a kind that is small has no projection; one that is large gets one when it is written', async () => {
    const home = new Home();
    await home.commit(draft => void draft.add('deal', { title: 'One' }));
    expect(snapshot(home, 'deals').records).toHaveLength(1);
    expect(existsSync(columns(home))).toBe(false);
    await home.addLarge(40);
    expect(snapshot(home, 'deals').size).toBeGreaterThan(SMALL);
    expect(existsSync(columns(home))).toBe(true);
    await expectFolded(home);
  });

  test('a large kind waits for the checkpoint: after 256 transactions, or 256 KB of them', async () => {
    const home = new Home();
    await home.addLarge(40);
    const { seq } = snapshot(home, 'deals').head;
    const commit = (title: string) => home.commit(draft => void draft.set('D1', { title }));
    await commit('Number 0');
    await home.appendTitles('Number 0', numbered(253));
    await commit('Number 255');
    expect(snapshot(home, 'deals').head.seq).toBe(seq);
    expect((await home.opened(state => state.get('D1')))!.title).toBe('Number 255');
    await home.commit(draft => void draft.set('D1', { title: 'Last' }));
    expect(snapshot(home, 'deals').head.seq).toBe(seq + 256);
    expect(readdirSync(home.path('data/journal'))).toContain('pack-000001.jsonl');

    await home.commit(draft => void draft.set('D1', { description: 'x'.repeat(SMALL) }));
    expect(snapshot(home, 'deals').head.seq).toBe(seq + 257);
    await expectFolded(home);

    // Settings have not changed since transaction 1: without the checkpoint, their snapshot alone does not say so.
    const packsRead = async () => {
      let packs = 0;
      const io = beforeReading(path => void (packs += Number(path.includes('pack-'))));
      expect((await home.opened(state => state.get('D1'), io))!.title).toBe('Last');
      return packs;
    };
    rmSync(home.path('data/checkpoint.json'));
    expect(await packsRead()).toBe(0);
    await expectFolded(home);
    rmSync(home.cache('checkpoint.json'));
    expect(await packsRead()).toBe(1);
    await home.commit(draft => void draft.set('D1', { title: 'Once more' }));
    expect(existsSync(home.path('data/checkpoint.json'))).toBe(true);
  });

  test('the copy of a checkpoint is not believed in a journal that became another one', async () => {
    for (const isShorter of [true, false]) {
      const home = new Home();
      await home.commit(draft => void draft.add('deal', { title: 'One' }));
      await home.commit(draft => void draft.add('account', { name: 'Two' }));
      await home.checkpoint();
      expect(existsSync(home.cache('checkpoint.json'))).toBe(true);
      for (const name of ['checkpoint.json', 'accounts.jsonl', 'journal/00000003.jsonl'])
        rmSync(home.path('data', name));
      if (!isShorter) {
        const { store } = await home.workspace();
        const changes = [added({ id: 'A1', name: 'Other' })];
        await store.journal.append(await store.journal.tip(), { ...head, changes });
      }
      expect((await home.opened(state => state.get('A1')?.name)) ?? null).toBe(isShorter ? null : 'Other');
      expect(home.warnings).toEqual([]);
      await home.commit(draft => void draft.add('contact', { name: 'Three' }));
      await expectFolded(home);
      await expectCurrent(home);
    }
  });

  test('a snapshot that was not written when a process was killed comes with the next commit, of whatever kind', async () => {
    const home = new Home();
    await home.commit(draft => void draft.add('deal', { title: 'One' }));
    const killed = hookedIo(
      {
        renameSync(from, to) {
          if (String(to).endsWith('.jsonl')) throw Object.assign(new Error('killed'), { code: 'EIO' });
          renameSync(from, to);
        },
      },
      unsyncedIo,
    );
    await home.commit(draft => void draft.add('deal', { title: 'Two' }), { io: killed });
    expect(home.warnings).toEqual([
      expect.stringContaining('saved, but the snapshots could not be brought up to date'),
    ]);
    await expectFolded(home);
    await home.commit(draft => void draft.add('task', { title: 'Call' }));
    await expectCurrent(home);
  });

  test('a number is never given again, neither after a removal nor when all that follows from the journal is lost', async () => {
    const home = new Home();
    const given: string[] = [];
    const add = async () => {
      const { result } = await home.commit(draft => draft.add('deal', { title: 'One' }).id);
      given.push(result!);
    };
    const lose = (...names: string[]) => {
      for (const name of names) rmSync(home.path(name), { recursive: true, force: true });
    };
    await add();
    await home.commit(draft => draft.remove('D1'));
    await add();
    await home.commit(draft => draft.remove('D2'));
    await home.checkpoint();
    await add();
    await home.commit(draft => draft.remove('D3'));
    lose('.crm');
    await add();
    await home.commit(draft => draft.remove('D4'));
    await home.checkpoint();
    lose('.crm', 'data/deals.jsonl', 'data/trash.jsonl', 'data/checkpoint.json');
    await add();
    expect(given).toEqual(['D1', 'D2', 'D3', 'D4', 'D5']);
    expect(snapshot(home, 'deals')).toMatchObject({ head: { next: 6 }, records: [{ id: 'D5' }] });
  });

  test('a custom field that gets another type is read anew', async () => {
    const home = new Home();
    home.writeFields('{ deal: { size: { type: number } } }');
    await home.addLarge(40);
    await home.commit(draft => {
      draft.set('D1', { 'fields.size': 12 });
      draft.set('D2', { 'fields.size': '12.00' });
    });
    await home.checkpoint();
    for (const type of ['money', 'date', 'number', 'text', 'boolean']) {
      home.writeFields(`{ deal: { size: { type: ${type} } } }`);
      await expectFolded(home);
    }
  });

  test.each([
    [
      'of another version',
      (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replace('"format":', '"format":9'), 'latin1'),
    ],
    ['cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length - 100)],
    ['empty', () => Buffer.alloc(0)],
    [
      'of another snapshot',
      (bytes: Buffer) =>
        Buffer.from(bytes.toString('latin1').replace(/"checksum":"./, '"checksum":"#'), 'latin1'),
    ],
  ])('a projection that is %s is made again', async (_, change) => {
    const home = new Home();
    await home.addLarge(40);
    const good = readFileSync(columns(home));
    writeFileSync(columns(home), change(good));
    await expectFolded(home);
    expect(readFileSync(columns(home)).length).toBe(good.length);
  });

  test('a snapshot changed by hand is reported, not used, and not overwritten', async () => {
    for (const large of [false, true]) {
      const home = new Home();
      if (large) await home.addLarge(40);
      else await home.commit(draft => void draft.add('deal', { title: 'Large 0' }));
      const path = home.path('data/deals.jsonl');
      const edited = readFileSync(path, 'utf8').replace('Large 0', 'Lirge 0');
      writeFileSync(path, edited);
      await expectFolded(home);
      expect(home.warnings.join()).toContain('deals.jsonl was changed by hand');
      await home.commit(draft => void draft.add('deal', { title: 'New' }));
      await home.checkpoint();
      expect(readFileSync(path, 'utf8')).toBe(edited);
      await expectFolded(home);
    }
  });

  test('its head counts too: what is changed there, or gone, is noticed as well, and commands go on', async () => {
    for (const change of [
      (text: string) => text.replace('"next":2', '"next":1'),
      (text: string) => text.replace('"records":1', '"records":0'),
      (text: string) => text.slice(text.indexOf('\n') + 1),
      () => '',
    ]) {
      const home = new Home();
      await home.commit(draft => void draft.add('deal', { title: 'One' }));
      const path = home.path('data/deals.jsonl');
      const edited = change(readFileSync(path, 'utf8'));
      writeFileSync(path, edited);
      await expectFolded(home);
      expect(home.warnings.join()).toContain('deals.jsonl was changed by hand');
      await home.commit(draft => void draft.add('deal', { title: 'Two' }));
      await expectFolded(home);
      expect(readFileSync(path, 'utf8')).toBe(edited);
    }
  });

  test('where a snapshot is of a newer journal, or another one, the journal is read, and nothing written', async () => {
    const home = new Home();
    await home.commit(draft => void draft.add('deal', { title: 'One' }));
    await home.commit(draft => void draft.add('deal', { title: 'Two' }));
    const last = home.path('data/journal/00000003.jsonl');
    const bytes = readFileSync(last);
    rmSync(last);
    expect(await home.opened(contentsOf)).toEqual(contentsOf(await home.folded()));
    expect(home.warnings.at(-1)).toMatch(/deals\.jsonl is of transaction 3, and the journal ends at 2/);
    await expect(home.commit(draft => void draft.add('deal', {}))).rejects.toMatchObject({
      kind: 'INVALID',
      message: expect.stringContaining('is of transaction 3, and the journal ends at 2; nothing was saved'),
    });
    expect(existsSync(last)).toBe(false);

    const { store } = await home.workspace();
    await store.journal.append(await store.journal.tip(), {
      ...head,
      changes: [added({ id: 'D2', title: 'Other' })],
    });
    expect(await home.opened(state => state.get('D2')?.title)).toBe('Other');
    expect(home.warnings.at(-1)).toContain('has another one of that number');
    writeFileSync(last, bytes);
    await expectFolded(home);
  });

  test('a newer format is refused and not touched', async () => {
    const home = new Home();
    await home.commit(draft => void draft.add('deal', { title: 'One' }));
    await home.checkpoint();
    for (const name of ['data/deals.jsonl', 'data/checkpoint.json']) {
      const now = readFileSync(home.path(name), 'utf8');
      const newer = now.replace('"format":1', '"format":3');
      writeFileSync(home.path(name), newer);
      await expect(home.commit(draft => void draft.add('deal', {}))).rejects.toMatchObject({
        kind: 'INVALID',
        message: expect.stringContaining('by a newer crm'),
      });
      expect(readFileSync(home.path(name), 'utf8')).toBe(newer);
      writeFileSync(home.path(name), now);
    }
  });
});

describe('what killed processes leave', () => {
  const gone = (n: number) => `.tmp-999999999-1-${n}-1`;

  test('a checkpoint removes their temporaries, and not those of the living', async () => {
    const home = new Home();
    await home.commit(draft => void draft.add('deal', { title: 'One' }));
    const places = ['.', 'data', 'data/journal', '.crm', 'pipelines'].map(place => home.path(place));
    places.push(home.cache());
    const { start } = thisOwner(nodeIo, process.pid, 'test');
    const mine = `.tmp-${process.pid}-${start}-1-1`;
    for (const place of places) for (const name of [gone(1), mine]) writeFileSync(join(place, name), 'x');
    await home.checkpoint();
    for (const place of places) {
      expect(existsSync(join(place, gone(1))), place).toBe(false);
      expect(existsSync(join(place, mine)), place).toBe(true);
    }
  });

  test('a temporary that shares its inode with a transaction stays as long as that has a file of its own', async () => {
    const home = new Home();
    await home.commit(draft => void draft.add('deal', { title: 'One' }));
    const temporary = home.path('data/journal', gone(1));
    linkSync(home.path('data/journal/00000002.jsonl'), temporary);
    await home.checkpoint();
    expect(existsSync(temporary)).toBe(true);
    await expectFolded(home);
    await home.appendTitles('One', numbered(254));
    for (const title of ['Last but one', 'Last']) await home.commit(draft => void draft.set('D1', { title }));
    expect(existsSync(home.path('data/journal/00000002.jsonl'))).toBe(false);
    expect(existsSync(temporary)).toBe(false);
  });
});
