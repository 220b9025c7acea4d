/**
 * Deliveries are processes that are killed at random, two at a time, while the mail server refuses, cuts and stalls at
 * every part of the dialogue.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Break, startBreaker } from '../../channels/smtp-servers.ts';
import { Chance } from '../chance.ts';
import { inDirectory, sleep } from '../processes.ts';
import { contacts, type Letter, openPost, type Post, rule, settings, wrongOf } from '../post.ts';
import { counted, type Outcome, type Proof, scaled, type Trial } from '../proof.ts';

const LETTERS = 1000;
const KILLS = 100;
/** A delivery lives at most so many milliseconds, of which its start takes some. */
const LIFE = 1500;

/** What a server does: at which command, and how. */
const rudeness: readonly { readonly at: Break; readonly by: string }[] = [
  ...(['connect', 'EHLO', 'MAIL', 'RCPT', 'DATA', 'body', '.'] as const).map(at => ({ at, by: 'cut' })),
  { at: 'connect', by: '421 4.3.2 too busy' },
  { at: 'MAIL', by: '451 4.3.0 not now' },
  { at: 'MAIL', by: '550 5.7.1 you are blocked' },
  { at: 'RCPT', by: '450 4.2.1 try later' },
  { at: 'RCPT', by: '550 5.1.1 nobody here' },
  { at: 'DATA', by: '452 4.3.1 no room' },
  { at: 'DATA', by: '554 5.6.0 no' },
];

export const outboxKills: Proof = {
  name: 'outbox, kills',
  what: 'deliveries killed, two at a time, to a server that refuses and cuts: each e-mail at most once',
  run: trial => inDirectory(dir => killSenders(dir, trial)),
};

async function killSenders(dir: string, trial: Trial): Promise<Outcome> {
  const chance = new Chance(trial.seed);
  const letters = scaled(LETTERS, trial);
  const kills = scaled(KILLS, trial);
  const post = await openPost();
  const breaker = await startBreaker(post.port);
  try {
    const office = new Office(dir);
    await office.open(breaker.port, letters);
    let killed = 0;
    const wrong: string[] = [];
    // What is to be tried again later is queued, and leaves nothing to kill.
    for (let round = 0; killed < kills && round < kills; round++) {
      const senders = [office.deliver(), office.deliver()];
      for (const sender of senders) {
        breaker.breaks = { ...chance.pick(rudeness), times: 1 };
        await sleep(chance.next() * LIFE);
        if (await sender.kill()) killed++;
      }
      wrong.push(...senders.flatMap(sender => sender.wrong()));
      if (wrong.length > 0 || (await office.letters()).every(({ status }) => status !== 'queued')) break;
    }
    breaker.breaks = undefined;
    await office.deliver().ended;
    wrong.push(...wrongOf(await office.letters(), post.arrived(), letters));
    return {
      tried: `${counted(letters, 'e-mails')}, ${counted(killed, 'kills')}, ${arrivedOf(post)}`,
      violations: wrong,
    };
  } finally {
    await breaker.close();
    await post.close();
  }
}

const arrivedOf = (post: Post): string => counted(post.arrived().size, 'arrived');

/** A workspace of the real binary, with the machine's state beside it. */
class Office {
  readonly #dir: string;
  readonly #env: Record<string, string>;

  constructor(dir: string) {
    this.#dir = join(dir, 'ws');
    this.#env = { PATH: process.env.PATH ?? '', HOME: dir, CRM_USER: 'ana', CRM_NO_INPUT: '1', TZ: 'UTC' };
  }

  async open(port: number, letters: number): Promise<void> {
    await this.#ok(['init', this.#dir, '--template', 'empty'], '', false);
    appendFileSync(join(this.#dir, 'crm.yaml'), settings(port));
    await this.#ok(['user', 'add', 'ana', '--role', 'admin']);
    await this.#ok(['trust', '--yes']);
    await this.#ok(['automation', 'add', 'welcome', '-'], rule);
    await this.#ok(['run', '--no-deliver']);
    await this.#ok(['import', 'contacts', '-', '--trigger'], contacts(letters));
    await this.#ok(['run', '--no-deliver']);
  }

  deliver(): Sender {
    return new Sender(this.#spawn(['deliver']));
  }

  async letters(): Promise<Letter[]> {
    return JSON.parse(await this.#ok(['message', 'list', '--json', '--fields', 'id,to,status']));
  }

  #spawn(args: readonly string[], isThere = true): ChildProcess {
    const where = isThere ? ['-C', this.#dir] : [];
    return spawn(process.execPath, [resolve('bin/crm.js'), ...where, ...args], { env: this.#env });
  }

  async #ok(args: readonly string[], stdin = '', isThere = true): Promise<string> {
    const child = this.#spawn(args, isThere);
    child.stdin!.end(stdin);
    const { code, out, err } = await ending(child);
    if (code !== 0) throw new Error(`crm ${args.join(' ')}: exit ${code}: ${err}`);
    return out;
  }
}

interface Ending {
  /** Null where it was killed. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function ending(child: ChildProcess): Promise<Ending> {
  let out = '';
  let err = '';
  child.stdout!.on('data', chunk => (out += String(chunk)));
  child.stderr!.on('data', chunk => (err += String(chunk)));
  return new Promise(done => child.on('close', code => done({ code, out, err })));
}

/** A delivery that is under way. */
class Sender {
  readonly ended: Promise<Ending>;
  readonly #child: ChildProcess;
  #ending: Ending | undefined;

  constructor(child: ChildProcess) {
    child.stdin!.end();
    this.#child = child;
    this.ended = ending(child).then(each => (this.#ending = each));
  }

  /** Kills it; whether it was still there. */
  async kill(): Promise<boolean> {
    this.#child.kill('SIGKILL');
    return (await this.ended).code === null;
  }

  /** What is wrong with how it ended by itself: 0, or 1 where something keeps mails from leaving, is right. */
  wrong(): string[] {
    const { code = null, err = '' } = this.#ending ?? {};
    return code === null || code === 0 || code === 1 ? [] : [`a delivery: exit ${code}: ${err}`];
  }
}
