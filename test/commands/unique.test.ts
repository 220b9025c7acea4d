/** An id from elsewhere is a key of imports: no two records of a kind have the same, however it comes to them. */
import { describe, expect, test } from 'vitest';
import { copiesOf, workspace } from '../harness.ts';

const taken = (kind: string, id: string) =>
  `Error: there is ${/^[aei]/.test(kind) ? 'an' : 'a'} ${kind} with the externalId X1 already: ${id}\n`;

const withDeals = copiesOf(async () => {
  const ws = await workspace();
  await ws.ok('deal add Chairs --external-id X1');
  await ws.ok('deal add Tables --external-id X2');
  return ws;
});

describe('an externalId that another record of the kind has', () => {
  test('is refused by add, set and edit, which name the other', async () => {
    const ws = await withDeals();
    const expected = { code: 4, err: `${taken('deal', 'D1')}Hint: crm deal set D1 ...\n` };
    expect(await ws.crm('deal add Desks --external-id X1')).toMatchObject(expected);
    expect(await ws.crm('deal set D2 externalId=X1')).toMatchObject(expected);
    const edited = await ws.crm('deal edit D2', {
      editor: text => text.replace('externalId: X2', 'externalId: X1'),
    });
    expect(edited.err).toContain('there is a deal with the externalId X1 already: D1');
    expect(await ws.ok('deal list --fields id,externalId')).toBe('D1\tX1\nD2\tX2\n');
  });

  test.each([
    ['contact', ['--name', 'Jane'], 'C1'],
    ['account', ['Acme'], 'A1'],
    ['task', ['Call'], 'T1'],
    ['event', ['page.visited'], 'E1'],
    ['invoice', ['--amount', '5'], 'I1'],
  ])('of any kind: %s', async (kind, args, id) => {
    const ws = await workspace();
    await ws.ok('contact add --email sue@example.com');
    const whose = kind === 'invoice' ? ['--for', 'C1'] : kind === 'event' ? ['--contact', 'C1'] : [];
    const add = (externalId: string, name: string) =>
      ws.crm([
        kind,
        'add',
        ...args.map(arg => (arg === 'Acme' ? name : arg)),
        ...whose,
        '--external-id',
        externalId,
      ]);
    const first = await add('X1', 'Acme');
    expect(first.code).toBe(0);
    const second = await add('X1', 'Other');
    expect([second.code, second.err.split('\n')[0]]).toEqual([4, taken(kind, first.out.trim()).trimEnd()]);
    expect(id.slice(0, 1)).toBe(first.out.slice(0, 1));
    expect((await add('x1', 'Other')).code).toBe(0);
  });

  test('may also belong to a record of another kind, to the same record, or to one in the trash', async () => {
    const ws = await withDeals();
    await ws.ok('task add Call --external-id X1');
    await ws.ok('deal set D1 externalId=X1 value=5');
    await ws.ok('deal rm D1');
    await ws.ok('deal set D2 externalId=X1');
    expect(await ws.crm('deal restore D1')).toMatchObject({
      code: 4,
      err: expect.stringContaining('there is a deal with the externalId X1 already: D2') as string,
    });
  });

  test('stays with its present record when an undo would give it to another', async () => {
    const ws = await withDeals();
    await ws.ok('deal set D1 externalId=X9');
    await ws.ok('deal set D2 externalId=X1');
    expect(await ws.json('undo 4')).toMatchObject({
      kept: [{ id: 'D1', why: expect.stringContaining('externalId X1 already: D2') as string }],
    });
  });

  test('is an error of its row in an import without a key, which says what would update it', async () => {
    const ws = await withDeals();
    const stdin = 'title,externalId\nDesks,X3\nLamps,X1\nShelves,X3\n';
    const { code, out } = await ws.crm('import deals - --json', { stdin });
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      created: 0,
      failed: 2,
      errors: [
        {
          line: 3,
          error: 'there is a deal with the externalId X1 already: D1 (--key externalId updates it)',
        },
        { line: 4, error: expect.stringMatching(/the externalId X3 already: D3/) as string },
      ],
    });
    expect(await ws.json('import deals - --key externalId --on-duplicate update', { stdin })).toMatchObject({
      created: 1,
      updated: 2,
      failed: 0,
    });
  });

  test('goes to the contact into which another is merged', async () => {
    const ws = await workspace();
    await ws.ok('contact add Jane');
    await ws.ok('contact add Joan --external-id X1');
    await ws.ok('contact merge C1 C2');
    expect(await ws.json('contact show C1')).toMatchObject({ externalId: 'X1' });
    await ws.ok('undo');
    expect(await ws.ok('contact list --fields id,externalId')).toBe('C1\t\nC2\tX1\n');
  });
});
