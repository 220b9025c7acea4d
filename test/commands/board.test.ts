import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { displayWidth } from '../../src/ui/width.ts';
import { copiesOf, type TestWorkspace, workspace } from '../harness.ts';

interface Shown {
  readonly pipeline: string;
  readonly stages: readonly {
    readonly id: string;
    readonly name: string;
    readonly group: string | null;
    readonly count: number;
    readonly sums: Record<string, string>;
    readonly weighted: Record<string, string>;
    readonly deals: readonly string[];
  }[];
}

/** Replaces a text in a file of the workspace. */
function edit(ws: TestWorkspace, path: string, from: string, to: string): void {
  const text = readFileSync(join(ws.dir, path), 'utf8');
  expect(text).toContain(from);
  writeFileSync(join(ws.dir, path), text.replace(from, to));
}

const lines = (text: string) => text.split('\n').slice(0, -1);

/** Six deals in three stages: one overdue and rotting, two rotting, two currencies, wide characters. */
const salesTeam = copiesOf(async () => {
  const ws = await workspace('sales');
  edit(
    ws,
    'crm.yaml',
    'users: {}',
    `users:
  ana: { name: Ana Ruiz, role: manager }
  ben: { name: Ben Bos, role: restricted }
  eve: { name: Eve, role: normal }`,
  );
  edit(ws, 'pipelines/sales.yaml', 'probability: 10 }', 'probability: 10, rotting: 7d }');
  const long = { now: '2026-08-20T08:00:00Z' };
  await ws.ok(['deal', 'add', '40 chairs, 10 tables', '--value', '5200', '--owner', 'ana'], long);
  await ws.ok(
    [
      'deal',
      'add',
      'Office fit-out, 84 workplaces',
      '--value',
      '66000',
      '--stage',
      'in-contact',
      '--owner',
      'ana',
    ],
    long,
  );
  await ws.ok(['deal', 'add', '株式会社 木村家具 desks', '--value', '12500', '--owner', 'ben'], long);
  await ws.ok(
    ['deal', 'add', 'Reading room 🎉 café', '--value', '980', '--currency', 'USD', '--owner', 'none'],
    long,
  );
  await ws.ok(['deal', 'add', 'Fresh', '--value', '300.05', '--owner', 'ana']);
  await ws.ok(['deal', 'add', 'Follow me', '--value', '999999', '--stage', 'follow-up', '--owner', 'ana']);
  await ws.ok([
    'task',
    'add',
    'Call back about the quote',
    '--for',
    'D1',
    '--type',
    'call',
    '--due',
    '2026-09-12',
  ]);
  await ws.ok(['task', 'add', 'Send quote', '--for', 'D2', '--type', 'email', '--due', 'today']);
  await ws.ok(['task', 'add', '見積もりを送る', '--for', 'D3', '--due', '2026-09-17']);
  await ws.ok(['task', 'add', 'Think', '--for', 'D4', '--type', 'todo']);
  return ws;
});

