/** `crm deal list --by`, `--per`, `--sum`: counts and sums in the place of deals. */
import type { ReportRow } from '../../app/reports/report.ts';
import type { View } from '../../app/core/view.ts';
import { usage } from '../../domain/errors.ts';
import type { Context } from '../line/context.ts';
import type { Options, OptionSpec } from '../line/options.ts';
import { formatFor, printThings } from '../printing/output.ts';
import { plainColumn, type ThingColumn } from '../../ui/thing-column.ts';

export const groupOptions: readonly OptionSpec[] = [
  {
    flags: '--by <UNIT>',
    description: 'count by day, week, month, quarter or year of closing, expected or done',
  },
  {
    flags: '--per <GROUP>',
    description: 'count per owner, team, pipeline, stage, group, account or any choice, user or text field',
  },
  {
    flags: '--sum <FIELD>',
    description: 'sum value, weighted or a custom field with money; several with commas',
    repeat: 'list',
  },
];

export const asksForGroups = (options: Options): boolean =>
  ['by', 'per', 'sum'].some(name => options.text(name) !== undefined);

export async function printGroups(
  context: Context,
  view: View,
  query: readonly string[],
  options: Options,
): Promise<void> {
  for (const name of ['sort', 'limit'])
    if (options.text(name) !== undefined)
      throw usage(`--${name} goes with deals, not with groups`, 'crm report sorts and limits rows');
  const { groupedList } = await import('../../app/reports/list-groups.ts');
  const sums =
    options
      .text('sum')
      ?.split(',')
      .map(field => field.trim()) ?? [];
  const { keys, rows, total } = groupedList(view, query, {
    by: options.text('by'),
    per: options.text('per'),
    sums,
  });
  const isTable = formatFor(context) === 'table';
  const { thousands } = await import('../../app/reports/shown.ts');
  const figures = keys.slice(keys.indexOf('deals'));
  const isFigure = (key: string) => figures.includes(key);
  const human = ({ cells }: ReportRow, key: string) => {
    const text = String(cells[key] ?? '');
    return isFigure(key) ? thousands(text) : text;
  };
  const columns: ThingColumn<ReportRow>[] = [
    ...keys.map(key => ({
      ...plainColumn<ReportRow>(key, row => row.cells[key]),
      ...(isFigure(key) && { align: 'right' as const }),
      human: (row: ReportRow) => row.labels?.[key] ?? human(row, key),
    })),
    { ...plainColumn<ReportRow>('query', row => row.query), jsonOnly: true },
  ];
  const totals = total.map(cells => ({ cells, labels: { [keys[0]!]: 'total' }, query: null }));
  const isGrouped = keys[0] !== 'currency';
  const shown = isTable && isGrouped && rows.length > 1 ? [...rows, ...totals] : rows;
  await printThings(context, shown, columns, row => String(row.cells[keys[0]!] ?? ''));
}
