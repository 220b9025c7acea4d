import fc from 'fast-check';
import ical from 'ical.js';
import { describe, expect, it } from 'vitest';
import { openVcards } from '../../src/channels/vcard-rows.ts';
import { plainCard, withReason } from '../../src/channels/vcard-text.ts';
import { type Card, vcardText } from '../../src/channels/vcard-write.ts';

/** Reads a file of vCards; returns its rows by the names of the columns, empty cells left out. */
async function rowsOf(text: string, encoding?: string) {
  const bytes = Buffer.from(text, encoding as 'latin1' | undefined);
  const file = await openVcards(
    (async function* () {
      for (let at = 0; at < bytes.length; at += 50) yield bytes.subarray(at, at + 50);
    })(),
    { name: 'people.vcf', encoding },
  );
  const rows = [];
  for await (const batch of file.rows)
    for (const { line, cells, error } of batch)
      rows.push({
        line,
        ...(error !== undefined && { error }),
        ...Object.fromEntries(
          file.header.map((name, n) => [name, cells[n] ?? '']).filter(([, cell]) => cell !== ''),
        ),
      });
  return rows;
}

const card = (...lines: string[]) => ['BEGIN:VCARD', ...lines, 'END:VCARD', ''].join('\r\n');

describe('reading vCards', () => {
  it('reads 2.1 with bare types, quoted-printable over soft breaks, and a photo', async () => {
    const text = card(
      'VERSION:2.1',
      'N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Kov=C3=A1cs;=C3=81d=C3=A1m;;;',
      'FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=81d=C3=A1m =',
      'Kov=C3=A1cs',
      'TEL;CELL:+36 30 123 4567',
      'TEL;WORK;PREF:+36 1 234 5678',
      'EMAIL;INTERNET:adam@example.hu',
      'PHOTO;ENCODING=BASE64;JPEG:/9j/4AAQSkZJRgABAQ',
      ' AAAAAA=',
      '',
    );
    expect(await rowsOf(text)).toEqual([
      {
        line: 1,
        FN: 'Ádám Kovács',
        EMAIL: 'adam@example.hu',
        TEL: '+36 1 234 5678\n+36 30 123 4567',
      },
    ]);
  });

  it('reads 2.1 in the character set that a property names', async () => {
    const text = card(
      'VERSION:2.1',
      'FN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:J=F6rg',
      'EMAIL:j@x.de',
    );
    expect(await rowsOf(text)).toMatchObject([{ FN: 'Jörg' }]);
  });

  it('reads 3.0 as Apple writes it, with groups, folds and escapes', async () => {
    const text = card(
      'VERSION:3.0',
      'N:Bee;Ann;;Dr.;',
      'FN:Dr. Ann',
      '  Bee',
      'ORG:Acme\\, Inc.;Sales',
      'item1.EMAIL;type=INTERNET:ann@acme.test',
      'item2.EMAIL;type=INTERNET;type=pref:bee@acme.test',
      'item1.X-ABLabel:_$!<Other>!$_',
      'TEL;type=CELL;type=VOICE:020 7946 0000',
      'CATEGORIES:vip,fair 2026',
      'TITLE:Head of "Things"',
      'ADR;TYPE=WORK:;;Street 1;Delft;;2611;NL',
      'UID:1234-ABCD',
    );
    expect(await rowsOf(text)).toEqual([
      {
        line: 1,
        UID: '1234-ABCD',
        FN: 'Dr. Ann Bee',
        EMAIL: 'bee@acme.test\nann@acme.test',
        TEL: '020 7946 0000',
        ORG: 'Acme, Inc.',
        CATEGORIES: 'vip,fair 2026',
        TITLE: 'Head of "Things"',
        ADR: 'Street 1, Delft, 2611, NL',
      },
    ]);
  });

  it('reads 4.0 with preferences in numbers and numbers as addresses', async () => {
    const text = card(
      'VERSION:4.0',
      'UID:urn:uuid:4fbe8971',
      'FN:Cy Dee',
      'EMAIL;PREF=2:cy@dee.test',
      'EMAIL;PREF=1:cy.dee@work.test',
      'TEL;VALUE=uri;TYPE="voice,home":tel:+1-418-656-9254;ext=102',
    );
    expect(await rowsOf(text)).toMatchObject([
      { EMAIL: 'cy.dee@work.test\ncy@dee.test', TEL: '+1-418-656-9254 ext 102' },
    ]);
  });

  it('makes a name of its parts if the card has no other', async () => {
    expect(await rowsOf(card('VERSION:3.0', 'N:Bee;Ann;Mary;Dr.;PhD', 'EMAIL:a@x.com'))).toMatchObject([
      { FN: 'Dr. Ann Mary Bee PhD' },
    ]);
  });

  it('knows a card without id and e-mail by name and numbers, however they are written', async () => {
    const uids = async (...lines: string[]) =>
      (await rowsOf(card('VERSION:3.0', ...lines))).map(row => 'UID' in row && row.UID);
    const [known] = await uids('FN:Ann Bee', 'TEL:+31 6-1234');
    expect(known).toMatch(/^card-[0-9a-f]{24}$/);
    expect(await uids('TEL:+31 (6) 1234', 'FN:ANN BEE')).toEqual([known]);
    expect(await uids('TEL:+31 6 1235', 'FN:Ann Bee')).not.toEqual([known]);
  });

  it('reads the whole cards among broken ones', async () => {
    const good = card('VERSION:3.0', 'FN:Good', 'EMAIL:g@x.com');
    const text = `hello\r\n${card('VERSION:3.0', 'FN:Bad', 'no colon here')}BEGIN:VCARD\r\nFN:Open\r\n${good}BEGIN:VCARD\r\nFN:Last`;
    const rows = await rowsOf(text);
    expect(
      rows.map(({ line, ...row }) => [line, 'error' in row ? row.error : 'FN' in row && row.FN]),
    ).toEqual([
      [1, 'is not in a vCard, which begins with BEGIN:VCARD'],
      [2, 'is not a vCard: invalid line (no token ";" or ":") "no colon here"'],
      [7, 'has no END:VCARD'],
      [9, 'Good'],
      [14, 'has no END:VCARD'],
    ]);
  });

  it('never fails on lines, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom(...'TEL;:=,"\\ \tQUOTED-PRINTABLEÄ='.split('')) })),
        lines => {
          for (const line of plainCard(lines)) expect(line).not.toMatch(/^PHOTO/);
        },
      ),
    );
  });

  it('says in a broken card what is wrong with it', () => {
    expect(withReason('BEGIN:VCARD\nFN:x\nEND:VCARD', 'crm_error', 'a; $& b')).toBe(
      'BEGIN:VCARD\nFN:x\nX-CRM-ERROR:a\\; $& b\nEND:VCARD\n',
    );
  });
});

