/** `crm status` for people: a line per figure with the names behind it, red if somebody should look at it. */
import type { View } from '../app/core/view.ts';
import type { MonthFigures } from '../app/reading/month.ts';
import { pressing } from '../app/reading/pressing.ts';
import { humanInstant, nameOf, userName } from '../app/reading/said.ts';
import type { DealsStanding, Status } from '../app/reading/status.ts';
import { amount } from '../domain/money.ts';
import { printable } from '../ui/escape.ts';
import { displayWidth, wrapped } from '../ui/width.ts';
import { grouped, plural } from '../ui/words.ts';
import type { Terminal } from './terminal.ts';

/** Facts about the outbox that only this machine knows. */
interface Outbox {
  /** Queued messages that need something that is not trusted here. */
  readonly untrusted: number;
}

/** The state of the workspace relative to its remote. */
interface Remote {
  readonly offline: boolean;
  readonly asOf: string | null;
  readonly waiting: number;
  readonly cutShort: boolean;
  readonly purge: number | null;
  readonly conflicts: readonly string[];
}

/** Records that a line names at most: more than three are a list, for which there are commands. */
const MOST_NAMED = 3;

interface Line {
  readonly label: string;
  readonly text: string;
  /** The names behind the figure; as many as fit on the line. */
  readonly names?: readonly string[];
  readonly isAlarm?: boolean;
}

/** Draws the figures below the name of the workspace and its directory, wrapped to the terminal. */
export async function drawStatus(
  terminal: Terminal,
  view: View,
  now: Status & { readonly dir: string; readonly outbox: Outbox; readonly remote?: Remote },
): Promise<void> {
  const paint = await terminal.paint();
  const { columns } = terminal.streams.stdout;
  const [title, dir] = [printable(now.workspace), printable(now.dir)];
  const between = displayWidth(`${title}  ${dir}`) > columns ? '\n' : '  ';
  await terminal.print(`${paint.bold(title)}${between}${paint.dim(dir)}\n\n`);
  const lines = [
    ...workLines(view, now),
    ...moneyLines(view, now),
    ...engineLines(view, now),
    ...leftOutLines(view, now),
    ...(now.remote ? [remoteLine(view, now.remote)] : []),
  ];
  const width = Math.max(...lines.map(({ label }) => label.length)) + 2;
  for (const { label, text, names = [], isAlarm } of lines) {
    const [first = '', ...rest] = wrapped(text, columns - width);
    const beside = rest.length > 0 ? '' : namesIn(names, columns - width - displayWidth(first));
    const parts = [first, ...rest].map(part => part.replaceAll(TOGETHER, ' '));
    for (const [i, part] of parts.entries())
      await terminal.print(
        `${paint.dim((i === 0 ? label : '').padEnd(width))}${isAlarm ? paint.red(part) : part}${i === 0 ? beside : ''}\n`,
      );
  }
}

/** As many names as there is room for, and a sign that there are others. */
function namesIn(names: readonly string[], room: number): string {
  for (let count = names.length; count > 0; count--) {
    const text = `: ${names.slice(0, count).join(', ')}${count < names.length ? ', ...' : ''}`;
    if (displayWidth(text) <= room) return text;
  }
  return '';
}

/** How current this machine is, changes that wait to be shared, and contradictions. */
function remoteLine(view: View, { offline, asOf, waiting, cutShort, purge, conflicts }: Remote): Line {
  const parts = [
    asOf === null ? 'not synced yet' : `synced ${humanInstant(view, asOf)}`,
    ...(offline ? [] : ['changes are shared at once']),
    ...(waiting > 0 ? [`${plural(waiting, 'change')} not shared yet: crm sync`] : []),
    ...(cutShort ? ['a sync was cut short: crm sync finishes it'] : []),
    ...(purge === null ? [] : ['a purge is not finished there: crm sync']),
    ...(conflicts.length > 0
      ? [`${plural(conflicts.length, 'conflict')}, listed by crm sync: ${conflicts.join(', ')}`]
      : []),
  ];
  return {
    label: 'remote',
    text: parts.join('; '),
    isAlarm: conflicts.length > 0 || cutShort || purge !== null,
  };
}

/** The open work. */
function workLines(view: View, { user, role, deals, tasks, assigned, inbox }: Status): Line[] {
  const { overdue, today, pastClose, rotting } = pressing(view, MOST_NAMED);
  const given = [...assigned.deals, ...assigned.tasks];
  const named = (ids: readonly string[], count: number) => {
    const names = ids.slice(0, MOST_NAMED).map(id => printable(nameOf(view, id)));
    return count > names.length && names.length > 0
      ? [...names, `${grouped(count - names.length)} more`]
      : names;
  };
  return [
    { label: 'you', text: printable(`${userName(view.config, user)} (${role})`) },
    {
      label: 'overdue',
      text: plural(tasks.overdue, 'task'),
      names: named(overdue, tasks.overdue),
      isAlarm: tasks.overdue > 0,
    },
    { label: 'due today', text: plural(tasks.today, 'task'), names: named(today, tasks.today) },
    {
      label: 'new for you',
      text: joined([plural(assigned.deals.length, 'deal'), plural(assigned.tasks.length, 'task')]),
      names: named(given, given.length),
    },
    ...(inbox.unread > 0 ? [{ label: 'inbox', text: `${grouped(inbox.unread)} unread (crm inbox)` }] : []),
    {
      label: 'rotting',
      text: plural(deals.rotting, 'deal'),
      names: named(rotting, deals.rotting),
      isAlarm: deals.rotting > 0,
    },
    {
      label: 'close passed',
      text: plural(deals.pastClose, 'deal'),
      names: named(pastClose, deals.pastClose),
      isAlarm: deals.pastClose > 0,
    },
    { label: 'no next action', text: plural(deals.withoutNextAction, 'deal') },
    { label: 'tasks', text: `${grouped(tasks.open)} open` },
  ];
}

