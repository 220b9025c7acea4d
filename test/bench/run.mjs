/**
 * npm run bench [-- --runs 15] [-- --only REGEXP] [-- --deals 1000000] [-- --transactions 1000000]
 *
 * Times each job (jobs.mjs) in a process of its own, in turns with its yardstick, most often `node -e 0`, and prints
 * medians as a Markdown table, by the clock and by CPU time. With --deals, the jobs are those of large.mjs, with --transactions those of years.mjs. The ratio is what carries over from one machine to another. There is no pass and no
 * fail.
 *
 * CRM_BENCH_MAVEN may name sales_pipeline.csv of the public "CRM Sales Opportunities" set; else a file of the same
 * shape is made.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { growths as usualGrowths, measureGrowth } from './growth.mjs';
import { jobs as usualJobs, PAPAPARSE, workspaces, yardsticks } from './jobs.mjs';
import { largeBench } from './large.mjs';
import { isThere, peers, supplies } from './peers.mjs';
import { remember } from './put-back.mjs';
import { measureRates } from './rates.mjs';
import { yearsBench } from './years.mjs';

const CRM = fileURLToPath(new URL('../../bin/crm.js', import.meta.url));
const CPU = fileURLToPath(new URL('cpu.cjs', import.meta.url));
const PEAK = fileURLToPath(new URL('peak.cjs', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BUNDLE = join(ROOT, 'test', 'torture', 'bundle.mjs');
const FEWEST_RUNS = 9;
const PEER_RUNS = 3;
const RATE_RUNS = 3;

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '11' },
    only: { type: 'string', default: '' },
    deals: { type: 'string' },
    transactions: { type: 'string' },
  },
});
const large =
  options.deals !== undefined
    ? largeBench(Number(options.deals), PAPAPARSE)
    : options.transactions !== undefined
      ? yearsBench(Number(options.transactions))
      : undefined;
if (large) {
  Object.assign(workspaces, large.workspaces);
  Object.assign(yardsticks, large.yardsticks);
}
const jobs = large?.jobs ?? usualJobs;
const growths = large?.growths ?? usualGrowths;
const runs = Math.max(FEWEST_RUNS, Number.parseInt(options.runs, 10) || 0);
const named = jobs.filter(job => new RegExp(options.only).test(job.name));
/** With the jobs that these are compared with. */
const chosen = jobs.filter(job => named.includes(job) || named.some(({ than }) => than === job.name));
const directory = mkdtempSync(join(tmpdir(), 'crm-bench-'));

