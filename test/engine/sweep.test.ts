/** What a sweep does with transitions, beside deciding them: once, alike in a dry run, and in the history. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { contentsOfDirectory } from '../app/directory-hash.ts';
import { copiesOf, NOW, type TestWorkspace, workspace } from '../harness.ts';

interface Swept {
  readonly now: string;
  readonly tx: number | null;
  readonly events: number;
  readonly transitions: readonly { record: string; from: string; to: string; rule: number }[];
  readonly automations: readonly unknown[];
  readonly changes: Record<string, number>;
  readonly failures: readonly { subject: string | null; error: string }[];
}

/** All that is not a cache, byte for byte. */
const bytesOf = (ws: TestWorkspace) => contentsOfDirectory(ws.dir, ['.crm']);

async function sweepOf(ws: TestWorkspace, code: number, ...args: string[]): Promise<Swept> {
  const ran = await ws.crm(['run', '--json', ...args]);
  expect(ran.code).toBe(code);
  return ran.json<Swept>();
}

/** Deals in several stages with something to do for the table. */
const busy = copiesOf(async () => {
  const ws = await workspace('automated-sales');
  await ws.ok('deal add Chairs --contact jane@example.com');
  await ws.ok('deal add Tables --stage newsletter --contact joe@example.com');
  await ws.ok('deal add Desks');
  await ws.ok('deal add Lamps');
  await ws.ok('run');
  await ws.ok('task add Ask --for D1');
  await ws.ok('event add email.bounced --contact joe@example.com');
  await ws.ok('deal win D3');
  return ws;
});

const moves = [
  { record: 'D1', from: 'awaiting-processing', to: 'awaiting-contact', rule: 10 },
  { record: 'D2', from: 'newsletter', to: 'unreachable', rule: 5 },
  { record: 'D3', from: 'awaiting-processing', to: 'one-time', rule: 3 },
];

describe('crm run --json', () => {
  it('has this shape, with its keys in this order', async () => {
    const ws = await busy();
    const { out } = await ws.crm('run --json');
    expect(JSON.parse(out)).toEqual({
      now: NOW,
      tx: 10,
      events: 3,
      transitions: moves,
      automations: [],
      changes: { deals: 3 },
      failures: [],
      leftOut: [],
      deliveries: { sent: 0, filed: 0, failed: 0, unknown: 0, suppressed: 0, held: 0, queued: 0 },
    });
    expect(Object.keys(JSON.parse(out) as object)).toEqual([
      'now',
      'tx',
      'events',
      'transitions',
      'automations',
      'changes',
      'failures',
      'leftOut',
      'deliveries',
    ]);
  });

  it('counts a deal once that moves twice', async () => {
    const ws = await workspace('automated-sales');
    await ws.ok('deal add Chairs --stage newsletter --contact jane@example.com');
    await ws.ok('task add Ask --for D1');
    await ws.ok('event add email.bounced --contact jane@example.com');
    const { transitions, changes } = await sweepOf(ws, 0);
    expect(transitions).toEqual([
      { record: 'D1', from: 'newsletter', to: 'unreachable', rule: 5 },
      { record: 'D1', from: 'unreachable', to: 'awaiting-contact', rule: 10 },
    ]);
    expect(changes).toEqual({ deals: 1 });
  });
});

describe('a dry run', () => {
  it('predicts what the run does, and writes nothing', async () => {
    const ws = await busy();
    const before = bytesOf(ws);
    const dry = await sweepOf(ws, 0, '--dry-run');
    expect(dry).toMatchObject({ tx: null, events: 3, transitions: moves });
    expect(bytesOf(ws)).toEqual(before);
    expect(await sweepOf(ws, 0)).toEqual({ ...dry, tx: 10 });
  });

  it('also of what a later time brings', async () => {
    const ws = await busy();
    const dry = await sweepOf(ws, 0, '--dry-run', '--now', '2026-10-20T00:00:00Z');
    const real = await sweepOf(ws, 0, '--now', '2026-10-20T00:00:00Z');
    expect(real).toEqual({ ...dry, tx: 10 });
    expect(real.transitions).toContainEqual({
      record: 'D4',
      from: 'awaiting-processing',
      to: 'forgotten',
      rule: 7,
    });
  });
});

