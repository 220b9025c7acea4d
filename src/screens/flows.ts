/** Draws the flows of a report one below the other: the start, deals that came in, deals that went out, the end. */
import type { Cells, Drawn, ReportColumn, ReportRow } from '../app/reports/report.ts';
import { figureText, isNothing, thousands } from '../app/reports/shown.ts';
import { bar } from '../ui/bars.ts';
import type { Paint } from '../ui/paint.ts';
import { tableLines } from '../ui/table.ts';
import { displayWidth } from '../ui/width.ts';
import { inWords } from '../domain/in-words.ts';

export type Step = Drawn & { readonly sign: 1 | -1 | 0 };

interface Flow {
  readonly deals: number;
  readonly value: string;
}

/** The most and the fewest cells of a bar, and the space between columns. */
const WIDEST_BAR = 24;
const LEAST_BAR = 6;
const GAP = 2;

const SIGNS = { '1': '+ ', '-1': '- ', '0': '' } as const;

/** Returns the lines of one row, each ending in `\n`. Empty flows are left out, but the first and last line never are. */
export function* flowLines(
  { cells }: Pick<ReportRow, 'cells'>,
  columns: readonly ReportColumn[],
  steps: readonly Step[],
  { width, plain, paint }: { readonly width: number; readonly plain: boolean; readonly paint: Paint },
): Iterable<string> {
  const shown = steps.filter(
    ({ key, sign }) => columns.some(each => each.key === key) && (sign === 0 || !isNothing(cells[key])),
  );
  const flows = shown.map(({ key }) => cells[key] as unknown as Flow);
  const lines = shown.map(({ key, sign }, i) => [
    SIGNS[`${sign}`] + inWords(key),
    thousands(String(flows[i]!.deals)),
    thousands(flows[i]!.value),
  ]);
  const heads = [
    { title: '', align: 'left', whole: true },
    { title: 'DEALS', align: 'right', whole: true },
    { title: 'VALUE', align: 'right', whole: true },
  ] as const;
  const taken = heads.map(({ title }, i) =>
    Math.max(title.length, ...lines.map(line => displayWidth(line[i]!))),
  );
  const room = Math.min(WIDEST_BAR, width - taken.reduce((sum, each) => sum + each + GAP, 0));
  const most = Math.max(...flows.map(({ value }) => Number(value)));
  const isDrawn = !plain && room >= LEAST_BAR && most > 0;
  const drawn = flows.map(({ value }) => (isDrawn ? bar(Number(value) / most, room) : ''));
  yield* tableLines(
    [...heads, { title: '', align: 'left', whole: true }],
    lines.map((line, i) => [...line, drawn[i]!]),
    width,
    (text, row) => {
      if (row < 0) return paint.dim(text);
      const { look } = shown[row]!;
      return look === 'good' ? paint.green(text) : look === 'bad' ? paint.red(text) : text;
    },
  );
  for (const column of columns)
    if (column.type === 'rate' && cells[column.key] !== null)
      yield `${column.title ?? inWords(column.key)}  ${figureText('rate', cells[column.key] as Cells[string])}\n`;
}
