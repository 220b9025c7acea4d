/**
 * What one may not see is unknown: every command of the registry, with near misses of hidden names, hidden ids and
 * every option, in every format, and completion, as a user from whom a pipeline is closed and as a restricted user.
 * Every text that is hidden from a user has a marker, and no output may have one of these.
 */
import { recordKinds } from '../../src/kinds/index.ts';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { argumentsLine } from '../../src/commands/line/command-info.ts';
import { treeOf } from '../../src/commands/registry.ts';
import { isDue } from '../effort.ts';
import { makeWorkspace, type TestWorkspace } from '../harness.ts';
import { unsyncedIo } from '../store/hooked-io.ts';
import { type Image, imageOf, MemoryDisk } from '../torture/disk.ts';

const { commands } = treeOf(recordKinds);

/** Hidden from both users; `mine` is what is hidden from the restricted one alone. Nobody types one of these in full. */
const mark = (what: string) => `mrk${what}zz`;
const mine = (what: string) => `mro${what}zz`;

const users = { nora: 'mrk', rob: 'mr[ko]' } as const;
type Reader = keyof typeof users;
const markers = (user: Reader) => new RegExp(`${users[user]}[a-z-]*zz`, 'i');

let ws: TestWorkspace;
let remove: () => void;
/** The workspace as it is furnished, in memory, where each command finds it as it was. */
let image: Image;
beforeAll(async () => {
  [ws, remove] = await makeWorkspace();
  await furnish(ws);
  const disk = new MemoryDisk(imageOf(unsyncedIo, ws.dir));
  // So that caches are there.
  for (const line of ['deal list', 'contact list', 'task list', 'history', 'status', 'config'])
    await ws.ok(line, { io: disk.io });
  image = disk.image();
});
afterAll(() => remove());

/** Files of the workspace by path. */
const files: Readonly<Record<string, string>> = {
  [`pipelines/${mark('pipe')}.yaml`]: `name: ${mark('Pipename')}
access: [eve]
# ${mark('comment')}
stages:
  - { id: ${mark('stage')}, name: ${mark('Stagename')}, group: ${mark('group')}, rotting: 1d }
  - { id: ${mark('next')}, name: ${mark('Nextname')} }
transitions:
  - { to: ${mark('next')}, when: 'title:${mark('when')}' }
`,
  [`automations/${mark('rule')}.yaml`]: `name: ${mark('Rulename')}
enabled: true
for: deal
on: [{ enters-stage: { stage: ${mark('stage')} } }]
steps:
  - notify: { user: eve, text: '${mark('said')} {{ deal.title }}' }
  - send-email: { to: contact, template: ${mark('template')} }
`,
  [`automations/${mark('rule')}.test.yaml`]: `- name: ${mark('case')}
  steps: []
`,
  [`automations/${mark('starter')}.yaml`]: `for: deal
on: [{ status-changes: { to: won } }]
steps: [{ start: { automation: ${mark('rule')} } }]
`,
  [`automations/${mark('broken')}.yaml`]: `for: deal
on: [{ enters-stage: { stage: ${mark('brokenstage')} } }]
steps: [{ notify: { user: eve, text: x } }]
`,
  // A rule that both users may know, and that meets what is hidden too.
  'automations/tell.yaml': `enabled: true
for: contact
on: [{ tag-added: { tag: told } }]
steps:
  - notify: { user: eve, text: 'see {{ deal.title | default: "no deal" }}, {{ contact.name }}' }
  - notify: { user: rob, text: 'see {{ deal.title | default: "no deal" }}, {{ contact.name }}' }
  - webhook: { url: 'https://example.com', body: '{{ deal.title | default: "no deal" }}' }
`,
  [`templates/${mark('template')}.md`]: `---\nsubject: ${mark('subject')}\n---\n${mark('body')} {{ contact.name }}\n`,
};

