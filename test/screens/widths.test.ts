/**
 * Every command that draws lists, cards or reports, at each width of a terminal: no line is wider, what is cut can still
 * be read, dates are whole, and titles keep their length in all scripts.
 */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { treeOf } from '../../src/commands/registry.ts';
import { recordKinds } from '../../src/kinds/index.ts';
import { clusters, displayWidth } from '../../src/ui/width.ts';
import { isDue } from '../effort.ts';
import { makeWorkspace, type TestWorkspace } from '../harness.ts';

const widths = [60, 80, 100, 160];
/** What is cut shows at least so many cells, and a title so many. */
const [READABLE, TITLE] = [7, 18];
/** How many of the dealer's deals are imported. */
const DEALS = 230;

const furniture = resolve('fixtures/furniture');

/** Titles in scripts whose characters are wide, joined, or read from the right; words that cannot be broken; texts with lines. */
const titles = [
  '東京都渋谷区の事務所に納品する会議用テーブルと椅子二十四脚',
  '회의실 책상과 의자 스물네 개 그리고 서울 사무소의 회의 탁자',
  'שולחנות ישיבות וכיסאות למשרד החדש בתל אביב, עשרים וארבעה',
  'طاولات اجتماعات وكراسي للمكتب الجديد في القاهرة، أربعة وعشرون',
  '👩‍👩‍👧‍👦 family table 🪑🪑🪑 and 🇳🇱 oak chairs for the 👨🏽‍🍳 kitchen of the restaurant',
  'e\u0301te\u0301 a\u0300 la plage: des chaises longues et des parasols pour la terrasse du café',
  'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft',
];

/** Command lines that print lists, cards, reports or pages of settings, by the command. */
const drawn: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    'deal contact account task activity event invoice relation message'
      .split(' ')
      .map(noun => [`${noun} list`, [`${noun} list --limit 30`]]),
  ),
  'deal list': [
    'deal list --limit 30',
    'deal list --by month --sum value',
    'deal list --fields id,title,close',
  ],
  'deal show': ['deal show D5', 'deal show D_LONG'],
  'contact show': ['contact show C3'],
  'account show': ['account show A7'],
  'task show': ['task show T1'],
  'activity show': ['activity show V1'],
  'event show': ['event show E1'],
  'invoice show': ['invoice show I1'],
  'relation show': ['relation show R1'],
  ...Object.fromEntries(
    'pipeline stage field user team task-type view template'
      .split(' ')
      .map(noun => [`${noun} list`, [`${noun} list`]]),
  ),
  'deal files': ['deal files D5'],
  'contact files': ['contact files C3'],
  'account files': ['account files A7'],
  'tag list': ['tag list'],
  search: ['search chair', 'search oak', 'search 会議'],
  show: ['show D5', 'show C3', 'show A7'],
  brief: ['brief D5', 'brief C3', 'brief A7', 'brief A3', 'brief D_LONG'],
  next: ['next', 'next --explain --limit 3'],
  today: ['today'],
  dupes: ['dupes contacts', 'dupes accounts'],
  tasks: ['tasks', 'tasks --by stage'],
  board: ['board sales --limit 4', 'board is:won --limit 4'],
  report: [
    'report',
    ...'forecast funnel movement probability velocity pipeline owners losses revenue activity coverage'
      .split(' ')
      .map(name => `report ${name} --to 2026-12`),
  ],
  status: ['status'],
  inbox: ['inbox'],
  conversation: ['conversation C3'],
  'mail unknown': ['mail unknown'],
  explain: ['explain D5', 'explain D5 serious-prospect', 'explain D5 probability'],
  'automation list': ['automation list'],
  'automation templates': ['automation templates'],
  'automation enrolments': ['automation enrolments'],
  'automation backtest': ['automation backtest stage-news --since 2026-08-01'],
  history: ['history --limit 40', 'history D5 --all'],
  trust: ['trust'],
  'contact emails': ['contact emails chair'],
  help: ['help', 'help deal'],
};

/** Commands that read, and draw no list, by the reason. */
const others: Readonly<Record<string, readonly string[]>> = {
  'show a thing of the settings as `show` of a record does, or a file as it is': [
    ...'pipeline stage field user team task-type view template automation'
      .split(' ')
      .map(noun => `${noun} show`),
    ...['message show', 'config', 'template preview', 'calendar list', 'hook list'],
  ],
  'say a sentence about what they checked, or write a script for a shell': [
    ...['automation test', 'automation lint', 'template lint', 'mail check', 'completion'],
  ],
};

let ws: TestWorkspace;
let remove: () => void;
let long: string;

