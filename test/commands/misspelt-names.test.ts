import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type TestWorkspace, workspace } from '../harness.ts';

const NAME = 'Quill Publishing';

async function withQuill(): Promise<TestWorkspace> {
  const ws = await workspace('sales');
  await ws.ok(['account', 'add', NAME]);
  await ws.ok('contact add --email jane@acme.com --name Jane');
  return ws;
}

const add = (account: string, ...more: string[]) => ['deal', 'add', 'Books', '--account', account, ...more];

describe('an account that no record has', () => {
  it.each([
    ['Quill Publishin', true],
    ['Quil Publishing', true],
    ['Quill-Publishing', true],
    ['Qiull Publishing', true],
    ['Quill Publishing Ltd', true],
    ['Quill', true],
    ['Mill Polishing', false],
    ['Quilt', false],
    ['Acme', false],
  ])('%s: the one that is almost it is named: %s', async (name, isNear) => {
    const ws = await withQuill();
    const { code, err } = await ws.crm(add(name));
    expect(code).toBe(0);
    expect(err).toBe(
      isNear
        ? `made the account A2 ${JSON.stringify(name)}; the nearest that existed is "${NAME}" (A1)\n`
        : '',
    );
    const other = await ws.crm(['contact', 'add', 'Zoe', '--account', 'Quill Publishings']);
    expect(other.err).toContain('made the account A3 "Quill Publishings"; the nearest that existed is ');
  });

  it('is asked for on a terminal; no makes nothing, --yes and yes make it', async () => {
    const ws = await withQuill();
    let asked = '';
    const answer = (keys: string) => ({
      typed: (question: string) => {
        asked = question;
        return keys;
      },
    });
    expect((await ws.crm(add('Quill Publishin'), answer('n\r'))).code).toBe(130);
    expect(asked).toContain(`There is no account "Quill Publishin", and "${NAME}" (A1) is almost`);
    expect(await ws.json('deal list')).toEqual([]);
    expect(await ws.json('account list')).toHaveLength(1);
    await ws.ok(add('Quill Publishin'), answer('y\r'));
    await ws.ok(add('Quill Publishng', '--yes'), { tty: 80 });
    expect(await ws.json('account list')).toHaveLength(3);
  });

  it('is refused with --existing, whatever letter is wrong, and nothing is written', async () => {
    const ws = await withQuill();
    const edit = fc
      .tuple(fc.integer({ min: 0, max: NAME.length - 1 }), fc.constantFrom('drop', 'double', 'x'))
      .map(([at, how]) => {
        const letter = how === 'drop' ? '' : how === 'double' ? NAME[at]!.repeat(2) : 'x';
        return NAME.slice(0, at) + letter + NAME.slice(at + 1);
      })
      .filter(name => name.replace(/ +/g, ' ') !== NAME);
    await fc.assert(
      fc.asyncProperty(edit, async name => {
        const { code, err } = await ws.crm(add(name, '--existing'));
        expect([code, err]).toEqual([
          3,
          `Error: there is no account ${JSON.stringify(name)}\nHint: did you mean ${NAME} (A1)?\n`,
        ]);
      }),
      { numRuns: 30 },
    );
    expect(await ws.json('deal list')).toEqual([]);
    expect((await ws.crm(add('Wholly Other', '--existing'))).err).toContain('without --existing one is made');
    await ws.ok(add(NAME, '--existing'));
  });

  it('says nothing of accounts that the user may not see', async () => {
    const ws = await withQuill();
    await ws.ok('user add tester --role admin');
    await ws.ok('user add ben --role restricted');
    await ws.ok('account set A1 owner=tester');
    expect((await ws.crm(add('Quill Publishin', '--as', 'ben'))).err).toBe('');
    expect((await ws.crm(add('Quil Publishing', '--existing', '--as', 'ben'))).err).not.toContain('A1');
  });
});

describe('an address that no contact has', () => {
  it.each([
    ['jaen@acme.com', true],
    ['jane@acme.co', true],
    ['joan@acme.com', false],
    ['mia@acme.com', false],
  ])('%s: the one that is almost it is named: %s', async (email, isNear) => {
    const ws = await withQuill();
    const { err } = await ws.crm(['deal', 'add', 'Books', '--contact', email]);
    expect(err.includes('the nearest that existed is "jane@acme.com" (C1)')).toBe(isNear);
    expect((await ws.crm(['deal', 'add', 'Books', '--contact', 'jne@acme.com', '--existing'])).code).toBe(3);
  });
});
