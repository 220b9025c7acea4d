/**
 * node test/bench/worst.mjs [--only REGEXP]
 *
 * Tries what is far larger or deeper than anybody needs, and prints for each command its CPU time, its memory and what came of
 * it. Each must end soon, in little memory, and either work or say what is wrong in an error of a few lines.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = name => fileURLToPath(new URL(name, import.meta.url));
const CRM = here('../../bin/crm.js');
const MANY = 10_000;
const MB = 1_000_000;
/** Of wall time, ms: then a command is stopped, and the table says so. */
const LONGEST = 240_000;

const { values: options } = parseArgs({ options: { only: { type: 'string', default: '' } } });
const root = mkdtempSync(join(tmpdir(), 'crm-worst-'));

function run(dir, argv, input) {
  const args = ['--require', here('cpu.cjs'), '--require', here('peak.cjs'), CRM, ...argv];
  return spawnSync(process.execPath, args, {
    cwd: dir,
    encoding: 'utf8',
    ...(input === undefined ? { stdio: ['ignore', 'pipe', 'pipe'] } : { input }),
    maxBuffer: 2 ** 30,
    timeout: LONGEST,
    env: { HOME: root, PATH: process.env.PATH, CRM_NOW: '2026-08-03T10:00:00Z' },
  });
}

/** A workspace with three deals; `put` writes a file of it, `settings` replaces lines of crm.yaml, `file` writes one beside it. */
function labOf(name) {
  const dir = join(root, name);
  mkdirSync(dir, { recursive: true });
  run(dir, ['init', '.', '--name', 'Worst']);
  for (const title of ['One', 'Two', 'Three']) run(dir, ['deal', 'add', title]);
  const put = (path, text) => {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  };
  const settings = text => {
    const keys = new Set([...text.matchAll(/^([\w-]+):/gm)].map(([, key]) => key));
    const kept = readFileSync(join(dir, 'crm.yaml'), 'utf8')
      .split('\n')
      .filter(line => !keys.has(line.split(':')[0]));
    put('crm.yaml', `${kept.join('\n')}\n${text}`);
  };
  const file = (path, text) => {
    writeFileSync(join(root, path), text);
    return join(root, path);
  };
  return { dir, put, settings, file };
}

const many = (line, count = MANY) => Array.from({ length: count }, (_, i) => line(i)).join('');
const rule = (steps, on = 'manual') => `for: deal\non:\n  - ${on}\nsteps:\n${steps}`;
const show = ['deal', 'show', 'D1'];
const add = ['deal', 'add', 'New'];
const lint = ['automation', 'lint'];
const sweep = ['run'];

/** `- if:` in `then:`, so deep. */
const nested = depth =>
  `${many(i => `${' '.repeat(4 * i + 2)}- if: 'value:>${i}'\n${' '.repeat(4 * i + 4)}then:\n`, depth)}${' '.repeat(4 * depth + 2)}- add-tag: deep\n`;

/** name, what makes it, and the commands that are tried; a function of the lab makes their arguments. */
/** Ten lists, each of which has nine times the one before: a billion words. */
const laughs = many(
  i =>
    `x${i}: &a${i} [${
      i === 0
        ? 'lol'
        : Array(9)
            .fill(`*a${i - 1}`)
            .join(', ')
    }]\n`,
  10,
);

