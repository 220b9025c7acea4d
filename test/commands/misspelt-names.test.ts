import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copiesOf, workspace } from '../harness.ts';

const NAME = 'Quill Publishing';

const withQuill = copiesOf(async () => {
  const ws = await workspace('sales');
  await ws.ok(['account', 'add', NAME]);
  await ws.ok('contact add --email jane@acme.com --name Jane');
  return ws;
});

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

describe('an account that account add makes', () => {
  it('is made, and the one that is almost it is named; on a terminal the user is asked', async () => {
    const ws = await withQuill();
    expect(await ws.crm('account add Acme')).toMatchObject({ err: '' });
    expect((await ws.crm(['account', 'add', 'Quill Publishin'])).err).toBe(
      `made the account A3 "Quill Publishin"; the nearest that existed is "${NAME}" (A1)\n`,
    );
    const no = await ws.crm(['account', 'add', 'Quil Publishing'], { typed: () => 'n\r' });
    expect([no.code, await ws.ok('account list -q')]).toEqual([130, 'A1\nA2\nA3\n']);
  });
});

describe('an address that deal contact add makes a contact of', () => {
  it('is made, refused with --existing, and asked about on a terminal', async () => {
    const ws = await withQuill();
    await ws.ok('contact email C1 add jane@home.example');
    await ws.ok('deal add Books');
    // The one of several addresses that is almost it is named.
    expect((await ws.crm('deal contact D1 add jnae@home.example')).err).toBe(
      'changed D1\nmade the contact C2 "jnae@home.example"; the nearest that existed is "jane@home.example" (C1)\n',
    );
    expect(await ws.crm('deal contact D1 add jaen@acme.com --existing')).toMatchObject({
      code: 3,
      err: 'Error: there is no contact "jaen@acme.com"\nHint: did you mean jane@acme.com (C1)?\n',
    });
    expect((await ws.crm('deal contact D1 add jaen@acme.com', { typed: () => 'n\r' })).code).toBe(130);
    expect(await ws.ok('contact list -q')).toBe('C1\nC2\n');
  });
});

describe('names that rows of an import have', () => {
  const rows =
    'title,account,contact\nA,Quill Publishin,\nB,New Firm,jaen@acme.com\nC,New Frim,\nD,Quill Publishing,\n';
  const made = ['import', 'deals', '-', '--create-missing', 'accounts,contacts'];

  it('are made, with a note for each that is almost the name of another', async () => {
    const ws = await withQuill();
    const { err, code } = await ws.crm(made, { stdin: rows });
    expect(code).toBe(0);
    const line = (n: number, what: string, near: string) =>
      `standard input:${n}: made the ${what}; the nearest that existed is ${near}\n`;
    expect(err).toContain(
      line(2, 'account A2 "Quill Publishin"', `"${NAME}" (A1)`) +
        line(3, 'contact C2 "jaen@acme.com"', '"jane@acme.com" (C1)') +
        line(4, 'account A4 "New Frim"', '"New Firm" (A3)'),
    );
    const json = await (await withQuill()).crm([...made, '--json'], { stdin: rows });
    expect(json.err.match(/made the/g)).toHaveLength(3);
  });

  it('are named only to users who see them; ten are named and the others counted', async () => {
    const ws = await withQuill();
    await ws.ok('user add tester --role admin');
    await ws.ok('user add ben --role restricted');
    await ws.ok('account set A1 owner=tester');
    await ws.ok('contact set C1 owner=tester');
    const hidden = await ws.crm([...made, '--as', 'ben'], {
      stdin: rows.replace('D,Quill Publishing,\n', ''),
    });
    expect(hidden.err).not.toContain('(A1)');
    expect(hidden.err).not.toContain('(C1)');
    const many = Array.from({ length: 15 }, (_, i) => `E,Quill Publishing ${String.fromCharCode(97 + i)},\n`);
    const { err } = await ws.crm(made, { stdin: `title,account,contact\n${many.join('')}` });
    expect(err.match(/made the account/g)).toHaveLength(10);
    expect(err).toContain('and 5 more records with almost the same name as another\n');
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
