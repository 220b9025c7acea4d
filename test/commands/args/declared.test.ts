/** What every command of the tree declares: its arguments, and options that are its own. */
import { expect, test } from 'vitest';
import { globalOptions } from '../../../src/commands/line/globals.ts';
import { treeOf } from '../../../src/commands/registry.ts';
import { recordKinds } from '../../../src/kinds/index.ts';

const { commands } = treeOf(recordKinds);

test('every command declares its arguments, of which one at most takes many by their place', async () => {
  for (const [path, load] of Object.entries(commands)) {
    const command = await load();
    expect({ path, isDeclared: typeof command.args === 'object' }).toEqual({ path, isDeclared: true });
    const byPlace = Object.entries(command.args).filter(([, { form, isMany }]) => isMany && !form);
    expect({ path, many: byPlace.map(([name]) => name).slice(1) }).toEqual({ path, many: [] });
  }
});

test('no command has an option of every command in a sense of its own', async () => {
  const names = (flags: string) => flags.replace(/ <.*/, '').split(', ');
  const taken = new Set(globalOptions.flatMap(({ flags }) => names(flags)));
  const own: string[] = [];
  for (const [path, load] of Object.entries(commands))
    for (const { flags } of (await load()).options ?? [])
      if (names(flags).some(name => taken.has(name))) own.push(`${path} ${flags}`);
  expect(own).toEqual([]);
});
