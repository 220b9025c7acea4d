/** Texts that steer terminals, look like something else, mean something to JavaScript, or are huge: data, and no more. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { displayWidth } from '../../src/ui/width.ts';
import { isDue, runs } from '../effort.ts';
import { workspace } from '../harness.ts';

const esc = String.fromCharCode(27);

/** By what they are; each is stored exactly. */
const texts: Readonly<Record<string, string>> = {
  'an escape sequence': `${esc}[31mred${esc}[0m ${esc}]0;title${String.fromCharCode(7)}`,
  'all of C0 but NUL': Array.from({ length: 31 }, (_, i) => String.fromCharCode(i + 1)).join(''),
  'DEL and C1': `\u007f\u0080\u009b31m\u0085\u009f`,
  'bidirectional controls': 'invoice \u202egpj.exe\u202c \u2066x\u2069 \u200f\u061c',
  'right to left': 'مكتب كراسي שולחן',
  emoji: '👩‍👩‍👧‍👦 🇳🇱 👍🏽 e\u0301 Z\u0351\u036b\u0343',
  'wide characters': '日本の椅子と机',
  'line ends of all kinds': 'a\nb\r\nc\rd\u2028e\u2029f\vg\fh',
  'a byte order mark and spaces': '\ufeff a\u00a0b\u3000 ',
  __proto__: '__proto__',
  constructor: 'constructor',
  'JSON and YAML': '{"a": [1]} # - & * !!js/function > |',
  'a formula': '=HYPERLINK("http://x","y")',
  'quotes and backslashes': `"'\`\\ \\n $HOME $(id) %s`,
};

/** Of blanks in titles and names, those at the ends go, and those within become one space. */
const titleOf = (text: string): string => (text === '\ufeff a\u00a0b\u3000 ' ? 'a b' : text);

