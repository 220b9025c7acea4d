/**
 * What sharing costs, in turns with the least that could do it: commits over PostgreSQL beside bare inserts of the same bytes,
 * pushes beside bare pushes of a commit, and how long a machine takes that is 10,000 transactions behind. Prints JSON. The
 * argument is crm.js. Without PostgreSQL, only pushes are measured.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { GENESIS } from '../../src/store/lines/encoding.ts';
import { nodeIo } from '../../src/store/disk/io.ts';
import type { Tip } from '../../src/store/journal/journal.ts';
import { addressOf } from '../../src/store/remotes/index.ts';
import { type Sealed, seal, tipOf } from '../../src/store/journal/sealed.ts';
import { hasPostgres, PostgresServer } from '../store/remotes/postgres-server.ts';

const ROUNDS = 5;
/** Commits over PostgreSQL in a round. */
const COMMITS = 100;
/** Pushes in a round. */
const PUSHES = 5;
/** Transactions that a machine is behind. */
const BEHIND = 10_000;
/** Transactions in one append, where it is not measured. */
const PAGE = 1000;

const crm = process.argv[2]!;
const directory = mkdtempSync(join(tmpdir(), 'crm-shared-'));
const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim();
let titles = 0;

/** Transactions that each set the title of a deal. */
function chain(after: Tip, many: number): Sealed[] {
  const made: Sealed[] = [];
  for (let tip = after; made.length < many; tip = tipOf(made.at(-1)!)) {
    const set = { title: [`Title ${titles}`, `Title ${++titles}`] as const };
    const commit = { request: `r-${titles}`, at: '2026-09-14T08:00:00.000Z', by: 'ana', via: 'deal set' };
    made.push(
      seal(tip, { ...commit, changes: [{ kind: 'deal', id: 'D1', set }] }, `salt-${titles}-0123456789`),
    );
  }
  return made;
}

function open(address: string) {
  const { kind, url } = addressOf(address, '/');
  const { pid, env } = process;
  const own = join(directory, `own-${titles}-${kind.name.slice(0, 3)}`);
  return kind.open(url, {
    ...{ io: nodeIo, env, pid, host: hostname(), random: Math.random, lockTimeout: 10_000, own },
    mayAsk: false,
    options: {},
  });
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!;

interface Beside {
  /** Milliseconds of one, and of the bare one. */
  readonly ours: number;
  readonly bare: number;
}

/** Measures rounds in turns, so that what else the machine does troubles both. */
async function beside(
  many: number,
  ours: () => Promise<unknown>,
  bare: () => Promise<unknown>,
): Promise<Beside> {
  const rounds: Beside[] = [];
  for (let round = 0; round < ROUNDS; round++)
    rounds.push({ ours: (await timed(ours)) / many, bare: (await timed(bare)) / many });
  return { ours: median(rounds.map(each => each.ours)), bare: median(rounds.map(each => each.bare)) };
}

async function inserts(server: PostgresServer): Promise<Beside> {
  const url = server.url(server.create());
  const remote = await open(url);
  let tip: Tip = { seq: 0, hash: GENESIS };
  const append = async (many: number) => {
    for (const each of chain(tip, many)) {
      if ((await remote.append(tip, [each])).outcome !== 'committed') throw new Error('not committed');
      tip = tipOf(each);
    }
  };
  const at = new URL(url);
  const client = new pg.Client({
    host: at.searchParams.get('host')!,
    user: 'postgres',
    database: at.pathname.slice(1),
  });
  await client.connect();
  await client.query('CREATE TABLE bare (seq bigint PRIMARY KEY, body bytea NOT NULL)');
  let seq = 0;
  const insert = async (many: number) => {
    for (const { bytes } of chain({ seq: 0, hash: GENESIS }, many))
      await client.query('INSERT INTO bare VALUES ($1, $2)', [++seq, bytes]);
  };
  await append(10);
  await insert(10);
  const found = await beside(
    COMMITS,
    () => append(COMMITS),
    () => insert(COMMITS),
  );
  await Promise.all([remote.close(), client.end()]);
  return found;
}

async function pushes(): Promise<Beside> {
  const [shared, bare, work] = ['shared.git', 'bare.git', 'work.git'].map(name => join(directory, name)) as [
    string,
    string,
    string,
  ];
  for (const dir of [shared, bare, work]) git('init', '--quiet', '--bare', dir);
  const remote = await open(`git+file://${shared}`);
  let tip: Tip = { seq: 0, hash: GENESIS };
  const append = async (many: number) => {
    for (const each of chain(tip, many)) {
      if ((await remote.append(tip, [each])).outcome !== 'committed') throw new Error('not committed');
      tip = tipOf(each);
    }
  };
  const tree = git('-C', work, 'hash-object', '-t', 'tree', '-w', '/dev/null');
  const identity = ['-c', 'user.name=crm', '-c', 'user.email=crm@localhost'];
  let last: string | undefined;
  const push = async (many: number) => {
    for (let i = 0; i < many; i++) {
      const on = last === undefined ? [] : ['-p', last];
      last = git('-C', work, ...identity, 'commit-tree', tree, ...on, '-m', `push ${i}`);
      git('-C', work, 'push', '--quiet', bare, `${last}:refs/crm/journal`);
    }
  };
  await append(1);
  await push(1);
  return beside(
    PUSHES,
    () => append(PUSHES),
    () => push(PUSHES),
  );
}

/** Milliseconds that `crm sync` takes on a machine that is behind. */
async function catchUp(server: PostgresServer): Promise<number> {
  const url = server.url(server.create());
  const env = (name: string) => ({
    PATH: process.env.PATH,
    HOME: directory,
    CRM_USER: 'ana',
    XDG_STATE_HOME: join(directory, `state-${name}`),
    XDG_CACHE_HOME: join(directory, `cache-${name}`),
  });
  const run = (name: string, ...args: string[]) =>
    execFileSync(process.execPath, [crm, ...args], { env: env(name), cwd: directory, stdio: 'pipe' });
  run('a', 'init', 'a', '--name', 'Bench');
  run('a', '-C', 'a', 'deal', 'add', 'Title 0');
  run('a', '-C', 'a', 'remote', 'add', url);
  run('b', 'clone', url, 'b');
  const remote = await open(url);
  titles = 0;
  for (let done = 0; done < BEHIND; done += PAGE) {
    const tip = await remote.tip();
    if ((await remote.append(tip, chain(tip, PAGE))).outcome !== 'committed')
      throw new Error('not committed');
  }
  await remote.close();
  const ms = await timed(async () => run('b', '-C', 'b', 'sync'));
  const [deal] = JSON.parse(run('b', '-C', 'b', 'deal', 'list', '--json').toString()) as { title: string }[];
  if (deal!.title !== `Title ${BEHIND}`) throw new Error(`it has ${deal!.title}`);
  return ms;
}

try {
  const found: Record<string, unknown> = { pushes: await pushes() };
  if (hasPostgres) {
    const server = new PostgresServer('on');
    try {
      Object.assign(found, { inserts: await inserts(server), catchUp: await catchUp(server) });
    } finally {
      server.remove();
    }
  }
  process.stdout.write(JSON.stringify(found));
} finally {
  rmSync(directory, { recursive: true, force: true });
}
