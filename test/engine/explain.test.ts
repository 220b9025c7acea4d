/** `crm explain D12`: each row of the table, each term with what the deal has, and what decides. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { copiesOf, workspace } from '../harness.ts';

interface Explained {
  readonly record: string;
  readonly stage: string;
  readonly held: { stage: string | null } | null;
  readonly answer: { rule: number; to: string } | null;
  readonly rows: readonly { rule: number; to: string; applies: boolean; from: { holds: boolean } }[];
}

const oneDeal = copiesOf(async () => {
  const ws = await workspace('automated-sales');
  await ws.ok('deal add Chairs --contact jane@example.com');
  await ws.ok('task add Ask --for D1 --type call');
  return ws;
});

describe('crm explain', () => {
  it('takes records from standard input: a list of answers', async () => {
    const ws = await workspace('automated-sales');
    await ws.ok('deal add A');
    await ws.ok('deal add B');
    const one = await ws.ok('explain D1');
    const two = await ws.ok('explain D2');
    expect(await ws.ok('explain -', { stdin: 'D1\nD2\n' })).toBe(`${one}\n${two}`);
    expect(await ws.ok('explain -', { stdin: '' })).toBe('');
    const list = await ws.json<Explained[]>('explain - in-progress', { stdin: 'D2\n' });
    expect(list).toEqual([await ws.json('explain D2 in-progress')]);
    const lines = await ws.ok('explain - --format jsonl', { stdin: 'D1\nD2\n' });
    expect(
      lines
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line).record),
    ).toEqual(['D1', 'D2']);
  });

  it('says why in words', async () => {
    const ws = await oneDeal();
    ws.now = '2026-10-14T08:00:00.001Z';
    expect(await ws.ok('explain D1')).toBe(
      `D1 Chairs: in awaiting-processing since 2026-09-14T08:00:00.000Z
   1 to regular
     no  is:won  (open)
     no  invoices.paid:>=5  (0)
   2 to returning
     no  is:won  (open)
     no  invoices.paid:>=2  (0)
   3 to one-time
     no  is:won  (open)
   4 to failed
     no  is:lost  (open)
   5 to unreachable  (not from awaiting-processing)
   6 to inactive  (not from awaiting-processing)
→  7 to forgotten
     yes idle.over:30d  (30d 1ms)
   8 to serious-prospect
     no  tasks.done:>=3  (0)
     no  qualification:"target group"  (none)
   9 to in-progress
     no  tasks.done:>=1  (0)
+ 10 to awaiting-contact
     yes has:task  (1)
+ 11 to awaiting-processing
row 7 decides: to forgotten
`,
    );
  });

  it('in JSON, term by term', async () => {
    const ws = await oneDeal();
    const found = await ws.json<Explained>('explain D1');
    expect(found).toMatchObject({
      record: 'D1',
      title: 'Chairs',
      stage: 'awaiting-processing',
      stageSince: '2026-09-14T08:00:00.000Z',
      held: null,
      answer: { rule: 10, to: 'awaiting-contact' },
    });
    expect(found.rows).toHaveLength(11);
    expect(found.rows.filter(row => row.applies).map(row => row.rule)).toEqual([10, 11]);
    expect(found.rows[4]).toEqual({
      rule: 5,
      to: 'unreachable',
      from: { holds: false, stages: ['newsletter', 'inactive'] },
      when: {
        holds: false,
        term: 'or',
        parts: [
          { holds: false, term: 'event:email.unsubscribed', actual: 'never' },
          { holds: false, term: 'event:email.bounced', actual: 'never' },
        ],
      },
      applies: false,
    });
    expect(found.rows[10]).toMatchObject({ rule: 11, applies: true, from: { holds: true } });
  });

  it('predicts what the next sweep does', async () => {
    const ws = await oneDeal();
    for (const step of ['task done T1', 'deal win D1', 'deal lose D1']) {
      await ws.ok(step);
      const { answer } = await ws.json<Explained>('explain D1');
      await ws.ok('run');
      const after = await ws.json<Explained>('explain D1');
      expect(after.stage).toBe(answer!.to);
      // Where it is now, the table wants it.
      expect(after.answer!.to).toBe(after.stage);
      expect(await ws.ok('explain D1')).toContain(`stay in ${after.stage}`);
    }
  });

  it('shows the hold of a deal that was moved by hand', async () => {
    const ws = await oneDeal();
    await ws.ok('deal move D1 in-progress');
    expect((await ws.json<Explained>('explain D1')).held).toEqual({ stage: 'awaiting-contact' });
    expect(await ws.ok('explain D1')).toContain(
      'held since a move by hand: the table said awaiting-contact then; it stays until the answer differs\n',
    );
    await ws.ok('task rm T1');
    await ws.ok('deal move D1 newsletter');
    expect(await ws.json<Explained>('explain D1')).toMatchObject({ held: { stage: null }, answer: null });
    const text = await ws.ok('explain D1');
    expect(text).toContain('no row applies\n');
    expect(text).toContain('the table said nothing then');
  });

  it('takes a natural key, and of nothing else than a deal', async () => {
    const ws = await oneDeal();
    expect((await ws.json<Explained>(['explain', 'Chairs'])).record).toBe('D1');
    expect(await ws.crm('explain D9')).toMatchObject({ code: 3, out: '' });
    expect(await ws.crm('explain T1')).toMatchObject({ code: 2, out: '' });
    expect(await ws.crm('explain')).toMatchObject({ code: 2, out: '' });
  });

  it('says that a pipeline has no transitions', async () => {
    const ws = await workspace('sales');
    await ws.ok('deal add Chairs');
    expect(await ws.ok('explain D1')).toBe(
      'D1 Chairs: in to-contact since 2026-09-14T08:00:00.000Z\nits pipeline has no transitions\n',
    );
    expect(await ws.json('explain D1')).toMatchObject({ answer: null, rows: [] });
  });

  it('says that no row leads to a stage, and what decides where all rows name what one may not see', async () => {
    const ws = await workspace('sales');
    const path = join(ws.dir, 'pipelines/sales.yaml');
    const rows =
      "transitions:\n  - { to: follow-up, when: 'account.deals.open:>0 pipeline:secret or has:contact' }\n";
    for (const user of ['tester', 'eve', 'ben']) await ws.ok(`user add ${user}`);
    await ws.ok('user set tester role=admin');
    await ws.ok('pipeline add Secret --access tester,eve --stages New');
    writeFileSync(path, readFileSync(path, 'utf8').replace(/^transitions:.*\n/m, '') + rows);
    await ws.ok('deal add Chairs --contact jane@example.com');
    const first = 'D1 Chairs: in to-contact since 2026-09-14T08:00:00.000Z\n';
    expect(await ws.ok('explain D1 in-contact --as eve')).toBe(
      `${first}no transition of its pipeline leads to in-contact\nrow 1 decides: to follow-up\n`,
    );
    expect(await ws.ok('explain D1 --as ben')).toBe(`${first}row 1 decides: to follow-up\n`);
    expect(await ws.json('explain D1 --as ben')).toMatchObject({ rows: [] });
  });

  it('says stages by name and times of the workspace on a terminal', async () => {
    const ws = await oneDeal();
    const { out } = await ws.crm('explain D1 awaiting-contact --color never', { tty: 80 });
    expect(out).toBe(
      [
        'D1 Chairs: in Awaiting processing since 2026-09-14 10:00',
        '→ 10 to Awaiting contact',
        '     yes has:task  (1)',
        'row 10 decides: to Awaiting contact',
        '',
      ].join('\n'),
    );
  });

  it('escapes control characters in titles', async () => {
    const ws = await workspace('sales');
    await ws.ok(['deal', 'add', 'red \u001b[31m']);
    expect(await ws.ok('explain D1')).not.toContain('\u001b');
  });

  it('changes nothing', async () => {
    const ws = await oneDeal();
    const before = await ws.ok('history --json');
    await ws.ok('explain D1');
    expect(await ws.ok('history --json')).toBe(before);
  });
});
