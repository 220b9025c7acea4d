import { describe, expect, test } from 'vitest';
import { copiesOf, type TestWorkspace, workspace } from '../harness.ts';

const day = (month: number, n: number) => ({
  now: `2026-${String(month).padStart(2, '0')}-${String(n).padStart(2, '0')}T08:00:00Z`,
});

/** Three deals of EUR and one of JPY, from March to June. */
const worked = copiesOf(async () => {
  const ws = await workspace();
  await ws.ok('user add bob --name Bob');
  await ws.ok('deal add Chairs --value 100 --owner bob', day(3, 1));
  await ws.ok('deal add Tables --value 200.50', day(3, 2));
  await ws.ok('deal add Lamps --value 5000 --currency JPY', day(3, 3));
  await ws.ok('deal move D1 in-contact', day(4, 2));
  await ws.ok('deal set D2 value=250 close=2026-05-20', day(4, 3));
  await ws.ok('deal win D1', day(4, 11));
  await ws.ok('deal lose D3 --reason price', day(4, 12));
  await ws.ok('deal add Desks --value 70 --owner bob --close 2026-05-30', day(5, 1));
  await ws.ok('deal set D2 close=2026-07-01', day(5, 5));
  await ws.ok('deal move D2 in-contact', day(5, 6));
  await ws.ok('undo', day(5, 7));
  await ws.ok('deal rm D4', day(5, 8));
  return ws;
});

interface Answer {
  readonly rows: readonly Record<string, unknown>[];
  readonly notes: readonly string[];
}
const report = (ws: TestWorkspace, line: string) => ws.json<Answer>(`report ${line}`, day(6, 1));
const flow = (deals: number, value: string) => ({ deals, value });

describe('crm report movement', () => {
  test('leads from the start to the end', async () => {
    const ws = await worked();
    const [eur, jpy] = (await report(ws, 'movement --from 2026-04-01 --to 2026-04-30')).rows;
    expect(eur).toEqual({
      currency: 'EUR',
      start: flow(2, '300.50'),
      created: flow(0, '0.00'),
      reopened: flow(0, '0.00'),
      movedIn: flow(0, '0.00'),
      raised: flow(1, '49.50'),
      restored: flow(0, '0.00'),
      won: flow(1, '100.00'),
      lost: flow(0, '0.00'),
      movedOut: flow(0, '0.00'),
      lowered: flow(0, '0.00'),
      removed: flow(0, '0.00'),
      end: flow(1, '250.00'),
      query: null,
    });
    expect(jpy).toMatchObject({
      currency: 'JPY',
      start: flow(1, '5000'),
      lost: flow(1, '5000'),
      end: flow(0, '0'),
    });
  });

  test('of deals due in a period says what was pushed out of it, and the slippage', async () => {
    const ws = await worked();
    const [eur] = (await report(ws, 'movement --due 2026-05 --from 2026-05-01 --to 2026-05-31')).rows;
    expect(eur).toMatchObject({
      start: flow(1, '250.00'),
      created: flow(1, '70.00'),
      pushedOut: flow(1, '250.00'),
      removed: flow(1, '70.00'),
      end: flow(0, '0.00'),
      slippage: 1,
    });
  });

  test('per owner, and refused questions', async () => {
    const ws = await worked();
    const { rows } = await report(ws, 'movement --per owner --from 2026-03-01 --to 2026-05-31');
    expect(rows.map(({ owner, currency, created }) => ({ owner, currency, created }))).toEqual([
      { owner: 'bob', currency: 'EUR', created: flow(2, '170.00') },
      { owner: null, currency: 'EUR', created: flow(1, '200.50') },
      { owner: null, currency: 'JPY', created: flow(1, '5000') },
    ]);
    for (const line of [
      'movement --per value',
      'movement --per nothing',
      'funnel --per stage',
      'movement --due someday',
      'funnel --due 2026-05',
      'movement --currency GBP',
    ])
      expect({ line, code: (await ws.crm(`report ${line}`)).code }).toEqual({ line, code: 2 });
  });

  test('asks a query and rights of deals as they are now', async () => {
    const ws = await worked();
    await ws.ok('user set bob role=restricted');
    const created = async (line: string) =>
      (await report(ws, `movement --from 2026-03-01 --to 2026-05-31 ${line}`)).rows.map(row => row.created);
    expect(await created('title:Tables')).toEqual([flow(1, '200.50')]);
    // His own, the one in the trash too, and those of nobody.
    expect(await created('--as bob')).toEqual([flow(3, '370.50'), flow(1, '5000')]);
    await ws.ok('user add eve --name Eve');
    await ws.ok('deal set D2 D3 owner=eve', day(5, 20));
    expect(await created('--as bob')).toEqual([flow(2, '170.00')]);
  });
});

