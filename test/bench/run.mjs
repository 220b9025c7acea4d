/**
 * npm run bench [-- --runs 15] [-- --only REGEXP]
 *
 * Times each job (jobs.mjs) in a process of its own, in turns with its yardstick, most often `node -e 0`, and prints
 * medians as a Markdown table. The ratio is what carries over from one machine to another. There is no pass and no
 * fail.
 *
 * CRM_BENCH_MAVEN may name sales_pipeline.csv of the public "CRM Sales Opportunities" set; else a file of the same
 * shape is made.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { jobs, workspaces, yardsticks } from './jobs.mjs';

const CRM = fileURLToPath(new URL('../../bin/crm.js', import.meta.url));
const FEWEST_RUNS = 9;

const { values: options } = parseArgs({
  options: { runs: { type: 'string', default: '11' }, only: { type: 'string', default: '' } },
});
const runs = Math.max(FEWEST_RUNS, Number.parseInt(options.runs, 10) || 0);
const chosen = jobs.filter(job => new RegExp(options.only).test(job.name));
const directory = mkdtempSync(join(tmpdir(), 'crm-bench-'));

/** Runs Node with arguments in a directory; returns its output and how long it took, in milliseconds. */
function node(args, cwd, now) {
  const begin = process.hrtime.bigint();
  const { status, stdout, stderr, error } = spawnSync(process.execPath, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 2 ** 30,
    env: { HOME: directory, ...(now && { CRM_NOW: now }) },
  });
  const ms = Number(process.hrtime.bigint() - begin) / 1e6;
  if (error) throw error;
  if (status !== 0) throw new Error(`${args.join(' ')}: exit ${status}\n${stderr}`);
  return { stdout, ms };
}

/** What workspaces and jobs are made with: a folder for files, and `crm` in the workspace's directory. */
function labIn(cwd) {
  const files = join(directory, 'files');
  mkdirSync(files, { recursive: true });
  return { files, dir: cwd, crm: (argv, now) => node([CRM, ...argv], cwd, now) };
}

/** The directory of a workspace, made at the first call. */
function workspaceOf(job) {
  const path = join(directory, job.in);
  if (mkdirSync(path, { recursive: true })) workspaces[job.in](labIn(path));
  return path;
}

/** Runs a job once; only the command itself is timed. */
function time(job) {
  let cwd = workspaceOf(job);
  if (job.changes) {
    const copy = join(directory, 'copy');
    rmSync(copy, { recursive: true, force: true });
    cpSync(cwd, copy, { recursive: true, filter: path => !path.endsWith('.crm') });
    cwd = copy;
    // Caches know the files they were made of: the copy gets its own.
    labIn(cwd).crm([...argvOf(job, cwd), '--dry-run'], job.now);
  }
  const { stdout, ms } = node([CRM, ...argvOf(job, cwd)], cwd, job.now);
  if (!job.shows.test(stdout)) throw new Error(`${job.name}: did not do its work, but printed\n${stdout}`);
  return ms;
}

const argvOf = (job, cwd) => (typeof job.argv === 'function' ? job.argv(labIn(cwd)) : job.argv);

const median = numbers => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

const yardstickOf = job => job.against ?? 'node';

function measure() {
  const times = new Map(chosen.map(job => [job, { own: [], yardstick: [] }]));
  const yardstickArgs = new Map();
  // The first round warms up: it makes the workspaces, and what Node and the system cache.
  for (let round = 0; round <= runs; round++) {
    process.stderr.write(`\rround ${round} of ${runs} `);
    for (const job of chosen) {
      const cwd = workspaceOf(job);
      if (!yardstickArgs.has(job)) yardstickArgs.set(job, yardsticks[yardstickOf(job)](labIn(cwd)));
      const { ms: yardstick } = node(yardstickArgs.get(job), directory);
      const own = time(job);
      if (round === 0) continue;
      times.get(job).yardstick.push(yardstick);
      times.get(job).own.push(own);
    }
  }
  process.stderr.write('\n');
  return times;
}

const labels = {
  node: '`node -e 0`',
  parsing: 'Node parsing the records',
  rewriting: 'Node rewriting the deals',
};

function print(times) {
  const row = cells => `| ${cells.join(' | ')} |`;
  const lines = [
    `Medians of ${runs} runs, Node ${process.version}, ${process.platform}, ${availableParallelism()} cores.`,
    '',
    row(['job', 'ms', 'against', 'ms', 'ratio', 'at most']),
    row(['---', '---:', '---', '---:', '---:', '---:']),
  ];
  for (const [job, { own, yardstick }] of times) {
    const ratio = (median(own) / median(yardstick)).toFixed(2);
    lines.push(
      row([
        job.name,
        median(own).toFixed(0),
        labels[yardstickOf(job)],
        median(yardstick).toFixed(0),
        ratio,
        job.bound,
      ]),
    );
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}

try {
  print(measure());
} finally {
  rmSync(directory, { recursive: true, force: true });
}
