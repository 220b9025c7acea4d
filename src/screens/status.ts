/** `crm status` for people: a line per figure, red if somebody should look at it. */
import type { View } from '../app/core/view.ts';
import { humanInstant } from '../app/reading/said.ts';
import type { DealsStanding, Status } from '../app/reading/status.ts';
import { amount } from '../domain/money.ts';
import { printable } from '../ui/escape.ts';
import { displayWidth, wrapped } from '../ui/width.ts';
import { grouped, plural } from '../ui/words.ts';
import type { Terminal } from './terminal.ts';

/** Draws the figures below the name of the workspace and its directory, wrapped to the terminal. */
export async function drawStatus(
  terminal: Terminal,
  view: View,
  now: Status & { readonly dir: string },
): Promise<void> {
  const paint = await terminal.paint();
  const { at, unseen } = now.sweep;
  const lines = [
    ...linesOf(now, at === null ? undefined : humanInstant(view, at), unseen),
    ...leftOutLines(view, now.sweep.leftOut),
  ];
  const { columns } = terminal.streams.stdout;
  const [title, dir] = [printable(now.workspace), printable(now.dir)];
  const between = displayWidth(`${title}  ${dir}`) > columns ? '\n' : '  ';
  await terminal.print(`${paint.bold(title)}${between}${paint.dim(dir)}\n\n`);
  const width = Math.max(...lines.map(([label]) => label.length)) + 2;
  for (const [label, text, alarm] of lines)
    for (const [i, part] of wrapped(text, columns - width).entries())
      await terminal.print(
        `${paint.dim((i === 0 ? label : '').padEnd(width))}${alarm ? paint.red(part) : part.replaceAll(TOGETHER, ' ')}\n`,
      );
}

/** Lines of a label, a text, and whether somebody should look at it. */
function linesOf(
  { user, role, deals, tasks, enrolments, transactions }: Status,
  swept: string | undefined,
  unseen: number,
): [string, string, boolean?][] {
  const count = (n: number, what: string) => `${grouped(n)} ${what}`;
  return [
    ['you', printable(`${user} (${role})`)],
    ['open', standing(deals.open)],
    ['won', standing(deals.won)],
    ['lost', standing(deals.lost)],
    ['rotting', plural(deals.rotting, 'deal'), deals.rotting > 0],
    ['no next action', plural(deals.withoutNextAction, 'deal')],
    ['tasks', `${count(tasks.open, 'open')}, ${count(tasks.today, 'due today')}`],
    ['overdue', plural(tasks.overdue, 'task'), tasks.overdue > 0],
    [
      'failed',
      `${plural(enrolments.failed, 'enrolment')}${enrolments.failed > 0 ? ' (crm automation enrolments --failed)' : ''}`,
      enrolments.failed > 0,
    ],
    ['history', plural(transactions, 'transaction')],
    ['last sweep', swept ?? 'never'],
    ['not yet seen', unseen === 0 ? 'nothing' : `${plural(unseen, 'transaction')} (crm run)`],
  ];
}

type LeftOutLately = Status['sweep']['leftOut'][number];

/** Why something was left out, in a few words. */
const reasons: Readonly<Record<LeftOutLately['why'], string>> = {
  generations: 'it added them itself',
  limit: 'its limit',
  disabled: 'it is disabled',
  missing: 'it is not there or broken',
  enrolled: 'they were in it already',
  unseen: 'the user may not see them',
};

/** What sweeps left out in the last week, which nobody who reads no logs would know; no lines if there was nothing. */
const leftOutLines = (view: View, leftOut: readonly LeftOutLately[]): [string, string, boolean?][] =>
  leftOut.map(({ automation, why, count, at }, i) => [
    i === 0 ? 'left out' : '',
    `${automation} for ${plural(count, 'record')}: ${reasons[why]}; last ${humanInstant(view, at)}`,
  ]);

/** Between what stays on one line. */
const TOGETHER = '\u00a0';

const standing = ({ count, sums }: DealsStanding): string =>
  [plural(count, 'deal'), ...Object.entries(sums).map(([currency, sum]) => amount(sum, currency))]
    .map(part => part.replaceAll(' ', TOGETHER))
    .join('  ');
