import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type TestWorkspace, workspace } from '../../harness.ts';
import { Home } from '../../store/home.ts';

interface Undone {
  readonly tx: number | null;
  readonly undoes: number | null;
  readonly kept: readonly { readonly id: string; readonly why: string }[];
}

type Shown = Readonly<Record<string, unknown>>;

const undo = (ws: TestWorkspace, ...args: string[]) => ws.json<Undone>(['undo', ...args]);
const redo = (ws: TestWorkspace, ...args: string[]) => ws.json<Undone>(['redo', ...args]);
const deal = (ws: TestWorkspace, id: string) => ws.json<Shown>(['deal', 'show', id]);
const ids = async (ws: TestWorkspace, kind: string) =>
  (await ws.json<{ id: string }[]>([kind, 'list'])).map(record => record.id);
const trash = async (ws: TestWorkspace, kind: string) =>
  (await ws.json<{ id: string }[]>([kind, 'list', '--trash'])).map(record => record.id);
const transactions = async (ws: TestWorkspace) => (await new Home(ws.dir).workspace()).store.journal.read(0);
const text = (ws: TestWorkspace, path: string) => readFileSync(join(ws.dir, path), 'utf8');

/** What an undo cannot and does not give back: when a record was last changed. */
const lasting = ({ updatedAt: _, ...record }: Shown) => record;

describe('which transaction', () => {
  test('the last one, and it says which; then the one before it, and so on', async () => {
    const ws = await workspace('sales');
    await ws.ok('deal add One');
    await ws.ok('deal set D1 title=Two');
    await ws.ok('deal set D1 title=Three');
    const said = (await ws.crm('undo')).err;
    expect(said).toContain('undid transaction 4 (deal set by tester): 1 change, transaction 5');
    expect(await deal(ws, 'D1')).toMatchObject({ title: 'Two' });
    expect(await undo(ws)).toEqual({ tx: 6, undoes: 3, kept: [] });
    expect(await deal(ws, 'D1')).toMatchObject({ title: 'One' });
    expect(await undo(ws)).toEqual({ tx: 7, undoes: 2, kept: [] });
    expect(await ids(ws, 'deal')).toEqual([]);
  });

  test('one of any age', async () => {
    const ws = await workspace('sales');
    for (const title of ['One', 'Two', 'Three']) await ws.ok(['deal', 'add', title]);
    expect(await undo(ws, '3')).toEqual({ tx: 5, undoes: 3, kept: [] });
    expect(await ids(ws, 'deal')).toEqual(['D1', 'D3']);
    // The next one without a number is the last that was not undone.
    expect(await undo(ws)).toMatchObject({ undoes: 4 });
    expect(await undo(ws)).toMatchObject({ undoes: 2 });
  });

  test('whoever made it', async () => {
    const ws = await workspace('sales');
    await ws.ok('deal add One --as joe');
    const ran = await ws.crm('undo');
    expect(ran.err).toContain('(deal add by joe)');
  });

  test('not a sweep that only moved the cursor', async () => {
    const ws = await workspace('automated-sales');
    await ws.ok('deal add One');
    await ws.ok('run');
    expect(await undo(ws)).toMatchObject({ undoes: 2 });
  });

  test('with nothing to take back: exit 1, and nothing is changed', async () => {
    const ws = await workspace('sales');
    for (const what of ['undo', 'redo']) {
      const ran = await ws.crm(what);
      expect([what, ran.code, ran.err]).toEqual([what, 1, expect.stringContaining(`nothing to ${what}`)]);
    }
    await ws.ok('deal add One');
    await ws.ok('undo');
    expect((await ws.crm('undo')).code).toBe(1);
    expect((await ws.crm('undo 1')).err).toContain('transaction 1 made the workspace');
    expect(await transactions(ws)).toHaveLength(3);
  });

  test('a transaction that does not exist: exit 3; a redo of a transaction that is not an undo: exit 2', async () => {
    const ws = await workspace('sales');
    await ws.ok('deal add One');
    for (const [code, args] of [
      [3, 'undo 9'],
      [3, 'undo 0'],
      [3, 'redo 9'],
      [2, 'redo 2'],
      [2, 'undo D1'],
      [2, 'undo 1 2'],
    ] as const)
      expect([args, (await ws.crm(args)).code]).toEqual([args, code]);
  });
});

