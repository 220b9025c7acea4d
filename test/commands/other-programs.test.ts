import ical from 'ical.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestWorkspace, workspace } from '../harness.ts';

let ws: TestWorkspace;
beforeEach(async () => {
  ws = await workspace();
});

/** Puts a file of cards beside the workspace. */
const put = ({ dir }: TestWorkspace, text: string) => writeFileSync(join(dir, '..', 'people.vcf'), text);

const cards = (...all: string[][]) =>
  all.map(lines => ['BEGIN:VCARD', 'VERSION:3.0', ...lines, 'END:VCARD', ''].join('\r\n')).join('');

describe('contacts from and to an address book', () => {
  it('takes a card for the contact with its UID, otherwise for one with its e-mail, otherwise for a new one', async () => {
    await ws.crm(['contact', 'add', 'Ann Bee', '--email', 'ann@acme.test', '--phone', '+31 6 12345678']);
    await ws.crm(['contact', 'add', 'Cy Dee', '--external-id', 'u-2']);
    put(
      ws,
      cards(
        ['FN:Ann B. Bee', 'EMAIL:ann@acme.test', 'EMAIL:bee@acme.test', 'UID:u-1', 'ORG:Acme'],
        ['FN:Cy Dee', 'EMAIL:cy@dee.test', 'UID:u-2'],
        ['FN:Eve', 'TEL:020 1234567'],
      ),
    );
    expect((await ws.crm('import contacts ../people.vcf')).out).toBe('1 created, 2 updated\n');
    expect(
      (await ws.crm('contact list --json --fields id,name,emails,phones,account,externalId')).json(),
    ).toMatchObject([
      {
        id: 'C1',
        name: 'Ann B. Bee',
        emails: ['ann@acme.test', 'bee@acme.test'],
        phones: ['+31 6 12345678'],
        account: 'A1',
        externalId: 'u-1',
      },
      { id: 'C2', emails: ['cy@dee.test'], externalId: 'u-2' },
      { id: 'C3', name: 'Eve', phones: ['020 1234567'], externalId: expect.stringMatching(/^card-/) },
    ]);
    expect((await ws.crm('import contacts ../people.vcf')).out).toBe('0 created, 3 unchanged\n');
  });

  it('leaves a contact the external id that another program gave it', async () => {
    await ws.crm('contact add Ann --email ann@acme.test --external-id hubspot-7');
    put(ws, cards(['FN:Ann Bee', 'EMAIL:ann@acme.test', 'UID:phone-1']));
    expect((await ws.crm('import contacts ../people.vcf')).out).toBe('0 created, 1 updated\n');
    expect((await ws.crm('contact show C1 --json')).json()).toMatchObject({
      name: 'Ann Bee',
      externalId: 'hubspot-7',
    });
  });

  it('knows its own contacts again by the UID that it exported, and elsewhere takes it for an external id', async () => {
    await ws.crm(['contact', 'add', 'No mail', '--phone', '+31 6 12345678']);
    const { out } = await ws.crm('export contacts --vcard');
    expect(out).toMatch(/^UID:ws-[0-9a-f]{16}-C1\r$/m);
    put(ws, out.replace(/No mail/g, 'With name'));
    expect((await ws.crm('import contacts ../people.vcf')).out).toBe('0 created, 1 updated\n');
    expect((await ws.crm('contact show C1 --json')).json()).toMatchObject({
      name: 'With name',
      externalId: null,
    });
    const other = await workspace();
    put(other, out);
    expect((await other.crm('import contacts ../people.vcf')).out).toBe('1 created\n');
    expect((await other.crm('import contacts ../people.vcf')).out).toBe('0 created, 1 unchanged\n');
  });

  it('maps other properties to fields that the workspace has', async () => {
    await ws.crm('field add contact jobTitle');
    put(ws, cards(['FN:Ann', 'EMAIL:a@x.com', 'TITLE:Head', 'NOTE:tall']));
    const { err } = await ws.crm('import contacts ../people.vcf --map TITLE=jobTitle');
    expect(err).toContain('left out: NOTE\n');
    expect((await ws.crm('contact show C1 --json')).json()).toMatchObject({ fields: { jobTitle: 'Head' } });
  });

  it('writes failed cards with the reasons', async () => {
    put(ws, `${cards(['FN:Ann', 'EMAIL:a@x.com'])}BEGIN:VCARD\r\nFN:Bad\r\nno colon\r\nEND:VCARD\r\n`);
    const { code, out } = await ws.crm('import contacts ../people.vcf --skip-invalid --errors ../bad.vcf');
    expect([code, out]).toEqual([1, '1 created, 1 failed\n']);
    expect(readFileSync(join(ws.dir, '..', 'bad.vcf'), 'utf8')).toMatch(
      /^BEGIN:VCARD\nFN:Bad\nno colon\nX-CRM-ERROR:is not a vCard.*\nEND:VCARD\n$/,
    );
  });

  it('refuses cards for another kind, and forms for another kind', async () => {
    put(ws, cards(['FN:Ann']));
    expect(await ws.crm('import deals ../people.vcf')).toMatchObject({
      code: 2,
      err: expect.stringContaining('the mapping vcard is not for these'),
    });
    expect(await ws.crm('export deals --vcard')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--vcard is of contacts, not of deals'),
    });
    expect(await ws.crm('export tasks --closes')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--closes is of --ics'),
    });
  });

  it('writes to standard output if the file is -', async () => {
    await ws.crm('contact add Ann --email a@x.com');
    const { out } = await ws.crm('export contacts --vcard');
    expect(out).toContain('FN:Ann\r\n');
    expect((await ws.crm('export contacts --vcard -')).out).toBe(out);
    expect((await ws.crm('export contacts --vcard -o -')).out).toBe(out);
  });

  it('reads the directory of cards that it writes, and says in which file something is wrong', async () => {
    await ws.crm('contact add Ann --email a@x.com');
    await ws.crm('contact add Bob --email b@x.com');
    const dir = join(ws.dir, '..', 'both');
    await ws.ok(['export', 'contacts', '--vcard', `${dir}/`]);
    // Neither ends its last line, and one begins with a byte order mark.
    for (const [name, mark] of [
      ['C1.vcf', ''],
      ['C2.vcf', '\ufeff'],
    ] as const)
      writeFileSync(join(dir, name), mark + readFileSync(join(dir, name), 'utf8').trimEnd());
    writeFileSync(join(dir, 'notes.txt'), 'no card');
    expect((await ws.crm(['import', 'contacts', dir])).out).toBe('0 created, 2 unchanged\n');
    const other = await workspace();
    expect((await other.crm(['import', 'contacts', `${dir}/`])).out).toBe('2 created\n');
    writeFileSync(join(dir, 'B3.vcf'), 'BEGIN:VCARD\nFN:Bad\nno colon\nEND:VCARD\n');
    writeFileSync(join(dir, 'C9.vcf'), 'BEGIN:VCARD\nVERSION:3.0\nFN:Two\nEND:VCARD\nstray\n');
    const ran = await other.crm(['import', 'contacts', dir, '--skip-invalid']);
    expect(ran.code).toBe(1);
    expect(ran.err).toContain(`${join(dir, 'B3.vcf')}:1: is not a vCard`);
    expect(ran.err).toContain(`${join(dir, 'C9.vcf')}:5: is not in a vCard`);
    mkdirSync(join(dir, 'D5.vcf'));
    expect(await other.crm(['import', 'contacts', dir])).toMatchObject({
      code: 2,
      err: expect.stringContaining(`${join(dir, 'D5.vcf')} is not a file`),
    });
    mkdirSync(join(dir, 'empty'));
    expect(await other.crm(['import', 'contacts', join(dir, 'empty')])).toMatchObject({
      code: 2,
      err: expect.stringContaining('is a directory without vCards (*.vcf)'),
    });
  });

  it('says that a contact in the trash is like one that it makes', async () => {
    await ws.crm('contact add Ann --email Ann@x.com --external-id u-1');
    await ws.crm('contact rm C1');
    put(ws, cards(['FN:Ann', 'EMAIL:ann@X.com'], ['FN:Bob', 'UID:u-1'], ['FN:Eve', 'EMAIL:eve@x.com']));
    const dry = await ws.crm('import contacts ../people.vcf --dry-run');
    expect(dry.err).toContain(
      'would make another contact, although C1 in the trash has "ann@x.com" too: crm contact restore C1 first\n',
    );
    const { out, err } = await ws.crm('import contacts ../people.vcf');
    expect(out).toBe('3 created\n');
    expect(err).toContain(
      'made C2, although C1 in the trash has "ann@x.com" too: crm contact restore C1 --merge\n',
    );
    expect(err).toContain(
      'made C3, although C1 in the trash has "u-1" too: crm contact restore C1 --merge\n',
    );
    expect(err).not.toContain('C4');
    // It cannot become one with both.
    await ws.crm('contact rm C3');
    expect((await ws.crm('contact restore C1 --merge')).code).toBe(0);
    // A table says it too.
    await ws.crm('account add Acme');
    await ws.crm('account rm A1');
    expect((await ws.crm('import accounts -', { stdin: 'name\nAcme\n' })).err).toContain(
      'although A1 in the trash has "acme" too',
    );
  });

  it('writes each contact to a file of a directory outside of the workspace', async () => {
    await ws.crm('contact add Ann --email a@x.com');
    await ws.crm('contact add Bob --email b@x.com');
    expect(await ws.crm('export contacts ann --vcard people/')).toMatchObject({
      code: 1,
      err: expect.stringContaining('people/ is inside the workspace'),
    });
    const dir = join(ws.dir, '..', 'cards');
    expect(await ws.crm(['export', 'contacts', '--vcard', `${dir}/`])).toMatchObject({ code: 0 });
    expect(readdirSync(dir).sort()).toEqual(['C1.vcf', 'C2.vcf']);
    expect(readFileSync(join(dir, 'C2.vcf'), 'utf8')).toContain('FN:Bob\r\n');
  });
});

