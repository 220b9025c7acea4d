/** What commands say of a hold, and what they do that counts as a move by hand. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { copiesOf, type TestWorkspace, workspace } from '../harness.ts';

const stageOf = async (ws: TestWorkspace, id = 'D1') =>
  (await ws.json<{ stage: string }>(['deal', 'show', id])).stage;

/** Sweeps, and says where the deal then is. */
async function swept(ws: TestWorkspace, id = 'D1'): Promise<string> {
  await ws.ok('run');
  return stageOf(ws, id);
}

/** A deal of which the table says awaiting-processing. */
const oneDeal = copiesOf(async () => {
  const ws = await workspace('automated-sales');
  await ws.ok('deal add Chairs --contact jane@example.com --external-id x-1');
  await ws.ok('run');
  return ws;
});

it('a move by hand says what the table would say, if that is another stage', async () => {
  const ws = await oneDeal();
  const said = async (stage: string) => (await ws.crm(`deal move D1 ${stage}`)).err;
  expect(await said('in-progress')).toContain(
    'the transitions say awaiting-processing; D1 stays until that changes',
  );
  expect(await said('awaiting-processing')).not.toContain('the transitions say');
  expect(await said('newsletter')).toContain('the transitions say nothing; D1 stays until that changes');
});

it("a move to the deal's own stage writes nothing", async () => {
  const ws = await oneDeal();
  const before = (await ws.json<unknown[]>('history')).length;
  expect(await ws.crm('deal move D1 awaiting-processing')).toMatchObject({ code: 0 });
  expect(await ws.json('history')).toHaveLength(before);
});

it('a hold shows in no output of the deal or its history', async () => {
  const ws = await oneDeal();
  await ws.ok('deal move D1 in-progress');
  expect(await ws.json('deal show D1')).not.toHaveProperty('held');
  expect(await ws.ok('history D1 --json')).not.toContain('held');
  expect(await ws.ok('export deals --format csv')).not.toContain('held');
});

describe('as hand moves count', () => {
  it('deal set in bulk', async () => {
    const ws = await oneDeal();
    await ws.ok(['deal', 'set', '--where', 'is:open', 'stage=serious-prospect']);
    expect(await swept(ws)).toBe('serious-prospect');
  });

  it('an import that changes an existing deal, not one that makes a deal', async () => {
    const ws = await oneDeal();
    const stdin = 'externalId,title,stage\nx-1,Chairs,in-progress\nx-2,Tables,in-progress\n';
    await ws.ok('import deals - --key externalId', { stdin });
    expect(await swept(ws, 'D1')).toBe('in-progress');
    expect(await stageOf(ws, 'D2')).toBe('awaiting-processing');
    // The same again changes nothing, and so moves nothing.
    await ws.ok('import deals - --key externalId', { stdin: stdin.replace(/x-2.*\n/, '') });
    await ws.ok('task add Ask --for D1');
    expect(await swept(ws)).toBe('awaiting-contact');
  });

  it('the undo of a transition, and its redo', async () => {
    const ws = await oneDeal();
    await ws.ok('task add Ask --for D1');
    expect(await swept(ws)).toBe('awaiting-contact');
    await ws.ok('undo');
    expect(await stageOf(ws)).toBe('awaiting-processing');
    expect(await swept(ws)).toBe('awaiting-processing');
    await ws.ok('redo');
    expect(await swept(ws)).toBe('awaiting-contact');
    await ws.ok('task done T1');
    expect(await swept(ws)).toBe('in-progress');
  });

  it('the undo of a hand move', async () => {
    const ws = await oneDeal();
    await ws.ok('deal add Tables --stage serious-prospect');
    await ws.ok('deal move D2 in-progress');
    await ws.ok('undo');
    expect(await swept(ws, 'D2')).toBe('serious-prospect');
    await ws.ok('task add Ask --for D2');
    expect(await swept(ws, 'D2')).toBe('awaiting-contact');
  });

  it('not the undo of winning: the table follows at once', async () => {
    const ws = await oneDeal();
    await ws.ok('deal win D1');
    expect(await swept(ws)).toBe('one-time');
    await ws.ok('undo 4'); // the winning, not the sweep
    expect(await swept(ws)).toBe('awaiting-processing');
  });
});

it('a move to another pipeline that is undone holds where it was', async () => {
  const ws = await oneDeal();
  writeFileSync(
    join(ws.dir, 'pipelines/service.yaml'),
    `name: Service
stages:
  - { id: in-progress, name: In progress }
  - { id: solved, name: Solved }
transitions:
  - { to: solved, when: 'has:task' }
`,
  );
  await ws.ok('task add Ask --for D1');
  await ws.ok('deal move D1 in-progress');
  await ws.ok('run');
  await ws.ok('deal set D1 pipeline=service stage=in-progress');
  const [{ tx }] = await ws.json<[{ tx: number }]>('history --limit 1');
  await ws.ok('task rm T1');
  await ws.ok(`undo ${tx}`);
  expect(await ws.json('deal show D1')).toMatchObject({ pipeline: 'sales', stage: 'in-progress' });
  // Without the task the table says awaiting-processing now.
  expect(await ws.json('explain D1')).toMatchObject({ held: { stage: 'awaiting-processing' } });
  expect(await swept(ws)).toBe('in-progress');
});