describe('values that were changed since stay, and are listed', () => {
  test('field by field', async () => {
    const ws = await workspace('sales');
    await ws.ok(['deal', 'add', 'One', '--value', '100']);
    await ws.ok('deal set D1 title=Two value=200 description=new');
    await ws.ok('deal set D1 title=Three');
    expect(await undo(ws, '3')).toEqual({
      tx: 5,
      undoes: 3,
      kept: [{ id: 'D1', why: 'title was changed since' }],
    });
    expect(await deal(ws, 'D1')).toMatchObject({ title: 'Three', value: '100.00', description: null });
    expect((await ws.crm('undo 3')).err).toContain('kept D1 (title was changed since)');
  });

  test('a field that was changed and changed back is as it was made', async () => {
    const ws = await workspace('sales');
    await ws.ok('deal add One');
    for (const title of ['Two', 'Three', 'Two']) await ws.ok(['deal', 'set', 'D1', `title=${title}`]);
    expect(await undo(ws, '3')).toMatchObject({ kept: [] });
    expect(await deal(ws, 'D1')).toMatchObject({ title: 'One' });
  });

  test('lists item by item: tags, contacts, adjustments of a score, however much came after', async () => {
    const ws = await workspace('sales');
    const tagged = async () => (await deal(ws, 'D1')).tags;
    for (const n of [1, 2, 3, 4]) await ws.ok(`contact add --email c${n}@example.com`);
    await ws.ok('deal add One --contact C1'); // 6
    await ws.ok('deal tag D1 +a +b'); // 7
    await ws.ok('deal tag D1 +c -a'); // 8
    await ws.ok('deal tag D1 +d'); // 9
    expect(await undo(ws, '8')).toMatchObject({ kept: [] });
    expect(await tagged()).toEqual(['a', 'b', 'd']);
    expect(await undo(ws, '7')).toMatchObject({ kept: [] });
    expect(await tagged()).toEqual(['d']);
    expect(await redo(ws, '11')).toMatchObject({ kept: [] });
    expect(await tagged()).toEqual(['a', 'b', 'd']);

    await ws.ok('deal contact D1 add C2'); // 13
    await ws.ok('deal contact D1 primary C2'); // 14
    await ws.ok('deal contact D1 add C3'); // 15
    await ws.ok('deal contact D1 rm C2'); // 16
    await ws.ok('deal contact D1 add C4'); // 17
    expect(await undo(ws, '16')).toMatchObject({ kept: [] });
    expect(await deal(ws, 'D1')).toMatchObject({ contacts: ['C2', 'C1', 'C3', 'C4'] });
    expect(await undo(ws, '13')).toMatchObject({ kept: [] });
    expect(await deal(ws, 'D1')).toMatchObject({ contacts: ['C1', 'C3', 'C4'] });
    // Nothing but the order was changed, of a list that is another by now.
    expect(await undo(ws, '14')).toMatchObject({ kept: [{ id: 'D1', why: 'contacts was changed since' }] });

    const score = async () => Number((await ws.json<Shown>('contact show C1')).score);
    await ws.ok('score C1 +10'); // 20
    await ws.ok('score C1 +5'); // 21
    await ws.ok('score C1 -2'); // 22
    expect(await undo(ws, '20')).toMatchObject({ kept: [] });
    expect(await score()).toBe(3);
    expect(await undo(ws, '22')).toMatchObject({ kept: [] });
    expect(await score()).toBe(5);
  });

  test('a record that was restored goes again, unless somebody pointed to it since', async () => {
    const ws = await workspace('sales');
    await ws.ok('deal add One --contact jane@example.com');
    for (const verb of ['rm', 'restore']) await ws.ok(['contact', verb, 'C1']);
    expect(await undo(ws, '4')).toMatchObject({ kept: [] });
    expect(await trash(ws, 'contact')).toEqual(['C1']);
    await ws.ok('contact restore C1'); // 6
    await ws.ok('deal add Two --contact C1');
    expect(await undo(ws, '6')).toMatchObject({ kept: [{ id: 'C1', why: 'is still used by D2' }] });
    await ws.ok('deal rm D2');
    expect(await undo(ws, '6')).toMatchObject({ kept: [] });
  });

  test('a record that was added, and changed since', async () => {
    const ws = await workspace('sales');
    await ws.ok('deal add One --contact jane@example.com');
    await ws.ok('deal set D1 title=Two');
    expect(await undo(ws, '2')).toEqual({
      tx: null,
      undoes: 2,
      kept: [
        { id: 'D1', why: 'was changed since' },
        { id: 'C1', why: 'is still used by D1' },
      ],
    });
    expect([await ids(ws, 'deal'), await ids(ws, 'contact')]).toEqual([['D1'], ['C1']]);
  });

  test('a record that later ones point to; without them it goes', async () => {
    const ws = await workspace('sales');
    await ws.ok('deal add One --contact jane@example.com --account Acme');
    await ws.ok('deal add Two --contact jane@example.com');
    await ws.ok('task add Call --for D2');
    const { kept } = await undo(ws, '2');
    expect(kept).toEqual([
      { id: 'C1', why: 'is still used by D2' },
      { id: 'A1', why: 'is still used by D2' },
    ]);
    expect([await ids(ws, 'deal'), await ids(ws, 'contact'), await ids(ws, 'account')]).toEqual([
      ['D2'],
      ['C1'],
      ['A1'],
    ]);
    expect(await undo(ws, '3')).toMatchObject({ kept: [{ id: 'D2', why: 'is still used by T1' }] });
    await ws.ok('task rm T1');
    expect(await undo(ws, '3')).toMatchObject({ kept: [] });
    expect(await undo(ws, '2')).toMatchObject({ kept: [{ id: 'D1', why: 'is gone already' }] });
    expect([await ids(ws, 'contact'), await ids(ws, 'account')]).toEqual([[], []]);
  });

  test('a record that was removed since, and one that is back already', async () => {
    const ws = await workspace('sales');
    await ws.ok('deal add One');
    await ws.ok('deal set D1 title=Two');
    await ws.ok('deal rm D1');
    expect(await undo(ws, '3')).toMatchObject({ tx: null, kept: [{ id: 'D1', why: 'was removed since' }] });
    await ws.ok('deal restore D1');
    expect(await undo(ws, '4')).toMatchObject({
      tx: null,
      kept: [{ id: 'D1', why: 'is there again already' }],
    });
    const said = (await ws.crm('undo 4')).err;
    expect(said).toContain('nothing was left to undo');
  });

  test('a natural key that another record has by now', async () => {
    const ws = await workspace('sales');
    await ws.ok('contact add --email jane@example.com --name Jane');
    await ws.ok('account add Acme');
    await ws.ok('contact set C1 email=new@example.com name=Janet');
    await ws.ok('account rm A1');
    await ws.ok('contact add --email JANE@example.com');
    await ws.ok('account add ACME');
    const why = 'cannot be as it was: there is';
    expect((await undo(ws, '4')).kept).toEqual([
      {
        id: 'C1',
        why: expect.stringMatching(`^${why} .*jane@example.com already: C2`),
      },
    ]);
    expect((await undo(ws, '5')).kept).toEqual([
      { id: 'A1', why: expect.stringMatching(`^${why} .*Acme already: A2`) },
    ]);
    // The rest of it is taken back.
    expect(await ws.json('contact show C1')).toMatchObject({ email: 'new@example.com', name: 'Jane' });
    expect(await ids(ws, 'account')).toEqual(['A2']);
  });
});