describe('writing vCards', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter(each => each.trim() !== '');
  const address = fc.emailAddress();

  it('is read back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          uid: text,
          name: text,
          emails: fc.uniqueArray(address, { maxLength: 3 }),
          organization: fc.option(text, { nil: undefined }),
        }),
        async ({ uid, name, emails, organization }) => {
          const written: Card = {
            uid,
            name,
            emails,
            organization,
            phones: ['+31 6 1', '020 1'],
            categories: ['a;b', 'c'],
          };
          const [, properties] = ical.parse(vcardText(written)) as unknown as [
            string,
            [string, object, string, unknown][],
          ];
          const said = (wanted: string) =>
            properties.filter(([each]) => each === wanted).map(([, , , value]) => value);
          const plain = (value: string) => value.replace(/\r\n?|\n/g, '\n');
          expect(said('uid').map(String)).toEqual([plain(uid)]);
          expect(said('fn').map(String)).toEqual([plain(name)]);
          expect(said('email')).toEqual(emails);
          const [row] = await rowsOf(vcardText(written));
          expect(row).toMatchObject({ TEL: '+31 6 1\n020 1', CATEGORIES: 'a;b,c,' });
          if (organization !== undefined) expect(row).toHaveProperty('ORG', plain(organization).trim());
        },
      ),
      { numRuns: 60 },
    );
  });
});
