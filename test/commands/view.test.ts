/** Saved views, in lists and inside each other. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { copiesOf, type TestWorkspace, workspace } from '../harness.ts';

const textOf = (ws: TestWorkspace, path: string) => readFileSync(join(ws.dir, path), 'utf8');

const filled = copiesOf(async () => {
  const ws = await workspace();
  await ws.ok('user add ana');
  await ws.ok(['contact', 'add', 'Jane']);
  await ws.ok(['deal', 'add', 'Chairs', '--value', '100', '--owner', 'ana']);
  await ws.ok(['deal', 'add', 'Tables', '--value', '20000', '--owner', 'ana']);
  await ws.ok(['deal', 'add', 'Lamps', '--value', '30000']);
  return ws;
});

describe('crm view', () => {
  test('add, list, show, set and rm; each is one line of crm.yaml', async () => {
    const ws = await filled();
    const before = textOf(ws, 'crm.yaml');
    expect(await ws.ok(['view', 'add', 'hot', 'is:open value.over:10k'])).toBe('hot\n');
    expect(await ws.ok(['view', 'add', 'people', 'name:jane', '--of', 'contact'])).toBe('people\n');
    const views =
      'views:\n  hot: { of: deals, query: is:open value.over:10k }\n  people: { of: contacts, query: name:jane }';
    expect(textOf(ws, 'crm.yaml')).toBe(before.replace('views: {}', views));
    expect(await ws.ok('view list')).toBe(
      'hot\tdeals\tis:open value.over:10k\npeople\tcontacts\tname:jane\n',
    );
    expect(await ws.json('view show @hot')).toEqual({
      id: 'hot',
      of: 'deals',
      query: 'is:open value.over:10k',
    });
    expect((await ws.crm(['view', 'set', 'hot', 'query=value.over:25k'])).err).toBe('changed hot\n');
    expect(await ws.ok('deal list @hot -q')).toBe('D3\n');
    expect((await ws.crm('view rm hot')).err).toBe('removed hot\n');
    await ws.ok('view rm @people');
    expect(textOf(ws, 'crm.yaml')).toBe(before);
  });

  test('is used in lists, with more, and in other views', async () => {
    const ws = await filled();
    await ws.ok(['view', 'add', 'hot', 'is:open value.over:10k']);
    await ws.ok(['view', 'add', 'mine', 'owner:me']);
    await ws.ok(['view', 'add', 'my-hot', '@hot', '@mine']);
    await ws.ok(['view', 'add', 'people', 'name:jane', '--of', 'contacts']);
    expect(await ws.ok('deal list @hot -q')).toBe('D2\nD3\n');
    expect(await ws.ok(['deal', 'list', '@hot', 'not', '@mine', '-q', '--as', 'ana'])).toBe('D3\n');
    expect(await ws.ok('deal list @my-hot -q --as ana')).toBe('D2\n');
    expect(await ws.ok('contact list @people -q')).toBe('C1\n');
    expect(await ws.ok(['deal', 'set', '--where', '@hot', 'close=2026-12-01', '-q'])).toBe('D2\nD3\n');
  });

  test('several arguments are ANDed, each a whole of its own', async () => {
    const ws = await filled();
    await ws.ok(['view', 'add', 'some', 'title:chairs or title:lamps', 'value.over:10k']);
    expect(await ws.ok('view show some --fields query')).toBe(
      '(title:chairs or title:lamps) value.over:10k\n',
    );
    expect(await ws.ok('deal list @some -q')).toBe('D3\n');
  });

  test('can be undone', async () => {
    const ws = await filled();
    const before = textOf(ws, 'crm.yaml');
    await ws.ok('view add hot is:open');
    await ws.ok('undo');
    expect(textOf(ws, 'crm.yaml')).toBe(before);
  });

  test('one that another view or a transition asks for is kept, and the lines are said', async () => {
    const ws = await filled();
    await ws.ok('view add hot is:open');
    await ws.ok(['view', 'add', 'mine', '@hot owner:me']);
    const sales = `${textOf(ws, 'pipelines/sales.yaml')}transitions:\n  - { to: follow-up, when: '@hot has:task' }\n`;
    writeFileSync(join(ws.dir, 'pipelines/sales.yaml'), sales);
    const line = (path: string, text: string) =>
      1 +
      textOf(ws, path)
        .split('\n')
        .findIndex(each => each.includes(text));
    const { code, err } = await ws.crm('view rm hot');
    expect(err).toBe(
      `Error: the view hot is still used at pipelines/sales.yaml:${line('pipelines/sales.yaml', '@hot')}, crm.yaml:${line('crm.yaml', 'mine:')}\nHint: change that first\n`,
    );
    expect(code).toBe(1);
  });

  test.each([
    [
      'view add Hot is:open',
      2,
      '"Hot" is not a name for a view',
      'lower-case ASCII words with hyphens, such as hot',
    ],
    ['view add hot', 2, 'which query?', "crm view add hot 'is:open value.over:10k'"],
    ['view add hot stagee:x', 2, 'stagee:x: unknown field "stagee" of deals', 'did you mean stage?'],
    ['view add hot is:open --of dealz', 2, 'unknown kind "dealz"', 'did you mean deals?'],
    [
      'view add hot value:1 --of contacts',
      2,
      'value:1: unknown field "value" of contacts',
      expect.any(String),
    ],
    ['view add taken is:won', 4, 'there is a view taken already', null],
    ['view show takn', 2, 'unknown view "takn"', 'did you mean taken?'],
    ['view rm takn', 2, 'unknown view "takn"', 'did you mean taken?'],
    ['view set taken query=', 2, 'a view needs a query', null],
    ['view set taken query=@taken', 2, expect.stringContaining('the view @taken refers to itself'), null],
    ['view set taken of=people', 2, 'unknown kind "people"', expect.any(String)],
    ['view set taken quer=x', 2, 'a view has no "quer"', 'did you mean query?'],
    ['deal list @takn', 2, 'unknown view @takn', 'did you mean taken?'],
    ['contact list @taken', 2, 'the view @taken is of deals, not of contacts', null],
    [
      'view add mine owner:me --as ana',
      1,
      'ana is normal and may not change settings',
      'an admin may: --as USER',
    ],
  ])('%s: exit %i', async (command, exit, message, hint) => {
    const ws = await filled();
    await ws.ok('view add taken is:open');
    const before = textOf(ws, 'crm.yaml');
    const { code, err } = await ws.crm(`${command} --json`);
    expect(JSON.parse(err).error).toMatchObject({ message, hint });
    expect(code).toBe(exit);
    expect(textOf(ws, 'crm.yaml')).toBe(before);
  });
});