describe('what comes back', () => {
  test('an added record goes to the trash, and can be restored from there', async () => {
    const ws = await workspace('sales');
    await ws.ok('deal add One --contact jane@example.com');
    const before = await deal(ws, 'D1');
    await ws.ok('undo');
    expect([await ids(ws, 'deal'), await trash(ws, 'deal'), await trash(ws, 'contact')]).toEqual([
      [],
      ['D1'],
      ['C1'],
    ]);
    await ws.ok('contact restore C1');
    await ws.ok('deal restore D1');
    expect(await deal(ws, 'D1')).toEqual(before);
    expect(await ws.ok('deal add Two')).toBe('D2\n');
  });

  test('a removed record is exactly as it was, with all its times', async () => {
    const ws = await workspace('sales');
    await ws.ok(['deal', 'add', 'One', '--contact', 'jane@example.com', '--now', '2026-09-01T10:00:00Z']);
    await ws.ok(['deal', 'move', 'D1', 'follow-up', '--now', '2026-09-02T10:00:00Z']);
    await ws.ok(['deal', 'tag', 'D1', '+vip', '--now', '2026-09-03T10:00:00Z']);
    const before = await deal(ws, 'D1');
    await ws.ok('deal rm D1');
    expect(await undo(ws)).toMatchObject({ kept: [] });
    expect(await deal(ws, 'D1')).toEqual(before);
    expect(await trash(ws, 'deal')).toEqual([]);
  });

  test('since when a deal is in its stage', async () => {
    const ws = await workspace('sales');
    const at = (day: number, ...args: string[]) => ws.ok([...args, '--now', `2026-09-0${day}T10:00:00Z`]);
    const since = async () => (await deal(ws, 'D1')).stageSince;
    await at(1, 'deal', 'add', 'One');
    await at(2, 'deal', 'move', 'D1', 'in-contact');
    await at(3, 'deal', 'move', 'D1', 'follow-up');
    await at(4, 'undo');
    expect([(await deal(ws, 'D1')).stage, await since()]).toEqual(['in-contact', '2026-09-02T10:00:00.000Z']);
    await at(5, 'undo');
    expect([(await deal(ws, 'D1')).stage, await since()]).toEqual(['to-contact', '2026-09-01T10:00:00.000Z']);
    await at(6, 'redo');
    expect(await since()).toBe('2026-09-02T10:00:00.000Z');
    await at(7, 'redo');
    expect([(await deal(ws, 'D1')).stage, await since()]).toEqual(['follow-up', '2026-09-03T10:00:00.000Z']);
    await at(8, 'undo');
    expect(await since()).toBe('2026-09-02T10:00:00.000Z');
  });

  test('what closing a deal set', async () => {
    const ws = await workspace('sales');
    await ws.ok('deal add One');
    const before = await deal(ws, 'D1');
    await ws.ok(['deal', 'lose', 'D1', '--reason', 'price']);
    const lost = await deal(ws, 'D1');
    await ws.ok('undo');
    expect(lasting(await deal(ws, 'D1'))).toEqual(lasting(before));
    await ws.ok('redo');
    expect(lasting(await deal(ws, 'D1'))).toEqual(lasting(lost));
  });

  test('all of an import: its additions and updates, except values that were changed since', async () => {
    const ws = await workspace('sales');
    const load = (csv: string) =>
      ws.json<{ created: number; updated: number; tx: number }>(
        ['import', 'deals', '-', '--key', 'externalId', '--create-missing', 'accounts'],
        { stdin: csv },
      );
    await load('externalId,title,value\nx1,One,1\nx2,Two,2\nx3,Three,3\n');
    const [one, two] = [await deal(ws, 'D1'), await deal(ws, 'D2')];
    const { created, updated, tx } = await load(
      'externalId,title,value,account\nx1,Uno,10,Acme\nx2,Due,20,\nx3,Tre,30,\nx4,Four,40,Acme\nx5,Five,50,\n',
    );
    expect([created, updated]).toEqual([2, 3]);
    await ws.ok('deal set D3 title=Drei');
    await ws.ok('deal set D5 title=Fünf');
    const undone = await undo(ws, String(tx));
    expect(undone.kept).toEqual([
      { id: 'D5', why: 'was changed since' },
      { id: 'D3', why: 'title was changed since' },
    ]);
    expect(lasting(await deal(ws, 'D1'))).toEqual(lasting(one));
    expect(lasting(await deal(ws, 'D2'))).toEqual(lasting(two));
    expect(await deal(ws, 'D3')).toMatchObject({ title: 'Drei', value: '3.00' });
    expect([await ids(ws, 'deal'), await ids(ws, 'account')]).toEqual([['D1', 'D2', 'D3', 'D5'], []]);
  });
});

