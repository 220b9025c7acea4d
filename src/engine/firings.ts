/**
 * Finds which rule started for which subject: by changes that triggers see, by queries that began to hold, by moments
 * that came.
 */
import { memoBy } from '../domain/memo.ts';
import type { Automation, TriggerSpec } from '../domain/automation.ts';
import { addition, type Change, idOf, kindOf } from '../domain/changes.ts';
import type { Config } from '../domain/config.ts';
import { type AnyKind, type Kind, numberOf } from '../domain/kinds.ts';
import type { Rec } from '../domain/records.ts';
import type { State } from '../state/state.ts';
import { compileText, type Explanation } from '../query/compile.ts';
import type { Scope } from '../query/scope.ts';
import { relatedTo, subjectsOf } from './subjects.ts';
import { namingTriggers, triggers } from './triggers/index.ts';
import { type Elapsed, kindSeen, type Measure, type StateTrigger, type Trigger } from './triggers/trigger.ts';

/** A change that triggers may see. */
export interface Seen {
  readonly change: Change;
  /** Its transaction; for a change of a rule, that of the sweep. */
  readonly seq: number;
}

export interface Firing {
  readonly automation: Automation;
  readonly subject: string;
  readonly trigger: string;
  /** The change that caused it; undefined if a query began to hold or a moment came. */
  readonly change: Change | undefined;
  /** The moment that came, ms. */
  readonly at?: number;
  /** The record that the trigger saw. */
  readonly record: string;
  /** Set if a task names the rule. */
  readonly isNamed?: true;
}

/** Called for a record that a trigger saw but that starts nothing; `where` is the condition that does not hold. */
export type Missed = (firing: Firing, why: string, where?: Explanation) => void;

/** A task that was added or done, with the trigger by which it starts the rule that it names. */
export interface Naming extends Seen {
  readonly record: string;
  readonly trigger: string;
}

/**
 * Returns the firings of a rule's change triggers, for changes after its activation. `named` are the rules that tasks
 * name in these changes, if the caller has found them already: for many rules they are found once.
 */
export function* changeFirings(
  automation: Automation,
  seen: readonly Seen[],
  scope: Scope,
  named: readonly Naming[] = namedByTasks(seen, scope.state).get(automation.id) ?? [],
  missed?: Missed,
): Generator<Firing> {
  const { state } = scope;
  for (const { trigger, change, record } of named)
    for (const subject of subjectsOf(state, record, automation.for))
      yield { automation, subject, trigger, change, record, isNamed: true };
  for (const spec of automation.on) {
    const trigger = triggers.get(spec.type)!;
    if (trigger.type !== 'change') continue;
    const where = whereOf(spec, trigger, automation, scope);
    const kinds = trigger.saidBy ?? [kindSeen(trigger, spec.params, automation.for, state.config)];
    for (const { change } of seenOf(seen, kinds)) {
      const id = trigger.sees(change, spec.params, automation.for, state.config);
      if (id === undefined) continue;
      const started = (subject: string): Firing => ({
        automation,
        subject,
        trigger: spec.type,
        change,
        record: id,
      });
      if (!state.has(id)) {
        if (state.kinds.kindOf(id) === automation.for) missed?.(started(id), 'it is gone');
        continue;
      }
      if (trigger.holds && !trigger.holds(state.get(id)!, spec.params, change)) continue;
      if (trigger.leavesOut?.(state.get(id)!, spec.where)) {
        if (missed)
          for (const subject of subjectsOf(state, id, automation.for))
            missed(started(subject), 'a program did it, and no person');
        continue;
      }
      if (where && !where.test(id)) {
        if (missed)
          for (const subject of subjectsOf(state, id, automation.for))
            missed(started(subject), "the trigger's where does not hold", where.explain(id));
        continue;
      }
      for (const subject of subjectsOf(state, id, automation.for)) yield started(subject);
    }
  }
}

/** Groups changes by kind, once for all rules. */
const byKind = memoBy((seen: readonly Seen[]): ReadonlyMap<AnyKind, readonly Seen[]> => {
  const groups = new Map<AnyKind, Seen[]>();
  for (const each of seen) {
    const kind = kindOf(each.change);
    const group = groups.get(kind);
    if (group) group.push(each);
    else groups.set(kind, [each]);
  }
  return groups;
});

/** Returns the changes of some kinds, in order. */
function seenOf(seen: readonly Seen[], kinds: readonly Kind[]): readonly Seen[] {
  const [kind] = kinds;
  if (kinds.length === 1) return byKind(seen).get(kind!) ?? [];
  return seen.filter(({ change }) => kinds.some(each => each === kindOf(change)));
}

/** The kinds of records that may name rules. */
const namingKinds = [...new Set(namingTriggers.map(({ kind }) => kind))];

/**
 * Returns the rules that tasks name: adding or doing such a task starts the rule, whatever the rule's own triggers
 * are.
 */
