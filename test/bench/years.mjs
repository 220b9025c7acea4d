/**
 * `npm run bench -- --transactions 1000000`: the same deals after years of work, each command beside the same after 10,000
 * transactions. A transaction sets a field of a deal or moves it. They are written as FORMAT.md says, in packs, because a million
 * commands would take a day.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plainDeals } from './large.mjs';

const FEWEST = 10_000;
const DEALS = 10_000;
const PACK = 256;
const STAGES = ['in-progress', 'awaiting-contact', 'serious-prospect'];
/** Milliseconds from one to the next: a million are nine and a half years. */
const STEP = 300_000;
const IMPORTED = '2016-08-03T08:00:00Z';
const END = Date.parse('2026-08-03T07:00:00Z');
const NOW = '2026-08-03T10:00:00Z';
const GROWTH = 1.5;

/** Adds transactions to the journal of a workspace until it has `upTo`; its snapshots stay behind. */
function addTransactions(dir, upTo) {
  const journal = join(dir, 'data', 'journal');
  const loose = readdirSync(journal).sort();
  const group = loose.map(name => readFileSync(join(journal, name)));
  const deals = new Map();
  for (const line of group.flatMap(bytes => bytes.toString().split('\n')))
    if (line.startsWith('{"add":{"id":"D')) {
      const { id, value, stage } = JSON.parse(line).add;
      deals.set(id, { value, stage });
    }
  const ids = [...deals.keys()];
  let { hash } = JSON.parse(group.at(-1).toString().trimEnd().split('\n').at(-1));
  for (let seq = loose.length + 1; seq <= upTo; seq++) {
    const id = ids[(seq * 7919) % ids.length];
    const deal = deals.get(id);
    const field = seq % 3 === 0 ? 'stage' : 'value';
    const next =
      field === 'stage'
        ? STAGES[(STAGES.indexOf(deal.stage) + 1) % STAGES.length]
        : `${1000 + ((seq * 31) % 9000)}.00`;
    const change = `${JSON.stringify({ kind: 'deal', id, set: { [field]: [deal[field] ?? null, next] } })}\n`;
    deal[field] = next;
    const rest = {
      request: `years-${String(seq).padStart(12, '0')}`,
      at: new Date(END - (upTo - seq) * STEP).toISOString(),
      by: 'ana',
      via: field === 'stage' ? 'deal move' : 'deal set',
      salt: 'QZzOrWPTuAfPIQbkfk5S4A',
    };
    const head = JSON.stringify({ seq, prev: hash, ...rest });
    const sum = createHash('sha256').update(change).update(head).digest('base64url');
    group.push(Buffer.from(`${change}${JSON.stringify({ seq, prev: hash, hash: sum, ...rest })}\n`));
    hash = sum;
    if (seq % PACK !== 0) continue;
    const name = `pack-${String(seq / PACK).padStart(6, '0')}.jsonl`;
    writeFileSync(join(journal, name), Buffer.concat(group.splice(0)));
    for (const each of loose.splice(0)) unlinkSync(join(journal, each));
  }
  const first = upTo - group.length + 1;
  group.forEach((bytes, i) => {
    writeFileSync(join(journal, `${String(first + i).padStart(8, '0')}.jsonl`), bytes);
  });
}

function worked(lab, transactions) {
  lab.crm(['init', '.', '--template', 'automated-sales', '--timezone', 'Europe/Amsterdam'], IMPORTED);
  lab.crm(['user', 'add', 'ana', '--name', 'Ana Ruiz', '--role', 'admin'], IMPORTED);
  lab.crm(['import', 'deals', plainDeals(lab.files, DEALS), '--create-missing', 'accounts'], IMPORTED);
  addTransactions(lab.dir, transactions);
  // Reads all of them once, and writes the snapshots.
  lab.crm(['deal', 'move', 'D500', 'inactive'], NOW);
  lab.crm(['history', 'D500'], NOW);
  lab.crm(['status'], NOW);
}

const commands = [
  { name: '`deal show`', argv: ['deal', 'show', 'D500'], shows: /^D500\t/ },
  {
    name: '`deal move`',
    argv: ['deal', 'move', 'D501', 'inactive'],
    shows: /^$/,
    says: /^moved D501$/m,
    changes: true,
  },
  {
    name: '`deal add`, with a request id',
    argv: ['deal', 'add', 'Chairs', '--request-id', 'form-1'],
    shows: /^D\d+\n/,
    changes: true,
  },
  { name: '`history` of a deal', argv: ['history', 'D500'], shows: /deal move/ },
  { name: '`undo` of the last', argv: ['undo', '--yes'], shows: /^$/, says: /undid/, changes: true },
  {
    name: '`status` after the checkpoint was lost',
    argv: ['status'],
    shows: /^deals\.open\.count\t\d+$/m,
    loses: 'data/checkpoint.json',
    changes: true,
  },
];

/** Returns the jobs with so many transactions, and what they need; see jobs.mjs for what a job is. */
export function yearsBench(count) {
  const after = transactions => `after ${transactions.toLocaleString('en')} transactions`;
  const workspaceOf = transactions => `years-${transactions}`;
  return {
    jobs: commands.flatMap(job =>
      [FEWEST, count].map(transactions => ({
        ...job,
        name: `${job.name}, ${after(transactions)}`,
        in: workspaceOf(transactions),
        now: NOW,
        ...(transactions === count && { than: `${job.name}, ${after(FEWEST)}`, growth: GROWTH }),
      })),
    ),
    workspaces: Object.fromEntries(
      [FEWEST, count].map(transactions => [workspaceOf(transactions), lab => worked(lab, transactions)]),
    ),
    yardsticks: {},
    growths: [],
  };
}