describe('--only', () => {
  test('takes back the changes of one record', async () => {
    const ws = await workspace('sales');
    await ws.ok('deal add One');
    await ws.ok('deal add Two');
    await ws.ok('deal set D1 D2 title=Both');
    expect(await undo(ws, '--only', 'D2')).toEqual({ tx: 5, undoes: 4, kept: [] });
    expect([(await deal(ws, 'D1')).title, (await deal(ws, 'D2')).title]).toEqual(['Both', 'Two']);
    expect((await ws.crm('undo 4 --only D9')).code).toBe(2);
    expect(await undo(ws, '4', '--only', 'Both')).toMatchObject({ kept: [] });
    expect((await deal(ws, 'D1')).title).toBe('One');
  });

  test('or the changes of one automation in a sweep', async () => {
    const ws = await workspace('sales');
    await ws.ok('deal add One');
    await ws.ok('deal add Two');
    const { tx } = await new Home(ws.dir).commit(draft => {
      draft.set('D1', { title: 'By hot' }, { automation: 'hot' });
      draft.set('D2', { title: 'By cold' }, { automation: 'cold' });
    });
    await undo(ws, String(tx), '--only', 'hot');
    expect([(await deal(ws, 'D1')).title, (await deal(ws, 'D2')).title]).toEqual(['One', 'By cold']);
  });

  test('the rest can be taken back afterwards', async () => {
    const ws = await workspace('sales');
    await ws.ok('deal add One');
    await ws.ok('deal add Two');
    await ws.ok('deal set D1 D2 title=Both');
    await ws.ok('undo --only D2');
    await ws.ok('undo 4');
    expect([(await deal(ws, 'D1')).title, (await deal(ws, 'D2')).title]).toEqual(['One', 'Two']);
  });
});

