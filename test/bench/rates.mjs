/**
 * What comes in, a second: e-mails of a Maildir, and forms posted to `crm serve` by several connections at once. Each is
 * measured beside a yardstick that does the least: postal-mime reading the same e-mails, node:http answering the same posts.
 * CPU time is that of the program alone, so that it means something on a busy machine too.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, cpSync, fsyncSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CRM = fileURLToPath(new URL('../../bin/crm.js', import.meta.url));
const CPU = fileURLToPath(new URL('cpu.cjs', import.meta.url));
const POSTAL_MIME = fileURLToPath(new URL('../../dist/vendor/postal-mime.cjs', import.meta.url));
const NOW = '2026-09-14T08:00:00Z';
const MAILS = 10_000;
const POSTS = 5000;
const CONNECTIONS = 32;
/** How many fsyncs are timed: what serve can do depends on them. */
const FSYNCS = 50;

/** Runs a program to its end; returns its wall time and its CPU time, ms. */
async function timed(args, { cwd, env }) {
  const begin = performance.now();
  const child = spawn(process.execPath, ['--require', CPU, ...args], {
    cwd,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return ended(child, begin);
}

async function ended(child, begin, err = '') {
  child.stderr.on('data', chunk => (err += String(chunk)));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`exit ${code}: ${err}`);
  return { ms: performance.now() - begin, cpu: Number(/^cpu (\d+)$/m.exec(err)?.[1]) };
}

/** Starts a server that says where it listens; returns its port, and what ends it and says how long it took. */
async function started(args, { cwd, env }) {
  const child = spawn(process.execPath, ['--require', CPU, ...args], {
    cwd,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let err = '';
  const port = await new Promise((resolve, reject) => {
    const look = chunk => {
      err += String(chunk);
      const found = /listening on http:\/\/[\d.]+:(\d+)/.exec(err)?.[1];
      if (found === undefined) return;
      child.stderr.off('data', look);
      resolve(Number(found));
    };
    child.stderr.on('data', look);
    child.once('close', () => reject(new Error(err)));
  });
  return {
    port,
    async stop() {
      const end = ended(child, performance.now(), err);
      child.kill('SIGTERM');
      return end;
    },
  };
}

/** Posts all forms, and returns how long that took, ms. Any answer but 200 is an error. */
async function postAll(port) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const numbers = Array.from({ length: POSTS }, (_, i) => i).values();
  const post = n =>
    new Promise((resolve, reject) => {
      const body = `email=p${n}%40example.com&message=Please+send+an+offer+for+forty+chairs&once=${n}`;
      const headers = { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': body.length };
      const asked = request(
        { host: '127.0.0.1', port, path: '/forms/quote', method: 'POST', agent, headers },
        answer => {
          answer.resume();
          answer.on('end', () =>
            answer.statusCode === 200 ? resolve() : reject(new Error(`post ${n}: ${answer.statusCode}`)),
          );
        },
      );
      asked.on('error', reject);
      asked.end(body);
    });
  const begin = performance.now();
  const client = async () => {
    for (const n of numbers) await post(n);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, client));
  agent.destroy();
  return performance.now() - begin;
}

const line = 'We would like to know when the chairs can be delivered, and whether the oak is in stock.\n';

/** A mail with a text and an HTML part; every second one answers an earlier one. */
function mail(n) {
  const at = new Date(Date.parse('2026-09-12T08:00:00Z') + n * 5000).toUTCString();
  const who = `p${n % 1000}@customer${n % 100}.example`;
  const answers = n >= 1000 && n % 2 === 1 ? `In-Reply-To: <m${n - 1000}@mail.example>\n` : '';
  return `From: Person ${n % 1000} <${who}>
To: Acme Sales <sales@acme.example>
Message-ID: <m${n}@mail.example>
${answers}Date: ${at}
Subject: Order ${n % 1000}
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="b"

--b
Content-Type: text/plain; charset=utf-8

Hello,

${line.repeat(8)}
On Monday Acme Sales wrote:
> ${line}
--b
Content-Type: text/html; charset=utf-8

<p>Hello,</p><p>${line.repeat(8)}</p>
--b--
`;
}

function writeMaildir(path) {
  for (const each of ['new', 'cur', 'tmp']) mkdirSync(join(path, each), { recursive: true });
  for (let n = 0; n < MAILS; n++)
    writeFileSync(join(path, 'new', `${1_790_000_000 + n}.M${n}.host`), mail(n));
}

const readingMails = path => `
const { readdirSync, readFileSync } = require('node:fs');
const PostalMime = require(${JSON.stringify(POSTAL_MIME)}).default;
(async () => {
  for (const name of readdirSync(${JSON.stringify(path)}).sort())
    await PostalMime.parse(readFileSync(${JSON.stringify(path)} + '/' + name), { forceRfc822Attachments: true });
})();`;

const answeringPosts = `
const server = require('node:http').createServer((request, response) => {
  let size = 0;
  request.on('data', chunk => (size += chunk.length));
  request.on('end', () => response.end(String(size)));
});
server.listen(0, '127.0.0.1', () => process.stderr.write('listening on http://127.0.0.1:' + server.address().port + '\\n'));
process.on('SIGTERM', () => server.close());`;

/** How long an fsync of a small file takes in a directory, ms. */
function fsyncTime(dir) {
  const path = join(dir, 'fsynced');
  const fd = openSync(path, 'w');
  const begin = performance.now();
  for (let i = 0; i < FSYNCS; i++) {
    writeSync(fd, 'x');
    fsyncSync(fd);
  }
  const ms = (performance.now() - begin) / FSYNCS;
  closeSync(fd);
  rmSync(path);
  return ms;
}

/** The rows; `measure` gets a workspace of its own with 1,000 contacts, and the environment of its programs. */
export const rates = [
  {
    name: 'e-mails of a Maildir of 10,000, ingested',
    atLeast: 500,
    against: 'postal-mime, the same e-mails',
    atMost: 4,
    async measure({ dir, files, env }) {
      const maildir = join(files, 'maildir');
      writeMaildir(maildir);
      const yardstick = await timed(['-e', readingMails(join(maildir, 'new'))], { cwd: dir, env });
      return {
        count: MAILS,
        own: await timed([CRM, 'mail', 'ingest', maildir], { cwd: dir, env }),
        yardstick,
      };
    },
  },
  {
    name: `forms posted to \`crm serve\`, ${CONNECTIONS} connections`,
    atLeast: 300,
    against: 'node:http, without a disk',
    atMost: 8,
    async measure({ dir, env }) {
      const plain = await started(['-e', answeringPosts], { cwd: dir, env });
      const plainMs = await postAll(plain.port);
      const { cpu: plainCpu } = await plain.stop();
      const server = await started([CRM, 'serve', '--listen', '127.0.0.1:0', '--quiet'], { cwd: dir, env });
      const ms = await postAll(server.port);
      const { cpu } = await server.stop();
      const note = `an fsync takes ${fsyncTime(dir).toFixed(1)} ms`;
      return { count: POSTS, own: { ms, cpu }, yardstick: { ms: plainMs, cpu: plainCpu }, note };
    },
  },
];

const settings = `
mail: { from: 'Acme Sales <sales@acme.example>' }
serve:
  forms:
    quote: { fields: { email: email, once: id, message: prop.message }, rate: 900000/s }
`;

/** Measures the rows whose names match, `runs` times each; yields the measurements of a row. */
export async function* measureRates({ directory, crm, pattern, runs }) {
  const chosen = rates.filter(({ name }) => pattern.test(name));
  if (chosen.length === 0) return;
  const made = join(directory, 'rates');
  mkdirSync(made, { recursive: true });
  crm(made, ['init', '.', '--template', 'sales']);
  writeFileSync(join(made, 'crm.yaml'), settings, { flag: 'a' });
  const csv = join(directory, 'people.csv');
  const people = Array.from({ length: 1000 }, (_, n) => `Person ${n},p${n}@customer${n % 100}.example`);
  writeFileSync(csv, `name,email\n${people.join('\n')}\n`);
  crm(made, ['import', 'contacts', csv]);
  for (const rate of chosen) {
    const measured = [];
    for (let run = 0; run < runs; run++) {
      process.stderr.write(`\r${rate.name}: ${run + 1} of ${runs} `);
      const dir = join(directory, `rates-${run}`);
      cpSync(made, dir, { recursive: true });
      const env = {
        HOME: directory,
        PATH: process.env.PATH,
        XDG_STATE_HOME: join(directory, `state-${run}`),
        CRM_NOW: NOW,
      };
      measured.push(await rate.measure({ dir, files: directory, env }));
      for (const each of [dir, env.XDG_STATE_HOME]) rmSync(each, { recursive: true, force: true });
    }
    process.stderr.write('\n');
    yield { rate, measured };
  }
}
