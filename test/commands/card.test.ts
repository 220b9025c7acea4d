/** `crm deal show` on a terminal, and that of contacts and accounts: the card. */
import { describe, expect, test } from 'vitest';
import { copiesOf, workspace } from '../harness.ts';

const plain = { NO_COLOR: '1' };
const day = (n: number) => ({ now: `2026-09-${String(n).padStart(2, '0')}T08:00:00Z` });

/** A deal with all that can happen to it, a day each. */
const worked = copiesOf(async () => {
  const ws = await workspace();
  await ws.ok(['user', 'add', 'ana', '--name', 'Ana Ruiz', '--role', 'normal']);
  await ws.ok('field add deal product --type text --label Product');
  await ws.ok(
    ['contact', 'add', '--email', 'jane@example.com', '--name', '田中 美咲', '--phone', '+31 20 555 0101'],
    day(1),
  );
  await ws.ok('deal add Chairs --value 5200 --contact jane@example.com --account Acme --owner ana', day(1));
  await ws.ok('contact set C1 account=Acme', day(1));
  await ws.ok(
    ['log', 'call', 'D1', '椅子を四十脚、机を十台、来週までに見積もりがほしいとのこと。', '--as', 'ana'],
    day(2),
  );
  await ws.ok(['log', 'note', 'D1', 'red \u001b[31mtext\nand a second line\u202e'], day(3));
  await ws.ok('task add Quote --for D1 --type call --assignee ana --due 2026-09-01', day(4));
  await ws.ok(
    ['task', 'add', 'Call back', '--for', 'D1', '--assignee', 'ana', '--due', '2026-09-12'],
    day(4),
  );
  await ws.ok(['task', 'done', 'T1', '--outcome', 'sent'], day(5));
  await ws.ok('deal move D1 in-contact', day(6));
  await ws.ok(['deal', 'set', 'D1', 'value=6000', 'product=Oak'], day(7));
  await ws.ok('event add form.submitted --contact jane@example.com --prop form=quote', day(8));
  await ws.ok('invoice add --for D1 --amount 6000 --issued 2026-09-09', day(9));
  await ws.ok('invoice pay I1 2026-09-10', day(10));
  await ws.ok('deal win D1', day(11));
  return ws;
});

