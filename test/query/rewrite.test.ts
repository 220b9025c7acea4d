/** Rewriting the terms of a query, and nothing else of it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseQuery, rewriteQuery, rewriteValues } from '../../src/query/parse.ts';

const atom = fc.constantFrom(
  '@hot',
  'owner:ana,team:north',
  'chairs',
  '"or not (x"',
  'value:>=10',
  'close:a..b',
  'o',
);
const query = fc.letrec<{ query: string; unary: string }>(tie => ({
  unary: fc.oneof(
    { maxDepth: 3 },
    atom,
    atom.map(text => `not:not:${text}`),
    tie('unary').map(text => `not  ${text}`),
    tie('query').map(text => `( ${text} )`),
  ),
  query: fc
    .array(fc.tuple(tie('unary'), fc.constantFrom(' ', '  or ', ' and ')), { minLength: 1, maxLength: 3 })
    .map(parts => parts.map(([text, between], i) => (i === 0 ? text : between + text)).join('')),
})).query;

test('terms that stay leave the query as it is, byte for byte; others are replaced in place', () => {
  fc.assert(
    fc.property(query, text => {
      expect(rewriteQuery(text, term => term.source)).toBe(text);
      const renamed = rewriteQuery(text, term => (term.type === 'view' ? `@${term.name}ter` : term.source));
      expect(renamed).toBe(text.replaceAll('@hot', '@hotter'));
      expect(() => parseQuery(renamed)).not.toThrow();
    }),
  );
});

test.each([
  ['owner:team:north,ana', 'owner:x,ana'],
  ['owner:="team:north"', 'owner:=x'],
  ['owner:"Ana, team:north",team:north', 'owner:"Ana, team:north",x'],
  ['title:"team:north"', 'title:x'],
  ['value:1..5', 'value:1..5'],
])('%s becomes %s', (text, expected) => {
  const by = (value: string) => (value === 'team:north' ? 'x' : value);
  expect(rewriteQuery(text, term => (term.type === 'term' ? rewriteValues(term, by) : term.source))).toBe(
    expected,
  );
});

test('a text that is not a query is refused', () => {
  expect(() => rewriteQuery('(a', term => term.source)).toThrow('a parenthesis is not closed');
});
