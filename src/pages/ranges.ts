/** Ranges: a line from a low to a high figure, a point for the one in the middle, and a mark. */
import { scaleLinear } from 'd3-scale';
import type { Picture } from '../app/reports/report.ts';
import { type Inside, label, legend, movedBy, pointedAt } from './drawn-chart.ts';
import { fitted, short, widthOf } from './lettering.ts';
import { type Markup, shape, together } from './markup.ts';
import type { Plot, PlotRow } from './plots.ts';

const PITCH = 30;
const MIDDLE = 12;

export type Ranges = Extract<Picture, { type: 'ranges' }>;

export function rangesInside({ rows, titleOf }: Plot, ranges: Ranges, width: number): Inside {
  const { middle, high, mark } = ranges;
  const names = Math.min(Math.max(...rows.map(row => widthOf(row.label))) + 10, width * 0.36);
  const figures = Math.max(...rows.map(row => widthOf(row.text(middle.key)))) + 8;
  const most = Math.max(
    ...rows.flatMap(row => [high, ...(mark ? [mark.key] : [])].map(key => row.value(key))),
  );
  const x = scaleLinear([0, most || 1], [names, width - figures - 6]).nice(4);
  const isRate = rows.some(row => row.text(middle.key).endsWith('%'));
  const top = legend(
    [
      { look: middle.look, title: titleOf(middle), as: 'dot' },
      ...(mark ? [{ look: mark.look, title: titleOf(mark), as: 'tick' as const }] : []),
    ],
    width,
  );
  const height = rows.length * PITCH;
  const grid = x
    .ticks(4)
    .map(tick =>
      together(
        shape('path', { class: 'grid', d: `M${Math.round(x(tick) * 100) / 100},0V${height}` }),
        label(isRate ? `${Math.round(tick * 100)} %` : short(tick), x(tick), height + 16, 'small middle'),
      ),
    );
  const lines = rows.map((row, i) =>
    movedBy(0, i * PITCH, [
      label(fitted(row.label, names - 6), 0, MIDDLE + 4),
      ...rangeOf(row, ranges, x, titleOf),
      label(row.text(middle.key), width - figures + 8, MIDDLE + 4, 'strong'),
    ]),
  );
  return {
    height: top.height + height + 24,
    parts: [...top.parts, movedBy(0, top.height, [...grid, ...lines])],
  };
}

function rangeOf(
  row: PlotRow,
  { low, middle, high, mark }: Ranges,
  x: (value: number) => number,
  titleOf: Plot['titleOf'],
): Markup[] {
  const [from, to] = [x(row.value(low)), x(row.value(high))];
  const says = `${row.text(low)} to ${row.text(high)}, ${titleOf(middle)} ${row.text(middle.key)}`;
  const range = pointedAt(`${row.label}: ${says}`, [
    shape('rect', {
      class: 'plain',
      x: from,
      y: MIDDLE - 4,
      width: Math.max(2, to - from),
      height: 8,
      rx: 4,
    }),
    shape('circle', { class: middle.look, cx: x(row.value(middle.key)), cy: MIDDLE, r: 6 }),
  ]);
  if (!mark || !row.has(mark.key)) return [range];
  const at = Math.round(x(row.value(mark.key)) * 100) / 100;
  const tick = shape('path', { class: `line-${mark.look}`, d: `M${at},${MIDDLE - 9}v18` });
  return [range, pointedAt(`${row.label}: ${titleOf(mark)} ${row.text(mark.key)}`, [tick])];
}
