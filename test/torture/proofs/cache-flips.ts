/**
 * One bit of a cache, or of data/checkpoint.json, is another one, or a stretch of it is zeros; then commands read and
 * write. They must answer as they do on the undamaged workspace, and write the same; checkpoint.json may be refused.
 */
import { isDeepStrictEqual } from 'node:util';
import type { ColumnData } from '../../../src/state/columns/column.ts';
import { ColumnsFile, ENDS, writeColumns } from '../../../src/store/columns/columns-file.ts';
import type { Io } from '../../../src/store/disk/io.ts';
import { stateOf } from '../../../src/store/checkpoint/opened.ts';
import { Chance } from '../chance.ts';
import { type Content, type Image, MemoryDisk } from '../disk.ts';
import { cacheHomeOf, Machine } from '../machine.ts';
import { counted, type Outcome, type Proof, scaled, type Trial } from '../proof.ts';
import { DIR } from '../scenarios.ts';

const FLIPS = 10_000;
/** Of so many one is a page of zeros, as a power cut leaves it. */
const ZEROED = 8;
/** Of so many one is a projection of which all is as it was written, which was wrong: each row ends where another does. */
const WRONG = 16;
const PAGE = 4096;
/** Letters that make a snapshot large enough for a projection. In format 2 it has less else; more text would draw off damages from numbers. */
const WIDE = process.env.SHARES_FROM === undefined ? 120 : 220;
/** A command that is tried on one damage is any of these; the last ones change something. */
const commands: readonly (readonly string[])[] = [
  ['deal', 'show', 'D5', '--json'],
  ['deal', 'list', 'value.over:900', '--fields', 'id,title,value,stage', '--limit', '50'],
  ['deal', 'list', '--limit', '20', '--sort', '-value'],
  ['deal', 'list', '17', '--fields', 'id'],
  ['search', '899'],
  ['status', '--json'],
  ['board'],
  ['tasks'],
  ['export', 'deals'],
  ['deal', 'set', 'D5', 'title=Another'],
  ['deal', 'move', 'D7', 'in-progress'],
  ['deal', 'set', '--where', 'value.under:40', 'description=Cheap', '--yes'],
  ['deal', 'add', 'New'],
  ['run'],
];

export const cacheFlips: Proof = {
  name: 'caches',
  what: 'a bit of a cache flipped, or a page of zeros',
  run: trial => flipCaches(trial),
};

let start: Promise<Image> | undefined;

/** A workspace with projections of two kinds, one of which has gaps, and with transactions after its checkpoint. */
async function prepared(): Promise<Image> {
  const disk = new MemoryDisk();
  const machine = new Machine(disk.io, DIR);
  await machine.ok(['init', DIR, '--template', 'automated-sales', '--timezone', 'Europe/Amsterdam']);
  await machine.ok(['user', 'add', 'ana', '--name', 'Ana Ruiz', '--role', 'admin']);
  const rows = Array.from(
    { length: 900 },
    (_, i) => `Deal ${i} ${'x'.repeat(WIDE)},${i}.50,Customer ${i % 60}\n`,
  );
  const stdin = `title,value,account\n${rows.join('')}`;
  await machine.ok(['import', 'deals', '-', '--create-missing', 'accounts'], { stdin });
  const notes = Array.from({ length: 900 }, (_, i) => `D${i + 1},call,Call ${i} ${'y'.repeat(200)}\n`);
  await machine.ok(['import', 'tasks', '-', '--same-workspace'], {
    stdin: `for,type,title\n${notes.join('')}`,
  });
  await machine.ok(['task', 'rm', 'T3', 'T4']);
  for (const title of ['One', 'Two', 'Three']) await machine.ok(['deal', 'set', 'D2', `title=${title}`]);
  await machine.ok(['deal', 'set', 'D5', 'value=4711']);
  const workspace = await machine.workspace();
  const opened = await workspace.open();
  workspace.store.checkpoint(opened, stateOf(opened, workspace.config), opened.tip);
  for (const title of ['Four', 'Five']) await machine.ok(['deal', 'set', 'D2', `title=${title}`]);
  for (const args of commands.slice(0, 9)) await machine.ok(args);
  return disk.image();
}

let misled: Promise<Image> | undefined;