const cases = [
  [
    '10,000 fields',
    lab => lab.settings(`fields:\n  deal:\n${many(i => `    f${i}: { type: text }\n`)}`),
    show,
    add,
    ['deal', 'set', 'D1', 'f7=x'],
  ],
  [
    '10,000 users',
    lab => lab.settings(`users:\n${many(i => `  u${i}: { name: User ${i}, role: normal }\n`)}`),
    show,
    ['user', 'add', 'ana', '--name', 'Ana'],
    ['user', 'list'],
  ],
  [
    '10,000 users, each with an unknown key',
    lab => lab.settings(`users:\n${many(i => `  u${i}: { name: User ${i}, colour: red }\n`)}`),
    show,
    ['deal', 'list', '--json'],
  ],
  [
    '10,000 teams',
    lab => lab.settings(`users:\n  ana: { name: Ana }\nteams:\n${many(i => `  t${i}: [ana]\n`)}`),
    show,
    ['team', 'list'],
  ],
  [
    '10,000 views',
    lab => lab.settings(`views:\n${many(i => `  v${i}: { of: deals, query: 'value:>${i}' }\n`)}`),
    show,
    ['view', 'list'],
    ['deal', 'list', '--limit', '20'],
  ],
  [
    '10,000 options of a field',
    lab => lab.settings(`fields:\n  deal:\n    c: { type: choice, options: [${many(i => `o${i}, `)}x] }\n`),
    show,
    ['deal', 'set', 'D1', 'c=o7x'],
  ],
  [
    '100,000 options of a field',
    lab =>
      lab.settings(
        `fields:\n  deal:\n    c: { type: choice, options: [${many(i => `o${i}, `, 100_000)}x] }\n`,
      ),
    show,
    ['deal', 'set', 'D1', 'c=o7x'],
  ],
  [
    '10,000 stages',
    lab =>
      lab.put(
        'pipelines/sales.yaml',
        `name: Sales\nstages:\n${many(i => `  - { id: s${i}, name: Stage ${i} }\n`)}`,
      ),
    show,
    ['board'],
    ['report', 'pipeline'],
  ],
  [
    '1,000 rules in a ring, each of which starts the next',
    lab => {
      for (let i = 0; i < 1000; i++)
        lab.put(`automations/r${i}.yaml`, rule(`  - start: r${(i + 1) % 1000}\n`));
    },
    lint,
    sweep,
  ],
  [
    'a rule of 10,000 steps',
    lab => lab.put('automations/long.yaml', rule(many(i => `  - add-tag: t${i}\n`))),
    show,
    lint,
    sweep,
  ],
  [
    'a rule of 1,000 notes, on a deal',
    lab =>
      lab.put(
        'automations/notes.yaml',
        rule(many(i => `  - add-note: 'note ${i} {{ deal.title }}'\n`, 1000)),
      ),
    ['automation', 'enrol', 'notes', 'D1'],
    sweep,
    show,
  ],
  ['if in if, 100 deep', lab => lab.put('automations/deep.yaml', rule(nested(100))), lint, sweep],
  ['if in if, 500 deep', lab => lab.put('automations/deep.yaml', rule(nested(500))), lint, sweep],
  [
    'lists in lists of YAML, 100,000 deep',
    lab => lab.put('automations/deep.yaml', `${rule('')}  ${'['.repeat(100_000)}${']'.repeat(100_000)}\n`),
    lint,
    sweep,
  ],
  [
    'maps in maps of crm.yaml, 10,000 deep',
    lab => lab.settings(`users: ${'{ a: '.repeat(MANY)}1${' }'.repeat(MANY)}\n`),
    show,
  ],
  ['aliases of aliases (a billion)', lab => lab.settings(laughs), show, add],
  [
    'the same in a rule',
    lab => lab.put('automations/lol.yaml', `${laughs}${rule('  - *a9\n')}`),
    lint,
    sweep,
  ],
  [
    'a template that renders 100,000,000 times',
    lab =>
      lab.put(
        'automations/loop.yaml',
        rule(
          "  - add-note: '{% for a in (1..10000) %}{% for b in (1..10000) %}x{% endfor %}{% endfor %}'\n",
          'created',
        ),
      ),
    lint,
    sweep,
  ],
  [
    '{% if %} in {% if %}, 10,000 deep',
    lab =>
      lab.put(
        'automations/ifs.yaml',
        rule(
          `  - add-note: '${'{% if deal.title %}'.repeat(MANY)}x${'{% endif %}'.repeat(MANY)}'\n`,
          'created',
        ),
      ),
    lint,
    sweep,
  ],
  [
    'a query of 1,000 terms',
    () => {},
    ['deal', 'list', many(i => `title:x${i} `, 1000)],
    ['deal', 'list', `title:x${many(i => ` or title:x${i}`, 1000)}`],
  ],
  [
    'a query 1,000 deep',
    () => {},
    ['deal', 'list', `${'('.repeat(1000)}value:>1${')'.repeat(1000)}`],
    ['deal', 'list', `${'not '.repeat(MANY)}value:>1`],
  ],
  ['an unknown option of 100,000 characters', () => {}, ['deal', 'list', `-${'x'.repeat(100_000)}`]],
  [
    '10,000 tags of a deal',
    () => {},
    ['deal', 'set', 'D1', `tags=${many(i => `t${i},`)}x`],
    show,
    ['deal', 'list'],
    ['history', 'D1'],
  ],
  [
    'CSV of 10,000 columns',
    () => {},
    lab => [
      'import',
      'deals',
      lab.file(
        'wide.csv',
        `title,${many(i => `c${i},`)}z\n${many(j => `T${j},${'v,'.repeat(MANY)}v\n`, 20)}`,
      ),
    ],
  ],
  [
    'CSV with a line of 100 MB',
    () => {},
    lab => ['import', 'deals', lab.file('long.csv', `title,description\nT,${'x'.repeat(100 * MB)}\n`)],
    ['deal', 'list'],
  ],
  [
    'CSV with a quote that does not end, 100 MB',
    () => {},
    lab => ['import', 'deals', lab.file('open.csv', `title,description\nT,"${'x '.repeat(50 * MB)}\n`)],
  ],
  [
    'CSV with a value of 10 MB',
    () => {},
    lab => ['import', 'deals', lab.file('value.csv', `title,description\nT,${'x'.repeat(10 * MB)}\n`)],
    ['deal', 'show', 'D4'],
    ['deal', 'list', 'xxx'],
  ],
  [
    'CSV with an amount of 100,000 spaces',
    () => {},
    lab => ['import', 'deals', lab.file('spaces.csv', `title,value\nT,"1${' '.repeat(100_000)}x"\n`)],
  ],
  [
    'CSV with a date of 100,000 digits',
    () => {},
    lab => ['import', 'deals', lab.file('digits.csv', `title,expectedClose\nT,${'1'.repeat(100_000)}\n`)],
  ],
  [
    'JSON with a value of 100 MB',
    () => {},
    lab => ['import', 'deals', lab.file('long.json', `[{"title":"${'x'.repeat(100 * MB)}"}]`)],
  ],
  ['JSON, 1,000,000 lists deep', () => {}, lab => ['import', 'deals', lab.file('deep.json', '['.repeat(MB))]],
  [
    'a note of 10 MB from standard input',
    () => {},
    { argv: ['log', 'note', 'D1', '-'], input: 'word '.repeat(2 * MB) },
    show,
  ],
  ['crm.yaml of 100 MB', lab => lab.settings(`# ${'x'.repeat(100 * MB)}\n`), show, add],
];