describe('for people', () => {
  let ws: TestWorkspace;
  beforeEach(async () => {
    ws = await salesTeam();
  });

  test('stages side by side at 80', async () => {
    expect(await ws.ok('board', { tty: 80, env: { NO_COLOR: '1' } })).toMatchInlineSnapshot(`
      "Sales  6 deals  1.1m EUR + 980 USD  weighted 628k EUR + 98 USD

      To contact                 In contact                 Follow up
      4 deals                    1 deal                     1 deal
      18,000.05 EUR              66,000.00 EUR              999,999.00 EUR
      weighted 1,800.00 EUR      weighted 26,400.00 EUR     weighted 599,999.40 EUR
      980.00 USD
      weighted 98.00 USD
      ─────────────────────────  ─────────────────────────  ─────────────────────────
      D1 40 chairs, 10       !~  D2 Office fit-out, 84      D6 Follow me
      tables                     workplaces                 999,999.00 EUR  Ana Ruiz
      5,200.00 EUR  Ana Ruiz     66,000.00 EUR  Ana Ruiz    no next action
      2d overdue: Call back ab…  today: Send quote

      D3 株式会社 木村家具    ~
      desks
      12,500.00 EUR  Ben Bos
      Thu: 見積もりを送る

      D4 Reading room 🎉 café ~
      980.00 USD
      Think

      D5 Fresh
      300.05 EUR  Ana Ruiz
      no next action

      ! a task is overdue   ~ too long in its stage
      "
    `);
  });

  test('a list by stage at 60', async () => {
    expect(await ws.ok('board', { tty: 60, env: { NO_COLOR: '1' } })).toMatchInlineSnapshot(`
      "Sales  6 deals  1.1m EUR + 980 USD

      To contact  4 deals  18k EUR + 980 USD
        !~  D1  40 chairs, 10 tables        5,200.00 EUR  Ana Ruiz
        ~   D3  株式会社 木村家具 desks    12,500.00 EUR  Ben Bos
        ~   D4  Reading room 🎉 café          980.00 USD
            D5  Fresh                         300.05 EUR  Ana Ruiz

      In contact  1 deal  66,000.00 EUR  weighted 26,400.00 EUR
            D2  Office fit-out, 84 work…   66,000.00 EUR  Ana Ruiz

      Follow up  1 deal  999,999.00 EUR  weighted 599,999.40 EUR
            D6  Follow me                 999,999.00 EUR  Ana Ruiz

      ! a task is overdue   ~ too long in its stage
      "
    `);
  });

  test('at 40 the fields that leave the title no room are left out, and notes are wrapped', async () => {
    expect(await ws.ok('board', { tty: 40, env: { NO_COLOR: '1' } })).toMatchInlineSnapshot(`
      "Sales  6 deals  1.1m EUR + 980 USD

      To contact  4 deals  18k EUR + 980 USD
        !~  D1  40 chairs, 10…    5,200.00 EUR
        ~   D3  株式会社 木村…   12,500.00 EUR
        ~   D4  Reading room…       980.00 USD
            D5  Fresh               300.05 EUR

      In contact  1 deal  66k EUR
            D2  Office fit-ou…   66,000.00 EUR

      Follow up  1 deal  1m EUR
            D6  Follow me       999,999.00 EUR

      ! a task is overdue   ~ too long in its
      stage
      "
    `);
    for (const line of lines(await ws.ok('board is:won', { tty: 40, env: { NO_COLOR: '1' } })))
      expect(displayWidth(line)).toBeLessThanOrEqual(40);
  });

  test('by owner at 120', async () => {
    expect(await ws.ok('board --by owner', { tty: 120, env: { NO_COLOR: '1' } })).toMatchInlineSnapshot(`
      "Sales  6 deals  1,083,999.05 EUR + 980.00 USD  weighted 628,199.40 EUR + 98.00 USD

      Ana Ruiz                                Ben Bos                                 nobody
      4 deals                                 1 deal                                  1 deal
      1,071,499.05 EUR                        12,500.00 EUR                           980.00 USD
      weighted 626,949.40 EUR                 weighted 1,250.00 EUR                   weighted 98.00 USD
      ──────────────────────────────────────  ──────────────────────────────────────  ──────────────────────────────────────
      D1 40 chairs, 10 tables             !~  D3 株式会社 木村家具 desks           ~  D4 Reading room 🎉 café              ~
      5,200.00 EUR  To contact                12,500.00 EUR  To contact               980.00 USD  To contact
      2d overdue: Call back about the quote   Thu: 見積もりを送る                     Think

      D6 Follow me
      999,999.00 EUR  Follow up
      no next action

      D2 Office fit-out, 84 workplaces
      66,000.00 EUR  In contact
      today: Send quote

      D5 Fresh
      300.05 EUR  To contact
      no next action

      ! a task is overdue   ~ too long in its stage
      "
    `);
  });

  test.each([20, 40, 60, 80, 120, 200])('columns stay aligned and within %i cells', async width => {
    const out = await ws.ok('board', { tty: width, env: { NO_COLOR: '1' } });
    for (const line of lines(out)) expect(line).not.toMatch(/ $/);
    if (width < 40) return;
    for (const line of lines(out)) expect(displayWidth(line)).toBeLessThanOrEqual(width);
    if (width < 80) return;
    const second = out.indexOf('D2 Office') - out.lastIndexOf('\n', out.indexOf('D2 Office'));
    const third = out.indexOf('D6 Follow') - out.lastIndexOf('\n', out.indexOf('D6 Follow'));
    const column = Math.floor((width + 2) / 3);
    expect([second, third]).toEqual([column + 1, 2 * column + 1]);
  });

  test('is cut to the height of the terminal, and says how much is left out', async () => {
    const out = await ws.ok('board', { tty: 80, rows: 20, env: { NO_COLOR: '1' } });
    expect(lines(out).length).toBeLessThan(20);
    expect(out).toContain('D1 40 chairs');
    expect(out).toContain('+ 3 more');
    expect(out).not.toContain('D3');
    // However low it is, every column shows a card.
    expect(await ws.ok('board', { tty: 80, rows: 5 })).toContain('D1');
  });

  test('--limit says how many instead', async () => {
    const out = await ws.ok('board --limit 1', { tty: 80, rows: 20, env: { NO_COLOR: '1' } });
    expect(out).toContain('+ 3 more');
    expect(out).not.toContain('D3');
  });

  test('colours stages and overdue tasks, and shows both without colours', async () => {
    const out = await ws.ok('board', { tty: 80 });
    expect(out).toContain('\x1b[33mTo contact\x1b[39m');
    expect(out).toContain('\x1b[31m!~\x1b[39m');
    expect(out).toContain('\x1b[31m2d overdue: Call back ab…\x1b[39m');
  });

  test('many stages: those without deals are named below', async () => {
    const many = await workspace('automated-sales');
    await many.ok('deal add One --value 10 --stage in-progress');
    await many.ok('deal add Two --value 20 --stage forgotten');
    const out = await many.ok('board', { tty: 120, env: { NO_COLOR: '1' } });
    expect(out).toMatchInlineSnapshot(`
      "Sales  2 deals  30.00 EUR  weighted 4.00 EUR

      sales                                                        not-customers
      In progress                                                  Forgotten
      1 deal                                                       1 deal
      10.00 EUR                                                    20.00 EUR
      weighted 4.00 EUR
      ───────────────────────────────────────────────────────────  ───────────────────────────────────────────────────────────
      D1 One                                                       D2 Two
      10.00 EUR                                                    20.00 EUR
      no next action                                               no next action

      no deals: Newsletter, Awaiting processing, Awaiting contact, Serious prospect, One-time customer, Returning customer,
      Regular customer, Failed, Inactive, Unreachable
      "
    `);
  });

  test('a stage may have cards of its own, with any field', async () => {
    edit(
      ws,
      'pipelines/sales.yaml',
      'color: red, probability: 60 }',
      'color: red, probability: 60, card: [expected-close, stage-age, tags, title] }',
    );
    edit(ws, 'pipelines/sales.yaml', 'currency: EUR', 'currency: EUR\ncard: [account, title, next-action]');
    await ws.ok(['deal', 'set', 'D6', 'close=2026-10-01', 'tags=vip,new']);
    const out = await ws.ok('board', { tty: 120, now: '2026-09-20T08:00:00Z', env: { NO_COLOR: '1' } });
    expect(out).toContain('expected close 2026-10-01');
    expect(out).toContain('stage age 6d');
    expect(out).toContain('new,vip');
    expect(out).not.toContain('EUR  ana');
    expect(out).toContain('8d overdue: Call back about the quote');
  });

  test('a card with a field that deals do not have is reported with its line', async () => {
    edit(ws, 'pipelines/sales.yaml', 'currency: EUR', 'currency: EUR\ncard: [title, ownr]');
    const { code, err } = await ws.crm('board');
    expect([code, err]).toEqual([
      5,
      expect.stringMatching(/pipelines\/sales\.yaml:3: unknown field "ownr" of deals[\s\S]*owner/),
    ]);
  });

  test('control characters of a title are shown, not obeyed', async () => {
    await ws.ok(['deal', 'set', 'D6', 'title=a\x1b[31mb\nc']);
    expect(await ws.ok('board', { tty: 200, env: { NO_COLOR: '1' } })).toContain('D6 a\\x1b[31mb\\nc');
  });
});

