/** The types of fields: how a typed value is read, kept in a column and printed. */
import { describe, expect, test } from 'vitest';
import type { Config } from '../../src/domain/config.ts';
import { zone } from '../../src/domain/zone.ts';
import { type Field, type FieldTypeName, field, mayImport } from '../../src/kinds/field.ts';
import {
  asListOf,
  byCodeUnits,
  fieldTypes,
  oneOf,
  parseUser,
  type ValueContext,
  withTime,
} from '../../src/kinds/field-types.ts';
import { recordKinds } from '../../src/kinds/index.ts';
import { config } from './writing.ts';

const context: ValueContext = {
  config,
  clock: { now: Date.parse('2026-09-14T08:00:00Z'), zone: zone('UTC') },
  me: 'ana',
  currency: 'EUR',
  find: (kinds, key) => `${kinds.join('|')}:${key}`,
};
const usage = (message: string, hint?: string) => expect.objectContaining({ kind: 'USAGE', message, hint });
const parse = (
  type: FieldTypeName,
  text: string,
  extra: Partial<Field> = {},
  more: Partial<ValueContext> = {},
) => fieldTypes[type].parse(text, field('x', type, extra), { ...context, ...more });

const stages = {
  options: () => ['new', 'offer', 'fix'],
  names: () => [
    { id: 'new', name: 'Fresh' },
    { id: 'offer', name: 'Shared' },
    { id: 'fix', name: 'shared' },
    { id: 'fix', name: 'New' },
  ],
};

