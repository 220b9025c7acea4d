/** Standing bars over periods, with an axis, and a line over them. On a narrow page they lie, to be read at all. */
import { scaleBand, scaleLinear } from 'd3-scale';
import { line as lineOf } from 'd3-shape';
import type { Drawn } from '../app/reports/report.ts';
import { barsInside } from './bars.ts';
import { type Inside, label, legend, movedBy, pointedAt } from './drawn-chart.ts';
import { periodLines, short, widthOf } from './lettering.ts';
import { type Markup, shape, together } from './markup.ts';
import { type Plot, type PlotRow, stackSize } from './plots.ts';
import { placed, saidOf } from './stack.ts';

const NARROW = 480;
const BELOW = 40;
const ABOVE = 18;
const WIDEST = 64;
/** Columns that are narrower have no sums above them. */
const LETTERED = 26;

export interface Columns {
  readonly stack: readonly Drawn[];
  readonly line?: Drawn | undefined;
}

export function columnsInside(plot: Plot, { stack, line }: Columns, width: number): Inside {
  const { rows, titleOf } = plot;
  if (width < NARROW) return barsInside(plot, { stacks: [stack], mark: line }, width);
  const height = width > 900 ? 250 : 220;
  const most = Math.max(...rows.map(row => Math.max(stackSize(stack, row), line ? row.value(line.key) : 0)));
  const y = scaleLinear([0, most || 1], [height, 0]).nice(4);
  const ticks = y.ticks(4);
  const left = Math.max(...ticks.map(tick => widthOf(short(tick)))) + 12;
  const x = scaleBand(
    rows.map((_, i) => i),
    [left, width],
  ).padding(0.28);
  const top = legend(
    [
      ...stack
        .filter(drawn => rows.some(row => stackSize([drawn], row) > 0))
        .map(drawn => ({ look: drawn.look, title: titleOf(drawn), as: 'area' as const })),
      ...(line ? [{ look: line.look, title: titleOf(line), as: 'line' as const }] : []),
    ],
    width,
  );
  const bar = Math.min(x.bandwidth(), WIDEST);
  const middle = (i: number) => x(i)! + x.bandwidth() / 2;
  const says = line ? [...stack, line] : stack;
  return {
    height: top.height + ABOVE + height + BELOW,
    parts: [
      ...top.parts,
      movedBy(0, top.height + ABOVE, [
        ...ticks.map(tick =>
          together(
            shape('path', { class: tick === 0 ? 'axis' : 'grid', d: `M${left},${y(tick)}H${width}` }),
            label(short(tick), left - 8, y(tick) + 4, 'small end'),
          ),
        ),
        ...standing(rows, stack, { middle, y, width: bar }, row => saidOf(row, says, titleOf)),
        ...(line ? lineOver(rows, line, middle, y) : []),
        ...(x.bandwidth() < LETTERED ? [] : sumsOver(rows, stack, middle, y)),
        ...periodLabels(rows, middle, x.step(), height),
      ]),
    ],
  };
}

interface Place {
  /** The middle of a column. */
  middle(i: number): number;
  y(value: number): number;
  readonly width: number;
}

function standing(
  rows: readonly PlotRow[],
  stack: readonly Drawn[],
  { middle, y, width }: Place,
  said: (row: PlotRow) => string,
): Markup[] {
  return placed(stack, rows).map((parts, i) =>
    pointedAt(
      said(rows[i]!),
      parts.map(({ drawn: { look }, from, to }) =>
        shape('rect', {
          class: look,
          x: middle(i) - width / 2,
          y: y(to),
          width,
          height: Math.max(1, y(from) - y(to)),
        }),
      ),
    ),
  );
}

/** What each column is in all, above it. */
function sumsOver(
  rows: readonly PlotRow[],
  stack: readonly Drawn[],
  middle: (i: number) => number,
  y: (value: number) => number,
): Markup[] {
  return rows.flatMap((row, i) => {
    const sum = stackSize(stack, row);
    return sum === 0 ? [] : [label(short(sum), middle(i), y(sum) - 5, 'small middle')];
  });
}

/** A line through what was the same period of another year, or is to be reached. */
function lineOver(
  rows: readonly PlotRow[],
  { key, look }: Drawn,
  x: (i: number) => number,
  y: (value: number) => number,
): Markup[] {
  const path = lineOf<PlotRow>()
    .defined(row => row.has(key))
    .x((_, i) => x(i))
    .y(row => y(row.value(key)))
    .digits(2)([...rows]);
  return [
    shape('path', { class: `line-${look}`, d: path ?? 'M0,0' }),
    ...rows.flatMap((row, i) =>
      row.has(key) ? [shape('circle', { class: look, cx: x(i), cy: y(row.value(key)), r: 3.5 })] : [],
    ),
  ];
}

/** Periods below the axis, with the year where it changes; labels without room are left out. */
function periodLabels(
  rows: readonly PlotRow[],
  x: (i: number) => number,
  step: number,
  height: number,
): Markup[] {
  const lines = rows.map(row => periodLines(row.period ?? row.label));
  // Words such as `undated` are few, and stand at the ends.
  const widest = Math.max(0, ...lines.map(([first, second]) => (second === '' ? 0 : widthOf(first)))) + 4;
  const every = Math.max(1, Math.ceil(widest / step));
  let shown = '';
  return lines.flatMap(([first, second], i) => {
    // A word beside another word stands lower, so that both can be read.
    if (second === '')
      return [label(first, x(i), height + (lines[i - 1]?.[1] === '' ? 31 : 16), 'small middle')];
    if (i % every !== 0) return [];
    const isNew = second !== shown;
    shown = second;
    return [
      label(first, x(i), height + 16, 'small middle'),
      ...(isNew ? [label(second, x(i), height + 31, 'small middle')] : []),
    ];
  });
}