describe('for scripts', () => {
  test('TSV: stage, count, sum, currency, weighted; a line per currency', async () => {
    const ws = await salesTeam();
    expect(await ws.ok('board')).toMatchInlineSnapshot(`
      "to-contact	3	18000.05	EUR	1800.00
      to-contact	1	980.00	USD	98.00
      in-contact	1	66000.00	EUR	26400.00
      follow-up	1	999999.00	EUR	599999.40
      "
    `);
  });

  test('JSON: every stage in order, with its deals, the most urgent first', async () => {
    const ws = await salesTeam();
    const board = await ws.json<Shown>('board');
    expect(board.pipeline).toBe('sales');
    expect(board.stages[0]).toEqual({
      id: 'to-contact',
      name: 'To contact',
      group: null,
      count: 4,
      sums: { EUR: '18000.05', USD: '980.00' },
      weighted: { EUR: '1800.00', USD: '98.00' },
      // Overdue, then by value.
      deals: ['D1', 'D3', 'D4', 'D5'],
    });
    expect(board.stages.map(s => s.deals.length)).toEqual([4, 1, 1]);
    expect(await ws.ok('board -q')).toBe('D1\nD3\nD4\nD5\nD2\nD6\n');
    expect(await ws.ok('board --limit 1 -q')).toBe('D1\nD2\nD6\n');
  });

  test('by owner: users in order, nobody last', async () => {
    const ws = await salesTeam();
    const { owners } = await ws.json<{ owners: readonly { id: string | null; deals: string[] }[] }>(
      'board --by owner',
    );
    expect(owners.map(o => [o.id, ...o.deals])).toEqual([
      ['ana', 'D1', 'D6', 'D2', 'D5'],
      ['ben', 'D3'],
      [null, 'D4'],
    ]);
    expect(await ws.ok('board --by owner owner:ben')).toBe('ben\t1\t12500.00\tEUR\t1250.00\n');
  });

  test('sums are exact beyond the range of a number', async () => {
    const ws = await workspace('sales');
    await ws.ok('deal add A --value 90071992547409.91 --stage in-contact');
    await ws.ok('deal add B --value 90071992547409.91 --stage in-contact');
    await ws.ok('deal add C --value 0.01 --stage in-contact');
    const { stages } = await ws.json<Shown>('board');
    expect(stages[1]!.sums).toEqual({ EUR: '180143985094819.83' });
    expect(stages[1]!.weighted).toEqual({ EUR: '72057594037927.92' });
  });

  test('a stage without a probability has no weighted sum', async () => {
    const ws = await workspace('automated-sales');
    await ws.ok('deal add A --value 10 --stage newsletter');
    const { stages } = await ws.json<Shown>('board');
    expect(stages[0]).toMatchObject({ group: 'marketing', sums: { EUR: '10.00' }, weighted: {} });
    expect(lines(await ws.ok('board'))[0]).toBe('newsletter\t1\t10.00\tEUR\t');
  });
});

