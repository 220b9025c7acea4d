import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inverseRelation } from '../../src/kinds/inverse-relation.ts';
import { copiesOf, type TestWorkspace, workspace } from '../harness.ts';
import { runs } from '../effort.ts';

const people = copiesOf(async () => {
  const ws = await workspace();
  for (const name of ['Jane', 'Tom', 'Mia'])
    await ws.ok(`contact add --name ${name} --email ${name}@x.example`);
  await ws.ok('contact relate C1 tom@x.example --relation referred-by');
  return ws;
});

interface Brief {
  people: { id: string; relations: { id: string; relation: string; contact: string }[] }[];
}
const relations = async (ws: TestWorkspace, id: string) =>
  (await ws.json<Brief>(['brief', id])).people[0]!.relations.map(each => `${each.relation} ${each.contact}`);

test.each([
  ['referred-by', 'referred'],
  ['reports-to', 'manages'],
  ['assistant-of', 'assistant'],
  ['colleague', 'colleague'],
  ['works-with', 'works-with'],
])('%s is %s from the other side', (one, other) => {
  expect([inverseRelation(one), inverseRelation(other)]).toEqual([other, one]);
});

test('the inverse of an inverse is the word itself', () => {
  const part = fc.constantFrom(
    'referred',
    'by',
    'of',
    'with',
    'manages',
    'knows',
    'reports',
    'to',
    'aunt',
    'ed',
    'child',
    'parent',
    'client',
    'supplier',
    'works',
    'for',
    'employs',
  );
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), parts => {
      const word = parts.join('-');
      expect(inverseRelation(inverseRelation(word))).toBe(word);
    }),
    { numRuns: runs(1000), examples: [[['referred', 'by', 'of']], [['child']]] },
  );
});

describe('contact relate', () => {
  test('is shown from both sides with the inverse word, and kept once though both sides are given', async () => {
    const ws = await people();
    expect(await relations(ws, 'C1')).toEqual(['referred-by C2']);
    expect(await relations(ws, 'C2')).toEqual(['referred C1']);
    const again = await ws.crm('contact relate C2 C1 --relation Referred');
    expect([again.code, again.err]).toEqual([0, 'nothing to do: C2 and C1 are related already: referred\n']);
    expect(await ws.ok('relation list -q')).toBe('R1\n');
    const card = await ws.crm('contact show C2', { tty: 80 });
    expect(card.out).toContain('referred C1 Jane');
  });

  test('is removed by word or all at once, from either side, and undone', async () => {
    const ws = await people();
    await ws.ok('contact relate C1 C2 --relation colleague');
    await ws.ok('contact relate C2 C1 --relation referred --remove');
    expect(await relations(ws, 'C1')).toEqual(['colleague C2']);
    await ws.ok('undo');
    expect(await relations(ws, 'C1')).toEqual(['referred-by C2', 'colleague C2']);
    await ws.ok('contact relate C2 C1 --remove');
    expect(await relations(ws, 'C1')).toEqual([]);
    expect((await ws.crm('contact relate C2 C1 --remove')).err).toMatch(/^nothing to do: /);
  });

  test('a merge moves relations, and drops one that would relate a contact to itself or is there twice', async () => {
    const ws = await people();
    await ws.ok('contact relate C3 C2 --relation referred-by');
    await ws.ok('contact relate C1 C3 --relation knows');
    await ws.ok('contact merge C1 C3');
    expect(await relations(ws, 'C1')).toEqual(['referred-by C2']);
    await ws.ok('undo');
    expect(await relations(ws, 'C3')).toEqual(['referred-by C2', 'knows C1']);
  });

  test('goes with a purge of either contact, and round-trips through export and import', async () => {
    const ws = await people();
    const csv = await ws.ok('export relations --portable');
    const other = await workspace();
    for (const name of ['Jane', 'Tom'])
      await other.ok(`contact add --name ${name} --email ${name}@x.example`);
    await other.ok('import relations -', { stdin: csv });
    expect(await relations(other, 'C2')).toEqual(['referred C1']);
    await ws.ok('purge C2 --yes');
    expect(await ws.ok('relation list')).toBe('');
    expect((await ws.crm('doctor')).code).toBe(0);
  });

  test('a relation to a contact that one may not see is in no list, card, brief, search or pair', async () => {
    const ws = await workspace();
    for (const user of ['rob', 'eve']) await ws.ok(`user add ${user} --role restricted`);
    await ws.ok('contact add --name Jane --email jane@acme.example --owner rob');
    await ws.ok('contact add --name Jane --email jane.s@acme.example --owner eve');
    await ws.ok(['contact', 'add', '--name', 'Jane Seen', '--email', 'seen@acme.example', '--owner', 'rob']);
    await ws.ok('contact relate C1 C2 --relation confidant-of');
    for (const line of [
      'relation list --json',
      'contact show C1 --format table',
      'brief C1 --json',
      'search confidant jane.s --json',
      'search confidant --json',
      'dupes contacts --json',
      'contact relate C1 C2 --remove',
      'export relations',
    ]) {
      const { out } = await ws.crm(`--as rob ${line}`);
      expect([line, /confidant|jane\.s|R1/.exec(out)?.[0]]).toEqual([line, undefined]);
    }
    expect((await ws.crm('--as rob show jane.s@acme.example')).code).toBe(3);
    expect((await ws.crm('--as rob show R1')).code).toBe(3);
    expect(await ws.json('--as rob dupes contacts')).toEqual([]);
  });

  test.each([
    ['contact relate C1', 2, 'which other contact, and how are they related?'],
    ['contact relate C1 C2', 2, 'how are they related?'],
    ['contact relate C1 C1 --relation knows', 2, 'C1 cannot be related to itself'],
    ['contact relate C1 C9 --relation knows', 3, 'C9 does not exist'],
    ['contact relate C1 C2 --relation !!', 2, 'how are they related?'],
  ])('refuses %s', async (line, code, message) => {
    const ws = await people();
    const ran = await ws.crm(line);
    expect([ran.code, ran.err]).toEqual([code, expect.stringContaining(message)]);
  });
});
