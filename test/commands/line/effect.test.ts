/** What commands say that they do, and what that keeps from somebody who may do less. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, afterAll, describe, expect, test } from 'vitest';
import type { CommandInfo } from '../../../src/commands/line/command-info.ts';
import { outside } from '../../../src/commands/line/effect.ts';
import { globalOptions } from '../../../src/commands/line/globals.ts';
import type { OptionSpec } from '../../../src/commands/line/options.ts';
import { treeOf } from '../../../src/commands/registry.ts';
import type { Within } from '../../../src/commands/line/within.ts';
import { recordKinds } from '../../../src/kinds/index.ts';
import { makeWorkspace, type TestWorkspace } from '../../harness.ts';

const { commands: loads } = treeOf(recordKinds);
const commands: [path: string, command: CommandInfo][] = await Promise.all(
  Object.entries(loads).map(async ([path, load]) => [path, await load()] as [string, CommandInfo]),
);
const isOutside = ({ effect }: CommandInfo) => effect !== 'reads' && effect !== 'changes';
const within: Within = { effects: ['reads', 'changes'], where: 'in this test' };

let ws: TestWorkspace;
let remove: () => void;
beforeAll(async () => {
  [ws, remove] = await makeWorkspace();
  await ws.ok('user add ana --name Ana --email ana@example.com --role admin');
  await ws.ok(['deal', 'add', '40 chairs', '--contact', 'jane@example.com', '--as', 'ana']);
  await ws.ok('task add Call --for D1 --as ana');
});
afterAll(() => remove());

test('every command declares its effect, and a new one must be added here', async () => {
  const byEffect = (effect: string) =>
    commands.flatMap(([path, command]) => (command.effect === effect ? [path] : [])).sort();
  const text = ['reads', 'changes', ...Object.keys(outside)]
    .map(
      effect =>
        `${effect}\n${byEffect(effect)
          .map(path => `  ${path}\n`)
          .join('')}`,
    )
    .join('\n');
  await expect(text).toMatchFileSnapshot('effects.txt');
});

/** Options whose value is a file or directory of the machine. */
const namesFile = ({ flags }: OptionSpec) => /<[^>]*(FILE|DIR|PATH)/.test(flags) && !/DIRECTION/.test(flags);

test('options that name files of the machine declare it, unless the whole command does', () => {
  const silent = [
    ...commands.filter(([, command]) => !isOutside(command)),
    ['', { options: globalOptions }] as const,
  ]
    .flatMap(([path, { options = [] }]) => options.map(option => ({ path, option })))
    .filter(({ option }) => namesFile(option) && !option.reaches)
    .map(({ path, option }) => `${path} ${option.flags}`);
  expect(silent).toEqual([]);
});

describe('a command line that may only read and change', () => {
  test.each(commands.filter(([, command]) => isOutside(command)))(
    'is refused %s',
    async (path, { effect }) => {
      const { code, err, out } = await ws.crm(path.split(' '), { within });
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toContain(
        `crm ${path} is not available in this test: it ${outside[effect as keyof typeof outside]}`,
      );
    },
  );

  test.each([
    ['deal list --as ana', '--as is not available in this test: it decides which workspace is meant'],
    ['deal list -C /', '--dir is not available'],
    ['deal win D1 --dry-run', '--dry-run is not available'],
    ['report forecast --html page.html', '--html is not available in this test: it reads or writes files'],
    ['board -i', '--interactive is not available in this test: it goes on until somebody stops it'],
    ['template add welcome.md', 'welcome.md is not available in this test: it reads or writes files'],
    ['automation add rule.yaml', 'rule.yaml is not available'],
    ['automation backtest rule.yaml', 'rule.yaml is not available'],
  ])('is refused crm %s', async (line, said) => {
    const { code, err } = await ws.crm(line, { within });
    expect(err).toContain(said);
    expect(code).toBe(1);
  });

  test('which only reads is refused what changes, and the other way round', async () => {
    const reads = await ws.crm('deal win D1', { within: { ...within, effects: ['reads'] } });
    expect(reads).toMatchObject({ code: 1, err: expect.stringContaining('may only read in this test') });
    const changes = await ws.crm('deal list', { within: { ...within, effects: ['changes'] } });
    expect(changes).toMatchObject({ code: 1, err: expect.stringContaining('crm deal list changes nothing') });
  });
});

test('files of commands that open files of the machine are known, and refuse or belong to a command that says so', () => {
  const room = fileURLToPath(new URL('../../../src/commands/', import.meta.url));
  const opening = readdirSync(room, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts') && /from 'node:fs/.test(readFileSync(join(room, name), 'utf8')))
    .sort();
  const refusing = opening.filter(name => readFileSync(join(room, name), 'utf8').includes('requireReach('));
  expect(refusing).toEqual(['line/named-file.ts', 'printing/output-file.ts']);
  expect(opening.filter(name => !refusing.includes(name))).toEqual([
    'completion/install.ts', // completion: machine
    'completion/places.ts', // completion and init: machine
    'editor.ts', // edit: programs; mail write and reply: delivery
    'export/write-form.ts', // export: files
    'import/source.ts', // import: files
    'line/given-file.ts', // attach: files
    'line/identity.ts', // who acts, by the user's own settings
    'mail/mail-files.ts', // mail ingest: files
  ]);
});
