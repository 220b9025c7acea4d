/** Flow lists: each list may become each other one, and what stays is written as it was. */
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { editYaml } from '../../../src/store/yaml/yaml-edit.ts';

const edited = (list: string, to: readonly string[]): string =>
  editYaml('p.yaml', `requires: ${list}\nb: 2 # stays\n`, tree => tree.put(['requires'], to));

const lists = [
  '[product, contact]',
  '[ product, contact ]',
  '[a, b, c, d,]',
  '[a]',
  '[]',
  '[\n  a,\n  b, # why\n  c\n]',
  '[\n  a,\n  b\n]',
];
const wanted = [[], ['prodct'], ['a'], ['a', 'b'], ['b', 'a'], ['c', 'd'], ['x', 'y', 'z'], ['a', 'x']];

describe.each(lists)('%j', list => {
  test.each(wanted.map(to => [to]))('becomes %j, and nothing else changes', to => {
    const text = edited(list, to);
    expect(parse(text)).toEqual({ requires: to, b: 2 });
    expect(text).toContain('b: 2 # stays\n');
    if (list.includes('# why')) expect(text).toContain('# why');
  });
});

test.each([
  ['[product, contact]', ['prodct'], '[prodct]'],
  ['[ product, contact ]', ['x', 'y'], '[ x, y ]'],
  ['[a, b, c, d]', ['a', 'b'], '[a, b]'],
  ['[a, b]', [], '[]'],
  ['[\n  a,\n  b\n]', ['x', 'y'], '[\n  x,\n  y\n]'],
])('%j with %j is written %j', (list, to, text) => {
  expect(edited(list, to)).toBe(`requires: ${text}\nb: 2 # stays\n`);
});
