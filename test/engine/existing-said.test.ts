/** `crm automation enable --include-existing`, and rules that commands add. */
import { expect, test } from 'vitest';
import { Rules } from './rules.ts';

const tell = "steps:\n  - notify: { user: ana, text: 'now' }\n";
const started = async (rules: Rules): Promise<string[]> =>
  (await rules.sweepTwice()).automations.map(a => a.subject);

test('a rule sees changes after it was added by a command, and earlier records if it is asked to', async () => {
  const rules = await Rules.make();
  await rules.ok('deal add Before');
  await rules.ok(['automation', 'add', 'rule', '-'], { stdin: `for: deal\non: created\n${tell}` });
  await rules.ok('deal add After');
  expect(await started(rules)).toEqual(['D2']);
  await rules.ok('automation enable rule --include-existing');
  expect(await started(rules)).toEqual(['D1']);
});
