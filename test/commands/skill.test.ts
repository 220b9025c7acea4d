/** `crm help skill`: what it tells an assistant to type can be typed, and nothing is left out. */
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { bind } from '../../src/commands/args/bind.ts';
import type { Command } from '../../src/commands/line/command.ts';
import { Options } from '../../src/commands/line/options.ts';
import { treeOf } from '../../src/commands/registry.ts';
import { splitOptions } from '../../src/commands/line/split-options.ts';
import { skill } from '../../src/commands/topics/skill.ts';
import { recordKinds } from '../../src/kinds/index.ts';
import { wordsOf } from '../shell.ts';
import { workspace } from '../harness.ts';

const tree = treeOf(recordKinds);
const { commands, nouns } = tree;
let text: string;
beforeAll(async () => {
  text = await skill(tree);
});

/** The path of the command that a line begins with. */
const pathOf = ([first, second]: readonly string[]): string | undefined =>
  [`${first} ${second}`, String(first)].find(path => Object.hasOwn(commands, path));

test('is a skill file', () => {
  const [, front, body] = /^---\n(.*?)\n---\n\n(# .*)$/s.exec(text)!;
  const { name, description, ...others } = parse(front!) as { name: string; description: string };
  expect(name).toMatch(/^[a-z0-9-]{1,64}$/);
  expect(description.length).toBeLessThan(1024);
  expect(others).toEqual({});
  expect(body!.split('\n').length).toBeLessThan(500);
});

test('is printed as it is, also on a terminal', async () => {
  const ws = await workspace();
  expect(await ws.ok('help skill')).toBe(text);
  expect(await ws.ok('help skill', { tty: 60 })).toBe(text);
});

test('every command line in it parses', async () => {
  const blocks = [...text.matchAll(/^```\n(.*?)^```$/gms)].map(([, block]) => block!);
  const lines = blocks.flatMap(block => block.split('\n')).filter(line => line.startsWith('crm '));
  expect(lines.length).toBeGreaterThan(25);
  for (const line of lines) {
    const words = wordsOf(line).slice(1);
    const path = pathOf(words);
    expect(path, line).toBeDefined();
    const command = (await commands[path!]!()) as Command;
    const rest = words.slice(path!.split(' ').length);
    const { args, values } = splitOptions(`crm ${path}`, command, rest);
    const { missing } = bind(command.args, args, new Options(values), `crm ${path}`, recordKinds);
    expect({ line, missing }).toEqual({ line, missing: [] });
  }
});

describe('names', () => {
  const named = () => [...text.matchAll(/`(crm [^`]+)`/g)].map(([, line]) => wordsOf(line!).slice(1));

  test('only commands that there are', () => {
    const unknown = named().filter(words => {
      const [first, second] = words;
      const isNoun = Object.hasOwn(nouns, first!) && second === 'VERB';
      return !isNoun && pathOf(words) === undefined;
    });
    expect(unknown).toEqual([]);
  });

  test('every command: by itself, among the verbs of its noun, or among those that reach further', () => {
    const missing = Object.keys(commands).filter(path => {
      const [noun, verb] = path.split(' ');
      const verbs = new RegExp(`^- \`crm ${noun} VERB\`: .*[ ,]${verb}(,|;|$)`, 'm');
      return !named().some(words => pathOf(words) === path) && !verbs.test(text);
    });
    expect(missing).toEqual([]);
  });
});
