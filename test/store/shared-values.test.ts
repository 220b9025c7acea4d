/** Snapshots whose heads have what most of their records share. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { adopt, examine, repair } from '../../src/app/care/doctor.ts';
import { contentsOf } from '../state/contents.ts';
import { Home } from './home.ts';

const deals = (home: Home) => readFileSync(home.path('data/deals.jsonl'), 'utf8');
const linesOf = (home: Home) => deals(home).trimEnd().split('\n');
const headOf = (home: Home) => JSON.parse(linesOf(home)[0]!);

/** Deals of one moment, with few of another stage, of which one has no currency. */
async function withDeals(count: number, sharesFrom: number | undefined): Promise<Home> {
  const home = new Home();
  home.sharesFrom = sharesFrom;
  await home.commit(draft => {
    for (let i = 0; i < count; i++)
      draft.add('deal', {
        title: `Deal ${i}`,
        value: `${i}.00`,
        ...(i !== 1 && { currency: 'EUR' }),
        pipeline: 'sales',
        stage: i === 2 ? 'offer' : 'new',
      });
  });
  await home.checkpoint();
  return home;
}

const expectSound = async (home: Home) => {
  expect(contentsOf(await home.folded())).toEqual(await home.opened(contentsOf));
  expect((await examine(home.world(), home.dir)).findings).toEqual([]);
};

test('the lines leave out what the head has, and say what differs', async () => {
  const home = await withDeals(5, 3);
  const at = '2026-09-14T08:00:01.000Z';
  expect(headOf(home)).toMatchObject({
    format: 2,
    records: 5,
    shared: { currency: 'EUR', pipeline: 'sales', createdAt: at, updatedAt: at, stageSince: at },
  });
  expect(linesOf(home)[0]).toHaveLength(511);
  expect(linesOf(home).slice(1, 4)).toEqual([
    '{"id":"D1","title":"Deal 0","value":"0.00","stage":"new"}',
    '{"id":"D2","title":"Deal 1","value":"1.00","stage":"new","currency":null}',
    '{"id":"D3","title":"Deal 2","value":"2.00","stage":"offer"}',
  ]);
  await expectSound(home);
});

test('what is shared stays while most lines do, and is chosen anew when most are written anew', async () => {
  const home = await withDeals(5, 3);
  const [before, ...lines] = linesOf(home);
  await home.commit(draft => void draft.set('D4', { currency: 'USD' }));
  await home.checkpoint();
  expect(headOf(home).shared).toEqual(JSON.parse(before!).shared);
  expect(linesOf(home)[4]).toBe(
    '{"id":"D4","title":"Deal 3","value":"3.00","stage":"new","currency":"USD","updatedAt":"2026-09-14T08:00:02.000Z"}',
  );
  expect(linesOf(home).slice(1, 4)).toEqual(lines.slice(0, 3));
  await expectSound(home);
  await home.commit(draft => {
    for (const id of ['D1', 'D2', 'D3', 'D4']) draft.set(id, { currency: 'USD', stage: 'offer' });
  });
  await home.checkpoint();
  const at = '2026-09-14T08:00:03.000Z';
  expect(headOf(home).shared).toMatchObject({ currency: 'USD', updatedAt: at, stageSince: at });
  await expectSound(home);
});

test('a snapshot of few records has whole records, and so has one from before while most of it stays', async () => {
  const few = await withDeals(3, 4);
  expect(headOf(few)).not.toHaveProperty('shared');
  expect(headOf(few).format).toBe(1);
  const lines = linesOf(few).slice(1);
  // An older crm wrote whole records, however many.
  const older = new Home(few.dir);
  older.now = few.now;
  older.sharesFrom = 2;
  await older.commit(draft => void draft.add('deal', { title: 'One more', pipeline: 'sales', stage: 'new' }));
  await older.checkpoint();
  expect(headOf(older).format).toBe(1);
  expect(linesOf(older).slice(1, 4)).toEqual(lines);
  await expectSound(older);
  // Only when it comes to that number are its lines made anew.
  few.now = older.now;
  few.sharesFrom = 5;
  await few.commit(draft => void draft.add('deal', { title: 'Fifth', pipeline: 'sales', stage: 'new' }));
  await few.checkpoint();
  expect(headOf(few)).toMatchObject({ format: 2, records: 5 });
  await expectSound(few);
});

test('an edit by hand is taken in; a lost or altered head empties no field', async () => {
  const home = await withDeals(5, 3);
  const written = deals(home);
  const edit = (text: string) => writeFileSync(home.path('data/deals.jsonl'), text);
  edit(`${written.replace('Deal 3', 'Chairs')}{"id":"D6","title":"By hand","stage":"new"}\n`);
  const found = await examine(home.world(), home.dir);
  await adopt(home.world(), found, async changes => {
    expect(changes).toMatchObject([
      { add: { id: 'D6', title: 'By hand', stage: 'new' } },
      { id: 'D4', set: { title: ['Deal 3', 'Chairs'] } },
    ]);
  });
  await expectSound(home);
  for (const head of [
    '',
    `{"snapshot":"deals","format":2,"seq":2,"shared":{"currency":1},"checksum":""}\n`,
  ]) {
    edit(head + written.slice(512));
    const damaged = await examine(home.world(), home.dir);
    await expect(adopt(home.world(), damaged, async () => {})).rejects.toThrow(
      'lacks values that the first line had',
    );
    await repair(home.world(), damaged);
  }
});
