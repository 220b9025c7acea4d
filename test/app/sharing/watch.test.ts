/** crm watch, run in this process until the test stops it. */
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { emptyDirectory, type Ran, workspace } from '../../harness.ts';
import { Machine, team } from './machines.ts';

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

describe('crm watch of a workspace without a remote', () => {
  const alone = async () => new Machine((await workspace()).dir, emptyDirectory());

  test('hands on what other commands change, and nothing of what they read', async () => {
    const machine = await alone();
    const watch = watching(machine, '--exec /bin/cat');
    await watch.says('watching ');
    await machine.ok('deal add Lamps --value 1');
    await machine.ok('deal list');
    await watch.says('"via":"deal add"');
    await machine.ok('deal set D1 value=7000');
    await watch.says('"via":"deal set"');
    const { code, err } = await watch.stop();
    expect([code, err.match(/"tx":/g)]).toEqual([130, ['"tx":', '"tx":']]);
  });

  test('runs a program with the changes; what comes meanwhile is handed to it together', async () => {
    const machine = await alone();
    const dir = emptyDirectory();
    const [program, got, open] = ['program', 'got', 'open'].map(name => join(dir, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(
      program,
      `#!/bin/sh\nread line; echo "$1 $line" >> '${got}'; cat >> '${got}'; echo "-- $CRM_TX $CRM_DIR" >> '${got}'\nwhile [ ! -e '${open}' ]; do sleep 0.01; done\necho seen; [ "$CRM_TX" != 5 ] || exit 3\n`,
    );
    chmodSync(program, 0o755);
    let stop = () => {};
    let said = '';
    const ran = machine.crm(['watch', '--every', '0.1', '--exec', `'${program}' "a b"`], {
      onStop: asked => {
        stop = asked;
      },
      said: text => {
        said += text;
      },
    });
    onTestFinished(() => stop());
    const until = async (holds: () => boolean) => {
      while (!holds()) await new Promise(resolve => setTimeout(resolve, 10));
    };
    const text = () => (existsSync(got) ? readFileSync(got, 'utf8') : '');
    await until(() => said.includes('watching'));
    await machine.ok('deal add One --value 1');
    await until(() => text().includes('-- 2'));
    await machine.ok('deal add Two --value 1');
    await machine.ok('deal add Three --value 1');
    await machine.ok('deal add Four --value 1');
    expect(text().match(/^--/gm)).toHaveLength(1);
    writeFileSync(open, '');
    await until(() => said.includes('watching goes on'));
    stop();
    const { code, out } = await ran;
    expect([code, out]).toEqual([130, '']);
    const [first, second, third, fourth, fifth, sixth] = text().split('\n') as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    expect([first.slice(0, 4), (JSON.parse(first.slice(4)) as { tx: number }).tx]).toEqual(['a b ', 2]);
    expect(second).toBe(`-- 2 ${machine.dir}`);
    expect([third.slice(4), fourth, fifth].map(line => (JSON.parse(line) as { tx: number }).tx)).toEqual([
      3, 4, 5,
    ]);
    expect(sixth).toBe(`-- 5 ${machine.dir}`);
    expect(said).toContain('seen\n');
    expect(said).toContain(`${program} ended with 3; watching goes on`);
  });

  test('ends where the program cannot be started', async () => {
    const machine = await alone();
    let begun = () => {};
    const watches = new Promise<void>(resolve => {
      begun = resolve;
    });
    const ran = machine.crm('watch --every 0.1 --exec /no/such/program', {
      said: text => {
        if (text.includes('watching')) begun();
      },
    });
    await watches;
    await machine.ok('deal add One --value 1');
    expect(await ran).toMatchObject({
      code: 2,
      err: expect.stringContaining('/no/such/program was not started'),
    });
    expect(await machine.crm(['watch', '--exec', ' '])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--exec: there is no program'),
    });
  });
});
