/** Options, fields and settings that are given more than once: lists add up, and nothing replaces anything silently. */
import { recordKinds } from '../../src/kinds/index.ts';
import { describe, expect, test } from 'vitest';
import { optionsOf } from '../../src/commands/line/globals.ts';
import { treeOf } from '../../src/commands/registry.ts';
import { splitOptions } from '../../src/commands/line/split-options.ts';
import { workspace } from '../harness.ts';

const { commands } = treeOf(recordKinds);

/** What several values of an option become; every other option refuses two different ones. */
const kept = ['--where', '--field', '--prop', '--set', '--map', '--compose', '--ignore', '--create-missing'];
const joined = [
  ...['--fields', '--sort', '--tags', '--tag', '--contacts', '--stages', '--options', '--sum', '--with'],
  ...['--access', '--among', '--emails', '--phones', '--accounts', '--domains'],
];
/** The same of an option that means something else elsewhere. */
const keptBy: readonly string[] = [
  'deal add --contact',
  'contact add --email',
  'contact add --phone',
  'contact add --account',
  'account add --domain',
  'account add --phone',
];

/** Options that are a list in these commands only. */
const joinedBy = ['report --pipeline', 'search --kind', 'stage add --card', 'stage add --requires'];

const all = await Promise.all(
  Object.entries(commands).map(async ([path, load]) => ({ path, command: await load() })),
);
const everyOption = all.flatMap(({ path, command }) =>
  optionsOf(command).map(({ flags }) => ({ path, command, flags, flag: /--[\w-]+/.exec(flags)![0] })),
);
const name = (flag: string) => flag.slice(2).replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

test('the table has every option of every command', () => {
  expect(everyOption.length).toBeGreaterThan(1500);
});

test.each(all)('every option of crm $path that is given twice', ({ path, command }) => {
  for (const { flags, flag } of everyOption.filter(each => each.path === path)) {
    const twice = (first: string, second: string) =>
      splitOptions(`crm ${path}`, command, [flag, first, flag, second]).values[name(flag)];
    if (!flags.includes('<')) {
      const { values } = splitOptions(`crm ${path}`, command, [flag, flag]);
      expect(values[name(flag.replace('--no-', '--'))]).toBe(!flag.startsWith('--no-'));
    } else if (kept.includes(flag) || keptBy.includes(`${path} ${flag}`))
      expect({ flag, got: twice('a', 'b') }).toEqual({ flag, got: ['a', 'b'] });
    else if (joined.includes(flag) || joinedBy.includes(`${path} ${flag}`))
      expect({ flag, got: twice('a', 'b') }).toEqual({ flag, got: 'a,b' });
    else {
      expect({ flag, got: twice('same', 'same') }).toEqual({ flag, got: 'same' });
      expect(() => twice('a', 'b'), flag).toThrow(`${flag} is given twice: "a" and "b"`);
    }
  }
});

test('short and long names of an option are one option', async () => {
  const ws = await workspace();
  const here = ['-C', ws.dir, '--dir', ws.dir, '--dir', ws.dir];
  expect(await ws.crm(['deal', 'list', ...here])).toMatchObject({ code: 0 });
  expect(await ws.crm(['deal', 'list', '-C', ws.dir, '--dir', 'elsewhere'])).toMatchObject({
    code: 2,
    err: `Error: --dir is given twice: "${ws.dir}" and "elsewhere"\nHint: give --dir once\n`,
  });
});

describe('queries', () => {
  test('each --where is a query of its own, and all must hold', async () => {
    const ws = await workspace();
    for (const [title, value] of [
      ['A', 10],
      ['B', 10],
      ['C', 20],
    ])
      await ws.ok(`deal add ${title} --value ${value}`);
    await ws.ok(['deal', 'set', '--where', 'title:A or title:C', '--where', 'value:10', 'tags=both']);
    expect(await ws.ok('deal list tag:both -q')).toBe('D1\n');
    await ws.ok(['deal', 'tag', '--where', 'value:10', '--where', 'title:B', '+x']);
    expect(await ws.ok('deal list tag:x -q')).toBe('D2\n');
    expect(await ws.ok('board --where value:10 --where title:B -q')).toBe('D2\n');
    // Halves of parentheses do not make a whole.
    expect(
      await ws.crm(['deal', 'rm', '--where', 'title:A) or (title:C', '--where', 'value:10']),
    ).toMatchObject({
      code: 2,
    });
    expect(await ws.ok('deal list -q')).toBe('D1\nD2\nD3\n');
  });
});

