import { parseLimit } from '../app/reading/list.ts';
import type { NextItem, NextOptions } from '../app/reading/next.ts';
import { nameOf, userName } from '../app/reading/said.ts';
import type { View } from '../app/core/view.ts';
import { usage } from '../domain/errors.ts';
import { amount } from '../domain/money.ts';
import { suggestion } from '../domain/nearest.ts';
import { plainColumn, type ThingColumn } from '../ui/thing-column.ts';
import { grouped } from '../ui/words.ts';
import { query } from './args/declare.ts';
import { command } from './line/command.ts';
import type { Context } from './line/context.ts';
import type { Options } from './line/options.ts';
import { formatFor, printThings } from './printing/output.ts';
import { quietIfNothing } from './line/quiet-option.ts';

/** The default number of items that are listed: about one screen. */
const SHOWN = 20;

const options = [
  {
    flags: '--all',
    description: "everybody's work (default: yours, in a workspace that knows you as a user)",
  },
  { flags: '--user <USER>', description: 'the work of this user' },
  { flags: '--limit <N>', description: `the N most urgent (default: ${SHOWN})` },
  { flags: '--explain', description: 'the terms of each urgency: coefficient x factor = points' },
  quietIfNothing,
];

/** How many cells of the reasons a list shows before it leaves out what is less important. */
const WHY = 38;

/** What --json prints of each item. */
const jsonFields = [
  'urgency',
  'id',
  'kind',
  'title',
  'why',
  'for',
  'deal',
  'due',
  'value',
  'currency',
  'owner',
  'mail',
  'terms',
] as const;

/** `crm next [QUERY]` */
export const next = command({
  summary:
    'what to do now, the most urgent first: tasks, deals that rot or lack a next action, mails that wait',
  effect: 'reads',
  args: { query: query() },
  options,
  examples: ['next', 'next pipeline:sales value.over:10k', 'next --all --explain', 'next --user ana --json'],
  jsonFields,
  run: (context, { query }, given) => list(context, query, given, false),
});

/** `crm today [QUERY]` */
export const today = command({
  summary: 'what is due by today, the most urgent first: tasks, expected closes, mails that wait',
  effect: 'reads',
  args: { query: query() },
  options,
  examples: ['today', 'today --all', 'today owner:ana --json'],
  jsonFields,
  run: (context, { query }, given) => list(context, query, given, true),
});

async function list(
  context: Context,
  query: readonly string[],
  given: Options,
  isToday: boolean,
): Promise<void> {
  const limitText = given.text('limit');
  const limit = limitText === undefined ? SHOWN : parseLimit(limitText);
  const { nextItems } = await import('../app/reading/next.ts');
  const view = await (await context.workspace()).view();
  const user = userAsked(view, given);
  const asked: NextOptions = { user, query, limit, today: isToday };
  const { items, count } = nextItems(view, asked);
  const isTable = formatFor(context) === 'table' && !context.globals.fields;
  if (given.flag('explain') && !hasTerms(context)) await printTerms(context, items);
  else await printThings(context, items, columnsFor(view, user === undefined), ({ id }) => id);
  if (!isTable) return;
  if (items.length === 0 && user !== undefined)
    await context.message(`--all shows everybody's, and not only that of ${userName(view.config, user)}`);
  if (count > items.length) await context.message(`${grouped(count - items.length)} more: --limit ${count}`);
}

/** Whether the format has the terms of each item in it. */
const hasTerms = (context: Context): boolean => ['json', 'jsonl', 'yaml'].includes(formatFor(context));

function userAsked({ config, viewer }: View, given: Options): string | undefined {
  const named = given.text('user');
  if (named !== undefined && given.flag('all'))
    throw usage('--all and --user cannot be used together', 'use one of them');
  if (named === 'me') return viewer.user;
  if (named !== undefined) {
    if (!Object.hasOwn(config.users, named))
      throw usage(
        `unknown user ${JSON.stringify(named)}`,
        suggestion(named, Object.keys(config.users), 'users'),
      );
    return named;
  }
  return given.flag('all') || !Object.hasOwn(config.users, viewer.user) ? undefined : viewer.user;
}

function columnsFor(view: View, isOfAll: boolean): readonly ThingColumn<NextItem>[] {
  const about = ({ for: subject, deal }: NextItem) => {
    if (subject !== null) return `${subject} ${nameOf(view, subject)}`;
    const known = deal === null ? undefined : view.state.get(deal);
    const customer = [known?.account, (known?.contacts as readonly string[] | undefined)?.[0]].find(
      id => typeof id === 'string' && view.seesId(id),
    );
    return typeof customer === 'string' ? nameOf(view, customer) : '';
  };
  return [
    plainColumn('urgency', i => i.urgency, { align: 'right', goes: true, human: i => i.urgency.toFixed(1) }),
    plainColumn('id', i => i.id, { whole: true }),
    { ...plainColumn<NextItem>('kind', i => i.kind), jsonOnly: true },
    plainColumn('title', i => i.title, { isName: true }),
    plainColumn('why', i => i.why, { goes: false, wants: WHY, human: i => i.why.join(', ') }),
    plainColumn('for', i => i.for, { goes: true, human: about }),
    { ...plainColumn<NextItem>('deal', i => i.deal), jsonOnly: true },
    { ...plainColumn<NextItem>('due', i => i.due), jsonOnly: true },
    plainColumn('value', i => i.value, {
      goes: true,
      align: 'right',
      human: i => (i.value === null ? '' : amount(i.value, i.currency ?? undefined)),
    }),
    { ...plainColumn<NextItem>('currency', i => i.currency), jsonOnly: true },
    plainColumn('owner', i => i.owner, {
      goes: true,
      human: i => (isOfAll && i.owner !== null ? userName(view.config, i.owner) : ''),
    }),
    { ...plainColumn<NextItem>('mail', i => i.mail), jsonOnly: true },
    { ...plainColumn<NextItem>('terms', i => i.terms), jsonOnly: true },
  ];
}

/** A line for each term; on a terminal below its item. */
async function printTerms(context: Context, items: readonly NextItem[]): Promise<void> {
  if (formatFor(context) !== 'table') {
    const all = items.flatMap(({ id, terms }) => terms.map(term => ({ id, ...term })));
    return printThings(
      context,
      all,
      [
        plainColumn('id', t => t.id),
        plainColumn('term', t => t.term),
        plainColumn('coefficient', t => t.coefficient),
        plainColumn('factor', t => t.factor),
        plainColumn('points', t => t.points),
        plainColumn('why', t => t.why),
      ],
      ({ id }) => id,
    );
  }
  if (items.length === 0) {
    context.nothing();
    return context.message('nothing found');
  }
  const { urgencyLines } = await import('../screens/urgency.ts');
  await context.print(urgencyLines(items, context.streams.stdout.columns, await context.paint()).join(''));
}
