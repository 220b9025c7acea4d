/** The texts of `crm help TOPIC`: what they tell a reader to type is there. */
import { describe, expect, test } from 'vitest';
import { optionsOf } from '../../src/commands/line/globals.ts';
import { treeOf } from '../../src/commands/registry.ts';
import { topics } from '../../src/commands/topics.ts';
import { recordKinds } from '../../src/kinds/index.ts';

const { commands, nouns, aliases } = treeOf(recordKinds);

/** The command lines in a text: from `crm` to what can no longer be a part of the line. */
const linesIn = (text: string): string[] =>
  [...text.matchAll(/(?<![\w./=])crm ((?:(?! {2}|[|;),>:]|\. |\.$).)+)/gm)].map(([, line]) => line!.trim());

/** The command that a line names; undefined where the words after `crm` are prose. */
function commandOf(line: string): string | undefined {
  const words = line.replace(/^-C \S+ /, '').split(' ');
  const [first, second = ''] = words as [string, string?];
  const pair = `${first} ${aliases[second] ?? second}`;
  if (Object.hasOwn(commands, pair)) return pair;
  if (Object.hasOwn(commands, first)) return first;
  return undefined;
}

/** A verb or a word of a sentence about crm, and no command. */
const isProse = (line: string) =>
  /^(shows|writes|is|has|holds|takes|meets|knows|says|sends|asks|never|reads|keeps|COMMAND|KIND|NOUN)\b/.test(
    line,
  );

test.each(Object.keys(topics))('%s', async name => {
  const text = await topics[name]!();
  expect(text.split('\n').length).toBeGreaterThan(5);
  for (const line of linesIn(text)) {
    const path = commandOf(line);
    if (path === undefined) {
      expect(isProse(line) || Object.hasOwn(nouns, line.split(' ')[0]!), `crm ${line}`).toBe(true);
      continue;
    }
    const command = await commands[path]!();
    const known = optionsOf(command).flatMap(({ flags }) => flags.match(/--?[A-Za-z][\w-]*/g)!);
    const named = line.match(/(?<= )--[a-z][\w-]*/g) ?? [];
    expect({ line, unknown: named.filter(flag => !known.includes(flag)) }).toEqual({ line, unknown: [] });
  }
});

describe('finds mistakes', () => {
  test('a command that is not there, and an option', () => {
    expect(linesIn('see crm deal frobnicate D1, or crm run --quickly')).toEqual([
      'deal frobnicate D1',
      'run --quickly',
    ]);
    expect(commandOf('frobnicate D1')).toBeUndefined();
  });
});
