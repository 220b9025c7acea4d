/** Scores: the sum of the rules in crm.yaml that match, and what was added by hand. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type TestWorkspace, workspace } from '../harness.ts';

const DAY = 86_400_000;

/** Scores as crm.yaml has them, one per line below `scores:`. */
async function scored(...scores: string[]): Promise<TestWorkspace> {
  const ws = await workspace();
  const path = join(ws.dir, 'crm.yaml');
  if (scores.length > 0)
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace('scores: {}', `scores:\n  ${scores.join('\n  ')}`),
    );
  await ws.ok(['contact', 'add', 'Jane', '--email', 'jane@example.com']);
  return ws;
}

interface Scores {
  readonly score: number;
  readonly scores: Record<string, number>;
}
const contact = async (ws: TestWorkspace, id = 'C1') => {
  const { score, scores } = await ws.json<Scores>(['contact', 'show', id]);
  return { score, scores };
};
const later = (ws: TestWorkspace, days: number) => {
  ws.now = new Date(Date.parse(ws.now) + days * DAY).toISOString();
};

describe('crm score', () => {
  test('adds, subtracts, and sets a score', async () => {
    const ws = await scored();
    expect(await ws.crm('score C1 +10')).toMatchObject({
      code: 0,
      out: '',
      err: 'C1: score default 0 → 10\n',
    });
    expect((await ws.crm('score C1 -2.5')).err).toBe('C1: score default 10 → 7.5\n');
    expect((await ws.crm('score jane@example.com =80')).err).toBe('C1: score default 7.5 → 80\n');
    expect((await ws.crm('score C1 =-3')).err).toBe('C1: score default 80 → -3\n');
    expect(await contact(ws)).toEqual({ score: -3, scores: { default: -3 } });
  });

  test('an adjustment that changes nothing writes nothing', async () => {
    const ws = await scored();
    await ws.ok('score C1 =80');
    const before = await ws.json<unknown[]>('history');
    for (const amount of ['=80', '+0'])
      expect((await ws.crm(['score', 'C1', amount])).err).toBe('C1: score default stays 80\n');
    expect(await ws.json('history')).toEqual(before);
  });

  test('sums of decimals are exact', async () => {
    const ws = await scored();
    await ws.ok('score C1 +0.1');
    await ws.ok('score C1 +0.2');
    expect((await contact(ws)).score).toBe(0.3);
  });

  test('with --expires until then, and not a moment longer', async () => {
    const ws = await scored();
    await ws.ok('score C1 +10');
    await ws.ok('score C1 +20 --expires 30d');
    later(ws, 29);
    expect((await contact(ws)).score).toBe(30);
    later(ws, 1);
    expect((await contact(ws)).score).toBe(10);
    await ws.ok('score C1 +1');
    expect((await contact(ws)).score).toBe(11);
  });

  test('of several, also from standard input, each once', async () => {
    const ws = await scored();
    await ws.ok(['contact', 'add', 'Joe']);
    expect((await ws.crm('score C2 - +5', { stdin: 'C1\nC2\n' })).err).toBe(
      'C2: score default 0 → 5\nC1: score default 0 → 5\n',
    );
  });

  test('in JSON it is the record', async () => {
    const ws = await scored();
    expect(await ws.json('score C1 +10')).toMatchObject({ id: 'C1', score: 10, scores: { default: 10 } });
    expect(await ws.ok('score C1 +10 -q')).toBe('C1\n');
  });

  test('is in the history in words, and can be undone', async () => {
    const ws = await scored();
    await ws.ok('score C1 +10');
    await ws.ok('score C1 -5 --expires 30d');
    await ws.ok('undo');
    expect((await contact(ws)).score).toBe(10);
    expect((await ws.ok('history C1 --fields via,changes')).split('\n').slice(0, 3)).toEqual([
      'undo\tscore -5 until 2026-10-14 taken back',
      'score\tscore -5 until 2026-10-14',
      'score\tscore +10',
    ]);
    const [, set] = await ws.json<{ changes: { set: Record<string, unknown> }[] }[]>('history C1');
    expect(set!.changes[0]!.set.adjustments).toEqual([
      [{ score: 'default', by: 10, at: ws.now }],
      [
        { score: 'default', by: 10, at: ws.now },
        { score: 'default', by: -5, at: ws.now, until: '2026-10-14T08:00:00.000Z' },
      ],
    ]);
  });

  test('a dry run says it, and adjusts nothing', async () => {
    const ws = await scored();
    expect(await ws.crm('score C1 +10 --dry-run')).toMatchObject({ out: 'C1 score +10\n' });
    expect((await contact(ws)).score).toBe(0);
  });

  test.each([
    ['score C1', 2, 'by how much?', 'crm score C1 +10'],
    ['score +10', 2, 'whose score?', 'crm score C12 +10, - for ids on standard input, or --where QUERY'],
    ['score C1 +10 -5', 2, 'one change at a time, not +10 and -5', 'crm score C3 +10'],
    ['score C1 10', 2, '"10" is not a change of a score', 'accepted: +10, -5, =80'],
    ['score C1 -5x', 2, '"-5x" is not a change of a score', 'accepted: +10, -5, =80'],
    ['score C1 +1e3', 2, '"+1e3" is not a change of a score', 'accepted: +10, -5, =80'],
    [
      'score C1 +10 --expires soon',
      2,
      '"soon" is not a duration',
      'accepted: 14d, 2w, 6h, 30min, 3mo (30 days each) or 1y (365 days)',
    ],
    ['score C1 +10 --score hot', 2, 'unknown score "hot" of contacts', 'scores: default'],
    ['score C9 +10', 3, 'C9 does not exist', undefined],
    ['score T1 +10', 3, 'T1 is a task, not a contact or deal', 'crm task show T1'],
  ])('%s: exit %i', async (command, exit, message, hint) => {
    const ws = await scored();
    const { code, err } = await ws.crm(command);
    expect(err).toBe(`Error: ${message}\n${hint === undefined ? '' : `Hint: ${hint}\n`}`);
    expect(code).toBe(exit);
  });
});

