import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newText } from '../../../src/channels/mail-in/new-text.ts';

const text = (...lines: string[]) => newText(lines.join('\n')).text;

describe('what is quoted is left out', () => {
  test.each<[string, string[]]>([
    [
      'Gmail',
      ['Yes.', '', 'On Mon, 14 Sep 2026 at 09:30, Acme Sales <sales@acme.example> wrote:', '', '> Do you?'],
    ],
    [
      'wrapped',
      ['Yes.', '', 'On Mon, 14 Sep 2026 at 09:30, Acme Sales', '<sales@acme.example> wrote:', '> Do you?'],
    ],
    ['German', ['Yes.', '', 'Am 14.09.2026 um 09:30 schrieb Acme Sales <sales@acme.example>:', '> Do you?']],
    [
      'French',
      [
        'Yes.',
        '',
        'Le lun. 14 sept. 2026 \u00e0 09:30, Acme Sales <sales@acme.example> a \u00e9crit :',
        '> Do you?',
      ],
    ],
    [
      'Dutch',
      ['Yes.', '', 'Op ma 14 sep 2026 om 09:30 schreef Acme Sales <sales@acme.example>:', '> Do you?'],
    ],
    [
      'Spanish',
      [
        'Yes.',
        '',
        'El lun, 14 sept 2026 a las 9:30, Acme Sales (<sales@acme.example>) escribi\u00f3:',
        '> Do you?',
      ],
    ],
    [
      'Italian',
      [
        'Yes.',
        '',
        'Il giorno lun 14 set 2026 alle ore 09:30 Acme Sales <sales@acme.example> ha scritto:',
        '> Do you?',
      ],
    ],
    [
      'Hungarian',
      [
        'Yes.',
        '',
        'Acme Sales <sales@acme.example> ezt \u00edrta (id\u0151pont: 2026. szept. 14.):',
        '> Do you?',
      ]
        .slice(0, 2)
        .concat('> Do you?'),
    ],
    [
      'Swedish',
      ['Yes.', '', 'Den m\u00e5n 14 sep. 2026 kl 09:30 skrev Acme Sales <sales@acme.example>:', '> Do you?'],
    ],
    [
      'Outlook',
      ['Yes.', '', '-----Original Message-----', 'From: Acme', 'Sent: Monday', 'Subject: x', '', 'Do you?'],
    ],
    ['Outlook in German', ['Yes.', '', '-----Urspr\u00fcngliche Nachricht-----', 'Von: Acme', '', 'Do you?']],
    [
      'new Outlook',
      [
        'Yes.',
        '',
        '________________________________',
        'From: Acme Sales <sales@acme.example>',
        'Sent: Monday, September 14, 2026 9:30',
        'To: Jane',
        'Subject: x',
        '',
        'Do you?',
      ],
    ],
    [
      'Outlook in French',
      [
        'Yes.',
        '',
        'De : Acme Sales <sales@acme.example>',
        'Envoy\u00e9 : lundi 14 septembre 2026',
        '\u00c0 : Jane',
        'Objet : x',
        '',
        'Do you?',
      ],
    ],
    [
      'Apple',
      ['Yes.', '', '> On 14 Sep 2026, at 09:30, Acme Sales <sales@acme.example> wrote:', '> ', '> Do you?'],
    ],
  ])('as %s writes it', (_, lines) => {
    expect(text(...lines)).toBe('Yes.');
  });
});

describe('what the author wrote stays', () => {
  test.each<[string, string[], string]>([
    ['between quotations', ['> Do you?', 'Yes.', '', '> And when?', 'Now.'], 'Yes.\n\nNow.'],
    ['a signature', ['Yes.', '', '-- ', 'Jane, +36 1 234 5678'], 'Yes.\n\n--\nJane, +36 1 234 5678'],
    [
      'a sentence with a colon',
      ['On Monday we need the following:', '40 chairs'],
      'On Monday we need the following:\n40 chairs',
    ],
    [
      'a forwarded mail',
      [
        'See below.',
        '',
        '---------- Forwarded message ---------',
        'From: Mia',
        'Date: Monday',
        'Subject: x',
        'To: Jane',
        '',
        '40 chairs',
      ],
      'See below.\n\n---------- Forwarded message ---------\nFrom: Mia\nDate: Monday\nSubject: x\nTo: Jane\n\n40 chairs',
    ],
    [
      'a line that begins with From:',
      ['From: Monday on we are closed.', 'Bye'],
      'From: Monday on we are closed.\nBye',
    ],
  ])('%s', (_, lines, kept) => {
    expect(text(...lines)).toBe(kept);
  });

  test('as long as it is no longer than 64 KB, between two characters', () => {
    const { text: kept, isCut } = newText('\u00fc'.repeat(100_000));
    expect(isCut).toBe(true);
    expect(kept).toBe('\u00fc'.repeat(32_768));
  });

  test('any text: no line is made up, no control character is left (property)', () => {
    const words = fc.constantFrom(
      '> a',
      'b',
      '',
      'On 1 Jan 2026 x wrote:',
      'From: a',
      'Sent: b',
      'To: c',
      '\u001b[31m',
      '---',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(words, fc.string()), { maxLength: 12 }), lines => {
        const { text: kept } = newText(lines.join('\n'));
        expect(kept).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f]/);
        const given = lines.join('\n').replace(/[\u0000-\u001f\u007f\s]/g, '');
        for (const line of kept.split('\n')) expect(given).toContain(line.replace(/\s/g, ''));
      }),
    );
  });
});
