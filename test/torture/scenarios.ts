/** The commands whose write paths are tried, each with the workspace that it finds. */
import { type Image, MemoryDisk } from './disk.ts';
import { Machine } from './machine.ts';

/** Where the workspaces lie. */
export const DIR = '/ws';

export interface Scenario {
  readonly name: string;
  readonly args: readonly string[];
  readonly stdin?: string;
  /** Makes the workspace that the command finds. */
  readonly prepare: (machine: Machine) => Promise<unknown>;
  /** Done again after a kill, the command comes to what it would have done in one go. */
  readonly again?: boolean;
  /** A text that is in no file any more once the command is done. */
  readonly erases?: string;
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

/** So many transactions that the next one makes a checkpoint and a pack. */
export async function untilPack(machine: Machine, transactions = 255): Promise<void> {
  await sales(machine);
  const [last] = JSON.parse(await machine.ok(['history', '--limit', '1', '--json'])) as { tx: number }[];
  for (let tx = last!.tx + 1; tx <= transactions; tx++)
    await machine.ok(['deal', 'set', 'D1', `value=${tx}`]);
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
    prepare: machine => untilPack(machine),
    args: ['deal', 'set', 'D2', 'title=The last of the pack'],
  },
  {
    name: 'purge',
    async prepare(machine) {
      await sales(machine);
      await machine.ok(['log', 'call', 'C1', 'wants to see the oak first']);
    },
    args: ['purge', 'jane@example.com', '--yes'],
    erases: 'jane@example.com',
  },
  {
    name: 'settings',
    async prepare(machine) {
      await sales(machine);
      await machine.ok(['stage', 'add', 'Quoted', '--pipeline', 'sales']);
      await machine.ok(['deal', 'move', 'D3', 'quoted']);
    },
    args: ['stage', 'rm', 'quoted', '--move-to', 'in-progress'],
  },
];

export const scenarioNamed = (name: string): Scenario => scenarios.find(each => each.name === name)!;

const prepared = new Map<string, Promise<Image>>();

/** The disk that a scenario's command finds. */
export function before(scenario: Scenario): Promise<Image> {
  let image = prepared.get(scenario.name);
  if (!image) {
    const disk = new MemoryDisk();
    image = scenario.prepare(new Machine(disk.io, DIR)).then(() => disk.image());
    prepared.set(scenario.name, image);
  }
  return image;
}
