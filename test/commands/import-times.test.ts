/** When records were created, moved and closed before they came here: what an import says of it is true afterwards. */
import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NOW, type TestWorkspace, workspace } from '../harness.ts';
import { runs } from '../effort.ts';

const importing = (ws: TestWorkspace, kind: string, stdin: string, ...options: string[]) =>
  ws.crm(['import', kind, '-', '--json', ...options], { stdin });

const DEALS = `externalId,title,status,stage,createdAt,stageSince,closedAt,closedStage
1,Open,open,in-contact,2026-01-05,2026-06-01 10:00,,
2,Won,won,,2026-01-05 09:30,,2026-03-01,in-contact
3,Lost on its day,lost,,2026-02-03 15:00,,2026-02-03,
4,Without creation,won,,,2026-03-01,2026-04-01,
5,As before,open,,,,,
`;
/** Amsterdam is an hour or two ahead. */
const times = [
  { stage: 'in-contact', createdAt: '2026-01-04T23:00:00.000Z', stageSince: '2026-06-01T08:00:00.000Z' },
  {
    stage: 'in-contact',
    createdAt: '2026-01-05T08:30:00.000Z',
    stageSince: '2026-01-05T08:30:00.000Z',
    closedAt: '2026-02-28T23:00:00.000Z',
    closedStage: 'in-contact',
  },
  { createdAt: '2026-02-03T14:00:00.000Z', closedAt: '2026-02-03T14:00:00.000Z', closedStage: 'to-contact' },
  { createdAt: '2026-02-28T23:00:00.000Z', stageSince: '2026-02-28T23:00:00.000Z' },
  { createdAt: NOW, stageSince: NOW, updatedAt: NOW },
];

test('creation, stage and closing are as the file says, from caches and without', async () => {
  const ws = await workspace();
  expect((await importing(ws, 'deals', DEALS)).json()).toMatchObject({ created: 5, failed: 0 });
  for (let i = 0; i < 2; i++) {
    expect(await ws.json('deal list --sort id')).toMatchObject(times);
    expect(await ws.ok('deal list stage-age.over:100d -q')).toBe('D1\nD2\nD3\nD4\n');
    expect(await ws.ok('deal list idle.over:200d -q')).toBe('D1\nD2\nD3\n');
    expect(await ws.ok('deal list created:2026-02 -q')).toBe('D3\n');
    rmSync(ws.cacheHome, { recursive: true, force: true });
  }
  await ws.ok('doctor');
  expect(await ws.ok('history D1', { tty: 80 })).toMatch(/ imported\n[\s\S]*stage since: 2026-06-01 10:00/);
});

test('a second time changes nothing; corrected times are changed, and undone', async () => {
  const ws = await workspace();
  await importing(ws, 'deals', DEALS, '--key', 'externalId');
  expect((await importing(ws, 'deals', DEALS, '--key', 'externalId')).json()).toMatchObject({
    unchanged: 5,
    tx: null,
  });
  const corrected = 'externalId,createdAt,stageSince\n1,2025-12-24,2026-05-02\n';
  expect((await importing(ws, 'deals', corrected, '--key', 'externalId')).json()).toMatchObject({
    updated: 1,
  });
  const changed = { createdAt: '2025-12-23T23:00:00.000Z', stageSince: '2026-05-01T22:00:00.000Z' };
  expect(await ws.json('deal show D1')).toMatchObject(changed);
  rmSync(ws.cacheHome, { recursive: true, force: true });
  expect(await ws.json('deal show D1')).toMatchObject(changed);
  await ws.ok('undo');
  expect(await ws.json('deal show D1')).toMatchObject(times[0]!);
});

test('undo takes the import back, and redo brings it again with its times', async () => {
  const ws = await workspace();
  await importing(ws, 'deals', DEALS);
  await ws.ok('undo');
  expect(await ws.json('deal list')).toEqual([]);
  await ws.ok('redo');
  expect(await ws.json('deal list --sort id')).toMatchObject(times);
});

