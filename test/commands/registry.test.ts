/** Commands are found one at a time, in tables that are made only in part. */
import { expect, test } from 'vitest';
import { treeOf } from '../../src/commands/registry.ts';
import { Kinds } from '../../src/domain/kinds.ts';
import { recordKinds } from '../../src/kinds/index.ts';

/** A tree of which no table was made yet. */
const fresh = () => treeOf(new Kinds([...recordKinds.all]));

test('finds each command of the table, and nothing else', async () => {
  const { commands } = fresh();
  const tree = fresh();
  for (const [path, load] of Object.entries(commands)) {
    const [found, expected] = await Promise.all([tree.find(path)?.(), load()]);
    expect([path, found?.summary, found?.jsonAs]).toEqual([path, expected.summary, expected.jsonAs]);
  }
  for (const path of [
    '',
    'deal',
    'deal constructor',
    'stage toString',
    '__proto__',
    'note',
    'search offers',
    'log note',
  ])
    expect([path, tree.find(path)]).toEqual([path, undefined]);
});
