/** `crm edit -`: the filter of an editor, as `:%!crm edit -` runs it in vim. */
import { beforeEach, describe, expect, test } from 'vitest';
import { type TestWorkspace, workspace } from '../harness.ts';

let ws: TestWorkspace;
beforeEach(async () => {
  ws = await workspace();
  await ws.ok(['deal', 'add', '40 chairs', '--value', '100', '--tag', 'vip']);
});

const text = (id = 'D1') => ws.ok(`edit ${id} --print`);
const filter = (stdin: string, ...more: string[]) => ws.crm(['edit', '-', ...more], { stdin });

describe('crm edit -', () => {
  test('saves what was changed, and prints the text as it is then, which can be filtered again', async () => {
    const before = await text();
    expect(before).toMatch(
      /^# D1 as of transaction 2: crm edit - saves this text\n# D1: removing a field empties it/,
    );
    const first = await filter(before.replace('40 chairs', '50 chairs').replace(/value: .*/, 'value: 12k'));
    // Nothing on stderr, which vim would put into the text.
    expect([first.code, first.err]).toEqual([0, '']);
    expect(first.out).toBe(await text());
    expect(await ws.json('deal show D1')).toMatchObject({
      title: '50 chairs',
      value: '12000.00',
      tags: ['vip'],
    });
    const second = await filter(first.out.replace('50 chairs', '60 chairs'));
    expect([second.code, second.out]).toEqual([0, await text()]);
  });

  test('changes nothing where nothing was changed', async () => {
    const before = await text();
    expect(await filter(before)).toMatchObject({ code: 0, out: before, err: '' });
    expect(await ws.json('history --limit 5')).toHaveLength(2);
  });

  test('marks what is wrong above its line, keeps what was typed, and takes its marks out again', async () => {
    const wrong = (await text()).replace(/value: .*/, 'value: 1,2,3').replace('40 chairs', '50 chairs');
    const ran = await filter(wrong);
    expect([ran.code, ran.err]).toEqual([
      2,
      expect.stringMatching(/^Error: line \d+: .*nothing was changed\n/),
    ]);
    expect(ran.out).toMatch(/\n# ! .*\nvalue: 1,2,3\n/);
    expect(ran.out.replace(/^# ! .*\n/gm, '')).toBe(wrong);
    expect(await ws.json('deal show D1')).toMatchObject({ title: '40 chairs' });
    expect((await filter(`${ran.out}${ran.err}`.replace('value: 1,2,3', 'value: 7'))).code).toBe(0);
    expect(await ws.json('deal show D1')).toMatchObject({ title: '50 chairs', value: '7.00' });
  });

  test('refuses a text of before somebody else changed the record, and gives it back', async () => {
    const before = (await text()).replace('40 chairs', '50 chairs');
    await ws.ok('deal set D1 value=200');
    expect(await filter(before)).toMatchObject({
      code: 4,
      out: before,
      err: expect.stringContaining('D1 was changed meanwhile, by tester (transaction 3)'),
    });
    expect(await ws.json('deal show D1')).toMatchObject({ title: '40 chairs', value: '200.00' });
  });

  test('another record may change meanwhile', async () => {
    const before = (await text()).replace('40 chairs', '50 chairs');
    await ws.ok('deal add Tables --value 1');
    expect((await filter(before)).code).toBe(0);
  });

  test('gives back what it cannot take: no record, one that is not there, no text', async () => {
    for (const [stdin, code] of [
      ['title: x\n', 2],
      ['', 2],
      ['# D9 as of transaction 2: x\ntitle: x\n', 3],
    ] as const) {
      const ran = await filter(stdin);
      expect([stdin, ran.code]).toEqual([stdin, code]);
    }
    expect(await ws.json('history --limit 5')).toHaveLength(2);
  });

  test('says in a dry run what would change', async () => {
    const ran = await filter((await text()).replace('40 chairs', '50 chairs'), '--dry-run');
    expect(ran.code).toBe(0);
    expect(ran.out + ran.err).toContain('50 chairs');
    expect(await ws.json('deal show D1')).toMatchObject({ title: '40 chairs' });
  });
});

test('crm edit takes any record to its editor, by what people call it', async () => {
  await ws.ok('contact add Jane --email jane@example.com');
  await ws.ok('edit jane@example.com', { editor: each => each.replace('name: Jane', 'name: Jane Roe') });
  expect(await ws.json('contact show C1')).toMatchObject({ name: 'Jane Roe' });
  expect(await text('jane')).toContain('# C1 as of transaction');
});
