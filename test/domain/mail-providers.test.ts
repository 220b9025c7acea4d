import { expect, test } from 'vitest';
import { domainOfAddress, providerOf } from '../../src/domain/mail-providers.ts';
import { isProgramAgent, isTooSoon } from '../../src/domain/mail-programs.ts';

test('the domain of an address is what follows its last @', () => {
  expect(domainOfAddress('Jane@Example.COM')).toBe('example.com');
  expect(domainOfAddress('"a@b"@example.com')).toBe('example.com');
});

test.each([
  ['ana@gmail.com', 'Gmail', 'smtp.gmail.com', 465, 'tls'],
  ['ana@GMX.de', 'GMX', 'mail.gmx.net', 587, 'starttls'],
  ['ana@acme.onmicrosoft.com', 'Microsoft 365', 'smtp.office365.com', 587, 'starttls'],
])('%s is at %s', (address, name, host, port, tls) => {
  expect(providerOf(address)).toMatchObject({ name, smtp: { host, port, tls } });
});

test.each(['ana@acme.example', 'ana@mygmail.com', 'ana@gmail.com.example', 'ana@com'])(
  '%s is at none',
  address => {
    expect(providerOf(address)).toBeUndefined();
  },
);

test('a program that opens mails names itself, or is quicker than a person', () => {
  for (const agent of ['GoogleImageProxy', 'node', 'node-fetch/1.0', 'python-requests/2', 'Slackbot 1.0'])
    expect(isProgramAgent(agent)).toBe(true);
  for (const agent of ['', 'Mozilla/5.0 (Macintosh) Safari/605', 'Thunderbird with nodes', 'inode'])
    expect(isProgramAgent(agent)).toBe(false);
  expect([0, 9_999, 10_000].map(isTooSoon)).toEqual([true, true, false]);
});
