/** A sweep with a wrong clock: it is asked about, and can be taken back. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { copiesOf, type TestWorkspace, workspace } from '../harness.ts';

const TODAY = '2026-09-14T08:00:00.000Z';
const at = (day: number): string => new Date(Date.parse(TODAY) + day * 86_400_000).toISOString();
/** No CRM_NOW, as on anybody's machine: the clock is the system's. */
const live = { env: { CRM_NOW: '' } };

/** Writes the rule that counts the days. */
function ruleOf(ws: TestWorkspace, extra: object = {}): void {
  mkdirSync(join(ws.dir, 'automations'), { recursive: true });
  const rule = {
    for: 'deal',
    on: [{ schedule: { cron: '0 6 * * *' } }],
    runs: 'every-time',
    ...extra,
    steps: [{ 'add-task': { title: 'Look' } }],
  };
  writeFileSync(join(ws.dir, 'automations/daily.yaml'), JSON.stringify(rule));
}

/** A rule that counts the days, by a task each morning. */
const daily = copiesOf(async () => {
  const ws = await workspace('sales');
  ruleOf(ws);
  await ws.ok('deal add Chairs');
  await ws.ok('run');
  return ws;
});

const tasks = async (ws: TestWorkspace) => (await ws.json<unknown[]>('task list')).length;

describe('--now', () => {
  it.each([
    ['a day after the clock', at(1), 0],
    ['a millisecond more', new Date(Date.parse(at(1)) + 1).toISOString(), 2],
    ['years after it', '2099-01-01', 2],
    ['before it', at(-30), 1],
  ])('%s', async (_, now, code) => {
    const ws = await daily();
    const before = await ws.json('status');
    const ran = await ws.crm(['run', '--now', now], live);
    expect(ran.code).toBe(code);
    if (code !== 2) return;
    expect(ran.err).toMatch(/more than a day after the clock, 2026-09-14T08:00:00.000Z/);
    expect(ran.err).toContain('crm run --last-sweep TIME');
    expect(await ws.json('status')).toEqual(before);
  });

  it.each([
    ['--yes', ['--yes'], live],
    ['--dry-run', ['--dry-run'], live],
    ['CRM_NOW', [], {}],
  ])('far after the clock needs no answer with %s', async (_, args, options) => {
    const ws = await daily();
    expect((await ws.crm(['run', '--now', '2099-01-01', ...args], options)).code).toBe(0);
  });

  it.each([
    ['y', 0],
    ['n', 130],
  ])('far after the clock is asked about on a terminal: %s', async (key, code) => {
    const ws = await daily();
    const typed = () => `${key}\r`;
    expect((await ws.crm(['run', '--now', '2099-01-01'], { ...live, typed })).code).toBe(code);
  });

  it('is nothing that other commands ask about', async () => {
    const ws = await daily();
    await ws.ok('deal add Tables --now 2099-01-01', live);
    await ws.ok('task list --now 2099-01-01', live);
  });
});

describe('crm run --last-sweep', () => {
  it('puts back the time, and rules go on from there as if the wrong sweep had not been', async () => {
    const ws = await daily();
    await ws.ok('run --now 2099-01-01 --yes', live);
    expect(await tasks(ws)).toBe(1);
    // Nothing comes any more, and it is said how to go on.
    const lost = await ws.crm('run', { now: at(1) });
    expect(lost.code).toBe(1);
    expect(lost.err).toContain(`crm run --last-sweep ${at(1)}`);
    const set = await ws.json<{ tx: number }>(['run', '--last-sweep', TODAY]);
    const { sweep } = await ws.json<{ sweep: object }>('status');
    expect([sweep, set.tx]).toEqual([{ at: TODAY, unseen: 1, leftOut: [] }, 6]);
    expect(set).toMatchObject({ lastSweep: TODAY, before: '2098-12-31T23:00:00.000Z' });
    for (const day of [1, 2, 3]) await ws.ok('run', { now: at(day) });
    expect(await tasks(ws)).toBe(4);
    expect((await ws.crm('doctor')).code).toBe(0);
  });

  it('counts earlier moments as seen', async () => {
    const ws = await daily();
    await ws.ok(['run', '--last-sweep', at(2)], { now: at(2) });
    await ws.ok('run', { now: at(2) });
    expect(await tasks(ws)).toBe(0);
    await ws.ok('run', { now: at(3) });
    expect(await tasks(ws)).toBe(1);
  });

  it('puts back a rule that was run alone, too', async () => {
    const ws = await daily();
    await ws.ok('run --only daily --now 2099-01-01 --yes', live);
    await ws.ok(['run', '--last-sweep', TODAY]);
    await ws.ok('run', { now: at(1) });
    expect(await tasks(ws)).toBe(2);
  });

  it('is counted by the limit as of its own time', async () => {
    const ws = await daily();
    ruleOf(ws, { limit: '1 per 2h' });
    await ws.ok('run');
    await ws.ok('run --now 2099-01-01 --yes', live);
    await ws.ok(['run', '--last-sweep', TODAY]);
    await ws.ok('run', { now: at(1) });
    expect(await tasks(ws)).toBe(2);
  });

  it('changes nothing if the time is the same, or in a dry run', async () => {
    const ws = await daily();
    expect(await ws.json(['run', '--last-sweep', TODAY])).toMatchObject({ tx: null });
    expect(await ws.json(['run', '--last-sweep', at(-1), '--dry-run'])).toMatchObject({ tx: null });
    expect(await ws.json('status')).toMatchObject({ sweep: { at: TODAY } });
  });

  it.each([
    [['run', '--last-sweep', at(1)], 2, 'is in the future'],
    [['run', '--last-sweep', 'soon'], 2, 'is not a day or an instant'],
    [['run', '--last-sweep', TODAY, '--only', 'daily'], 2, '--last-sweep sweeps nothing'],
    [['run', '--last-sweep', at(-1), '--as', 'ana'], 1, 'may not set the time of the last sweep'],
  ])('refuses %j', async (args, code, message) => {
    const ws = await daily();
    await ws.ok('user add ana --name Ana --email ana@example.com --role normal');
    const ran = await ws.crm(args);
    expect(ran.code).toBe(code);
    expect(ran.err).toContain(message);
  });
});