test('rules that start when a record is created start for imported ones, and not for ones that come back', async () => {
  const ws = await workspace();
  await ws.ok('automation add --template first-call');
  await ws.ok('automation enable first-call');
  await ws.ok('run');
  await importing(ws, 'deals', DEALS.split('\n').slice(0, 2).join('\n'), '--trigger');
  const started = async () => (await ws.json<{ automations: object[] }>('run')).automations.length;
  expect(await started()).toBe(1);
  await ws.ok('deal rm D1');
  await ws.ok('deal restore D1');
  expect(await started()).toBe(0);
});

test('other kinds say when they were created', async () => {
  const ws = await workspace();
  const rows = (kind: string, header: string, row: string) =>
    importing(ws, kind, `${header},createdAt\n${row},2025-05-01T10:00:00Z\n`);
  for (const [kind, header, row] of [
    ['accounts', 'name', 'Acme'],
    ['contacts', 'name,email', 'Jane,jane@x.nl'],
    ['tasks', 'title,for', 'Call,jane@x.nl'],
  ] as const) {
    expect((await rows(kind, header, row)).json()).toMatchObject({ created: 1 });
    expect(await ws.json([kind.slice(0, -1), 'list'])).toMatchObject([
      { createdAt: '2025-05-01T10:00:00.000Z' },
    ]);
  }
});

describe('an impossible time is an error of the row', () => {
  test.each([
    ['createdAt', 'a,open,2027-01-01,,,', /createdAt 2026-12-31T23:00:00.000Z is in the future/],
    ['closedAt', 'a,won,,,2027-01-01,', /closedAt .* is in the future/],
    ['stageSince', 'a,open,2026-02-01,2026-01-01,,', /moved to its stage .* before it was created/],
    ['closedAt before', 'a,won,2026-02-01,,2026-01-01,', /closed .* before it was created/],
    ['closedStage of an open deal', 'a,open,,,,in-contact', /an open deal has no closedStage/],
    ['closedStage', 'a,won,,,,nowhere', /unknown closedStage/],
  ])('%s', async (_, row, message) => {
    const ws = await workspace();
    const header = 'title,status,createdAt,stageSince,closedAt,closedStage';
    const ran = (await importing(ws, 'deals', `${header}\n${row}\n`)).json<{ errors: { error: string }[] }>();
    expect(ran.errors[0]?.error).toMatch(message);
  });
});

test('whatever times rows say: they are refused, or in order and never in the future', async () => {
  const day = fc
    .integer({ min: 0, max: 700 })
    .map(n => new Date(Date.UTC(2025, 0, 1 + n)).toISOString().slice(0, 10));
  const row = fc.tuple(
    fc.constantFrom('open', 'won', 'lost'),
    ...[0, 1, 2].map(() => fc.option(day, { nil: '' })),
  );
  const ws = await workspace();
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 300 }), async rows => {
      const text = rows.map(([status, created, since, closed], i) =>
        [i, status, created, since, status === 'open' ? '' : closed].join(','),
      );
      const header = 'title,status,createdAt,stageSince,closedAt';
      const { code } = await importing(ws, 'deals', [header, ...text].join('\n'), '--skip-invalid');
      expect([0, 1]).toContain(code);
      const deals = await ws.json<Record<string, string | null>[]>('deal list');
      for (const { createdAt, stageSince, closedAt } of deals) {
        expect(createdAt! <= stageSince! && stageSince! <= NOW).toBe(true);
        if (closedAt !== null) expect(createdAt! <= closedAt! && closedAt! <= NOW).toBe(true);
      }
      if (deals.length > 0) await ws.ok('undo');
    }),
    { numRuns: runs(5) },
  );
});

