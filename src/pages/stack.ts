/** Parts of a bar, one after the other. */
import { stack as stackOf } from 'd3-shape';
import type { Drawn } from '../app/reports/report.ts';
import { partOf, type PlotRow } from './plots.ts';

export interface Placed {
  readonly drawn: Drawn;
  readonly from: number;
  readonly to: number;
}

/** Returns the parts of each row, in units of the figure, without those of nothing. */
export function placed(stack: readonly Drawn[], rows: readonly PlotRow[]): readonly (readonly Placed[])[] {
  const series = stackOf<PlotRow, Drawn>()
    .keys(stack)
    .value((row, drawn) => partOf(drawn, row))([...rows]);
  return rows.map((_, i) =>
    series.flatMap(each => {
      const [from, to] = each[i]!;
      return to > from ? [{ drawn: each.key, from, to }] : [];
    }),
  );
}

/** Returns what a row says of a stack when somebody points at it: each column with its figure. */
export function saidOf(row: PlotRow, stack: readonly Drawn[], titleOf: (drawn: Drawn) => string): string {
  const figures = stack.map(drawn =>
    drawn.less === undefined
      ? `${titleOf(drawn)} ${row.text(drawn.key) || '0'}`
      : `in all ${row.text(drawn.key) || '0'}`,
  );
  return `${row.label}: ${figures.join(', ')}`;
}
