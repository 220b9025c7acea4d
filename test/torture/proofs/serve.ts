/**
 * Web forms are posted to the real `crm serve`, which is killed in the midst of it again and again. What was acknowledged
 * is in the journal; what was not is posted again, with the same id, to the next server, and some are posted again though
 * they were acknowledged: nothing is there twice.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join, resolve } from 'node:path';
import { nodeIo } from '../../../src/store/disk/io.ts';
import { Chance } from '../chance.ts';
import { transactionsOf } from '../invariants.ts';
import { cacheHomeOf, Machine } from '../machine.ts';
import { inDirectory } from '../processes.ts';
import { counted, type Outcome, type Proof, scaled, type Trial } from '../proof.ts';

const POSTS = 10_000;
/** Posts after which, on average, the server is killed. */
const BETWEEN_KILLS = 150;
const CLIENTS = 32;
/** Every so many posts, one is sent again after its answer. */
const REPEATED = 10;

const settings = `
serve:
  forms:
    quote: { fields: { email: email, once: id, message: prop.message }, rate: 900000/s }
`;

export const serve: Proof = {
  name: 'serve',
  what: 'web forms over HTTP, the server killed in the midst',
  run: trial => postForms(trial, { args: [resolve('bin/crm.js')] }),
};

/** A program that is `crm`, and what is special about its environment. */
export interface Program {
  readonly args: readonly string[];
  readonly env?: { readonly [name: string]: string };
}

/** Posts to a server, and kills it again and again. */
export const postForms = (trial: Trial, program: Program): Promise<Outcome> =>
  inDirectory(async directory => {
    const dir = join(directory, 'ws');
    const machine = new Machine(nodeIo, dir);
    await machine.ok(['init', dir, '--template', 'sales']);
    const file = join(dir, 'crm.yaml');
    writeFileSync(file, readFileSync(file, 'utf8') + settings);
    const total = scaled(POSTS, trial);
    const { told, kills, violations } = await postAndKill(dir, total, trial, program);
    violations.push(...(await wrongIn(machine, told)));
    const doctor = await machine.crm(['doctor']);
    if (!/^sound/.test(doctor.err)) violations.push(`doctor: ${doctor.err}`);
    return { tried: `${counted(total, 'posts')}, ${counted(kills, 'kills')}`, violations };
  });

async function postAndKill(dir: string, total: number, { seed }: Trial, program: Program) {
  const chance = new Chance(seed);
  const told = new Set<number>();
  const violations: string[] = [];
  let open = Array.from({ length: total }, (_, i) => i);
  let kills = 0;
  while (open.length > 0) {
    const server = await Server.start(dir, program);
    const few = 1 + Math.floor(chance.next() * 2 * BETWEEN_KILLS);
    // The last posts meet a server that lives.
    const isKilled = open.length > few;
    const before = told.size;
    const next = open.values();
    const client = async () => {
      for (const n of next) {
        if (isKilled && told.size - before >= few) return server.kill();
        const status = await server.post(n);
        if (status === 200) {
          told.add(n);
          if (n % REPEATED === 0) await server.post(n);
        } else if (status !== undefined) violations.push(`post ${n} was answered with ${status}`);
        else return;
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
    if (isKilled) kills++;
    server.kill();
    await server.ended;
    if (told.size === before) violations.push(`a server acknowledged nothing: ${server.err}`);
    if (violations.length > 20) break;
    open = open.filter(n => !told.has(n));
  }
  return { told, kills, violations };
}

/** What is not in the journal though it was acknowledged, or is there twice. */
async function wrongIn(machine: Machine, told: ReadonlySet<number>): Promise<string[]> {
  const times = new Map<string, number>();
  for (const { changes } of await transactionsOf(machine))
    for (const change of changes)
      if ('add' in change && change.kind === 'event') {
        const id = String(change.add.externalId);
        times.set(id, (times.get(id) ?? 0) + 1);
      }
  const twice = [...times]
    .filter(([, count]) => count > 1)
    .map(([id, count]) => `${id} is there ${count} times`);
  const lost = [...told]
    .filter(n => !times.has(`quote:${n}`))
    .map(n => `${n} was acknowledged, and is not there`);
  return [...twice, ...lost];
}

class Server {
  readonly #process: ChildProcess;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  readonly ended: Promise<void>;
  #port = 0;
  err = '';

  private constructor(dir: string, program: Program) {
    const args = [...program.args, '-C', dir, 'serve', '--listen', '127.0.0.1:0', '--quiet'];
    const env = {
      HOME: '/',
      XDG_CACHE_HOME: cacheHomeOf(dir),
      CRM_NO_INPUT: '1',
      PATH: '/usr/bin:/bin',
      ...program.env,
    };
    this.#process = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    this.ended = new Promise(done => this.#process.on('close', () => done()));
  }

  /** Resolves when it listens; throws if it ends before. */
  static async start(dir: string, program: Program): Promise<Server> {
    const server = new Server(dir, program);
    await new Promise<void>((done, fail) => {
      server.#process.stderr!.on('data', chunk => {
        server.err += String(chunk);
        const port = /listening on http:\/\/[\d.]+:(\d+)/.exec(server.err)?.[1];
        if (port !== undefined) {
          server.#port = Number(port);
          done();
        }
      });
      server.#process.on('close', code => fail(new Error(`crm serve ended: exit ${code}: ${server.err}`)));
    });
    return server;
  }

  /** Posts form `n`; returns the status, or undefined where the server was gone before it answered. */
  post(n: number): Promise<number | undefined> {
    const body = new URLSearchParams({
      email: `p${n}@example.com`,
      once: String(n),
      message: 'Hello',
    }).toString();
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': body.length };
    const where = { host: '127.0.0.1', port: this.#port, path: '/forms/quote', method: 'POST' };
    return new Promise(done => {
      const asked = request({ ...where, agent: this.#agent, headers }, answer => {
        answer.resume();
        answer.on('close', () => done(answer.complete ? answer.statusCode : undefined));
      });
      asked.on('error', () => done(undefined));
      asked.end(body);
    });
  }

  kill(): void {
    this.#process.kill('SIGKILL');
    this.#agent.destroy();
  }
}
