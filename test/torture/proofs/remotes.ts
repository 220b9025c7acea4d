/**
 * Machines that share a workspace, each with a replica of its own: processes on all of them add deals and sweep at once, and
 * are killed. What was acknowledged is on every machine, once, and all replicas have the same bytes.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kindOf } from '../../../src/domain/changes.ts';
import { nodeIo } from '../../../src/store/disk/io.ts';
import { hasPostgres, PostgresServer } from '../../store/remotes/postgres-server.ts';
import { Chance } from '../chance.ts';
import { CuttingProxy } from '../cutting-proxy.ts';
import { missingOf, transactionsOf } from '../invariants.ts';
import { Machine } from '../machine.ts';
import { inDirectory, sleep, Worker } from '../processes.ts';
import { counted, type Outcome, type Proof, scaled, type Trial } from '../proof.ts';

/** Machines at full scale, each with one process at a time; every third one sweeps. */
const MACHINES = 20;
/** Lives of a process on each machine, of which all but the last end by SIGKILL. */
const LIVES = 4;
/** Commands that a process is told to do before it ends by itself. */
const COMMANDS = 5;
/** The longest time until a process is killed, ms, after it has begun. */
const MOMENT = 400;
/** Each deal that is added gets one task. */
const rule = `name: Welcome
for: deal
on: [created]
steps:
  - add-task: { type: call, title: 'Welcome {{ deal.title }}', due: +1d }
`;

/** Milliseconds between two ends of a server that is killed and started again. */
const OUTAGE = 1500;

/** A home of the shared journal, and what is done to it meanwhile. */
interface Home {
  readonly url: string;
  /** Whether changes wait for crm sync there, unless a command says otherwise. */
  readonly waits: boolean;
  /** Begins to trouble it; the function that it returns ends that, and says what was done. */
  trouble?(): () => Promise<string>;
  remove?(): Promise<void>;
}

const proofOver = (
  name: string,
  over: string,
  make: (dir: string, chance: Chance) => Promise<Home>,
): Proof => ({
  name: `remotes, ${name}`,
  what: `machines with replicas that add deals and sweep at once over ${over}, killed`,
  run: trial =>
    inDirectory(async dir => {
      const home = await make(dir, new Chance(trial.seed + 1));
      try {
        return await shareOver(home, dir, trial);
      } finally {
        await home.remove?.();
      }
    }),
});

const postgres = proofOver(
  'postgres',
  'PostgreSQL whose server is killed, through a proxy that cuts before and after answers',
  async (dir, chance) => {
    const server = new PostgresServer();
    const direct = server.url(server.create());
    const socket = new URL(direct).searchParams.get('host')!;
    const proxy = new CuttingProxy(join(socket, '.s.PGSQL.5432'), join(dir, '.s.PGSQL.5432'), chance);
    await proxy.listen();
    return {
      url: direct.replace(encodeURIComponent(socket), encodeURIComponent(dir)),
      waits: false,
      trouble() {
        let kills = 0;
        let isOver = false;
        proxy.cuts = true;
        const killing = (async () => {
          while (!isOver) {
            await sleep(OUTAGE);
            server.stop('immediate');
            server.start();
            kills++;
          }
        })();
        return async () => {
          isOver = true;
          await killing;
          proxy.cuts = false;
          return `${counted(kills, 'kills of the server')}, ${counted(proxy.count, 'cuts')}`;
        };
      },
      async remove() {
        await proxy.close();
        server.remove();
      },
    };
  },
);

export const remotes: readonly Proof[] = [
  proofOver('directory', 'a directory', async dir => {
    mkdirSync(join(dir, 'shared'));
    return { url: join(dir, 'shared'), waits: false };
  }),
  proofOver('git', 'a git repository, where changes wait for a sync', async dir => {
    execFileSync('git', ['init', '--quiet', '--bare', join(dir, 'shared.git')]);
    return { url: `git+file://${join(dir, 'shared.git')}`, waits: true };
  }),
  {
    ...postgres,
    run: trial =>
      hasPostgres
        ? postgres.run(trial)
        : Promise.resolve({ tried: '', violations: [], skipped: 'no PostgreSQL' }),
  },
];

/** A machine has a state directory of its own, by which the program knows its remote. */
const machineIn = (dir: string, i: number): Machine =>
  new Machine(nodeIo, join(dir, `machine-${i}`), join(dir, `state-${i}`));