beforeAll(async () => {
  [ws, remove] = await makeWorkspace('automated-sales');
  // As many as there are in what happened since, and no more: each line below opens the workspace anew.
  const deals = readFileSync(join(furniture, 'deals.csv'), 'utf8')
    .split('\n')
    .slice(0, 1 + DEALS);
  await ws.ok(['import', 'deals', '-', '--mapping', `${furniture}/mapping.yaml`], {
    now: '2026-08-03T08:00:00Z',
    stdin: deals.join('\n'),
  });
  for (const folder of ['automations', 'templates'])
    cpSync(join(furniture, folder), join(ws.dir, folder), { recursive: true });
  const since = readFileSync(join(furniture, 'since.jsonl'), 'utf8').trimEnd().split('\n');
  const elsewhere = { cwd: resolve('.'), env: { CRM_DIR: ws.dir }, now: '2026-08-03T08:00:00Z' };
  for (const line of since) await ws.ok(JSON.parse(line) as string[], elsewhere);
  await ws.ok('automation add --template stage-news');
  await ws.ok('automation add --template no-contact');
  for (const title of titles) {
    await ws.ok(['deal', 'add', title, '--account', title, '--value', '1234567', '--close', '2026-11-24']);
    await ws.ok(['task', 'add', title, '--for', 'D1', '--due', '2026-11-24']);
  }
  const text = `${titles.join(' ')}\nSecond line: ${'the oak must be the same as that of last year, with the same oil, '.repeat(4)}`;
  long = (await ws.ok(['deal', 'add', 'Long', '--account', titles[0]!, '--description', text])).trim();
  await ws.ok(['log', 'call', long, text]);
  await ws.ok(['contact', 'relate', 'C1', 'C2', '--relation', 'referred-by']);
  writeFileSync(
    join(ws.dir, 'offer of the stackable chairs and all of their sizes, colours and prices.txt'),
    'x',
  );
  for (const id of ['D5', 'C3', 'A7'])
    await ws.ok([
      ...[...(id === 'D5' ? ['deal'] : id === 'C3' ? ['contact'] : ['account']), 'attach', id],
      join(ws.dir, 'offer of the stackable chairs and all of their sizes, colours and prices.txt'),
    ]);
  await ws.ok('team add north eva-lindstrom bram-ozturk chloe-lefevre dariusz-wojcik farid-haddad');
  await ws.ok([
    'view',
    'add',
    'hot',
    'is:open value.over:10k close:<eom tag:vip,b2b not:tag:fair',
    '--of',
    'deals',
  ]);
  await ws.ok('user set eva-lindstrom quota.month=9000');
  await ws.ok('run');
}, 120_000);
afterAll(() => remove());

const cells = (line: string): string[] => line.trim().split(/ {2,}/);

/** Returns the cell of a line that stands below the title of a column of names; undefined where there is none. */
function titleOf(head: string, line: string): string | undefined {
  const at = /\b(TITLE|NAME|SUBJECT|INTO)\b/.exec(head)?.index;
  if (at === undefined || line === head) return undefined;
  let taken = 0;
  for (const [i, { text, width }] of [...clusters(line)].entries()) {
    if (taken === at)
      return cells(
        [...clusters(line)]
          .slice(i)
          .map(each => each.text)
          .join(''),
      )[0];
    taken += width || displayWidth(text);
  }
  return undefined;
}

/** What is wrong with a line on a terminal that is so wide, and with the title in it. */
function faults(line: string, width: number, title: string | undefined): string[] {
  // A text that goes on from the line above is cut after its last line.
  const cut = cells(line).filter((cell, i, all) => cell.endsWith('…') && (i > 0 || all.length > 1));
  return [
    ...(displayWidth(line) > width ? [`${displayWidth(line)} cells`] : []),
    ...(title?.endsWith('…') && displayWidth(title) < TITLE ? [`title: ${title}`] : []),
    ...cut.filter(cell => displayWidth(cell) < READABLE).map(cell => `unreadable: ${cell}`),
    ...[...line.matchAll(/(?<!\d)\d{4}-(?:\d{0,2}|\d\d-\d?)…/g)].map(([date]) => `date: ${date}`),
  ];
}

test.each(widths)(
  'fits into %i cells, and can be read',
  async width => {
    const wrong: unknown[] = [];
    // Where there is least room all lines are tried, and each one at one of the other widths.
    const isWider = width > widths[0]!;
    for (const [nth, line] of Object.values(drawn).flat().entries()) {
      if (isWider && !isDue(nth, widths.indexOf(width), widths.length - 1)) continue;
      const { out, code, err } = await ws.crm(line.replace('D_LONG', long), {
        tty: width,
        env: { NO_COLOR: '1', XDG_STATE_HOME: `${ws.dir}.state` },
      });
      if (code !== 0) wrong.push([line, err]);
      const [head = '', ...lines] = out.split('\n');
      for (const shown of [head, ...lines]) {
        const found = faults(shown, width, titleOf(head, shown));
        if (found.length > 0) wrong.push([line, shown, ...found]);
      }
    }
    expect(wrong).toEqual([]);
  },
  120_000,
);

test('every command draws at each width here, or is named as one that draws no table', async () => {
  const { commands } = treeOf(recordKinds);
  const known = new Set([...Object.keys(drawn), ...Object.values(others).flat()]);
  const unknown = Object.keys(commands).filter(path => !known.has(path));
  const effects = await Promise.all(unknown.map(async path => (await commands[path]!()).effect));
  expect(unknown.filter((_, i) => effects[i] === 'reads')).toEqual([]);
  expect([...known].filter(path => !Object.hasOwn(commands, path))).toEqual([]);
});
