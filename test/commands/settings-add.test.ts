/** Adding pipelines, stages, fields and users: one line more in a file of the user's, and nothing else touched. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type TestWorkspace, workspace } from '../harness.ts';

const read = (ws: TestWorkspace, path: string) => readFileSync(join(ws.dir, path), 'utf8');
/** The lines that are in the one text and not in the other. */
const added = (before: string, after: string) =>
  after.split('\n').filter(line => !before.split('\n').includes(line));

test('a stage goes to the given place, and comments and order stay', async () => {
  const ws = await workspace();
  const path = 'pipelines/sales.yaml';
  const own = `# Our process.\nname:   Sales   # as agreed\ncurrency: EUR\nentry: to-contact\nstages:\n  # first things first\n  - { id: to-contact,   name: To contact }   # cold\n  - id: in-contact\n    name: 'In contact'\n# the end\n`;
  writeFileSync(join(ws.dir, path), own);
  expect(await ws.ok('stage add Qualified --pipeline sales --after to-contact --rotting 7d')).toBe(
    'qualified\n',
  );
  expect(added(own, read(ws, path))).toEqual(['  - { id: qualified, name: Qualified, rotting: 7d }']);
  await ws.ok([
    'stage',
    'add',
    'Award, made',
    '--id',
    'won-it',
    '--stage-color',
    'green',
    '--probability',
    '90.5',
  ]);
  expect(await ws.json('stage list')).toMatchObject(
    [
      ['to-contact', 'To contact', null, null, null],
      ['qualified', 'Qualified', null, null, '7d'],
      ['in-contact', 'In contact', null, null, null],
      ['won-it', 'Award, made', 'green', 90.5, null],
    ].map(([id, name, color, probability, rotting]) => ({
      id,
      name,
      pipeline: 'sales',
      group: null,
      color,
      probability,
      rotting,
    })),
  );
  // Undone twice, every byte is as it was.
  await ws.ok('undo');
  await ws.ok('undo');
  expect(read(ws, path)).toBe(own);
});

test('a pipeline is a new file; its id is made of the name', async () => {
  const ws = await workspace();
  const args = ['--currency', 'usd', '--stages', 'Première visite,"Quote", sent,Done'];
  expect(await ws.ok(['pipeline', 'add', 'Büro & Möbel', ...args])).toBe('buro-mobel\n');
  expect(read(ws, 'pipelines/buro-mobel.yaml')).toBe(
    [
      'name: Büro & Möbel',
      'currency: USD',
      'stages:',
      '  - { id: premiere-visite, name: Première visite }',
      '  - { id: quote, name: "\\"Quote\\"" }',
      '  - { id: sent, name: sent }',
      '  - { id: done, name: Done }',
      '',
    ].join('\n'),
  );
  expect(await ws.ok('pipeline list')).toBe(
    'buro-mobel\tBüro & Möbel\tUSD\tpremiere-visite\tpremiere-visite,quote,sent,done\t0\n' +
      'sales\tSales\tEUR\tto-contact\tto-contact,in-contact,follow-up\t0\n',
  );
});

test('a pipeline that becomes the first one, or has no stage yet, gets a note', async () => {
  const ws = await workspace();
  expect((await ws.crm('pipeline add Alpha')).err).toBe(
    'alpha comes before sales, so new deals go there unless --pipeline says where\n' +
      'it needs a stage: crm stage add NAME --pipeline alpha\n',
  );
  expect((await ws.crm('pipeline add Zulu --stages One')).err).toBe('');
});

