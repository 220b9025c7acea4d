/** Whose a new contact or account is: the user's who adds it, or the owner's of the deal that it is made with. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copiesOf, type TestWorkspace, workspace } from '../harness.ts';

const withUsers = copiesOf(async () => {
  const ws = await workspace();
  for (const user of ['ann', 'ben']) await ws.ok(`user add ${user} --role normal`);
  return ws;
});

/** The owners of all contacts, then of all accounts. */
async function owners(ws: TestWorkspace): Promise<string> {
  const of = async (kind: string) => (await ws.ok(`${kind} list --fields owner`)).slice(0, -1).split('\n');
  return [...(await of('contact')), ...(await of('account'))].map(owner => owner || '-').join(' ');
}

const deal = 'deal add X --contact c@example.com --account Acme';

test.each([
  ['--as ann contact add Cas', 'ann -'],
  ['--as ann account add Acme', '- ann'],
  ['--as ann contact add Cas --owner ben', 'ben -'],
  ['--as ann contact add Cas --owner none', '- -'],
  // The login of the tests is not in `users`.
  ['contact add Cas', '- -'],
  [`--as ann ${deal}`, 'ann ann'],
  [`--as ann ${deal} --owner ben`, 'ben ben'],
  [`--as ann ${deal} --owner none`, '- -'],
  [deal, '- -'],
])('%s: %s', async (line, expected) => {
  const ws = await withUsers();
  await ws.ok(line);
  expect(await owners(ws)).toBe(expected);
});

test('records that are made with a deal belong to the user whom its pipeline assigns', async () => {
  const ws = await withUsers();
  const yaml = join(ws.dir, 'pipelines/sales.yaml');
  const assign = 'assign: { by: round-robin, among: [ben, ann] }\n';
  writeFileSync(yaml, `${readFileSync(yaml, 'utf8').replace(/^assign:.*\n/m, '')}${assign}`);
  await ws.ok(`--as ann ${deal}`);
  await ws.ok('--as ann deal add Y --contact d@example.com --account Beta');
  await ws.ok('--as ann deal add Z --owner auto --contact e@example.com');
  expect(await ws.ok('deal list --fields owner')).toBe('ben\nann\nben\n');
  expect(await owners(ws)).toBe('ben ann ben ben ann');
});

test.each([
  ['contact', 'name,email\nCas,c@example.com\n', '- -'],
  ['contact', 'name,owner\nCas,ben\nDi,\n', 'ben - -'],
  ['contact', 'name,account,owner\nCas,Acme,ben\n', 'ben ben'],
  ['contact', 'name,account\nCas,Acme\n', '- -'],
  ['account', 'name\nAcme\n', '- -'],
  ['deal', 'title,contact,account,owner\nX,c@example.com,Acme,ben\n', 'ben ben'],
  // The owner stands after what is made for the deal.
  ['deal', 'contact,account,owner,title\nc@example.com,Acme,none,X\n', '- -'],
  ['deal', 'title,contact,account\nX,c@example.com,Acme\n', 'ann ann'],
  ['invoice', 'amount,account\n5,Acme\n', '- -'],
])('import of %ss: %j: %s', async (kind, csv, expected) => {
  const ws = await withUsers();
  await ws.ok(`--as ann import ${kind} - --create-missing accounts,contacts`, { stdin: csv });
  expect(await owners(ws)).toBe(expected);
});

test('records that are made for a deal that is imported again belong to its owner', async () => {
  const ws = await withUsers();
  await ws.ok('--as ann deal add X --owner ben --external-id x');
  await ws.ok('--as ann import deal - --key externalId --create-missing contacts', {
    stdin: 'externalId,contact\nx,c@example.com\n',
  });
  expect(await owners(ws)).toBe('ben -');
});
