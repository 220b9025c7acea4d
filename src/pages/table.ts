/** The figures of a report as a table of HTML, with its caption, its heads and its total. */
import { inWords } from '../domain/in-words.ts';
import type { Answered } from '../app/reports/index.ts';
import type { Cells, ReportColumn, ReportRow } from '../app/reports/report.ts';
import {
  currenciesOf,
  figureText,
  isNothing,
  joinedRows,
  shownColumns,
  textFor,
  totalNames,
  withSomething,
} from '../app/reports/shown.ts';
import { element, type Markup } from './markup.ts';

/** The part of a report on a page: sorted and limited rows, and the requested columns. */
export interface Shown {
  readonly rows: readonly ReportRow[];
  readonly fields?: readonly string[] | undefined;
}

/** Returns the table of a report within a region that scrolls where the page is too narrow for it. */
export function tableOf({ report, asked, answer }: Answered, shown: Shown, id: string): Markup {
  const currencies = currenciesOf([...answer.rows, ...answer.total.map(cells => ({ cells, query: null }))]);
  const all = report.columns(asked);
  const columns = shownColumns(all, shown.fields, shown.rows, currencies);
  const rows = withSomething(joinedRows(shown.rows, all), columns, currencies);
  const total = joinedRows(
    answer.total.map(cells => ({ cells })),
    all,
  ).map(({ cells }) => cells);
  const names = totalNames(total, all);
  const currency = currencies.length === 1 ? ` in ${currencies[0]}` : '';
  return element(
    'section',
    { class: 'scroll', 'aria-labelledby': `${id}-caption`, tabindex: 0 },
    element(
      'table',
      {},
      element('caption', { id: `${id}-caption` }, `Figures of ${report.name}${currency}`),
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          columns.map(column =>
            element('th', { scope: 'col', class: classOf(column) }, column.title ?? inWords(column.key)),
          ),
        ),
      ),
      element(
        'tbody',
        {},
        rows.map(row => rowOf(columns, row)),
      ),
      totalOf(columns, total, cells => names[total.indexOf(cells)]),
    ),
  );
}

const isText = ({ type }: ReportColumn): boolean => type === 'word' || type === 'currency';
const classOf = (column: ReportColumn): string | undefined => (isText(column) ? undefined : 'number');

function rowOf(columns: readonly ReportColumn[], row: ReportRow): Markup {
  return element(
    'tr',
    {},
    columns.map(column => {
      const text = textFor(column, row);
      const value = row.cells[column.key];
      if (column.type === 'word')
        return element(
          'th',
          { scope: 'row', class: value === 'overdue' ? 'is-warning' : undefined },
          text === '' ? '–' : text,
        );
      if (column.type === 'currency') return element('td', {}, text === '' ? '–' : text);
      const tone = isNothing(value) ? 'nothing' : column.tone === undefined ? undefined : `is-${column.tone}`;
      return element(
        'td',
        { class: tone === undefined ? 'number' : `number ${tone}` },
        text === '' ? '–' : text,
      );
    }),
  );
}

/** The totals, where there is something in one of the columns. */
function totalOf(
  columns: readonly ReportColumn[],
  total: Answered['answer']['total'],
  nameOf: (cells: Cells) => string | undefined,
): Markup | undefined {
  const figures = columns.filter(column => !isText(column));
  const some = total.filter(cells => figures.some(({ key }) => !isNothing(cells[key])));
  if (some.length === 0 || !columns.some(({ type }) => type === 'word')) return undefined;
  const first = columns.findIndex(({ type }) => type === 'word');
  return element(
    'tfoot',
    {},
    some.map(cells =>
      element(
        'tr',
        {},
        columns.map((column, i) =>
          i === first
            ? element(
                'th',
                { scope: 'row' },
                ['Total', nameOf(cells)].filter(each => each !== undefined).join(', '),
              )
            : element('td', { class: classOf(column) }, figureText(column.type, cells[column.key])),
        ),
      ),
    ),
  );
}