async function furnish(ws: TestWorkspace): Promise<void> {
  for (const [user, role] of [
    ['nora', 'normal'],
    ['rob', 'restricted'],
    ['eve', 'normal'],
  ])
    await ws.ok(`user add ${user} --role ${role}`);
  await ws.ok('field add deal product');
  await ws.ok('field add deal size --type choice --option small --option large').catch(() => '');
  const yaml = join(ws.dir, 'crm.yaml');
  writeFileSync(
    yaml,
    `${readFileSync(yaml, 'utf8').replace(/^(views|scores|imports):.*\n/gm, '')}
views:
  ${mark('view')}: { of: deals, query: 'pipeline:${mark('pipe')}' }
  ${mark('viewtwo')}: { of: deals, query: 'is:open @${mark('view')}' }
  open: { of: deals, query: 'is:open' }
scores:
  deals: { for: deal, rules: [{ when: 'stage:${mark('stage')}', points: 5 }, { when: 'is:open', points: 1 }] }
imports:
  ${mark('import')}: { kind: deals, set: { pipeline: ${mark('pipe')} } }
`,
  );
  for (const dir of ['automations', 'templates']) mkdirSync(join(ws.dir, dir), { recursive: true });
  for (const [path, text] of Object.entries(files)) writeFileSync(join(ws.dir, path), text);

  // Everybody's: D1 with C1 and A1, which eve owns and which rob sees through the deal.
  await ws.ok('account add Acme --owner eve');
  await ws.ok('contact add Cas --email cas@example.com --owner eve --account A1');
  await ws.ok('deal add Chairs --pipeline sales --contact C1 --account A1 --value 100 --owner rob');
  await ws.ok('task add Call --for D1 --assignee rob --due 2026-09-14');
  await ws.ok('log note D1 hello');
  await ws.ok('event add seen --contact C1');
  await ws.ok('invoice add --for D1 --amount 5');
  // Hidden from rob alone: another's, with all that is about it.
  const parts = async (subject: string, say: (what: string) => string) => {
    await ws.ok(`task add ${say('task')} --for ${subject} --assignee eve --due 2026-09-14`);
    await ws.ok(`log note ${subject} ${say('note')}`);
    await ws.ok(`invoice add --for ${subject} --amount 5 --external-id ${say('invoice')}`);
  };
  await ws.ok(`account add ${mine('account')} --owner eve --domain ${mine('domain')}.example`);
  await ws.ok(`contact add ${mine('contact')} --email ${mine('mail')}@example.com --owner eve --account A2`);
  await ws.ok([
    ...`deal add ${mine('deal')} --pipeline sales --contact C2 --account A2 --value 7 --owner eve --tags ${mine('tag')}`.split(
      ' ',
    ),
    ...['--field', `product=${mine('custom')}`, '--description', mine('description')],
  ]);
  await parts('D2', mine);
  await ws.ok(`event add ${mine('event')} --contact C2`);
  await ws.ok(`deal lose D2 --reason ${mine('lost')}`);
  // Hidden from both: in the closed pipeline, for the contact of everybody.
  const hidden = async (title: string) =>
    ws.ok([
      ...`deal add ${mark(title)} --pipeline ${mark('pipe')} --contact C1 --value 9 --owner eve`.split(' '),
      ...['--field', `product=${mark('custom')}`, '--external-id', mark(`id${title}`)],
    ]);
  await hidden('deal');
  await parts('D3', mark);
  await hidden('lostdeal');
  await ws.ok(`deal lose D4 --reason ${mark('lost')}`);
  await hidden('trash');
  await ws.ok('deal rm D5');
  // Was in the closed pipeline, and is everybody's now.
  await ws.ok(`deal add Moved --pipeline ${mark('pipe')} --owner eve`);
  await ws.ok('deal win D6');
  await ws.ok('deal set D6 pipeline=sales stage=in-contact owner=rob');
  await ws.crm('run');
  await ws.ok('contact tag C1 +told');
  await ws.crm('run');
  await ws.ok('deal set D1 D2 D3 value=11');
  // D3 is due for a transition that nobody has made yet.
  await ws.ok(`deal set D3 title=${mark('when')}`);
}

const ids: Readonly<Record<string, readonly string[]>> = {
  deal: ['D1', 'D2', 'D3', 'D5', 'D6'],
  contact: ['C1', 'C2'],
  account: ['A1', 'A2'],
  task: ['T1', 'T2', 'T3'],
  activity: ['V1', 'V2', 'V3'],
  event: ['E1', 'E2'],
  invoice: ['I1', 'I2', 'I3'],
  message: ['M1', 'M2', 'M3', 'M4', 'M5'],
};
/** Words that are nearly a hidden name, for hints; and the rest of what commands ask for. */
const near = ['pipe', 'stage', 'rule', 'view', 'template', 'import', 'group', 'broken'].map(w => `mrk${w}`);

/** Lines of arguments for a command. */
function linesFor(path: string, usage: string): string[][] {
  const [noun = '', verb] = path.split(' ');
  const own = ids[noun];
  const lines: string[][] = [[]];
  const any = ['D1', 'D2', 'D3', 'D6', 'C1', 'C2', 'T2', 'M1', 'M2'];
  const firsts = own ?? (/RECORD|ID/.test(usage) ? any : []);
  const seconds = ['mrkstage', 'mrkrule', 'pipeline=mrkpipe', 'C2', 'note'];
  for (const first of firsts) {
    lines.push([first]);
    // One that is seen, and one that is hidden, will do.
    if (!/^(show|list|rm|restore|win|reopen|edit)$/.test(verb ?? '') && /^[A-Z][13]$/.test(first))
      for (const second of seconds) lines.push([first, second]);
  }
  // One word too many is as good as another.
  for (const word of usage === '' ? near.slice(0, 1) : near) lines.push([word]);
  if (/QUERY/.test(usage))
    for (const query of [
      'pipeline:mrkpipe',
      'stage:mrkstage',
      'closedStage:mrkstage',
      'group:mrkgroup',
      '@mrkview',
      'is:won',
      'mrk',
      'has:task',
      'whenDone:mrk',
    ])
      lines.push([query], ['deals', query]);
  if (/KIND/.test(usage)) for (const kind of Object.keys(ids)) lines.push([kind]);
  if (path === 'log') lines.push(['note', 'D2', 'x'], ['note', 'D3', 'x']);
  return lines;
}