describe.each(Object.entries(texts))('%s', (name, text) => {
  test('is stored exactly, and found again', async () => {
    const ws = await workspace();
    await ws.ok(['deal', 'add', text]);
    expect(await ws.json('deal show D1')).toMatchObject({ title: titleOf(text) });
    await ws.ok(['deal', 'set', 'D1', `lostReason=${text}`, 'status=lost', `tags=x`]);
    expect(await ws.json('deal list')).toMatchObject([{ title: titleOf(text), lostReason: text }]);
    expect(JSON.parse(await ws.ok('deal list --format jsonl'))).toMatchObject({ title: titleOf(text) });
    expect(await ws.json(['deal', 'show', text])).toMatchObject({ id: 'D1' });
    await ws.ok('undo');
    await ws.ok('deal rm D1');
    await ws.ok('deal restore D1');
    expect(await ws.json('deal show D1')).toMatchObject({ title: titleOf(text), lostReason: null });
  });

  test('is printed so that no terminal minds', async () => {
    const ws = await workspace();
    await ws.ok(['deal', 'add', text]);
    await ws.ok(['deal', 'set', 'D1', `lostReason=${text}`, 'status=lost']);
    await ws.crm(['deal', 'tag', 'D1', `+${text.replaceAll(',', '')}`]);
    const outputs = [
      ...['table', 'tsv', 'json', 'jsonl', 'yaml'].map(format => `deal list --format ${format}`),
      ...['table', 'tsv', 'json', 'yaml'].map(format => `deal show D1 --format ${format}`),
      ...['table', 'tsv', 'json'].map(format => `history --format ${format}`),
      'deal set D1 lostReason=x --dry-run',
      'deal rm D1 --dry-run',
    ];
    // Half of them for each text, and each of them for half of the texts.
    const turn = Object.keys(texts).indexOf(name);
    for (const line of outputs.filter((_, nth) => isDue(nth, turn, 2)))
      for (const terminal of [{}, { tty: 80, env: { NO_COLOR: '1' } }]) {
        const { out, err } = await ws.crm(line, terminal);
        // A tab parts the cells of TSV.
        const unsafe = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/.exec(
          out + err,
        );
        expect({ line, unsafe: unsafe?.[0] }).toEqual({ line, unsafe: undefined });
      }
  });

  test('in an error is escaped, and one line', async () => {
    const ws = await workspace();
    for (const args of [
      ['deal', 'show', text],
      ['deal', 'list', `stage:"${text.replaceAll('"', '')}"`],
      ['deal', 'add', 'x', '--value', text],
      ['deal', 'set', 'D1', `${text}=x`],
      ['frob', text],
      [text],
    ]) {
      const { err, code } = await ws.crm(args);
      expect(code).toBeLessThan(6);
      expect(err.replaceAll('\n', '')).not.toMatch(
        /[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/,
      );
    }
  });
});

test('NUL, which no argument can have, is data from a file and is escaped', async () => {
  const ws = await workspace();
  await ws.ok(['deal', 'add', 'a\0b']);
  expect(await ws.json('deal show D1')).toMatchObject({ title: 'a\0b' });
  expect(await ws.ok('deal list --fields title')).toBe('a\\x00b\n');
});

test('halves of characters do not break the files', async () => {
  const ws = await workspace();
  await ws.ok(['deal', 'add', 'half \ud83d here']);
  const { title } = await ws.json<{ title: string }>('deal show D1');
  expect(title.startsWith('half ')).toBe(true);
  expect(await ws.ok('deal list --fields id')).toBe('D1\n');
});

/** The size of a huge text, in MB: what takes more than linear time is noticed at once. */
const MB = runs(1);

test(`a title of ${MB} MB is stored, listed in a table of 80 cells, and found`, async () => {
  const ws = await workspace();
  const title = 'chairs and tables '.repeat(60_000 * MB).trim();
  await ws.ok(['deal', 'add', title]);
  await ws.ok('deal add Small');
  expect(await ws.json('deal show D1')).toMatchObject({ title });
  const table = await ws.ok('deal list', { tty: 80, env: { NO_COLOR: '1' } });
  expect(Math.max(...table.split('\n').map(line => line.length))).toBeLessThanOrEqual(80);
  expect(await ws.ok('deal list tables -q')).toBe('D1\n');
  expect((await ws.ok('history', { tty: 100 })).length).toBeLessThan(2000);
});

test(`${MB} MB of what is hard to measure, and 10,000 tags: kept exactly, and aligned wherever they are drawn`, async () => {
  const ws = await workspace();
  const title = '👩‍👩‍👧‍👦 שׁ\u05c1 e\u0301\u0323 木 '.repeat(25_000 * MB).trim();
  const tags = Array.from({ length: 10_000 }, (_, i) => `tag-${i}`).sort();
  const csv = `title,tags\n"${title}","${tags.join(',')}"\n"'; DROP TABLE deals; --",x\n`;
  await ws.ok('import deals -', { stdin: csv });
  await ws.ok('task add Call --for D1');
  expect(await ws.json('deal show D1')).toMatchObject({ title, tags });
  expect(await ws.ok('deal list tag:tag-9999 -q')).toBe('D1\n');
  expect(await ws.ok(['deal', 'list', "'; DROP TABLE", '--fields', 'title'])).toBe(
    "'; DROP TABLE deals; --\n",
  );
  await ws.ok('deal tag D1 +one -tag-0');
  for (const line of ['deal list', 'board', 'tasks', 'history'])
    for (const cells of [40, 120]) {
      const out = await ws.ok(line, { tty: cells, env: { NO_COLOR: '1' } });
      for (const each of out.split('\n')) expect(displayWidth(each)).toBeLessThanOrEqual(Math.max(cells, 62));
    }
});

test('names of fields and keys that JavaScript minds are unknown, or data', async () => {
  const ws = await workspace();
  await ws.ok('deal add A');
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype']) {
    for (const args of [
      ['deal', 'set', 'D1', `${name}=x`],
      ['deal', 'add', 'B', '--field', `${name}=x`],
      ['deal', 'list', `${name}:x`],
      ['deal', 'list', '--fields', name],
      ['deal', 'list', '--sort', name],
      ['deal', 'list', `stage:${name}`],
      ['deal', 'list', `owner:${name}`],
      ['deal', 'list', `@${name}`],
      ['deal', 'list', `is:${name}`],
      ['deal', 'list', `has:${name}`],
      ['deal', 'add', 'B', '--pipeline', name],
      ['deal', 'assign', 'D1', name],
      ['help', name],
      [name],
      ['deal', name],
      ['init', 'new', '--template', name],
      ['task', 'add', 'B', '--type', name],
    ]) {
      const { code, out } = await ws.crm(args);
      expect({ args, code, out }).toEqual({ args, code: 2, out: '' });
    }
    await ws.ok(['deal', 'tag', 'D1', `+${name}`]);
    expect(await ws.ok(['deal', 'list', `tag:${name}`, '-q'])).toBe('D1\n');
    await ws.ok(['--as', name, 'deal', 'set', 'D1', `title=${name}`]);
    expect(await ws.json('history --limit 1')).toMatchObject([{ by: name }]);
  }
});