export function namedByTasks(seen: readonly Seen[], state: State): ReadonlyMap<string, readonly Naming[]> {
  const named = new Map<string, Naming[]>();
  for (const each of seenOf(seen, namingKinds))
    for (const { trigger, field, holder } of namingTriggers) {
      const seenId = trigger.sees(each.change, {}, 'deal', state.config);
      const saw = seenId === undefined ? undefined : state.get(seenId);
      const record = saw && (holder ? holder(saw) : saw.id);
      const rule = record === undefined ? undefined : state.get(record)?.[field];
      if (record === undefined || typeof rule !== 'string') continue;
      const known = named.get(rule) ?? [];
      if (known.push({ ...each, record, trigger: trigger.name }) === 1) named.set(rule, known);
    }
  return named;
}

/** Returns firings for the existing records that a rule's triggers look at, as if they were added now. */
export function existingRecords({ on, for: subject }: Automation, state: State, seq: number): Seen[] {
  const kinds = new Set(
    on.map(({ type, params }) => kindSeen(triggers.get(type)!, params, subject, state.config)),
  );
  return [...kinds].flatMap(kind => {
    const table = state.table(kind);
    return table.liveRows().map(row => {
      const { updatedAt: _, ...add } = table.record(row);
      return { change: addition(kind, add as Rec), seq };
    });
  });
}

/** Returns the records that a trigger looks at and that lead to a subject. */
export function recordsSeen(
  { for: kind }: Automation,
  { type, params }: TriggerSpec,
  subject: string,
  state: State,
): string[] {
  const seen = kindSeen(triggers.get(type)!, params, kind, state.config);
  if (seen === kind) return [subject];
  const table = state.table(seen);
  return table
    .liveRows()
    .map(row => table.id(row))
    .filter(record => subjectsOf(state, record, kind).includes(subject));
}

/** Asks the trigger's own `where` of the record that it saw. */
function whereOf(spec: TriggerSpec, trigger: Trigger, { for: subject }: Automation, scope: Scope) {
  if (spec.where === undefined) return undefined;
  const kind = kindSeen(trigger, spec.params, subject, scope.state.config);
  const { test, explain } = compileText(spec.where, kind, scope.state.config).bind(scope);
  const table = scope.state.table(kind);
  const ask = <T>(id: string, query: (row: number) => T): T | undefined => {
    // For a sent e-mail, the query is asked of its contact.
    const asked =
      scope.state.kinds.kindOf(id) === kind ? id : relatedTo(scope.state, id, kind as Automation['for']);
    return asked === undefined ? undefined : query(table.row(numberOf(asked)));
  };
  return { test: (id: string) => ask(id, test) === true, explain: (id: string) => ask(id, explain) };
}

/**
 * Returns the firings of a rule's time triggers, in the order of their moments. `elapsed` has the state from which
 * dates are read.
 */
export function timeFirings(automation: Automation, elapsed: Elapsed, scope: Scope): Firing[] {
  const firings: (Firing & { readonly at: number })[] = [];
  for (const spec of automation.on) {
    const trigger = triggers.get(spec.type)!;
    if (trigger.type !== 'time') continue;
    const where = whereOf(spec, trigger, automation, scope);
    for (const { record, at } of trigger.due(spec.params, automation.for, elapsed))
      if (!where || where.test(record))
        for (const subject of subjectsOf(scope.state, record, automation.for))
          firings.push({ automation, subject, trigger: spec.type, change: undefined, record, at });
  }
  return firings.sort((a, b) => a.at - b.at);
}

/** The records for which the state triggers of a rule held when they were last asked. */
export interface Truths {
  /** Per trigger of the rule, by the number of each record: 1 if it held, or the value that it measures. */
  readonly held: ReadonlyMap<number, Uint8Array | Float64Array>;
}

/** Returns the records for which each state trigger of a rule holds. */
export function truthsOf(automation: Automation, scope: Scope): Truths {
  const held = new Map<number, Uint8Array | Float64Array>();
  const { config } = scope.state;
  automation.on.forEach((spec, i) => {
    const trigger = triggers.get(spec.type)!;
    if (trigger.type !== 'state') return;
    const query = trigger.query(spec.params, automation.for, config);
    const table = scope.state.table(query.kind);
    const { rows } = table;
    const count = scope.state.nextNumber(query.kind);
    const measure = trigger.measure?.(spec.params, automation.for, config);
    if (measure) {
      const value = measure.bind(scope);
      const numbers = new Float64Array(count);
      for (let row = 0; row < rows; row++) if (table.live(row)) numbers[table.number(row)] = value(row);
      held.set(i, numbers);
      return;
    }
    const { test } = query.bind(scope);
    const absent = whenAbsent(spec);
    const where = absent === 1 ? undefined : whereOf(spec, trigger, automation, scope);
    const numbers = new Uint8Array(count).fill(absent);
    for (let row = 0; row < rows; row++)
      if (test(row) && table.live(row) && (!where || where.test(table.id(row))))
        numbers[table.number(row)] = 1;
      else if (absent === 1 && table.live(row)) numbers[table.number(row)] = 0;
    held.set(i, numbers);
  });
  return { held };
}

