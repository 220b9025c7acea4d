/** What `crm import --guess` prints is accepted as it is, and what arrives is what a reader of the file expects. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type TestWorkspace, workspace } from '../harness.ts';
import { runs } from '../effort.ts';

const exports = fileURLToPath(new URL('../../fixtures/exports/', import.meta.url));
const found = join(exports, 'found');

const kindOf = (file: string): string =>
  /contacts|connections/.test(file) ? 'contacts' : (/accounts|tasks/.exec(file)?.[0] ?? 'deals');

interface Summary {
  created: number;
  failed: number;
  errors: { line: number; error: string }[];
}

async function guessed(ws: TestWorkspace, kind: string, file: string) {
  const yaml = await ws.ok(['import', kind, file, '--guess']);
  const mapping = join(ws.dir, '..', 'guess.yaml');
  writeFileSync(mapping, yaml);
  const ran = await ws.crm(['import', kind, file, '--mapping', mapping, '--json']);
  return { yaml, code: ran.code, err: ran.err, ...(ran.out === '' ? undefined : ran.json<Summary>()) };
}

const files = [
  ...readdirSync(exports)
    .filter(name => name.endsWith('.csv'))
    .map(name => join(exports, name)),
  ...readdirSync(found).map(name => join(found, name)),
];

test.each(files)('%s is accepted as it is guessed', async file => {
  const ws = await workspace();
  expect(await guessed(ws, kindOf(file), file)).toMatchObject({ code: 0, failed: 0, errors: [] });
});

/** What a reader expects of each file, in the order of its rows. */
const arrives: Readonly<Record<string, readonly object[]>> = {
  'hubspot-contacts.csv': [
    { name: 'Jo Low', externalId: '7001', owner: 'ana', createdAt: '2024-10-30T07:00:00.000Z' },
    { name: 'Zoë Martin', email: 'zoe@martin.example', owner: null },
  ],
  'hubspot-deals.csv': [
    { status: 'won', value: '12400.50', owner: 'ana', contact: 'C1', closedAt: '2025-03-14T15:05:00.000Z' },
    {
      status: 'open',
      stage: 'appointment-scheduled',
      expectedClose: '2025-12-01',
      closedAt: null,
      owner: 'ben',
    },
  ],
  'linkedin-connections.csv': [
    { name: 'Ann Meyer', email: null, createdAt: '2024-12-02T23:00:00.000Z' },
    { name: 'Cy Okafor', email: 'cy@okafor.example' },
  ],
  'google-contacts.csv': [
    {
      name: "Bob O'Brien",
      emails: ['bob@quill.example', 'bob@obrien.example'],
      phone: '+44 20 7946 0958',
      tags: ['press'],
      externalId: null,
    },
  ],
  'odoo-leads.csv': [
    {
      title: 'Website request: 40 chairs',
      value: '5200.00',
      owner: 'ben-bos',
      tags: ['Design', 'Product'],
      externalId: '12',
    },
    { title: 'Spare parts', contact: 'C2', createdAt: '2025-03-05T11:00:00.000Z' },
  ],
  'outlook-contacts.csv': [
    { name: 'Jan Visser', phone: '+31 20 123 4567' },
    { name: 'Eva Lind', email: null },
  ],
  'salesforce-contacts.csv': [
    { name: 'Mia Patel', externalId: '0031x00000QwErT', account: 'A1', owner: null },
  ],
  'salesforce-opportunities.csv': [
    { status: 'open', expectedClose: '2025-10-01', owner: 'ana', contact: null, account: 'A1' },
    {
      status: 'won',
      closedAt: '2024-12-19T23:00:00.000Z',
      createdAt: '2024-08-01T07:00:00.000Z',
      account: 'A1',
    },
  ],
  'spreadsheet.csv': [
    {
      title: 'Shelves',
      value: '1200.00',
      currency: 'EUR',
      stage: 'quote-sent',
      createdAt: '2024-12-02T23:00:00.000Z',
    },
    { value: '2400.00', currency: 'GBP', owner: 'sara-miller', createdAt: '2024-11-27T23:00:00.000Z' },
    {
      value: '640.50',
      currency: 'EUR',
      status: 'lost',
      lostReason: 'price',
      createdAt: '2024-09-30T22:00:00.000Z',
    },
  ],
  'zoho-potentials.csv': [
    {
      value: '18200.00',
      owner: 'ben-bos',
      contact: 'C1',
      expectedClose: '2025-12-31',
      createdAt: '2025-02-14T09:20:00.000Z',
    },
    { value: '640.50', status: 'lost', owner: 'ana-ruiz', closedAt: '2025-03-04T23:00:00.000Z' },
  ],
  'atomic-crm-deals.json': [
    { externalId: '109876543210987654', value: '72000.00', account: 'A1', expectedClose: '2024-11-30' },
    { externalId: '109876543210987655', status: 'lost', createdAt: '2024-06-01T00:00:00.000Z' },
  ],
};

