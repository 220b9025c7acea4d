import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { moneyOf } from '../../../src/engine/texts/decimals.ts';
import { makeTexts } from '../../../src/engine/texts/liquid.ts';
import { Desk } from '../desk.ts';

const texts = makeTexts('UTC');
const render = (text: string, data: object = {}): string =>
  texts.render(
    text,
    {
      all: {
        deal: {
          value: moneyOf('1234.10', 'EUR'),
          yen: moneyOf('1000', 'JPY'),
          n: 0.1,
          none: null,
          list: [0.1, 0.2, 'x'],
          ...data,
        },
      },
    },
    0,
  );

describe('arithmetic in texts', () => {
  test.each([
    // Money is rounded half to even to its currency.
    ['deal.value', '1234.10'],
    ['deal.value | plus: 0.1', '1234.20'],
    ['deal.value | minus: 1234.1', '0.00'],
    ['deal.value | minus: 2000', '-765.90'],
    ['deal.value | times: 1.21', '1493.26'],
    ['deal.value | times: 0.00005', '0.06'],
    ['deal.value | plus: 0.005', '1234.10'],
    ['deal.value | plus: 0.015', '1234.12'],
    ['2 | times: deal.value', '2468.20'],
    ['deal.value | divided_by: 3', '411.37'],
    ['deal.value | divided_by: 3, true', '411.00'],
    ['deal.value | divided_by: deal.value', '1'],
    ['deal.yen | divided_by: 3', '333'],
    ['deal.yen | times: 0.0025', '2'],
    ['deal.yen | times: 0.0035', '4'],
    ['deal.value | modulo: 100', '34.10'],
    ['deal.value | minus: 2000 | abs', '765.90'],
    ['deal.value | abs', '1234.10'],
    ['-1.5 | abs', '1.5'],
    ['1.5 | abs', '1.5'],
    ['deal.value | minus: 2000 | divided_by: 3', '-255.30'],
    ['deal.value | minus: 2000 | divided_by: -3', '255.30'],
    ['deal.value | minus: 2000 | size', '7'],
    ['deal.value | at_least: 5000', '5000.00'],
    ['deal.value | at_most: 5000', '1234.10'],
    ['deal.value | round', '1234'],
    ['deal.value | plus: 0.40 | round', '1234'],
    ['deal.value | plus: 1.40 | round', '1236'],
    ['deal.value | round: 1', '1234.1'],
    ['deal.value | round: -2', '1200'],
    ['deal.value | ceil', '1235'],
    ['deal.value | floor', '1234'],
    ['deal.value | round | times: 1.21', '1493.14'],
    ['deal.value | append: " EUR"', '1234.10 EUR'],
    ['deal.value | size', '7'],
    ['deal.value.size', '7'],
    ['deal.value | split: "." | first', '1234'],
    // Numbers have all their digits.
    ['0.1 | plus: 0.2', '0.3'],
    ['deal.n | times: 3', '0.3'],
    ['1.005 | round: 2', '1.01'],
    ['2.5 | round', '3'],
    ['1 | divided_by: 3', '0.33333333333333333333'],
    ['10 | divided_by: 3', '3.3333333333333333333'],
    ['10 | divided_by: 4', '2.5'],
    // Twenty digits, and no more, whatever the sizes are.
    ['2 | divided_by: 3', '0.66666666666666666667'],
    ['20 | divided_by: 3', '6.6666666666666666667'],
    ['1 | divided_by: 30', '0.033333333333333333333'],
    ['-1 | divided_by: 3', '-0.33333333333333333333'],
    ['100 | divided_by: 7', '14.285714285714285714'],
    ['"123456789012345678901234" | divided_by: 7', '17636684144620811271605'],
    ['6 | divided_by: -4', '-1.5'],
    ['-7 | divided_by: 2, true', '-4'],
    ['7 | divided_by: -2, true', '-4'],
    ['"1.5e-3" | plus: 1', '1.0015'],
    ['"1.5e3" | plus: 1', '1501'],
    ['"+5" | plus: 1', '6'],
    ['" 5 " | plus: 1', '6'],
    ['"-0.05" | plus: 0', '-0.05'],
    ['5 | at_least: 5', '5'],
    ['"5.0" | at_most: 5', '5'],
    ['4 | at_least: 5', '5'],
    ['6 | at_most: 5', '5'],
    ['1.4 | round', '1'],
    ['-2.5 | round', '-3'],
    ['1.2 | ceil', '2'],
    ['1 | ceil', '1'],
    ['1.8 | floor', '1'],
    ['1 | floor', '1'],
    ['1250 | round: -2', '1300'],
    ['7 | divided_by: 2, true', '3'],
    ['-7 | modulo: 3', '2'],
    ['0.3 | modulo: 0.1', '0'],
    ['"9007199254740993" | plus: 1', '9007199254740994'],
    ['"9007199254740992" | plus: 1', '9007199254740993'],
    ['"109876543210987654" | times: 10', '1098765432109876540'],
    ['"1.10" | plus: 1', '2.1'],
    ['-1.5 | ceil', '-1'],
    ['-1.5 | floor', '-2'],
    ['deal.none | plus: 1', '1'],
    ['deal.list | sum', '0.3'],
  ])('{{ %s }} is %s', (expression, expected) => {
    expect(render(`{{ ${expression} }}`)).toBe(expected);
  });

  test.each([
    ['deal.value > 1234', true],
    ['deal.value >= "1234.1"', true],
    ['deal.value == 1234.1', true],
    ['deal.value == "1234.10"', true],
    ['deal.value != 1234.1', false],
    ['1234.2 > deal.value', true],
    ['deal.value < 1000', false],
    ['deal.value < 1234.1', false],
    ['deal.value <= 1234.1', true],
    ['deal.value <= 1234', false],
    ['deal.value > 1234.1', false],
    ['deal.value >= 1234.2', false],
    ['deal.value < 1234.2', true],
    ['deal.value == "x"', false],
    ['deal.value > "x"', false],
    ['deal.value contains "x"', false],
    ['deal.value < "x"', false],
    ['deal.value contains "34"', true],
  ])('%s: %s', (condition, expected) => {
    expect(render(`{% if ${condition} %}true{% else %}false{% endif %}`)).toBe(String(expected));
  });

  test.each([
    ['deal.value | plus: deal.yen', /plus: 1234\.10 EUR and 1000 JPY are in two currencies/],
    ['deal.value | divided_by: 0', /cannot be divided by 0/],
    ['1 | modulo: 0', /cannot be divided by 0/],
    ['"x" | plus: 1', /plus: "x" is not a number/],
    ['1 | round: 101', /round: 101 is not a number of decimals/],
    ['1 | round: 0.5', /round: 0.5 is not a number of decimals/],
    ['1 | round: "x"', /round: "x" is not a number of decimals/],
  ])('{{ %s }} fails', (expression, message) => {
    expect(() => render(`{{ ${expression} }}`)).toThrow(message);
  });

  test('a sum of amounts is exact to the cent, whatever they are', () => {
    const cents = fc.bigInt({ min: 0n, max: 2n ** 53n });
    const written = (units: bigint) => `${units / 100n}.${String(units % 100n).padStart(2, '0')}`;
    fc.assert(
      fc.property(cents, cents, fc.bigInt({ min: 0n, max: 10000n }), (a, b, percent) => {
        const data = { a: moneyOf(written(a), 'EUR'), b: moneyOf(written(b), 'EUR') };
        expect(render('{{ deal.a | plus: deal.b }}', data)).toBe(written(a + b));
        const [whole, rest] = [(a * percent) / 10000n, (a * percent) % 10000n];
        const even = rest > 5000n || (rest === 5000n && whole % 2n === 1n) ? whole + 1n : whole;
        const factor = `${percent / 10000n}.${String(percent % 10000n).padStart(4, '0')}`;
        expect(render(`{{ deal.a | times: ${factor} }}`, data)).toBe(written(even));
      }),
    );
  });
});

test('amounts are JSON as their digits, and no number has more than a thousand of them', () => {
  expect(JSON.stringify({ value: moneyOf('1.10', 'EUR') })).toBe('{"value":"1.10"}');
  const digits = (count: number) => () => moneyOf('9'.repeat(count), 'EUR');
  expect(digits(1000)).not.toThrow();
  expect(digits(1001)).toThrow('a number of more than 1000 digits');
  expect(() => moneyOf(`0.${'0'.repeat(1001)}`, 'EUR')).toThrow('a number of more than 1000 digits');
  expect([moneyOf('x', 'EUR'), moneyOf(5, 'EUR'), moneyOf(null, 'EUR')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test('a rule calculates with the value of a deal, in its currency', async () => {
  const desk = Desk.make();
  const steps = "[{ add-note: { text: '{{ deal.value | times: 1.21 }} {{ deal.value | divided_by: 3 }}' } }]";
  desk.rule('calc', `for: deal\non: created\nsteps: ${steps}\n`);
  await desk.all('deal add a --value 1234.10', 'deal add b --value 1000 --currency JPY', 'run');
  expect([desk.notes('D1'), desk.notes('D2')]).toEqual([['1493.26 411.37'], ['1210 333']]);
});
