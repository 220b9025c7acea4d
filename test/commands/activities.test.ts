/** Activities: with several people at once, with fields of one's own, and a direction. */
import { describe, expect, test } from 'vitest';
import { copiesOf, type TestWorkspace, workspace } from '../harness.ts';

const office = copiesOf(async () => {
  const ws = await workspace();
  for (const name of ['a', 'b', 'c']) await ws.ok(`contact add --email ${name}@x.com`);
  await ws.ok('account add Acme');
  await ws.ok(['deal', 'add', 'Chairs', '--contact', 'a@x.com']);
  return ws;
});

const activities = async (ws: TestWorkspace, ...query: string[]) =>
  (await ws.json<{ id: string }[]>(['activity', 'list', ...query])).map(({ id }) => id);

describe('a joint meeting', () => {
  test('is for the deal, otherwise for the first record, and with the others', async () => {
    const ws = await office();
    expect(await ws.ok(['log', 'meeting', 'C1', 'b@x.com', 'D1', 'Acme', 'Joint'])).toBe('V1\n');
    expect(await ws.json('activity show V1')).toMatchObject({
      for: 'D1',
      with: ['C1', 'C2', 'A1'],
      text: 'Joint',
    });
    await ws.ok(['log', 'meeting', 'C2', 'C3', 'C2', 'Lunch']);
    expect(await ws.json('activity show V2')).toMatchObject({ for: 'C2', with: ['C3'] });
  });

  test('is on the card of each, found from each, and a contact with each', async () => {
    const ws = await office();
    await ws.ok(['log', 'meeting', 'C2', 'C3', 'Acme', 'Joint'], { now: '2026-09-20T08:00:00.000Z' });
    for (const id of ['C2', 'C3', 'A1']) {
      expect(
        (await ws.crm(`${id.startsWith('C') ? 'contact' : 'account'} show ${id}`, { tty: 100 })).out,
      ).toContain('Joint');
      expect(await activities(ws, `for:${id}`)).toEqual(['V1']);
    }
    expect(await activities(ws, 'with:C3')).toEqual(['V1']);
    expect(await activities(ws, 'with:C2')).toEqual([]);
    expect(await activities(ws, 'for:C1')).toEqual([]);
    const idle = await ws.json<{ id: string }[]>('contact list idle:<1d', {
      now: '2026-09-20T12:00:00.000Z',
    });
    expect(idle.map(({ id }) => id)).toEqual(['C2', 'C3']);
  });

  test('follows a merge, a purge and an undo, nobody twice', async () => {
    const ws = await office();
    await ws.ok(['log', 'meeting', 'C1', 'C2', 'C3', 'Joint']);
    const before = await ws.json('activity show V1');
    await ws.ok('contact merge C1 C2');
    expect(await ws.json('activity show V1')).toMatchObject({ for: 'C1', with: ['C3'] });
    await ws.ok('undo');
    expect(await ws.json('activity show V1')).toEqual(before);
    await ws.ok('contact merge C2 C3');
    expect(await ws.json('activity show V1')).toMatchObject({ for: 'C1', with: ['C2'] });
    await ws.ok('purge C2 --yes');
    expect(await ws.json('activity show V1')).toMatchObject({ for: 'C1', with: [] });
    expect((await ws.crm('doctor')).code).toBe(0);
  });

  test('goes out and comes in again', async () => {
    const ws = await office();
    await ws.ok(['log', 'call', 'C1', 'D1', 'Joint', '--direction', 'incoming']);
    const rows = await ws.ok('export activities');
    await ws.ok('activity rm V1');
    await ws.ok('purge V1 --yes');
    await ws.ok('import activities - --same-workspace --ignore id --ignore updatedAt', { stdin: rows });
    expect(await ws.json('activity show V2')).toMatchObject({ for: 'D1', with: ['C1'], direction: 'in' });
  });
});

