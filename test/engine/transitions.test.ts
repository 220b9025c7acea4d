/** Tables of transitions in sweeps: which row decides and why, and rows that do not settle. */
import { describe, expect, it } from 'vitest';
import { clockIn } from '../../src/domain/clock.ts';
import { bindTransitions } from '../../src/engine/transitions.ts';
import { wholeScope } from '../../src/query/whole-scope.ts';
import { Desk } from './desk.ts';
import { DAY } from './swept.ts';

const stages = `name: Sales
stages:
  - { id: new, name: New, group: early }
  - { id: called, name: Called, group: early }
  - { id: proposal, name: Proposal }
`;
const deskOf = (transitions: string, more = '') =>
  Desk.make({ 'pipelines/a-sales.yaml': `${more}${stages}transitions:\n${transitions}` });

const tableOf = (desk: Desk) =>
  bindTransitions(wholeScope(desk.state, { ...clockIn(desk.state.config, 0), now: desk.now }, 'ana'));

describe('a table', () => {
  const rows = `  - { to: called, from: [group:early, proposal], when: 'has:task' }
  - { to: proposal, from: [called], when: 'value:>=1000 tag:vip' }
  - { to: new }
`;
  const desk = deskOf(rows);
  for (const line of [
    'deal add A',
    'task add Call --for D1',
    'deal add B --stage called --value 2000 --tags vip',
    'deal add C --stage proposal',
    'deal add D --pipeline hardware',
  ])
    desk.ok(line);

  it('explains each row: whether it moves from the stage, its terms, and whether it applies', () => {
    expect(tableOf(desk).explain(0)).toEqual([
      {
        rule: 1,
        to: 'called',
        from: { holds: true, stages: ['new', 'called', 'proposal'] },
        when: { holds: true, term: 'has:task', actual: '1' },
        applies: true,
      },
      {
        rule: 2,
        to: 'proposal',
        from: { holds: false, stages: ['called'] },
        when: expect.objectContaining({ holds: false, term: 'and' }),
        applies: false,
      },
      { rule: 3, to: 'new', from: { holds: true, stages: undefined }, when: undefined, applies: true },
    ]);
    const applying = [0, 1, 2].map(row =>
      tableOf(desk)
        .explain(row)
        .flatMap(each => (each.applies ? [each.rule] : [])),
    );
    expect(applying).toEqual([[1, 3], [2, 3], [3]]);
  });

  it('is answered by the first row that applies, also by one that names the present stage', () => {
    const table = tableOf(desk);
    expect([0, 1, 2].map(row => table.answer(row))).toMatchObject([
      { rule: 1, to: 'called' },
      { rule: 2, to: 'proposal' },
      { rule: 3, to: 'new' },
    ]);
    expect([0, 1, 2].map(row => table.stage(row))).toEqual(['new', 'called', 'proposal']);
  });

  it('is none in a pipeline without rows', () => {
    const table = tableOf(desk);
    expect([table.has(0), table.has(3)]).toEqual([true, false]);
    expect([table.answer(3), table.explain(3)]).toEqual([undefined, []]);
  });

  it('is that of other settings where these are given, and none of a pipeline that they do not have', () => {
    const { state } = desk;
    const pipelines = state.config.pipelines.filter(({ id }) => id !== 'a-sales');
    const table = bindTransitions(wholeScope(state, clockIn(state.config, 0), 'ana'), {
      ...state.config,
      pipelines,
    });
    expect([table.has(0), table.answer(0)]).toEqual([false, undefined]);
  });

  it('says for which answer a deal is held: none, or a stage', () => {
    const copy = deskOf("  - { to: called, when: 'has:task' }\n");
    for (const line of [
      'deal add A',
      'deal add B',
      'deal add C',
      'task add Call --for D3',
      'deal move D2 D3 proposal',
    ])
      copy.ok(line);
    const table = tableOf(copy);
    expect([0, 1, 2].map(row => table.held(row))).toEqual([undefined, null, 'called']);
  });
});