describe.each(['__proto__', 'constructor', 'prototype'])('%s is not a name of anything', name => {
  const sentence = `"${name}" cannot be the name of`;

  test.each([
    ['crm.yaml', (text: string) => text.replace('users: {}', `users:\n  ${name}: { name: X }`)],
    ['crm.yaml', (text: string) => `${text}teams: { ${name}: [] }\n`],
    ['crm.yaml', (text: string) => text.replace('task-types: {', `task-types: { ${name}: {},`)],
    ['crm.yaml', (text: string) => `${text}fields: { deal: { ${name}: { type: text } } }\n`],
    ['crm.yaml', (text: string) => `${text}scores: { ${name}: { rules: [] } }\n`],
    ['crm.yaml', (text: string) => `${text}views: { ${name}: { of: deals, query: '' } }\n`],
    ['crm.yaml', (text: string) => `${text}imports: { ${name}: { kind: deals } }\n`],
    ['pipelines/sales.yaml', (text: string) => text.replace('id: follow-up', `id: ${name}`)],
    [
      'pipelines/sales.yaml',
      (text: string) => text.replace('id: follow-up', `id: follow-up, group: ${name}`),
    ],
    [`pipelines/${name}.yaml`, () => 'name: X\nstages: []\n'],
  ])('in %s (%#)', async (path, edit) => {
    const ws = await workspace();
    const file = join(ws.dir, path);
    const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const after = edit(before.replace(/^(teams|fields|scores|views|imports):.*\n/gm, ''));
    expect(path + after).toContain(name);
    writeFileSync(file, after);
    const { code, err } = await ws.crm('deal list');
    expect([code, err]).toEqual([5, expect.stringMatching(new RegExp(`${path}:\\d+: .*${sentence}`))]);
  });

  test.each([
    ['user', 'add', name, '--name', 'X'],
    ['user', 'add', name],
    ['team', 'add', name, 'ana'],
    ['view', 'add', name, 'is:open'],
    ['field', 'add', 'deal', name, '--type', 'text'],
    ['pipeline', 'add', 'X', '--id', name],
    ['stage', 'add', 'X', '--id', name],
    ['deal', 'add', 'X', '--field', `${name}=1`],
    ['event', 'add', 'x', '--contact', 'a@b.example', '--prop', `${name}=1`],
  ])('in a command: %s %s', async (...args) => {
    const ws = await workspace();
    await ws.ok('user add ana');
    await ws.ok('contact add --email a@b.example');
    expect(await ws.crm(args)).toMatchObject({ code: 2, out: '' });
    const yaml = readFileSync(join(ws.dir, 'crm.yaml'), 'utf8');
    expect(yaml).not.toContain(name);
  });

  test('in the file of a rule or of a template disables that alone', async () => {
    const ws = await workspace();
    writeFileSync(join(ws.dir, 'automations', `${name}.yaml`), 'on: created\nfor: deal\ndo: []\n');
    writeFileSync(join(ws.dir, 'templates', `${name}.md`), '---\nsubject: x\n---\ny\n');
    expect(await ws.crm('deal list')).toMatchObject({ code: 0 });
    const { code, out, err } = await ws.crm('automation lint');
    expect([code, out + err]).toEqual([5, expect.stringContaining(`${sentence} a rule`)]);
  });
});
