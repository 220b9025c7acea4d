/** A chart with its title, legend and description, at one width: pictures draw only what lies inside. */
import type { Look } from '../app/reports/report.ts';
import { element, type Markup, shape, together } from './markup.ts';
import { widthOf } from './lettering.ts';

/** The inside of a chart, from the top left corner on. */
export interface Inside {
  readonly height: number;
  readonly parts: readonly Markup[];
}

export interface LegendItem {
  readonly look: Look;
  readonly title: string;
  readonly as: 'area' | 'line' | 'tick' | 'dot';
}

const LINE = 18;
const SWATCH = 18;
const GAP = 16;

/** Draws a legend in as many lines as it needs. */
export function legend(items: readonly LegendItem[], width: number): Inside {
  const parts: Markup[] = [];
  let [x, line] = [0, 0];
  for (const { look, title, as } of items) {
    const room = SWATCH + widthOf(title) + GAP;
    if (x > 0 && x + room - GAP > width) [x, line] = [0, line + 1];
    const y = line * LINE + LINE / 2;
    parts.push(swatch(as, look, x, y), label(title, x + SWATCH, y + 4, 'small'));
    x += room;
  }
  return { height: items.length === 0 ? 0 : (line + 1) * LINE + 12, parts };
}

function swatch(as: LegendItem['as'], look: Look, x: number, y: number): Markup {
  switch (as) {
    case 'area':
      return shape('rect', { class: look, x, y: y - 5, width: 12, height: 10, rx: 2 });
    case 'line':
      return shape('path', { class: `line-${look}`, d: `M${x},${y}h13` });
    case 'tick':
      return shape('path', { class: `line-${look}`, d: `M${x + 6},${y - 7}v14` });
    default:
      return shape('circle', { class: look, cx: x + 6, cy: y, r: 5 });
  }
}

/** A text of a chart. */
export const label = (text: string, x: number, y: number, looks?: string): Markup =>
  element('text', { class: looks, x, y }, text);

/** Puts something lower, and to the right. */
export const movedBy = (x: number, y: number, parts: readonly Markup[]): Markup =>
  element('g', { transform: `translate(${x},${y})` }, parts);

/** A mark with what it says when somebody points at it. */
export const pointedAt = (says: string, parts: readonly Markup[]): Markup =>
  element('g', {}, element('title', {}, says), parts);

export interface ChartText {
  readonly id: string;
  readonly title: string;
  readonly description: string;
}

/** Returns a chart as SVG, which reads its title and description to people who do not see it. */
export function svg({ id, title, description }: ChartText, width: number, inside: Inside): Markup {
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      class: `at-${width}`,
      viewBox: `0 0 ${width} ${Math.ceil(inside.height)}`,
      role: 'img',
      'aria-labelledby': `${id}-title ${id}-text`,
    },
    element('title', { id: `${id}-title` }, title),
    element('desc', { id: `${id}-text` }, description),
    together(inside.parts),
  );
}
