/** The commands whose write paths are tried, each with the workspace that it finds. */
import { type Image, MemoryDisk } from './disk.ts';
import { Machine, NOW } from './machine.ts';

/** Where the workspaces lie. */
export const DIR = '/ws';

export interface Scenario {
  readonly name: string;
  readonly args: readonly string[];
  readonly stdin?: string;
  /** The disk on which the workspace is made; an empty one, where it is left out. */
  readonly on?: () => Promise<Image>;
  /** Makes the workspace that the command finds. */
  readonly prepare: (machine: Machine) => Promise<unknown>;
  /** Done again after a kill, the command comes to what it would have done in one go. */
  readonly again?: boolean;
  /** A text that is in no file any more once the command is done. */
  readonly erases?: string;
  /** The files of settings that are as they were until the command's transaction is there. */
  readonly waits?: readonly string[];
}

async function sales(machine: Machine): Promise<void> {
  await machine.ok(['init', machine.dir, '--template', 'automated-sales', '--timezone', 'Europe/Amsterdam']);
  await machine.ok(['user', 'add', 'ana', '--name', 'Ana Ruiz', '--role', 'admin']);
  await machine.ok(['deal', 'add', 'Chairs', '--value', '5200', '--contact', 'jane@example.com']);
  await machine.ok(['deal', 'add', 'Tables', '--account', 'Acme']);
  await machine.ok(['deal', 'add', 'Stools', '--account', 'Acme']);
}

/** A rule that starts for each deal that is won. */
const thanks = `name: Thanks
for: deal
on: [{ status-changes: { to: won } }]
runs: every-time
steps:
  - add-task: { type: call, title: 'Thank them for {{ deal.title }}', due: +1d }
`;

const rows = (count: number) =>
  Array.from({ length: count }, (_, i) => `Deal ${i},${i}.50,Customer ${i % 50}\n`).join('');

/** A rule that gives Ben work. */
const greeting = `name: Greeting
for: deal
on: [created]
steps:
  - add-task: { type: call, title: 'Greet {{ deal.title }}', due: +1d, assignee: ben }
`;

let nearly: Promise<Image> | undefined;

/** A disk with so many transactions that two more make a checkpoint and a pack. */
export function nearlyPacked(): Promise<Image> {
  nearly ??= (async () => {
    const disk = new MemoryDisk();
    const machine = new Machine(disk.io, DIR);
    await sales(machine);
    await machine.ok(['deal', 'set', 'D1', 'value=1']);
    // What would lead nowhere else takes no command, which opens the workspace each time.
    const { store } = await machine.workspace();
    let tip = await store.journal.tip();
    for (let value = 1; tip.seq < 252; value++) {
      const set = { value: [`${value}.00`, `${value + 1}.00`] as [string, string] };
      const changes = [{ kind: 'deal' as const, id: 'D1', set }];
      tip = (await store.journal.append(tip, {
        request: `value ${value}`,
        at: NOW,
        by: 'ana',
        via: 'deal set',
        changes,
      }))!;
    }
    for (const value of ['253', '254']) await machine.ok(['deal', 'set', 'D1', `value=${value}`]);
    return disk.image();
  })();
  return nearly;
}

export const scenarios: readonly Scenario[] = [
  {
    name: 'add',
    prepare: sales,
    args: [
      'deal',
      'add',
      'Bar stools',
      '--value',
      '1290.50',
      '--contact',
      'joe@example.com',
      '--account',
      'New',
    ],
  },
  { name: 'bulk set', prepare: sales, args: ['deal', 'set', '--where', 'is:open', 'value=100', '--yes'] },
  {
    name: 'import of 1,000',
    prepare: sales,
    args: ['import', 'deals', '-', '--create-missing', 'accounts'],
    stdin: `title,value,account\n${rows(1000)}`,
  },
  {
    name: 'sweep',
    async prepare(machine) {
      await sales(machine);
      await machine.ok(['automation', 'add', 'thanks', '-'], { stdin: thanks });
      await machine.ok(['task', 'add', 'Call', '--for', 'D1', '--type', 'call']);
      await machine.ok(['deal', 'win', 'D2']);
    },
    args: ['run'],
    again: true,
  },
  {
    name: 'checkpoint with pack',
    on: nearlyPacked,
    prepare: machine => machine.ok(['deal', 'set', 'D1', 'value=255']),
    args: ['deal', 'set', 'D2', 'title=The last of the pack'],
  },
  {
    // From the pack, from transactions after it, and from snapshots of before and after.
    name: 'purge',
    on: nearlyPacked,
    async prepare(machine) {
      await machine.ok(['contact', 'set', 'C1', 'name=Jane Roe']);
      await machine.ok(['log', 'call', 'C1', 'wants to see the oak first']);
      await machine.ok(['log', 'email', 'C1', 'of jane@example.com']);
    },
    args: ['purge', 'jane@example.com', '--yes'],
    erases: 'jane@example.com',
  },
  {
    // One file is written before the commit, and one after it.
    name: 'settings',
    async prepare(machine) {
      await sales(machine);
      await machine.ok(['user', 'add', 'ben', '--name', 'Ben Bos']);
      await machine.ok(['automation', 'add', 'greeting', '-'], { stdin: greeting });
      await machine.ok(['deal', 'assign', 'D3', 'ben']);
    },
    args: ['user', 'rm', 'ben', '--successor', 'ana'],
    waits: ['crm.yaml'],
  },
  {
    name: 'a file of settings that goes',
    async prepare(machine) {
      await sales(machine);
      await machine.ok(['pipeline', 'add', 'Repairs']);
      await machine.ok(['stage', 'add', 'Asked', '--pipeline', 'repairs']);
      await machine.ok(['deal', 'move', 'D3', 'asked', '--pipeline', 'repairs']);
    },
    args: ['pipeline', 'rm', 'repairs', '--move-to', 'sales/in-progress'],
    waits: ['pipelines/repairs.yaml'],
  },
];

export const scenarioNamed = (name: string): Scenario => scenarios.find(each => each.name === name)!;

const prepared = new Map<string, Promise<Image>>();

/** The disk that a scenario's command finds. */
export function before(scenario: Scenario): Promise<Image> {
  let image = prepared.get(scenario.name);
  if (!image) {
    image = prepare(scenario);
    prepared.set(scenario.name, image);
  }
  return image;
}

async function prepare(scenario: Scenario): Promise<Image> {
  const disk = new MemoryDisk(await scenario.on?.());
  await scenario.prepare(new Machine(disk.io, DIR));
  return disk.image();
}