describe('the next sweep', () => {
  it('at the same time does nothing: not a byte', async () => {
    const ws = await busy();
    await sweepOf(ws, 0);
    const before = bytesOf(ws);
    expect(await sweepOf(ws, 0)).toEqual({
      now: NOW,
      tx: null,
      events: 0,
      transitions: [],
      automations: [],
      changes: {},
      failures: [],
      leftOut: [],
      deliveries: { sent: 0, filed: 0, failed: 0, unknown: 0, suppressed: 0, held: 0, queued: 0 },
    });
    expect(bytesOf(ws)).toEqual(before);
  });

  it('at a later time at which nothing is due does nothing either', async () => {
    const ws = await busy();
    await sweepOf(ws, 0);
    const before = bytesOf(ws);
    expect((await sweepOf(ws, 0, '--now', '2026-09-20T00:00:00Z')).tx).toBeNull();
    expect(bytesOf(ws)).toEqual(before);
  });

  it('sees each change once, even if no transition follows from it', async () => {
    const ws = await busy();
    await sweepOf(ws, 0);
    await ws.ok('deal set D4 value=5 tag=vip');
    await ws.ok('contact set C1 phone=1');
    const first = await sweepOf(ws, 0);
    expect(first).toMatchObject({ tx: 13, events: 2, transitions: [], changes: {} });
    expect(await sweepOf(ws, 0)).toMatchObject({ tx: null, events: 0 });
  });

  it('before the last one is exit 1, names both, and what is due at the last one stays done', async () => {
    const ws = await busy();
    await sweepOf(ws, 0);
    await ws.ok('deal lose D4');
    const { failures, transitions } = await sweepOf(ws, 1, '--now', '2026-09-14T07:59:00Z');
    expect(failures).toEqual([
      {
        automation: null,
        subject: null,
        step: null,
        error:
          'the time of this sweep, 2026-09-14T07:59:00.000Z, is before the time of the last sweep, 2026-09-14T08:00:00.000Z: no rule that depends on time was started; if the last sweep had a wrong clock, crm run --last-sweep 2026-09-14T07:59:00.000Z corrects its time',
      },
    ]);
    // What does not depend on time is done all the same.
    expect(transitions).toEqual([{ record: 'D4', from: 'awaiting-processing', to: 'failed', rule: 4 }]);
    const text = await ws.crm('run --now 2026-09-14T07:59:00Z');
    expect(text.code).toBe(1);
    expect(text.err).toContain('is before the time of the last sweep');
    expect((await sweepOf(ws, 0)).tx).toBeNull();
  });

  it.each([
    [1, NOW],
    [4999, NOW],
    [5000, NOW],
    [5001, undefined],
    [60_000, undefined],
  ])('%i ms before the last one takes the time of that one, within five seconds', async (ms, takes) => {
    const ws = await busy();
    await sweepOf(ws, 0);
    await ws.ok('deal lose D4');
    const own = new Date(Date.parse(NOW) - ms).toISOString();
    const swept = await sweepOf(ws, takes ? 0 : 1, '--now', own);
    expect(swept).toMatchObject({ now: takes ?? own, transitions: [{ record: 'D4' }] });
    expect(swept.failures).toHaveLength(takes ? 0 : 1);
    expect(await ws.json('status')).toMatchObject({ sweep: { at: NOW } });
    expect((await ws.crm('doctor')).code).toBe(0);
  });
});

describe('the history', () => {
  it('says that crm did it, by which row', async () => {
    const ws = await busy();
    await sweepOf(ws, 0);
    const [entry] = await ws.json<unknown[]>('history D1');
    expect(entry).toMatchObject({
      tx: 10,
      at: NOW,
      by: 'crm',
      via: 'run',
      changes: [
        { kind: 'deal', id: 'D1', op: 'set', set: { stage: ['awaiting-processing', 'awaiting-contact'] } },
      ],
    });
    expect(JSON.stringify(entry)).toContain('"transition":10');
  });

  it('stageSince is the time of the sweep', async () => {
    const ws = await busy();
    await sweepOf(ws, 0, '--now', '2026-09-15T00:00:00Z');
    expect(await ws.json('deal show D1')).toMatchObject({
      stage: 'awaiting-contact',
      stageSince: '2026-09-15T00:00:00.000Z',
      updatedAt: '2026-09-15T00:00:00.000Z',
    });
  });
});

function writePipeline(ws: TestWorkspace, text: string): void {
  mkdirSync(join(ws.dir, 'pipelines'), { recursive: true });
  writeFileSync(join(ws.dir, 'pipelines/sales.yaml'), text);
}

describe('rows that do not settle', () => {
  async function looping(): Promise<TestWorkspace> {
    const ws = await workspace('empty');
    writePipeline(
      ws,
      `name: Loop
stages:
  - { id: start, name: Start }
  - { id: a, name: A }
  - { id: b, name: B }
  - { id: c, name: C }
  - { id: end, name: End }
transitions:
  - { to: end, from: [start, a], when: 'tag:end' }
  - { to: a, from: [start], when: 'tag:loop' }
  - { to: b, from: [a], when: 'tag:loop' }
  - { to: c, from: [b], when: 'tag:loop' }
  - { to: a, from: [c], when: 'tag:loop' }
`,
    );
    return ws;
  }

  it('are cut and named, exit 1, while other deals move', async () => {
    const ws = await looping();
    await ws.ok('deal add One --stage b --tags loop');
    await ws.ok('deal add Two --tags end');
    const before = await ws.json('deal show D1');
    const { transitions, failures, changes } = await sweepOf(ws, 1);
    expect(transitions).toEqual([{ record: 'D2', from: 'start', to: 'end', rule: 1 }]);
    expect(changes).toEqual({ deals: 1 });
    expect(failures).toEqual([
      {
        automation: null,
        subject: 'D1',
        step: null,
        error: 'the transitions of D1 do not settle: rows 4 and 5 and 3 move it round b → c → a → b',
      },
    ]);
    expect(await ws.json('deal show D1')).toEqual(before);
    // Nor is anything of the way there in the snapshots.
    await ws.ok('doctor');
  });

  it('what led into the loop stays, and the next sweep writes nothing', async () => {
    const ws = await looping();
    await ws.ok('deal add One --tags loop');
    const { transitions, failures } = await sweepOf(ws, 1);
    expect(transitions).toEqual([{ record: 'D1', from: 'start', to: 'a', rule: 2 }]);
    expect(failures.map(f => f.error)).toEqual([
      'the transitions of D1 do not settle: rows 3 and 4 and 5 move it round a → b → c → a',
    ]);
    const before = bytesOf(ws);
    expect(await sweepOf(ws, 0)).toMatchObject({ tx: null, transitions: [], failures: [] });
    expect(bytesOf(ws)).toEqual(before);
  });
});