/** The same workspace with a projection of deals in which each row ends where the next one does. */
function wrong(): Promise<Image> {
  misled ??= (async () => {
    const disk = new MemoryDisk(await start);
    const machine = new Machine(disk.io, DIR);
    const workspace = await machine.workspace();
    const dir = workspace.store.caches.path!;
    const file = ColumnsFile.open(disk.io, dir, 'deals.cols', 'test')!;
    const all = file.head.columns.map(({ key }) => [key, file.column(key)] as const);
    const columns = new Map<string, ColumnData>(all);
    const ends = columns.get(ENDS)!.values as Float64Array;
    columns.set(ENDS, { type: 'number', values: ends.map((end, row) => ends[row + 1] ?? end) });
    const { version, checksum, rows } = file.head;
    const temporary = { name: () => '.tmp-0-0-0-0' };
    writeColumns(disk.io, dir, temporary, 'deals.cols', { version, checksum, rows }, columns);
    return disk.image();
  })();
  return misled;
}

interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly snapshots: string;
}

/** What a command says, and what it leaves: the snapshots of all records, as the next process makes them. */
async function resultOf(image: Image, args: readonly string[], broken: (io: Io) => Io): Promise<Result> {
  const disk = new MemoryDisk(image);
  const machine = new Machine(broken(disk.io), DIR);
  const { code, out, err } = await machine.crm(args, { name: 'the same' });
  const workspace = await machine.workspace();
  const opened = await workspace.open();
  const state = stateOf(opened, workspace.config);
  workspace.store.checkpoint(opened, state, opened.tip);
  const snapshots = [...disk.image().files]
    .filter(([path]) => path.startsWith(`${DIR}/data/`) && !path.includes('/journal/'))
    .map(([path, { bytes }]) => `${path} ${bytes.toString('latin1')}`)
    .sort();
  return { code, out, err, snapshots: snapshots.join('\n') };
}

/** The same without damage; a command that fails there would prove nothing. */
async function wholeResultOf(image: Image, args: readonly string[]): Promise<Result> {
  const result = await resultOf(image, args, io => io);
  if (result.code !== 0) throw new Error(`crm ${args.join(' ')}: exit ${result.code}: ${result.err}`);
  return result;
}

export async function flipCaches(trial: Trial, broken: (io: Io) => Io = io => io): Promise<Outcome> {
  start ??= prepared();
  const image = await start;
  const isCache = (path: string) => path.startsWith(`${cacheHomeOf(DIR)}/`);
  const paths = [...image.files.keys()].filter(path => isCache(path) || path.endsWith('/checkpoint.json'));
  const projections = paths.filter(path => path.endsWith('.cols'));
  const chance = new Chance(trial.seed);
  const expected = new Map<readonly string[], Result>();
  const violations: string[] = [];
  const total = scaled(FLIPS, trial);
  let refused = 0;
  for (let i = 0; i < total && !(trial.one && violations.length > 0); i++) {
    const args = commands[i % commands.length]!;
    if (!expected.has(args)) expected.set(args, await wholeResultOf(image, args));
    const whole = expected.get(args)!;
    const path = chance.pick(i % 2 === 0 ? paths : projections);
    const at = chance.below(image.files.get(path)!.bytes.length * 8);
    const how = i % ZEROED === 0 ? 'zeros' : 'bit';
    const isWrong = i % WRONG === WRONG - 1;
    const what = `crm ${args.join(' ')}, ${isWrong ? 'rows that end elsewhere' : `${path}, ${how} at ${at}`}`;
    try {
      const result = await resultOf(isWrong ? await wrong() : damaged(image, path, at, how), args, broken);
      if (isDeepStrictEqual(result, whole)) continue;
      if (!isWrong && !isCache(path) && isRefusal(result, whole)) refused++;
      else
        violations.push(
          `${what}: another result: exit ${result.code}: ${(result.err + result.out).slice(0, 200)}`,
        );
    } catch (error) {
      if (!isCache(path) && (error as { kind?: string }).kind === 'INVALID') refused++;
      else violations.push(`${what}: ${(error as Error).message}`);
    }
  }
  const tried = `${counted(total, 'damages')}, ${counted(refused, 'to checkpoint.json refused')}`;
  return { tried, violations };
}

/** A checkpoint that does not fit the journal is said: a reader goes on without it, and a writer does not. */
const isRefusal = ({ code, out, err }: Result, whole: Result): boolean =>
  /checkpoint\.json|crm doctor/.test(err) && (code === 0 ? out === whole.out : code === 1 || code === 5);

function damaged(image: Image, path: string, bit: number, how: 'bit' | 'zeros'): Image {
  const bytes = Buffer.from(image.files.get(path)!.bytes);
  const at = bit >> 3;
  if (how === 'zeros') bytes.fill(0, at - (at % PAGE), Math.min(bytes.length, at - (at % PAGE) + PAGE));
  else bytes[at]! ^= 1 << (bit & 7);
  const content: Content = { bytes };
  return { ...image, files: new Map([...image.files, [path, content]]) };
}