const row = cells => `| ${cells.join(' | ')} |`;
const shortened = text => {
  const plain = text.replace(/\s+/g, ' ').replaceAll(root, '').replaceAll('|', '\\|').trim();
  return plain.length > 110 ? `${plain.slice(0, 107)}...` : plain;
};
/** The largest output that is not called so, in bytes. */
const LARGE_OUTPUT = 4000;

try {
  process.stdout.write(
    `${row(['what', 'command', 's of CPU', 'MB', 'exit', 'says'])}\n${row(['---', '---', '---:', '---:', '---:', '---'])}\n`,
  );
  for (const [i, [name, make, ...commands]] of cases.entries()) {
    if (!new RegExp(options.only).test(name)) continue;
    const lab = labOf(String(i));
    make(lab);
    for (const command of commands) {
      const of = typeof command === 'function' ? command(lab) : command;
      const { argv = of, input } = Array.isArray(of) ? {} : of;
      const { status, stdout, stderr, error } = run(lab.dir, argv, input);
      const cpu = /^cpu (\d+)$/m.exec(stderr)?.[1];
      const said = stderr.replace(/^(cpu|peak) \d+$/gm, '');
      const size = stdout.length + said.length;
      process.stdout.write(
        `${row([
          name,
          `\`${shortened(argv.join(' ')).slice(0, 40)}\``,
          cpu === undefined ? '' : (cpu / 1000).toFixed(1),
          /^peak (\d+)$/m.exec(stderr)?.[1] ?? '',
          status ?? error?.code ?? 'killed',
          `${shortened(said)}${size > LARGE_OUTPUT ? ` (${size} bytes)` : ''}`,
        ])}\n`,
      );
    }
    rmSync(lab.dir, { recursive: true, force: true });
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}
