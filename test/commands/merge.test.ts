/** `crm contact merge A B` and `account merge A B`: everything of B goes over to A, and undo takes all of it back. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { copiesOf, type TestWorkspace, workspace } from '../harness.ts';

type Fields = Record<string, unknown>;

const rule = `for: contact
on: [{ event: { name: form.submitted } }]
steps:
  - wait: { for: 30d }
  - add-note: { text: done }
`;

/** Two contacts who are one person, with all that may point to them. */
const twoOfOne = copiesOf(async () => {
  const ws = await workspace();
  mkdirSync(join(ws.dir, 'automations'), { recursive: true });
  writeFileSync(join(ws.dir, 'automations', 'welcome.yaml'), rule);
  await ws.ok('run');
  for (const args of [
    ['field', 'add', 'contact', 'language', '--type', 'text'],
    ['contact', 'add', '--name', 'Jane', '--email', 'jane@example.com', '--tags', 'vip'],
    ['account', 'add', 'Acme'],
    [
      'contact',
      'add',
      '--name',
      'Jane Roe',
      '--email',
      'jane@old.example',
      '--phone',
      '+31 6',
      '--account',
      'Acme',
      '--tags',
      'old,vip',
      '--externalId',
      'x7',
      '--field',
      'language=nl',
    ],
    ['deal', 'add', 'Chairs', '--contacts', 'C1,C2'],
    ['deal', 'add', 'Tables', '--contacts', 'C2'],
    ['task', 'add', 'Call', '--for', 'C2'],
    ['log', 'call', 'C2', 'asked for oak'],
    ['event', 'add', 'form.submitted', '--contact', 'C1'],
    ['event', 'add', 'form.submitted', '--contact', 'C2'],
    ['invoice', 'add', '--for', 'C2', '--amount', '100'],
    ['score', 'C1', '+10'],
    ['score', 'C2', '+5'],
    ['run'],
  ])
    await ws.ok(args.map(arg => (arg === '--externalId' ? '--external-id' : arg)));
  return ws;
});

const kinds = ['deals', 'contacts', 'accounts', 'tasks', 'activities', 'events', 'invoices', 'messages'];

/** All there is, but for when it was changed last. */
async function everything(ws: TestWorkspace): Promise<unknown> {
  const records = await Promise.all(kinds.map(kind => ws.json<Fields[]>(`export ${kind}`)));
  const enrolments = await ws.json<Fields[]>('automation enrolments');
  return [...records, enrolments].flat().map(({ updatedAt: _, ...rest }) => rest);
}