describe('what is on it', () => {
  test('open deals, unless the query asks for others', async () => {
    const ws = await salesTeam();
    await ws.ok('deal win D1');
    await ws.ok('deal lose D2 --reason price');
    const ids = async (...query: string[]) =>
      (await ws.ok(['board', '-q', ...query])).split('\n').slice(0, -1);
    expect(await ids()).toEqual(['D3', 'D4', 'D5', 'D6']);
    expect(await ids('is:won')).toEqual(['D1']);
    expect(await ids('status:won,lost')).toEqual(['D1', 'D2']);
    expect(await ids('has:lost-reason')).toEqual(['D2']);
    expect(await ids('not', 'is:open')).toEqual(['D1', 'D2']);
    expect(await ids('value.over:10k')).toEqual(['D3', 'D6']);
    expect(await ids('--where', 'value.over:10k chairs')).toEqual([]);
    expect(await ids('--where', 'desks')).toEqual(['D3']);
    edit(ws, 'crm.yaml', 'views: {}', "views: { gone: { of: deals, query: 'is:lost' } }");
    expect(await ids('@gone')).toEqual(['D2']);
    // What was won counts in full, what was lost not at all.
    const { stages } = await ws.json<Shown>('board status:won,lost');
    expect(stages.map(s => s.weighted.EUR)).toEqual(['5200.00', '0.00', '0.00']);
  });

  test('one pipeline: the first, or the one that is named', async () => {
    const ws = await salesTeam();
    await ws.ok(['pipeline', 'add', 'Hardware shop', '--id', 'hardware', '--currency', 'USD']);
    await ws.ok('stage add Quoted --pipeline hardware');
    await ws.ok('deal add Nails --value 3 --pipeline hardware');
    // By file name, hardware comes first.
    expect((await ws.json<Shown>('board')).pipeline).toBe('hardware');
    expect((await ws.json<Shown>('board sales')).pipeline).toBe('sales');
    expect((await ws.json<Shown>(['board', 'hardware SHOP'])).pipeline).toBe('hardware');
    expect((await ws.json<Shown>('board sales owner:ana value.over:10k')).stages.map(s => s.count)).toEqual([
      0, 1, 1,
    ]);
    const { code, err } = await ws.crm('board sale');
    expect([code, err]).toEqual([2, expect.stringContaining('did you mean sales?')]);
  });

  test('several pipelines: those that are named, or all', async () => {
    const ws = await salesTeam();
    await ws.ok(['pipeline', 'add', 'Hardware shop', '--id', 'hardware', '--currency', 'USD']);
    await ws.ok('stage add Quoted --pipeline hardware');
    await ws.ok('deal add Nails --value 3 --pipeline hardware');
    const ids = async (line: string) => (await ws.json<Shown[]>(line)).map(shown => shown.pipeline);
    expect(await ids('board --all')).toEqual(['hardware', 'sales']);
    expect(await ids('board sales hardware value.over:10k')).toEqual(['sales', 'hardware']);
    expect(await ws.ok('board --all owner:ben')).toBe(
      [
        'hardware\tquoted\t0\t0.00\tUSD\t',
        'sales\tto-contact\t1\t12500.00\tEUR\t1250.00',
        'sales\tin-contact\t0\t0.00\tEUR\t0.00',
        'sales\tfollow-up\t0\t0.00\tEUR\t0.00\n',
      ].join('\n'),
    );
    expect(await ws.ok('board sales hardware -q value.over:1k value.under:6k')).toBe('D1\n');
    const one = await ws.ok('board sales', { tty: 80, env: { NO_COLOR: '1' } });
    expect(one).toContain('\nother pipelines: hardware\n');
    const all = await ws.ok('board --all', { tty: 80, env: { NO_COLOR: '1' } });
    expect(all).toMatch(/^Hardware shop {2}1 deal[\s\S]*D7 Nails[\s\S]*\n\nSales {2}6 deals/);
    expect(all).not.toContain('other pipelines');
  });

  test('what the acting user sees', async () => {
    const ws = await salesTeam();
    await ws.ok('task set T3 assignee=ana');
    const { stages } = await ws.json<Shown>('--as ben board');
    expect(stages.flatMap(s => s.deals)).toEqual(['D3', 'D4']);
    const out = await ws.ok('--as ben board', { tty: 80, env: { NO_COLOR: '1' } });
    // The task is ana's, and does not exist for ben.
    expect(out).not.toContain('見積もりを送る');
    edit(ws, 'pipelines/sales.yaml', 'currency: EUR', 'currency: EUR\naccess: [ana]');
    const { code, err } = await ws.crm('--as eve board sales');
    expect([code, err]).toEqual([2, expect.stringContaining('unknown pipeline')]);
  });

  test('deals of a stage that is no longer in the file are still there', async () => {
    const ws = await salesTeam();
    edit(ws, 'pipelines/sales.yaml', 'id: follow-up', 'id: later');
    const { stages } = await ws.json<Shown>('board');
    expect(stages.map(s => [s.id, ...s.deals])).toContainEqual(['follow-up', 'D6']);
  });

  test('an empty pipeline, and none at all', async () => {
    const ws = await workspace('sales');
    expect(await ws.ok('board')).toBe(
      'to-contact\t0\t0.00\tEUR\t0.00\nin-contact\t0\t0.00\tEUR\t0.00\nfollow-up\t0\t0.00\tEUR\t0.00\n',
    );
    expect(await ws.ok('board', { tty: 80, env: { NO_COLOR: '1' } })).toMatchInlineSnapshot(`
      "Sales  0 deals

      To contact                 In contact                 Follow up
      0 deals                    0 deals                    0 deals
      ─────────────────────────  ─────────────────────────  ─────────────────────────
      "
    `);
    expect(await ws.ok('board', { tty: 60, env: { NO_COLOR: '1' } })).toMatchInlineSnapshot(`
      "Sales  0 deals

      no deals: To contact, In contact, Follow up
      "
    `);
    expect(await ws.ok('board --by owner', { tty: 80 })).toContain('0 deals');
    const { code, err } = await (await workspace('empty')).crm('board');
    expect([code, err]).toEqual([2, expect.stringContaining('no pipeline')]);
  });

  test('mistakes are refused', async () => {
    const ws = await workspace('sales');
    for (const [args, message] of [
      ['board --by stages', 'did you mean stage?'],
      ['board --limit many', 'not a whole number'],
      ['board stage:nowhere', 'nowhere'],
      ['board ownr:ana', 'did you mean owner?'],
    ] as const) {
      const { code, err } = await ws.crm(args);
      expect([code, err]).toEqual([2, expect.stringContaining(message)]);
    }
  });
});