describe('a typed value is read', () => {
  test.each<[FieldTypeName, string, unknown, Partial<Field>?]>([
    ['text', ' as it is ', ' as it is '],
    ['link', ' https://example.com/x ', 'https://example.com/x'],
    ['link', 'HTTP://EXAMPLE.com', 'HTTP://EXAMPLE.com'],
    ['link', 'http://localhost:80/a', 'http://localhost:80/a'],
    ['link', 'ftp://x', 'ftp://x'],
    ['link', 'mailto:jane@x.com', 'mailto:jane@x.com'],
    ['link', 'tel:+31205551234', 'tel:+31205551234'],
    ['link', 'tel:112', 'tel:112'],
    ['number', ' -4.50 ', -4.5],
    ['number', '+3', 3],
    ['money', '1200.5', '1200.50'],
    ['instant', '2026-09-01 09:30', '2026-09-01T09:30:00.000Z'],
    ['day', 'tomorrow', '2026-09-15'],
    ['day', '1 oct', '2026-10-01'],
    ['day', '1 oct', '2025-10-01', { happened: true }],
    ['day', 'tomorrow', '2026-09-15', { time: 'dueTime' }],
    ['day', 'tomorrow 14:30', '2026-09-15 14:30', { time: 'dueTime' }],
    ['time', '9:30', '09:30'],
    ['boolean', ' YES ', true],
    ['boolean', 'true', true],
    ['boolean', '1', true],
    ['boolean', 'no', false],
    ['boolean', 'False', false],
    ['boolean', '0', false],
    ['word', ' me ', 'me'],
    ['word', ' me ', 'ana', { names: () => [] }],
    ['word', 'ana ruiz', 'ana', { names: () => [] }],
    ['word', 'BEN BOS', 'BEN BOS', { names: () => [] }],
    ['word', ' someone ', 'someone', { names: () => [] }],
    ['currency', ' usd ', 'USD'],
    ['choice', ' OFFER ', 'offer', stages],
    ['choice', 'fresh', 'new', stages],
    // An id comes before a name; a name that several have stays as it is.
    ['choice', 'new', 'new', stages],
    ['choice', ' Shared ', 'Shared', stages],
    ['choices', 'offer, new,,offer', ['offer', 'new'], stages],
    ['tags', 'b, a,b, ', ['a', 'b']],
    ['user', 'ana', 'ana'],
    ['repeat', 'every week', 'weekly'],
    ['ref', ' Acme ', 'account|deal:Acme', { refs: ['account', 'deal'] }],
    ['refs', 'C1, Jane', ['contact:C1', 'contact:Jane'], { refs: ['contact'] }],
    ['emails', 'a@x.com b@x.com', ['a@x.com', 'b@x.com']],
    ['phone', ' 020  555 ', '020 555'],
    ['phones', '020 555 1234, 020-5551234, 7', ['020 555 1234', '7']],
    ['domains', 'acme.example www.acme.example', ['acme.example']],
    ['handle', '@jane', 'jane'],
    ['files', 'files/a.pdf, files/b.pdf', ['files/a.pdf', 'files/b.pdf']],
  ])('%s %j as %j', (type, text, value, extra) => expect(parse(type, text, extra)).toEqual(value));

  test.each<[FieldTypeName, string, string, string?, Partial<Field>?]>([
    ['link', 'example.com/x', 'x: "example.com/x" is not a link', 'did you mean https://example.com/x?'],
    ['link', 'example', 'x: "example" is not a link', 'for example https://example.com/offer'],
    [
      'link',
      'https://a b.com',
      'x: "https://a b.com" is not a link',
      'for example https://example.com/offer',
    ],
    [
      'link',
      'javascript:alert(1)',
      'x: "javascript:alert(1)" is not a link',
      'for example https://example.com/offer',
    ],
    [
      'link',
      'see https://x.com',
      'x: "see https://x.com" is not a link',
      'for example https://example.com/offer',
    ],
    [
      'link',
      'https://x.com:99999',
      'x: "https://x.com:99999" is not a link',
      'for example https://example.com/offer',
    ],
    ['number', '1e3', 'x: "1e3" is not a number', 'accepted: 12, -3 or 4.5'],
    ['number', 'x1', 'x: "x1" is not a number', 'accepted: 12, -3 or 4.5'],
    ['number', '1x', 'x: "1x" is not a number', 'accepted: 12, -3 or 4.5'],
    ['number', '1.', 'x: "1." is not a number', 'accepted: 12, -3 or 4.5'],
    ['boolean', 'maybe', 'x: "maybe" is neither yes nor no', 'accepted: true, yes, 1, false, no, 0'],
    ['boolean', 'toString', 'x: "toString" is neither yes nor no', 'accepted: true, yes, 1, false, no, 0'],
    ['currency', 'XX', '"XX" is not a currency', 'accepted: an ISO 4217 code such as EUR or USD'],
    ['choice', 'ofer', 'unknown x "ofer"', 'did you mean offer?', stages],
    ['choice', 'zzz', 'unknown x "zzz"', 'x is one of: new, offer, fix', stages],
    ['choices', 'new, zzz', 'unknown x "zzz"', 'x is one of: new, offer, fix', stages],
    ['choice', 'zzz', 'unknown x "zzz"'],
    ['files', 'files/a.pdf,b.pdf', '"b.pdf" is not the path of a file below files/', 'files/D12/offer.pdf'],
  ])('or refused: %s %j', (type, text, message, hint, extra) => {
    expect(() => parse(type, text, extra)).toThrow(usage(message, hint));
  });
});

describe('a value in a column', () => {
  test.each<[FieldTypeName, unknown, unknown]>([
    ['text', 'x', 'x'],
    ['text', 7, '7'],
    ['text', undefined, undefined],
    ['text', null, undefined],
    ['link', 'x', 'x'],
    ['number', 7, 7],
    ['number', '7', undefined],
    ['money', '7.50', 7.5],
    ['money', 7, undefined],
    ['instant', '1970-01-01T00:00:01Z', 1000],
    ['instant', 7, undefined],
    ['day', '1970-01-02', 1],
    ['day', 'x', undefined],
    ['day', 7, undefined],
    ['time', '09:30', '09:30'],
    ['time', 7, undefined],
    ['boolean', true, 1],
    ['boolean', false, 0],
    ['boolean', 'yes', undefined],
    ['word', 'x', 'x'],
    ['word', 7, undefined],
    ['currency', 'EUR', 'EUR'],
    ['currency', 7, undefined],
    ['choice', 'x', 'x'],
    ['choice', 7, undefined],
    ['choices', ['x'], ['x']],
    ['choices', 'x', undefined],
    ['tags', ['x'], ['x']],
    ['tags', 'x', undefined],
    ['user', 'ana', 'ana'],
    ['user', 7, undefined],
    ['repeat', 'weekly', 'weekly'],
    ['repeat', 7, undefined],
    ['ref', 'C7', recordKinds.refTo('contact', 7)],
    ['ref', 7, undefined],
    ['refs', ['C7', 'C8'], [7, 8]],
    ['refs', 'C7', undefined],
    ['emails', ['a'], '["a"]'],
    ['phone', '1', '1'],
  ])('of a %s, %j, is %j', (type, value, cell) => {
    expect(fieldTypes[type].cell(value as never, recordKinds)).toEqual(cell);
  });

  test('of many instants is of each', () => {
    const cell = (text: string) => fieldTypes.instant.cell(text, recordKinds);
    const [a, b] = ['1970-01-01T00:00:01Z', '1970-01-01T00:00:02Z'];
    expect([a, a, b, a, b, b].map(text => cell(text!))).toEqual([1000, 1000, 2000, 1000, 2000, 2000]);
  });
});

