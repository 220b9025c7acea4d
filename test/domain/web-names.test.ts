import { describe, expect, test } from 'vitest';
import { domainIn, handleIn, parseDomain, parseDomains, parseHandle } from '../../src/domain/web-names.ts';

const usageError = (message: string, hint: string) =>
  expect.objectContaining({ kind: 'USAGE', message, hint });

describe('a domain', () => {
  test.each([
    'acme.example',
    ' ACME.example ',
    'https://acme.example',
    'svn+ssh://acme.example',
    'www.acme.example',
    'http://www.acme.example/about/us\nand more',
    'acme.example?from=mail',
    'acme.example#top',
    'acme.example:8080',
    'acme.example.',
    'acme.example..',
    'https://www.acme.example.:443/',
  ])('is what %j names', text => {
    expect(domainIn(text)).toBe('acme.example');
    expect(parseDomain(text)).toBe('acme.example');
  });

  test.each([
    ['shop.acme.example', 'shop.acme.example'],
    ['awww.example', 'awww.example'],
    ['www.www.example', 'www.example'],
    ['1http://acme.example', '1http:'],
    ['acme:http://x', 'acme:http:'],
    ['acme.example:80:90', 'acme.example:80'],
    ['acme.example:http', 'acme.example:http'],
    ['a..example', 'a..example'],
  ])('%j loses no more than what is around a domain: %j', (text, domain) => {
    expect(domainIn(text)).toBe(domain);
  });

  test.each(['', ' ', 'https://', 'two words', 'jane@acme.example', 'a.example,b.example', 'a.example;b'])(
    '%j is none',
    text => {
      expect(() => parseDomain(text)).toThrow(
        usageError(`${JSON.stringify(text)} is not a domain`, 'for example acme.example'),
      );
    },
  );

  test('is kept once, whatever stands between domains of a list', () => {
    const list = ' acme.example, www.acme.example;b.example\n\nc.example:::d.example ';
    expect(parseDomains(list)).toEqual(['acme.example', 'b.example', 'c.example', 'd.example']);
    expect(parseDomains('')).toEqual([]);
  });
});

describe('a name on a network', () => {
  test.each([
    'janeroe',
    ' janeroe ',
    '@janeroe',
    '@@janeroe',
    '@ janeroe',
    'linkedin.com/in/janeroe',
    'https://www.linkedin.com/in/janeroe/',
    'HTTPS://LinkedIn.com/in/janeroe//',
    'https://social.example:8080/@janeroe?tab=posts',
    'social.example/janeroe#top',
    'my-site.example/jane%72oe',
  ])('is what %j names', text => {
    expect(parseHandle(text)).toBe('janeroe');
  });

  test.each([
    ['jane  roe', 'jane roe'],
    ['jane@home', 'jane@home'],
    ['jane?roe#x', 'jane?roe#x'],
    ['jane.roe', 'jane.roe'],
    ['jane/roe', 'jane/roe'],
    ['see linkedin.com/in/janeroe', 'see linkedin.com/in/janeroe'],
    ['x.y/janeroe', 'x.y/janeroe'],
    ['100%', '100%'],
    ['j%C3%A9', 'jé'],
  ])('%j is %j', (text, handle) => {
    expect(handleIn(text)).toBe(handle);
  });

  test.each(['', ' ', '@', 'https://linkedin.com/', 'linkedin.com/?x=1'])('is not in %j', text => {
    expect(handleIn(text)).toBe('');
    expect(() => parseHandle(text)).toThrow(
      usageError(`${JSON.stringify(text)} is not a name on a network`, 'janeroe, or the address of the page'),
    );
  });
});
