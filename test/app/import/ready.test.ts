/** What other CRMs export: every file of fixtures/exports goes in with the mapping of its name, and twice changes nothing. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type TestWorkspace, workspace } from '../../harness.ts';

const exports = fileURLToPath(new URL('../../../fixtures/exports', import.meta.url));
const dialects = [
  ...new Set(readdirSync(exports).flatMap(file => (file.endsWith('.csv') ? file.split('-')[0]! : []))),
];
const kinds = ['accounts', 'contacts', 'deals', 'tasks'] as const;

/** What some of the records must have: a mapping that loses a column imports too. */
const expected: { readonly [dialect: string]: { readonly [kind: string]: readonly object[] } } = {
  hubspot: {
    deals: [
      {
        title: 'Reception desk',
        value: '1250.50',
        status: 'open',
        expectedClose: '2026-10-15',
        closedAt: null,
      },
      { title: 'Chairs, 40', status: 'won', closedAt: '2026-09-01T08:05:00.000Z', expectedClose: null },
      { title: 'Canteen', status: 'lost', value: '0.00', owner: 'ana-ruiz' },
    ],
    contacts: [
      { name: 'Jane Roe', email: 'jane@acme.example', account: 'A1', externalId: '101' },
      { name: 'Tom' },
    ],
    tasks: [
      { title: 'Call back', type: 'call', due: '2026-10-01', for: 'C1', status: 'open' },
      { type: 'email', status: 'done' },
    ],
  },
  pipedrive: {
    deals: [
      { value: '1250.50', contact: 'C1', account: 'A1', tags: ['Hot'], expectedClose: '2026-10-15' },
      { status: 'won', stage: 'in-contact', closedAt: '2026-09-01T08:05:11.000Z' },
      { status: 'lost', lostReason: 'Too expensive' },
    ],
    accounts: [{ name: 'Acme', domain: 'acme.example' }, { domain: null }],
    tasks: [{ type: 'call' }, { type: 'meeting', doneAt: '2026-09-01T13:00:00.000Z' }],
  },
  salesforce: {
    deals: [{ externalId: '0065g00000AbCdE', expectedClose: '2026-10-15' }, { status: 'won' }],
    contacts: [{ name: 'Jane Roe', phone: '(020) 555-0101' }],
    accounts: [{ name: 'Acme' }, { name: 'Acme Belgium', parent: 'A1', domain: 'acme.example.be' }],
    tasks: [{ status: 'open' }, { status: 'done' }],
  },
  activecampaign: {
    deals: [{ contact: 'C1', owner: 'ana-ruiz', value: '1250.50' }, { status: 'won' }],
    contacts: [{ tags: ['customer', 'newsletter'] }, { tags: [] }],
  },
  minicrm: {
    deals: [{ stage: 'to-contact', expectedClose: '2026-10-15' }, { status: 'won' }],
    accounts: [{ domain: 'acme.example', description: 'Desks; chairs' }],
    tasks: [{ due: '2026-10-01' }, { status: 'done' }],
  },
  zoho: {
    deals: [{ tags: ['hot'], value: '1250.50' }, { status: 'won' }, { status: 'lost' }],
    contacts: [{ tags: ['hot', 'vip'], externalId: 'zcrm_5552000000001' }],
  },
};

const importing = (file: string, dialect: string, kind: string, crm: TestWorkspace['crm']) =>
  crm(['import', kind, join(exports, file), '--mapping', dialect, '--json']);

describe.each(dialects)('an export of %s', dialect => {
  test('goes in, kind by kind, and is unchanged the second time', async () => {
    const ws = await workspace();
    for (const kind of kinds) {
      const file = `${dialect}-${kind}.csv`;
      const rows = readFileSync(join(exports, file), 'utf8').trim().split('\n').length - 1;
      const ran = await importing(file, dialect, kind, ws.crm.bind(ws));
      expect({ file, ...ran.json<object>() }).toMatchObject({ file, failed: 0, errors: [] });
      const records = await ws.json<object[]>([kind.slice(0, -1), 'list']);
      expect(records.length).toBeGreaterThanOrEqual(rows);
      expect(records).toMatchObject(expected[dialect]?.[kind] ?? records);
      if (!/^(activecampaign|minicrm)-tasks/.test(file)) {
        const again = await importing(file, dialect, kind, ws.crm.bind(ws));
        expect({ file, ...again.json<object>() }).toMatchObject({
          file,
          created: 0,
          updated: 0,
          unchanged: rows,
          tx: null,
        });
      }
    }
  });

  test('is known by its headers', async () => {
    const ws = await workspace();
    const known = await ws.ok(['import', 'deals', join(exports, `${dialect}-deals.csv`), '--guess']);
    expect(known).toContain(`# looks like an export of ${dialect}`);
  });
});

test('all are in the list of expectations, and of one name', () => {
  expect(dialects.sort()).toEqual(Object.keys(expected).sort());
});
