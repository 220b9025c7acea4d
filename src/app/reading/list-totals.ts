/** The sums of a list's amounts, by field and currency. */
import { fromMinorUnits } from '../../domain/money.ts';
import type { Kind } from '../../domain/kinds.ts';
import { byCodeUnits } from '../../kinds/field-types.ts';
import { findField } from '../../kinds/fields.ts';
import { isValued, valuedField } from '../../state/exact-sum.ts';
import { BLOCK, type Block } from '../../state/table.ts';
import type { View } from '../core/view.ts';
import { ownAmounts } from './amounts.ts';
import { chancesIn } from './chances.ts';
import { Tallies, WHOLE } from './tally.ts';

export interface ListTotal {
  readonly field: string;
  /** Money with its currency, in order of the currencies. */
  readonly sums: readonly { readonly value: string; readonly currency: string }[];
}

/** Returns the sums of some fields of rows, of those that have money; without names, of the amount that the kind has. */
export function listTotals(
  { state, config }: View,
  kind: Kind,
  rows: readonly number[],
  names?: readonly string[],
): ListTotal[] {
  if (!isValued(kind)) return [];
  return (names ?? [valuedField(kind)]).flatMap(name => {
    const field = findField(config, kind, name);
    const isWeighted = kind === 'deal' && name === 'weighted' && !field?.custom;
    if (!isWeighted && field?.type !== 'money') return [];
    const blocks = blocksOf(rows, state.table(kind).rows);
    const amounts = isWeighted
      ? ownAmounts(state, chancesIn(state))
      : ownAmounts(state, undefined, kind, field!.path);
    const tallies = new Tallies(blocks, WHOLE, amounts);
    const sums = tallies.currencies
      .map((currency, code) => ({ currency, tally: tallies.of(0, code) }))
      .filter(({ tally }) => tally.deals > 0)
      .map(({ currency, tally }) => ({
        currency,
        value: fromMinorUnits(isWeighted ? tally.weighted : tally.value, currency),
      }));
    return [{ field: name, sums: sums.sort((a, b) => byCodeUnits(a.currency, b.currency)) }];
  });
}

function* blocksOf(rows: readonly number[], count: number): Generator<Block> {
  const all = new Uint8Array(count);
  for (const row of rows) all[row] = 1;
  for (let from = 0; from < count; from += BLOCK) yield { among: all.subarray(from, from + BLOCK), from };
}
