/**
 * `crm mail fetch` reads a mailbox of a real IMAP server again and again, while a proxy cuts its connections and some of the
 * processes are killed. Half-way the server gives all mails other numbers (another UIDVALIDITY). In the end each mail is
 * recorded, and none twice.
 */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { nodeIo } from '../../../src/store/disk/io.ts';
import { cutAfter, type Dovecot, hasDovecot, startDovecot } from '../../app/inbound/dovecot.ts';
import { Chance } from '../chance.ts';
import { transactionsOf } from '../invariants.ts';
import { cacheHomeOf, Machine } from '../machine.ts';
import { inDirectory } from '../processes.ts';
import { counted, type Proof, scaled, type Trial } from '../proof.ts';

const MAILS = 10_000;
/** The bytes that a connection brings before it is cut: a group of 256 mails has some 150,000, and its sizes 60,000. */
const FEWEST_BYTES = 150_000;
const MOST_BYTES = 1_200_000;
/** The most milliseconds after which every fourth process is killed. */
const LONGEST_LIFE = 4000;
/** The most fetches: what makes no headway is wrong, too. */
const MOST_FETCHES = 400;

export const imapCuts: Proof = {
  name: 'imap-cuts',
  what: '`crm mail fetch` over IMAP, cut and killed, with other numbers of the mails half-way',
  async run(trial) {
    if (!hasDovecot) return { tried: '', violations: [], skipped: 'dovecot is not installed' };
    const server = await startDovecot();
    try {
      return await inDirectory(dir => fetchAll(join(dir, 'ws'), server, trial));
    } finally {
      await server.stop();
    }
  },
};

async function fetchAll(dir: string, server: Dovecot, trial: Trial) {
  const total = scaled(MAILS, trial);
  const half = Math.ceil(total / 2);
  const chance = new Chance(trial.seed);
  const between = (least: number, most: number) => least + Math.floor(chance.next() * (most - least));
  let isCut = true;
  const way = await cutAfter(server.port, () =>
    isCut ? between(FEWEST_BYTES, MOST_BYTES) : Number.MAX_SAFE_INTEGER,
  );
  const machine = new Machine(nodeIo, dir);
  await machine.ok(['init', dir, '--template', 'sales']);
  await machine.ok(['contact', 'add', '--email', 'jane@example.com']);
  const file = join(dir, 'crm.yaml');
  writeFileSync(file, readFileSync(file, 'utf8') + settings(way.port));
  await run(dir, ['trust', '--yes']);

  const violations: string[] = [];
  const did = { fetches: 0, kills: 0, renumbered: 0 };
  const deliver = (from: number, to: number) => {
    for (let n = from; n < to; n++) server.deliver(`m${n}`, mail(n));
  };
  deliver(0, half);
  let recorded = 0;
  while (did.fetches < MOST_FETCHES) {
    did.fetches++;
    const life = chance.next() < 0.25 ? between(500, LONGEST_LIFE) : undefined;
    // Until something is recorded there is no place to go on from.
    const { code, err } = await run(
      dir,
      ['mail', 'fetch', ...(recorded === 0 ? ['--since', '2000-01-01'] : [])],
      life,
    );
    if (code === null) did.kills++;
    else if (code > 1) violations.push(`fetch ended with ${code}: ${err}`);
    recorded = (await recordedIn(machine)).size;
    if (violations.length > 20) break;
    if (recorded >= half && did.renumbered === 0) {
      did.renumbered++;
      server.renumber();
      deliver(half, total);
    } else if (code === 0 && recorded >= total) break;
  }
  isCut = false;
  violations.push(...(await wrongIn(machine, total)));
  const { out } = await run(dir, ['mail', 'fetch', '--json']);
  if (!/"recorded":\s*0\b/.test(out) || !/"known":\s*0\b/.test(out))
    violations.push(`the next fetch found: ${out}`);
  const doctor = await machine.crm(['doctor']);
  if (!/^sound/.test(doctor.err)) violations.push(`doctor: ${doctor.err}`);
  way.stop();
  const tried = `${counted(total, 'e-mails')}, ${counted(did.fetches, 'fetches')}, ${counted(did.kills, 'kills')}`;
  return { tried, violations };
}

const settings = (port: number) => `
mail:
  fetch: { host: 127.0.0.1, port: ${port}, tls: none, user: sales, password-env: CRM_IMAP_PASSWORD }
`;

const mail = (n: number): string =>
  `From: jane@example.com\nTo: sales@acme.example\nMessage-ID: <m${n}@x>\nDate: ${new Date(1_789_000_000_000 + n * 1000).toUTCString()}\nSubject: ${n}\n\n${`Line ${n} of a mail that says little. `.repeat(8)}\n`;

/** How often each mail is recorded, by its Message-ID. */
async function recordedIn(machine: Machine): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  for (const { changes } of await transactionsOf(machine))
    for (const change of changes)
      if ('add' in change && change.kind === 'activity') {
        const id = String(change.add.externalId);
        times.set(id, (times.get(id) ?? 0) + 1);
      }
  return times;
}

async function wrongIn(machine: Machine, total: number): Promise<string[]> {
  const times = await recordedIn(machine);
  const wrong = [...times]
    .filter(([, count]) => count > 1)
    .map(([id, count]) => `${id} is recorded ${count} times`);
  for (let n = 0; n < total; n++) if (!times.has(`<m${n}@x>`)) wrong.push(`m${n} is not recorded`);
  return wrong;
}

/** Runs the real program; after `life` ms it is killed, and its code is null. */
function run(dir: string, args: readonly string[], life?: number) {
  const env = {
    HOME: '/',
    XDG_STATE_HOME: join(dir, '..', 'state'),
    XDG_CACHE_HOME: cacheHomeOf(dir),
    CRM_IMAP_PASSWORD: 'secret',
    CRM_NO_INPUT: '1',
    PATH: '/usr/bin:/bin',
  };
  const child = spawn(process.execPath, [resolve('bin/crm.js'), '-C', dir, ...args], { env });
  let out = '';
  let err = '';
  child.stdout.on('data', chunk => (out += String(chunk)));
  child.stderr.on('data', chunk => (err += String(chunk)));
  const timer = life === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), life);
  return new Promise<{ code: number | null; out: string; err: string }>(done => {
    child.on('close', code => {
      clearTimeout(timer);
      done({ code, out, err });
    });
  });
}