describe('the words of log', () => {
  test('the last is the text; one that is a record is not', async () => {
    const ws = await office();
    await ws.ok('log call D1');
    await ws.ok('log call D1 C1');
    expect(await ws.ok('activity list --fields for,with,text')).toBe('D1\t\t\nD1\tC1\t\n');
    const note = await ws.crm('log note D1 C1');
    expect(note).toMatchObject({ code: 2, out: '' });
    const unquoted = await ws.crm('log call D1 asked for a discount');
    expect(unquoted).toMatchObject({ code: 3, out: '' });
    expect(unquoted.err).toContain('put quotes around a text of several words');
  });

  test('- as the text is standard input, of log note and deal note', async () => {
    const ws = await office();
    await ws.ok('log note C1 -', { stdin: 'two\nlines\n' });
    await ws.ok('deal note D1 -', { stdin: 'oak' });
    await ws.ok('deal win D1 --note -', { stdin: 'signed\n' });
    expect((await ws.json<{ text: string }[]>('activity list')).map(({ text }) => text)).toEqual([
      'two\nlines',
      'oak',
      'signed',
    ]);
    expect((await ws.crm('log note C1 -')).code).toBe(2);
    expect((await ws.crm('log note - -', { stdin: 'C1' })).code).toBe(2);
    expect((await ws.crm('log note - Hello', { stdin: 'C1\nC2\n' })).out).toBe('V4\nV5\n');
  });

  test('asks for the text on a terminal', async () => {
    const ws = await office();
    await ws.crm('log note C1', { typed: () => 'prefers oak\r' });
    expect(await ws.ok('activity list --fields text')).toBe('prefers oak\n');
  });
});

test.each([
  ['deal move D1 in-contact', 'stage', 'in-contact'],
  ['deal win D1', 'status', 'won'],
  ['deal lose D1', 'status', 'lost'],
])('%s --note writes the note in the same transaction', async (command, field, value) => {
  const ws = await office();
  await ws.ok([...command.split(' '), '--note', 'because']);
  expect(await ws.json('deal show D1')).toMatchObject({ [field]: value });
  expect(await activities(ws, 'for:D1', 'type:note', 'text:because')).toEqual(['V1']);
  await ws.ok('undo');
  expect(await activities(ws)).toEqual([]);
  expect((await ws.crm([...command.split(' '), '--note', ''])).code).toBe(2);
});

test('a call or an e-mail has a direction, and nothing else', async () => {
  const ws = await office();
  await ws.ok('log email C1 Offer --direction out');
  expect(await activities(ws, 'direction:out')).toEqual(['V1']);
  expect((await ws.crm('log meeting C1 Offer --direction out')).code).toBe(2);
  expect((await ws.crm('log call C1 Offer --direction sideways')).code).toBe(2);
  expect((await ws.crm('activity set V1 type=note')).code).toBe(2);
});

test('activities have fields of one’s own', async () => {
  const ws = await office();
  await ws.ok('field add activity duration --type number');
  await ws.ok(['field', 'add', 'activity', 'outcome', '--type', 'choice', '--options', 'reached,voicemail']);
  await ws.ok('log call C1 Hello --field duration=15 --field outcome=voicemail');
  await ws.ok('activity add --type call --for C1 --field duration=5');
  expect(await ws.json('activity show V1')).toMatchObject({ fields: { duration: 15, outcome: 'voicemail' } });
  expect(await activities(ws, 'duration:>10')).toEqual(['V1']);
  expect((await ws.crm('log call C1 Hello --field outcome=nobody')).code).toBe(2);
});

test('an id in place of the text is a record, with a message; --text makes it a text', async () => {
  const ws = await workspace();
  await ws.ok('contact add --name Jane --email jane@example.com');
  await ws.ok('deal add Chairs');
  const taken = await ws.crm('log meeting C1 D1');
  expect(taken.err).toBe('the meeting has no text: D1 is a record; --text D1 would make it the text\n');
  await ws.ok('log meeting C1 --text D1');
  expect(await ws.json('activity list --fields for,text,with')).toEqual([
    { for: 'D1', text: null, with: ['C1'] },
    { for: 'C1', text: 'D1', with: [] },
  ]);
  expect((await ws.crm(['log', 'meeting', 'C1', 'D1', 'all want oak'])).err).toBe('');
});

test('log D1, which shows a history in other programs, points to the history of D1', async () => {
  const ws = await workspace();
  await ws.ok(['deal', 'add', 'Chairs']);
  expect(await ws.crm(['log', 'D1'])).toMatchObject({
    code: 2,
    err:
      'Error: crm log: unknown value "D1"\n' +
      'Hint: crm history D1 shows what changed; crm log note D1 TEXT adds a note\n',
  });
  expect((await ws.crm(['log', 'emial', 'D1'])).err).toContain('Hint: did you mean email?');
});
