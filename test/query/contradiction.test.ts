import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contradictionIn } from '../../src/query/contradiction.ts';
import { records } from './records.ts';
import { bind, config, found, stateOf } from './world.ts';

const [first, second] = config.pipelines;
const stage = first!.stages[0]!.id;

test.each([
  ['is:won is:lost', 'is:won is:lost'],
  ['tag:a (is:open status:won) value:>1', 'is:open status:won'],
  ['is:won not is:won', 'is:won not is:won'],
  ['not owner:ana owner:ana', 'not owner:ana owner:ana'],
  ['is:open,won not:is:open not status:won', 'is:open,won not is:open not status:won'],
  ['value:>10 value:<5', 'value:>10 value:<5'],
  ['value:10..20 value:>20', 'value:10..20 value:>20'],
  ['value:5 value:6', 'value:5 value:6'],
  ['value:>=5 value:<5', 'value:>=5 value:<5'],
  ['value.over:10k value.under:2k', 'value.over:10k value.under:2k'],
  ['idle.over:30d idle.under:2w', 'idle.over:30d idle.under:2w'],
  ['value:>5 value:>=3 value:<=5', 'value:>5 value:>=3 value:<=5'],
  ['value:<5 value:<=9 value:>=5', 'value:<5 value:<=9 value:>=5'],
  ['has:owner no:owner', 'has:owner no:owner'],
  ['owner:ana owner:ben', 'owner:ana owner:ben'],
  ['is:won is:lost or is:open is:lost', 'is:won is:lost'],
  ['(is:won or is:open) (tag:x is:lost is:open)', 'is:lost is:open'],
  [`pipeline:${second!.id} stage:${stage}`, `pipeline:${second!.id} stage:${stage}`],
])('%s can never hold', (query, terms) => expect(contradictionIn(query, 'deal', config)).toBe(terms));

test.each([
  'is:won or is:lost',
  'tag:a tag:b',
  'value:>5 value:<10',
  'value:>=5 value:<=5',
  'value:>5 value:>=7 value:<=7',
  'value:<9 value:<=7 value:>=7',
  'close:>2026-01-01 close:<2020-01-01',
  'not (is:won is:lost)',
  'is:open,won is:won,lost',
  'owner:me owner:ana',
  `stage:${stage} pipeline:${first!.id}`,
  'contact.name:a contact.name:b',
  'stage-age.over:3d idle.under:1d',
  'is:open is:rotting is:overdue',
])('%s may hold', query => expect(contradictionIn(query, 'deal', config)).toBeUndefined());

test('what is said to hold for nothing does', () => {
  const state = stateOf(records);
  const term = fc.constantFrom(
    ...['is:open', 'is:won', 'is:lost', 'status:open,won', 'value:>1000', 'value:<=1000', 'value:500..2000'],
    ...['has:owner', 'no:owner', 'owner:ana', 'owner:ben,none', `stage:${stage}`, `pipeline:${second!.id}`],
    ...[
      'idle.over:10d',
      'idle.under:5d',
      'tasks.open:0',
      'tasks.open:>0',
      'tag:vip',
      'currency:EUR',
      'currency:USD',
    ],
  );
  const literal = fc.tuple(fc.boolean(), term).map(([not, text]) => (not ? `not ${text}` : text));
  const query = fc
    .array(fc.array(literal, { minLength: 2, maxLength: 5 }), { minLength: 1, maxLength: 2 })
    .map(parts => parts.map(part => part.join(' ')).join(' or '));
  let never = 0;
  fc.assert(
    fc.property(query, text => {
      if (contradictionIn(text, 'deal', config) === undefined) return;
      never++;
      expect(found(state, 'deal', bind(text, 'deal', state)), text).toBe('');
    }),
    { numRuns: 2000, seed: 5 },
  );
  expect(never).toBeGreaterThan(10);
});
