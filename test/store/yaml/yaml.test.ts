import { describe, expect, test } from 'vitest';
import type { YAMLMap } from 'yaml';
import { parseYaml } from '../../../src/store/yaml/yaml.ts';
import { editYaml } from '../../../src/store/yaml/yaml-edit.ts';
import type { YamlTree } from '../../../src/store/yaml/yaml-tree.ts';

const text = `name: Sales      # as people call it
entry: a                         # where new deals start

stages:
  - {id: a, name: A,   card: [title, owner]}   # the first
  # about b
  - { id: b, name: 'B' }

# The first row decides.
transitions:
  - { to: b, from: [a] }
`;

const edit = (before: string, how: (tree: YamlTree) => void) => editYaml('crm.yaml', before, how);

describe('editing YAML', () => {
  test('nothing changed: every byte stays', () => {
    expect(edit(text, () => {})).toBe(text);
  });

  test('lines that say the same stay as they were written, comments and spaces included', () => {
    expect(edit(text, tree => tree.put(['entry'], 'b'))).toBe(text.replace('entry: a', 'entry: b'));
    expect(edit(text, tree => tree.take(['stages', 1]))).toBe(
      text.replace("  # about b\n  - { id: b, name: 'B' }\n", ''),
    );
  });

  test('new lines end like those around them', () => {
    const set = (tree: YamlTree) => tree.put(['name'], 'New');
    const crlf = 'for: deal   # each\r\n\r\nsteps:\r\n  - stop\r\n';
    expect(edit(crlf, set)).toBe(`${crlf}name: New\r\n`);
    expect(edit('a: 1\r\nb: 2\n', set)).toBe('a: 1\r\nb: 2\nname: New\n');
  });

  test.each([
    ['views:\n  # hot: ...\nteams: {}\n', 'views:\n  # hot: ...\n  new: { of: deals }\nteams: {}\n'],
    ['views: # none yet\n', 'views: # none yet\n  new: { of: deals }\n'],
    ['views:\n# none yet\nteams: {}\n', 'views:\n  new: { of: deals }\n# none yet\nteams: {}\n'],
    ['views: {} # none yet\n', 'views: # none yet\n  new: { of: deals }\n'],
    ['views: ~ # none yet', 'views: # none yet\n  new: { of: deals }'],
    ['views: {\n  # none yet\n}\n', 'views: { new: { of: deals }\n  # none yet\n}\n'],
    ['# nothing here\n', '# nothing here\nviews:\n  new: { of: deals }\n'],
    ['---\n# nothing here\n...\n', '---\n# nothing here\nviews:\n  new: { of: deals }\n...\n'],
    ['teams:\n    a: [b]\n', 'teams:\n    a: [b]\nviews:\n    new: { of: deals }\n'],
    ['views:\n     hot: {of: deals}', 'views:\n     hot: {of: deals}\n     new: { of: deals }'],
    ['"views": {hot: {of: deals}, }', '"views": {hot: {of: deals}, new: { of: deals }, }'],
    [
      '{\n  "views": {\n    "hot": {}\n  }\n}\n',
      '{\n  "views": {\n    "hot": {},\n    new: { of: deals }\n  }\n}\n',
    ],
    ['? views\n: hot: {}\n', '? views\n: hot: {}\n  new: { of: deals }\n'],
  ])('an entry is added where the comments around it stay: %j', (before, after) => {
    expect(edit(before, tree => tree.put(['views', 'new'], { of: 'deals' }))).toBe(after);
  });

  test.each([
    ['stages:\n# none yet\n', 'stages:\n  - { id: c }\n# none yet\n'],
    ['stages:\n  # none yet\n', 'stages:\n  # none yet\n  - { id: c }\n'],
    ['stages: []\nx:\n- y\n', 'stages:\n- { id: c }\nx:\n- y\n'],
    [
      "stages:\n- { id: a,  name: A }\n- { id: b, name: B }\n# end\nentry: 'a'\n",
      "stages:\n- { id: a,  name: A }\n- { id: b, name: B }\n- { id: c }\n# end\nentry: 'a'\n",
    ],
    [
      'stages:\n        - id: a\n          name: A\n',
      'stages:\n        - id: a\n          name: A\n        - { id: c }\n',
    ],
    ['stages: [{id: a}, {id: b}]', 'stages: [{id: a}, {id: b}, { id: c }]'],
  ])('an item is added in the way of the others: %j', (before, after) => {
    expect(edit(before, tree => tree.add(['stages'], { id: 'c' }))).toBe(after);
  });

  test.each([
    ['role: "normal"  # for now\n', 'role: "admin"  # for now\n'],
    ["role: 'it''s'\n", "role: 'admin'\n"],
    ['role: "\\u0061\\\n  b" # c\n', 'role: "admin" # c\n'],
    ['role: |+ # text\n  normal\n\nx: 1\n', 'role: admin # text\nx: 1\n'],
    ['role:\n  - normal # c\nx: 1\n', 'role: admin\nx: 1\n'],
    ['role: # which\nx: 1\n', 'role: admin # which\nx: 1\n'],
    ['? role\nx: 1\n', '? role\n: admin\nx: 1\n'],
    ['{role, x: 1}\n', '{role: admin, x: 1}\n'],
    ['x: &a normal\nrole: *a\n', 'x: &a normal\nrole: admin\n'],
  ])('a value is replaced in its place: %j', (before, after) => {
    expect(edit(before, tree => tree.put(['role'], 'admin'))).toBe(after);
  });

  test.each([
    ['a: &team\n  role: normal\nb: *team\n', 'crm.yaml:2', ['a', 'role']],
    ['a: &team { role: normal }\nb: *team # same\n', 'crm.yaml:2: *team stands for', ['b', 'role']],
    ['a: &role normal\nb: *role\n', 'crm.yaml:1', ['a']],
  ])('what is shared by an alias is refused with its line: %j', (before, where, path) => {
    expect(() => edit(before, tree => tree.put(path, 'admin'))).toThrow(where);
  });

  test('an entry that moves or comes back is written as it was, with its comments', () => {
    const swap = (tree: YamlTree) => tree.list(['stages']).reverse();
    expect(edit(text, swap)).toBe(
      text.replace(
        "  - {id: a, name: A,   card: [title, owner]}   # the first\n  # about b\n  - { id: b, name: 'B' }\n",
        "  # about b\n  - { id: b, name: 'B' }\n  - {id: a, name: A,   card: [title, owner]}   # the first\n",
      ),
    );
  });
});

