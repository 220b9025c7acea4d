/** Reports what a command did to records: ids on stdout for scripts, a sentence on stderr for people. */
import type { Committed } from '../../app/core/commit.ts';
import { historyChange } from '../../app/history/history.ts';
import { seenChange, withSeenValues } from '../../app/core/seen-changes.ts';
import { View } from '../../app/core/view.ts';
import type { Workspace } from '../../app/core/workspace.ts';
import { type Change, idOf, kindOf } from '../../domain/changes.ts';
import { isNamed, type Kind, type Kinds, numberOf } from '../../domain/kinds.ts';
import { isPhone } from '../../kinds/phones.ts';
import type { State } from '../../state/state.ts';
import { plural } from '../../ui/words.ts';
import type { Context } from '../line/context.ts';
import { diffLines } from '../../screens/diff.ts';
import { namingIn } from './naming.ts';
import { formatFor, printRecord, printRecords, printTrashed } from './output.ts';

/** How many records a sentence names before it only counts them. */
const NAMED = 5;

/** Returns the ids of the records of a kind that a transaction changed and that still exist, each once, in order. */
function changedIds(committed: Committed<unknown>, kind: Kind): string[] {
  return [...new Set(committed.changes.filter(c => kindOf(c) === kind && !('rm' in c)).map(idOf))];
}

/** Reports an `add`: the new record in JSON, otherwise its id; a sentence for people. */
export async function reportAdded(
  context: Context,
  committed: Committed<unknown>,
  kind: Kind,
): Promise<void> {
  await warnOfPhones(context, committed);
  const added = committed.changes.filter(c => 'add' in c && kindOf(c) === kind).map(idOf);
  if (context.globals.dryRun) return reportDryRun(context, committed);
  const { format, fields } = context.globals;
  if (format === 'ids' || format === 'table' || (format === undefined && !fields))
    await context.print(added.map(id => `${id}\n`).join(''));
  else {
    const workspace = await context.workspace();
    const view = new View(committed.state, workspace.viewer, workspace.clock);
    for (const id of added)
      await printRecord(context, view, kind, committed.state.table(kind).row(numberOf(id)));
  }
}

/** Returns the name of the stage or owner that a record got, for people; '' for nothing. */
export type Goal = (view: View, id: string) => string;

/** Returns ` to In contact` if all the records got the same value and people read the output. */
function goalOf(context: Context, view: View, ids: readonly string[], goal: Goal): string {
  if (!context.streams.stderr.isTTY) return '';
  const goals = new Set(ids.map(id => goal(view, id)));
  const [one] = goals;
  return goals.size === 1 && one !== '' ? ` to ${one}` : '';
}

/**
 * Reports what a command did to records that still exist: the records in JSON, their ids with -q, and a sentence for
 * people. `added` are those that it made.
 */
export async function reportChanged(
  context: Context,
  committed: Committed<unknown>,
  kind: Kind,
  chosen: readonly string[],
  did: string,
  { added = [], goal }: { readonly added?: readonly string[]; readonly goal?: Goal } = {},
): Promise<void> {
  await warnOfPhones(context, committed);
  if (context.globals.dryRun) return reportDryRun(context, committed);
  const changed = changedIds(committed, kind);
  // For a request that was carried out before, only the changes are known.
  const asked = chosen.length > 0 ? new Set(chosen) : new Set(changed);
  const { format } = context.globals;
  const workspace = await context.workspace();
  const view = new View(committed.state, workspace.viewer, workspace.clock);
  if (format !== undefined && format !== 'table') {
    const table = committed.state.table(kind);
    const rows = [...asked].map(id => table.row(numberOf(id))).filter(row => row >= 0);
    if (rows.length === 1 && format === 'json') await printRecord(context, view, kind, rows[0]!);
    else await printRecords(context, view, kind, rows);
    return;
  }
  const name = await namingIn(context, committed.state);
  const isOld = (id: string) => !added.includes(id);
  const done = changed.filter(id => asked.has(id) && isOld(id));
  const isNoted = done.length === 0 && committed.changes.some(change => 'add' in change);
  if (isNoted && added.length === 0)
    await context.message(
      `noted at ${named([...asked], kind, name)}, which ${asked.size === 1 ? 'is' : 'are'} ${alreadyText(did)}`,
    );
  else {
    const said = sentence(context.deps.kinds, kind, [...asked].filter(isOld), done, did, name);
    await context.message(done.length > 0 && goal ? said + goalOf(context, view, done, goal) : said);
  }
  if (added.length > 0) await context.message(`added ${named(added, kind, name)}`);
}