/**
 * The value of a state trigger for a record that does not exist: 1 if the trigger cannot begin to hold for a new
 * record.
 */
function whenAbsent({ type, params }: TriggerSpec): 0 | 1 {
  const trigger = triggers.get(type);
  return trigger?.type === 'state' && trigger.needsFormer?.(params) ? 1 : 0;
}

/** How a trigger compares then and now: whether it began to hold, or its own measure. */
const begins: Pick<Measure, 'fires'> = { fires: (before, now) => now === 1 && before !== 1 };

/**
 * Returns the firings of a rule's state triggers between two sets of records, and the values from which the next
 * firings are counted: a measure that did not change enough keeps its old value.
 */
export function stateFirings(
  automation: Automation,
  before: Truths,
  now: Truths,
  scope: Scope,
): { firings: Firing[]; later: Truths } {
  const { state } = scope;
  const firings: Firing[] = [];
  const then = new Map(now.held);
  for (const [i, numbers] of now.held) {
    const spec = automation.on[i]!;
    const trigger = triggers.get(spec.type) as StateTrigger;
    const kind = kindSeen(trigger, spec.params, automation.for, state.config);
    const earlier = before.held.get(i);
    const measure = trigger.measure?.(spec.params, automation.for, state.config);
    const { fires } = measure ?? begins;
    const absent = whenAbsent(spec);
    const where = measure || absent === 1 ? whereOf(spec, trigger, automation, scope) : undefined;
    const rest = measure && numbers.slice();
    for (let number = 0; number < numbers.length; number++) {
      const was = earlier?.[number] ?? absent;
      if (numbers[number] === was) continue;
      const record = state.kinds.makeId(kind, number);
      if (!fires(was, numbers[number]!) || (where && !where.test(record))) {
        if (rest) rest[number] = was;
        continue;
      }
      for (const subject of subjectsOf(state, record, automation.for))
        firings.push({ automation, subject, trigger: spec.type, change: undefined, record });
    }
    if (rest) then.set(i, rest);
  }
  return { firings, later: { held: then } };
}

/**
 * A rule runs at most once for one change, whichever of its triggers saw it: a query that began to hold adds no
 * firing for a subject that a change of the same record starts already.
 */
export function onceForEach(firings: Iterable<Firing>): Firing[] {
  const all = [...firings];
  const byChange = new Set<string>();
  for (const { change, subject } of all) if (change) byChange.add(`${idOf(change)} ${subject}`);
  const seen = new Map<Change | undefined, Set<string>>();
  return all.filter(({ change, record, subject, at }) => {
    // Each moment is a cause of its own, as if a sweep had run at each of them.
    const key = `${record} ${subject}${at === undefined ? '' : ` ${at}`}`;
    if (!change && byChange.has(key)) return false;
    let keys = seen.get(change);
    if (!keys) seen.set(change, (keys = new Set()));
    return keys.size < keys.add(key).size;
  });
}

/** Whether a state trigger of a rule now holds for other records than before. */
export function truthsDiffer({ on }: Automation, before: Truths, now: Truths): boolean {
  for (const [i, numbers] of now.held) {
    const earlier = before.held.get(i);
    const absent = whenAbsent(on[i]!);
    for (let number = 0; number < numbers.length; number++)
      if (numbers[number] !== (earlier?.[number] ?? absent)) return true;
  }
  return false;
}

const has =
  (type: Trigger['type']) =>
  (automation: Automation): boolean =>
    automation.on.some(spec => triggers.get(spec.type)?.type === type);

export const hasStateTrigger = has('state');
export const hasTimeTrigger = has('time');

/** Whether a state trigger of a rule can begin to hold by time alone. */
export const hasTimedTrigger = (automation: Automation, config: Config): boolean =>
  automation.on.some(spec => {
    const trigger = triggers.get(spec.type);
    return (
      trigger?.type === 'state' &&
      (spec.where !== undefined || trigger.query(spec.params, automation.for, config).timed)
    );
  });

/** Whether a change says that an enrolment reached a goal, which rules may wait for. */
export const reachesGoal = (change: Change): boolean =>
  kindOf(change) === 'enrolment' &&
  ('add' in change ? change.add.goals !== undefined : 'set' in change && change.set.goals !== undefined);

/** Whether triggers and `events` count a change: changes of the engine's own memory do not count. */
export const isSeen = (change: Change): boolean => {
  const kind = kindOf(change);
  return kind !== 'cursor' && kind !== 'enrolment';
};
