/** Filters as other tools write them are refused with the right way to write them; in quotes they are texts. */
import { describe, expect, test } from 'vitest';
import { compileText } from '../../src/query/compile.ts';
import { isQueryField } from '../../src/query/names.ts';
import { showDay, showDuration, showInstant, showNumber } from '../../src/query/operators.ts';
import { parseArguments, parseQuery } from '../../src/query/parse.ts';
import { config } from './world.ts';

const usage = (message: string, hint: unknown) => expect.objectContaining({ kind: 'USAGE', message, hint });
const compile = (query: string) => () => compileText(query, 'deal', config);

test.each([
  ['stage=x', 'stage:x'],
  ['stage==x', 'stage:=x'],
  ['stage!=x', 'not:stage:=x'],
  ['stage~x', 'stage:x'],
  ['stage=~x', 'stage:x'],
  ['stage!~x', 'not:stage:x'],
  ['value>100', 'value:>100'],
  ['value>=100', 'value:>=100'],
  ['value<100', 'value:<100'],
  ['value<=100', 'value:<=100'],
  ['is=won', 'is:won'],
  ['contact.name=Jane', 'contact.name:Jane'],
  ['stage-age>3d', 'stage-age:>3d'],
])('%s is written %s', (query, right) => {
  expect(compile(query)).toThrow(
    usage(
      `${query} compares nothing: a field and its value have a colon between them`,
      `${right}, or in quotes to search for the text`,
    ),
  );
  expect(compile(`"${query}"`)).not.toThrow();
});

test.each([
  ['=', 'value:100'],
  ['==', 'value:=100'],
  ['!=', 'not:value:=100'],
  ['=~', 'value:100'],
  ['!~', 'not:value:100'],
  ['>', 'value:>100'],
  ['>=', 'value:>=100'],
  ['<', 'value:<100'],
  ['<=', 'value:<=100'],
])('value %s 100 is written %s', (sign, right) => {
  expect(compile(`value ${sign} 100`)).toThrow(
    usage(
      `${sign} compares nothing: a field and its value have a colon between them, and no blanks`,
      `for example ${right}, or in quotes to search for the text`,
    ),
  );
});

test.each(['stagee=x', 'contact.nmae>3'])('%s compares a field that there is not', query => {
  expect(compile(query)).toThrow(
    expect.objectContaining({
      message: expect.stringContaining('unknown field'),
      hint: expect.stringMatching(/^did you mean .*; or in quotes to search for the text$/),
    }),
  );
});

test.each(['a->b', 'a~b', 'a=>b', '<b>', 'x=', '=x', 'text:stage=x', '1=2', '~', 'a"b"=c'])(
  '%s is a text',
  query => {
    expect(compile(query)).not.toThrow();
  },
);

test('a name means something in a query, also behind a relation', () => {
  const known = [
    'stage',
    'is',
    'stage-age',
    'probability',
    'contact',
    'contact.name',
    'account.tag',
    'contact.account.name',
  ];
  expect(known.filter(name => !isQueryField(name, 'deal', config))).toEqual([]);
  const unknown = ['text', 'stagee', 'contact.nmae', 'prop.form', 'toString', '.name'];
  expect(unknown.filter(name => isQueryField(name, 'deal', config))).toEqual([]);
  expect(isQueryField('prop.form', 'event', config)).toBe(true);
});

describe('a phone number', () => {
  const word = (text: string) => ({
    type: 'term',
    field: 'text',
    operator: ':',
    values: [text],
    source: text,
  });
  test.each(['(020) 555 1234', '+31 20 555 1234', '020 555 12 34', '020 (555) 1234', '212-555-1234'])(
    '%s is one word',
    text => {
      expect(parseQuery(text)).toEqual(word(text));
      expect(parseQuery(`  ${text} `)).toEqual(word(text));
      expect(parseArguments([text])).toEqual(word(text));
    },
  );

  test.each(['020 555', '1 2 3', '2026 12 31 x', '(020) x'])('%s is not', text => {
    expect(parseQuery(text)).not.toEqual(word(text));
  });
});

test('what a record has is said in words', () => {
  expect([1.5, Number.NaN].map(showNumber)).toEqual(['1.5', 'none']);
  expect([0, Number.NaN].map(showInstant)).toEqual(['1970-01-01T00:00:00.000Z', 'none']);
  expect([0, Number.NaN, Number.POSITIVE_INFINITY].map(showDay)).toEqual(['1970-01-01', 'none', 'none']);
  const hour = 3_600_000;
  expect(
    [34 * 24 * hour + 6 * hour + 1, 30 * 24 * hour + 5, 0, -hour, 61_000, Number.NaN].map(showDuration),
  ).toEqual(['34d 6h', '30d 5ms', '0h', '-1h', '1min 1s', 'none']);
});