test.each<[FieldTypeName, unknown, string]>([
  ['text', 'x', 'x'],
  ['text', { a: 1 }, '{"a":1}'],
  ['number', 1e21, '1000000000000000000000'],
  ['number', '7', '7'],
  ['boolean', true, 'true'],
  ['choices', ['a', 'b'], 'a,b'],
  ['choices', 'a', 'a'],
  ['tags', ['a;b', 'c'], 'a;b,c,'],
  ['refs', ['C1', 'C2'], 'C1,C2'],
  ['refs', 'C1', 'C1'],
  ['emails', ['a', 'b'], 'a,b'],
  ['phones', ['1, 2', '3'], '1 2,3'],
  ['phones', '1, 2', '1, 2'],
  ['files', ['files/a'], 'files/a'],
])('a %s, %j, is printed as %j', (type, value, text) => {
  expect(fieldTypes[type].print(value as never)).toBe(text);
});

test('the items of a list are written so that they are read again', () => {
  expect([['a', 'b'], ['a:::b'], ['* my tag'], ['x* my'], []].map(asListOf)).toEqual([
    'a,b',
    'a:::b,',
    '* my tag,',
    'x* my',
    '',
  ]);
  expect(withTime('2026-09-15', '14:30')).toBe('2026-09-15 14:30');
  expect(['b', 'a', 'B', 'a'].sort(byCodeUnits)).toEqual(['B', 'a', 'a', 'b']);
  expect(byCodeUnits('a', 'a')).toBe(0);
});

test('one of some options is the one that is written so, else one in other letters', () => {
  expect(oneOf(' red ', ['Red', 'red'], 'colour')).toBe('red');
  expect(oneOf('RED', ['Red', 'red'], 'colour')).toBe('Red');
});

describe('a user', () => {
  const user = (text: string, more: Partial<ValueContext> = {}) =>
    parseUser(text, 'owner', { ...context, ...more });
  test.each([
    [' ana ', 'ana'],
    ['ANA RUIZ', 'ana'],
    ['Ana@Example.com', 'ana'],
    ['me', 'ana'],
    ['none', null],
    ['ben', 'ben'],
  ])('is named by %j: %s', (text, id) => expect(user(text)).toBe(id));

  test('is one of the workspace, and only one', () => {
    expect(() => user('Ben Bos')).toThrow(
      usage('owner: "Ben Bos" names several users', 'use an id: ben, ben2'),
    );
    expect(() => user('anna')).toThrow(usage('unknown user "anna"', 'did you mean ana?'));
    expect(() => user('toString')).toThrow('unknown user "toString"');
    expect(() => user('me', { me: 'guest' })).toThrow(
      usage('owner: you act as "guest", who is not in users', 'crm user add guest'),
    );
    expect(() => user('x', { config: { ...config, users: {} } as Config })).toThrow(
      usage('unknown user "x"', 'there are no users: crm user add ID'),
    );
  });
});

test('an import may set what people may set, and facts from before', () => {
  expect(
    [{}, { settable: false }, { settable: false, importable: true } as const].map(extra =>
      mayImport(field('x', 'text', extra)),
    ),
  ).toEqual([true, false, true]);
});
