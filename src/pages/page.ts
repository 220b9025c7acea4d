/** Reports as one page of HTML that opens from disk: charts, the tables of their figures, no script and no network. */
import type { Answered } from '../app/reports/index.ts';
import { weekdayOf } from '../domain/dates.ts';
import { chartsOf, whyNothing } from './charts.ts';
import { keyFigureList, keyFiguresOf } from './key-figures.ts';
import { element, type Markup, single, together } from './markup.ts';
import { COLUMN, NARROW, pageStyle, WHOLE } from './page-style.ts';
import { type Shown, tableOf } from './table.ts';

export interface PageReport extends Answered {
  readonly shown: Shown;
}

export interface Page {
  readonly reports: readonly PageReport[];
  /** The name of the workspace; may be empty. */
  readonly workspace: string;
  readonly currency: string;
  /** The day that the page is about. */
  readonly today: string;
  /** The time that it was made at, as people read it. */
  readonly madeAt: string;
  /** Returns the SHA-256 of a text as base64. */
  hash(text: string): string;
}

/** Reports with enough columns or periods to take the whole width. */
const wide: readonly string[] = ['forecast', 'funnel', 'owners', 'revenue', 'activity'];

/** Returns the page; the same reports are the same bytes. */
export function pageOf(page: Page): string {
  const { reports, workspace, hash } = page;
  const [only] = reports;
  const isOne = reports.length === 1 && only !== undefined;
  const title = isOne ? headed(only) : `Sales on ${inLetters(page.today)}`;
  const common = isOne ? [] : notesOfAll(reports);
  const whole = element(
    'html',
    { lang: 'en' },
    element(
      'head',
      {},
      single('meta', { charset: 'utf-8' }),
      single('meta', {
        'http-equiv': 'Content-Security-Policy',
        content: `default-src 'none'; style-src 'sha256-${hash(pageStyle)}'; base-uri 'none'; form-action 'none'`,
      }),
      single('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
      single('meta', { name: 'color-scheme', content: 'light dark' }),
      single('meta', { name: 'referrer', content: 'no-referrer' }),
      element('title', {}, workspace === '' ? title : `${title} · ${workspace}`),
      element('style', {}, { markup: pageStyle }),
    ),
    element(
      'body',
      {},
      headOf(page, title, common),
      element(
        'main',
        {},
        isOne ? undefined : figuresOf(page),
        element(
          'div',
          { class: 'reports' },
          reports.map(report => sectionOf(report, common, isOne)),
        ),
      ),
      element(
        'footer',
        {},
        element(
          'p',
          {},
          `Made by crm report at ${page.madeAt}. Days and periods are in the time zone of the workspace.`,
        ),
      ),
    ),
  );
  return `<!DOCTYPE html>\n${whole.markup}\n`;
}

function headOf({ workspace, reports }: Page, title: string, common: readonly string[]): Markup {
  const query = reports[0]?.asked.query ?? '';
  return element(
    'header',
    {},
    workspace === '' ? undefined : element('p', { class: 'eyebrow' }, workspace),
    element('h1', {}, title),
    query === '' ? undefined : element('p', { class: 'lead' }, `Only deals of: ${query}`),
    common.map(note => element('p', { class: 'lead' }, sentence(note))),
  );
}

/** The key figures of the workspace's currency, or of the one that all amounts are in. */
function figuresOf({ reports, currency, today }: Page): Markup | undefined {
  const figures = keyFiguresOf(reports, reports[0]?.asked.rates?.target ?? currency, today);
  return figures.length === 0 ? undefined : keyFigureList(figures);
}

function sectionOf(report: PageReport, common: readonly string[], isOne: boolean): Markup {
  const { shown, answer } = report;
  const id = report.report.name;
  const isWide = isOne || wide.includes(id);
  const notes = answer.notes.filter(note => !common.includes(note));
  return element(
    'section',
    { class: isWide ? 'card whole' : 'card', 'aria-labelledby': `${id}-head` },
    element('h2', { id: `${id}-head` }, isOne ? sentence(report.report.summary) : headed(report)),
    element('p', { class: 'days' }, daysOf(report)),
    shown.rows.length === 0
      ? element('p', { class: 'empty' }, whyNothing(report))
      : contentOf(report, id, isWide, isOne),
    notes.length === 0
      ? undefined
      : element(
          'ul',
          { class: 'notes' },
          notes.map(note => element('li', {}, note)),
        ),
  );
}

function contentOf(report: PageReport, id: string, isWide: boolean, isOpen: boolean): Markup {
  const charts = chartsOf(report, report.shown.rows, id, isWide ? [NARROW, COLUMN, WHOLE] : [NARROW, COLUMN]);
  // Of several charts on a wide page two stand beside each other.
  const isSeveral = charts.length > 1;
  return together(
    charts.length === 0
      ? undefined
      : element(
          'div',
          { class: isSeveral ? 'figures several' : 'figures' },
          charts.map(({ title, drawn }) =>
            element('figure', {}, isSeveral ? element('h3', {}, title) : undefined, drawn),
          ),
        ),
    element(
      'details',
      { open: isOpen || charts.length === 0 },
      element('summary', {}, 'Figures'),
      tableOf(report, report.shown, id),
    ),
  );
}

const headed = ({ report: { name } }: Answered): string => `${name[0]!.toUpperCase()}${name.slice(1)}`;

const sentence = (text: string): string =>
  `${text[0]!.toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? '' : '.'}`;

/** The days that a report is about, in words. */
function daysOf({ report, asked }: Answered): string {
  const { from, to, by } = asked.span;
  if (report.isNow) return `As of ${inLetters(asked.today)}`;
  const days = from === to ? inLetters(from) : `${inLetters(from)} to ${inLetters(to)}`;
  return by === undefined ? days : `${days}, by ${by}`;
}

/** The notes that every report has: they stand once, at the top. */
function notesOfAll(reports: readonly Answered[]): readonly string[] {
  const [first, ...others] = reports;
  return (first?.answer.notes ?? []).filter(note =>
    others.every(({ answer }) => answer.notes.includes(note)),
  );
}

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** A day in letters: `Monday, 14 September 2026`. */
function inLetters(day: string): string {
  const [year, month, date] = day.split('-') as [string, string, string];
  return `${weekdays[weekdayOf(day)]}, ${Number(date)} ${months[Number(month) - 1]} ${year}`;
}
