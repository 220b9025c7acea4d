/**
 * Workspaces of the same deals, one with 200,000 events and 50,000 invoices and one with none: what people do all day with
 * deals must not take longer for what was observed of their contacts. A rule of both starts with an event.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { work } from './in-use.mjs';
import { add, done, move, show } from './point-commands.mjs';

const SEEN = '2026-08-03T08:30:00Z';
const LATER = '2026-08-03T10:00:00Z';
const DEALS = 100_000;
const EVENTS = 200_000;
const INVOICES = 50_000;
const NAMES = ['page.visited', 'email.opened', 'form.submitted', 'showroom.visited'];

const two = n => String(n).padStart(2, '0');

/** The number of records in the snapshot of a kind. */
const countOf = (dir, plural) =>
  readFileSync(join(dir, 'data', `${plural}.jsonl`), 'utf8').split('\n').length - 2;

function observe({ crm, dir, files }) {
  const contacts = countOf(dir, 'contacts');
  const add = (plural, header, count, line) => {
    const path = join(files, `${plural}.csv`);
    const lines = Array.from({ length: count }, (_, n) => line(n));
    writeFileSync(path, `${header}\n${lines.join('\n')}\n`);
    crm(['import', plural, path, '--same-workspace'], SEEN);
  };
  add(
    'events',
    'name,contact,at',
    EVENTS,
    n =>
      `${NAMES[n % NAMES.length]},C${1 + ((n * 7919) % contacts)},2026-${two(1 + (n % 7))}-${two(1 + (n % 28))}T${two(n % 24)}:00:00Z`,
  );
  add(
    'invoices',
    'for,amount,issued,paid',
    INVOICES,
    n =>
      `D${1 + ((n * 7919) % DEALS)},${100 + (n % 9000)}.50,2026-${two(1 + (n % 7))}-${two(1 + (n % 28))},${n % 3 ? '2026-08-01' : ''}`,
  );
}

/** Adds to a workspace of 100,000 deals a rule that starts with an event, a first sweep, and what people did since. */
function used(lab, isObserved) {
  mkdirSync(join(lab.dir, 'automations'), { recursive: true });
  writeFileSync(
    join(lab.dir, 'automations', 'called.yaml'),
    "for: contact\non:\n  - event: { name: form.submitted }\nsteps:\n  - add-task: { type: call, title: 'Call about the form', due: +1d }\n",
  );
  if (isObserved) observe(lab);
  work(lab, DEALS, () => lab.crm(['run'], '2026-08-03T08:45:00Z'));
  lab.crm(['event', 'add', 'form.submitted', '--contact', 'C500'], '2026-08-03T09:30:00Z');
  lab.crm(['status'], '2026-08-03T09:30:00Z');
}

const daily = [
  show,
  move,
  { ...add, argv: [...add.argv, '--contact', 'C500'] },
  done,
  {
    name: '`event add`',
    argv: ['event', 'add', 'form.submitted', '--contact', 'C700'],
    shows: /^E\d+\n/,
    changes: true,
  },
  {
    name: '`invoice add`',
    argv: ['invoice', 'add', '--for', 'D500', '--amount', '5200'],
    shows: /^I\d+\n/,
    changes: true,
  },
  {
    name: '`deal list … --limit 20`',
    argv: ['deal', 'list', 'stage:serious-prospect is:open', '--limit', '20'],
    shows: /^(.*\n){20}$/,
    bound: 2,
  },
  { name: '`status`', argv: ['status'], shows: /^deals\.open\.count\t\d+$/m, bound: 2.1 },
  { name: '`brief` of a contact', argv: ['brief', 'C500', '--json'], shows: /"people": \[/, bound: 2 },
  { name: 'a sweep after an event', argv: ['run'], shows: /called/, changes: true, bound: 3 },
];

export const observedWorkspaces = furniture => ({
  'unobserved-100000': lab => {
    furniture(lab, DEALS);
    used(lab, false);
  },
  'observed-100000': lab => {
    furniture(lab, DEALS);
    used(lab, true);
  },
});

const without = name => `${name}, without events`;

/** See jobs.mjs for what a job is. */
export const observedJobs = daily.flatMap(({ bound = 1.6, ...job }) => [
  { ...job, name: without(job.name), in: 'unobserved-100000', now: LATER },
  {
    ...job,
    name: `${job.name}, 200,000 events and 50,000 invoices`,
    in: 'observed-100000',
    now: LATER,
    bound,
    than: without(job.name),
    growth: 1.15,
  },
]);
