/** What rules and pipelines give to users who are away. */
import { expect, test } from 'vitest';
import { type Desk, deskSeededBy } from './desk.ts';
import { DAY } from './swept.ts';

/** The tests begin on 14 September 2026; ben is away until the 16th, and ana stands in for him. */
const BACK = 3 * DAY;

const seeded = deskSeededBy(
  'contact add --email jane@example.com --name Jane',
  'deal add Chairs --value 500 --contact C1',
  'run',
);
const away = (desk: Desk, user: string, text: string) => {
  desk.edit('crm.yaml', settings =>
    settings.replace(`email: ${user}@example.com,`, `email: ${user}@example.com, away: ${text},`),
  );
};

async function benAway(): Promise<Desk> {
  const desk = await seeded();
  away(desk, 'ben', '2026-09-14..2026-09-16 to ana');
  return desk;
}

const hardware = (desk: Desk): unknown => {
  desk.ok('deal add X --pipeline hardware --value 1 --owner auto');
  return desk.list('deal').at(-1)!.owner;
};

test('automatic assignment passes over a user who is away, until they are back', async () => {
  const desk = await benAway();
  expect([hardware(desk), hardware(desk)]).toEqual(['ana', 'ana']);
  desk.at(BACK);
  expect([hardware(desk), hardware(desk)]).toEqual(['ben', 'ana']);
});

test('deals are assigned all the same while everybody is away', async () => {
  const desk = await benAway();
  away(desk, 'ana', '2026-09-14..2026-09-16');
  expect([hardware(desk), hardware(desk)].sort()).toEqual(['ana', 'ben']);
});

test.each([
  ['assign: ben', 'deal', 'owner', 'assigned D1 to ana, as ben is away'],
  ['add-task: { title: Call, assignee: ben }', 'task', 'assignee', 'added T1 for D1'],
  ['update: { owner: ben }', 'deal', 'owner', 'set owner of D1'],
  ['notify: { user: ben, text: Hello }', 'message', 'to', 'queued M1 to ana'],
] as const)(
  'a rule with %s goes to the stand-in, and to the user once they are back',
  async (step, kind, field, did) => {
    const desk = await benAway();
    // A rule starts once for a record, so there are two.
    for (const tag of ['away', 'back'])
      desk.rule(tag, `for: deal\non: { tag-added: { tag: ${tag} } }\nsteps:\n  - ${step}\n`);
    desk.ok('deal tag D1 +away');
    const { automations } = await desk.sweep();
    expect(automations[0]!.steps[0]!.did).toBe(did);
    expect(desk.list(kind).at(-1)![field]).toBe('ana');
    desk.at(BACK);
    desk.ok('deal tag D1 +back');
    await desk.sweep();
    expect(desk.list(kind).at(-1)![field]).toBe('ben');
  },
);

test.each([
  ['assign: none', 'assigned D1 to nobody'],
  ['assign: cat', 'assigned D1 to cat'],
])('%s: %s', async (step, did) => {
  const desk = await seeded();
  desk.rule('a', `for: deal\non: { tag-added: { tag: go } }\nsteps:\n  - ${step}\n`);
  await desk.all('run', 'deal assign D1 ana', 'deal tag D1 +go');
  expect((await desk.sweep()).automations[0]!.steps[0]!.did).toBe(did);
});