describe('contact merge', () => {
  test('moves everything over, and fills in missing values', async () => {
    const ws = await twoOfOne();
    const { err } = await ws.crm('contact merge C1 jane@old.example');
    expect(err).toBe(
      'merged C2 into C1, with 2 deals, 1 task, 1 activity, 1 event, 1 invoice, 1 enrolment\n',
    );
    expect(await ws.json('contact show C1')).toMatchObject({
      name: 'Jane',
      email: 'jane@example.com',
      phone: '+31 6',
      account: 'A1',
      tags: ['old', 'vip'],
      externalId: 'x7',
      score: 15,
      fields: { language: 'nl' },
    });
    expect(await ws.ok('deal list --fields contacts')).toBe('C1\nC1\n');
    expect(await ws.ok('task list --fields for')).toBe('C1\n');
    expect(await ws.ok('activity list --fields for')).toBe('C1\n');
    expect(await ws.ok('event list --fields contact')).toBe('C1\nC1\n');
    expect(await ws.ok('invoice list --fields contact,for')).toBe('C1\tC1\n');
    expect(await ws.ok('contact list --trash -q')).toBe('C2\n');
    // Nobody goes through a rule twice at a time: the note comes once.
    expect(await ws.ok('automation enrolments --fields subject,status')).toBe('C1\tended\nC1\twaiting\n');
    await ws.ok('run', { now: '2026-11-01T08:00:00Z' });
    expect(await ws.ok('activity list type:note -q')).toBe('V2\n');
    expect(await ws.crm('doctor')).toMatchObject({ code: 0 });
  });

  test('is taken back exactly by undo', async () => {
    const ws = await twoOfOne();
    const before = await everything(ws);
    await ws.ok('contact merge C2 C1');
    expect(await everything(ws)).not.toEqual(before);
    expect((await ws.crm('undo')).err).toContain('undid');
    expect(await everything(ws)).toEqual(before);
    await ws.ok('redo');
    expect(await ws.ok('contact list -q')).toBe('C2\n');
  });

  test('an address that the one that stays has not is taken over', async () => {
    const ws = await workspace();
    await ws.ok('contact add --name Jane');
    await ws.ok('contact add --email jane@example.com');
    await ws.ok('contact merge C1 C2');
    expect(await ws.ok('contact list --fields id,name,email')).toBe('C1\tJane\tjane@example.com\n');
    await ws.ok('undo');
    expect(await ws.ok('contact list --fields id,name,email')).toBe(
      'C1\tJane\t\nC2\tjane@example.com\tjane@example.com\n',
    );
  });

  test('a dry run shows the changes, and changes nothing', async () => {
    const ws = await twoOfOne();
    const before = await everything(ws);
    const { out, err } = await ws.crm('contact merge C1 C2 --dry-run');
    expect(out.split('\n')).toEqual(
      expect.arrayContaining([
        'D1 contacts: C1,C2 → C1',
        'T1 for: C2 → C1',
        '- C2 "Jane Roe"',
        'C1 phone: (none) → "+31 6"',
        'C1 tags: vip → old,vip',
      ]),
    );
    expect(err).toMatch(/^dry run: \d+ changes, nothing was saved\n$/);
    expect(await everything(ws)).toEqual(before);
  });

  test('ids come on standard input too, and JSON is the one that stays', async () => {
    const ws = await twoOfOne();
    const ran = await ws.crm('contact merge - --json', { stdin: 'C1\nC2\n' });
    expect(ran.json<Fields>()).toMatchObject({ id: 'C1', phone: '+31 6' });
  });

  test('a merged record can be purged', async () => {
    const ws = await twoOfOne();
    await ws.ok('contact merge C1 C2');
    await ws.ok('purge C2 --yes');
    expect(await ws.ok('contact list --trash -q')).toBe('');
    expect(await ws.json('contact show C1')).toMatchObject({ phone: '+31 6' });
  });
});

describe('account merge', () => {
  test('moves deals, contacts and the accounts below', async () => {
    const ws = await workspace();
    for (const args of [
      'account add Acme',
      'account add Acme-Inc --domain acme.example --parent Acme',
      'account add Below --parent A2',
      'contact add --name Jo --account A2',
      'deal add Chairs --account A2',
      'invoice add --for A2 --amount 10',
    ])
      await ws.ok(args);
    const before = await everything(ws);
    expect((await ws.crm('account merge A1 acme.example')).err).toBe(
      'merged A2 into A1, with 1 deal, 1 contact, 1 account, 1 invoice\n',
    );
    expect(await ws.ok('account list --fields id,domain,parent')).toBe('A1\tacme.example\t\nA3\t\tA1\n');
    expect(await ws.ok('deal list --fields account')).toBe('A1\n');
    await ws.ok('undo');
    expect(await everything(ws)).toEqual(before);
    // The one below goes into the one above it, and the other way round.
    await ws.ok('account merge A2 A1');
    expect(await ws.ok('account list --fields id,parent')).toBe('A2\t\nA3\tA2\n');
  });
});

test.each([
  ['contact merge C1', 2, 'which two contacts?'],
  ['contact merge C1 C1', 2, 'C1 cannot be merged with itself'],
  ['contact merge C1 jane@example.com', 2, 'C1 cannot be merged with itself'],
  ['contact merge C1 C9', 3, 'C9 does not exist'],
  ['contact merge C1 A1', 3, 'A1 is an account, not a contact'],
  ['account merge A3 A1', 2, 'A3 would be a parent of itself, by way of A2'],
  ['--as rob contact merge C2 C3', 1, 'C3 has records that rob may not see'],
])('%s: exit %i, and nothing is changed', async (command, code, message) => {
  const ws = await workspace();
  for (const args of [
    'contact add --email jane@example.com',
    'contact add --name Bo',
    'contact add --name Bo',
    'account add Top',
    'account add Middle --parent Top',
    'account add Bottom --parent Middle',
    'user add ana',
    'user add rob --role restricted',
    'deal add Chairs --contact C3 --owner ana',
  ])
    await ws.ok(args);
  const history = await ws.ok('history --json');
  const ran = await ws.crm(command);
  expect(ran.err).toContain(message);
  expect([ran.code, ran.out]).toEqual([code, '']);
  expect(await ws.ok('history --json')).toBe(history);
});
