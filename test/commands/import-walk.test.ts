/** `crm import` on a terminal: what it shows of a file that nobody mapped, what it asks, and what comes of the answers. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type TestWorkspace, workspace } from '../harness.ts';

const LEADS = `Lead no.;Subject;Amount;Company;Phase;Closing date;Region
L-1;Reception desk;1.250,00;Acme;offer sent;3-10-2026;North
L-2;Ten chairs;980,50;Roe & Sons;offer sent;28-9-2026;South
`;

async function withLeads(): Promise<TestWorkspace> {
  const ws = await workspace();
  writeFileSync(join(ws.dir, 'leads.csv'), LEADS);
  return ws;
}

/** Answers by the beginning of a question; each in turn, where there are several. */
function answers(given: Readonly<Record<string, string | readonly string[]>>) {
  const asked: string[] = [];
  const typed = (question: string): string => {
    const [beginning, keys] = Object.entries(given).find(([text]) => question.startsWith(text)) ?? [];
    if (beginning === undefined) throw new Error(`nobody knows what to answer to ${question}`);
    const before = asked.filter(text => text === beginning).length;
    asked.push(beginning);
    return `${typeof keys === 'string' ? keys : keys![before]}\r`;
  };
  return { typed, asked };
}

test('takes the guess with one key, asks what only a person knows, and keeps the mapping', async () => {
  const ws = await withLeads();
  const { typed, asked } = answers({
    'What is in each column?': '',
    'Phase: offer sent is': 'follow-up',
    'Import all rows': 'y',
    'Keep this mapping': 'leads',
  });
  const { code, out, err } = await ws.crm('import deals leads.csv', { typed });
  expect(out).toBe('2 created\n');
  expect(code).toBe(0);
  expect(asked).toEqual([
    'What is in each column?',
    'Phase: offer sent is',
    'Import all rows',
    'Keep this mapping',
  ]);
  for (const shown of ['Amount (1.250,00, 980,50)', '→ value', 'Region (North, South)', '→ left out'])
    expect(err).toContain(shown);
  expect(await ws.ok('deal list --fields externalId,title,value,stage,account')).toBe(
    'L-1\tReception desk\t1250.00\tfollow-up\tA1\nL-2\tTen chairs\t980.50\tfollow-up\tA2\n',
  );
  expect(readFileSync(join(ws.dir, 'crm.yaml'), 'utf8')).toContain('leads:');
  expect(await ws.ok('import deals leads.csv --mapping leads')).toContain('2 unchanged');
});

test('changes the field of a column, as often as the user likes', async () => {
  const ws = await withLeads();
  const { typed } = answers({
    'What is in each column?': ['Region', 'Subject', 'Region', ''],
    'Region (North': ['description', 'tags'],
    'Subject (Rec': 'leave out',
    'Phase: offer sent is': 'follow-up',
    'Import all rows': 'y',
    'Keep this mapping': '',
  });
  expect(await ws.ok('import deals leads.csv', { typed })).toBe('2 created\n');
  expect(await ws.ok('deal list --fields title,tags,description')).toBe(
    'Acme\tNorth\t\nRoe & Sons\tSouth\t\n',
  );
  expect(readFileSync(join(ws.dir, 'crm.yaml'), 'utf8')).toContain('imports: {}');
});

test('answers are kept although rows are wrong, and offered when the file comes again', async () => {
  const ws = await withLeads();
  const path = join(ws.dir, 'leads.csv');
  writeFileSync(path, LEADS.replace('980,50', 'much'));
  const first = answers({
    'What is in each column?': '',
    'Phase: offer sent is': 'follow-up',
    'Import all rows': 'y',
    'Keep this mapping': '',
  });
  const failed = await ws.crm('import deals leads.csv', { typed: first.typed });
  expect([failed.code, await ws.ok('deal list')]).toEqual([1, '']);
  expect(failed.err).toContain('the mapping is kept as leads');
  writeFileSync(path, LEADS);
  const again = answers({
    'Begin with a mapping that was kept?': '',
    'What is in each column?': '',
    'Import all rows': 'y',
    'Keep this mapping': '',
  });
  expect(await ws.ok('import deals leads.csv', { typed: again.typed })).toBe('2 created\n');
  expect(await ws.ok('deal list --fields stage')).toBe('follow-up\nfollow-up\n');
});

test('goes back from a word and from the first rows, and makes new stages', async () => {
  const ws = await withLeads();
  const { typed, asked } = answers({
    'What is in each column?': ['', '', ''],
    'Phase: offer sent is': ['back', 'a new stage', 'a new stage'],
    'Import all rows': ['back', 'y'],
    'Keep this mapping': '',
  });
  expect(await ws.ok('import deals leads.csv', { typed })).toBe('2 created\n');
  expect(asked).toHaveLength(9);
  expect(await ws.ok('deal list --fields stage')).toBe('offer-sent\noffer-sent\n');
  expect(await ws.ok('stage list')).toContain('offer sent');
});