describe('reports of the past', () => {
  test('count a deal from its creation where the file says only when it came into its last stage, never below 0', async () => {
    const ws = await workspace();
    const header = 'title,status,stage,createdAt,stageSince';
    await importing(ws, 'deals', `${header}\nA,open,in-contact,2026-03-01,2026-06-15\n`);
    const ages = async (day: string) =>
      (
        await ws.json<{ rows: { stage: string; deals: number; medianAgeDays: number }[] }>(
          `report pipeline --at ${day}`,
        )
      ).rows
        .filter(({ deals }) => deals > 0)
        .map(({ stage, medianAgeDays }) => [stage, medianAgeDays]);
    for (let i = 0; i < 2; i++) {
      expect(await ages('2026-02-28')).toEqual([]);
      expect(await ages('2026-03-01')).toEqual([['in-contact', 1]]);
      expect(await ages('2026-03-15')).toEqual([['in-contact', 15]]);
      expect(await ages('2026-06-14')).toEqual([['in-contact', 106]]);
      expect(await ages('2026-06-15')).toEqual([['in-contact', 1]]);
      rmSync(ws.cacheHome, { recursive: true, force: true });
    }
  });

  const velocity = async (ws: TestWorkspace) => {
    const { rows, notes } = await ws.json<{
      rows: readonly { readonly won: number; readonly n: number; readonly medianCycleDays: number | null }[];
      notes: readonly string[];
    }>('report velocity --from 2026-01-01 --to 2026-08-31');
    const [{ won, n, medianCycleDays }] = rows as [(typeof rows)[number]];
    return { won, n, medianCycleDays, unknown: notes.filter(note => note.includes('time is unknown')) };
  };

  test('leave a deal out of sales cycles whose file does not say when it was made', async () => {
    const ws = await workspace();
    await importing(
      ws,
      'deals',
      `title,status,createdAt,stageSince,closedAt
Known,won,2026-03-01,,2026-03-11
At once,won,2026-03-01 10:00,,2026-03-01 10:00
Moved and won,won,,2026-03-01,2026-03-05
Won alone,won,,,2026-03-05
`,
    );
    expect(await velocity(ws)).toEqual({
      won: 4,
      n: 2,
      medianCycleDays: 5,
      unknown: ['without 2 won deals whose creation time is unknown'],
    });
    rmSync(ws.cacheHome, { recursive: true, force: true });
    expect((await velocity(ws)).n).toBe(2);
  });

  test('go by the creation and the stage that a later import corrects, and by those of before after its undo', async () => {
    const ws = await workspace();
    await importing(
      ws,
      'deals',
      'externalId,title,status,stage,createdAt,stageSince,closedAt\n1,A,won,,,2026-03-01,2026-03-05\n2,B,open,in-contact,2026-02-01,2026-03-01,\n',
    );
    const stays = async () =>
      (await ws.json<{ from: string }[]>('history D2 --stages')).map(({ from }) => from.slice(0, 10));
    const created = async () =>
      (
        await ws.json<{ rows: readonly { readonly reached: number }[] }>(
          'report funnel --from 2026-01-01 --to 2026-01-31',
        )
      ).rows.map(({ reached }) => reached)[0];
    expect(await stays()).toEqual(['2026-02-28']);
    expect(await created()).toBeUndefined();
    const corrected = 'externalId,createdAt,stageSince\n1,2026-01-04,\n2,2026-01-05,2026-03-10\n';
    expect((await importing(ws, 'deals', corrected, '--key', 'externalId')).json()).toMatchObject({
      updated: 2,
    });
    expect(await velocity(ws)).toEqual({ won: 1, n: 1, medianCycleDays: 60, unknown: [] });
    expect(await stays()).toEqual(['2026-03-09']);
    expect(await created()).toBe(2);
    rmSync(ws.cacheHome, { recursive: true, force: true });
    expect(await created()).toBe(2);
    await ws.ok('undo');
    expect(await created()).toBeUndefined();
    expect(await stays()).toEqual(['2026-02-28']);
  });
});