type Component = readonly [
  string,
  readonly (readonly [string, object, string, unknown])[],
  readonly Component[],
];

/** The components of a calendar, each as its properties by name. */
const entriesOf = (text: string) => {
  const [, , components] = ical.parse(text) as unknown as Component;
  return components.map(([name, properties]) => ({
    name,
    ...Object.fromEntries(properties.map(([each, , , value]) => [each, value])),
  }));
};

describe('tasks in a calendar', () => {
  beforeEach(async () => {
    await ws.crm(['deal', 'add', 'Chairs; 40, oak', '--value', '1200', '--expected-close', '2026-10-01']);
    await ws.crm([
      'task',
      'add',
      'Call, again',
      '--for',
      'D1',
      '--type',
      'call',
      '--due',
      '2026-09-15 14:30',
    ]);
    await ws.crm(['task', 'add', 'Send offer', '--due', '2026-09-16']);
    await ws.crm('task add someday');
  });

  it('has an event for each task on a day, at its time', async () => {
    const { out } = await ws.crm('export tasks --ics');
    expect(out).toMatch(/^BEGIN:VCALENDAR\r\nVERSION:2\.0\r\nPRODID:/);
    expect(entriesOf(out)).toMatchObject([
      {
        name: 'vevent',
        uid: expect.stringMatching(/^ws-[0-9a-f]{16}-T1$/),
        summary: 'Call, again',
        description: 'T1, for Chairs; 40, oak (D1)',
        dtstart: '2026-09-15T12:30:00Z',
        dtend: '2026-09-15T13:00:00Z',
        sequence: 0,
      },
      { name: 'vevent', summary: 'Send offer', dtstart: '2026-09-16', transp: 'TRANSPARENT' },
    ]);
  });

  it('keeps the UID of a task that changes, and counts its sequence up', async () => {
    const [before] = entriesOf((await ws.crm('export tasks --ics')).out) as unknown as {
      uid: string;
      sequence: number;
    }[];
    ws.now = '2026-09-14T09:00:00.000Z';
    await ws.crm('task set T1 due=2026-09-17');
    const [after] = entriesOf((await ws.crm('export tasks --ics')).out);
    expect(after).toMatchObject({ uid: before!.uid, dtstart: '2026-09-17T12:30:00Z', sequence: 3600 });
    await ws.crm('task done T1');
    expect(entriesOf((await ws.crm('export tasks --ics')).out)[0]).toMatchObject({
      summary: '✓ Call, again',
    });
  });

  it('has to-dos, also without a day, and the days on which deals should close', async () => {
    await ws.crm('task done T2');
    const todos = entriesOf((await ws.crm('export tasks --ics --kind todo')).out);
    expect(todos).toMatchObject([
      { name: 'vtodo', due: '2026-09-15T12:30:00Z', status: 'NEEDS-ACTION' },
      { name: 'vtodo', due: '2026-09-16', status: 'COMPLETED', completed: '2026-09-14T08:00:00Z' },
      { name: 'vtodo', summary: 'someday' },
    ]);
    const closes = entriesOf((await ws.crm('export tasks is:overdue --ics --closes')).out);
    expect(closes).toMatchObject([
      {
        uid: expect.stringMatching(/-D1-close$/),
        summary: 'Close: Chairs; 40, oak (1,200.00 EUR)',
        dtstart: '2026-10-01',
      },
    ]);
  });
});

