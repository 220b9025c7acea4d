/** Writes `crm help reports` from the registry of reports, so that it lists exactly the reports that exist. */
import { allReports, reportNamed } from '../../app/reports/index.ts';
import type { Report } from '../../app/reports/report.ts';
import { wrapped } from '../../ui/width.ts';

/** The most cells of a line, as in other topics. */
const WIDTH = 112;

const intro = `Reports

crm report REPORT [QUERY] answers a question in figures; crm report alone lists them, and crm report --html FILE writes the
Monday page. Figures are of deals as they are now, or with --at DAY as they were at the end of a day. Money is exact and
never summed across currencies; --currency EUR converts it by the rates in crm.yaml (crm config set rates.GBP=1.17).

`;

const rest = `
Days and groups
  --from DAY --to DAY   both included; a period will do: --from last-quarter, --to 2026Q3
  --by UNIT             day, week (ISO), month, quarter, year; year-start: 4 in crm.yaml moves quarters and years
  --per GROUP           owner, team, pipeline, stage, group, account, or any choice, user or text field; a user in two teams
                        counts in each, once in the total
  --pipeline P, QUERY   only some deals: the query is asked of them as they are now

What a figure is made of
  --json                rows with a query each, which crm deal list answers with the same deals; null where none can say it
  --deals ROW           lists the deals of a row, by its number or its name: crm report forecast --deals overdue
  --known-at TX         what the report said when that transaction was the last one: later imports change past figures

Sums of any list: crm deal list is:open --by month --per owner --sum value,weighted
`;

/** Returns the text of the topic, or more about one report by its name. USAGE if there is no such report. */
export async function reportsTopic(name?: string): Promise<string> {
  if (name !== undefined) return inFull(await reportNamed(name));
  const all = await allReports();
  return [
    intro,
    ...all.map(inShort),
    rest,
    '\ncrm help reports REPORT says which options one of them takes.\n',
  ].join('\n');
}

const indented = (text: string, by: string): string =>
  wrapped(text, WIDTH - by.length)
    .map(line => `${by}${line}\n`)
    .join('');

function inShort({ name, question, definition, examples }: Report): string {
  return `${name}: ${question}\n${indented(definition, '  ')}${examples.map(each => `    crm ${each}\n`).join('')}`;
}

const ownOptions = {
  by: '--by UNIT',
  per: '--per GROUP',
  due: '--due PERIOD',
  learned: '--learned',
  invoiced: '--invoiced',
  paid: '--paid',
} as const;

function inFull(report: Report): string {
  const own = report.options.map(option => ownOptions[option]);
  const common = `--pipeline, --from, --to, --at, --known-at, --currency, --deals, --sort, --limit, --html, --svg`;
  return `${inShort(report)}\n${indented(`Options: ${[...own, common].join(', ')} (crm report --help)`, '  ')}`;
}