/** Won and open deals. */
function moneyLines(view: View, { deals, month }: Status): Line[] {
  const { currency } = view.config;
  const currencies = Object.entries(month.currencies).sort(
    ([a], [b]) => Number(b === currency) - Number(a === currency),
  );
  return [
    {
      label: 'this month',
      text: currencies.length === 0 ? 'nothing won, nothing due' : currencies.map(inMonth).join('; '),
    },
    { label: 'open', text: standing(deals.open) },
    { label: 'won', text: standing(deals.won) },
    { label: 'lost', text: standing(deals.lost) },
  ];
}

/** `won 10.00 EUR of 20,000.00 EUR (0 %), 3 deals due: 40,000.00 EUR, weighted 18,000.00 EUR` */
function inMonth([currency, figures]: [string, MonthFigures]): string {
  const { deals, value, weighted, wonValue, quota } = figures;
  const money = (value: string) => together(amount(value, currency));
  const won = `won ${money(wonValue)}${quota === null ? '' : ` of ${money(quota)}${reached(wonValue, quota)}`}`;
  const due =
    deals === 0
      ? 'nothing due'
      : `${plural(deals, 'deal')} due: ${money(value)}${weighted === null ? '' : `, weighted ${money(weighted)}`}`;
  return `${won}, ${due}`;
}

/** The part of a quota that is won, in whole percent, rounded down: all of it is 100 % and not before. */
function reached(won: string, quota: string): string {
  // Both have the decimals of one currency.
  const [part, whole] = [won, quota].map(money => BigInt(money.replace('.', ''))) as [bigint, bigint];
  return whole === 0n ? '' : ` (${(part * 100n) / whole}${TOGETHER}%)`;
}

/** The work of rules and the outbox, done and to do. */
function engineLines(
  view: View,
  { enrolments, messages, sweep, transactions, outbox: { untrusted } }: Status & { readonly outbox: Outbox },
): Line[] {
  const { failed, waiting } = enrolments;
  const isTrouble = untrusted > 0 || TROUBLE.some(status => (messages[status] ?? 0) > 0);
  const swept = sweep.at === null ? 'never' : humanInstant(view, sweep.at);
  return [
    {
      label: 'failed',
      text: `${plural(failed, 'enrolment')}${failed > 0 ? ' (crm automation enrolments --failed)' : ''}`,
      isAlarm: failed > 0,
    },
    { label: 'waiting', text: plural(waiting, 'enrolment') },
    { label: 'outbox', text: outbox(messages, untrusted), isAlarm: isTrouble },
    { label: 'history', text: plural(transactions, 'transaction') },
    { label: 'last sweep', text: swept },
    {
      label: 'not yet seen',
      text: sweep.unseen === 0 ? 'nothing' : `${plural(sweep.unseen, 'transaction')} (crm run)`,
    },
  ];
}

/** Statuses of messages that somebody should look at, and of those that need nothing more. */
const TROUBLE = ['failed', 'unknown', 'held'];
const DONE = ['sent', 'filed', 'suppressed', 'cancelled'];

function outbox(messages: Status['messages'], untrusted: number): string {
  const waiting = Object.entries(messages).filter(([status]) => !DONE.includes(status));
  const words = waiting.map(([status, count]) => together(`${grouped(count)} ${status}`));
  if (words.length === 0) return 'nothing waits';
  const what = `${words.join(', ')} (crm message list)`;
  return untrusted === 0 ? what : `${what}; ${grouped(untrusted)} need trust (crm trust)`;
}

/** Returns the parts that are not empty; the first part if all are. */
const joined = (parts: readonly string[]): string => {
  const some = parts.filter(part => !part.startsWith('0 '));
  return some.length === 0 ? parts[0]! : some.join(', ');
};

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

/** Lines of what was left out at most: the page stays on one screen, and `--json` has all. */
const MOST_LEFT_OUT = 3;

/** Returns what sweeps left out in the last week, for users who do not read logs; no lines if there was nothing. */
function leftOutLines(view: View, { sweep: { leftOut } }: Status): Line[] {
  const shown = leftOut.slice(0, MOST_LEFT_OUT).map(({ automation, why, count, at }) => {
    const last = humanInstant(view, at);
    return `${automation} for ${plural(count, 'record')}: ${reasons[why]}; last ${last}`;
  });
  const others = leftOut.length - shown.length;
  const all = others === 0 ? shown : [...shown, `${grouped(others)} more (crm status --json)`];
  return all.map((text, i) => ({ label: i === 0 ? 'left out' : '', text }));
}

/** Between what stays on one line. */
const TOGETHER = '\u00a0';
const together = (text: string): string => text.replaceAll(' ', TOGETHER);

const standing = ({ count, sums }: DealsStanding): string =>
  [plural(count, 'deal'), ...Object.entries(sums).map(([currency, sum]) => amount(sum, currency))]
    .map(together)
    .join('  ');
