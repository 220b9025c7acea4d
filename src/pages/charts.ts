/** The charts of a report as SVG: within a page, or a file of their own. */
import type { Answered } from '../app/reports/index.ts';
import type { ReportRow } from '../app/reports/report.ts';
import { barsInside } from './bars.ts';
import { columnsInside } from './columns.ts';
import { type Inside, label, movedBy, svg } from './drawn-chart.ts';
import { chartStyle, schemes } from './look.ts';
import { type Markup, shape } from './markup.ts';
import { type Plot, plotsOf, sizeOf } from './plots.ts';
import { rangesInside } from './ranges.ts';
import { stepsInside } from './steps.ts';

/** Units between the charts of a file, and around them. */
const MARGIN = 20;
/** How high the title of a chart stands in a file. */
const HEAD = 26;
/** The width of the charts of a file. */
const FILE_WIDTH = 720;

export interface Charts {
  readonly title: string;
  /** The same chart at each width: a page shows the one that fits. */
  readonly drawn: readonly Markup[];
}

/** Returns the charts of a report for a page, each at some widths; `id` begins the ids of what is in them. */
export function chartsOf(
  answered: Answered,
  rows: readonly ReportRow[],
  id: string,
  widths: readonly number[],
): readonly Charts[] {
  return plotsOf(answered, rows).map((plot, i) => ({
    title: plot.title,
    drawn: widths.map(width =>
      svg(
        { id: `${id}-${i + 1}-${width}`, title: plot.title, description: described(answered, plot) },
        width,
        insideOf(plot, width),
      ),
    ),
  }));
}

/** Returns an SVG file with all charts of a report, one below the other; without a figure, the sentence that says why. */
export function chartFile(answered: Answered, rows: readonly ReportRow[]): string {
  const plots = plotsOf(answered, rows);
  const inner = FILE_WIDTH - 2 * MARGIN;
  const parts: Markup[] = [];
  let y = MARGIN;
  for (const plot of plots) {
    const inside = insideOf(plot, inner);
    parts.push(movedBy(MARGIN, y, [label(plot.title, 0, 12, 'strong'), movedBy(0, HEAD, inside.parts)]));
    y += HEAD + inside.height + MARGIN;
  }
  if (plots.length === 0) {
    parts.push(label(whyNothing(answered), MARGIN, y + 12));
    y += HEAD + MARGIN;
  }
  const title = plots[0]?.title ?? answered.report.name;
  const description =
    plots.length === 0 ? whyNothing(answered) : plots.map(p => described(answered, p)).join(' ');
  const { markup } = svg({ id: 'chart', title, description }, FILE_WIDTH, {
    height: y,
    parts: [
      { markup: `<style>${schemes}${chartStyle}</style>` },
      shape('rect', { class: 'ground', x: 0, y: 0, width: FILE_WIDTH, height: Math.ceil(y) }),
      ...parts,
    ],
  });
  return `${markup}\n`;
}

/** Returns why a report has nothing to draw, as a sentence. */
export function whyNothing({ answer, report }: Answered): string {
  const why = answer.nothing ?? `there is nothing to draw of ${report.name}`;
  return `${why[0]!.toUpperCase()}${why.slice(1)}.`;
}

function insideOf(plot: Plot, width: number): Inside {
  const { picture } = plot;
  switch (picture.type) {
    case 'columns':
      return columnsInside(plot, picture, width);
    case 'bars':
      return barsInside(plot, picture, width);
    case 'steps':
      return stepsInside(plot, picture.steps, width);
    default:
      return rangesInside(plot, picture, width);
  }
}

/** Describes a chart, for people who do not see it. */
function described({ report }: Answered, { picture, rows, others, titleOf }: Plot): string {
  const first = picture.type === 'bars' ? picture.stacks[0]! : [];
  const sized =
    picture.type === 'ranges' ? picture.middle : picture.type === 'columns' ? picture.stack[0]! : first[0];
  const what = `${report.name[0]!.toUpperCase()}${report.name.slice(1)}: ${report.summary}.`;
  if (picture.type === 'steps') {
    const [row] = rows as [Plot['rows'][number]];
    const flows = picture.steps.filter(({ key, sign }) => sign === 0 || row.value(key) !== 0);
    return `${what} ${flows.map(step => `${titleOf(step)} ${row.text(step.key)}`).join('; ')}.`;
  }
  const largest = rows.reduce((most, row) => (sizeOf(picture, row) > sizeOf(picture, most) ? row : most));
  const by = sized && picture.type !== 'ranges' ? ` The largest is ${largest.label}.` : '';
  const more = others > 0 ? ` ${others} smaller ones are in the table alone.` : '';
  const each =
    rows.length === 1
      ? `One row: ${rows[0]!.label}.`
      : `${rows.length} rows from ${rows[0]!.label} to ${rows.at(-1)!.label}.`;
  return `${what} ${each}${rows.length > 1 ? by : ''}${more}`;
}
