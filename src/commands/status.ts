import { humanInstant } from '../app/reading/shape.ts';
import { type DealsStanding, type Status, status as statusOf } from '../app/reading/status.ts';
import { amount } from '../ui/amounts.ts';
import { printable } from '../ui/escape.ts';
import { displayWidth, wrapped } from '../ui/width.ts';
import { grouped, plural } from '../ui/words.ts';
import type { Command } from './command.ts';
import { formatFor, plainColumn, printJson, printThings } from './output.ts';

export const status: Command = {
  summary: 'show how the workspace stands: deals, what waits, and what the last sweep has not seen',
  usage: '',
  examples: ['status', 'status --json'],
  async run(context) {
    const workspace = await context.workspace();
    const view = await workspace.view();
    const { workspace: name, ...standing } = statusOf(view);
    const now = { workspace: name, dir: workspace.store.dir, ...standing };
    if (await printJson(context, now)) return;
    if (formatFor(context) !== 'table') {
      const all = [...flat(now)];
      await printThings(
        context,
        all,
        [plainColumn('name', ([key]) => key), plainColumn('value', ([, value]) => value)],
        ([key]) => key,
      );
      return;
    }
    const paint = await context.paint();
    const { at, unseen } = now.sweep;
    const lines = screen(now, at === null ? undefined : humanInstant(view, at), unseen);
    const { columns } = context.streams.stdout;
    const [title, dir] = [printable(name), printable(now.dir)];
    const between = displayWidth(`${title}  ${dir}`) > columns ? '\n' : '  ';
    await context.print(`${paint.bold(title)}${between}${paint.dim(dir)}\n\n`);
    const width = Math.max(...lines.map(([label]) => label.length)) + 2;
    for (const [label, text, alarm] of lines)
      for (const [i, part] of wrapped(text, columns - width).entries())
        await context.print(
          `${paint.dim((i === 0 ? label : '').padEnd(width))}${alarm ? paint.red(part) : part.replaceAll(TOGETHER, ' ')}\n`,
        );
  },
};

/** What is in an object, each by its path: `deals.open.count`. */
function* flat(value: object, path = ''): Iterable<[string, unknown]> {
  for (const [key, own] of Object.entries(value) as [string, unknown][])
    if (typeof own === 'object' && own !== null) yield* flat(own, `${path}${key}.`);
    else yield [path + key, own];
}

/** Lines of a label, a text, and whether somebody should look at it. */
function screen(
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

/** Between what stays on one line. */
const TOGETHER = '\u00a0';

const standing = ({ count, sums }: DealsStanding): string =>
  [plural(count, 'deal'), ...Object.entries(sums).map(([currency, sum]) => amount(sum, currency))]
    .map(part => part.replaceAll(' ', TOGETHER))
    .join('  ');
