/** What help says that a command prints with --json is what it prints. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { treeOf } from '../../src/commands/registry.ts';
import { recordKinds } from '../../src/kinds/index.ts';
import { makeWorkspace, type TestWorkspace } from '../harness.ts';

const { commands } = treeOf(recordKinds);
let ws: TestWorkspace;
let remove: () => void;

/** The commands that say what they print, with what each needs to print something. */
const lines: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    'deal contact account task activity event invoice relation'.split(' ').flatMap(noun => [
      [`${noun} list`, `${noun} list`],
      [`${noun} show`, `${noun} show ${recordKinds.makeId(noun, 1)}`],
    ]),
  ),
  ...Object.fromEntries(
    'pipeline stage field user team task-type view template'
      .split(' ')
      .map(noun => [`${noun} list`, `${noun} list`]),
  ),
  'pipeline show': 'pipeline show sales',
  'stage show': 'stage show to-contact --pipeline sales',
  'field show': 'field show deal size',
  'user show': 'user show ana',
  'team show': 'team show north',
  'task-type show': 'task-type show call',
  'view show': 'view show hot',
  search: 'search chairs',
  next: 'next --all',
  today: 'today --all',
  dupes: 'dupes contacts',
};

/** Those that print something only after mails have come, or rules have run. */
const elsewhere = ['message list', 'message show', 'mail unknown', 'conversation'];

beforeAll(async () => {
  [ws, remove] = await makeWorkspace('sales');
  for (const line of [
    'user add ana --role admin',
    'team add north ana',
    'field add deal size --type text',
    'view add hot is:open --of deals',
    'template add hello --subject Hello --body Hi',
    'account add Acme',
    'contact add --name Jane --email jane@example.com --account A1',
    'contact add --name Jane --email jane@example.org --account A1',
    'contact relate C1 C2 --relation colleague',
    'deal add Chairs --contact C1 --value 10 --owner ana',
    'task add Call --for D1 --due 2026-09-01 --assignee ana',
    'log call D1 spoke',
    'event add visited --contact C1',
    'invoice add --for D1 --amount 5',
  ])
    await ws.ok(line);
});
afterAll(() => remove());

test('is what each prints', async () => {
  const wrong: unknown[] = [];
  for (const [path, line] of Object.entries(lines)) {
    const { jsonFields = [] } = await commands[path]!();
    const printed = await ws.json<object | readonly object[]>(line);
    const first = Array.isArray(printed) ? (printed as object[])[0] : printed;
    const keys = Object.keys(first ?? {});
    const sparse = recordKinds.names.includes(path.split(' ')[0]!);
    // A record is without what few records have, where it is empty.
    const missing = sparse ? [] : jsonFields.filter(name => !keys.includes(name));
    const more = keys.filter(name => !jsonFields.includes(name));
    if (keys.length === 0 || missing.length > 0 || more.length > 0)
      wrong.push([path, { missing, more, keys }]);
  }
  expect(wrong).toEqual([]);
});

test('every command that says it is tried here', async () => {
  const saying: string[] = [];
  for (const [path, load] of Object.entries(commands)) if ((await load()).jsonFields) saying.push(path);
  expect(saying.filter(path => !Object.hasOwn(lines, path) && !elsewhere.includes(path))).toEqual([]);
});