describe('crm report funnel', () => {
  test('shows the outcomes of entries; an undone move is not an entry', async () => {
    const ws = await worked();
    const { rows } = await report(ws, 'funnel --from 2026-03-01 --to 2026-05-31');
    const figures = rows.map(
      ({
        stage,
        currency,
        entries,
        advanced,
        won,
        lost,
        left,
        still,
        conversion,
        medianDays,
        reached,
        reachedWon,
      }) => ({
        stage,
        currency,
        entries,
        advanced,
        won,
        lost,
        left,
        still,
        conversion,
        medianDays,
        reached,
        reachedWon,
      }),
    );
    expect(figures).toEqual([
      {
        stage: 'to-contact',
        currency: 'EUR',
        entries: 3,
        advanced: 1,
        won: 0,
        lost: 0,
        left: 1,
        still: 1,
        conversion: 0.5,
        medianDays: 19.5,
        reached: 3,
        reachedWon: 1,
      },
      {
        stage: 'to-contact',
        currency: 'JPY',
        entries: 1,
        advanced: 0,
        won: 0,
        lost: 1,
        left: 0,
        still: 0,
        conversion: 0,
        medianDays: 40,
        reached: 1,
        reachedWon: 0,
      },
      {
        stage: 'in-contact',
        currency: 'EUR',
        entries: 1,
        advanced: 0,
        won: 1,
        lost: 0,
        left: 0,
        still: 0,
        conversion: 1,
        medianDays: 9,
        reached: 1,
        reachedWon: 1,
      },
      {
        stage: 'follow-up',
        currency: 'EUR',
        entries: 0,
        advanced: 0,
        won: 0,
        lost: 0,
        left: 0,
        still: 0,
        conversion: null,
        medianDays: null,
        reached: 0,
        reachedWon: 0,
      },
    ]);
  });

  test('as of an earlier day does not know later changes', async () => {
    const ws = await worked();
    const { rows } = await report(ws, 'funnel --from 2026-03-01 --to 2026-03-31 --at 2026-04-05');
    expect(
      rows
        .map(({ stage, currency, still, advanced }) => `${stage} ${currency} ${still} ${advanced}`)
        .slice(0, 3),
    ).toEqual(['to-contact EUR 1 1', 'to-contact JPY 1 0', 'in-contact EUR 0 0']);
  });
});

test('crm report velocity: rates, cycle, and what is won per day', async () => {
  const ws = await worked();
  const { rows, notes } = await report(ws, 'velocity --from 2026-04-01 --to 2026-06-30');
  expect(rows[0]).toMatchObject({
    pipeline: 'sales',
    currency: 'EUR',
    open: 1,
    won: 1,
    lost: 0,
    winRate: 1,
    averageValue: '100.00',
    medianCycleDays: 41,
    n: 1,
    perDay: '2.44',
  });
  expect(rows[1]).toMatchObject({
    currency: 'JPY',
    won: 0,
    lost: 1,
    winRate: 0,
    averageValue: null,
    perDay: null,
  });
  expect(notes).toContain('in In contact: median 9 days, 75 % within 9, n = 1');
});

