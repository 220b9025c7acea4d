import { describe, expect, test } from 'vitest';
import {
  dealInputs,
  formConfirmedBy,
  listenText,
  noServe,
  parseListen,
  targetOf,
} from '../../src/domain/serve-settings.ts';

describe('where to listen', () => {
  test.each([
    ['8025', '127.0.0.1', 8025, '127.0.0.1:8025'],
    [':80', '127.0.0.1', 80, '127.0.0.1:80'],
    ['0.0.0.0:65535', '0.0.0.0', 65_535, '0.0.0.0:65535'],
    ['crm.example.com:0', 'crm.example.com', 0, 'crm.example.com:0'],
    ['[::1]:8025', '::1', 8025, '[::1]:8025'],
    ['[FE80::1%0]:1', 'FE80::1%0', 1, '[FE80::1%0]:1'],
  ])('%j is %s at %d', (text, host, port, plain) => {
    expect(parseListen(text)).toEqual({ host, port });
    expect(listenText({ host, port })).toBe(plain);
  });

  test.each([
    '',
    'x',
    '::1:80',
    '[]:80',
    '[x]:80',
    '[::1]80',
    'a b:80',
    'a:65536',
    'a:123456',
    'a:80x',
    'a:',
    '[::1',
  ])('is not %j', text => expect(parseListen(text)).toBeUndefined());
});

describe('the target of a value of a request', () => {
  test.each([
    ['id', { of: 'id' }],
    ['at', { of: 'at' }],
    ['email', { of: 'field', kind: 'contact', field: 'email' }],
    ['deal', { of: 'field', kind: 'contact', field: 'deal' }],
    ['deal.', { of: 'field', kind: 'contact', field: 'deal.' }],
    ['my.deal.value', { of: 'field', kind: 'contact', field: 'my.deal.value' }],
    ['deal.value', { of: 'field', kind: 'deal', field: 'value' }],
    ['deal.a.b\nc', { of: 'field', kind: 'deal', field: 'a.b\nc' }],
    ['prop.page', { of: 'property', key: 'page' }],
    ['props.page', { of: 'property', key: 'page' }],
  ] as const)('%j is %j', (name, target) => expect(targetOf(name)).toEqual(target));

  test('is a field of the deal for the inputs that make one', () => {
    expect(dealInputs({ a: 'deal.value', b: 'email', c: 'prop.deal.x', d: 'deal.title' })).toEqual([
      'a',
      'd',
    ]);
  });
});

test('a template for confirmation belongs to the form that sends it', () => {
  const form = { event: 'form.sent', fields: {}, required: [], rate: { count: 1, per: 1000 } };
  const serve = { ...noServe, forms: { news: { ...form, confirm: 'agree' }, demo: form } };
  expect(formConfirmedBy(serve, 'agree')).toBe('news');
  expect([formConfirmedBy(serve, 'other'), formConfirmedBy(undefined, 'agree')]).toEqual([
    undefined,
    undefined,
  ]);
});