/** Runs a program in a directory; returns its output and how long it took, in milliseconds. */
function run(program, args, cwd, now, input) {
  const begin = process.hrtime.bigint();
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    ...(input === undefined ? { stdio: ['ignore', 'pipe', 'pipe'] } : { input }),
    maxBuffer: 2 ** 30,
    env: { HOME: directory, PATH: process.env.PATH, ...(now && { CRM_NOW: now }) },
  });
  const ms = Number(process.hrtime.bigint() - begin) / 1e6;
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: exit ${status}\n${stderr}`);
  return { stdout, stderr, ms };
}

const node = (args, cwd, now, input) => run(process.execPath, args, cwd, now, input);

/** The same for what is measured: its CPU time too, ms, which says more where other programs run. */
function timedNode(args, cwd, now) {
  const { stderr, ...rest } = node(['--require', CPU, ...args], cwd, now);
  return { ...rest, stderr: stderr.replace(/\ncpu \d+\n$/, ''), cpu: Number(/^cpu (\d+)$/m.exec(stderr)[1]) };
}

/** A TypeScript file of this folder as a program for Node. */
const bundled = name => node([BUNDLE, join(ROOT, 'test', 'bench', name), directory], ROOT).stdout;

/**
 * What workspaces and jobs are made with: a folder for files, and `crm` in the workspace's directory; `crmEach` runs
 * many commands in one process.
 */
function labIn(cwd) {
  const files = join(directory, 'files');
  mkdirSync(files, { recursive: true });
  return {
    files,
    dir: cwd,
    crm: (argv, now) => node([CRM, ...argv], cwd, now),
    crmEach: (argvs, now) => node([bundled('commands.ts'), cwd, now], cwd, undefined, JSON.stringify(argvs)),
  };
}

/** The directory of a workspace, made at the first call. */
function workspaceOf(job) {
  const path = join(directory, job.in);
  if (mkdirSync(path, { recursive: true })) workspaces[job.in](labIn(path));
  return path;
}

const putBacks = new Map();

/** Runs a job once; only the command itself is timed. */
function time(job) {
  const cwd = workspaceOf(job);
  if (job.changes && !putBacks.has(cwd)) putBacks.set(cwd, remember(cwd));
  if (job.without) forget(job.without);
  if (job.loses) rmSync(join(cwd, job.loses));
  const { stdout, stderr, ms, cpu } = timedNode([CRM, ...argvOf(job, cwd)], cwd, job.now);
  if (!job.shows.test(stdout) || !(job.says ?? /^/).test(stderr))
    throw new Error(`${job.name}: did not do its work, but printed\n${stdout}${stderr}`);
  if (job.changes) {
    putBacks.get(cwd)();
    // Caches know the files that they were made of: these are new.
    labIn(cwd).crm(['status'], job.now);
  }
  return { ms, cpu };
}

/** Removes a cache of all workspaces. */
function forget(name) {
  const caches = join(directory, '.cache', 'crm', 'workspaces');
  for (const each of readdirSync(caches)) rmSync(join(caches, each, name), { force: true });
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
  // Two rounds warm up: they make the workspaces, what the system caches, and what crm keeps of a command's second run.
  for (let round = -1; round <= runs; round++) {
    process.stderr.write(`\rround ${Math.max(round, 0)} of ${runs} `);
    for (const job of chosen) {
      const cwd = workspaceOf(job);
      if (!yardstickArgs.has(job)) yardstickArgs.set(job, yardsticks[yardstickOf(job)](labIn(cwd)));
      if (round > (job.runs ?? runs)) continue;
      const yardstick = timedNode(yardstickArgs.get(job), directory);
      const own = time(job);
      if (round < 1) continue;
      times.get(job).yardstick.push(yardstick);
      times.get(job).own.push(own);
    }
  }
  process.stderr.write('\n');
  return times;
}

const labels = {
  papaparse: 'papaparse, the same file',
  'papaparse-large': 'papaparse, the same file',
  node: '`node -e 0`',
  parsing: 'Node parsing the records',
  rewriting: 'Node rewriting the deals',
};

const row = cells => `| ${cells.join(' | ')} |`;
const heading = (...names) => [row(names), row(names.map((_, i) => (i === 0 ? '---' : '---:')))];

function print(times) {
  const [{ model }] = cpus();
  const lines = [
    `Medians of ${runs} runs, Node ${process.version}, ${process.platform}, ${availableParallelism()} cores (${model}).`,
    '',
    ...heading(
      ...['job', 'ms', 'against', 'ms', 'ratio', 'at most', 'to the least', 'at most'],
      ...['ms of CPU', 'against', 'ratio'],
    ),
  ];
  const ms = measured => measured.map(each => each.ms);
  const cpu = measured => measured.map(each => each.cpu);
  const medianOf = name =>
    median([...times].find(([job]) => job.name === name)?.[1].own.map(each => each.ms) ?? [Number.NaN]);
  const ratioOf = (own, yardstick) => median(own.map((one, i) => one / yardstick[i])).toFixed(2);
  for (const [job, { own, yardstick }] of times) {
    const isGrowing = job.growth !== undefined;
    lines.push(
      row([
        job.name,
        median(ms(own)).toFixed(0),
        labels[yardstickOf(job)],
        median(ms(yardstick)).toFixed(0),
        ratioOf(ms(own), ms(yardstick)),
        job.bound ?? '',
        isGrowing ? (median(ms(own)) / medianOf(job.than)).toFixed(2) : '',
        isGrowing ? job.growth : '',
        median(cpu(own)).toFixed(0),
        median(cpu(yardstick)).toFixed(0),
        ratioOf(cpu(own), cpu(yardstick)),
      ]),
    );
  }
  return `${lines.join('\n')}\n`;
}

/** Other programs at the same jobs; they are timed less often, since some take seconds. */
function compare(times) {
  const lines = [];
  for (const [job, { own }] of times)
    for (const [program, argvFor] of peers[job.name] ?? []) {
      if (!isThere(program)) continue;
      const args = argvFor(name => supply(job, name));
      const taken = Array.from({ length: PEER_RUNS }, () => run(program, args, directory).ms);
      const ratio = median(own.map(each => each.ms)) / median(taken);
      lines.push(row([job.name, program, median(taken).toFixed(0), ratio.toFixed(2)]));
    }
  return lines.length === 0
    ? ''
    : `\n${[...heading('job', 'program', 'ms', 'crm takes'), ...lines].join('\n')}\n`;
}

/** The path of a file that other programs read, made at the first call. */
function supply(job, name) {
  const path = join(directory, 'files', name);
  if (!existsSync(path))
    supplies[name]({ ...labIn(workspaceOf(job)), supply: other => supply(job, other) }, path);
  return path;
}

function grow() {
  const lines = [];
  for (const growth of growths) {
    const job = chosen.find(({ name }) => name === growth.job);
    if (!job) continue;
    const cwd = workspaceOf(job);
    const added = measureGrowth(growth, labIn(cwd), () => labIn(cwd).crm(argvOf(job, cwd), job.now));
    putBacks.get(cwd)?.();
    lines.push(row([growth.name, added, growth.bound]));
  }
  return lines.length === 0
    ? ''
    : `\n${[...heading('the journal grows by', 'measured', 'at most'), ...lines].join('\n')}\n`;
}

/** How much memory jobs with a bound took at most. */
function peak() {
  const lines = [];
  for (const job of chosen.filter(({ memory }) => memory !== undefined)) {
    const cwd = workspaceOf(job);
    const { stderr } = node(['--require', PEAK, CRM, ...argvOf(job, cwd)], cwd, job.now);
    putBacks.get(cwd)?.();
    lines.push(row([job.name, /^peak (\d+)$/m.exec(stderr)[1], job.memory]));
  }
  return lines.length === 0 ? '' : `\n${[...heading('memory', 'MB', 'at most'), ...lines].join('\n')}\n`;
}

/** Rules against json-rules-engine, in one process (evaluations.ts). */
function evaluate() {
  if (!new RegExp(options.only).test('evaluations of rules')) return '';
  const { ours, theirs } = JSON.parse(node([bundled('evaluations.ts')], ROOT).stdout);
  const rate = number => Math.round(number).toLocaleString('en');
  const lines = [
    ...heading('evaluations of rules', 'a second', 'at least', 'json-rules-engine', 'ratio', 'at least'),
    row(['20 rules, 100,000 deals', rate(ours), '5,000,000', rate(theirs), (ours / theirs).toFixed(0), 100]),
  ];
  return `\n${lines.join('\n')}\n`;
}

/** Frames of the board with keys, in one process (frames.ts). */
function frames() {
  if (!new RegExp(options.only).test('frames of the board')) return '';
  const { going, changed } = JSON.parse(node([bundled('frames.ts')], ROOT).stdout);
  const lines = [
    ...heading('frames of the board with keys, 5,000 open deals', 'ms of CPU', 'at most'),
    row(['a key that goes about', going.toFixed(1), 5]),
    row(['a change that somebody saved', changed.toFixed(1), 20]),
  ];
  return `\n${lines.join('\n')}\n`;
}

/** What sharing costs, beside the least that could do it (shared.ts). */
function shared() {
  if (!new RegExp(options.only).test('shared journals')) return '';
  const { pushes, inserts, catchUp } = JSON.parse(node([bundled('shared.ts'), CRM], ROOT).stdout);
  const line = (name, { ours, bare }, against, atMost) =>
    row([name, ours.toFixed(1), against, bare.toFixed(1), (ours / bare).toFixed(2), atMost]);
  const lines = [
    ...heading('shared journals', 'ms', 'against', 'ms', 'ratio', 'at most'),
    line('a push of a transaction to a git repository', pushes, '`git commit-tree` and `git push`', '3'),
    ...(inserts ? [line('a commit over PostgreSQL', inserts, 'an INSERT of the same bytes', '1.4')] : []),
    ...(catchUp === undefined
      ? []
      : [row(['`crm sync`, 10,000 transactions behind', catchUp.toFixed(0), '', '', '', '3,000 ms'])]),
  ];
  return `\n${lines.join('\n')}\n`;
}

/** What comes in, a second (rates.mjs): by the clock, and by CPU time. */
async function comeIn() {
  const lines = [];
  const crm = (dir, argv) => node([CRM, ...argv], dir, '2026-09-12T08:00:00Z');
  const pattern = new RegExp(options.only);
  for await (const { rate, measured } of measureRates({ directory, crm, pattern, runs: RATE_RUNS })) {
    const aSecond = of => median(measured.map(each => (each.count * 1000) / of(each))).toFixed(0);
    const ratio = median(measured.map(({ own, yardstick }) => own.cpu / yardstick.cpu)).toFixed(2);
    const { note } = measured[0];
    lines.push(
      row([
        note === undefined ? rate.name : `${rate.name} (${note})`,
        aSecond(({ own }) => own.ms),
        rate.atLeast,
        aSecond(({ own }) => own.cpu),
        rate.against,
        ratio,
        rate.atMost,
      ]),
    );
  }
  return lines.length === 0
    ? ''
    : `\n${[...heading('a second', 'by the clock', 'at least', 'by CPU time', 'against', 'CPU ratio', 'at most'), ...lines].join('\n')}\n`;
}

try {
  const times = measure();
  if (times.size > 0) process.stdout.write(print(times));
  process.stdout.write(compare(times));
  process.stdout.write(grow());
  process.stdout.write(peak());

  if (!large) {
    process.stdout.write(evaluate());
    process.stdout.write(frames());
    process.stdout.write(shared());
    process.stdout.write(await comeIn());
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
