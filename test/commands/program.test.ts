import { recordKinds } from '../../src/kinds/index.ts';
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { topics } from '../../src/commands/topics.ts';
import { treeOf } from '../../src/commands/registry.ts';
import { workspace } from '../harness.ts';

const { commands, nouns } = treeOf(recordKinds);

/** What `crm help NAME` says: a topic of the same name says more than the command's own help. */
const helpOn = async (name: string, own: string): Promise<string> =>
  Object.hasOwn(topics, name) ? topics[name]!() : own;

describe('the command line', () => {
  test.each(Object.keys(commands))('crm %s has help, and options that go together', async path => {
    const ws = await workspace();
    const help = await ws.ok(`${path} --help`);
    expect(help).toContain(`usage: crm ${path}`);
    expect(await ws.ok(`help ${path}`)).toBe(await helpOn(path, help));
    // Two options of one name would end as a bug, 70.
    const { code, err } = await ws.crm(`${path} --nonsense-option`);
    expect({ path, code, err }).toMatchObject({ code: 2, err: expect.stringContaining('unknown option') });
  });

  test.each(Object.keys(nouns))('crm %s alone lists what it can do', async noun => {
    const ws = await workspace();
    const out = await ws.ok(noun);
    expect(out).toContain(nouns[noun]);
    for (const path of Object.keys(commands).filter(name => name.startsWith(`${noun} `)))
      expect(out).toContain(`  ${path} `);
    expect(await ws.ok(`help ${noun}`)).toBe(await helpOn(noun, out));
    expect(await ws.ok(`${noun} --help`)).toBe(out);
  });

  test('crm alone, --help and help are the overview; help works anywhere', async () => {
    const ws = await workspace();
    const out = await ws.ok('', { cwd: '/' });
    expect(await ws.ok('--help', { cwd: '/' })).toBe(out);
    expect(await ws.ok('help', { cwd: '/' })).toBe(out);
    for (const topic of /Topics: (.*) \(/.exec(out)![1]!.split(', ')) {
      const { code, out: said } = await ws.crm(`help ${topic}`, { cwd: '/' });
      expect({ topic, code, empty: said === '' }).toEqual({ topic, code: 0, empty: false });
    }
  });

  test('options may stand anywhere, before the noun too', async () => {
    const ws = await workspace();
    await ws.ok('deal add Chairs');
    const expected = await ws.ok('deal list --format ids --limit 1');
    expect(expected).toBe('D1\n');
    expect(await ws.ok('--format ids deal list --limit 1')).toBe(expected);
    expect(await ws.ok('deal --format ids list --limit=1')).toBe(expected);
    expect(await ws.ok('-q deal ls', {})).toBe(expected);
    expect(await ws.ok(['-C', ws.dir, '-q', 'deal', 'list'], { cwd: '/' })).toBe(expected);
  });

  test('after -- everything is an argument', async () => {
    const ws = await workspace();
    await ws.ok(['deal', 'add', '--', '--json']);
    expect(await ws.json('deal show D1')).toMatchObject({ title: '--json' });
  });

  test('an unknown option is refused, even if no command is named', async () => {
    const ws = await workspace();
    for (const line of ['--foo', 'deal --foo', 'deal list --foo', '--foo deal list']) {
      const { code, err, out } = await ws.crm(line);
      expect({ line, code, out }).toEqual({ line, code: 2, out: '' });
      expect(err).toContain("unknown option '--foo'");
    }
  });

  test('more arguments than a command takes are refused, and nothing is done', async () => {
    const ws = await workspace();
    for (const line of ['deal add two words', 'run now', 'status D1', 'config sales', 'undo 1 2']) {
      const { code, err } = await ws.crm(line);
      expect({ line, code }).toEqual({ line, code: 2 });
      expect(err).toMatch(/takes .*, and was given "/);
    }
    expect(await ws.ok('deal list')).toBe('');
  });

  test('--version, wherever it is asked', async () => {
    const ws = await workspace();
    expect(await ws.ok('--version', { cwd: '/' })).toMatch(/^\S+\n$/);
  });
});

test('a command closes the files that it opened, even if it fails', async () => {
  const ws = await workspace();
  await ws.ok('deal add Chairs');
  const before = readdirSync('/proc/self/fd').length;
  await ws.ok('deal list');
  await ws.ok('deal set D1 value=5');
  expect((await ws.crm('deal show D9')).code).toBe(3);
  expect(readdirSync('/proc/self/fd').length).toBe(before);
});
