/** What happened: activities that are logged, events that were observed, invoices that are paid. */
import { describe, expect, test } from 'vitest';
import { NOW, workspace } from '../harness.ts';

describe('crm log', () => {
  test.each(['call', 'email', 'meeting', 'note'])('%s, for a deal, a contact or an account', async type => {
    const ws = await workspace();
    await ws.ok('deal add Chairs --contact jane@example.com --account Acme');
    for (const [i, subject] of ['D1', 'jane@example.com', 'acme'].entries())
      expect(await ws.ok(['log', type, subject, 'asked for a discount'])).toBe(`V${i + 1}\n`);
    expect(await ws.json('activity list')).toMatchObject(
      ['D1', 'C1', 'A1'].map(subject => ({
        type,
        for: subject,
        at: NOW,
        by: 'tester',
        text: 'asked for a discount',
      })),
    );
    expect(await ws.ok('activity list discount -q')).toBe('V1\nV2\nV3\n');
  });

  test('--at back-dates; the acting user is the author; only a note needs a text', async () => {
    const ws = await workspace();
    await ws.ok('user add ana');
    await ws.ok('deal add D');
    await ws.ok('--as ana log call D1 --at 2026-09-10T09:30:00+02:00');
    expect(await ws.json('activity show V1')).toMatchObject({
      at: '2026-09-10T07:30:00.000Z',
      by: 'ana',
      text: null,
    });
    expect(await ws.crm('log note D1')).toMatchObject({
      code: 2,
      err: expect.stringContaining('a note needs'),
    });
    // All but a note are a contact with the customer.
    await ws.ok(['log', 'note', 'D1', 'thought of them'], { now: '2026-09-20T08:00:00Z' });
    const idle = async (now: string) => ws.ok('deal list --fields idle', { now });
    expect(await idle('2026-09-24T08:00:00Z')).toBe('10d\n');
    await ws.ok('log meeting D1', { now: '2026-09-22T08:00:00Z' });
    expect(await idle('2026-09-24T08:00:00Z')).toBe('2d\n');
  });
});

describe('crm event add', () => {
  test('any name, with properties that are numbers and truths where they look like it', async () => {
    const ws = await workspace();
    await ws.ok('contact add --email jane@example.com');
    const props = ['n=5', 'x=-0.5', 'yes=true', 'code=007', 'empty=', 'eq=a=b', 'n2=1e5'];
    await ws.ok([
      ...['event', 'add', 'Our own.Event', '--contact', 'jane@example.com', '--at', '2026-09-01'],
      ...props.flatMap(prop => ['--prop', prop]),
    ]);
    expect(await ws.json('event show E1')).toMatchObject({
      name: 'Our own.Event',
      contact: 'C1',
      at: '2026-08-31T22:00:00.000Z',
      props: { n: 5, x: -0.5, yes: true, code: '007', empty: '', eq: 'a=b', n2: '1e5' },
    });
    expect(await ws.ok('event list prop.n:>4 -q')).toBe('E1\n');
    expect(await ws.ok('event list prop.code:007 -q')).toBe('E1\n');
  });

  test('its name may be anything; a property of a name that JavaScript minds is refused', async () => {
    const ws = await workspace();
    await ws.ok('contact add --email jane@example.com');
    for (const name of ['__proto__', 'constructor', 'toString']) {
      await ws.ok(['event', 'add', name, '--contact', 'C1', '--prop', `toString=${name}`]);
      expect(await ws.ok(['event', 'list', `name:${name}`, '--fields', 'name'])).toBe(`${name}\n`);
    }
    expect(await ws.json('event show E1')).toMatchObject({ props: { toString: '__proto__' } });
    for (const name of ['__proto__', 'constructor', 'prototype'])
      expect(await ws.crm(`event add x --contact C1 --prop ${name}=1`)).toMatchObject({
        code: 2,
        err: expect.stringContaining(`"${name}" cannot be the name of a property`),
      });
  });
});

describe('crm invoice', () => {
  test('for a deal takes over its account, contact and currency', async () => {
    const ws = await workspace();
    await ws.ok('deal add Chairs --contact jane@example.com --account Acme --currency KWD');
    await ws.ok('invoice add --for D1 --amount 1.234');
    expect(await ws.json('invoice show I1')).toMatchObject({
      for: 'D1',
      deal: 'D1',
      account: 'A1',
      contact: 'C1',
      amount: '1.234',
      currency: 'KWD',
      issued: '2026-09-14',
      paid: null,
    });
    await ws.ok('invoice add --for Acme --amount 10 --issued 2026-05-03 --paid 2026-05-20');
    await ws.ok('invoice add --for jane@example.com --amount 10 --currency usd');
    expect(await ws.ok('invoice list --fields for,amount,currency,issued,paid')).toBe(
      'D1\t1.234\tKWD\t2026-09-14\t\nA1\t10.00\tEUR\t2026-05-03\t2026-05-20\nC1\t10.00\tUSD\t2026-09-14\t\n',
    );
  });

  test('set for= gives it to another, with that one’s customer', async () => {
    const ws = await workspace();
    await ws.ok('deal add Chairs --contact jane@example.com --account Acme');
    await ws.ok('account add Globex');
    await ws.ok('invoice add --for D1 --amount 10');
    await ws.ok('invoice set I1 for=Globex');
    expect(await ws.json('invoice show I1')).toMatchObject({
      for: 'A2',
      deal: null,
      account: 'A2',
      contact: null,
    });
    await ws.ok('invoice set I1 for=D1');
    expect(await ws.json('invoice show I1')).toMatchObject({
      for: 'D1',
      deal: 'D1',
      account: 'A1',
      contact: 'C1',
    });
  });

  test('pay: today, or on a day; one that is paid keeps its day unless another is said', async () => {
    const ws = await workspace();
    await ws.ok('account add Acme');
    for (let i = 0; i < 3; i++) await ws.ok('invoice add --for Acme --amount 10');
    expect((await ws.crm('invoice pay I1 I2 2026-05-20')).err).toBe('paid I1, I2\n');
    await ws.ok('invoice pay -', { stdin: 'I3' });
    expect(await ws.ok('invoice list --fields paid')).toBe('2026-05-20\n2026-05-20\n2026-09-14\n');
    expect((await ws.crm('invoice pay I1')).err).toBe('nothing to do: I1 is already paid\n');
    await ws.ok('invoice pay I1 2026-05-21');
    expect(await ws.json('invoice show I1')).toMatchObject({ paid: '2026-05-21' });
  });
});
