/** Teams: users by a common name. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copiesOf, type TestWorkspace, workspace } from '../harness.ts';

const crmYaml = (ws: TestWorkspace) => readFileSync(join(ws.dir, 'crm.yaml'), 'utf8');

const withUsers = copiesOf(async () => {
  const ws = await workspace();
  for (const user of ['ana', 'ben', 'cho']) await ws.ok(`user add ${user} --email ${user}@example.com`);
  return ws;
});

test('add, list, show, set and rm, one line in crm.yaml', async () => {
  const ws = await withUsers();
  expect(await ws.ok('team add north ana BEN@example.com')).toBe('north\n');
  expect(crmYaml(ws)).toContain('\nteams:\n  north: [ ana, ben ]\n');
  expect((await ws.crm('team set team:north +cho -ben')).err).toBe('changed north\n');
  expect(await ws.json('team list')).toEqual([{ id: 'north', members: ['ana', 'cho'] }]);
  expect((await ws.crm('team set north +cho')).err).toBe('nothing to do: north is already in that state\n');
  await ws.ok('team set north members=cho,ben');
  expect(await ws.ok('team show north')).toBe('north\tcho,ben\n');
  await ws.ok('deal add A --owner ben');
  await ws.ok('deal add B --owner ana');
  expect(await ws.ok('deal list owner:team:north -q')).toBe('D1\n');
  await ws.ok('pipeline set sales access=team:north');
  expect(await ws.crm('team rm north')).toMatchObject({
    code: 1,
    err: 'Error: the team north is still used at pipelines/sales.yaml:8\nHint: change that first\n',
  });
  await ws.ok('pipeline set sales access=');
  expect((await ws.crm('team rm north')).err).toBe('removed north\n');
  expect(await ws.json('team list')).toEqual([]);
});

test('mistakes are refused, and leave crm.yaml as it was', async () => {
  const ws = await withUsers();
  await ws.ok('team add north ana');
  const before = crmYaml(ws);
  for (const [line, code, message, hint] of [
    ['team add north ben', 4, 'there is a team north already', null],
    [
      'team add North ben',
      2,
      '"North" is not a name for a team',
      'lower-case ASCII words with hyphens, such as north',
    ],
    ['team add south anna', 2, 'unknown user "anna"', 'did you mean ana?'],
    ['team add south', 2, 'which users?', 'crm team add south ana'],
    ['team set nort +ben', 2, 'unknown team "nort"', 'did you mean north?'],
    ['team set north -ben', 2, 'ben is not in the team north', null],
    ['team set north', 2, 'what to set?', 'crm team set north +USER'],
    ['team set north member=ben', 2, 'a team has no "member"', 'did you mean members?'],
    [
      'team add south ben --as ana',
      1,
      'ana is normal and may not change settings',
      'an admin may: --as USER',
    ],
  ] as const) {
    const ran = await ws.crm(`${line} --json`);
    expect({ ...JSON.parse(ran.err).error, line, code: ran.code }).toMatchObject({
      line,
      code,
      message,
      hint,
    });
  }
  expect(crmYaml(ws)).toBe(before);
});