describe('a sweep', () => {
  it('moves a deal until the table is content, and says by which rows', async () => {
    const desk = deskOf(`  - { to: called, from: [new], when: 'tasks.open:>=2' }
  - { to: proposal, from: [called], when: 'tasks.open:>=1' }
`);
    for (const line of ['deal add Chairs', 'task add A --for D1', 'task add B --for D1']) desk.ok(line);
    const moves = [
      { record: 'D1', from: 'new', to: 'called', rule: 1 },
      { record: 'D1', from: 'called', to: 'proposal', rule: 2 },
    ];
    expect((await desk.sweep('--dry-run')).transitions).toEqual(moves);
    expect((await desk.sweep('--dry-run', '--explain')).transitions).toEqual([
      { ...moves[0], when: { holds: true, term: 'tasks.open:>=2', actual: '2' } },
      { ...moves[1], when: { holds: true, term: 'tasks.open:>=1', actual: '2' } },
    ]);
    expect((await desk.sweepTwice()).transitions).toEqual(moves);
    expect(desk.get('D1')).toMatchObject({ stage: 'proposal', stageSince: '2026-09-14T08:00:00.000Z' });
  });

  it('moves deals after their rules, and starts rules by these moves', async () => {
    const desk = deskOf("  - { to: called, from: [new], when: 'has:task' }\n");
    desk.rule('asks', 'for: deal\non: created\nsteps: [{ add-task: { title: Call } }]\n');
    desk.rule('moved', 'for: deal\non: { enters-stage: { stage: called } }\nsteps: [{ add-note: there }]\n');
    await desk.sweep();
    desk.ok('deal add Chairs');
    const { transitions, automations } = await desk.sweepTwice();
    expect(transitions).toEqual([{ record: 'D1', from: 'new', to: 'called', rule: 1 }]);
    expect(automations.map(each => each.automation)).toEqual(['asks', 'moved']);
  });

  it('follows the time that passes', async () => {
    const desk = deskOf("  - { to: called, from: [new], when: 'idle.over:3d' }\n");
    desk.ok('deal add Chairs');
    await desk.sweep();
    desk.at(3 * DAY);
    expect((await desk.sweep()).transitions).toEqual([]);
    desk.at(3 * DAY + 1);
    expect((await desk.sweep()).transitions).toHaveLength(1);
  });
});

describe('a hand move', () => {
  /** A deal of which the table says called while it has a task, and new otherwise. */
  async function moved(...lines: string[]): Promise<Desk> {
    const desk = deskOf("  - { to: called, when: 'tag:call' }\n  - { to: new, when: 'not tag:off' }\n");
    desk.ok('deal add Chairs');
    await desk.all('run', 'deal move D1 proposal', ...lines);
    return desk;
  }
  const stage = async (desk: Desk) => {
    await desk.sweepTwice();
    return desk.get('D1')!.stage;
  };

  it('stays until the answer of the table differs from the one at the move', async () => {
    expect(await stage(await moved())).toBe('proposal');
    expect(await stage(await moved('deal tag D1 +call'))).toBe('called');
    expect(await stage(await moved('deal tag D1 +call', 'run', 'deal tag D1 -call'))).toBe('new');
    expect(await stage(await moved('deal tag D1 +call', 'deal tag D1 -call'))).toBe('proposal');
  });

  it('ends when no row applies any more, without a move', async () => {
    const desk = await moved('deal tag D1 +off');
    expect(await stage(desk)).toBe('proposal');
    expect(desk.get('D1')).not.toHaveProperty('held');
    desk.ok('deal tag D1 -off');
    expect(await stage(desk)).toBe('new');
  });

  it('of an answer that was none holds until there is one', async () => {
    const desk = await moved('deal tag D1 +off', 'run', 'deal move D1 called');
    expect(await stage(desk)).toBe('called');
    desk.ok('deal tag D1 -off');
    expect(await stage(desk)).toBe('new');
  });

  it("ends without a move if the new answer is the deal's stage", async () => {
    const desk = await moved('deal move D1 called', 'deal tag D1 +call');
    expect(await stage(desk)).toBe('called');
    desk.ok('deal tag D1 -call');
    expect(await stage(desk)).toBe('new');
  });
});