/** Warns of new phones that are not numbers: they are kept as they are. */
async function warnOfPhones(context: Context, committed: Committed<unknown>): Promise<void> {
  const { country } = committed.state.config;
  // Values that a merge takes over existed before.
  const known = committed.changes.flatMap(change =>
    'rm' in change ? [change.rm.phone, change.rm.otherPhones].flat() : [],
  );
  for (const change of committed.changes) {
    if ('rm' in change || isNamed(kindOf(change))) continue;
    const phones = ['phone', 'otherPhones'].flatMap(path => {
      const [before, now] = 'add' in change ? [undefined, change.add[path]] : (change.set[path] ?? []);
      return [now].flat().filter(each => typeof each === 'string' && ![before, known].flat().includes(each));
    });
    for (const phone of phones as string[])
      if (!isPhone(phone, country))
        await context.message(
          `Warning: ${JSON.stringify(phone)} of ${idOf(change)} is not a phone number${country === undefined ? '' : ` in ${country}`}; it is kept as it is`,
        );
  }
}

/** Reports a removal: the records in the trash now. */
export async function reportRemoved(
  context: Context,
  committed: Committed<unknown>,
  kind: Kind,
): Promise<void> {
  if (context.globals.dryRun) return reportDryRun(context, committed);
  const asked = committed.changes.filter(c => 'rm' in c && kindOf(c) === kind).map(idOf);
  const { format } = context.globals;
  const trash = committed.state.trash();
  if (format !== undefined && format !== 'table')
    return printTrashed(
      context,
      asked.flatMap(id => trash.get(id) ?? []),
    );
  const name = await namingIn(context, committed.state);
  await context.message(sentence(context.deps.kinds, kind, asked, asked, 'moved to the trash:', name));
}

/** `won D1, D2`; `won 1,200 deals`; why there was nothing to do. */
function sentence(
  kinds: Kinds,
  kind: Kind,
  asked: readonly string[],
  changed: readonly string[],
  did: string,
  name: (id: string) => string,
): string {
  if (asked.length === 0) return `nothing to do: no ${kinds.pluralOf(kind)} were chosen`;
  if (changed.length === 0)
    return asked.length === 1
      ? `nothing to do: ${name(asked[0]!)} is ${alreadyText(did)}`
      : `nothing to do: all ${asked.length} are ${alreadyText(did)}`;
  return `${did} ${named(changed, kind, name)}`;
}

/** The present states, by the action that would lead to them. */
const already: Readonly<Record<string, string>> = {
  won: 'won',
  lost: 'lost',
  paid: 'paid',
  done: 'done',
  'done:': 'done',
  reopened: 'open',
  moved: 'there',
};

const alreadyText = (did: string): string => `already ${already[did] ?? 'in that state'}`;

const named = (ids: readonly string[], kind: Kind, name: (id: string) => string): string =>
  ids.length <= NAMED ? ids.map(name).join(', ') : plural(ids.length, kind);

/**
 * A record that a user gives away still counts as theirs, but the records to which it refers may be hidden from them.
 */
function seenByWhoChanged(view: View, change: Change): Change | undefined {
  const kind = kindOf(change);
  return isNamed(kind) ? seenChange(view, change) : withSeenValues(view, change);
}

/** Returns what the acting user may see of changes that they decide, on the state after them. */
export function seenByActor(
  { viewer, clock }: Pick<Workspace, 'viewer' | 'clock'>,
  state: State,
  changes: readonly Change[],
): Change[] {
  const view = new View(state, viewer, clock);
  return changes.flatMap(change => seenByWhoChanged(view, change) ?? []);
}

/** Prints what would be done, as a diff. */
export async function reportDryRun(context: Context, committed: Committed<unknown>): Promise<void> {
  const records = seenByActor(await context.workspace(), committed.state, committed.changes);
  if (formatFor(context) === 'json') {
    const { printJson } = await import('./output.ts');
    await printJson(context, { tx: null, changes: records.map(historyChange) });
    return;
  }
  for (const line of diffLines(records)) await context.print(`${line}\n`);
  await context.message(
    records.length === 0
      ? 'nothing would be changed'
      : `dry run: ${plural(records.length, 'change')}, nothing was saved`,
  );
}

/** Reports a change of settings: the id on stdout, and its file for people. */
export async function reportSetting(
  context: Context,
  committed: Committed<unknown>,
  id: string,
): Promise<void> {
  if (context.globals.dryRun) return reportDryRun(context, committed);
  if (formatFor(context) === 'json') {
    const { printJson } = await import('./output.ts');
    await printJson(context, { id, tx: committed.tx });
  } else await context.print(`${id}\n`);
}
