/** A hand move holds until the table's answer changes; nothing else does. */
import { describe, expect, it } from 'vitest';
import { automatedSales } from '../../src/app/ready-workspaces/automated-sales.ts';
import { Desk } from './desk.ts';
import { DAY } from './swept.ts';

/** Sweeps, and says where the deal then is. */
async function swept(desk: Desk, id = 'D1'): Promise<unknown> {
  await desk.sweep();
  return desk.get(id)!.stage;
}

/** A deal of which the table says awaiting-processing. */
async function oneDeal(): Promise<Desk> {
  const desk = Desk.ready(automatedSales);
  await desk.all('contact add Jane', 'deal add Chairs --contact C1', 'run');
  return desk;
}

describe('a hand move', () => {
  it('keeps the answer of the table, and stays until that changes', async () => {
    const desk = await oneDeal();
    desk.ok('deal move D1 in-progress');
    expect(await swept(desk)).toBe('in-progress');
    // Time alone does not change the answer, until it does.
    desk.at(30 * DAY);
    expect(await swept(desk)).toBe('in-progress');
    desk.at(30 * DAY + 1);
    expect(await swept(desk)).toBe('forgotten');
  });

  it('without an answer of the table holds until there is one', async () => {
    const desk = await oneDeal();
    desk.ok('deal move D1 newsletter');
    expect(await swept(desk)).toBe('newsletter');
    desk.ok('task add Ask --for D1');
    expect(await swept(desk)).toBe('awaiting-contact');
  });

  it('to the stage that the table names is not held against it', async () => {
    const desk = await oneDeal();
    desk.ok('deal move D1 in-progress');
    desk.ok('deal move D1 awaiting-processing');
    desk.ok('task add Ask --for D1');
    expect(await swept(desk)).toBe('awaiting-contact');
  });

  it("to the deal's own stage is not a move: it changes nothing, and the table still applies", async () => {
    const desk = await oneDeal();
    const { length } = desk.journal;
    desk.ok('deal move D1 awaiting-processing');
    expect(desk.journal).toHaveLength(length);
    desk.ok('task add Ask --for D1');
    expect(await swept(desk)).toBe('awaiting-contact');
  });

  it('is about the deal after the move: a change together with the move is not a reason to move on', async () => {
    const desk = await oneDeal();
    desk.ok('deal set D1 stage=in-progress status=won');
    // The answer is one-time since the move itself.
    expect(await swept(desk)).toBe('in-progress');
    desk.ok('invoice add --for D1 --amount 10 --paid today');
    desk.ok('invoice add --for D1 --amount 10 --paid today');
    expect(await swept(desk)).toBe('returning');
  });
});

describe('as hand moves count', () => {
  it('a stage that is set', async () => {
    const desk = await oneDeal();
    desk.ok('deal set D1 stage=in-progress');
    expect(await swept(desk)).toBe('in-progress');
  });

  it('not the creation of a deal in a stage', async () => {
    const desk = await oneDeal();
    desk.ok('deal add Tables --stage serious-prospect');
    expect(await swept(desk, 'D2')).toBe('awaiting-processing');
  });

  it('not winning, losing or reopening: the table follows at once', async () => {
    const desk = await oneDeal();
    desk.ok('deal win D1');
    expect(await swept(desk)).toBe('one-time');
    desk.ok('deal lose D1');
    expect(await swept(desk)).toBe('failed');
    desk.ok('deal reopen D1');
    expect(await swept(desk)).toBe('awaiting-processing');
  });
});

describe('a move to another pipeline', () => {
  async function two(): Promise<Desk> {
    const desk = await oneDeal();
    desk.write(
      'pipelines/service.yaml',
      `name: Service
stages:
  - { id: in-progress, name: In progress }
  - { id: solved, name: Solved }
transitions:
  - { to: solved, when: 'has:task' }
  - { to: in-progress, when: 'tag:urgent' }
`,
    );
    desk.write('pipelines/still.yaml', 'name: Still\nstages:\n  - { id: in-progress, name: I }\n');
    desk.ok('task add Ask --for D1');
    desk.ok('deal move D1 in-progress');
    return desk;
  }

  it('holds, though the stage is called the same', async () => {
    const desk = await two();
    desk.ok('deal set D1 pipeline=service stage=in-progress');
    expect(await swept(desk)).toBe('in-progress');
    desk.ok('task rm T1');
    desk.ok('deal tag D1 +urgent');
    expect(await swept(desk)).toBe('in-progress');
    desk.ok('task add Again --for D1');
    expect(await swept(desk)).toBe('solved');
  });

  it('without a table leaves no hold behind', async () => {
    const desk = await two();
    expect(desk.get('D1')!.held).toEqual({ stage: 'awaiting-contact' });
    desk.ok('deal set D1 pipeline=still stage=in-progress');
    expect(desk.get('D1')!.held ?? null).toBeNull();
  });
});
