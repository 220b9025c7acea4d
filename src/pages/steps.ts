/**
 * Flows as a staircase: each bar begins where the one before it ends. It is drawn relative to the start, so that a
 * week's flows are visible beside a pipeline that is many times larger.
 */
import { scaleLinear } from 'd3-scale';
import type { Drawn } from '../app/reports/report.ts';
import { type Inside, label, movedBy, pointedAt } from './drawn-chart.ts';
import { short, widthOf } from './lettering.ts';
import { type Markup, shape } from './markup.ts';
import type { Plot, PlotRow } from './plots.ts';

const WIDE = 560;
const THICK = 16;
const PITCH = 27;

interface Step extends Drawn {
  readonly sign: 1 | -1 | 0;
}

export function stepsInside({ rows, titleOf }: Plot, steps: readonly Step[], width: number): Inside {
  const [row] = rows as [PlotRow];
  const shown = steps.filter(({ key, sign }) => sign === 0 || row.value(key) !== 0);
  const places = placesOf(row, shown);
  const said = shown.map(step => figureOf(row, step, width >= WIDE));
  const names = Math.max(...shown.map(step => widthOf(titleOf(step)))) + 10;
  const figures = Math.max(...said.map(widthOf)) + 8;
  const ends = places.flatMap(({ from, to }) => [from, to]);
  const x = scaleLinear([Math.min(...ends), Math.max(...ends, 1)], [names, width - figures]);
  const zero = rounded(x(0));
  const parts = shown.map((step, i): Markup => {
    const { from, to, level } = places[i]!;
    const looks = step.sign === 0 ? 'strong' : undefined;
    return movedBy(0, i * PITCH, [
      label(titleOf(step), 0, THICK / 2 + 4, looks),
      pointedAt(`${titleOf(step)} ${row.text(step.key)}`, [
        shape('rect', {
          class: step.look,
          x: x(from) - (from === to ? 1 : 0),
          y: 0,
          width: Math.max(2, x(to) - x(from)),
          height: THICK,
        }),
      ]),
      ...(i < shown.length - 1
        ? [shape('path', { class: 'axis', d: `M${rounded(x(level))},${THICK}v${PITCH - THICK}` })]
        : []),
      label(said[i]!, x(to) + 7, THICK / 2 + 4, looks),
    ]);
  });
  const height = places.length * PITCH;
  return { height, parts: [shape('path', { class: 'grid', d: `M${zero},0V${height}` }), ...parts] };
}

/** Where each bar begins and ends, counted from what was there at the start. */
function placesOf(row: PlotRow, steps: readonly Step[]) {
  let level = 0;
  return steps.map(({ key, sign }) => {
    const before = sign === 0 ? 0 : level;
    level += sign * row.value(key);
    return { from: Math.min(before, level), to: Math.max(before, level), level };
  });
}

/** A flow with its sign and its deals: `+12,000.00 (3)`. */
function figureOf(row: PlotRow, { key, sign }: Step, isWide: boolean): string {
  const [deals = '', worth = ''] = row.text(key).split(': ');
  const amount = isWide && worth !== '' ? worth : short(row.value(key));
  return `${sign > 0 ? '+' : sign < 0 ? '−' : ''}${amount} (${deals})`;
}

const rounded = (value: number): number => Math.round(value * 100) / 100;