describe('redo', () => {
  test('takes the last undo back, then the one before', async () => {
    const ws = await workspace('sales');
    await ws.ok('deal add One');
    await ws.ok('deal set D1 title=Two');
    await ws.ok('deal set D1 title=Three');
    await ws.ok('undo');
    await ws.ok('undo');
    const said = (await ws.crm('redo')).err;
    expect(said).toContain('redid transaction');
    expect(await deal(ws, 'D1')).toMatchObject({ title: 'Two' });
    await ws.ok('redo');
    expect(await deal(ws, 'D1')).toMatchObject({ title: 'Three' });
    expect((await ws.crm('redo')).code).toBe(1);
    // What was done again can be undone again.
    await ws.ok('undo');
    expect(await deal(ws, 'D1')).toMatchObject({ title: 'Two' });
    await ws.ok('redo');
    await ws.ok('undo');
    await ws.ok('undo');
    expect(await deal(ws, 'D1')).toMatchObject({ title: 'One' });
  });

  test('of an addition brings the same record back', async () => {
    const ws = await workspace('sales');
    await ws.ok('deal add One --contact jane@example.com');
    const before = await deal(ws, 'D1');
    await ws.ok('undo');
    await ws.ok('redo');
    expect(await deal(ws, 'D1')).toEqual(before);
    expect(await trash(ws, 'deal')).toEqual([]);
  });

  test('keeps values that were changed since', async () => {
    const ws = await workspace('sales');
    await ws.ok('deal add One');
    await ws.ok('deal set D1 title=Two value=2');
    await ws.ok('undo');
    await ws.ok('deal set D1 title=Mine');
    expect(await redo(ws)).toMatchObject({ kept: [{ id: 'D1', why: 'title was changed since' }] });
    expect(await deal(ws, 'D1')).toMatchObject({ title: 'Mine', value: '2.00' });
  });
});

describe('files', () => {
  test('a command’s edit of YAML is taken back to the byte, and done again', async () => {
    const ws = await workspace('sales');
    const before = text(ws, 'pipelines/sales.yaml');
    await ws.ok(['stage', 'add', 'Offer', '--pipeline', 'sales', '--after', 'in-contact']);
    const after = text(ws, 'pipelines/sales.yaml');
    await ws.ok('undo');
    expect(text(ws, 'pipelines/sales.yaml')).toBe(before);
    await ws.ok('redo');
    expect(text(ws, 'pipelines/sales.yaml')).toBe(after);
  });

  test('so is one by hand, once it was taken in', async () => {
    const ws = await workspace('sales');
    const before = text(ws, 'crm.yaml');
    appendFileSync(join(ws.dir, 'crm.yaml'), '# by hand\n');
    await ws.ok('deal add One');
    expect(await undo(ws, '2')).toMatchObject({ kept: [] });
    expect(text(ws, 'crm.yaml')).toBe(before);
    expect(await ids(ws, 'deal')).toEqual(['D1']);
  });

  test('a file that was changed since stays, also when the change was not taken in yet', async () => {
    const ws = await workspace('sales');
    await ws.ok(['stage', 'add', 'Offer', '--pipeline', 'sales']);
    appendFileSync(join(ws.dir, 'pipelines/sales.yaml'), '# by hand\n');
    const now = text(ws, 'pipelines/sales.yaml');
    expect(await undo(ws, '2')).toMatchObject({
      tx: null,
      kept: [{ id: 'pipelines/sales.yaml', why: 'was changed since' }],
    });
    expect(text(ws, 'pipelines/sales.yaml')).toBe(now);
  });

  test('a pipeline that was added goes, file and all, and comes back', async () => {
    const ws = await workspace('sales');
    await ws.ok('pipeline add Hardware --id hardware');
    const made = text(ws, 'pipelines/hardware.yaml');
    await ws.ok('undo');
    expect(() => text(ws, 'pipelines/hardware.yaml')).toThrow('ENOENT');
    await ws.ok('redo');
    expect(text(ws, 'pipelines/hardware.yaml')).toBe(made);
  });

  test('a stage in which there are deals by now stays', async () => {
    const ws = await workspace('sales');
    await ws.ok(['stage', 'add', 'Offer', '--pipeline', 'sales']);
    await ws.ok('deal add One --stage offer');
    const now = text(ws, 'pipelines/sales.yaml');
    expect(await undo(ws, '2')).toMatchObject({
      tx: null,
      kept: [{ id: 'pipelines/sales.yaml', why: expect.stringContaining('D1') }],
    });
    expect(text(ws, 'pipelines/sales.yaml')).toBe(now);
  });

  test('settings and records of one transaction go together', async () => {
    const ws = await workspace('sales');
    const stdin = 'title,owner\nOne,Somebody New\n';
    await ws.ok(['import', 'deals', '-', '--create-missing', 'users'], { stdin });
    expect(text(ws, 'crm.yaml')).toContain('Somebody New');
    await ws.ok('undo');
    expect(text(ws, 'crm.yaml')).not.toContain('Somebody New');
    expect(await ids(ws, 'deal')).toEqual([]);
  });
});

