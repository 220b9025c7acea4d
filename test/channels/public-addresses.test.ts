import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isInternalByName, isPublicAddress } from '../../src/channels/public-addresses.ts';

test.each([
  '8.8.8.8',
  '1.1.1.1',
  '172.15.255.255',
  '172.32.0.1',
  '100.63.255.255',
  '100.128.0.1',
  '223.255.255.255',
  '2606:4700::1111',
  '2a00:1450:4001:82a::200e',
  '::ffff:8.8.8.8',
  '64:ff9b::808:808',
])('%s is an address of the internet', address => {
  expect(isPublicAddress(address)).toBe(true);
});

test.each([
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::127.0.0.1',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::ffff:0:0',
  '0:0:0:0:0:ffff:a01:203',
  '64:ff9b::7f00:1',
  '64:ff9b::10.0.0.1',
  '64:ff9b:1::1',
  'fc00::1',
  'fd12:3456::1',
  'fe80::1',
  'fe80::1%eth0',
  'ff02::1',
  '2002:7f00:1::',
  '2001::1',
  'example.com',
  '',
])('%s is not', address => {
  expect(isPublicAddress(address)).toBe(false);
});

test('an IPv4 address is as public as the IPv6 addresses that stand for it', () => {
  fc.assert(
    fc.property(fc.ipV4(), address => {
      const isPublic = isPublicAddress(address);
      expect(isPublicAddress(`::ffff:${address}`)).toBe(isPublic);
      expect(isPublicAddress(`64:ff9b::${address}`)).toBe(isPublic);
    }),
  );
});

test.each([
  ['http://localhost:3000', true],
  ['http://app.localhost', true],
  ['http://intranet', true],
  ['https://nas.local', true],
  ['https://x.home.arpa', true],
  ['http://10.0.0.5', true],
  ['http://0x7f.1', true],
  ['http://[::1]:80', true],
  ['https://[fd00::1]', true],
  ['https://example.com', false],
  ['https://localhost.example.com', false],
  ['https://8.8.8.8', false],
  ['https://[2606:4700::1111]', false],
])('%s is internal by its name: %s', (origin, isInternal) => {
  expect(isInternalByName(origin)).toBe(isInternal);
});