/** A value for each option that takes one. */
const optionValues: Readonly<Record<string, readonly string[]>> = {
  pipeline: ['mrkpipe'],
  stage: ['mrkstage'],
  where: ['stage:mrkstage', 'is:open'],
  only: ['mrkrule', 'D3'],
  mapping: ['mrkimport'],
  template: ['mrktemplate'],
  status: ['mrk'],
};
const EVERYTHING = ['--dry-run', '--yes'];
const terminal = { tty: 160, env: { NO_COLOR: '1' } };

/** How many lines there were in this test. */
let nth = 0;
/** What was said that is hidden, and by which command. */
let leaks: string[] = [];

/** How many users and rounds share the lines that are the same for all. */
const TURNS = 16;

/** Asks as a user; a line that is tried in turns only if it is its turn. */
async function askInTurn(user: Reader, line: readonly string[], options = {}): Promise<void> {
  if (isDue(nth++, 2 * Object.keys(users).indexOf(user), TURNS)) await ask(user, line, options);
}

async function ask(user: Reader, line: readonly string[], options = {}): Promise<void> {
  let edited = '';
  const editor = (text: string) => {
    edited += text;
    return text;
  };
  const isEdit = line.includes('edit');
  const asked = ['--as', user, ...line];
  const { io } = new MemoryDisk(image);
  const { code, out, err } = await ws.crm(asked, { io, ...options, ...(isEdit && { editor }) });
  const said = out + err + edited;
  if (code === 70) expect.fail(`crm ${asked.join(' ')}: a bug: ${err}`);
  const found = markers(user).exec(said);
  if (found)
    leaks.push(
      `crm ${asked.join(' ')} says ${found[0]}: ${said.slice(Math.max(0, found.index - 200), found.index + 100)}`,
    );
}

const paths = Object.keys(commands).filter(path => !['init', 'import all', 'export all'].includes(path));

describe.each(Object.keys(users) as Reader[])('%s', user => {
  beforeEach(() => {
    nth = 0;
    leaks = [];
  });
  afterEach(() => expect(leaks).toEqual([]));

  test('the markers are there to be found: an admin is told', async () => {
    const said = await Promise.all(
      [
        'history --json',
        'config',
        'message list --json',
        'automation lint',
        'deal list pipeline:mrkpipe',
      ].map(async line => {
        const { out, err } = await ws.crm(line, { io: new MemoryDisk(image).io });
        return out + err;
      }),
    );
    for (const text of said) expect(text).toMatch(markers(user));
  });

  test('no command names anything hidden', async () => {
    for (const path of paths) {
      const usage = argumentsLine(await commands[path]!());
      // Each user tries every command, with the first of what it takes.
      for (const [i, line] of linesFor(path, usage).entries())
        await (i === 1 ? ask : askInTurn)(user, [...path.split(' '), ...line, ...EVERYTHING]);
    }
  });

  test('no option makes one name it', async () => {
    for (const path of paths) {
      const command = await commands[path]!();
      const { options = [] } = command;
      const usage = argumentsLine(command);
      const first = linesFor(path, usage)[1] ?? [];
      for (const { flags } of options) {
        const name = /--([\w-]+)/.exec(flags)![1]!;
        for (const value of flags.includes('<') ? (optionValues[name] ?? ['mrk']) : [undefined])
          await askInTurn(user, [
            ...path.split(' '),
            ...first,
            `--${name}`,
            ...(value === undefined ? [] : [value]),
            ...EVERYTHING,
          ]);
      }
    }
  });

  test('no format has it', async () => {
    const formats = ['json', 'csv', 'yaml'];
    for (const path of paths.filter(each =>
      /( list| show|^history|^config|^status|^tasks|^board|^export|^explain|enrolments|^run|lint|^doctor)$/.test(
        each,
      ),
    ))
      for (const line of linesFor(path, argumentsLine(await commands[path]!())).slice(0, 5)) {
        for (const format of formats)
          await askInTurn(user, [...path.split(' '), ...line, '--format', format, '--dry-run']);
        await askInTurn(user, [...path.split(' '), ...line, '--dry-run'], terminal);
      }
    for (const line of [
      'history --json',
      'run --dry-run --explain',
      'run --dry-run --json',
      'undo --dry-run --json',
      'explain D6 --json',
      'history D6 --stages --json',
      'deal list --trash --json',
      'deal list --fields closedStage,group,stage,pipeline,score',
      'board --all is:won',
      'board --by owner',
    ])
      await askInTurn(user, line.split(' '));
  });

  test('completion offers none of it', async () => {
    const asked = new Set<string>();
    for (const path of paths) {
      const command = await commands[path]!();
      const { options = [] } = command;
      const usage = argumentsLine(command);
      const words = ['completion', 'words', '--', ...path.split(' ')];
      for (let args = 0; args <= Math.min(3, usage.split(' ').length); args++)
        await askInTurn(user, [...words, ...Array.from({ length: args }, () => 'D1'), '']);
      const partials = /QUERY/.test(usage)
        ? ['stage:', 'pipeline:', 'closedStage:', 'group:', '@']
        : /=VALUE/.test(usage)
          ? ['stage=', 'pipeline=', 'whenDone=']
          : [];
      for (const partial of partials) await askInTurn(user, [...words, 'D1', partial]);
      for (const { flags } of options) {
        const kind = `${flags.replace(/^-\w, /, '')} of ${path.split(' ')[0]}`;
        if (!flags.includes('<') || asked.has(kind)) continue;
        asked.add(kind);
        await askInTurn(user, [...words, /--[\w-]+/.exec(flags)![0], '']);
      }
    }
  });
});

