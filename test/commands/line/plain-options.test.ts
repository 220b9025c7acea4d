/** Options that are read without commander are those that commander would read. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { optionsOf } from '../../../src/commands/line/globals.ts';
import { plainSplit } from '../../../src/commands/line/plain-options.ts';
import { treeOf } from '../../../src/commands/registry.ts';
import { splitOptions } from '../../../src/commands/line/split-options.ts';
import { recordKinds } from '../../../src/kinds/index.ts';
import { runs } from '../../effort.ts';

const { commands } = treeOf(recordKinds);
const all = await Promise.all(
  Object.entries(commands).map(async ([path, load]) => ({ path, command: await load() })),
);

/** What a split returns or throws. */
function outcomeOf(split: () => unknown): unknown {
  try {
    return split();
  } catch (error) {
    return { thrown: (error as Error).message };
  }
}

const words = fc.constantFrom(
  'D12',
  'a',
  'b',
  '-5',
  '-vip',
  '--',
  '-',
  '',
  '20',
  '--unknown',
  '--limit=3',
  '--limit=',
  '--json=x',
  '-qC',
);

/** A command, and words that may come after it: options with and without values, and others. */
const line = fc.constantFrom(...all).chain(({ path, command }) => {
  const flags = optionsOf(command).flatMap(({ flags }) => {
    const takes = flags.includes('<');
    return flags
      .replace(/ <.*/, '')
      .split(', ')
      .map(flag => ({ flag, takes }));
  });
  const option = fc
    .tuple(fc.constantFrom(...flags), words, fc.constantFrom(0, 1, 1, 1, 1, 1))
    .map(([{ flag, takes }, value, times]) => (takes ? [flag, ...Array(times).fill(value)] : [flag]));
  const part = fc.oneof(
    { arbitrary: option, weight: 4 },
    { arbitrary: words.map(word => [word]), weight: 1 },
  );
  return fc.array(part, { maxLength: 4 }).map(parts => ({ path, command, given: parts.flat() as string[] }));
});

test('what is read without commander is what commander reads (property)', () => {
  let plain = 0;
  fc.assert(
    fc.property(line, ({ path, command, given }) => {
      const read = outcomeOf(() => plainSplit(command, given));
      if (read === undefined) return;
      plain++;
      expect(read).toEqual(outcomeOf(() => splitOptions(`crm ${path}`, command, given)));
    }),
    { numRuns: runs(600) },
  );
  expect(plain).toBeGreaterThan(runs(600) / 4);
});

test.each([
  ['deal add', ['--title', 'Forty chairs', '--value', '1200'], { title: 'Forty chairs', value: '1200' }],
  ['deal list', ['is:open', '--limit', '20', '-q'], { limit: '20', quiet: true }],
  ['deal list', ['--limit=20', '--fields=id=x'], { limit: '20', fields: 'id=x' }],
  ['board', ['--where', 'a', '--where', 'b', '--no-input'], { where: ['a', 'b'], input: false }],
])('crm %s %j is read without commander', (path, given, values) => {
  const { command } = all.find(each => each.path === path)!;
  expect(plainSplit(command, given)?.values).toEqual({ input: true, ...values });
});

test.each([['--json=x'], ['--unknown'], ['-qC'], ['--limit']])('commander reads %s', word => {
  const { command } = all.find(each => each.path === 'deal list')!;
  expect(plainSplit(command, [word])).toBeUndefined();
});
