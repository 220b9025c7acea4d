/** Values that records have although the settings no longer know them can be asked for, by those who see such a record. */
import { describe, expect, test } from 'vitest';
import type { Config } from '../../src/domain/config.ts';
import type { Kind } from '../../src/domain/kinds.ts';
import type { Rec } from '../../src/domain/records.ts';
import { compileAsked } from '../../src/query/former.ts';
import { parseQuery } from '../../src/query/parse.ts';
import { config, found, scopeOf, stateOf } from './world.ts';

const deal = { pipeline: 'sales', status: 'open', value: '1.00', currency: 'EUR', title: 'x' };
const records: Rec[] = [
  { id: 'A1', name: 'Acme', owner: 'gone' },
  { id: 'C1', name: 'Jane', owner: 'left' },
  {
    ...deal,
    id: 'D1',
    stage: 'dropped',
    owner: 'away',
    fields: { qualification: 'odd', regions: ['west', 'north'], product: 'Oak' },
  },
  {
    ...deal,
    id: 'D2',
    stage: 'proposal',
    status: 'won',
    closedStage: 'closed-in',
    fields: { qualification: 'unknown' },
  },
  { id: 'T1', title: 'Call', type: 'fax', status: 'open', assignee: 'temp' },
  { id: 'T2', title: 'Mail', type: 'call', status: 'open', assignee: 'ana' },
];
const state = stateOf(records);

const asked = (query: string, kind: Kind, hidden: readonly string[] = [], settings: Config = config) => {
  const sees = (of: Kind) => (row: number) => !hidden.includes(state.table(of).id(row));
  const scope = { ...scopeOf(state), ...(hidden.length > 0 && { sees }) };
  return found(state, kind, compileAsked(parseQuery(query), kind, scope, settings).bind(scope));
};

describe('a value that the settings do not know', () => {
  const former: readonly (readonly [Kind, string, string])[] = [
    ['deal', 'stage:dropped', 'D1'],
    ['deal', 'closed-stage:closed-in', 'D2'],
    ['deal', 'owner:away', 'D1'],
    ['deal', 'owner:left', ''],
    ['account', 'owner:gone', 'A1'],
    ['contact', 'owner:left', 'C1'],
    ['task', 'assignee:temp', 'T1'],
    ['task', 'type:fax', 'T1'],
    ['deal', 'qualification:odd', 'D1'],
    ['deal', 'qualification:unknown,odd', 'D1 D2'],
    ['deal', 'regions:west', 'D1'],
    ['deal', 'regions:south', ''],
    ['deal', 'stage:dropped,proposal', 'D1 D2'],
    ['task', 'type:fax,call', 'T1 T2'],
    ['task', 'assignee:temp,ana', 'T1 T2'],
  ];
  test.each(former)('is one if a record has it: %s %s', (kind, query, ids) =>
    expect(asked(query, kind)).toBe(ids),
  );

  test.each([
    ['deal', 'stage:dropped', ['D1'], 'unknown stage "dropped"'],
    ['deal', 'owner:away', ['D1'], 'unknown user "away"'],
    ['deal', 'regions:west', ['D1'], 'unknown regions "west"'],
    ['task', 'type:fax', ['T1'], 'unknown type "fax"'],
    ['deal', 'stage:never', [], 'unknown stage "never"'],
    ['deal', 'stage:Oak', [], 'unknown stage "Oak"'],
    ['deal', 'qualification:west', [], 'unknown qualification "west"'],
    ['deal', 'nothing:x', [], 'unknown field "nothing"'],
    ['deal', 'seats:x', [], 'is not a number'],
  ] as const)(
    'is unknown to those who see none with it: %s %s without %j',
    (kind, query, hidden, message) => {
      expect(() => asked(query, kind, hidden)).toThrow(message);
    },
  );

  test('is suggested by what there is now, and not by what there was', () => {
    expect(() => asked('stage:droped', 'deal')).toThrow(
      expect.objectContaining({ kind: 'USAGE', hint: expect.not.stringContaining('dropped') }),
    );
  });

  test('is no former stage if it is the stage of a pipeline that is closed to the viewer', () => {
    const visible = { ...config, pipelines: config.pipelines.filter(({ id }) => id !== 'service') };
    expect(asked('stage:dropped', 'deal', [], visible)).toBe('D1');
    expect(() => asked('stage:intake', 'deal', [], visible)).toThrow('unknown stage "intake"');
  });
});
