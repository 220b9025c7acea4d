import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { workspace } from '../harness.ts';
import { runs } from '../effort.ts';

/** Amounts around a few that doubles cannot tell apart, in cents. */
const near = fc
  .tuple(
    fc.constantFrom(0n, 100n, 123410n, 99999999999n, 2n ** 52n, 2n ** 53n - 1n),
    fc.integer({ min: -3, max: 3 }),
  )
  .map(([units, step]) => units + BigInt(step))
  .filter(units => units >= 0n && units < 2n ** 53n);

const written = (units: bigint): string => {
  const digits = String(units).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
};

describe('money in queries', () => {
  test('is compared to the last cent, up to 2^53 of them; in sums and orders too', async () => {
    const ws = await workspace();
    await fc.assert(
      fc.asyncProperty(fc.array(near, { minLength: 2, maxLength: 4 }), near, async (amounts, bound) => {
        const stdin = JSON.stringify(
          amounts.map((units, i) => ({
            title: String(i),
            value: written(units),
            account: `A${'x'.repeat(i + 1)}`,
          })),
        );
        await ws.ok('import deals - --create-missing accounts', { stdin });
        const of = async (query: string) =>
          (await ws.json<{ title: string }[]>(['deal', 'list', query])).map(deal => Number(deal.title));
        const those = (holds: (units: bigint) => boolean) =>
          amounts.flatMap((units, i) => (holds(units) ? [i] : []));
        const text = written(bound);
        expect(await of(`value:>${text}`)).toEqual(those(units => units > bound));
        expect(await of(`value:>=${text}`)).toEqual(those(units => units >= bound));
        expect(await of(`value:<${text}`)).toEqual(those(units => units < bound));
        expect(await of(`value:<=${text}`)).toEqual(those(units => units <= bound));
        expect(await of(`value:${text}`)).toEqual(those(units => units === bound));
        expect(await of(`value:..${text}`)).toEqual(those(units => units <= bound));
        // Half a cent more is more than the amount, and less than the next.
        expect(await of(`value:>${text}5`)).toEqual(those(units => units > bound));
        expect(await of(`value:${text}5`)).toEqual([]);
        expect(await ws.json<object[]>(`account list deals.value:>${text}`)).toHaveLength(
          those(units => units > bound).length,
        );
        const sorted = (await ws.json<{ value: string }[]>('deal list --sort value')).map(deal => deal.value);
        expect(sorted).toEqual([...amounts].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).map(written));
        await ws.ok('undo');
      }),
      { numRuns: runs(8) },
    );
  });

  test('ranges leave out records without an amount, and are refused when reversed by a cent', async () => {
    const ws = await workspace();
    await ws.ok('field add deal budget --type money');
    await ws.ok('deal add a --field budget=10');
    await ws.ok('deal add b');
    for (const query of ['budget:0..', 'budget:..20', 'budget:5..20'])
      expect(await ws.json(['deal', 'list', query])).toMatchObject([{ title: 'a' }]);
    expect(await ws.crm('deal list value:90071992547409.91..90071992547409.90')).toMatchObject({
      code: 2,
      err: expect.stringContaining('the range ends before it begins'),
    });
  });

  test('an amount above 2^53 of its smallest unit is refused on input', async () => {
    const ws = await workspace();
    await ws.ok('deal add a --value 90071992547409.91');
    for (const args of [
      ['deal', 'add', 'b', '--value', '90071992547409.92'],
      ['deal', 'set', 'D1', 'value=90071992547409.92'],
      ['deal', 'set', 'D1', 'currency=KWD'],
    ])
      expect(await ws.crm(args)).toMatchObject({ code: 2, err: expect.stringContaining('too much money') });
    const ran = await ws.crm('import deals - --json', { stdin: 'title,value\nc,90071992547409.92\n' });
    expect(ran.json<{ errors: object[] }>().errors).toMatchObject([{ line: 2, column: 'value' }]);
  });
});