/** What a command may end with while its remote is troubled: it says so, and was not acknowledged. */
const TROUBLED = /cannot be reached|not known whether this was saved/;

async function shareOver(home: Home, dir: string, trial: Trial): Promise<Outcome> {
  const count = Math.max(2, scaled(MACHINES, trial));
  const machines = Array.from({ length: count }, (_, i) => machineIn(dir, i));
  const [first, ...others] = machines as [Machine, ...Machine[]];
  await first.ok(['init', first.dir, '--template', 'sales']);
  await first.ok(['automation', 'add', 'welcome', '-'], { stdin: rule });
  await first.ok(['remote', 'add', home.url]);
  for (const machine of others) await machine.ok(['clone', home.url, machine.dir]);
  const chance = new Chance(trial.seed);
  const told: string[] = [];
  const violations: string[] = [];
  let kills = 0;
  const live = async (machine: Machine, name: string, args: string[], isLast: boolean) => {
    const worker = new Worker(trial.worker, {
      dir: machine.dir,
      state: machine.state!,
      name,
      args: [...args, '--lock-timeout', '600'],
      times: args[0] === 'sync' ? 1 : COMMANDS,
    });
    await worker.busy();
    if (!isLast) {
      await sleep(chance.next() * MOMENT);
      await worker.kill();
      kills++;
    }
    const { code, err } = await worker.ended;
    if (isLast && code !== 0 && !(home.trouble && TROUBLED.test(err)))
      violations.push(`${name}: exit ${code}: ${err}`);
    if (args[0] === 'deal') told.push(...worker.told);
  };
  const end = home.trouble?.();
  const lives = machines.map(async (machine, i) => {
    for (let life = 0; life < LIVES; life++) {
      const isLast = life === LIVES - 1;
      const name = `machine-${i}-${life}`;
      await live(machine, name, i % 3 === 2 ? ['run'] : ['deal', 'add', `Deal ${name} %`], isLast);
      if (home.waits) await live(machine, `${name}-sync`, ['sync'], isLast);
    }
  });
  await Promise.all(lives);
  const trouble = await end?.();
  await first.crm(['sync']);
  await first.ok(['run']);
  for (let round = 0; round < 2; round++)
    for (const [i, machine] of machines.entries()) {
      const { code, err } = await machine.crm(['sync']);
      if (code !== 0) violations.push(`machine-${i}: sync: exit ${code}: ${err}`);
    }
  // Those that the first sweep could not see yet.
  await first.ok(['run']);
  for (const machine of machines) await machine.crm(['sync']);
  violations.push(...(await different(machines)), ...(await wrongTasks(first)));
  violations.push(...(await missingOf(first, told)));
  const tried = [counted(told.length, 'deals'), counted(kills, 'kills'), `${count} machines`];
  if (trouble !== undefined) tried.push(trouble);
  return { tried: tried.join(', '), violations };
}

/** All replicas have the same journal, byte for byte. */
async function different(machines: readonly Machine[]): Promise<string[]> {
  const bytes = machines.map(({ dir }) => {
    const journal = join(dir, 'data', 'journal');
    const names = readdirSync(journal).filter(name => !name.startsWith('.'));
    return names
      .sort()
      .map(name => readFileSync(join(journal, name), 'utf8'))
      .join('');
  });
  return bytes.flatMap((each, i) => (each === bytes[0] ? [] : [`machine-${i} has another journal`]));
}

/** Each deal has one task of the rule, whichever machine swept, and no two deals have one title. */
async function wrongTasks(machine: Machine): Promise<string[]> {
  const deals = new Map<string, string>();
  const tasks = new Map<string, number>();
  for (const { changes } of await transactionsOf(machine))
    for (const change of changes) {
      if (!('add' in change)) continue;
      if (kindOf(change) === 'deal') deals.set(change.add.id, String(change.add.title));
      if (kindOf(change) === 'task')
        tasks.set(String(change.add.for), (tasks.get(String(change.add.for)) ?? 0) + 1);
    }
  const twice = deals.size - new Set(deals.values()).size;
  return [
    ...[...deals.keys()]
      .filter(id => tasks.get(id) !== 1)
      .map(id => `${id} has ${tasks.get(id) ?? 0} tasks of the rule`),
    ...(twice > 0 ? [`${twice} deals are there twice`] : []),
  ];
}