describe('the card', () => {
  test.each([60, 80, 100, 160])('of a deal, %i cells wide', async width => {
    const ws = await worked();
    const out = await ws.ok('deal show D1 --limit 20', { tty: width, env: plain });
    await expect(out).toMatchFileSnapshot(`deal-card-${width}.txt`);
  });

  test('in colour says the same, and no data steers the terminal', async () => {
    const ws = await worked();
    const painted = await ws.ok('deal show D1 --limit 20', { tty: 100 });
    const esc = String.fromCharCode(27);
    expect(painted).toContain(`${esc}[1mtimeline`);
    expect(painted).toContain('red \\x1b[31mtext');
    const codes = new RegExp(`${esc}\\[[\\d;]*m`, 'g');
    expect(painted.replace(codes, '')).toBe(await ws.ok('deal show D1 --limit 20', { tty: 100, env: plain }));
  });

  test('describes changes of lists in words, with names for ids', async () => {
    const ws = await workspace();
    for (const name of ['Acme', 'Foo', 'Bar'])
      await ws.ok(['account', 'add', name, '--domain', `${name}.example`]);
    await ws.ok('account set A1 domains=acme.example,acme.nl,acme.be');
    await ws.ok('contact add Jane --email a@x.nl --email b@x.nl --account Acme --account Foo');
    await ws.ok(['contact', 'set', 'C1', 'emails=a@x.nl,c@x.nl,d@x.nl', 'accounts=Acme,Bar']);
    const shown = async (line: string) => ws.ok(line, { tty: 160, env: plain });
    for (const line of ['account show A1', 'history A1']) {
      const said = await shown(line);
      expect(said).toMatch(/other domains:? .*acme\.nl,acme\.be/);
      expect(said).not.toContain('["');
    }
    for (const line of ['contact show C1', 'history C1']) {
      const said = await shown(line);
      expect(said).toMatch(/other emails:? b@x\.nl → c@x\.nl,d@x\.nl/);
      expect(said).toMatch(/other accounts:? Foo → Bar/);
      expect(said).not.toContain('["');
    }
  });

  test('of a contact and an account has what happened with their deals; --limit is the newest', async () => {
    const ws = await worked();
    const contact = await ws.ok('contact show C1 --limit 50', { tty: 160, env: plain });
    expect(contact).toContain('won (D1)');
    expect(contact).toContain('form.submitted: form=quote');
    expect(contact).toContain('1 deal\n  D1  won  In contact  Chairs  6,000.00 EUR\n');
    const account = await ws.ok('account show Acme --limit 50', { tty: 160, env: plain });
    expect(account).toContain('call (D1): 椅子');
    expect(account).toContain('form.submitted (C1): form=quote');
    const two = await ws.ok('account show Acme --limit 2', { tty: 160, env: plain });
    expect(two.slice(two.indexOf('timeline'))).toMatchInlineSnapshot(`
      "timeline
        2026-09-11 10:00  tester  won (D1)
        2026-09-10                invoice paid: 6,000.00 EUR
        older: crm history A1 --all, or --limit 4
      "
    `);
  });

  test('is newest first and loses nothing, whatever the limit is', async () => {
    const ws = await worked();
    const lines = async (limit: number) => {
      const out = await ws.ok(`deal show D1 --limit ${limit}`, { tty: 400, env: plain });
      const from = out.indexOf('timeline');
      const all = from < 0 ? [] : out.slice(from).trimEnd().split('\n').slice(1);
      return all.filter(line => /^ {2}2026/.test(line)).map(line => line.replace(/ {2,}/g, '  '));
    };
    const all = await lines(100);
    expect(all.map(line => line.slice(2, 12))).toEqual(
      [11, 10, 9, 7, 6, 5, 3, 2, 1].map(n => `2026-09-${String(n).padStart(2, '0')}`),
    );
    for (let limit = 0; limit <= all.length; limit++) expect(await lines(limit)).toEqual(all.slice(0, limit));
    expect((await ws.crm('deal show D1 --limit x')).code).toBe(2);
  });

  test('shows a restricted user nothing hidden, and does not count it', async () => {
    const ws = await worked();
    await ws.ok(['user', 'add', 'eve', '--name', 'Eve', '--role', 'restricted']);
    await ws.ok(['user', 'add', 'bob', '--name', 'Bob', '--role', 'normal']);
    await ws.ok('deal add Secret --contact jane@example.com --account Acme --owner bob');
    await ws.ok(['log', 'call', 'D2', 'hush']);
    await ws.ok('deal add Hers --contact jane@example.com --account Acme --owner eve');
    const asEve = (line: string) =>
      ws.ok(`${line} --as eve`, { tty: 160, env: { ...plain, CRM_USER: 'eve' } });
    for (const line of ['contact show C1', 'account show Acme']) {
      const out = await asEve(`${line} --limit 50`);
      expect(out).toContain('1 deal\n  D3 ');
      expect(out).not.toMatch(/D1\b|D2\b|Secret|hush|Chairs|won/);
    }
    const all = await ws.ok('history C1 --all --as eve');
    expect(all).not.toMatch(/D1\b|D2\b|Secret|hush/);
    expect((await ws.crm('deal show D2 --as eve', { tty: 160 })).code).toBe(3);
  });

  test('a joint meeting is on the card of each, and a call says its direction', async () => {
    const ws = await workspace();
    await ws.ok('deal add Chairs --contact jane@example.com');
    await ws.ok('contact add --email bob@example.com --name Bob');
    await ws.ok('activity add --type meeting --for D1 --with bob@example.com --text Joint');
    await ws.ok('activity add --type call --for D1 --direction in --text Hello');
    const card = (line: string) => ws.ok(line, { tty: 100, env: plain });
    expect(await card('deal show D1')).toMatch(/meeting: Joint/);
    expect(await card('deal show D1')).toMatch(/incoming call: Hello/);
    expect(await card('contact show bob@example.com')).toMatch(/meeting: Joint/);
    expect(await card('contact show jane@example.com')).toMatch(/meeting \(D1\): Joint/);
  });

  test('is not there for scripts', async () => {
    const ws = await worked();
    expect(await ws.ok('deal show D1')).not.toContain('timeline');
    expect(Object.keys(await ws.json<object>('deal show D1 --limit 3'))).not.toContain('timeline');
  });
});

describe('crm history --all', () => {
  test('has the activities, tasks and invoices that are about the record', async () => {
    const ws = await worked();
    const ids = async (line: string) =>
      (await ws.json<{ changes: { id: string }[] }[]>(line))
        .flatMap(({ changes }) => changes.map(({ id }) => id))
        .filter((id, i, all) => all.indexOf(id) === i)
        .sort();
    expect(await ids('history D1')).toEqual(['D1']);
    expect(await ids('history D1 --all')).toEqual(['D1', 'I1', 'T1', 'T2', 'V1', 'V2']);
    expect(await ids('history A1 --all')).toEqual(['A1', 'C1', 'D1', 'E1', 'I1', 'T1', 'T2', 'V1', 'V2']);
    expect(await ws.ok('history D1 --all', { tty: 100, env: plain })).toContain('V2 added');
    expect((await ws.crm('history --all')).code).toBe(2);
  });
});
