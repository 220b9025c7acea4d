/** What a change of a deal says, as numbers. */
import { expect, test } from 'vitest';
import type { Change, SetChange } from '../../src/domain/changes.ts';
import { LOST, NO_DAY, OPEN, WON, type WordColumn } from '../../src/state/deal-history.ts';
import * as said from '../../src/state/deal-said.ts';
import { added } from '../added.ts';

const { DealSaid, readChange } = said;
const words: Record<WordColumn, string[]> = { pipeline: [], stage: [], owner: [], currency: [] };
/** Words have the positions in which they came, from 5 on. */
const codeOf = (name: WordColumn, word: string) => {
  if (!words[name].includes(word)) words[name].push(word);
  return 5 + words[name].indexOf(word);
};

const nothing = {
  ...{ says: 0, pipeline: -1, stage: -1, currency: -1, owner: -1, digits: 0, decimals: 0, close: NO_DAY },
  ...{ status: OPEN, since: Number.NaN, created: Number.NaN, closed: Number.NaN },
  ...{ isImported: false, isCreationUnknown: false },
};

const full = {
  ...{ id: 'D7', pipeline: 'sales', stage: 'new', currency: 'EUR', owner: 'ana', value: '12.345' },
  ...{ expectedClose: '1970-01-11', status: 'won', stageSince: '1970-01-01T00:00:01Z' },
  ...{ createdAt: '1970-01-01T00:00:02Z', closedAt: '1970-01-01T00:00:03Z' },
};
const saidByFull = {
  ...{ sort: said.ADDED, deal: 7, says: 1023, pipeline: 5, stage: 5, currency: 5, owner: 5 },
  ...{ digits: 12_345, decimals: 3, close: 10, status: WON, since: 1000, created: 2000, closed: 3000 },
  ...{ isImported: true, isCreationUnknown: true },
};
/** The fields that an addition always says, empty if it does not have them. */
const ALL = 1023;

const set = (values: SetChange['set']): Change => ({ kind: 'deal', id: 'D8', set: values });

test('before any change, nothing is said', () => {
  expect(new DealSaid()).toEqual({ ...nothing, sort: 0, deal: 0 });
});

test.each<[string, Change, object]>([
  ['an addition', added(full, { line: 3, creation: 'unknown' }), saidByFull],
  [
    'an addition of an import that says when',
    added(full, { line: 3 }),
    { ...saidByFull, isCreationUnknown: false },
  ],
  ['an addition by hand', added(full), { ...saidByFull, isImported: false, isCreationUnknown: false }],
  ['an addition of nothing', added({ id: 'D9' }), { ...nothing, sort: said.ADDED, deal: 9, says: ALL }],
  ['a removal', { kind: 'deal', id: 'D9', rm: full }, { ...nothing, sort: said.REMOVED, deal: 9 }],
  [
    'a change of other fields',
    set({ title: ['a', 'b'], stages: [null, 'x'] }),
    { ...nothing, sort: said.CHANGED, deal: 8 },
  ],
  ...(
    [
      ['pipeline', 'service', said.SAYS_PIPELINE, { pipeline: 6 }],
      ['stage', 'talks', said.SAYS_STAGE, { stage: 6 }],
      ['currency', 'USD', said.SAYS_CURRENCY, { currency: 6 }],
      ['owner', 'ben', said.SAYS_OWNER, { owner: 6 }],
      ['owner', null, said.SAYS_OWNER, {}],
      ['value', '12', said.SAYS_VALUE, { digits: 12 }],
      ['value', '0.5', said.SAYS_VALUE, { digits: 5, decimals: 1 }],
      ['value', '.5', said.SAYS_VALUE, { digits: 5, decimals: 1 }],
      ['value', null, said.SAYS_VALUE, {}],
      ['expectedClose', '1970-01-03', said.SAYS_CLOSE, { close: 2 }],
      ['expectedClose', null, said.SAYS_CLOSE, {}],
      ['status', 'won', said.SAYS_STATUS, { status: WON }],
      ['status', 'lost', said.SAYS_STATUS, { status: LOST }],
      ['status', 'open', said.SAYS_STATUS, {}],
      ['stageSince', '1970-01-01T00:00:09Z', said.SAYS_SINCE, { since: 9000 }],
      ['stageSince', null, said.SAYS_SINCE, {}],
      // Written by hand: JavaScript would take it for an instant.
      ['stageSince', 7, said.SAYS_SINCE, {}],
      ['createdAt', '1970-01-01T00:00:09Z', said.SAYS_CREATED, { created: 9000 }],
      ['closedAt', '1970-01-01T00:00:09Z', said.SAYS_CLOSED, { closed: 9000 }],
    ] as const
  ).map(([path, value, says, expected]): [string, Change, object] => [
    `a change of ${path} to ${value}`,
    set({ [path]: [null, value] }),
    { ...nothing, sort: said.CHANGED, deal: 8, says, ...expected },
  ]),
])('says no more and no less than %s, whatever was said before', (_, change, expected) => {
  for (const path of Object.keys(words)) words[path as WordColumn] = [];
  const one = new DealSaid();
  readChange(one, added(full, { line: 3, creation: 'unknown' }), codeOf);
  expect(one).toEqual(saidByFull);
  readChange(one, change, codeOf);
  expect(one).toEqual(expected);
  expect(
    Object.values(words)
      .flat()
      .every(word => typeof word === 'string'),
  ).toBe(true);
});