describe('rules', () => {
  const rules =
    "default: { rules: [{ when: 'event:form.submitted', points: 20, expires: 90d }, { when: 'tag:vip', points: 5 }] }";

  test('each that matches counts once, with what was added by hand', async () => {
    const ws = await scored(rules);
    await ws.ok('event add form.submitted --contact C1');
    await ws.ok('event add form.submitted --contact C1');
    await ws.ok('contact tag C1 +vip');
    await ws.ok('score C1 +1');
    expect((await contact(ws)).score).toBe(26);
    expect((await ws.crm('score C1 =80')).err).toBe('C1: score default 26 → 80\n');
    await ws.ok('contact tag C1 -vip');
    expect((await contact(ws)).score).toBe(75);
  });

  test('points that expire come from events of that time only', async () => {
    const ws = await scored(rules);
    await ws.ok('event add form.submitted --contact C1');
    later(ws, 90);
    expect((await contact(ws)).score).toBe(20);
    later(ws, 1);
    expect((await contact(ws)).score).toBe(0);
    await ws.ok('event add form.submitted --contact C1');
    expect((await contact(ws)).score).toBe(20);
  });

  test('one that asks for a score is refused', async () => {
    const ws = await scored("default: { rules: [{ when: 'score:>5', points: 20 }] }").catch(String);
    expect(ws).toContain('exit 5\nError: crm.yaml:10: ');
  });
});

describe('several scores', () => {
  const several = [
    "default: { rules: [{ when: 'tag:vip', points: 50 }] }",
    "interest: { rules: [{ when: 'event:page.visited', points: 7 }] }",
    "fit: { for: deal, rules: [{ when: 'value:>=1000', points: 30 }, { when: 'contact.score:>=50', points: 1 }] }",
  ];
  const filled = async () => {
    const ws = await scored(...several);
    await ws.ok('contact tag C1 +vip');
    await ws.ok('event add page.visited --contact C1');
    await ws.ok(['contact', 'add', 'Joe']);
    await ws.ok(['deal', 'add', 'Chairs', '--value', '1000', '--contact', 'C1']);
    await ws.ok(['deal', 'add', 'Tables', '--value', '10', '--contact', 'C2']);
    return ws;
  };

  test('each by its name; score is the default one', async () => {
    const ws = await filled();
    expect(await contact(ws)).toEqual({ score: 50, scores: { default: 50, interest: 7 } });
    await ws.ok('score C2 +60 --score interest');
    expect(await contact(ws, 'C2')).toEqual({ score: 0, scores: { default: 0, interest: 60 } });
    expect(await ws.ok('contact list --fields id,score,score.interest --sort -score.interest')).toBe(
      'C2\t0\t60\nC1\t50\t7\n',
    );
    expect(await ws.ok('history C2 --limit 1 --fields changes')).toBe('score interest +60\n');
  });

  test.each([
    ['contact', 'score:>=50', 'C1\n'],
    ['contact', 'score.over:49', 'C1\n'],
    ['contact', 'score.interest:7', 'C1\n'],
    ['contact', 'score.interest.under:7', 'C2\n'],
    ['contact', 'has:score.interest', 'C1\n'],
    ['deal', 'score:>=31', 'D1\n'],
    ['deal', 'score.fit:0', 'D2\n'],
    ['deal', 'contact.score.interest:>5', 'D1\n'],
  ])('crm %s list %s', async (kind, query, ids) => {
    const ws = await filled();
    expect(await ws.ok([kind, 'list', query, '-q'])).toBe(ids);
  });

  test('the score of a deal is the first that is for deals', async () => {
    const ws = await filled();
    expect(await ws.json('deal show D1')).toMatchObject({ score: 31 });
    expect((await ws.crm('score D2 =10')).err).toBe('D2: score fit 0 → 10\n');
    expect(await ws.json('deal show D2')).toMatchObject({ score: 10 });
  });

  test.each([
    ['score D1 +1 --score interest', 'the score interest is of contacts, and D1 is a deal', undefined],
    ['score C1 +1 --score intrest', 'unknown score "intrest" of contacts', 'did you mean interest?'],
    ['score C1 D1 +1', 'D1: contacts and deals have scores of their own', 'one kind at a time'],
    [
      'contact list score.intrest:>1',
      'score.intrest:>1: unknown field "score.intrest" of contacts',
      'did you mean score.interest?',
    ],
  ])('%s: exit 2', async (command, message, hint) => {
    const ws = await filled();
    const { code, err } = await ws.crm(command);
    expect(err).toBe(`Error: ${message}\n${hint === undefined ? '' : `Hint: ${hint}\n`}`);
    expect(code).toBe(2);
  });
});