test.each(Object.entries(arrives))('what arrives from %s', async (file, expected) => {
  const ws = await workspace();
  await guessed(ws, kindOf(file), join(found, file));
  expect(await ws.json([kindOf(file).slice(0, -1), 'list', '--sort', 'id'])).toMatchObject(expected);
});

test('all of them are expected', () => {
  expect(readdirSync(found).sort()).toEqual(Object.keys(arrives).sort());
});

test.each([
  ['one amount says it for all', ['€ 18.400', '€ 1.200,50'], 'locale: nl', ['18400.00', '1200.50']],
  ['codes are as signs', ['EUR 18.400', '1.200,50 EUR'], 'locale: nl', ['18400.00', '1200.50']],
  ['a dollar has a comma between thousands', ['$18,400', '$1,200.50'], undefined, ['18400.00', '1200.50']],
])('amounts with signs: %s', async (_, amounts, locale, values) => {
  const ws = await workspace();
  const currency = amounts[0]!.startsWith('$') ? 'USD' : 'EUR';
  const file = join(ws.dir, '..', 'amounts.csv');
  writeFileSync(file, `Title;Currency;Amount\n${amounts.map(each => `Desk;${currency};${each}\n`).join('')}`);
  const { yaml, failed } = await guessed(ws, 'deals', file);
  expect(failed).toBe(0);
  if (locale !== undefined) expect(yaml).toContain(locale);
  expect((await ws.json<{ value: string }[]>('deal list')).map(({ value }) => value)).toEqual(values);
});

test('two columns name a contact: the address finds it, and its name and phone are taken', async () => {
  const ws = await workspace();
  await guessed(ws, 'deals', join(found, 'odoo-leads.csv'));
  expect(await ws.json('contact list')).toMatchObject([
    { name: 'Kovács Éva', email: 'eva@tesztiroda.example', phone: '+36 1 234 5678', account: 'A1' },
    { name: 'Noor', email: 'noor@hart.example' },
  ]);
});

test('an account that is known by its id elsewhere gets its name from a later import', async () => {
  const ws = await workspace();
  await guessed(ws, 'contacts', join(found, 'salesforce-contacts.csv'));
  const accounts = 'Id,Name,Website\n0011x00000XyZaB,Patel & Co,patel.example\n';
  const file = join(ws.dir, '..', 'accounts.csv');
  writeFileSync(file, accounts);
  expect(await guessed(ws, 'accounts', file)).toMatchObject({ code: 0 });
  expect(await ws.json('account list')).toMatchObject([
    { id: 'A1', name: 'Patel & Co', domain: 'patel.example' },
  ]);
});

test('stages are made once, whatever the case of their names, in the pipeline of the row', async () => {
  const ws = await workspace();
  await ws.ok('pipeline add Hardware');
  await ws.ok('stage add Engaging --pipeline hardware');
  const text =
    'title,pipeline,stage\na,Sales,Quote sent\nb,sales,quote SENT\nc,Hardware,Quote sent\nd,hardware,engaging\ne,,Quote-sent\n';
  const ran = await ws.crm('import deals - --create-missing stages --json', { stdin: text });
  expect(ran.json()).toMatchObject({ created: 5, failed: 0 });
  expect(await ws.ok('deal list --sort id --fields pipeline,stage')).toBe(
    'sales\tquote-sent\nsales\tquote-sent\nhardware\tquote-sent\nhardware\tengaging\nhardware\tquote-sent-2\n',
  );
  const again = await ws.crm('import deals - --create-missing stages', { stdin: text });
  expect(again.err).not.toContain('stage');
});

