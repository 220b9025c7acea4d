/** What enabled rules reach outside of the workspace, for which a user is asked. */
import { expect, test } from 'vitest';
import { commandsOf, webhookOrigins } from '../../../src/engine/rules/outward-steps.ts';
import { Desk } from '../desk.ts';

const desk = Desk.make();
desk.rule(
  'a-calls',
  `for: deal
on: created
steps:
  - webhook: https://a.example/hook
  - if: is:open
    then: [{ webhook: 'https://b.example:8443/{{ deal.id }}' }]
    else: [{ run: [say, no, 5] }]
  - run: [say, '{{ deal.title }}']
`,
);
desk.rule(
  'b-again',
  'for: deal\non: created\nsteps: [{ webhook: https://a.example/other }, { run: [beep] }]\n',
);
desk.rule(
  'c-off',
  'for: deal\non: created\nenabled: false\nsteps: [{ webhook: https://off.example/ }, { run: [off] }]\n',
);
desk.ok('deal add Chairs');
const { config } = desk.state;

test('the origins of addresses, each once, branches included', () => {
  expect(webhookOrigins(config)).toEqual(['https://a.example', 'https://b.example:8443']);
});

test('the commands, with their texts, in the order of rules and steps', () => {
  expect(commandsOf(config)).toEqual([['say', 'no', '5'], ['say', '{{ deal.title }}'], ['beep']]);
});
