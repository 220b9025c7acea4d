/** `--quiet-if-nothing`: a mail of cron always means something. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { treeOf } from '../../../src/commands/registry.ts';
import { recordKinds } from '../../../src/kinds/index.ts';
import { makeWorkspace, type TestWorkspace } from '../../harness.ts';

let ws: TestWorkspace;
let remove: () => void;
beforeAll(async () => {
  [ws, remove] = await makeWorkspace();
});
afterAll(() => remove());

/** What has nothing to tell in an empty workspace, in which shape it is printed. */
const lines = [
  'deal list',
  'deal list --count',
  'deal list --by month --sum value',
  'deal list --trash',
  'task list is:overdue',
  'tasks',
  'next',
  'next --explain',
  'today',
  'search patel',
  'inbox',
  'dupes contacts',
  'report forecast',
  'run',
  'deliver',
  'doctor',
];

describe('with nothing to tell', () => {
  test.each(lines)('crm %s', async line => {
    for (const [format, options] of [
      ['', {}],
      ['', { tty: 100 }],
      ['--json', {}],
      ['--format csv', {}],
      ['-q', {}],
    ] as const) {
      const env = { XDG_STATE_HOME: `${ws.dir}.state` };
      const quiet = await ws.crm(`${line} ${format} --quiet-if-nothing`, { ...options, env });
      if (quiet.code === 2) continue;
      expect([format, quiet.code, quiet.out, quiet.err]).toEqual([format, 0, '', '']);
    }
  });
});

describe('with something to tell, all is as without it', () => {
  let full: TestWorkspace;
  let removeFull: () => void;
  beforeAll(async () => {
    [full, removeFull] = await makeWorkspace('automated-sales');
    await full.ok('deal add Chairs --value 1 --contact a@x.com');
    await full.ok('contact add Patel --email b@x.com');
    await full.ok('task add Call --due 2026-09-01 --for D1');
  });
  afterAll(() => removeFull());

  test.each([
    'deal list',
    'task list is:overdue',
    'tasks',
    'next',
    'today',
    'search patel',
    'report forecast',
    'run --dry-run',
  ])('crm %s', async line => {
    for (const options of [{}, { tty: 100 }]) {
      const plain = await full.crm(line, options);
      const quiet = await full.crm(`${line} --quiet-if-nothing`, options);
      expect(plain.out + plain.err).not.toBe('');
      expect([quiet.code, quiet.out, quiet.err]).toEqual([plain.code, plain.out, plain.err]);
    }
  });

  test('an error is printed, and nothing where nothing is found', async () => {
    expect(await full.crm('deal list stage:nowhere --quiet-if-nothing')).toMatchObject({
      code: 2,
      err: expect.stringContaining('nowhere'),
    });
    // Only what is found is something.
    const ran = await full.crm('deal list none-like-this --quiet-if-nothing');
    expect([ran.code, ran.out, ran.err]).toEqual([0, '', '']);
  });
});

test('every command that crm help cron runs in cron has it', async () => {
  const { commands } = treeOf(recordKinds);
  const text = readFileSync(
    fileURLToPath(new URL('../../../src/commands/topics/cron.txt', import.meta.url)),
    'utf8',
  );
  const named = [...text.matchAll(/crm ([a-z]+(?: [a-z]+)?)[^\n]*--quiet-if-nothing/g)].map(
    ([, words]) => words!,
  );
  expect(named.length).toBeGreaterThan(2);
  for (const words of named) {
    const path = Object.hasOwn(commands, words) ? words : words.split(' ')[0]!;
    const { options = [] } = await commands[path]!();
    expect([path, options.some(({ flags }) => flags === '--quiet-if-nothing')]).toEqual([path, true]);
  }
});

test('the units of systemd in crm help cron are such, and what they start can be run', async () => {
  const text = readFileSync(
    fileURLToPath(new URL('../../../src/commands/topics/cron.txt', import.meta.url)),
    'utf8',
  );
  const units = [...text.matchAll(/user\/crm\.(service|timer)\n((?: {4}.*\n)+)/g)].map(
    ([, name, lines]) => [name!, lines!.split('\n').map(line => line.trim())] as const,
  );
  expect(units.map(([name]) => name)).toEqual(['service', 'timer']);
  for (const [name, lines] of units)
    for (const line of lines)
      expect([name, line]).toEqual([name, expect.stringMatching(/^(\[\w+\]|\w+=.+|)$/)]);
  const start = /ExecStart=\/usr\/bin\/env crm -C \S+ (.*)/.exec(text)![1]!;
  expect(await ws.crm(start)).toMatchObject({ code: 0, out: '', err: '' });
});