test('crm report probability: not yet of few deals, then learned with its interval', async () => {
  const ws = await worked();
  const first = await report(ws, 'probability');
  expect(first.rows[0]).toMatchObject({
    stage: 'to-contact',
    given: 0.1,
    learned: null,
    low: null,
    high: null,
    n: 2,
  });
  for (let i = 0; i < 30; i++)
    await ws.ok(`deal add More --value 1 --status ${i < 24 ? 'won' : 'lost'}`, day(5, 20));
  const { rows, notes } = await report(ws, 'probability');
  expect(rows[0]).toMatchObject({ stage: 'to-contact', given: 0.1, learned: 25 / 32, n: 32 });
  expect(notes.some(note => note.startsWith('sales/to-contact: the given 10 % lies outside'))).toBe(true);
});

test('--learned: weighted as decided deals of the stage say, unless the deal says it itself', async () => {
  const ws = await worked();
  const weighted = async (line: string) => {
    const { rows, notes } = await report(ws, line);
    return {
      weighted: rows.filter(({ deals }) => deals !== 0).map(row => row.weighted),
      learned: notes.find(note => note.startsWith('learned: '))?.slice(0, 45),
    };
  };
  expect(await weighted('forecast --from 2026-07-01 --to 2026-07-31 --learned')).toEqual({
    weighted: ['25.00'],
    learned: 'learned: sales/to-contact not yet (n = 2), sa',
  });
  for (let i = 0; i < 31; i++)
    await ws.ok(`deal add More --value 1 --status ${i < 10 ? 'won' : 'lost'}`, day(5, 20));
  // 11 of 33, of 250.00.
  for (const name of ['forecast --from 2026-07-01 --to 2026-07-31', 'pipeline'])
    expect(await weighted(`${name} --learned is:open`)).toEqual({
      weighted: ['83.33'],
      learned: 'learned: sales/to-contact 33.3 %, sales/in-co',
    });
  expect(await weighted('pipeline')).toEqual({ weighted: ['25.00'], learned: undefined });
  const shown = await ws.json<{ id: string; learned: unknown }>('deal show D2 --learned', day(6, 1));
  expect(shown).toMatchObject({ id: 'D2', learned: { won: 11, n: 33, rate: 1 / 3, isEnough: true } });
  expect(await ws.ok('deal show D2 --learned', { ...day(6, 1), tty: 100 })).toMatch(
    /learned: 33.3 % \(95 % interval: [\d.]+ % to [\d.]+ %\); 11 of 33 decided deals/,
  );
  await ws.ok('deal set D2 probability=90');
  expect((await weighted('pipeline --learned')).weighted).toEqual(['225.00']);
  for (const line of ['report funnel --learned', 'deal show D1 D2 --learned'])
    expect({ line, code: (await ws.crm(line)).code }).toEqual({ line, code: 2 });
});

test('crm explain D2 probability: its own, that of its stage, and what is learned', async () => {
  const ws = await worked();
  const explained = () => ws.json<Record<string, unknown>>('explain D2 probability', day(6, 1));
  expect(await explained()).toEqual({
    record: 'D2',
    title: 'Tables',
    pipeline: 'sales',
    stage: 'to-contact',
    status: 'open',
    probability: 0.1,
    from: 'stage',
    own: null,
    given: 0.1,
    learned: {
      won: 1,
      n: 2,
      rate: 0.5,
      low: expect.closeTo(0.0945, 4),
      high: expect.closeTo(0.9055, 4),
      isEnough: false,
    },
  });
  expect(await ws.ok('explain D2 probability', day(6, 1))).toBe(
    'D2 Tables: 10 %, the probability of its stage counts\n  its own: none\n  given for sales/to-contact: 10 %\n' +
      '  learned: not yet (n = 2); 1 of 2 decided deals that were ever in this stage were won\n',
  );
  await ws.ok('deal set D2 probability=70', day(6, 1));
  expect(await explained()).toMatchObject({ probability: 0.7, from: 'deal', own: 0.7 });
  expect(await ws.ok('explain D1 probability', day(6, 1))).toContain('D1 Chairs: 100 %, it is won');
  await ws.ok('contact add --name Jane');
  expect((await ws.crm('explain C1 probability')).code).toBe(2);
});

