/** The enrolments that quiet changes would begin if they could start rules: as many as a sweep begins when they can. */
import { expect, test } from 'vitest';
import { clockIn } from '../../src/domain/clock.ts';
import { wouldStart } from '../../src/engine/would-start.ts';
import { type Desk, deskSeededBy } from './desk.ts';

/** D1 of 500 for C1, with T1; D2 of 2000. */
const seeded = deskSeededBy(
  'contact add --email jane@example.com --name Jane --tags vip',
  'deal add Chairs --value 500 --contact C1',
  'deal add Tables --value 2000',
  'task add Call --for D1',
);

/** What would start, as a preview counts it, of what was done last. */
const counted = (desk: Desk, from: number): number => {
  const { state, journal } = desk;
  const changes = journal.slice(from).map(({ change }) => change);
  const clock = { ...clockIn(state.config, 0), now: desk.now };
  return wouldStart(
    changes,
    () => state.asOf(state.seq - 1, journal.slice(from), new Map()),
    state,
    clock,
    state.seq,
  );
};

const rule = (on: string, more = '') => `for: deal\n${more}on: ${on}\nsteps: [{ add-note: hello }]\n`;
const big = "{ matches: { query: 'value:>=1000' } }";

test.each([
  ['a change', { a: rule('value-changes') }, [], 'deal set D1 value=7', 1],
  ['nothing that no rule sees', { a: rule('value-changes') }, [], 'deal set D1 title=X', 0],
  ['a rule that is disabled', { a: rule('value-changes', 'enabled: false\n') }, [], 'deal set D1 value=7', 0],
  [
    'one of two that is',
    { a: rule('value-changes', 'enabled: false\n'), b: rule('value-changes') },
    [],
    'deal set D1 value=7',
    1,
  ],
  ['two rules', { a: rule('value-changes'), b: rule('value-changes') }, [], 'deal set D1 value=7', 2],
  ['two subjects', { a: rule('value-changes') }, [], 'deal set D1 D2 value=7', 2],
  [
    'a subject once, whatever starts it',
    { a: rule(`[value-changes, ${big}, tag-added]`) },
    [],
    'deal set D1 value=1000',
    1,
  ],
  ['a query that began to hold', { a: rule(big) }, [], 'deal set D1 value=1000', 1],
  ['no query that held before', { a: rule(big) }, [], 'deal set D2 value=3000', 0],
  ['no query that holds no more', { a: rule(big) }, [], 'deal set D2 value=3', 0],
  ['where', { a: rule('value-changes', "where: 'value:>=1000'\n") }, [], 'deal set D1 D2 value=1000', 2],
  [
    'where it does not hold',
    { a: rule('value-changes', "where: 'tag:vip'\n") },
    [],
    'deal set D1 D2 value=9',
    0,
  ],
  ['the subjects of a contact', { a: rule('{ tag-added: { of: contact } }') }, [], 'contact tag C1 +new', 1],
  ['a rule that a task names', { a: rule('manual') }, [], 'task add X --for D1 --when-created a', 1],
  [
    'no rule that a task does not name',
    { a: rule('manual'), b: rule('manual') },
    [],
    'task add X --for D1 --when-created a',
    1,
  ],
  ['once for all', { a: rule('value-changes') }, ['deal set D1 value=6', 'run'], 'deal set D1 D2 value=7', 1],
  [
    'every time',
    { a: rule('value-changes', 'runs: every-time\n') },
    ['deal set D1 value=6', 'run'],
    'deal set D1 D2 value=7',
    2,
  ],
] as const)('%s', async (_what, rules, before, line, expected) => {
  const desk = await seeded();
  for (const [id, text] of Object.entries(rules)) desk.rule(id, text);
  // Takes in the rules; what was before them is seen.
  await desk.sweep();
  await desk.all(...before);
  const from = desk.journal.length;
  desk.ok(line);
  expect(counted(desk, from)).toBe(expected);
  const { automations } = await desk.sweep();
  expect(automations).toHaveLength(expected);
});

test('the state before is asked for once, and only by rules that compare', async () => {
  const desk = await seeded();
  const asked = (rules: readonly string[]) => {
    rules.forEach((text, i) => {
      desk.rule(`r${i}`, text);
    });
    desk.ok('deal set D1 value=7');
    const last = desk.journal.slice(-1);
    let times = 0;
    const before = () => {
      times++;
      return desk.state.asOf(desk.state.seq - 1, last, new Map());
    };
    const clock = { ...clockIn(desk.state.config, 0), now: desk.now };
    wouldStart([last[0]!.change], before, desk.state, clock, desk.state.seq);
    return times;
  };
  expect(asked([rule('value-changes')])).toBe(0);
  expect(asked([rule(big), rule(big)])).toBe(1);
  expect(asked([rule(big, 'enabled: false\n'), rule('created')])).toBe(0);
});