test('undo takes back everything that an import made, stages and users too', async () => {
  const ws = await workspace();
  const before = [await ws.ok('stage list'), await ws.ok('user list')];
  await guessed(ws, 'deals', join(found, 'hubspot-deals.csv'));
  expect(await ws.ok('stage list')).toContain('Appointment Scheduled');
  await ws.ok('undo');
  expect([await ws.ok('stage list'), await ws.ok('user list')]).toEqual(before);
  expect(await ws.json('deal list')).toEqual([]);
});

/** Headers as exports and spreadsheets have them, with a value that such a column has. */
const headers: Readonly<Record<string, readonly string[]>> = {
  'Last Name': ['Patel', 'Roe'],
  'First Name': ['Mia', 'Jane'],
  'Given Name': ['Mia', 'Jane'],
  'Family Name': ['Patel', 'Roe'],
  'Potential Name': ['Refit', 'Stools'],
  'Potential Owner': ['Ben Bos', 'Ana Ruiz'],
  'Contact Owner': ['Ben Bos', 'ana@acme.example'],
  'Company Owner': ['Ben Bos', 'Ana Ruiz'],
  'Opportunity Owner': ['Ben Bos', ''],
  'Owner.Email': ['ana@acme.example', 'ben@acme.example'],
  OwnerId: ['0051x000001', '0051x000002'],
  'Created By': ['Ana Ruiz', 'ana@acme.example'],
  'Assigned To': ['Ana Ruiz', 'Ben Bos'],
  'Sales Rep': ['Ana Ruiz', 'ben@acme.example'],
  Agent: ['Ana Ruiz', 'Ben Bos'],
  'Phone 1 - Value': ['+31 20 123 4567', ''],
  'Organization 1 - Name': ['Acme', 'Bolt'],
  'Grand Total': ['1200', '€ 1.2k'],
  'Account Id': ['0011x01', '0011x02'],
  AccountId: ['3', '4'],
  partner_name: ['Acme', ''],
  planned_revenue: ['5200.0', '0.0'],
  expected_revenue: ['5200.0', '0.0'],
  OpportunityStage: ['Proposal', 'Closed Won'],
  EstimatedValue: ['1200.00', ''],
  'Activity Date': ['2025-01-02', '2025-02-03'],
  'Interaction Type': ['Call', 'Lunch'],
  'Contact Email': ['mia@x.nl', 'jane@x.nl'],
  Notes: ['met at the fair', ''],
  Description: ['Decision maker', 'a;b'],
  'Associated Contact': ['Mia Patel', 'Jane Roe'],
  'Associated Company': ['Acme', 'Bolt'],
  'E-mail': ['mia@x.nl', 'jane@x.nl'],
  'Deal size': ['£2,400', '640,50'],
  'Why lost': ['', ''],
  CloseDate: ['2025-10-01', '2025-12-20'],
  Status: ['Negotiation', 'Won'],
  State: ['NY', 'CA'],
  'Postal Code': ['10001', '10002'],
  Id: ['7', '8'],
  'Record ID': ['7001', '7002'],
  Name: ['One', 'Two'],
  Subject: ['One', 'Two'],
  Created: ['14/02/2025 10:20', '2025-01-02'],
};