describe('automations and transitions', () => {
  test('an undo triggers nothing, and says so in the journal', async () => {
    const ws = await workspace('automated-sales');
    await ws.ok('deal add One');
    await ws.ok('undo');
    await ws.ok('redo');
    expect((await transactions(ws)).map(({ trigger, undoes }) => [trigger, undoes])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
      [false, 2],
      [false, 3],
    ]);
  });

  test('a deal that a sweep moved and an undo moved back is not moved again by the next sweep', async () => {
    const ws = await workspace('automated-sales');
    const stage = async () => (await deal(ws, 'D1')).stage;
    await ws.ok('deal add One');
    await ws.ok('task add Call --for D1 --type call');
    await ws.ok('run');
    expect(await stage()).toBe('awaiting-contact');
    expect(await undo(ws)).toMatchObject({ undoes: 4, kept: [] });
    expect(await stage()).toBe('awaiting-processing');
    expect(await ws.json('run')).toMatchObject({ transitions: [] });
    expect(await stage()).toBe('awaiting-processing');
    // The table's answer changes: the hold is over.
    await ws.ok('task done T1');
    await ws.ok('run');
    expect(await stage()).toBe('in-progress');
  });

  test('the engine does not forget what it has seen', async () => {
    const ws = await workspace('automated-sales');
    const cursor = () =>
      new Home(ws.dir).opened(state => [...state.named('cursor').values()].map(c => c.seq));
    await ws.ok('deal add One');
    await ws.ok('task add Call --for D1 --type call');
    await ws.ok('run');
    const seen = await cursor();
    expect(seen).toEqual([4]);
    await ws.ok('undo');
    expect(await cursor()).toEqual(seen);
  });
});

describe('who may', () => {
  test('a restricted user undoes only transactions of which they see everything', async () => {
    const ws = await workspace('sales');
    await ws.ok('user add ana --name Ana --role restricted');
    await ws.ok('user add ben --name Ben --role admin');
    await ws.ok('deal add Mine --owner ana');
    await ws.ok('deal add Yours --owner ben');
    await ws.ok('deal set D1 D2 title=Both');
    expect((await ws.crm('undo --as ana')).code).toBe(1);
    await ws.ok('deal rm D2');
    const ran = await ws.crm('undo --as ana');
    expect([ran.code, ran.err]).toEqual([1, expect.stringContaining('may not see')]);
    expect(await trash(ws, 'deal')).toEqual(['D2']);
    await ws.ok('deal set D1 title=Again --as ana');
    await ws.ok('undo --as ana');
    expect((await deal(ws, 'D1')).title).toBe('Both');
  });

  test('only users who may change settings take back settings', async () => {
    const ws = await workspace('sales');
    await ws.ok('user add ana --name Ana --role manager');
    await ws.ok(['stage', 'add', 'Offer', '--pipeline', 'sales']);
    const now = text(ws, 'pipelines/sales.yaml');
    expect((await ws.crm('undo --as ana')).code).toBe(1);
    expect(text(ws, 'pipelines/sales.yaml')).toBe(now);
  });
});
