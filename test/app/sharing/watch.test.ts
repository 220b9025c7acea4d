/** crm watch, run in this process until the test stops it. */
import { renameSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Ran } from '../../harness.ts';
import { type Machine, team } from './machines.ts';

interface Watch {
  /** Resolves once stderr has a line with this text. */
  says(text: string): Promise<void>;
  /** Asks it to end, and returns what it printed. */
  stop(): Promise<Ran>;
}

function watching(machine: Machine, args: string): Watch {
  let stop = () => {};
  let said = '';
  let heard = () => {};
  const ran = machine.crm(`watch --every 0.1 ${args}`, {
    onStop: asked => {
      stop = asked;
    },
    said: text => {
      said += text;
      heard();
    },
  });
  onTestFinished(() => stop());
  return {
    says: text =>
      new Promise((resolve, reject) => {
        heard = () => {
          if (said.includes(text)) resolve();
        };
        heard();
        void ran.then(({ code, err }) => reject(new Error(`it ended with ${code}: ${err}`)));
      }),
    stop: () => {
      stop();
      return ran;
    },
  };
}

/** Resolves when a machine has a deal with this text. */
async function until(machine: Machine, text: string): Promise<void> {
  while (!(await machine.deals()).some(deal => deal.includes(text)))
    await new Promise(resolve => setTimeout(resolve, 20));
}

describe('crm watch', () => {
  test('takes in what others share, prints a line for each transaction, and ends with the code of the signal', async () => {
    const { machines } = await team(2);
    const [a, b] = machines as [Machine, Machine];
    const watch = watching(a, '--json');
    await watch.says('watching file://');
    await b.ok('deal add Lamps');
    await b.ok('deal set D1 value=7000');
    await until(a, '7000');
    const { code, out } = await watch.stop();
    expect(code).toBe(130);
    const lines = out.trim().split('\n');
    expect(lines.map(line => JSON.parse(line))).toMatchObject([
      { via: 'deal add', changes: [{ id: 'D102', op: 'add' }] },
      { via: 'deal set', changes: [{ id: 'D1', op: 'set', set: { value: ['5000.00', '7000.00'] } }] },
    ]);
    const history = await a.json<object[]>('history --limit 2');
    expect(lines.map(line => JSON.parse(line))).toEqual(history.reverse());
    await a.sound();
  });

  test('shares nothing: waiting changes are put on top, and a contradiction is reported', async () => {
    const { machines } = await team(2);
    const [a, b] = machines as [Machine, Machine];
    await a.ok('--offline deal set D1 value=6000');
    await a.ok('--offline deal add Sofas');
    const watch = watching(a, '');
    await watch.says('watching');
    await b.ok('deal set D1 value=7000');
    await watch.says('1 record with a conflict: crm sync --mine D1');
    const { out } = await watch.stop();
    expect(out).toMatch(/^\d+\t\S+\ttester\tdeal set\t\tD1 value: 5000.00 → 7000.00\n$/);
    expect(await a.deals()).toEqual(['D1 40 chairs 7000.00', 'D2 Sofas 0.00']);
    expect(await b.crm('sync')).toMatchObject({ err: 'took in 0 transactions, shared 0\n' });
    expect(await a.crm('sync')).toMatchObject({ code: 4, err: expect.stringContaining('shared 1') });
    await b.ok('sync');
    expect(await b.deals()).toEqual(await a.deals());
    for (const machine of machines) await machine.sound();
  });

  test('continues while the remote is away, and reports that once', async () => {
    const { machines, dir } = await team(2);
    const [a, b] = machines as [Machine, Machine];
    const watch = watching(a, '');
    await watch.says('watching');
    renameSync(dir, `${dir}.away`);
    await watch.says('trying again');
    renameSync(`${dir}.away`, dir);
    await b.ok('deal add Lamps');
    await until(a, 'Lamps');
    const { code, err } = await watch.stop();
    expect(code).toBe(130);
    expect(err.match(/trying again/g)).toHaveLength(1);
    renameSync(dir, `${dir}.away`);
    expect(await a.crm('watch')).toMatchObject({
      code: 1,
      err: expect.stringContaining('cannot be reached'),
    });
  });

  test('prints only changes that the viewer may see', async () => {
    const { machines } = await team(2);
    const [a, b] = machines as [Machine, Machine];
    await a.ok('user add tester --role admin');
    await a.ok('user add bob --role restricted');
    await b.ok('sync');
    const watch = watching(a, '--as bob --json');
    await watch.says('watching');
    await b.ok('deal add Hidden --owner tester');
    await b.ok('deal add Seen --owner bob');
    await until(a, 'Seen');
    const { out } = await watch.stop();
    expect(out).not.toContain('Hidden');
    expect(out.trim().split('\n')).toHaveLength(1);
    expect(out).toContain('Seen');
  });

  test.each([
    ['watch --every 0', '--every: "0" is not a number of seconds'],
    ['watch --every soon', '--every: "soon" is not a number of seconds'],
    ['watch --format csv', 'no CSV'],
    ['watch --dry-run', 'no dry run'],
  ])('refuses %s', async (args, message) => {
    const { machines } = await team(1);
    expect(await machines[0]!.crm(args)).toMatchObject({ code: 2, err: expect.stringContaining(message) });
  });
});