describe('any set of known headers', () => {
  const names = Object.keys(headers);
  const set = fc.uniqueArray(fc.constantFrom(...names), { minLength: 2, maxLength: 9 });

  test.each([
    ['deals', 'Name'],
    ['contacts', 'Name'],
    ['accounts', 'Name'],
    ['activities', 'Interaction Type'],
  ])('of %s gives a mapping that imports, and no owner becomes a customer', async (kind, needed) => {
    const ws = await workspace();
    for (const email of kind === 'activities' ? ['mia@x.nl', 'jane@x.nl'] : [])
      await ws.ok(['contact', 'add', '--email', email]);
    await fc.assert(
      fc.asyncProperty(set, async chosen => {
        const must = kind === 'activities' ? [needed, 'Contact Email'] : [needed];
        const columns = [...must, ...chosen.filter(name => !must.includes(name))];
        const file = join(ws.dir, '..', 'set.csv');
        const row = (at: number) => columns.map(name => `"${headers[name]![at]!}"`).join(',');
        writeFileSync(file, `${columns.join(',')}\n${row(0)}\n${row(1)}\n`);
        const mapping = await ws.json<{ columns?: Record<string, string | { field: string }> }>([
          'import',
          kind,
          file,
          '--guess',
        ]);
        // A mapping that only composes has no columns.
        for (const [column, goal] of Object.entries(mapping.columns ?? {})) {
          const field = typeof goal === 'string' ? goal : goal.field;
          const own = kind === 'activities' ? 'by' : 'owner';
          if (/owner|created by|assigned|rep$|agent/i.test(column))
            expect([column, field]).toEqual([column, own]);
          if (/State|Postal/.test(column)) expect([column, field]).toEqual([column, undefined]);
        }
        const path = join(ws.dir, '..', 'set.yaml');
        writeFileSync(path, await ws.ok(['import', kind, file, '--guess']));
        const ran = await ws.crm(['import', kind, file, '--mapping', path, '--dry-run', '--json']);
        expect({
          columns,
          code: ran.code,
          err: ran.code === 2 ? ran.err : '',
          errors: ran.out === '' ? [] : ran.json<Summary>().errors,
        }).toEqual({
          columns,
          code: 0,
          err: '',
          errors: [],
        });
      }),
      { numRuns: runs(10) },
    );
  });
});

test.each([
  ['New', []],
  ['Inprogress', ['in-progress']],
  ['In progres', ['In progress']],
  ['Serious', ['serious-prospect']],
  ['Regularly', ['regular']],
  ['Oneness', []],
])('the stage %j of a file means %j in this workspace', async (word, stages) => {
  const ws = await workspace('automated-sales');
  const file = join(ws.dir, '..', 'stages.csv');
  writeFileSync(file, `Title,Stage\nLamps,${word}\n`);
  const mapping = parse(await ws.ok(['import', 'deals', file, '--guess']));
  expect(Object.values(mapping.columns.Stage.values ?? {})).toEqual(stages);
});

test('a guess says once what may be made, also if options repeat it', async () => {
  const ws = await workspace();
  const file = join(ws.dir, '..', 'made.csv');
  writeFileSync(file, 'Title,Company\nLamps,Lux BV\n');
  const options = ['--guess', '--create-missing', 'accounts,accounts'];
  const mapping = parse(await ws.ok(['import', 'deals', file, ...options]));
  expect(mapping['create-missing']).toEqual(['accounts']);
});

test('a key that rows lack, or that two have, is not a key', async () => {
  const ws = await workspace();
  const guess = (text: string) => ws.json<{ key?: string }>('import contacts - --guess', { stdin: text });
  expect((await guess('Id,Name,Email\n1,a,a@x.nl\n2,b,b@x.nl\n')).key).toBe('externalId');
  expect((await guess('Id,Name,Email\n1,a,a@x.nl\n,b,b@x.nl\n')).key).toBe('email');
  expect((await guess('Name,Email\na,a@x.nl\nb,A@x.nl\n')).key).toBeUndefined();
});

test('a template that comes with crm is known whatever the case of letters', async () => {
  const ws = await workspace();
  const file = join(ws.dir, '..', 'upper.csv');
  const [header, ...rows] = readFileSync(join(exports, 'hubspot-deals.csv'), 'utf8').split('\n');
  writeFileSync(file, [header!.toUpperCase(), ...rows].join('\n'));
  expect(await ws.ok(['import', 'deals', file, '--guess'])).toContain('looks like an export of hubspot');
  expect((await ws.crm(['import', 'deals', file, '--mapping', 'hubspot', '--json'])).json()).toMatchObject({
    failed: 0,
  });
});
