/** What the amounts of a list add up to, on a terminal; and sums of any field with money. */
import { expect, test } from 'vitest';
import { copiesOf, workspace } from '../harness.ts';

const deals = copiesOf(async () => {
  const ws = await workspace('sales');
  await ws.ok(['field', 'add', 'deal', 'budget', '--type', 'money']);
  const add = (title: string, ...options: string[]) => ws.ok(['deal', 'add', title, ...options]);
  await add('Chairs', '--value', '1000.10');
  await add('Tables', '--value', '2500.55');
  await add('Stools', '--value', '12', '--currency', 'USD');
  await add('Lamps', '--value', '1', '--owner', 'none');
  await ws.ok('deal set D1 budget=700');
  await ws.ok('deal set D3 budget=3.50');
  await ws.ok('deal set D4 budget=0.50');
  return ws;
});

const people = { tty: 100, env: { NO_COLOR: '1' } };
const lastLine = (out: string) => out.trimEnd().split('\n').at(-1);

test('the last line of a list on a terminal is its total, per currency', async () => {
  const ws = await deals();
  expect(lastLine(await ws.ok('deal list', people))).toBe('total  3,501.65 EUR + 12.00 USD');
  // Of what it shows.
  expect(lastLine(await ws.ok('deal list --limit 2', people))).toBe('total  3,500.65 EUR');
  expect(lastLine(await ws.ok('deal list --fields id,value,budget,weighted', people))).toBe(
    'total  value 3,501.65 EUR + 12.00 USD  budget 700.50 EUR + 3.50 USD  weighted 350.17 EUR + 1.20 USD',
  );
});

test.each(['deal list value:1000.10', 'deal list --fields id,title', 'contact list'])(
  '%s: no total of one deal, or of none with money',
  async command => {
    const ws = await deals();
    expect(await ws.ok(command, people)).not.toContain('total');
  },
);

test('scripts see no total', async () => {
  const ws = await deals();
  expect(await ws.ok('deal list')).not.toContain('total');
  expect(await ws.ok('deal list --json', people)).not.toContain('total');
});

test('--sum takes every field with money, and names those if there is none of a name', async () => {
  const ws = await deals();
  expect(await ws.json('deal list --per currency --sum value,budget')).toMatchObject([
    { currency: 'EUR', deals: 3, value: '3501.65', budget: '700.50' },
    { currency: 'USD', deals: 1, value: '12.00', budget: '3.50' },
  ]);
  const { code, err } = await ws.crm('deal list --sum budge');
  expect(code).toBe(2);
  expect(err).toContain('--sum: "budge" is not an amount of deals');
  expect(err).toContain('did you mean budget?');
});
