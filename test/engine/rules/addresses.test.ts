/** What values of records can do to the address of a webhook and to the arguments of a command: fill their place. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { originOf, renderedAddress, whyNotAddress } from '../../../src/engine/rules/addresses.ts';
import { isCommandOf, renderedCommand, whyNotProgram } from '../../../src/engine/rules/command-lines.ts';
import { anyText } from '../../texts.ts';

const rule = 'https://example.com:8443/hooks/{{ a }}/won?title={{ b }}&crm=1';

/** Texts that mean something in an address, and any others, halves of surrogate pairs among them. */
const value = fc.oneof(
  fc.constantFrom(
    '..',
    '.',
    '%2e%2e',
    '@evil.example',
    '/',
    '//',
    '\\',
    '?x=1',
    '#',
    '&crm=2',
    '\n',
    ' ',
    '\0',
  ),
  anyText(),
  fc.integer({ min: 0xd800, max: 0xdfff }).map(code => String.fromCharCode(code)),
);

const rendered = (a: string, b: string) =>
  renderedAddress(rule, part => (part === '{{ a }}' ? a : part === '{{ b }}' ? b : 'other'));

test('a value of an address arrives as it is, and changes nothing around it', () => {
  fc.assert(
    fc.property(value, value, (a, b) => {
      const isDots = a === '.' || a === '..';
      if (isDots) return void expect(() => rendered(a, b)).toThrow('a segment . or ..');
      const url = new URL(rendered(a, b));
      const wellFormed = (text: string) => Buffer.from(text).toString();
      expect(url.origin).toBe('https://example.com:8443');
      expect(url.hash).toBe('');
      const segments = url.pathname.split('/');
      expect(segments.map(decodeURIComponent)).toEqual(['', 'hooks', wellFormed(a), 'won']);
      expect([...url.searchParams]).toEqual([
        ['title', wellFormed(b)],
        ['crm', '1'],
      ]);
    }),
  );
});

test('the origin of an address is that of its literal beginning', () => {
  expect(originOf(rule)).toBe('https://example.com:8443');
  expect(originOf('HTTP://Example.COM:80?x={{ a }}')).toBe('http://example.com');
  expect(originOf('http://0x7f.1/')).toBe('http://127.0.0.1');
});

test.each([
  rule,
  'https://example.com',
  'http://[::1]:8080/x',
  'https://example.com?x={{ a }}',
  'https://example.com/{{ a }}.json',
  "https://example.com/?x={{ a | default: '#' }}",
])('%s may be the address of a webhook', address => {
  expect(whyNotAddress(address)).toBeUndefined();
});

test.each([
  'https:example.com/',
  'https:///example.com/',
  'https://example.com\\@evil.example/',
  'https://example.com\t/',
  'https://example.com\\{{ a }}',
  'https://example.com/\\..\\{{ a }}',
  'https://example.com@{{ a }}/',
  '//example.com/',
  'https://',
  'https://exa mple.com/',
  'https://example.com:99999/',
  'https://example.com/..',
  'https://example.com/{{ a }}/%2e%2E?x',
])('%s may not', address => {
  expect(whyNotAddress(address)?.hint).toMatch(/^https:/);
});

const argv = ['./notify.sh', '{{ a }}', '--title={{ b }}', '-v', 'to {{ a }}'];
const filled = (a: string, b: string) =>
  renderedCommand(argv, each =>
    String(each)
      .replace('{{ a }}', () => a)
      .replace('{{ b }}', () => b),
  );

test('a value of a command stays in its argument, and makes no option of it', () => {
  fc.assert(
    fc.property(fc.oneof(value, fc.constantFrom('-rf', '--', '-', ' -x')), value, (a, b) => {
      if (a.startsWith('-') || `${a}${b}`.includes('\0'))
        return void expect(() => filled(a, b)).toThrow(a.startsWith('-') ? /option|NUL/ : 'NUL');
      expect(filled(a, b)).toEqual(['./notify.sh', a, `--title=${b}`, '-v', `to ${a}`]);
      expect(isCommandOf(argv, filled(a, b))).toBe(true);
    }),
  );
});

test.each([
  [['./notify.sh', 'x', '--title=y', '-v', 'to x'], true],
  [['./notify.sh', 'x\ny', '--title=', '-v', 'to '], true],
  [['./other.sh', 'x', '--title=y', '-v', 'to x'], false],
  [['./notify.sh', '-x', '--title=y', '-v', 'to x'], false],
  [['./notify.sh', 'x', '--other=y', '-v', 'to x'], false],
  [['./notify.sh', 'x', '--title=y', '-w', 'to x'], false],
  [['./notify.sh', 'x', '--title=y', '-v'], false],
  [['./notify.sh', 'x', '--title=y', '-v', 'to x', 'more'], false],
])('%j is what the rule says: %s', (command, isOfRule) => {
  expect(isCommandOf(argv, command)).toBe(isOfRule);
});

test('a program is written out', () => {
  expect(
    ['./x.sh', 'msmtp', '', ' ', '{{ a }}', 'x{% if a %}y{% endif %}', 'x\0'].map(whyNotProgram),
  ).toEqual([
    undefined,
    undefined,
    'there is no program to run',
    'there is no program to run',
    expect.stringMatching('written out'),
    expect.stringMatching('written out'),
    expect.stringMatching('NUL'),
  ]);
});