describe('lists', () => {
  test('tags, fields and orders add up, whatever they are called', async () => {
    const ws = await workspace();
    await ws.ok('field add deal colours --type choices --options red,green --options blue');
    await ws.ok(
      'deal add A --value 10 --tag a --tag b,c --tags d --field colours=red --field colours=blue --field tags=e',
    );
    await ws.ok('deal add B --value 20');
    await ws.ok('deal add C --value 20');
    expect(await ws.json('deal show D1')).toMatchObject({
      tags: ['a', 'b', 'c', 'd', 'e'],
      fields: { colours: ['red', 'blue'] },
    });
    expect(await ws.ok('deal list --sort -value --sort -id --fields id --fields value')).toBe(
      'D3\t20.00\nD2\t20.00\nD1\t10.00\n',
    );
    expect(await ws.ok('export deals --sort value,-id --fields id')).toBe('id\nD1\nD3\nD2\n');
  });

  test('contacts of a deal add up, the first being the primary one, and are made where they are missing', async () => {
    const ws = await workspace();
    await ws.ok('contact add --email known@x.nl --name Known');
    await ws.ok([
      ...['deal', 'add', 'A', '--account', 'Acme', '--contact-name', 'Ann'],
      ...['--contact', 'ann@x.nl', '--contact', 'known@x.nl', '--contact', 'bob@x.nl', '--contacts', 'C1'],
    ]);
    expect(await ws.ok('contact list --fields id,name,account')).toBe(
      'C1\tKnown\t\nC2\tAnn\tA1\nC3\tbob@x.nl\tA1\n',
    );
    expect(await ws.json('deal show D1')).toMatchObject({ contact: 'C2', contacts: ['C2', 'C1', 'C3'] });
  });
});

describe('two values of one field or setting are exit 2 and named, and nothing is done', () => {
  test.each([
    ['deal set D1 value=1 value=2', 'value is given twice: "1" and "2"'],
    ['deal set D1 close=+1d expectedClose=+2d', 'expectedClose is given twice: "+1d" and "+2d"'],
    ['deal set D1 tags=a tag=b', 'tags is given twice: "a" and "b"'],
    ['deal set D1 product=a fields.product=b', 'product is given twice: "a" and "b"'],
    ['deal add B --close +1d --expected-close +2d', '--close is given twice: "+2d" and "+1d"'],
    ['deal add B --field product=a --field product=b', 'product is given twice: "a" and "b"'],
    ['deal add B --value 1 --field value=2', 'value is given twice: "1" and "2"'],
    ['event add seen --contact C1 --prop k=1 --prop k=2', 'k is given twice: "1" and "2"'],
    ['import deals - --set value=1 --set value=2', '--set value is given twice: "1" and "2"'],
    ['import deals - --map a=title --map a=value', '--map a is given twice: "title" and "value"'],
    ['stage set to-contact probability=1 probability=2', 'probability is given twice: "1" and "2"'],
    ['pipeline set sales name=A name=B', 'name is given twice: "A" and "B"'],
    ['field set deal product label=A label=B', 'label is given twice: "A" and "B"'],
    [
      'automation add --template lost-win-back --set days=1d --set days=2d',
      'days is given twice: "1d" and "2d"',
    ],
  ])('%s', async (line, message) => {
    const ws = await workspace();
    await ws.ok('field add deal product');
    await ws.ok('deal add A --contact a@x.nl');
    const before = await ws.ok('history --json');
    const { code, out, err } = await ws.crm(line, { stdin: 'title\nX\n' });
    expect({ code, out, err: err.split('\n')[0] }).toEqual({ code: 2, out: '', err: `Error: ${message}` });
    expect(await ws.ok('history --json')).toBe(before);
  });

  test('equal values may repeat', async () => {
    const ws = await workspace();
    await ws.ok('deal add A --value 1 --value 1 --field value=1');
    await ws.ok('deal set D1 value=2 value=2 close=+1d expectedClose=+1d');
    expect(await ws.json('deal show D1')).toMatchObject({ value: '2.00' });
  });
});