describe('addresses for a mail program', () => {
  beforeEach(async () => {
    await ws.crm(['account', 'add', 'Acme, Inc.']);
    await ws.crm([
      'contact',
      'add',
      'Ann Bee',
      '--email',
      'ann@acme.test',
      '--email',
      'bee@acme.test',
      '--account',
      'A1',
    ]);
    await ws.crm(['contact', 'add', 'Bob:Dee', '--email', 'bob@x.com']);
  });

  it('prints the format of mutt and aerc', async () => {
    expect((await ws.crm('contact emails --parsable ann')).out).toBe(
      '2 addresses for ann\nann@acme.test\tAnn Bee\tAcme, Inc.\nbee@acme.test\tAnn Bee\tAcme, Inc.\n',
    );
    expect((await ws.crm('contact emails --parsable --no-header bee@')).out).toBe(
      'ann@acme.test\tAnn Bee\tAcme, Inc.\nbee@acme.test\tAnn Bee\tAcme, Inc.\n',
    );
    expect((await ws.crm('contact emails nobody --parsable')).out).toBe('0 addresses for nobody\n');
  });

  it('takes words as they are, and no query', async () => {
    expect((await ws.crm(['contact', 'emails', 'bob:dee'])).out).toContain('bob@x.com');
    expect((await ws.crm(['contact', 'emails', 'is:open "'])).code).toBe(0);
    expect((await ws.crm(['contact', 'emails', '" "'])).out).toBe('');
    expect(await ws.crm('contact emails')).toMatchObject({
      code: 2,
      err: expect.stringContaining('which address?'),
    });
  });
});
