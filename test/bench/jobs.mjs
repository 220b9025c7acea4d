/**
 * What is measured: a job is one command line in a workspace, and what of it shows that it did its work. A new row
 * of the table is one entry of `jobs`.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dealsCsv, projectCsvs } from '../../fixtures/generate.mjs';
import { RARE_WORD, work } from './in-use.mjs';
import { observedJobs, observedWorkspaces } from './observed.mjs';
import { opportunitiesCsv, opportunitiesMapping } from './opportunities.mjs';
import { addWideFields, wideDeals } from './wide.mjs';
import { add, done, move, show } from './point-commands.mjs';

export const PAPAPARSE = fileURLToPath(new URL('../../node_modules/papaparse', import.meta.url));
const FURNITURE_MAPPING = new URL('../../fixtures/furniture/mapping.yaml', import.meta.url);
const PROJECTS = new URL('../../fixtures/furniture/projects.yaml', import.meta.url);
const PROJECT_PIPELINE = new URL('../../fixtures/furniture/pipelines/projects.yaml', import.meta.url);
const IMPORTED = '2026-08-03T08:00:00Z';
/** When every deal that nobody works on has been forgotten. */
const LATER = '2026-09-14T08:00:00Z';

const sizes = [1000, 10_000, 100_000];
const ofDeals = size => `${size.toLocaleString('en')} deals`;

/** Workspaces that jobs run in, by name: made once, each in a directory of its own, by `crm` itself. */
export const workspaces = {
  empty: ({ crm }) => init(crm),
  /** The 8,800 opportunities: the file that CRM_BENCH_MAVEN names, else one of the same shape. */
  opportunities: lab => {
    init(lab.crm);
    lab.crm(importing(lab), IMPORTED);
  },
  /** Without records; its deals have eight fields of its own. */
  wide: lab => {
    init(lab.crm);
    addWideFields(lab.crm, IMPORTED);
  },
  swept: lab => {
    workspaces.opportunities(lab);
    lab.crm(['run'], LATER);
  },
  'furniture-1000': lab => furniture(lab, 1000),
  ...Object.fromEntries(
    sizes.map(size => [
      `in-use-${size}`,
      lab => {
        furniture(lab, size);
        work(lab, size);
      },
    ]),
  ),
  ...observedWorkspaces((lab, count) => furniture(lab, count)),
  /** Two years of projects, with each stay in a stage. */
  'history-100000': lab => projects(lab, 100_000),
  /** With 20 rules, and nothing left to do. */
  'rules-100000': lab => {
    furniture(lab, 100_000);
    rules(lab, 20);
    lab.crm(['run'], LATER);
  },
  /** The same, where 10,000 deals were just changed in a way that starts one more rule. */
  'firing-100000': lab => {
    workspaces['rules-100000'](lab);
    writeFileSync(
      join(lab.dir, 'automations', 'described.yaml'),
      "for: deal\non:\n  - field-changes: { field: description }\nsteps:\n  - update: { expectedClose: +14d }\n  - add-task: { type: call, title: 'Call about {{ deal.title }}', due: +1d }\n",
    );
    lab.crm(['run'], '2026-09-14T08:30:00Z');
    const csv = join(lab.files, 'described.csv');
    const lines = Array.from({ length: 10_000 }, (_, n) => `D${n + 1},Wants another offer`);
    writeFileSync(csv, `id,description\n${lines.join('\n')}\n`);
    lab.crm(['import', 'deals', csv, '--key', 'id', '--trigger'], '2026-09-14T08:45:00Z');
  },
};

/** What jobs are measured against: by name, the arguments of a Node that does it. */
export const yardsticks = {
  /** papaparse making objects of the same 100,000 rows. */
  papaparse: ({ files }) => {
    const parse = `require(${JSON.stringify(PAPAPARSE)}).parse(require('node:fs').readFileSync(${JSON.stringify(wideDeals(files))}, 'utf8'), { header: true })`;
    return ['-e', parse];
  },
  node: () => ['-e', '0'],
  /** Node reading and parsing the workspace's records from one JSON file. */
  parsing: ({ files, dir }) => {
    const path = join(files, 'records.json');
    const read = name => wholeRecords(join(dir, 'data', name)).join(',');
    const names = readdirSync(join(dir, 'data')).filter(name => name.endsWith('.jsonl'));
    writeFileSync(path, `{${names.map(name => `${JSON.stringify(name)}:[${read(name)}]`).join(',')}}`);
    return ['-e', `JSON.parse(require('node:fs').readFileSync(${JSON.stringify(path)}, 'utf8'))`];
  },
  /** Node reading, parsing and writing the deals, one line of JSON each. */
  rewriting: ({ dir, files }) => {
    const path = join(files, 'rewriting.jsonl');
    writeFileSync(path, `${wholeRecords(join(dir, 'data', 'deals.jsonl')).join('\n')}\n`);
    return [
      '-e',
      `const lines = require('node:fs').readFileSync(${JSON.stringify(path)}, 'utf8').split('\\n');
    process.stdout.write(lines.slice(0, -1).map(line => JSON.stringify(JSON.parse(line)) + '\\n').join(''));`,
    ];
  },
};

