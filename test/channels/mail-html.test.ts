/** The HTML part of a mail: what a value says stays text, whatever it is. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mailHtml } from '../../src/channels/mail-html.ts';

const any = () => true;

/** A text with values in the places of `<1>`, `<2>`, ... */
function filledIn(text: string, ...values: string[]) {
  const inserted: number[] = [];
  let result = '';
  for (const part of text.split(/(<\d>)/)) {
    const value = /^<(\d)>$/.exec(part)?.[1];
    if (value === undefined) result += part;
    else {
      const put = values[Number(value) - 1] ?? '';
      if (put !== '') inserted.push(result.length, put.length);
      result += put;
    }
  }
  return { text: result, inserted };
}

const htmlOf = async (text: string, ...values: string[]): Promise<string> => {
  const { html } = await mailHtml(filledIn(text, ...values), any);
  return html.replace(/^[\s\S]*<body[^>]*>\n/, '').replace(/<\/body><\/html>\n$/, '');
};
const plain = (html: string): string => html.replace(/ style="[^"]*"/g, '');

test.each([
  ['# Hi\n\nA **b** _c_\nd', '<h1>Hi</h1>\n<p>A <strong>b</strong> <em>c</em><br>d</p>\n'],
  ['- a\n- [ ] b', '<ul>\n<li>a</li>\n<li>[ ] b</li>\n</ul>\n'],
  [
    '<b>x</b> & <script>alert(1)</script>',
    '<p>&lt;b&gt;x&lt;/b&gt; &amp; &lt;script&gt;alert(1)&lt;/script&gt;</p>\n',
  ],
  ['<div>\n**x**\n</div>', '&lt;div&gt;\n**x**\n&lt;/div&gt;'],
  ['[a](https://example.com/?a=1&b=2)', '<p><a href="https://example.com/?a=1&amp;b=2">a</a></p>\n'],
  [
    '[a](mailto:a@example.com) [b](tel:+3120)',
    '<p><a href="mailto:a@example.com">a</a> <a href="tel:+3120">b</a></p>\n',
  ],
  ['see https://example.com/x', '<p>see <a href="https://example.com/x">https://example.com/x</a></p>\n'],
  ['[a](javascript:alert(1)) [b](data:x) [c](/x) [d](file:///etc/passwd)', '<p>a b c d</p>\n'],
  ['[a]( JAVASCRIPT:x) [b](&#106;avascript:x)', '<p>a b</p>\n'],
  ['![Logo](files/logo.png)', '<p><img src="cid:image-1@crm" alt="Logo"></p>\n'],
  ['![x](https://example.com/pixel.gif) ![y](files/../crm.yaml)', '<p>x y</p>\n'],
  ['```js\n<x>\n```', '<pre>&lt;x&gt;\n</pre>\n'],
])('%j', async (markdown, html) => {
  expect(plain(await htmlOf(markdown))).toBe(html);
});

test.each([
  ['Dear <1>,', 'Jane *Roe*', '<p>Dear Jane *Roe*,</p>\n'],
  ['Dear **<1>**,', 'Jane', '<p>Dear <strong>Jane</strong>,</p>\n'],
  ['<1>', '# a\n- b', '<p># a<br>- b</p>\n'],
  [
    '<1>',
    'https://evil.example [a](https://evil.example)',
    '<p>https://evil.example [a](https://evil.example)</p>\n',
  ],
  ['<1>', '<img src=x onerror=alert(1)>', '<p>&lt;img src=x onerror=alert(1)&gt;</p>\n'],
  [
    '[your offer](https://example.com/o/<1>?x=1)',
    'D 1/../&x',
    '<p><a href="https://example.com/o/D%201%2F..%2F%26x?x=1">your offer</a></p>\n',
  ],
  ['[x](https://example.com<1>)', '@evil.example/', '<p>x</p>\n'],
  ['[site](<1>)', 'https://acme.example/a', '<p><a href="https://acme.example/a">site</a></p>\n'],
  ['[site](<1>)', 'javascript:alert(1)', '<p>site</p>\n'],
  ['[mail](mailto:<1>)', 'jane@example.com', '<p><a href="mailto:jane@example.com">mail</a></p>\n'],
  ['[mail](mailto:<1>)', 'a@b.c?bcc=x@y.z', '<p><a href="mailto:a@b.c%3Fbcc%3Dx@y.z">mail</a></p>\n'],
  ['[call](tel:<1>)', '+31 (20) 123', '<p><a href="tel:+3120123">call</a></p>\n'],
  [
    '![<1>](files/a.png)',
    '" onload="x\n',
    '<p><img src="cid:image-1@crm" alt="&quot; onload=&quot;x "></p>\n',
  ],
  ['`<1>` \ue0000\ue001', '<b>', '<p><code>&lt;b&gt;</code> \ufffd0\ufffd</p>\n'],
])('%j with %j', async (markdown, value, html) => {
  expect(plain(await htmlOf(markdown, value))).toBe(html);
});

const hostile = fc
  .array(
    fc.constantFrom(
      ...[
        '*',
        '_',
        '`',
        '#',
        '[a](https://evil.example)',
        '![a](files/x.png)',
        '<b onclick=x>',
        '</p>',
        '&lt;',
        '"',
        "'",
      ],
      ...[
        '\n',
        '\n\n',
        '    ',
        '- ',
        '1. ',
        '> ',
        '| a |\n|---|\n',
        '---\n',
        '===\n',
        'https://evil.example',
        'a@evil.example',
      ],
      ...[
        'javascript:x',
        '\\',
        '\ue000',
        '\ue0010\ue001',
        '\ud800',
        '😀',
        '~~',
        '```\n',
        '[1]: https://evil.example\n',
        'x',
      ],
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map(parts => parts.join(''));

const everywhere = [
  '# <1>',
  'a <1> **<2>** _<1>_ [<2>](https://example.com/<1>?q=<2>#<1>) b',
  '> <1>\n> <2>',
  '- <1>\n- x <2>',
  '1. <1>',
  '| <1> | b |\n|---|---|\n| <2> | c |',
  '`<1>` ```<2>```',
  '```\n<1>\n```',
  '![<1>](files/a.png)',
  '<1>',
].join('\n\n');

/** The tags with their attributes, without the line ends of values and what links lead to. */
const tagsOf = (html: string): string[] =>
  [...html.matchAll(/<[^>]*>/g)]
    .map(([tag]) => tag.replace(/ (href|alt)="[^"]*"/g, ''))
    .filter(tag => tag !== '<br>');

const textOf = (html: string): string =>
  html
    .replace(/<br>/g, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(
      /&(lt|gt|quot|amp|#39);/g,
      (_, name) => ({ lt: '<', gt: '>', quot: '"', amp: '&', '#39': "'" })[name as 'lt']!,
    );

test('no value changes the text around it: it never becomes a tag, an attribute or a link', async () => {
  const calm = tagsOf(await htmlOf(everywhere, 'x', 'y'));
  await fc.assert(
    fc.asyncProperty(hostile, hostile, async (one, two) => {
      const html = await htmlOf(everywhere, one, two);
      expect(tagsOf(html)).toEqual(calm);
      for (const [, href] of html.matchAll(/href="([^"]*)"/g))
        expect(href).toMatch(/^https:\/\/example\.com\//);
      expect(textOf(html).split(one).length).toBeGreaterThan(6);
    }),
    { numRuns: 200 },
  );
});