describe('rows that do not settle', () => {
  const loop = `name: Loop
stages: [{ id: start, name: S }, { id: a, name: A }, { id: b, name: B }, { id: c, name: C }, { id: end, name: E }]
transitions:
  - { to: end, from: [start, a], when: 'tag:end' }
  - { to: a, from: [start], when: 'tag:loop' }
  - { to: b, from: [a], when: 'tag:loop' }
  - { to: c, from: [b], when: 'tag:loop' }
  - { to: a, from: [c], when: 'tag:loop' }
`;
  const looping = (...lines: string[]) => {
    const desk = Desk.make({ 'pipelines/a-sales.yaml': loop });
    for (const line of lines) desk.ok(line);
    return desk;
  };

  it('are cut where the loop begins and named, while other deals move', async () => {
    const desk = looping(
      'deal add One --stage b --tags loop',
      'deal add Two --tags end',
      'deal add Three --tags loop',
    );
    desk.at(DAY);
    const before = desk.get('D1');
    const { transitions, failures, code } = await desk.sweep();
    expect(transitions).toEqual([
      { record: 'D2', from: 'start', to: 'end', rule: 1 },
      { record: 'D3', from: 'start', to: 'a', rule: 2 },
    ]);
    const failed = (subject: string, rows: string) => ({
      automation: null,
      subject,
      step: null,
      error: `the transitions of ${subject} do not settle: rows ${rows}`,
    });
    expect(failures).toEqual([
      failed('D1', '4 and 5 and 3 move it round b → c → a → b'),
      failed('D3', '3 and 4 and 5 move it round a → b → c → a'),
    ]);
    expect(code).toBe(1);
    expect(desk.get('D1')).toEqual(before);
    expect(desk.get('D3')).toMatchObject({ stage: 'a', stageSince: '2026-09-15T08:00:00.000Z' });
  });

  it('are reported when they begin, when the deal or a table changes, and not by every sweep', async () => {
    const desk = looping('deal add One --stage b --tags loop');
    const failed = async () => (await desk.sweep()).failures.map(({ subject }) => subject);
    expect(await failed()).toEqual(['D1']);
    expect(await failed()).toEqual([]);
    desk.ok('deal add Other');
    expect(await failed()).toEqual([]);
    desk.ok('deal set D1 title=Two');
    expect(await failed()).toEqual(['D1']);
    desk.edit('pipelines/hardware.yaml', text => text.replace('Shipped', 'Sent'));
    expect(await failed()).toEqual(['D1']);
    desk.edit('crm.yaml', text => text.replace('Ana Ruiz', 'Ana R'));
    expect(await failed()).toEqual(['D1']);
    desk.write('templates/x.md', '---\nsubject: X\n---\nHello\n');
    expect(await failed()).toEqual([]);
    desk.ok('deal add Third --stage c --tags loop');
    expect(await failed()).toEqual(['D3']);
    // Until something else is true of the deal.
    desk.ok('deal tag D1 +end');
    const { transitions } = await desk.sweep();
    expect(transitions.map(({ to, rule }) => [to, rule])).toEqual([
      ['c', 4],
      ['a', 5],
      ['end', 1],
    ]);
  });

  it('a deal that begins to loop by time alone is reported once', async () => {
    const desk = looping('deal add One --stage b');
    desk.edit('pipelines/a-sales.yaml', text => text.replaceAll("'tag:loop'", "'idle.over:1d'"));
    const failed: number[] = [];
    for (const ms of [0, DAY, DAY + 1, 2 * DAY]) {
      desk.at(ms);
      failed.push((await desk.sweep()).failures.length);
    }
    expect(failed).toEqual([0, 0, 1, 0]);
  });

  it('a deal that a hand has put there is held, and does not loop', async () => {
    const desk = looping('deal add One --tags loop', 'deal move D1 c');
    expect(await desk.sweep()).toMatchObject({ transitions: [], failures: [] });
  });

  it('a row that names the present stage keeps the deal there', async () => {
    const desk = deskOf("  - { to: new, from: [new], when: 'tag:stay' }\n  - { to: called, from: [new] }\n");
    await desk.all('deal add One --tags stay', 'deal add Two');
    expect((await desk.sweep()).transitions).toEqual([{ record: 'D2', from: 'new', to: 'called', rule: 2 }]);
  });
});