/** The records of a snapshot as lines of JSON, with what its first line says of all of them. */
function wholeRecords(path) {
  const [head, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const { shared } = JSON.parse(head);
  return shared ? lines.map(line => JSON.stringify({ ...shared, ...JSON.parse(line) })) : lines;
}

/** Rules of every sort: started by changes, by queries, by queries that hold by time alone. */
function rules({ dir }, count) {
  const starts = [
    n => `matches: { query: 'is:open idle.over:${40 + n}d value.over:5k' }`,
    () => 'enters-stage: { stage: serious-prospect }',
    n => `matches: { query: 'stage:in-progress stage-age.over:${50 + n}d qualification:"target group"' }`,
    () => 'status-changes: { to: won }',
    n => `matches: { query: 'group:sales close:<2026-09-${10 + n} tasks.open:0 not tag:cold' }`,
  ];
  mkdirSync(join(dir, 'automations'), { recursive: true });
  for (let n = 1; n <= count; n++)
    writeFileSync(
      join(dir, 'automations', `rule-${n}.yaml`),
      `for: deal\non:\n  - ${starts[n % starts.length](n)}\nsteps:\n  - add-task: { title: Have a look, due: +1d }\n`,
    );
}

function init(crm) {
  crm(['init', '.', '--template', 'automated-sales', '--timezone', 'Europe/Amsterdam'], IMPORTED);
}

/** A furniture dealer's deals with their contacts and accounts. */
function furniture({ crm, files }, count) {
  const csv = join(files, `furniture-${count}.csv`);
  writeFileSync(csv, dealsCsv(count));
  writeFileSync(join(files, 'furniture.yaml'), readFileSync(FURNITURE_MAPPING));
  init(crm);
  crm(['import', 'deals', csv, '--mapping', join(files, 'furniture.yaml')], IMPORTED);
}

/** Projects of two years, imported stage by stage as of `LATER`. */
function projects({ crm, dir, files }, count) {
  init(crm);
  writeFileSync(join(dir, 'pipelines', 'projects.yaml'), readFileSync(PROJECT_PIPELINE));
  const mapping = join(files, 'projects.yaml');
  writeFileSync(mapping, readFileSync(PROJECTS));
  for (const { name, text } of projectCsvs(count)) {
    writeFileSync(join(files, name), text);
    crm(['import', 'deals', join(files, name), '--mapping', mapping], LATER);
  }
  crm(['user', 'set', 'eva-lindstrom', 'quota.month=9000'], LATER);
}

/** The command line that imports the opportunities; writes the files that it names. */
function importing({ files }) {
  const csv = process.env.CRM_BENCH_MAVEN || join(files, 'opportunities.csv');
  if (!process.env.CRM_BENCH_MAVEN) writeFileSync(csv, opportunitiesCsv(8800));
  const mapping = join(files, 'opportunities.yaml');
  writeFileSync(mapping, opportunitiesMapping);
  return ['import', 'deals', csv, '--mapping', mapping];
}

/** What people do all day, in workspaces of each size. `bounds` are for the largest: of the yardstick, and of the smallest. */
const daily = [
  ...[show, move, add, done].map(each => ({ ...each, bounds: [1.6, 1.15] })),
  {
    name: '`deal list stage:… is:open --limit 20`',
    argv: ['deal', 'list', 'stage:serious-prospect is:open', '--limit', '20'],
    shows: /^(.*\n){20}$/,
    bounds: [1.9],
  },
  { name: '`status`', argv: ['status'], shows: /^deals\.open\.count\t\d+$/m, bounds: [2.1] },
  {
    name: '`board`',
    argv: ['board', 'sales', '--limit', '20', '--format', 'table'],
    shows: /Serious/,
    bounds: [2.5],
  },
  {
    name: '`board` of a pipeline with a twentieth of them',
    argv: ['board', 'projects', '--limit', '20', '--format', 'table'],
    shows: /Planned/,
    bounds: [2.2],
  },
  { name: '`tasks`', argv: ['tasks', '--limit', '20'], shows: /^(overdue|today|upcoming)\t/, bounds: [2.5] },
  { name: '`next`', argv: ['next'], shows: /^(\d+(\.\d+)?\t[TD]\d+\t.*\n){20}$/, bounds: [3] },
  {
    name: '`search` for a rare word',
    argv: ['search', RARE_WORD],
    shows: /^(V\d+\tactivity\t.*\n)+$/,
    bounds: [3],
  },
  { name: '`brief` of a contact', argv: ['brief', 'C500', '--json'], shows: /"people": \[/, bounds: [2] },
  {
    name: 'completion of an ID',
    argv: ['completion', 'words', 'deal', 'move', ''],
    shows: /^D\d+/m,
    bounds: [1.8],
  },
  {
    name: 'a search for a word in all texts',
    argv: ['deal', 'list', RARE_WORD],
    shows: /^(D\d+\t.*\n)+$/,
    bounds: [4],
  },
];

const dailyJobs = daily.flatMap(({ name, bounds: [bound, growth], ...job }) =>
  sizes.map(size => ({
    ...job,
    name: `${name}, ${ofDeals(size)}`,
    in: `in-use-${size}`,
    now: '2026-08-03T10:00:00Z',
    ...(size === sizes.at(-1) && { bound, than: `${name}, ${ofDeals(sizes[0])}`, growth }),
  })),
);

/** Reports on two years of projects. Those that need the past read it from a cache, which is there from the second time on. */
const report = (name, bound, isCold = false) => ({
  name: `\`report ${name}\`${isCold ? ', the first time' : ''}`,
  bound,
  in: 'history-100000',
  argv: ['report', ...name.split(' ')],
  now: LATER,
  shows: /^[\w-]+\t/,
  ...(isCold && { without: 'history.cols' }),
});

const reportJobs = [
  ...['forecast', 'pipeline', 'owners', 'losses', 'revenue'].map(name => report(name, 3)),
  ...['funnel', 'velocity', 'movement'].flatMap(name => [report(name, 6, true), report(name, 3)]),
  report('pipeline --at 2025-09-14', 8),
  {
    ...report('--html monday.html', 12),
    argv: ({ files }) => ['report', '--html', join(files, 'monday.html')],
    shows: /^$/,
    says: /monday\.html/,
  },
  {
    name: '`status --prompt`',
    bound: 1.5,
    in: 'in-use-100000',
    argv: ['status', '--prompt'],
    now: '2026-08-03T10:00:00Z',
    shows: /^\d+ overdue/,
  },
];

/**
 * name      what the table calls it
 * bound     the most it may take, in units of its yardstick; none where it is there for comparison
 * than      a job of a smaller workspace that it is compared with, and `growth` the most that it may take of that one
 * against   its yardstick, where that is not `node -e 0`
 * in        its workspace
 * argv      the command line, or a function of the lab that makes it
 * now       the time it acts at
 * changes   whether it changes the workspace, so that this is put back after each run
 * without   a cache that is removed before each run
 * loses     a file of the workspace that is removed before each run
 * memory    the most that it may take, MB; measured where it is said
 * runs      how often it is run at most, where that takes long
 * shows     what its output must have, and `says` its messages: a job that failed to work is not fast
 */
export const jobs = [
  { name: '`crm --version`', bound: 1.3, in: 'empty', argv: ['--version'], shows: /^\d+\.\d+\.\d+\n$/ },
  ...dailyJobs,
  ...observedJobs,
  ...reportJobs,
  {
    name: '`crm deal list`, 1,000 deals',
    bound: 1.8,
    in: 'furniture-1000',
    argv: ['deal', 'list'],
    shows: /^(.*\n){1000}$/,
  },
  {
    name: 'import of 100,000 deals with 20 fields from CSV',
    bound: 3,
    against: 'papaparse',
    in: 'wide',
    argv: ({ files }) => ['import', 'deals', wideDeals(files), '--create-missing', 'accounts'],
    now: IMPORTED,
    changes: true,
    shows: /^100,000 created\b/,
  },
  {
    name: 'import of 8,800 deals',
    bound: 4,
    in: 'empty',
    argv: importing,
    now: IMPORTED,
    changes: true,
    shows: /^8,800 created\n$/,
  },
  {
    name: 'a sweep that moves all of 8,800 deals',
    bound: 4,
    in: 'opportunities',
    argv: ['run'],
    now: LATER,
    changes: true,
    shows: /→ one-time .* deals(.*\n)*.*→ forgotten .* deals/,
  },
  {
    name: 'a quiet sweep of 8,800 deals',
    bound: 2,
    in: 'swept',
    argv: ['run'],
    now: LATER,
    shows: /^$/,
  },
  {
    name: 'a quiet sweep of 100,000 deals, 20 rules, 11 transitions',
    bound: 0.8,
    against: 'parsing',
    in: 'rules-100000',
    argv: ['run'],
    now: '2026-09-14T09:00:00Z',
    shows: /^$/,
  },
  {
    name: 'a sweep of the same that sets a field and adds a task for each of 10,000 deals',
    bound: 2,
    against: 'parsing',
    in: 'firing-100000',
    argv: ['run'],
    now: '2026-09-14T09:00:00Z',
    changes: true,
    memory: 400,
    shows: /described completed: .*\(10000\)/,
  },
  {
    name: 'export of 100,000 deals as CSV',
    bound: 2,
    against: 'rewriting',
    in: 'rules-100000',
    argv: ['export', 'deals'],
    shows: /^id,title,value,/,
  },
];
