/** What a sweep leaves out is counted by rule and reason, and remembered for a while. */
import { expect, it, test } from 'vitest';
import { leftOutSince } from '../../src/engine/left-out-lately.ts';
import { Desk } from './desk.ts';
import { NOW, SETTINGS } from './swept.ts';

/** A rule of one step, for deals. */
const rule = (on: string, step: string, more = '') => `for: deal\n${more}on: ${on}\nsteps:\n  - ${step}\n`;
const start = rule('{ tag-added: { tag: go } }', 'start: target', 'runs: every-time\n');
const target = (more: string) => rule('manual', 'add-note: hello', more);
const told = (user: string) => rule('value-changes', `notify: { user: ${user}, text: hello }`);
const mailed = rule('value-changes', 'send-email: { to: ben, subject: S, body: hello }');
/** A task that names the rule, done: twice, by tasks T1 and T2. */
const asked = (rule: string) => [
  `task add Call --for D1 --when-done ${rule}`,
  'task done T1',
  'run',
  `task add Call --for D1 --when-done ${rule}`,
  'task done T2',
];
const names = (rule: string) => [`task add Call --for D1 --when-created ${rule}`];

it.each([
  ['disabled', { starter: start, target: target('enabled: false\n') }, ['deal tag D1 +go']],
  [
    'limit',
    { starter: start, target: target('runs: every-time\nlimit: 1 per 24h\n') },
    ['deal tag D1 +go', 'run', 'deal tag D1 -go', 'run', 'deal tag D1 +go'],
  ],
  [
    'limit',
    { target: rule('value-changes', 'add-note: hello', 'runs: every-time\nlimit: 1 per 24h\n') },
    ['deal set D1 value=7', 'run', 'deal set D1 value=8'],
  ],
  ['enrolled', { target: target('runs: once\n') }, asked('target')],
  ['disabled', { target: target('enabled: false\n') }, names('target')],
  ['unseen', { target: told('ben') }, ['deal set D1 value=8']],
  ['unseen', { target: mailed }, ['deal set D1 value=8']],
] as const)('%s: %j', async (why, files, does) => {
  const rules = Desk.make({
    'crm.yaml': SETTINGS.replace('ben@example.com, role: normal', 'ben@example.com, role: restricted'),
  });
  for (const [id, text] of Object.entries(files)) rules.rule(id, text);
  rules.ok('deal add Chairs --owner ana');
  await rules.sweep();
  await rules.all(...does);
  const said = { automation: 'target', why, count: 1 };
  expect((await rules.sweep()).leftOut).toEqual([{ ...said, subjects: ['D1'] }]);
  expect(leftOutSince(rules.state, 0)).toEqual([{ ...said, at: NOW }]);
  expect((await rules.sweep()).leftOut).toEqual([]);
});

test('a task that names a rule which does not exist any more, or one that a sweep of another rule does not ask', async () => {
  const rules = Desk.make();
  rules.rule('gone', target(''));
  rules.rule('other', target('enabled: false\n'));
  await rules.all('deal add Chairs', 'run', ...names('gone'), ...names('other'), 'automation rm gone');
  const leftOut = async (...options: string[]) =>
    (await rules.sweep('--dry-run', ...options)).leftOut.map(
      ({ automation, why }) => `${automation}: ${why}`,
    );
  expect(await leftOut()).toEqual(['gone: missing', 'other: disabled']);
  expect(await leftOut('--only', 'other')).toEqual(['other: disabled']);
  expect(await leftOut('--only', 'repeat-tasks')).toEqual([]);
});

test('nothing is left out where nothing was asked for, or where its own triggers find a rule that was done once', async () => {
  const rules = Desk.make();
  rules.rule('once', rule('value-changes', 'add-note: hello'));
  await rules.all('deal add Chairs', 'run', 'deal set D1 value=1', 'run', 'deal set D1 value=2');
  expect((await rules.sweep()).leftOut).toEqual([]);
});

test('each record is counted once in a sweep, and they are named in order', async () => {
  const rules = Desk.make();
  rules.rule(
    'often',
    rule('[value-changes, tag-added]', 'add-note: hello', 'runs: every-time\nlimit: 1 per 24h\n'),
  );
  await rules.all(...Array.from({ length: 11 }, (_, i) => `deal add Chair${i}`), 'run');
  const all = Array.from({ length: 11 }, (_, i) => `D${i + 1}`);
  await rules.all(
    `deal set ${all.join(' ')} value=1`,
    'run',
    `deal set ${all.join(' ')} value=2`,
    `deal tag D1 +x`,
  );
  expect((await rules.sweep()).leftOut).toEqual([
    { automation: 'often', why: 'limit', count: 11, subjects: expect.arrayContaining(['D1', 'D2']) },
  ]);
});
