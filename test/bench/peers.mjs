/**
 * The same jobs in programs that people would use instead, each in its own format, where the machine has them: Debian's
 * jq, sqlite3, miller and taskwarrior. They read what `crm export` writes.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RARE_WORD } from './in-use.mjs';

/** What they read: files by what makes them, from 100,000 deals. */
export const supplies = {
  'deals.jsonl': ({ crm }, path) => crm(['export', 'deals', '--format', 'jsonl', '-o', path]),
  'deals.csv': ({ crm }, path) => crm(['export', 'deals', '-o', path]),
  'deals.db': ({ supply }, path) => {
    const sql = `.mode csv\n.import ${supply('deals.csv')} deals\ncreate unique index id on deals(id);\n`;
    const { status, stderr } = spawnSync('sqlite3', [path], { input: sql, encoding: 'utf8' });
    if (status !== 0) throw new Error(`sqlite3: ${stderr}`);
  },
  /** As many tasks as there are deals, as the program itself keeps them. */
  tasks: (_, path) => {
    const uuid = n => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
    const lines = Array.from(
      { length: 100_000 },
      (_, n) =>
        `[description:"Offer ${n}" entry:"1785744000" project:"${n % 3 ? 'sales' : 'proposal'}" status:"pending" uuid:"${uuid(n)}"]\n`,
    );
    const data = `${path}-data`;
    spawnSync('mkdir', ['-p', data]);
    writeFileSync(join(data, 'pending.data'), lines.join(''));
    writeFileSync(path, `data.location=${data}\nconfirmation=no\nverbose=nothing\ngc=no\nhooks=no\n`);
  },
};

const open = "status = 'open' and stage = 'serious-prospect'";

/** By the job of jobs.mjs: the program, and its arguments where `supply` makes a file. */
export const peers = {
  '`deal show`, 100,000 deals': [
    ['sqlite3', supply => [supply('deals.db'), "select * from deals where id = 'D500'"]],
    ['jq', supply => ['-c', 'select(.id == "D500")', supply('deals.jsonl')]],
    ['mlr', supply => ['--icsv', '--ojson', 'filter', '$id == "D500"', supply('deals.csv')]],
    ['task', supply => [`rc:${supply('tasks')}`, '500', 'info']],
  ],
  '`deal move`, 100,000 deals': [
    ['sqlite3', supply => [supply('deals.db'), "update deals set stage = stage || '' where id = 'D500'"]],
    ['task', supply => [`rc:${supply('tasks')}`, '500', 'modify', 'priority:H']],
  ],
  '`deal list stage:… is:open --limit 20`, 100,000 deals': [
    ['sqlite3', supply => [supply('deals.db'), `select * from deals where ${open} limit 20`]],
    [
      'jq',
      supply => ['-c', 'select(.status == "open" and .stage == "serious-prospect")', supply('deals.jsonl')],
    ],
    ['task', supply => [`rc:${supply('tasks')}`, 'project:proposal', 'limit:20', 'list']],
  ],
  '`status`, 100,000 deals': [
    [
      'sqlite3',
      supply => [
        supply('deals.db'),
        'select status, currency, count(*), sum(value) from deals group by 1, 2',
      ],
    ],
    [
      'mlr',
      supply => [
        '--icsv',
        '--ojson',
        'stats1',
        '-a',
        'count,sum',
        '-f',
        'value',
        '-g',
        'status,currency',
        supply('deals.csv'),
      ],
    ],
  ],
  'a search for a word in all texts, 100,000 deals': [
    [
      'sqlite3',
      supply => [supply('deals.db'), `select * from deals where title || description like '%${RARE_WORD}%'`],
    ],
    [
      'jq',
      supply => [
        '-c',
        `select("\\(.title)\\(.description)" | test("${RARE_WORD}"; "i"))`,
        supply('deals.jsonl'),
      ],
    ],
  ],
};

export const isThere = program => spawnSync(program, ['--version']).error === undefined;
