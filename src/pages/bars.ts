/** Lying bars: a row each, its name on the left and its figure at the end of the bar. */
import { scaleLinear } from 'd3-scale';
import type { Drawn } from '../app/reports/report.ts';
import { type Inside, label, legend, type LegendItem, movedBy, pointedAt } from './drawn-chart.ts';
import { fitted, short, widthOf } from './lettering.ts';
import { type Markup, shape } from './markup.ts';
import type { Plot, PlotRow } from './plots.ts';
import { stackSize } from './plots.ts';
import { placed, saidOf } from './stack.ts';

/** Wide enough for exact figures beside the bars. */
const WIDE = 560;
const THICK = 16;
const THIN = 11;
const BETWEEN = 12;

export interface Bars {
  readonly stacks: readonly (readonly Drawn[])[];
  readonly mark?: Drawn | undefined;
  readonly beside?: string | undefined;
}

export function barsInside({ rows, titleOf }: Plot, bars: Bars, width: number): Inside {
  const { stacks, mark } = bars;
  const names = Math.min(Math.max(...rows.map(row => widthOf(row.label))) + 10, width * 0.36);
  const said = (row: PlotRow, stack: readonly Drawn[]) => figureOf(row, stack, bars.beside, width >= WIDE);
  const figures = Math.max(...rows.flatMap(row => stacks.map(stack => widthOf(said(row, stack))))) + 8;
  const most = Math.max(
    ...rows.flatMap(row => [mark ? row.value(mark.key) : 0, ...stacks.map(s => stackSize(s, row))]),
  );
  const x = scaleLinear([0, most || 1], [names, width - figures]);
  const thick = stacks.length > 1 ? THIN : THICK;
  const pitch = stacks.length * (thick + 3) + BETWEEN;
  const top = legend(legendOf(bars, rows, titleOf), width);
  const all = stacks.map(stack => placed(stack, rows));
  const drawn = rows.map((row, i): Markup => {
    const middle = (pitch - BETWEEN) / 2;
    const lines = stacks.flatMap((stack, line): Markup[] => {
      const y = line * (thick + 3);
      const parts = all[line]![i]!;
      const end = Math.max(x(0), ...parts.map(({ to }) => x(to)));
      return [
        shape('rect', { class: 'track', x: x(0), y, width: x.range()[1]! - x(0), height: thick, rx: 2 }),
        pointedAt(
          saidOf(row, stack, titleOf),
          parts.map(({ drawn: { look }, from, to }) =>
            shape('rect', { class: look, x: x(from), y, width: Math.max(1, x(to) - x(from)), height: thick }),
          ),
        ),
        label(
          said(row, stack),
          end + 6,
          y + thick / 2 + 4,
          line === 0 && parts.length > 0 ? 'strong' : 'small',
        ),
      ];
    });
    return movedBy(0, top.height + i * pitch, [
      label(fitted(row.label, names - 6), 0, middle + 3),
      ...lines,
      ...markOf(bars, row, x, pitch - BETWEEN, titleOf),
    ]);
  });
  return { height: top.height + rows.length * pitch, parts: [...top.parts, ...drawn] };
}

/** What is to be reached, as a line across the bars. */
function markOf(
  { mark }: Bars,
  row: PlotRow,
  x: (value: number) => number,
  height: number,
  titleOf: (drawn: Drawn) => string,
): Markup[] {
  if (!mark || !row.has(mark.key) || row.value(mark.key) === 0) return [];
  return [
    pointedAt(`${row.label}: ${titleOf(mark)} ${row.text(mark.key)}`, [
      shape('path', {
        class: `line-${mark.look}`,
        d: `M${coordinate(x(row.value(mark.key)))},-3v${height + 3}`,
      }),
    ]),
  ];
}

const coordinate = (value: number): number => Math.round(value * 100) / 100;

/** The figure at the end of a bar: exact if there is room for it, with the rate that stands beside it. */
function figureOf(
  row: PlotRow,
  stack: readonly Drawn[],
  beside: string | undefined,
  isWide: boolean,
): string {
  const last = stack.at(-1)!;
  const isWhole = stack.length === 1 || (last.less !== undefined && stack.length === 2);
  const size = stackSize(stack, row);
  const figure = isWide && isWhole ? row.text(last.key) || '0' : short(size);
  const rate = beside === undefined || size === 0 ? '' : row.text(beside);
  return rate === '' ? figure : `${figure}  ${rate}`;
}

/** What the colours mean: of one colour alone the title says it. */
function legendOf(
  { stacks, mark, beside }: Bars,
  rows: readonly PlotRow[],
  titleOf: (drawn: Drawn) => string,
): LegendItem[] {
  const met = stacks
    .flat()
    .filter(drawn => rows.some(row => stackSize([drawn], row) > 0))
    .map(drawn => ({ look: drawn.look, title: titleOf(drawn), as: 'area' as const }));
  const marked = mark && rows.some(row => row.value(mark.key) > 0);
  const all: LegendItem[] = [
    ...met,
    ...(marked ? [{ look: mark.look, title: titleOf(mark), as: 'tick' as const }] : []),
  ];
  return all.length > 1 || beside !== undefined ? all : [];
}
