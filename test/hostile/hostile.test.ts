/**
 * A workspace is data that may come from somebody else: whatever is in it, no command reaches outside it, hangs, or ends
 * as a bug of crm; and what is not as crm makes it is exit 5 with its place. SECURITY.md says it to people.
 */
import { recordKinds } from '../../src/kinds/index.ts';
import {
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { treeOf } from '../../src/commands/registry.ts';
import { isDue } from '../effort.ts';
import { emptyDirectory, type Ran, type RunOptions, TestWorkspace, workspace } from '../harness.ts';
import { appendForged, forgetCaches } from './journal.ts';
import { watchedIo } from './watched-io.ts';
import * as hostile from './workspaces.ts';

const { commands } = treeOf(recordKinds);

/** The shape of the workspaces, made once and copied. */
let model = '';

afterAll(() => {
  if (model !== '') rmSync(model, { recursive: true, force: true });
});

async function placeOf(build: hostile.Builder): Promise<hostile.Place & { before: string }> {
  const root = emptyDirectory();
  const ws = new TestWorkspace(join(root, 'ws'));
  const outside = join(root, 'outside');
  if (model === '') {
    const made = await workspace();
    await made.ok('deal add Chairs --contact jane@example.com');
    for (const [path, text] of Object.entries({
      'automations/greet.yaml':
        'name: Greet\nfor: deal\non: created\nsteps:\n  - add-task: { type: call, title: Call, due: +1d }\n',
      'automations/greet.test.yaml':
        'a new deal:\n  given:\n    - deal: { title: X }\n  steps:\n    - sweep: nothing\n',
      'templates/welcome.md': '---\nsubject: Welcome\n---\nDear {{ contact.name }},\n',
    }))
      writeFileSync(join(made.dir, path), text);
    await made.ok('deal add Tables');
    await made.ok('automation lint');
    await made.ok('doctor');
    forgetCaches(made);
    model = mkdtempSync(join(tmpdir(), 'crm-hostile-'));
    cpSync(made.dir, model, { recursive: true });
  }
  cpSync(model, ws.dir, { recursive: true });
  mkdirSync(join(ws.dir, '.git'));
  writeFileSync(join(ws.dir, '.git', 'config'), '[core]\n');
  mkdirSync(outside);
  writeFileSync(join(outside, 'victim.txt'), 'precious\n');
  build({ ws, outside });
  return { ws, outside, before: untouchable(ws, outside) };
}

/** What no command may change: all that lies outside, and what in the workspace is not crm's. */
function untouchable({ dir }: TestWorkspace, outside: string): string {
  const list = (path: string): string[] => {
    const stat = lstatSync(path);
    if (stat.isSymbolicLink()) return [`${path} -> ${readlinkSync(path)}`];
    if (stat.isDirectory())
      return [
        path,
        ...readdirSync(path)
          .sort()
          .flatMap(name => list(join(path, name))),
      ];
    return [`${path} ${stat.isFile() ? readFileSync(path, 'utf8') : 'special'}`];
  };
  return [...list(outside), ...list(join(dir, '.git'))].join('\n');
}

/** Runs a command that is watched; what it did outside, or would have hung on, fails the test. */
async function watched(
  place: hostile.Place & { before: string },
  args: readonly string[],
  options: RunOptions = {},
): Promise<Ran> {
  const said: string[] = [];
  const { dir, cacheHome } = place.ws;
  mkdirSync(cacheHome, { recursive: true });
  const io = watchedIo([dir, cacheHome], said);
  const ran = await place.ws.crm(args, { io, env: { XDG_STATE_HOME: join(cacheHome, 'state') }, ...options });
  expect({ args, said, bug: ran.code === 70 ? ran.err : '' }).toEqual({ args, said: [], bug: '' });
  expect(untouchable(place.ws, place.outside), args.join(' ')).toBe(place.before);
  return ran;
}

/** Each command of the registry as its first example calls it, in a copy elsewhere where it makes something. */
async function everyCommand(): Promise<string[][]> {
  const lines = Object.entries(commands).map(async ([path, load]) => {
    const example = (await load()).examples?.[0] ?? path;
    const words = (example.match(/'[^']*'|"[^"]*"|\S+/g) ?? []).map(word =>
      word.replace(/^(['"])(.*)\1$/, '$2'),
    );
    return [...words, '--yes'];
  });
  const all = await Promise.all(lines);
  // These write where the user says, which is not for the workspace to decide.
  return all.filter(
    words => !['init', 'completion', 'help'].includes(words[0]!) && !words.join(' ').startsWith('export all'),
  );
}

describe('every command', () => {
  const workspaces: Readonly<Record<string, hostile.Builder>> = {
    'a note that asks for files elsewhere': hostile.pending(2, ...hostile.foreignFiles),
    'a note that asks for another text than its transaction gave': hostile.pending(2, 'crm.yaml'),
    'a journal that gives files elsewhere a text': hostile.journal(...hostile.foreignFiles),
    'a link for the journal': hostile.linked('data/journal'),
    'a link to nowhere for .crm': hostile.linkedNowhere('.crm'),
    'a template that is a device': hostile.linkedToDevice('templates/welcome.md'),
    'a FIFO for the settings': hostile.fifo('crm.yaml'),
    'a FIFO for a transaction': hostile.fifo('data/journal/00000002.jsonl'),
    'a FIFO for the note': hostile.fifo('.crm/pending'),
    'a link to nowhere for the lock': hostile.linkedNowhere('.crm/lock'),
    'links that an import would clear away': hostile.leftoverLinks,
  };

  // All commands open a workspace in one way: each is tried in one of these.
  test.each(Object.entries(workspaces).map(([name, build], i) => [name, build, i] as const))(
    'with %s',
    async (_, build, i) => {
      const place = await placeOf(build);
      const due = (await everyCommand()).filter((_, nth) => isDue(nth, i, 11));
      expect(due.length).toBeGreaterThan(15);
      // What would go on until it is told to stop is told so at once.
      for (const args of due) await watched(place, args, { stdin: '', onStop: stop => stop() });
    },
  );
});

const typical = [
  'deal list',
  'deal add Sofa',
  'run',
  'undo',
  'doctor',
  'doctor --fix',
  'history',
  'automation lint',
];

let turns = 0;

/** Every fourth of these lines: the other ones the next times. */
function inTurn(lines: readonly string[]): string[] {
  turns++;
  return lines.filter((_, nth) => isDue(nth, turns, 4));
}

describe.each<[what: string, (name: string) => hostile.Builder, places: readonly string[]]>([
  ['a link', hostile.linked, [...hostile.files, ...hostile.directories]],
  ['a link to nowhere', hostile.linkedNowhere, [...hostile.files, ...hostile.directories]],
  ['a link to a device', hostile.linkedToDevice, hostile.files],
  ['a FIFO', hostile.fifo, hostile.files],
])('%s', (_, build, places) => {
  test.each(places)('in the place of %s is exit 5 with its name, and a finding of doctor', async name => {
    const place = await placeOf(build(name));
    const found = await watched(place, ['doctor', '--json']);
    expect(found.code).toBe(5);
    const { findings } = found.json<{ findings: { file: string; message: string }[] }>();
    expect(findings.map(({ file }) => file)).toContain(name);
    const { code, err } = await watched(place, ['deal', 'add', 'Sofa', '--lock-timeout', '1']);
    expect([code, err]).toEqual([5, expect.stringContaining(name)]);
    for (const line of inTurn(typical)) await watched(place, line.split(' '));
  });
});

describe('bytes without end', () => {
  test.each([
    ['crm.yaml', (1 << 20) + 1],
    ['pipelines/sales.yaml', (1 << 20) + 1],
    ['templates/welcome.md', (1 << 20) + 1],
    ['data/journal/00000002.jsonl', 2 ** 32],
    ['.crm/pending', 2 ** 32],
  ])('%s of %d bytes is not read', async (name, bytes) => {
    const place = await placeOf(hostile.ofSize(name, bytes));
    const { code, err } = await watched(place, ['deal', 'add', 'Sofa']);
    expect([code, err]).toEqual([
      5,
      expect.stringContaining(`${name}: has ${bytes.toLocaleString('en')} bytes`),
    ]);
    expect((await watched(place, ['doctor'])).code).toBe(5);
  });

  test('64 files of 1 MiB are read, and not one more', async () => {
    const place = await placeOf(({ ws }) => {
      for (let i = 0; i < 64; i++) hostile.ofSize(`templates/t${i}.md`, 1 << 20)({ ws, outside: '' });
    });
    const { code, err } = await watched(place, ['deal', 'list']);
    expect([code, err]).toEqual([5, expect.stringContaining('more than 67,108,864 bytes of settings')]);
  });
});

describe('a file id that is none', () => {
  test.each(hostile.foreignFiles)('%j in a journal is damage, with file and line', async id => {
    const place = await placeOf(({ ws }) => {
      appendForged(ws, [
        { kind: 'deal', id: 'D1', set: { title: ['Chairs', 'Seats'] } },
        { kind: 'file', id, set: { text: [null, 'changed\n'] } },
      ]);
    });
    for (const line of typical.slice(0, 4)) {
      const { code, err } = await watched(place, line.split(' '));
      expect([code, err]).toEqual([
        5,
        expect.stringMatching(/00000005\.jsonl:2: .* is not a file of a workspace/),
      ]);
    }
    expect((await watched(place, ['doctor'])).code).toBe(5);
  });

  test.each(hostile.foreignFiles)('%j in a note is never written', async path => {
    const place = await placeOf(hostile.pending(2, path));
    expect((await watched(place, ['deal', 'add', 'Sofa'])).code).toBe(0);
  });
});

test.each([
  ['a transaction that is not there', 9],
  ['another transaction', 1],
  ['none', undefined],
  ['no number', '2'],
])('a note that names %s is not believed, even of a file of the workspace', async (_, tx) => {
  const place = await placeOf(hostile.pending(tx, 'pipelines/sales.yaml'));
  const file = join(place.ws.dir, 'pipelines/sales.yaml');
  const before = readFileSync(file, 'utf8');
  expect((await watched(place, ['deal', 'add', 'Sofa'])).code).toBe(0);
  expect(readFileSync(file, 'utf8')).toBe(before);
});

describe('a transaction with a right hash that crm would not write', () => {
  const deal = {
    title: 'x',
    value: '1.00',
    currency: 'EUR',
    pipeline: 'sales',
    stage: 'to-contact',
    status: 'open',
  };
  test.each<[what: string, change: unknown]>([
    // As a change that is a text leaves the encoder.
    ['no object', { set: {}, toJSON: () => 'x' }],
    ['a list', []],
    ['nothing in it', {}],
    ['an addition of nothing', { add: null }],
    ['an id that is none', { add: { id: 'x' } }],
    ['an id with a path', { add: { id: '../D1' } }],
    ['an id beyond all numbers', { add: { ...deal, id: 'D999999999999999' } }],
    ['a kind that is none', { kind: '__proto__', id: 'D1', set: {} }],
    ['an id of another kind', { kind: 'deal', id: 'C1', set: { title: ['a', 'b'] } }],
    ['a set that is none', { kind: 'deal', id: 'D1', set: null }],
    ['a value without an old one', { kind: 'deal', id: 'D1', set: { title: 'x' } }],
    ['a title that is a number', { kind: 'deal', id: 'D1', set: { title: ['Chairs', 5] } }],
    ['a title that was an object', { kind: 'deal', id: 'D1', set: { title: [{}, 'x'] } }],
    ['an amount that is none', { add: { ...deal, id: 'D9', value: 'much' } }],
    ['an instant that is none', { add: { ...deal, id: 'D9', createdAt: 'then' } }],
    ['a day that is none', { add: { ...deal, id: 'D9', expectedClose: '2026-02-31' } }],
    ['tags that are numbers', { add: { ...deal, id: 'D9', tags: [1] } }],
    ['a contact that is none', { add: { ...deal, id: 'D9', contacts: ['me'] } }],
    ['fields that are a list', { add: { ...deal, id: 'D9', fields: [1] } }],
    ['a path to the prototype', { kind: 'deal', id: 'D1', set: { '__proto__.polluted': [null, 'x'] } }],
    ['a field of the prototype', { kind: 'deal', id: 'D1', set: { 'fields.__proto__': [null, 'x'] } }],
    ['another id', { kind: 'deal', id: 'D1', set: { id: ['D1', 'D2'] } }],
    ['a removal of another', { kind: 'deal', id: 'D1', rm: { id: 'D2' } }],
    ['a removal of nothing', { kind: 'deal', id: 'D1', rm: null }],
    ['a removal of a file', { kind: 'file', id: 'crm.yaml', rm: { id: 'crm.yaml' } }],
    ['a text of a file that is none', { kind: 'file', id: 'crm.yaml', set: { text: ['a', 5] } }],
    ['a cursor that is none', { kind: 'cursor', id: 'engine', set: { seq: [0, 'x'] } }],
    [
      'a reason that is none',
      { kind: 'deal', id: 'D1', set: { title: ['a', 'b'] }, why: { automation: {} } },
    ],
    ['a change of what is not there', { kind: 'deal', id: 'D77', set: { title: ['a', 'b'] } }],
  ])('%s: exit 5 with the place', async (_, change) => {
    const place = await placeOf(({ ws }) => void appendForged(ws, [change]));
    for (const line of inTurn([...typical.slice(0, 4), 'deal list --json', 'board'])) {
      const { code, err } = await watched(place, line.split(' '));
      expect([line, code, err]).toEqual([
        line,
        5,
        expect.stringMatching(/data\/journal(\/00000005\.jsonl:1)?: /),
      ]);
    }
    expect((await watched(place, ['doctor'])).code).toBe(5);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test.each<[what: string, head: { readonly [key: string]: unknown }]>([
    ['an instant that is none', { at: 'then' }],
    ['nobody who did it', { by: null }],
    ['an object for the command', { via: {} }],
    ['a number for the request', { request: 5 }],
    ['what it undoes', { undoes: 'x' }],
  ])('a commit line with %s: exit 5 with the place', async (_, head) => {
    const place = await placeOf(
      ({ ws }) => void appendForged(ws, [{ kind: 'deal', id: 'D1', set: { title: ['Chairs', 'x'] } }], head),
    );
    for (const line of ['deal list', 'history', 'undo']) {
      const { code, err } = await watched(place, line.split(' '));
      expect([line, code, err]).toEqual([line, 5, expect.stringMatching(/00000005\.jsonl:2: /)]);
    }
  });
});

test('the lock of nobody, by whatever it says, is not a bug', async () => {
  for (const text of ['null', '5', '{}', '{"pid":"x"}', '{"pid":-1,"start":"","boot":"","host":"test"}']) {
    const place = await placeOf(({ ws }) => {
      mkdirSync(join(ws.dir, '.crm'), { recursive: true });
      writeFileSync(join(ws.dir, '.crm', 'lock'), `${text}\n`);
    });
    expect((await watched(place, ['deal', 'add', 'Sofa', '--lock-timeout', '0'])).code).toBe(4);
    expect((await watched(place, ['doctor', '--fix'])).code).toBe(0);
    expect((await watched(place, ['deal', 'add', 'Sofa'])).code).toBe(0);
  }
});

test('no command writes a file of settings that crm would not read again', async () => {
  const { ws } = await placeOf(() => {});
  const file = join(ws.dir, 'automations', 'greet.yaml');
  const small = readFileSync(file, 'utf8');
  const { code, err } = await ws.crm('automation edit greet', {
    editor: () => `${small}# ${'y'.repeat(1 << 20)}\n`,
  });
  expect([code, err]).toEqual([
    2,
    expect.stringContaining('automations/greet.yaml would have more than 1048576 bytes'),
  ]);
  expect(readFileSync(file, 'utf8')).toBe(small);
  await ws.ok('deal list');
});

test.each(['.crm', '.crm/edit'])('what is edited is not written through a link for %s', async name => {
  const place = await placeOf(({ ws, outside }) => {
    const path = join(ws.dir, name);
    rmSync(path, { recursive: true, force: true });
    mkdirSync(join(path, '..'), { recursive: true });
    symlinkSync(outside, path);
  });
  // The editor is where crm leaves the store, so that only what lies outside is watched.
  const { code } = await place.ws.crm('deal edit D1', { editor: text => `${text}# x\n` });
  expect(code).toBe(5);
  expect(
    readdirSync(join(place.outside)).filter(entry => entry !== 'cache' && entry !== 'victim.txt'),
  ).toEqual([]);
});
