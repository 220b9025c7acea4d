/**
 * On a terminal, no command ends with an error because something was left out: each asks for all that it needs, or stands
 * below with the reason why it does not.
 */
import { expect, test } from 'vitest';
import type { Command } from '../../src/commands/line/command.ts';
import { lacksAnswer } from '../../src/commands/asking/lacks-answer.ts';
import { bind } from '../../src/commands/args/bind.ts';
import { Options } from '../../src/commands/line/options.ts';
import { settingNouns } from '../../src/commands/setting/nouns/index.ts';
import { treeOf } from '../../src/commands/registry.ts';
import { recordKinds } from '../../src/kinds/index.ts';
import { emptyDirectory, workspace } from '../harness.ts';

const { commands } = treeOf(recordKinds);

/** What some commands need is known only once they looked at what they are about. */
const depends: Readonly<Record<string, string>> = {
  'pipeline rm': '--move-to is needed only if deals are left in it',
  'stage rm': '--move-to is needed only if deals are left in it',
  'user rm': '--successor is needed only if something is theirs',
  'task-type rm': '--move-to is needed only if tasks have it',
  'stage restore': 'only the history knows which there were',
  'mail ingest': 'standard input, a file and a Maildir are all usual',
};

/** Verbs that are the same code for every kind of record, tried with deals, and for every noun of the settings, with stages. */
const isRepeated = (path: string): boolean => {
  const [noun, verb] = path.split(' ') as [string, string?];
  if (Object.hasOwn(settingNouns, noun)) return noun !== 'stage' && !['add', 'set', undefined].includes(verb);
  return recordKinds.names.includes(noun) && noun !== 'deal' && verb !== 'add' && sameForAll.has(verb ?? '');
};
const sameForAll = new Set('list show set edit rm restore tag attach detach files merge'.split(' '));

/** What is typed at questions that offer nothing, by what they ask. */
const typed: readonly (readonly [RegExp, string])[] = [
  [/what was it about|what to note/i, 'wants oak'],
  [/day/, 'tomorrow'],
  [/amount/, '5'],
  [/which (email|address)/i, 'new@example.com'],
  [/tags/, '+vip'],
  [/by how much/i, '+5'],
  [/query/, 'is:open'],
  [/^query:/, 'is:open'],
  [/^contact:/, 'yes'],
  [/^year-start:/, '4'],
  [/^options:/, 'small,large'],
  [/what instead/i, 'other'],
  [/webhook/, 'https://example.com/hook'],
];

test('every command asks for what it needs', async () => {
  const ws = await workspace();
  for (const line of [
    'user add tester --role admin',
    'user add ben',
    'team add north tester',
    'view add hot is:open',
    'template add hello --subject Hi --body Hello',
    'field add deal size --type choice --options small,large',
    'automation add --template no-contact',
    'deal add Chairs --contact jane@example.com --account Acme --tags vip',
    'deal add Tables --contact tom@example.com',
    'deal add Gone',
    'invoice add --for D1 --amount 5',
    'deal win D2',
    'deal rm D3',
    'account add Other',
    'task add Call --for D1',
    'task add Ring --for D1',
    'task done T2',
  ])
    await ws.ok(line);
  const home = emptyDirectory();
  const wrong: unknown[] = [];
  for (const [path, load] of Object.entries(commands)) {
    const command = (await load()) as Command;
    const none = new Options({});
    if (isRepeated(path) || !lacksAnswer(command, bind(command.args, [], none, path, recordKinds), none))
      continue;
    const asked: string[] = [];
    const answer = (question: string, screen: string): string => {
      asked.push(question);
      if (asked.length > 8) return '\u0003';
      const isOffered = /type to search|\(arrows/.test(screen.slice(screen.lastIndexOf(question)));
      if (isOffered) return '\r';
      return `${typed.find(([form]) => form.test(question))?.[1] ?? 'abc'}\r`;
    };
    const run = ws.crm([...path.split(' '), '--dry-run'], {
      typed: answer,
      env: { HOME: home, XDG_STATE_HOME: home },
      editor: text => text,
    });
    const { code, err } = await run;
    const said = err.split('\n').filter(line => /^(Error|Hint)/.test(line));
    // Where there is nothing to choose from, there is nothing to ask.
    if (/There is none/.test(err)) continue;
    if (code === 2 && !Object.hasOwn(depends, path)) wrong.push({ path, asked, said });
    if (asked.length === 0 && !Object.hasOwn(depends, path)) wrong.push({ path, asked, code, said });
  }
  expect(wrong).toEqual([]);
});
