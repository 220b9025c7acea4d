/**
 * `npm run bench -- --deals 1000000`: the same commands on very many deals, each beside the same on 1,000. The deals are of
 * one file with six columns; a hundredth of them is to be moved by the first sweep.
 */
import { closeSync, existsSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { add, move, show } from './point-commands.mjs';

const IMPORTED = '2026-08-03T08:00:00Z';
const SWEPT = '2026-08-03T09:00:00Z';
const LATER = '2026-08-03T10:00:00Z';
const SMALLEST = 1000;
const TASKS = 1000;
/** Jobs that take seconds are run less often. */
const HEAVY_RUNS = 3;
/** UTF-16 units of the file that are written at once. */
const AT_ONCE = 1 << 20;

const two = n => String(n).padStart(2, '0');
const stageOf = n =>
  n % 100 === 0 ? 'awaiting-contact' : n % 4 === 3 ? 'newsletter' : 'awaiting-processing';

/** The path of a file of so many deals, which is made at the first call. */
export function plainDeals(files, count) {
  const path = join(files, `plain-${count}.csv`);
  if (existsSync(path)) return path;
  const fd = openSync(path, 'w');
  let text = 'externalId,title,value,stage,account,expectedClose\n';
  for (let n = 1; n <= count; n++) {
    text += `X${n},"Deal ${n}, chairs for the office",${(n * 37) % 100_000}.50,${stageOf(n)},Account ${n % 1000},2026-${two(1 + (n % 12))}-${two(1 + (n % 28))}\n`;
    if (text.length < AT_ONCE) continue;
    writeSync(fd, text);
    text = '';
  }
  writeSync(fd, text);
  closeSync(fd);
  return path;
}

const importing =
  count =>
  ({ files }) => ['import', 'deals', plainDeals(files, count), '--create-missing', 'accounts'];

function imported(lab, count) {
  lab.crm(['init', '.', '--template', 'automated-sales', '--timezone', 'Europe/Amsterdam'], IMPORTED);
  lab.crm(importing(count)(lab), IMPORTED);
}

/** Deals that were swept, of which the first have a task, but most have none. */
function inUse(lab, count) {
  imported(lab, count);
  const csv = join(lab.files, 'large-tasks.csv');
  const lines = Array.from(
    { length: Math.min(TASKS, count / 10) },
    (_, i) => `Call about ${i + 1},D${i + 1},call,2026-08-${two(1 + (i % 28))}`,
  );
  writeFileSync(csv, `title,for,type,due\n${lines.join('\n')}\n`);
  lab.crm(['import', 'tasks', csv, '--same-workspace'], IMPORTED);
  lab.crm(['run'], SWEPT);
  lab.crm(['status'], LATER);
}

/** `bounds`: of the yardstick; and, where `grows`, of the same with the fewest deals. */
const daily = [
  show,
  move,
  add,
  { name: '`task done`', argv: ['task', 'done', 'T50'], shows: /^$/, says: /^done: T50$/m, changes: true },
  {
    name: '`deal list stage:… is:open --limit 20`',
    argv: ['deal', 'list', 'stage:awaiting-processing is:open', '--limit', '20'],
    shows: /^(?:.*\n)+$/,
    bound: 1.9,
  },
  { name: '`status`', argv: ['status'], shows: /^deals\.open\.count\t\d+$/m, bound: 2.5 },
  {
    name: '`board`',
    argv: ['board', 'sales', '--limit', '20', '--format', 'table'],
    shows: /Awaiting/,
    bound: 4,
  },
  { name: '`tasks`', argv: ['tasks', '--limit', '20'], shows: /^(overdue|today|upcoming|none)\t/, bound: 4 },
  { name: 'a quiet sweep', argv: ['run'], shows: /^$/, bound: 3 },
];

/** Returns the jobs with so many deals, and what they need; see jobs.mjs for what a job is. */
export function largeBench(count, papaparse) {
  const ofDeals = size => `${size.toLocaleString('en')} deals`;
  const workspaceOf = size => `large-${size}`;
  const dailyJobs = daily.flatMap(({ bound, ...job }) =>
    [SMALLEST, count].map(size => ({
      ...job,
      name: `${job.name}, ${ofDeals(size)}`,
      in: workspaceOf(size),
      now: LATER,
      ...(size === count && { bound, than: `${job.name}, ${ofDeals(SMALLEST)}` }),
      // Only commands that concern one record promise not to grow.
      ...(size === count && bound === undefined && { growth: 1.15 }),
    })),
  );
  const jobs = [
    ...dailyJobs,
    {
      name: `import of ${ofDeals(count)} from CSV`,
      bound: 3,
      against: 'papaparse-large',
      in: 'empty',
      argv: importing(count),
      now: IMPORTED,
      changes: true,
      memory: 900,
      runs: HEAVY_RUNS,
      shows: new RegExp(`^${count.toLocaleString('en')} created\\b`),
    },
    {
      name: `the first sweep of ${ofDeals(count)}`,
      bound: 1,
      against: 'parsing',
      in: 'large-imported',
      argv: ['run'],
      now: SWEPT,
      changes: true,
      runs: HEAVY_RUNS,
      shows: /→ awaiting-processing/,
    },
  ];
  return {
    jobs,
    workspaces: {
      [workspaceOf(SMALLEST)]: lab => inUse(lab, SMALLEST),
      [workspaceOf(count)]: lab => inUse(lab, count),
      'large-imported': lab => imported(lab, count),
    },
    yardsticks: {
      /** papaparse making objects of the same rows. */
      'papaparse-large': ({ files }) => [
        '-e',
        `require(${JSON.stringify(papaparse)}).parse(require('node:fs').readFileSync(${JSON.stringify(plainDeals(files, count))}, 'utf8'), { header: true })`,
      ],
    },
    growths: [
      {
        name: `journal and snapshots of ${ofDeals(count)}, times the CSV`,
        job: `import of ${ofDeals(count)} from CSV`,
        bound: 5,
        csv: files => plainDeals(files, count),
      },
    ],
  };
}