test('fields and users are lines of crm.yaml, and work at once', async () => {
  const ws = await workspace();
  const before = read(ws, 'crm.yaml');
  await ws.ok('field add deal product --type text');
  await ws.ok([
    'field',
    'add',
    'contact',
    'size',
    '--type',
    'choice',
    '--options',
    'small, very large',
    '--label',
    'Size',
  ]);
  await ws.ok([
    'user',
    'add',
    'ana',
    '--name',
    'Ana: Ruiz',
    '--email',
    'ana@example.com',
    '--role',
    'manager',
  ]);
  await ws.ok('user add ben');
  expect(added(before, read(ws, 'crm.yaml'))).toEqual([
    'users:',
    '  ana: { name: "Ana: Ruiz", email: ana@example.com, role: manager }',
    '  ben: { name: ben, role: normal }',
    'fields:',
    '  deal:',
    '    product: { type: text }',
    '  contact:',
    '    size: { type: choice, label: Size, options: [ small, very large ] }',
  ]);
  expect(await ws.ok('user list')).toBe(
    'ana\tAna: Ruiz\tana@example.com\tmanager\ttrue\t\nben\tben\t\tnormal\ttrue\t\n',
  );
  expect(await ws.ok('field list')).toBe(
    'deal\tproduct\ttext\t\t\ncontact\tsize\tchoice\tSize\tsmall,very large\n',
  );
  await ws.ok(['contact', 'add', 'Jane', '--field', 'size=Very Large', '--owner', 'ana: ruiz']);
  expect(await ws.json('contact show Jane')).toMatchObject({ fields: { size: 'very large' }, owner: 'ana' });
});

test('every type of custom field is read, shown and asked as what it is', async () => {
  const ws = await workspace();
  const types = {
    text: ['a b', 'a b'],
    number: ['-4.5', -4.5],
    money: ['1.5k', '1500.00'],
    date: ['eom', '2026-09-30'],
    boolean: ['yes', true],
    choice: ['OAK', 'oak'],
    choices: ['oak, beech', ['oak', 'beech']],
    link: ['https://example.com/?a=b', 'https://example.com/?a=b'],
  } as const;
  for (const type of Object.keys(types))
    await ws.ok([
      ...['field', 'add', 'deal', `my-${type}`, '--type', type],
      ...(type.startsWith('choice') ? ['--options', 'oak,beech'] : []),
    ]);
  await ws.ok([
    ...['deal', 'add', 'D'],
    ...Object.entries(types).flatMap(([type, [text]]) => ['--field', `my-${type}=${text}`]),
  ]);
  const { fields } = await ws.json<{ fields: object }>('deal show D1');
  expect(fields).toEqual(
    Object.fromEntries(Object.entries(types).map(([type, [, value]]) => [`my-${type}`, value])),
  );
  for (const query of [
    'my-text:"a b"',
    'my-number:<0',
    'my-money:1500',
    'my-date:2026-09',
    'my-boolean:yes',
    'my-choice:oak',
    'my-choices:beech',
    'my-link:example',
  ])
    expect({ query, found: await ws.ok(['deal', 'list', query, '-q']) }).toEqual({ query, found: 'D1\n' });
  await ws.ok(['deal', 'set', 'D1', ...Object.keys(types).map(type => `my-${type}=`)]);
  expect(await ws.json('deal show D1')).toMatchObject({
    fields: Object.fromEntries(
      Object.keys(types).map(type => [`my-${type}`, type === 'choices' ? [] : null]),
    ),
  });
});

test.each([
  ['www.example.com/x', 'did you mean https://www.example.com/x?'],
  ['javascript:alert(1)', 'for example https://example.com/offer'],
  ['=1+1', 'for example https://example.com/offer'],
  ['https://', 'for example https://example.com/offer'],
])('%s is not a link', async (text, hint) => {
  const ws = await workspace();
  await ws.ok('field add contact site --type link');
  const { code, err } = await ws.crm(['contact', 'add', '--name', 'Jo', '--field', `site=${text}`]);
  expect([code, err]).toEqual([2, `Error: site: "${text}" is not a link\nHint: ${hint}\n`]);
  await ws.ok(['contact', 'add', '--name', 'Jo', '--field', 'site=mailto:jo@example.com']);
});