describe('what the board leaves out', () => {
  const plain = { NO_COLOR: '1' };

  test('is counted if a stage shows no deal, and --all shows it; cards name the customer', async () => {
    const ws = await salesTeam();
    await ws.ok('account add Acme');
    await ws.ok('deal set D1 account=Acme');
    await ws.ok('deal win D2');
    await ws.ok('deal lose D6');
    for (const width of [60, 100]) {
      const out = await ws.ok('board', { tty: width, env: plain });
      expect(out).toContain('1 won');
      expect(out).toContain('1 lost');
      expect(out).not.toMatch(/0 deals|no deals/);
      expect(out).toContain('Acme');
      expect(out).toContain('crm board --all');
      const all = await ws.ok('board --all', { tty: width, env: plain });
      expect(all).toContain('Office fit');
      expect(all).not.toContain('1 won');
    }
    // Who asks for a status is told nothing of others.
    expect(await ws.ok('board is:won', { tty: 100, env: plain })).not.toContain('1 lost');
    // Only what the viewer sees is counted.
    await ws.ok('deal set D2 D6 owner=ana');
    expect(await ws.ok('board --as ben', { tty: 100, env: plain })).not.toMatch(/1 won|1 lost/);
  });
});

test('a closed deal says on its card that it is won or lost, at every width, and nothing of what is next', async () => {
  const ws = await workspace();
  for (const title of ['Chairs', 'Tables', 'Lamps']) await ws.ok(`deal add ${title}`);
  await ws.ok('deal win D1');
  await ws.ok('deal lose D2 --reason price');
  for (const tty of [60, 80, 100, 160]) {
    const shown = await ws.ok('board --all', { tty, env: { NO_COLOR: '1' } });
    expect([tty, shown.match(/\bwon$|\bwon\b(?= )/gm)?.length ?? 0]).toEqual([tty, 1]);
    expect([tty, shown.match(/\blost\b/g)?.length ?? 0]).toEqual([tty, 1]);
    expect([tty, shown.match(/no next action/g)?.length ?? 0]).toEqual([tty, 1]);
    expect(await ws.ok('board', { tty, env: { NO_COLOR: '1' } })).not.toMatch(/^\s*won\b/m);
  }
});
