import { describe, expect, test } from 'vitest';
import { addressOf, isLoopback, rateText, readRate } from '../../src/domain/mail-settings.ts';

describe('a rate', () => {
  test.each([
    ['2/s', 2, 1000, '2/s'],
    [' 30 / min ', 30, 60_000, '30/min'],
    ['999999/h', 999_999, 3_600_000, '999999/h'],
  ])('%j is %d messages in %d ms', (text, count, per, plain) => {
    expect(readRate(text)).toEqual({ count, per });
    expect(rateText({ count, per })).toBe(plain);
  });

  test.each([
    '',
    '2',
    '2/',
    '/s',
    '0/s',
    '02/s',
    '1000000/s',
    '2/m',
    '2/sec',
    'x2/s',
    '2/s.',
    '2.5/s',
    '-1/s',
  ])('is not %j', text => expect(readRate(text)).toBeUndefined());
});

test.each([
  ['smtp.example.com', 587, 'smtp.example.com:587'],
  ['127.0.0.1', 25, '127.0.0.1:25'],
  ['::1', 25, '[::1]:25'],
])('the server %s at %d is written %s', (host, port, text) => expect(addressOf({ host, port })).toBe(text));

test.each(['localhost', 'LOCALHOST', '127.0.0.1', '127.255.12.1', '::1', '[::1]'])(
  '%s is this machine',
  host => expect(isLoopback(host)).toBe(true),
);
test.each([
  '',
  'localhost.example',
  'my-localhost',
  '128.0.0.1',
  '127.0.0.1.example',
  '1127.0.0.1',
  '127.0.0',
  '127.0.0.1234',
  '127.x.0.1',
  '::2',
  '1::1',
])('%j is another machine', host => expect(isLoopback(host)).toBe(false));
