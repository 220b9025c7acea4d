/** A first word that is not a command: the hint is the command that was meant, ready to be pasted. */
import { expect, test } from 'vitest';
import { workspace } from '../../harness.ts';

test.each([
  ['d16', 'crm deal show D16'],
  ['C3', 'crm contact show C3'],
  ['move D61 in-contact', 'crm deal move D61 in-contact'],
  ['ls', 'crm deal list'],
  ['ls contacts', 'crm contact list'],
  ['add deal Desks', 'crm deal add Desks'],
  ['win D1 --json', 'crm deal win D1'],
  ['snooze T4 +2d', 'crm task snooze T4 +2d'],
  ['deals', 'crm deal list'],
  ['deals show D1', 'crm deal show D1'],
  ['contacts owner:me', 'crm contact list owner:me'],
  ['crm deal list', 'crm deal list'],
  ['deel list', 'did you mean deal?'],
  ['frobnicate', 'crm help lists all commands'],
])('crm %s: %s', async (line, hint) => {
  const ws = await workspace();
  const { code, out, err } = await ws.crm(line.replace(' --json', ''));
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toBe(`Error: unknown command "${line.split(' ')[0]}"\nHint: ${hint}\n`);
});

test.each([
  ['deal D1', 'crm deal show D1'],
  ['deal d1', 'crm deal show D1'],
  ['contact jane@example.com', 'crm contact show jane@example.com'],
])('crm %s: the hint shows the record', async (line, hint) => {
  const { code, err } = await (await workspace()).crm(line);
  expect([code, err]).toEqual([2, `Error: unknown command "${line}"\nHint: ${hint}\n`]);
});

test.each([
  [['deal', 'list', '--owner', 'me'], 'crm deal list owner:me'],
  [['deal', 'list', '--owner=me'], 'crm deal list owner:me'],
  [['deal', 'list', '--stage', 'in contact'], `crm deal list 'stage:"in contact"'`],
  [['task', 'list', '--due'], 'crm task list due:VALUE'],
  [['contact', 'list', '--tag', 'vip', '--limit', '3'], 'crm contact list tag:vip'],
  [['deal', 'list', '--frobnicate', 'x'], 'crm deal list --help'],
])('%j: the hint has a term instead of the option', async (line, hint) => {
  const { code, err } = await (await workspace()).crm(line);
  expect(code).toBe(2);
  expect(err).toContain(`Hint: ${hint}\n`);
});

test('a text of several words is one in the hint too', async () => {
  const { err } = await (await workspace()).crm(['add', 'deal', "Bob's desks"]);
  expect(err).toContain(`Hint: crm deal add 'Bob'\\''s desks'`);
});

test.each(['--version', '-V', '-v', 'version'])('crm %s is the version', async word => {
  const ws = await workspace();
  expect(await ws.ok(word)).toBe(await ws.ok('--version'));
});

test('the examples of completion are lines of a shell', async () => {
  const help = await (await workspace()).ok('completion --help');
  expect(help).toContain('  eval "$(crm completion bash)"\n');
  expect(help).toContain('  crm completion fish > ');
});

test.each([
  ['deal move in-contact D1', 'crm deal move D1 in-contact'],
  ['deal move in-contact D1 D2', 'crm deal move D1 D2 in-contact'],
  ['deal move D1 in contact', "crm deal move D1 'in contact'"],
  ['deal assign ana D1', 'crm deal assign D1 ana'],
  ['task snooze friday T1', 'crm task snooze T1 friday'],
  ['field add size deal', 'crm field add deal size'],
  ['log D1 call Hello', 'crm log call D1 Hello'],
  ['deal set D1 value 5', 'crm deal set D1 value=5'],
  ['deal lose D1 price', 'crm deal lose D1 --reason price'],
  ['deal lose D1 too dear', "crm deal lose D1 --reason 'too dear'"],
])('crm %s: the hint has the arguments in order', async (line, hint) => {
  const ws = await workspace();
  for (const title of ['A', 'B']) await ws.ok(`deal add ${title}`);
  await ws.ok('task add Call');
  const { code, err } = await ws.crm(line);
  expect(code).toBeGreaterThan(1);
  expect(err).toContain(`Hint: ${hint}\n`);
});

test.each([
  ['deal move D1 proposal', 'stage is one of'],
  ['deal contact D1 add C9', 'C9'],
  ['deal set D9 title=X', 'D9'],
])('crm %s: arguments in order keep the hint or error of the command', async (line, words) => {
  const ws = await workspace();
  await ws.ok('deal add A');
  const { err } = await ws.crm(line);
  expect(err).toContain(words);
  expect(err).not.toContain(`Hint: crm ${line.split(' ').slice(0, 2).join(' ')}`);
});