test.each(['funnel', 'movement', 'velocity', 'probability'])(
  'crm report %s of nothing is a sentence',
  async name => {
    const ws = await workspace();
    for (const options of [{ tty: 80 }, {}]) {
      const ran = await ws.crm(`report ${name}`, options);
      expect(ran.code).toBe(0);
      expect(ran.out + ran.err).not.toMatch(/NaN|Infinity|undefined/);
    }
  },
);

describe('reports of the past by group', () => {
  const march = '--from 2026-03-01 --to 2026-05-31';

  async function grouped(): Promise<TestWorkspace> {
    const ws = await worked();
    await ws.ok('user add ana --name Ana');
    await ws.ok('team add north bob ana');
    await ws.ok('team add south bob');
    await ws.ok('account add Acme');
    await ws.ok('deal set D1 D2 account=A1', day(5, 9));
    // Bob had it until then.
    await ws.ok('deal set D1 owner=ana', day(5, 10));
    return ws;
  }

  test('go by the owner of then, and by the account of now', async () => {
    const ws = await grouped();
    const created = async (per: string) =>
      (await report(ws, `movement --per ${per} ${march}`)).rows.map(
        row => `${String(row[per])} ${String(row.currency)} ${(row.created as { deals: number }).deals}`,
      );
    expect(await created('owner')).toEqual(['bob EUR 2', 'null EUR 1', 'null JPY 1']);
    expect(await created('account')).toEqual(['A1 EUR 2', 'null EUR 1', 'null JPY 1']);
    // In two teams: in each of them, and once in the total.
    expect(await created('team')).toEqual(['north EUR 2', 'south EUR 2', 'null EUR 1', 'null JPY 1']);
    const total = await ws.json<{ total: { created: unknown }[] }>(
      `report movement --per team ${march}`,
      day(6, 1),
    );
    expect(total.total.map(row => row.created)).toEqual([flow(3, '370.50'), flow(1, '5000')]);
  });

  test('add up to the figures without groups', async () => {
    const ws = await grouped();
    const sum = async (line: string, key: string) =>
      (await report(ws, `${line} ${march}`)).rows.reduce((all, row) => all + Number(row[key]), 0);
    for (const per of ['owner', 'account', 'title', 'pipeline'])
      expect([
        per,
        await sum(`velocity --per ${per}`, 'won'),
        await sum(`velocity --per ${per}`, 'lost'),
      ]).toEqual([per, 1, 1]);
    for (const per of ['owner', 'account', 'title'])
      expect([per, await sum(`funnel --per ${per}`, 'entries')]).toEqual([
        per,
        await sum('funnel', 'entries'),
      ]);
    expect((await report(ws, `velocity --per owner ${march}`)).rows[0]).toMatchObject({
      owner: 'ana',
      won: 1,
    });
    // What became of an entry is of the owner of then, how far deals came is of that of now.
    expect(
      (await report(ws, `funnel --per owner ${march}`)).rows.map(
        row => `${String(row.owner)} ${String(row.stage)} ${String(row.entries)} ${String(row.reached)}`,
      ),
    ).toEqual([
      'ana to-contact 0 1',
      'ana in-contact 0 1',
      'bob to-contact 2 1',
      'bob in-contact 1 0',
      'null to-contact 1 1',
      'null to-contact 1 1',
    ]);
  });

  test('--deals lists the deals of a row', async () => {
    const ws = await grouped();
    const deals = async (line: string) =>
      (await ws.json<{ id: string }[]>(`report ${line} ${march} --fields id`, day(6, 1))).map(({ id }) => id);
    // The one in the trash is in the figures only.
    expect(await deals('movement --deals EUR')).toEqual(['D1', 'D2']);
    expect(await deals('movement --per account --deals A1')).toEqual(['D1', 'D2']);
    expect(await deals('movement --deals JPY')).toEqual(['D3']);
    expect(await deals('funnel --deals in-contact')).toEqual(['D1']);
    expect(await deals('funnel --deals 1')).toEqual(['D1', 'D2']);
    expect(await deals('velocity --deals EUR')).toEqual(['D1']);
    expect(await deals('velocity --per team --deals north')).toEqual(['D1']);
  });
});
