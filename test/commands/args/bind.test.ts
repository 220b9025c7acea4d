/** Words to arguments: from both ends, by form, beside options; and the line of usage that follows from them. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Arguments, usageOf } from '../../../src/commands/args/argument.ts';
import { bind, nextOf } from '../../../src/commands/args/bind.ts';
import {
  anyNumber,
  chosen,
  chosenOne,
  day,
  fieldPairs,
  file,
  insteadOf,
  mark,
  oneWord,
  optional,
  optionalWith,
  query,
  record,
  sentence,
  several,
  stage,
  text,
} from '../../../src/commands/args/declare.ts';
import { Options } from '../../../src/commands/line/options.ts';
import { splitOptions } from '../../../src/commands/line/split-options.ts';
import { recordKinds } from '../../../src/kinds/index.ts';

const bound = (args: Arguments, words: readonly string[], given: Record<string, unknown> = {}) => {
  const { values, missing } = bind(args, words, new Options(given), 'crm x', recordKinds);
  return missing.length > 0 ? { missing } : values;
};
const move = { ids: chosen('deal'), stage: optionalWith('pipeline', stage()) };
const pay = { ids: chosen('invoice'), day: optional(day()) };
const log = { type: oneWord(['call', 'note']), ids: chosen('deal'), text: optional(text('TEXT', 'what')) };
const note = { ids: chosenOne('deal'), text: sentence('what') };
const set = { ids: chosen('deal'), pairs: fieldPairs() };
const add = {
  name: insteadOf('template', optional(text('NAME', 'which name'))),
  file: insteadOf('template', file()),
};
const write = { key: record('deal'), isTyped: mark('-') };
const list = { query: query() };

test.each<[string, Arguments, string, Record<string, unknown>, unknown]>([
  ['ID... STAGE', move, 'D1 D2 proposal', {}, { ids: ['D1', 'D2'], stage: 'proposal' }],
  ['ID... STAGE', move, 'D1', {}, { missing: ['stage'] }],
  ['ID... STAGE', move, '', {}, { missing: ['ids', 'stage'] }],
  ['ID... STAGE', move, 'proposal', { where: ['is:open'] }, { ids: [], stage: 'proposal' }],
  ['ID... STAGE', move, 'D1 D2', { pipeline: 'b' }, { ids: ['D1', 'D2'], stage: undefined }],
  ['ID... STAGE', move, 'D1 new', { pipeline: 'b' }, { ids: ['D1'], stage: 'new' }],
  ['ID... STAGE', move, '', { pipeline: 'b', where: ['is:open'] }, { ids: [], stage: undefined }],
  ['ID... [DAY]', pay, 'I1 I2', {}, { ids: ['I1', 'I2'], day: undefined }],
  ['ID... [DAY]', pay, 'I1 today', {}, { ids: ['I1'], day: 'today' }],
  ['ID... [DAY]', pay, 'I1 -', {}, { ids: ['I1', '-'], day: undefined }],
  ['call|note ID... [TEXT]', log, 'call D1 C2 hello', {}, { type: 'call', ids: ['D1', 'C2'], text: 'hello' }],
  ['call|note ID... [TEXT]', log, 'call D1 -', {}, { type: 'call', ids: ['D1'], text: '-' }],
  ['call|note ID... [TEXT]', log, 'call D1 D2', {}, { type: 'call', ids: ['D1', 'D2'], text: undefined }],
  ['call|note ID... [TEXT]', log, 'call', {}, { missing: ['ids'] }],
  ['ID TEXT', note, 'D1 prefers oak', {}, { ids: ['D1'], text: 'prefers oak' }],
  ['ID TEXT', note, 'prefers oak', { where: ['is:open'] }, { ids: [], text: 'prefers oak' }],
  [
    'ID... FIELD=VALUE...',
    set,
    'a=1 D1 b=2 D2',
    {},
    {
      ids: ['D1', 'D2'],
      pairs: [
        ['a', '1'],
        ['b', '2'],
      ],
    },
  ],
  ['ID... FIELD=VALUE...', set, 'a=1', {}, { missing: ['ids'] }],
  ['[NAME] FILE', add, 'x.yaml', {}, { name: undefined, file: 'x.yaml' }],
  ['[NAME] FILE', add, 'x -', {}, { name: 'x', file: '-' }],
  ['[NAME] FILE', add, '', { template: 'y' }, { name: undefined, file: undefined }],
  ['ID [-]', write, '- D1', {}, { key: 'D1', isTyped: true }],
  ['ID [-]', write, '-', {}, { missing: ['key'] }],
  ['[QUERY]', list, 'is:open owner:me', {}, { query: ['is:open', 'owner:me'] }],
])('%s: %j', (line, args, words, given, result) => {
  expect(usageOf(args)).toBe(line);
  expect(bound(args, words.split(' ').filter(Boolean), given)).toEqual(result);
});

test('every word is bound once and in order, wherever the argument that takes many stands', () => {
  const one = (i: number) => text(`W${i}`, 'what');
  fc.assert(
    fc.property(
      fc.nat({ max: 3 }),
      fc.nat({ max: 3 }),
      fc.boolean(),
      fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 10 }),
      (before, after, needsOne, words) => {
        const many = needsOne ? several(one(9)) : anyNumber(one(9));
        const args: Arguments = {
          ...Object.fromEntries(Array.from({ length: before }, (_, i) => [`b${i}`, one(i)])),
          many,
          ...Object.fromEntries(Array.from({ length: after }, (_, i) => [`a${i}`, one(i)])),
        };
        const found = bind(args, words, new Options({}), 'crm x', recordKinds);
        expect([...found.words.values()].flat()).toEqual(words);
        const needed = before + after + (needsOne ? 1 : 0);
        expect(found.missing.length).toBe(Math.max(0, needed - words.length));
        if (words.length >= needed)
          expect(found.words.get('many')!.length).toBe(words.length - before - after);
      },
    ),
  );
});

test.each([
  [move, ['D1', 'x'], { where: ['is:open'] }, 'either ids or --where, not both'],
  [write, ['D1', 'D2'], {}, 'crm x takes ID [-], and was given "D1" "D2"'],
  [{}, ['now'], {}, 'crm x takes no arguments, and was given "now"'],
  [log, ['cal', 'D1'], {}, 'crm x: unknown value "cal"'],
  [
    { name: text('NAME', 'which'), pairs: fieldPairs() },
    ['x', 'y', 'a=1'],
    {},
    'a field is given as NAME=VALUE, not as "y"',
  ],
] as [Arguments, string[], Record<string, unknown>, string][])(
  '%j %j is refused',
  (args, words, given, message) => {
    expect(() => bound(args, words, given)).toThrow(message);
  },
);

test.each<[Arguments, string, string[], Record<string, unknown>]>([
  [pay, 'I1 -2d -q', ['I1', '-2d'], { quiet: true }],
  [note, 'D1|- 5 % off', ['D1', '- 5 % off'], {}],
  [set, 'D1 -C /tmp a=1 --json', ['D1', 'a=1'], { dir: '/tmp', json: true }],
  [set, 'D1 -qC /tmp', ['D1'], { quiet: true, dir: '/tmp' }],
  [set, 'D1 -C/tmp -- --json -x', ['D1', '--json', '-x'], { dir: '/tmp' }],
])('the options of %j are separated in %j', (args, line, words, values) => {
  const found = splitOptions('crm x', { summary: '', effect: 'reads', args }, line.split(/\|| (?!5|%|off)/));
  expect(found.args).toEqual(words);
  expect(found.values).toMatchObject(values);
});

test('what may come next: the argument at that place, and those that follow one that takes many', () => {
  const next = (args: Arguments, words: string[]) =>
    nextOf(args, words, new Options({}), recordKinds).map(({ label }) => label);
  expect(next(move, [])).toEqual(['ID']);
  expect(next(move, ['D1'])).toEqual(['STAGE', 'ID']);
  expect(next(log, [])).toEqual(['call|note']);
  expect(next(set, ['D1'])).toEqual(['FIELD=VALUE', 'ID']);
  expect(next(write, ['D1'])).toEqual(['-']);
  expect(next(write, ['D1', '-'])).toEqual([]);
});
