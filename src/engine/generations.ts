/**
 * Tells whose work made a record, and whether a rule may begin for it. A rule that no person starts (time, a query or
 * other rules do) does not begin for a record that it, or a rule of its chain, added: over many sweeps it would add
 * more and more. `generations: 3` in the rule allows three. An enrolment remembers the records that its steps added
 * and what led to it, so the state is enough, and the journal is not searched.
 */
import type { Automation } from '../domain/automation.ts';
import { type Change, idOf, kindOf } from '../domain/changes.ts';
import type { Kind } from '../domain/kinds.ts';
import type { Enrolment } from '../domain/records.ts';
import type { State } from '../state/state.ts';

/** The number of generations of added records that each rule took part in, on the way to a record or an enrolment. */
export type Generations = Readonly<Record<string, number>>;

/** What led to an enrolment that no person began. */
export interface Descent {
  readonly generations: Generations;
  /** The rules whose work made it begin, since the last record of its generations was added. */
  readonly after: readonly string[];
}

/** An enrolment at work: the records that it has added are not in its own record yet. */
export interface AtWork extends Partial<Descent> {
  readonly automation: string;
  readonly added: readonly Change[];
}

const NONE: Generations = {};

/** The kinds of records that steps add and triggers look at, with the field of an enrolment that has their ids. */
const fieldOf: {
  readonly [kind in Kind]?: 'addedDeals' | 'addedTasks' | 'addedActivities' | 'addedEvents';
} = { deal: 'addedDeals', task: 'addedTasks', activity: 'addedActivities', event: 'addedEvents' };

/** Returns the ids of the records that an enrolment added, by field: its former ones, and those among these changes. */
export function addedBy(
  before: Partial<Enrolment> | undefined,
  changes: readonly Change[],
): Partial<Enrolment> {
  const added: Partial<Record<string, readonly string[]>> = {};
  for (const change of changes) {
    if (!('add' in change)) continue;
    const field = fieldOf[kindOf(change) as Kind];
    if (field) added[field] = [...(added[field] ?? before?.[field] ?? []), idOf(change)];
  }
  return added;
}

/** Returns the generations that led to a record: none if a person, an import or an outside event added it. */
export function generationsOf(state: State, id: string, atWork?: AtWork): Generations {
  if (atWork?.added.some(change => 'add' in change && idOf(change) === id)) return grown(atWork);
  const maker = makerOf(state, id);
  return maker ? grown(maker) : NONE;
}

/** The enrolment whose steps added a record. */
function makerOf(state: State, id: string): Enrolment | undefined {
  const { kind, number } = state.kinds.parseId(id)!;
  const field = fieldOf[kind];
  const enrolments = state.table('enrolment');
  if (!field || enrolments.rows === 0) return undefined;
  const row = state.table(kind).row(number);
  const links = state.links(kind, 'enrolment', field);
  const edge = links.first(row);
  if (edge >= 0) return enrolments.record(links.row(edge)) as Enrolment;
  if (kind !== 'deal') return undefined;
  // Enrolments from before these ids were kept have at least the last deal.
  const deal = state.links('deal', 'enrolment', 'deal');
  const last = deal.first(row);
  return last < 0 ? undefined : (enrolments.record(deal.row(last)) as Enrolment);
}

/**
 * Returns the generations of the records that an enrolment adds: those that led to it, and one more for each rule
 * that took part since.
 */
function grown({ automation, generations = NONE, after = [] }: AtWork | Enrolment): Generations {
  const next: Record<string, number> = { ...generations };
  for (const rule of new Set([...after, automation])) next[rule] = (next[rule] ?? 0) + 1;
  return next;
}

function most(a: Generations, b: Generations): Generations {
  if (b === NONE || a === b) return a;
  const both: Record<string, number> = { ...a };
  for (const [rule, count] of Object.entries(b)) both[rule] = Math.max(both[rule] ?? 0, count);
  return both;
}

/** What made a rule begin: a change and its author, or without these, time or a query. */
interface Beginning {
  readonly subject: string;
  /** The record that the trigger saw. */
  readonly record: string;
  readonly change: Change | undefined;
}

/** What led to the beginning of a rule that no person starts. */
export interface Led {
  /** The generations that led to its subject. */
  readonly subject: Generations;
  /** The generations that led to the record that the trigger saw, and the enrolment that added it. */
  readonly record: Generations;
  readonly maker: string | undefined;
  readonly descent: Descent;
}

/**
 * Returns what led to a beginning; undefined if a person, an import or an outside event did: then generations count
 * from zero.
 */
export function ledTo(state: State, { subject, record, change }: Beginning): Led | undefined {
  if (change && !isOfRules(change)) return undefined;
  const maker = makerOf(state, record);
  const ofRecord = maker ? grown(maker) : NONE;
  const ofSubject = subject === record ? ofRecord : generationsOf(state, subject);
  const generations = most(ofSubject, ofRecord);
  // An added record is itself a generation; a rule that changed an existing record takes part in the next one.
  const isAdded = change !== undefined && 'add' in change && kindOf(change) !== 'enrolment';
  const doer = change && !isAdded ? doerOf(state, change) : undefined;
  const descent = doer ? descentAfter(generations, doer) : { generations, after: [] };
  return { subject: ofSubject, record: ofRecord, maker: maker?.id, descent };
}

const descentAfter = (
  records: Generations,
  { automation, generations = NONE, after = [] }: AtWork | Enrolment,
): Descent => ({
  generations: most(records, generations),
  after: [...new Set([...after, automation])].sort(),
});

/** Returns what leads to an enrolment that a step of another enrolment starts. */
export const descentFrom = (state: State, subject: string, by: AtWork): Descent =>
  descentAfter(generationsOf(state, subject, by), by);

/** Whether a rule may begin once more for records of these generations. */
export const mayBegin = ({ id, generations = 1 }: Automation, led: Generations): boolean =>
  (led[id] ?? 0) < generations;

/** Whether a sweep made a change, by a rule's step, a transition or a goal of an enrolment. */
const isOfRules = (change: Change): boolean =>
  kindOf(change) === 'enrolment' ||
  change.why?.automation !== undefined ||
  change.why?.transition !== undefined;

/** The enrolment that made a change. */
function doerOf(state: State, change: Change): Enrolment | undefined {
  const id = kindOf(change) === 'enrolment' ? idOf(change) : change.why?.enrolment;
  return id === undefined ? undefined : (state.get(id) as Enrolment | undefined);
}

/** Returns the fields in which an enrolment remembers what led to it; none if nothing did. */
export function remembered({
  generations = NONE,
  after = [],
}: Partial<Descent> = {}): Pick<Partial<Enrolment>, 'generations' | 'after'> {
  return {
    ...(Object.keys(generations).length > 0 && { generations: inOrder(generations) }),
    ...(after.length > 0 && { after }),
  };
}

/** Whether two sets of generations are equal, whatever the order of the rules. */
const inOrder = (generations: Generations): Generations =>
  Object.fromEntries(Object.entries(generations).sort(([a], [b]) => (a < b ? -1 : 1)));
