/** Invoices as what a report counts: by the day on which they were issued or paid. */
import { type Amounts, convertedAmounts, ownAmounts } from '../reading/amounts.ts';
import type { Days } from '../../domain/periods.ts';
import { compileText } from '../../query/compile.ts';
import { seenRow } from '../../query/scope.ts';
import type { NumberColumn } from '../../state/columns/column.ts';
import type { Block } from '../../state/table.ts';
import type { Asked } from './asked.ts';
import type { Counted } from './counted.ts';
import { keysByDay } from './period-keys.ts';

/** The invoices of the deals that are asked for; where none are singled out, also those without a deal. */
export function invoices(asked: Asked, field: 'issued' | 'paid'): Counted {
  const { view } = asked;
  const { state } = view;
  const table = state.table('invoice');
  const day = table.column(field) as NumberColumn;
  const deal = table.column('deal') as NumberColumn;
  const target = seenRow(view.scope, 'deal');
  const dealOf = (row: number) => target(state.kinds.numberIn('deal', deal.get(row)));
  const isChosen = asked.query === '' ? undefined : chosen(asked);
  const rates = asked.rates;
  const amounts: Amounts = rates
    ? convertedAmounts(state, rates, row => day.get(row), undefined, 'invoice')
    : ownAmounts(state, undefined, 'invoice');
  return {
    rowsIn: ({ from, to }: Days): Iterable<Block> => {
      const blocks = view.blocks(compileText(`${field}:${from}..${to}`, 'invoice', view.config));
      return isChosen ? only(blocks, row => isChosen(dealOf(row))) : blocks;
    },
    amounts,
    indexIn: periods => keysByDay(periods, day),
    query: () => null,
    dealOf,
  };
}

/** Whether a deal, by its row, is one of those that are asked for. */
function chosen(asked: Asked): (row: number) => boolean {
  const all = new Uint8Array(asked.view.state.table('deal').rows);
  for (const { among, from } of asked.deals('is:open,won,lost')) all.set(among, from);
  return row => row >= 0 && all[row] === 1;
}

function only(blocks: Iterable<Block>, test: (row: number) => boolean): Iterable<Block> {
  return {
    *[Symbol.iterator]() {
      for (const { among, from } of blocks) {
        for (let i = 0; i < among.length; i++) if (among[i] === 1 && !test(from + i)) among[i] = 0;
        yield { among, from };
      }
    },
  };
}
