/** A kind of record that crm does not have, from its first record to the undo of it: one definition is all it takes. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { usage } from '../../src/domain/errors.ts';
import { Kinds } from '../../src/domain/kinds.ts';
import type { KindDefinition } from '../../src/kinds/define.ts';
import { field } from '../../src/kinds/field.ts';
import { recordKinds } from '../../src/kinds/index.ts';
import {
  byExternalId,
  created,
  customers,
  externalId,
  id,
  owner,
  tags,
  updated,
} from '../../src/kinds/shared.ts';
import { copiesOf, emptyDirectory, type TestWorkspace, workspace } from '../harness.ts';

const visit: KindDefinition = {
  name: 'visit',
  letter: 'X',
  plural: 'visits',
  summary: 'visits to customers',
  isMadeByPeople: true,
  isExtensible: true,
  fields: [
    id,
    field('place', 'text', { required: true, searched: true }),
    field('for', 'ref', { refs: customers, belongs: true }),
    field('day', 'day', { happened: true, help: 'when it was; else today' }),
    field('status', 'choice', { required: true, options: () => ['planned', 'done'] }),
    owner,
    tags,
    externalId,
    created,
    updated,
  ],
  keys: [byExternalId, { path: 'place', rank: 6, said: 'place', unique: true, caseless: true }],
  importKeys: ['place'],
  owner: 'owner',
  about: ['for'],
  states: { done: { field: 'status', is: 'done' } },
  complete(fields, before, writing) {
    fields.status ??= before?.status ?? 'planned';
    if (!before) fields.day ??= writing.today;
    if (fields.place === 'nowhere') throw usage('a visit is somewhere', '--place Utrecht');
  },
  named: 'place',
  inJson: ['id', 'place', 'for', 'day', 'status', 'owner', 'tags', 'fields', 'externalId', 'createdAt'],
  inLists: ['id', 'place', 'for', 'day', 'status', 'owner'],
  examples: { add: ['visit add Utrecht --for D12'] },
};

const kinds = new Kinds<KindDefinition>([...recordKinds.all, visit]);

const withVisits = copiesOf(async () => {
  const ws = await workspace();
  ws.kinds = kinds;
  await ws.ok(['contact', 'add', 'Jane', '--email', 'jane@example.com']);
  await ws.ok(['deal', 'add', 'Chairs', '--contact', 'jane@example.com']);
  await ws.ok(['visit', 'add', 'Utrecht', '--for', 'Chairs', '--day', '2026-09-01', '--tags', 'far']);
  await ws.ok(['visit', 'add', 'Delft', '--for', 'jane@example.com']);
  return ws;
});

async function ids(ws: TestWorkspace, ...query: string[]): Promise<string[]> {
  const text = await ws.ok(['visit', 'list', ...query, '--format', 'ids']);
  return text.split('\n').filter(line => line !== '');
}

describe('a kind that is one definition', () => {
  test('is added, found by its key, shown, changed, and kept in a snapshot of its own', async () => {
    const ws = await withVisits();
    expect(await ws.json<object>(['visit', 'show', 'utrecht'])).toMatchObject({
      id: 'X1',
      place: 'Utrecht',
      for: 'D1',
      day: '2026-09-01',
      status: 'planned',
      tags: ['far'],
      owner: null,
    });
    await ws.ok(['visit', 'set', 'Delft', 'status=done', 'day=2026-09-10']);
    await ws.ok(['visit', 'tag', 'Delft', '+near']);
    expect(await ids(ws, 'is:done')).toEqual(['X2']);
    expect(await ids(ws, 'for:chairs')).toEqual(['X1']);
    expect(await ids(ws, 'day.before:2026-09-05')).toEqual(['X1']);
    expect(await ids(ws, 'del')).toEqual(['X2']);
    expect(await ids(ws, 'tag:near')).toEqual(['X2']);
    expect(await ws.ok(['deal', 'list', 'has:visit', '--format', 'ids'])).toBe('D1\n');
    const lines = readFileSync(join(ws.dir, 'data/visits.jsonl'), 'utf8').trim().split('\n');
    expect(lines.slice(1).map(line => (JSON.parse(line) as { id: string }).id)).toEqual(['X1', 'X2']);
  });

  test('is held to its keys, its own rules and what it refers to', async () => {
    const ws = await withVisits();
    for (const [args, code] of [
      [['visit', 'add', 'UTRECHT'], 4],
      [['visit', 'add', 'nowhere'], 2],
      [['visit', 'add', 'Gouda', '--for', 'D9'], 3],
      [['visit', 'add', 'Gouda', '--status', 'gone'], 2],
      [['visit', 'show', 'D1'], 3],
      [['visit', 'list', 'mood:good'], 2],
    ] as const)
      expect([args, (await ws.crm(args)).code]).toEqual([args, code]);
    expect(await ids(ws)).toEqual(['X1', 'X2']);
  });

  test('has custom fields and views', async () => {
    const ws = await withVisits();
    await ws.ok(['field', 'add', 'visit', 'mood', '--type', 'choice', '--options', 'good,bad']);
    await ws.ok(['visit', 'set', 'X1', 'mood=good']);
    expect(await ids(ws, 'mood:good')).toEqual(['X1']);
    expect((await ws.crm(['field', 'add', 'task', 'mood'])).code).toBe(2);
    expect(await ws.ok(['field', 'list', '--format', 'tsv'])).toContain('visit\tmood\tchoice');
    await ws.ok(['view', 'add', 'glad', 'mood:good', '--of', 'visits']);
    expect(await ids(ws, '@glad')).toEqual(['X1']);
  });

  test('goes to the trash and comes back, and is erased together with the record that it belongs to', async () => {
    const ws = await withVisits();
    await ws.ok(['visit', 'rm', 'X1']);
    expect(await ids(ws)).toEqual(['X2']);
    expect(await ids(ws, '--trash')).toEqual(['X1']);
    await ws.ok(['visit', 'restore', 'Utrecht']);
    expect(await ids(ws)).toEqual(['X1', 'X2']);
    await ws.ok(['purge', 'jane@example.com', '--yes']);
    expect(await ids(ws)).toEqual(['X1']);
    await ws.ok('doctor');
  });

  test('is seen by its owner and by users who see the record that it is about', async () => {
    const ws = await withVisits();
    await ws.ok(['user', 'add', 'ana', '--role', 'admin']);
    await ws.ok(['user', 'add', 'ben', '--role', 'restricted', '--as', 'ana']);
    await ws.ok(['deal', 'set', 'D1', 'owner=ana', '--as', 'ana']);
    await ws.ok(['visit', 'set', 'X2', 'owner=ben', '--as', 'ana']);
    expect(await ids(ws, '--as', 'ben')).toEqual(['X2']);
    expect((await ws.crm(['visit', 'show', 'X1', '--as', 'ben'])).code).toBe(3);
  });

  test('is exported and imported', async () => {
    const ws = await withVisits();
    expect(await ws.ok(['export', 'visits'])).toMatch(/^"?id"?,"?place"?,/);
    const file = join(emptyDirectory(), 'visits.csv');
    writeFileSync(file, 'place,day,for\nGouda,2026-09-03,jane@example.com\nUtrecht,2026-09-02,\n');
    await ws.ok(['import', 'visits', file, '--on-duplicate', 'update']);
    expect(await ids(ws)).toEqual(['X1', 'X2', 'X3']);
    expect(await ws.json<object>(['visit', 'show', 'X1'])).toMatchObject({ day: '2026-09-02' });
  });

  test('is in the history, and undone', async () => {
    const ws = await withVisits();
    await ws.ok(['visit', 'set', 'X1', 'day=2026-09-02']);
    const history = await ws.json<{ changes: { kind: string; op: string }[] }[]>(['history', 'X1']);
    expect(history.flatMap(entry => entry.changes.map(({ kind, op }) => `${kind} ${op}`))).toEqual([
      'visit set',
      'visit add',
    ]);
    await ws.ok('undo');
    expect(await ws.json<object>(['visit', 'show', 'X1'])).toMatchObject({ day: '2026-09-01' });
    await ws.ok('undo');
    expect(await ids(ws)).toEqual(['X1']);
    await ws.ok('redo');
    expect(await ids(ws)).toEqual(['X1', 'X2']);
    await ws.ok('doctor');
  });

  test('is known to help, to completion and to whole exports', async () => {
    const ws = await withVisits();
    expect(await ws.ok('help')).toContain('visits to customers');
    expect(await ws.ok('help visit add')).toContain('crm visit add Utrecht --for D12');
    const copy = join(emptyDirectory(), 'copy');
    await ws.ok(['export', 'all', copy]);
    expect(readFileSync(join(copy, 'data/visits.jsonl'), 'utf8')).toContain('Utrecht');
  });

  test('is refused by a program that does not know it, and nothing is changed', async () => {
    const ws = await withVisits();
    ws.kinds = undefined;
    expect((await ws.crm(['visit', 'list'])).code).toBe(2);
    expect((await ws.crm(['deal', 'list'])).code).toBe(5);
    ws.kinds = kinds;
    expect(await ids(ws)).toEqual(['X1', 'X2']);
  });
});

test('two kinds cannot have the same letter', () => {
  expect(() => new Kinds([...recordKinds.all, { ...visit, letter: 'D' }])).toThrow('the letter "D" of visit');
});