describe('reading YAML', () => {
  test('a file of several documents is refused in a sentence of ours, at the line where the second begins', () => {
    expect(parseYaml('crm.yaml', 'name: A\n---\nname: B\n').problems).toEqual([
      {
        file: 'crm.yaml',
        line: 2,
        message: 'a file has one document, and a second one begins here',
        hint: 'take out the line --- and what follows, or keep it in a file of its own',
      },
    ]);
  });

  const nested = `name: A
stages:
  - id: a
    group:
      x: 1
  - { id: b,
      name: B }
1: one
empty:
`;

  test.each<[path: readonly PropertyKey[], line: number]>([
    [[], 1],
    [['name'], 1],
    [['name', 'deeper'], 1],
    [['stages'], 2],
    [['stages', 0, 'group', 'x'], 5],
    [['stages', 1], 6],
    [['stages', 1, 'name'], 7],
    [['stages', 1, 'none'], 6],
    [['stages', 9], 2],
    [['1'], 8],
    [['empty', 'x'], 9],
    [['none'], 1],
  ])('the line of %j is %d', (path, line) => {
    expect(parseYaml('crm.yaml', nested).lineOf(path)).toBe(line);
  });

  test.each([
    ['10,000 lists', `a: 1\nb: ${'['.repeat(10_000)}${']'.repeat(10_000)}\n`],
    ['10,000 maps', `a: 1\nb: ${'{ a: '.repeat(10_000)}1${' }'.repeat(10_000)}\n`],
  ])('%s in each other are refused in a sentence of ours', (_, text) => {
    expect(parseYaml('crm.yaml', text).problems[0]).toMatchObject({
      line: 2,
      message: 'lists and maps are nested too deep',
    });
  });

  test('aliases of aliases that stand for a billion values are refused in a sentence of ours', () => {
    const line = (_: unknown, i: number) =>
      `x${i}: &a${i} [${
        i
          ? Array(9)
              .fill(`*a${i - 1}`)
              .join()
          : 'lol'
      }]\n`;
    expect(parseYaml('crm.yaml', Array.from({ length: 10 }, line).join('')).problems).toMatchObject([
      { message: 'aliases (*name) stand for aliases, and all together for too much' },
    ]);
    expect(parseYaml('crm.yaml', 'a: *b\n').problems[0]!.message).toContain('Unresolved alias');
  });

  test('the lines of all keys of a map are found with a few looks at each', () => {
    const names = Array.from({ length: 500 }, (_, i) => `k${i}`);
    const yaml = parseYaml('crm.yaml', names.map(name => `${name}: 1\n`).join(''));
    const { items } = yaml.document.contents as YAMLMap;
    let looks = 0;
    for (const pair of items) {
      const { key } = pair;
      Object.defineProperty(pair, 'key', {
        get() {
          looks++;
          return key;
        },
      });
    }
    expect(names.map(name => yaml.lineOf([name]))).toEqual(names.map((_, i) => i + 1));
    expect(looks / names.length).toBeLessThan(8);
  });
});