test('asks how amounts are written, unless --locale says it; and shows names of stages', async () => {
  const text = 'Subject,Amount,Phase\nDesk,"1,250",In contact\nChair,"2,980",offer\n';
  const given = {
    'What is in each column?': '',
    'Phase: offer is': 'In contact',
    'How are numbers written?': 'en',
    'Import all rows': 'y',
    'Keep this mapping': '',
  };
  for (const [options, isAsked] of [
    [[], true],
    [['--locale', 'en'], false],
  ] as const) {
    const ws = await workspace();
    writeFileSync(join(ws.dir, 'a.csv'), text);
    const { typed, asked } = answers(given);
    const { err } = await ws.crm(['import', 'deals', 'a.csv', ...options], { typed });
    expect(err).toContain('In contact');
    expect(asked.includes('How are numbers written?')).toBe(isAsked);
    expect(await ws.ok('deal list --fields value,stage')).toBe('1250.00\tin-contact\n2980.00\tin-contact\n');
  }
});

test('no is no: nothing is written', async () => {
  const ws = await withLeads();
  const before = await ws.ok('history');
  const { typed } = answers({
    'What is in each column?': '',
    'Phase: offer sent is': 'follow-up',
    'Import all rows': 'n',
  });
  const { code, err } = await ws.crm('import deals leads.csv', { typed });
  expect([code, await ws.ok('history')]).toEqual([130, before]);
  expect(err).toContain('answered no; nothing was imported');
});

test('a user who may not change settings is not asked to keep the mapping', async () => {
  const ws = await withLeads();
  await ws.ok('user add ana');
  await ws.ok('account add Acme');
  await ws.ok(['account', 'add', 'Roe & Sons']);
  const { typed, asked } = answers({
    'What is in each column?': '',
    'Phase: offer sent is': 'follow-up',
    'Import all rows': 'y',
  });
  expect(await ws.crm('import deals leads.csv --as ana', { typed })).toMatchObject({ code: 0 });
  expect(asked.at(-1)).toBe('Import all rows');
});

test('makes a new field of a column, says labels of fields, and offers name and e-mail of a contact', async () => {
  const ws = await withLeads();
  await ws.ok(['field', 'add', 'deal', 'part', '--type', 'text', '--label', 'Part of the world']);
  const { typed } = answers({
    'What is in each column?': ['Region', 'Region', 'Region', ''],
    'Region (North': ['name of the contact', 'Part of the world', 'a new field'],
    'The new field "Region" is': '',
    'Phase: offer sent is': '',
    'Import all rows': 'y',
    'Keep this mapping': 'leads',
  });
  const { err, code } = await ws.crm('import deals leads.csv', { typed, tty: 200 });
  expect(code).toBe(0);
  for (const shown of [
    '→ external id',
    '→ close',
    '→ Region',
    'name of the contact',
    'e-mail of the contact',
    'Part of the world',
  ])
    expect(err).toContain(shown);
  expect(err).not.toMatch(/expectedClose|externalId/);
  // A stage that is like none of the workspace becomes one, unless somebody says otherwise, and is shown by name.
  expect(err).toMatch(/EXTERNAL ID .*\nL-1 .* offer sent /);
  expect(await ws.ok('deal list --fields region,stage')).toBe('North\toffer-sent\nSouth\toffer-sent\n');
  expect(await ws.json('field list')).toMatchObject([
    { name: 'part' },
    { name: 'region', type: 'text', label: 'Region' },
  ]);
  // The mapping was kept before the rows: undoing these leaves it.
  await ws.ok('undo');
  expect(await ws.ok('deal list')).toBe('');
  expect(readFileSync(join(ws.dir, 'crm.yaml'), 'utf8')).toContain('leads:');
  expect(await ws.ok('import deals leads.csv --mapping leads')).toBe('2 created\n');
});

test('keeps the mapping if the user does not import yet, or the import as a whole is refused', async () => {
  const given = {
    'What is in each column?': '',
    'Phase: offer sent is': 'follow-up',
    'Import all rows': 'not now',
    'Keep this mapping': '',
  };
  const ws = await withLeads();
  const later = await ws.crm('import deals leads.csv', { typed: answers(given).typed });
  expect(later).toMatchObject({ code: 130, err: expect.stringContaining('the mapping is kept as leads\n') });
  expect(await ws.ok('deal list')).toBe('');
  expect(await ws.ok('import deals leads.csv --mapping leads')).toBe('2 created\n');
  const other = await withLeads();
  const { typed } = answers({ ...given, 'Import all rows': 'y' });
  const refused = await other.crm(['import', 'deals', 'leads.csv', '--set', 'nowhere=x'], { typed });
  expect(refused.code).toBeGreaterThan(0);
  expect(refused.err).toContain('the mapping is kept as leads\n');
  expect(readFileSync(join(other.dir, 'crm.yaml'), 'utf8')).toContain('leads:');
});

test('shows rows one below the other where a table has no room, and asks for no new field in a dry run', async () => {
  const ws = await withLeads();
  const { typed } = answers({
    'What is in each column?': '',
    'Phase: offer sent is': 'follow-up',
    'Import all rows': 'y',
    'Keep this mapping': '',
  });
  const { err } = await ws.crm('import deals leads.csv --dry-run', { typed, tty: 60 });
  expect(err).toContain('\nexternal id  L-1\ntitle        Reception desk\nvalue        1,250.00 EUR\n');
  expect(err).not.toContain('a new field');
  expect(await ws.ok('deal list')).toBe('');
  expect(readFileSync(join(ws.dir, 'crm.yaml'), 'utf8')).toContain('imports: {}');
});
