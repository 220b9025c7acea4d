/** What follows from the definitions of kinds: fields, columns, keys, and the order in which kinds point to each other. */
import { describe, expect, test } from 'vitest';
import { byReference, definitionOf, definitionsIn, fieldTo, hasFieldOf } from '../../src/kinds/define.ts';
import { isProperty, propertyField, propertyOf } from '../../src/kinds/event-property.ts';
import {
  columnsOf,
  fieldsOf,
  findField,
  isQueryWord,
  readField,
  SEARCH,
  storedFieldsOf,
} from '../../src/kinds/fields.ts';
import { recordKinds } from '../../src/kinds/index.ts';
import { inverseRelation } from '../../src/kinds/inverse-relation.ts';
import { isKey, keysOf, keyValues, nameOfKey, ranksOf } from '../../src/kinds/natural-keys.ts';
import { config } from './writing.ts';

const definition = (kind: string) => definitionOf(recordKinds, kind);
const names = (fields: readonly { readonly name: string }[]) => fields.map(each => each.name);

describe('fields', () => {
  test('of a workspace come last, and take the place of a newer one of the same name', () => {
    expect(names(fieldsOf(config, 'deal')).slice(-4)).toEqual(['files', 'size', 'budget', 'colour']);
    const own = {
      ...config,
      fields: {
        deal: [
          { name: 'probability', type: 'text' as const },
          { name: 'title', type: 'text' as const },
        ],
      },
    };
    const paths = storedFieldsOf(own, 'deal').map(each => each.path);
    expect(paths).toContain('fields.probability');
    expect(paths).not.toContain('probability');
    expect(paths).toContain('title');
  });

  test('that are parts of others are stored and not shown', () => {
    expect(names(storedFieldsOf(config, 'contact'))).toContain('otherEmails');
    expect(names(fieldsOf(config, 'contact'))).not.toContain('otherEmails');
  });

  test('are found by name, alias or kebab-case, a name before an alias', () => {
    const nameFor = (name: string) => findField(config, 'deal', name)?.name;
    expect(
      ['title', 'close', 'expected-close', 'expectedClose', 'fields.size', 'size', 'tag'].map(nameFor),
    ).toEqual(['title', 'expectedClose', 'expectedClose', 'expectedClose', 'size', 'size', 'tags']);
    expect(['', 'x', 'toString'].map(nameFor)).toEqual([undefined, undefined, undefined]);
  });

  test('of a workspace have a label and options where it gives them', () => {
    expect(findField(config, 'contact', 'linkedin')).toMatchObject({
      label: 'LinkedIn',
      custom: true,
      type: 'handle',
    });
    expect(findField(config, 'deal', 'size')).not.toHaveProperty('label');
    expect(findField(config, 'deal', 'colour')!.options!(config)).toEqual(['Red', 'red', 'blue']);
    expect(findField(config, 'deal', 'size')!.options!(config)).toEqual([]);
  });

  test('are read at their path, or by what they are computed from', () => {
    const record = { id: 'D1', contacts: ['C2'], fields: { size: 3 } };
    expect(readField(findField(config, 'deal', 'contact')!, record)).toBe('C2');
    expect(readField(findField(config, 'deal', 'size')!, record)).toBe(3);
  });

  test('cannot have the names of values that queries derive', () => {
    expect(['text', 'next-action', 'nextAction', 'score', 'title', ''].map(isQueryWord)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  test('of a kind point to others, have a type, or do not', () => {
    expect(fieldTo(definition('deal'), 'account')?.name).toBe('account');
    expect(fieldTo(definition('task'), 'deal')).toBeUndefined();
    expect(fieldTo(definition('deal'), 'task')).toBeUndefined();
    expect([hasFieldOf(definition('deal'), 'tags'), hasFieldOf(definition('deal'), 'repeat')]).toEqual([
      true,
      false,
    ]);
  });
});

describe('columns', () => {
  test('are of what is stored and not of what is computed or kept elsewhere', () => {
    const columns = columnsOf(config, 'contact');
    expect([...columns.keys()]).toEqual(
      expect.arrayContaining(['name', 'emails', 'phones', 'otherAccounts', 'fields.linkedin', SEARCH]),
    );
    for (const key of ['id', 'otherEmails', 'accounts']) expect(columns.has(key)).toBe(false);
    const linkedin = columns.get('fields.linkedin')!;
    expect(linkedin).toMatchObject({
      storedAs: 'fields.linkedin handle',
      reads: ['fields.linkedin'],
      type: 'text',
    });
    expect(linkedin.cell({ id: 'C1', fields: { linkedin: 'jane' } })).toBe('jane');
  });

  test('of searched texts keep them apart', () => {
    const search = columnsOf(config, 'deal').get(SEARCH)!;
    expect(search.reads).toEqual(['title', 'description']);
    expect(search.cell({ id: 'D1', title: 'a', description: 'b' })).toBe('a\u001fb');
    expect(search.cell({ id: 'D1', description: 'b' })).toBe('\u001fb');
    expect(columnsOf(config, 'enrolment').has(SEARCH)).toBe(false);
  });
});

describe('keys', () => {
  const keyOf = (kind: string, path: string) => keysOf(config, kind).find(key => key.path === path)!;

  test('are those of the kind, and handles of the workspace', () => {
    expect(keysOf(config, 'contact').map(nameOfKey)).toEqual([
      'email',
      'externalId',
      'phone',
      'name',
      'fields.linkedin',
    ]);
    expect(keyOf('contact', 'fields.linkedin')).toMatchObject({
      rank: 9,
      said: 'linkedin',
      unique: true,
      caseless: true,
    });
    expect(keysOf(config, 'deal').map(nameOfKey)).toEqual(['externalId', 'title']);
    expect(ranksOf(recordKinds)).toEqual([1, 2, 3, 4, 5, 6, 9]);
  });

  test('have the values of a record, also by path', () => {
    expect(keyValues(keyOf('contact', 'emails'), { email: 'a', otherEmails: ['b'] })).toEqual(['a', 'b']);
    const handle = keyOf('contact', 'fields.linkedin');
    expect(keyValues(handle, { fields: { linkedin: 'jane' } })).toEqual(['jane']);
    expect(keyValues(handle, { 'fields.linkedin': 'jane' })).toEqual(['jane']);
    expect(keyValues(keyOf('contact', 'name'), { name: 7 })).toEqual([]);
    expect(keyValues(keyOf('contact', 'name'), {})).toEqual([]);
  });

  test.each([
    ['contact', 'emails', 'jane@x.com', 'Jane <JANE@x.com>', true],
    ['contact', 'emails', 'jane@x.com', 'jan@x.com', false],
    ['contact', 'phones', '020 555 1234', '020-5551234', true],
    ['contact', 'phones', '020 555 1234', '020-5551235', false],
    ['contact', 'name', 'Jos\u00e9', 'JOSE\u0301', true],
    ['contact', 'name', 'Jane  Roe', ' jane  roe', false],
    ['contact', 'name', 'Jane Roe', ' jane  roe', true],
    ['contact', 'externalId', 'x-1', 'x-1', true],
    ['contact', 'externalId', 'x-1', 'X-1', false],
    ['contact', 'externalId', 'caf\u00e9', 'cafe\u0301', true],
    // What is kept may be what was typed before it was read in this way.
    ['contact', 'fields.linkedin', '@jane', '@Jane', true],
    ['contact', 'fields.linkedin', 'jane', 'https://linkedin.com/in/jane', true],
    ['account', 'domains', 'acme.example', 'https://www.acme.example/', true],
  ])('of a %s, %s: %j is %j: %s', (kind, path, value, text, is) => {
    expect(isKey(keyOf(kind, path), value, text, config)).toBe(is);
  });
});

test('kinds come after those that their records point to, as far as they do not point to each other', () => {
  const of = (name: string, ...refs: string[]) => ({ name, fields: [{ refs }, {}] }) as never;
  expect(byReference([of('a', 'b'), of('b', 'c'), of('c'), of('d')])).toEqual(['c', 'b', 'a', 'd']);
  expect(byReference([of('a', 'b'), of('b', 'a'), of('c', 'c')])).toEqual(['b', 'a', 'c']);
  const order = byReference(definitionsIn(recordKinds));
  expect([...order].sort()).toEqual([...recordKinds.names].sort());
  expect(order.indexOf('account')).toBeLessThan(order.indexOf('contact'));
  expect(order.indexOf('contact')).toBeLessThan(order.indexOf('deal'));
});

describe('a property of an event', () => {
  test.each([
    ['true', true],
    ['false', false],
    ['True', 'True'],
    ['0', 0],
    ['-12.5', -12.5],
    ['007', '007'],
    ['1e3', '1e3'],
    ['1.', '1.'],
    ['x1', 'x1'],
    ['1x', '1x'],
    ['123456789012345', 123_456_789_012_345],
    ['1234567890123456', '1234567890123456'],
    ['0.30000000000000001', '0.30000000000000001'],
  ])('%j is %j', (text, value) => expect(propertyOf(text)).toBe(value));

  test('is a field by its name', () => {
    for (const name of ['prop.a.b', 'props.a.b']) {
      const field = propertyField(name)!;
      expect(field).toMatchObject({ name: 'prop.a.b', path: 'props.a.b', aliases: [] });
      expect(isProperty(field)).toBe(true);
    }
    for (const name of ['prop.', 'propx.a', 'my.prop.a', 'prop', 'prop.__proto__'])
      expect(propertyField(name)).toBeUndefined();
    expect(isProperty(findField(config, 'deal', 'title')!)).toBe(false);
  });
});

test.each([
  ['reports-to', 'manages'],
  ['parent-of', 'child-of'],
  ['client', 'supplier'],
  ['works-for', 'employs'],
  ['colleague', 'colleague'],
  ['works-with', 'works-with'],
  ['referred', 'referred-by'],
  ['assistant', 'assistant-of'],
  ['assistant-of-of', 'assistant-of-of-of'],
  ['bed', 'bed-by'],
  ['mentor-by', 'mentor-by-of'],
  ['referred-of', 'referred-of-of'],
  ['manages-of', 'manages-of-of'],
])('%s from the other side is %s, and back', (one, other) => {
  expect([inverseRelation(one), inverseRelation(other)]).toEqual([other, one]);
});
