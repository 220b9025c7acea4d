/** The examples in the help of every command: two at least, and each a line that its command takes. */
import { expect, test } from 'vitest';
import { bind } from '../../src/commands/args/bind.ts';
import { lacksAnswer } from '../../src/commands/asking/lacks-answer.ts';
import { typedWords } from '../../src/commands/completion/shell-words.ts';
import { globalsWithValue } from '../../src/commands/line/globals.ts';
import { asTyped } from '../../src/commands/help.ts';
import { Options } from '../../src/commands/line/options.ts';
import { treeOf } from '../../src/commands/registry.ts';
import { splitOptions } from '../../src/commands/line/split-options.ts';
import { recordKinds } from '../../src/kinds/index.ts';

const { commands } = treeOf(recordKinds);
const all = await Promise.all(
  Object.entries(commands).map(async ([path, load]) => [path, await load()] as const),
);
const byPath = new Map(all);

/** The command lines of `crm` in a line of a shell, as the words after `crm`. */
function linesIn(line: string): string[][] {
  const within = /\$\((crm .*?)\)/.exec(line)?.[1] ?? line;
  const lines: string[][] = [];
  let words: string[] | undefined;
  for (const { raw, text } of typedWords(within, 'bash')) {
    if (raw.startsWith('#')) break;
    if (raw === '|') words = undefined;
    else if (/^\d?[<>]/.test(raw)) words = words && [];
    else if (words) words.push(text);
    else if (raw === 'crm') lines.push((words = []));
  }
  return lines;
}

/** The command that words call, and the words after its name, options of every command among them. */
function called(words: readonly string[]): { path: string; rest: readonly string[] } {
  const before = [];
  let at = 0;
  while (words[at]?.startsWith('-'))
    before.push(words[at]!, ...(globalsWithValue.has(words[at++]!) ? [words[at++]!] : []));
  const after = words.slice(at).filter(word => word !== '');
  const path = [3, 2, 1].map(count => after.slice(0, count).join(' ')).find(each => byPath.has(each));
  if (path === undefined) throw new Error(`no command in ${words.join(' ')}`);
  return { path, rest: [...before, ...after.slice(path.split(' ').length)] };
}

/** Returns the command that a line calls; throws if it does not take these words, or lacks one. */
function parsed(words: readonly string[]): string {
  const { path, rest } = called(words);
  const command = byPath.get(path)!;
  const { args, values } = splitOptions(`crm ${path}`, command, rest);
  const options = new Options(values);
  const found = bind(command.args, args, options, `crm ${path}`, recordKinds);
  if (lacksAnswer(command, found, options)) throw new Error(`crm ${words.join(' ')} lacks something`);
  return path;
}

test.each(all)('crm %s has two examples, and takes each of them', (path, { examples = [] }) => {
  expect(new Set(examples).size).toBeGreaterThanOrEqual(2);
  const paths = examples.map(example => linesIn(asTyped(example)).map(parsed));
  for (const [i, each] of paths.entries())
    expect([examples[i], each.length > 0]).toEqual([examples[i], true]);
  expect(paths.flat().filter(each => each === path).length).toBeGreaterThanOrEqual(2);
});

test('an example of a variable, of cron or of a pipe is a line of crm', () => {
  expect(linesIn(asTyped('EDITOR=nano crm deal edit D12'))).toEqual([['deal', 'edit', 'D12']]);
  expect(linesIn(asTyped('*/10 * * * * crm -C ~/acme sync'))).toEqual([['-C', '~/acme', 'sync']]);
  expect(linesIn(asTyped("deal list -q 'is:won' | crm history -   # of all"))).toEqual([
    ['deal', 'list', '-q', 'is:won'],
    ['history', '-'],
  ]);
});
