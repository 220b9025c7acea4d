import { afterEach, expect, test, vi } from 'vitest';
import type { Remote } from '../../../src/store/remotes/remote.ts';
import { Replica } from '../../../src/store/remotes/replica.ts';
import { type Machine, team } from './machines.ts';

const { remote: open } = Replica.prototype;

afterEach(() => vi.restoreAllMocks());

/** Has another machine be first before each append, unless it waits for the turn of the others; returns what was done. */
function meeting(first: () => Promise<unknown>): string[] {
  const log: string[] = [];
  let isTurn = false;
  let isOther = false;
  vi.spyOn(Replica.prototype, 'remote').mockImplementation(async function (this: Replica) {
    const remote = await open.call(this);
    const append: Remote['append'] = async (after, transactions) => {
      if (isOther) return remote.append(after, transactions);
      if (!isTurn) {
        isOther = true;
        await first();
        isOther = false;
      }
      const appended = await remote.append(after, transactions);
      log.push(appended.outcome);
      return appended;
    };
    return {
      tip: () => remote.tip(),
      read: (after, limit) => remote.read(after, limit),
      redact: (tip, left) => remote.redact(tip, left),
      close: () => remote.close(),
      append,
      async turn() {
        log.push('turn');
        isTurn = true;
        return async () => {
          log.push('end of turn');
          isTurn = false;
        };
      },
    };
  });
  return log;
}

test('a machine that was too late twice has others wait, and gets through', async () => {
  const [slow, fast] = (await team(2)).machines as [Machine, Machine];
  let count = 0;
  const log = meeting(() => fast.ok(['deal', 'add', `Fast ${++count}`]));
  await slow.ok('deal add Slow');
  expect(log).toEqual(['conflict', 'conflict', 'turn', 'committed', 'end of turn']);
  vi.restoreAllMocks();
  await fast.ok('sync');
  expect((await fast.deals()).map(deal => deal.split(' ')[1]).sort()).toEqual(['40', 'Fast', 'Fast', 'Slow']);
});
