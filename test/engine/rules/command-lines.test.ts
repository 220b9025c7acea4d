/** Commands of rules: whether a command that is queued is one that a rule runs. */
import { expect, it } from 'vitest';
import { isCommandOf } from '../../../src/engine/rules/command-lines.ts';

it.each([
  [['say', 'hello'], ['say', 'hello'], true],
  [['say', 'hello'], ['say', 'hullo'], false],
  [['say', 'hello'], ['say'], false],
  [['say'], ['say', 'hello'], false],
  [['say', 7], ['say', '7'], true],
  [['say', '{{ deal.title }}'], ['say', 'Chairs'], true],
  [['say', '{{ deal.title }}'], ['say', ''], true],
  // A value never becomes an option.
  [['say', '{{ deal.title }}'], ['say', '-rf'], false],
  [['say', '-{{ deal.title }}'], ['say', '-rf'], true],
  [['say', '--to={{ deal.title }}'], ['say', '--to=Chairs'], true],
  [['say', '--to={{ deal.title }}'], ['say', '--from=Chairs'], false],
  [['say', 'a {{ x }} b {{ y }} c'], ['say', 'a 1 b 2 c'], true],
  [['say', 'a {{ x }} b {{ y }} c'], ['say', 'a 1 c'], false],
  [['say', 'a {{ x }} b {{ y }} c'], ['say', 'a 1 b 2 d'], false],
  [['say', 'a {{ x }} b {{ y }} c'], ['say', 'z 1 b 2 c'], false],
  [['say', 'a{{ x }}b{{ y }}b{{ z }}c'], ['say', 'abc'], false],
  [['say', 'a{{ x }}b{{ y }}b{{ z }}c'], ['say', 'abbc'], true],
  // What stands before and behind does not overlap.
  [['say', 'aba{{ x }}aba'], ['say', 'aba'], false],
  [['say', 'aba{{ x }}aba'], ['say', 'abaaba'], true],
  [['say', 'a{{ x }}{{ y }}'], ['say', 'a'], true],
  // Text between tags may be left out, text around them may not.
  [['say', 'a {% if x %}b{% endif %} c'], ['say', 'a  c'], true],
  [['say', 'a {% if x %}b{% endif %} c'], ['say', 'a b c'], true],
  [['say', 'a {% if x %}b{% endif %} c'], ['say', 'a b d'], false],
  [['say', 'a {% if x %}b{% endif %} c'], ['say', 'x b c'], false],
])('%j runs %j: %s', (rule, command, expected) => {
  expect(isCommandOf(rule, command)).toBe(expected);
});
