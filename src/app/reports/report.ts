/** A report as data: its name, its options, its columns, and the function that answers it. */
import type { Json } from '../../domain/records.ts';
import type { View } from '../core/view.ts';
import type { Asked, ReportOption } from './asked.ts';
import type { Span } from './span.ts';

/**
 * The type of a column, which decides how it is shown: amounts to the right, rates as percent; a flow is deals and a
 * value.
 */
export type ColumnType = 'word' | 'currency' | 'count' | 'money' | 'rate' | 'number' | 'flow';

export interface ReportColumn {
  /** As in JSON, CSV and `--fields`. */
  readonly key: string;
  /** For people; left out: the key in words. */
  readonly title?: string;
  readonly type: ColumnType;
  /** The meaning of a figure other than 0 to people. */
  readonly tone?: 'good' | 'bad' | 'warning';
  /** Whether a narrow table may leave it out; `last` columns go only after all others. */
  readonly goes?: true | 'last';
  /** When people see it: on request (`asked`), or also if its rows have several different values; left out: always. */
  readonly seen?: 'asked' | 'several';
}

/** A row: figures by the keys of columns. Money is a decimal text, a rate a number from 0 to 1, unknown is null. */
export type Cells = Readonly<Record<string, Json>>;

export interface ReportRow {
  readonly cells: Cells;
  /** Words for people in the place of cells, by key. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The query with which `crm deal list` finds the same deals; null if no query can. */
  readonly query: string | null;
  /** The rows of its deals, if no query can find them. */
  deals?(): readonly number[];
}

export interface Answer {
  readonly rows: readonly ReportRow[];
  /** One for each currency. */
  readonly total: readonly Cells[];
  /** Sentences about the basis of the figures, and about what is not in them. */
  readonly notes: readonly string[];
  /** Where there is nothing to report: why, as a sentence. */
  readonly nothing?: string;
}

/** Which figure is drawn. */
export interface Chart {
  /** `bars` beside the rows, or a `line` over periods. */
  readonly type: 'bars' | 'line';
  /** The column with the main figure. */
  readonly figure: string;
  /** A part of it that is drawn darker. */
  readonly part?: string;
}

/** What a mark of a picture means, which decides its colour. */
export type Look = 'plain' | 'deep' | 'good' | 'bad' | 'warning' | 'faint' | 'pale';

/** A figure as a picture shows it: a column, or what it has more than another column. */
export interface Drawn {
  readonly key: string;
  readonly less?: string;
  readonly look: Look;
  /** For people; left out: the title of the column. */
  readonly title?: string;
}

/** The drawing of a report on a page. */
export type Picture =
  /** A column for each period, in parts; a line over them. */
  | { readonly type: 'columns'; readonly stack: readonly Drawn[]; readonly line?: Drawn }
  /** Bars for each row, one below the other, each in parts; a mark that the last bar is to reach. */
  | {
      readonly type: 'bars';
      readonly stacks: readonly (readonly Drawn[])[];
      readonly mark?: Drawn;
      /** A rate that stands beside the bar. */
      readonly beside?: string;
    }
  /** Flows of one row, each of which begins where the one before ends; a sign of 0 is for what is there. */
  | { readonly type: 'steps'; readonly steps: readonly (Drawn & { readonly sign: 1 | -1 | 0 })[] }
  /** For each row a line from a low to a high figure, with a point at the middle one, and a mark. */
  | {
      readonly type: 'ranges';
      readonly low: string;
      readonly middle: Drawn;
      readonly high: string;
      readonly mark?: Drawn;
    };

export interface Report {
  readonly name: string;
  readonly summary: string;
  /** The question that the report answers. */
  readonly question: string;
  /** What it counts, in full sentences, for the help. */
  readonly definition: string;
  /** Command lines without `crm`. */
  readonly examples: readonly string[];
  readonly options: readonly ReportOption[];
  /** Whether it is about how things stand, and not about some days. */
  readonly isNow?: true;
  /** The days and periods that it is about if none are asked for. */
  readonly span: Span;
  columns(asked: Asked): readonly ReportColumn[];
  chart(asked: Asked): Chart | undefined;
  /** What a page draws; left out: the figure of the chart. */
  readonly picture?: Picture;
  answer(view: View, asked: Asked): Answer | Promise<Answer>;
}
