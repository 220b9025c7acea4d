/** What of several refused changes is left to settle: one conflict per record, and none where nothing changed in the end. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contradictions } from '../../../src/app/sharing/contradictions.ts';
import type { RefusedChange } from '../../../src/app/care/replaying.ts';
import type { Change, Transaction } from '../../../src/domain/changes.ts';
import type { State } from '../../../src/state/state.ts';
import { type Machine, team } from './machines.ts';
import { runs } from '../../effort.ts';

/** Of a state, what is asked: one deal, D1, with these values. */
const stateWith = (values: Record<string, string>): State =>
  ({ get: () => ({ id: 'D1', ...values }) }) as unknown as State;

const fields = ['title', 'notes'] as const;
type Edit = { readonly path: (typeof fields)[number]; readonly value: string };

/** One transaction for each edit, put three ways on top of what others did: refused if its field is neither as before nor as after it. */
function refusedOf(edits: readonly Edit[], base: Record<string, string>, theirs: Record<string, string>) {
  const here = { ...base };
  const now = { ...theirs };
  const found: Record<string, string> = {};
  const transactions: Transaction[] = [];
  const refused: RefusedChange[] = [];
  for (const [i, { path, value }] of edits.entries()) {
    const old = here[path]!;
    const change: Change = { kind: 'deal', id: 'D1', set: { [path]: [old, value] } };
    here[path] = value;
    const seq = 10 + i;
    transactions.push({ seq, at: `t${seq}`, by: 'ana', request: `r${seq}`, changes: [change] } as never);
    if (now[path] === old) now[path] = value;
    else if (now[path] !== value) {
      found[path] ??= old;
      refused.push({ theirs: seq, id: 'D1', why: 'differs', change });
    }
  }
  return { transactions, refused, here, now, found };
}

const value = fc.constantFrom('a', 'b', 'c');
const values = fc.record({ title: value, notes: value });

test("a conflict has this machine's last value of each field that differs from both sides", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ path: fc.constantFrom(...fields), value }), { maxLength: 6 }),
      values,
      values,
      (edits, base, theirs) => {
        const { transactions, refused, here, now, found } = refusedOf(edits, base, theirs);
        const listed = contradictions(refused, transactions, stateWith(now));
        const wanted = fields.filter(
          path => path in found && here[path] !== found[path] && here[path] !== now[path],
        );
        const set = Object.fromEntries(wanted.map(path => [path, [found[path], here[path]]]));
        expect(listed.map(({ change }) => change)).toEqual(
          wanted.length > 0 ? [{ kind: 'deal', id: 'D1', set }] : [],
        );
        for (const { theirs: there } of listed)
          expect(there).toEqual(Object.fromEntries(wanted.map(path => [path, now[path]])));
      },
    ),
    { numRuns: runs(60) },
  );
});

describe('machines', () => {
  const conflictsOf = async (machine: Machine) =>
    (await machine.crm('sync --json')).json<{ conflicts: { id: string; why: string; steps?: object[] }[] }>()
      .conflicts;

  test.each<[string, string[], number]>([
    ['set there and back', ['deal set D1 value=1', 'deal set D1 value=2', 'deal set D1 value=5000'], 0],
    ['set and undone', ['deal set D1 value=1', 'undo'], 0],
    ['set to what others have', ['deal set D1 value=1', 'deal set D1 value=7000'], 0],
    ['won and reopened', ['deal win D1', 'deal reopen D1'], 0],
    ['removed and brought back', ['deal rm D1', 'deal restore D1'], 0],
    ['moved to where it was', ['deal move D1 negotiation', 'deal move D1 qualified'], 0],
    ['set three times', ['deal set D1 value=1', 'deal set D1 value=2', 'deal set D1 value=3'], 1],
    ['set and removed', ['deal set D1 value=1', 'deal rm D1'], 1],
  ])('list what is left of what was %s', async (_, commands, count) => {
    const [a, b] = (await team(2)).machines as [Machine, Machine];
    for (const command of commands) await a.crm(`--offline ${command}`);
    await b.ok('deal set D1 value=7000');
    const conflicts = await conflictsOf(a);
    expect(conflicts.map(({ id }) => id)).toEqual(Array(count).fill('D1'));
    if (count === 0) expect((await a.crm('sync')).code).toBe(0);
    else expect(conflicts[0]!.steps!.length).toBe(commands.length);
    expect((await a.deals())[0]).toBe('D1 40 chairs 7000.00');
    await a.sound();
  });

  test('a later one of the same field takes the place of one that nobody settled', async () => {
    const [a, b] = (await team(2)).machines as [Machine, Machine];
    for (const [mine, theirs] of [
      [1, 7000],
      [2, 8000],
    ]) {
      await a.ok(`--offline deal set D1 value=${mine}`);
      await b.ok('sync');
      await b.ok(`deal set D1 value=${theirs}`);
      await a.crm('sync');
    }
    expect(await conflictsOf(a)).toMatchObject([
      {
        id: 'D1',
        why: 'value is "8000.00" here and "2.00" there',
        change: { set: { value: ['5000.00', '2.00'] } },
      },
    ]);
    expect(await a.crm('sync --mine D1')).toMatchObject({
      code: 0,
      err: expect.stringMatching(/^settled 1 /),
    });
    expect((await a.deals())[0]).toBe('D1 40 chairs 2.00');
  });

  test('purged records are in no list', async () => {
    const [a, b] = (await team(2)).machines as [Machine, Machine];
    await b.ok(['contact', 'add', 'Jane Roe', '--email', 'jane@example.com']);
    await a.ok('sync');
    const id = (await a.ok('contact list -q')).trim();
    await a.ok(['--offline', 'contact', 'set', id, 'phone=555 1234']);
    await b.ok(`contact set ${id} phone=555`);
    expect(await conflictsOf(a)).toHaveLength(1);
    await a.ok(['--offline', 'contact', 'set', id, 'name=Jane Doe']);
    await b.ok(`purge ${id} --yes --acknowledge-remote`);
    expect(await conflictsOf(a)).toEqual([]);
    await a.sound();
  });
});
