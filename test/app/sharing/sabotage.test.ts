/**
 * What sharing stands on, broken on purpose: two machines that decide on the same tip, an answer that is lost, a process that
 * is killed once it has acknowledged. The laws hold as the program is, and do not hold if any of its precautions is left out.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import type { Appended, Remote } from '../../../src/store/remotes/remote.ts';
import { Replica } from '../../../src/store/remotes/replica.ts';
import { type Machine, team } from './machines.ts';

type Append = Remote['append'];

/** What is done in the place of an append, which is at hand. */
type Around = (append: () => Promise<Appended>) => Promise<Appended>;

const { remote: open } = Replica.prototype;

afterEach(() => vi.restoreAllMocks());

/** Runs `work`, whose first append meets `around`. */
async function meeting<T>(around: Around, work: () => Promise<T>): Promise<T> {
  let isMet = false;
  const spy = vi.spyOn(Replica.prototype, 'remote').mockImplementation(async function (this: Replica) {
    const remote = await open.call(this);
    const append: Append = (after, transactions) => {
      const put = () => remote.append(after, transactions);
      if (isMet) return put();
      isMet = true;
      return around(put);
    };
    return {
      tip: () => remote.tip(),
      read: (after, limit) => remote.read(after, limit),
      redact: (tip, left) => remote.redact(tip, left),
      close: () => remote.close(),
      append,
    };
  });
  try {
    return await work();
  } finally {
    spy.mockRestore();
  }
}

const journalOf = ({ dir }: Machine): string =>
  readdirSync(join(dir, 'data', 'journal'))
    .sort()
    .map(name => readFileSync(join(dir, 'data', 'journal', name), 'utf8'))
    .join('');

interface Policies {
  /** What becomes of the answer of a remote: a conflict must be looked at. */
  readonly answered?: (appended: Appended) => Appended;
  /** The id of the request when a command is repeated whose answer was lost. */
  readonly repeated?: string;
  /** When it is acknowledged: the remote must have it before. */
  readonly acknowledged?: Around;
}

/** Lets two machines meet what may happen, under these policies; returns which laws do not hold. */
async function violations({
  answered = appended => appended,
  repeated = 'r-3',
  acknowledged = append => append(),
}: Policies = {}): Promise<string[]> {
  const [a, b] = (await team(2)).machines as [Machine, Machine];
  const told: string[] = [];
  const add = async (machine: Machine, title: string, ...options: string[]) => {
    const { code } = await machine.crm(['deal', 'add', title, ...options]);
    if (code === 0) told.push(title);
  };
  const meanwhile: Around = async append => {
    await add(b, 'Second');
    return answered(await append());
  };
  const killed: Around = async append => {
    await append();
    throw new Error('killed');
  };
  await meeting(meanwhile, () => add(a, 'First'));
  await meeting(killed, () => add(a, 'Third', '--request-id', 'r-3'));
  await add(a, 'Third', '--request-id', repeated);
  await meeting(acknowledged, () => add(a, 'Fourth'));
  const found: string[] = [];
  for (const machine of [a, b, a]) {
    const { code, err } = await machine.crm('sync');
    if (code !== 0) found.push(`sync ends with ${code}: ${err}`);
  }
  if (journalOf(a) !== journalOf(b)) found.push('the replicas differ');
  for (const machine of [a, b]) {
    const titles = (await machine.deals()).map(deal => deal.split(' ')[1]);
    for (const title of new Set(told)) {
      const times = titles.filter(each => each === title).length;
      if (times !== 1) found.push(`${title} is there ${times} times`);
    }
  }
  return found;
}

test('two machines lose nothing and double nothing', async () => {
  expect(await violations()).toEqual([]);
});

test.each<[string, Policies, string]>([
  [
    'a conflict that nobody looks at',
    { answered: () => ({ outcome: 'committed' }) },
    'First is there 0 times',
  ],
  ['a repeated command with another request id', { repeated: 'r-4' }, 'Third is there 2 times'],
  [
    'an acknowledgement before the remote has it',
    { acknowledged: async () => ({ outcome: 'committed' }) },
    'Fourth is there 0 times',
  ],
])('notices %s', async (_, policies, violation) => {
  expect(await violations(policies)).toContain(violation);
});