test('hidden things are answered like missing ones', async () => {
  for (const user of Object.keys(users) as Reader[])
    for (const [hidden, unknown] of [
      ['deal list pipeline:%', mark('pipe')],
      ['deal list stage:%', mark('stage')],
      ['deal list closedStage:%', mark('stage')],
      ['deal list group:%', mark('group')],
      ['deal list @%', mark('view')],
      ['deal add X --pipeline %', mark('pipe')],
      ['deal add X --stage %', mark('stage')],
      ['deal move D1 %', mark('stage')],
      ['deal set D1 pipeline=%', mark('pipe')],
      ['board %', mark('pipe')],
      ['pipeline show %', mark('pipe')],
      ['stage show %', mark('stage')],
      ['view show %', mark('view')],
      ['template show %', mark('template')],
      ['automation show %', mark('rule')],
      ['automation lint %', mark('broken')],
      ['automation test %', mark('rule')],
      ['automation enrol % D1', mark('rule')],
      ['automation enrolments %', mark('rule')],
      ['explain D1 %', mark('rule')],
      ['explain D1 %', mark('stage')],
      ['run --only %', mark('rule')],
      ['import deals - --mapping %', mark('import')],
      ['history pipelines/%.yaml', mark('pipe')],
      ['task add X --when-done %', mark('rule')],
    ] as const) {
      const said = async (word: string) => {
        const { code, out, err } = await ws.crm([
          '--as',
          user,
          ...hidden.replace('%', word).split(' '),
          '--dry-run',
        ]);
        return { line: hidden, code, out, err: err.replaceAll(word, '%') };
      };
      // The same letters, so that hints to what is nearest are the same too.
      expect(await said(unknown)).toEqual(await said(unknown.replace('zz', 'xx')));
    }
});

test('settings that are broken, and what doctor finds, are told without it', async () => {
  leaks = [];
  const path = join(ws.dir, 'pipelines', `${mark('pipe')}.yaml`);
  const sound = readFileSync(path, 'utf8');
  writeFileSync(path, sound.replace('stages:', 'stagez:'));
  for (const user of Object.keys(users) as Reader[])
    for (const line of [
      'deal list',
      'config',
      'doctor',
      'doctor --json',
      'undo --dry-run',
      'deal set D1 value=5',
    ])
      await ask(user, line.split(' '), { io: unsyncedIo });
  expect((await ws.crm('--as nora deal list')).code).toBe(5);
  expect((await ws.crm('doctor')).out).toContain(mark('pipe'));
  writeFileSync(path, sound);
  // A record changed by hand, and a deal in a stage that there is no more.
  writeFileSync(path, sound.replace(`, { id: ${mark('next')}`, ''));
  await ws.crm('doctor --fix');
  const snapshot = join(ws.dir, 'data/deals.jsonl');
  if (existsSync(snapshot))
    writeFileSync(snapshot, readFileSync(snapshot, 'utf8').replace(mark('lost'), `${mark('other')}`));
  for (const user of Object.keys(users) as Reader[])
    for (const line of [
      'doctor',
      'doctor --json',
      'doctor --fix --dry-run',
      'doctor --adopt',
      'doctor --salvage x',
    ])
      await ask(user, line.split(' '), { io: unsyncedIo });
  expect(leaks).toEqual([]);
  writeFileSync(path, sound);
});
