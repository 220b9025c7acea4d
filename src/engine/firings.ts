/** What started which rule for whom: the changes that triggers see, and the queries that began to hold. */
import type { Automation, TriggerSpec } from '../domain/automation.ts';
import { type Change, idOf, kindOf } from '../domain/changes.ts';
import type { Config } from '../domain/config.ts';
import { makeId, numberOf, parseId } from '../domain/kinds.ts';
import type { State } from '../domain/state.ts';
import { compileText } from '../query/compile.ts';
import type { Scope } from '../query/scope.ts';
import { subjectsOf } from './subjects.ts';
import { triggers } from './triggers/index.ts';
import { kindSeen, type StateTrigger, type Trigger } from './triggers/trigger.ts';

/** A change that triggers may see. */
export interface Seen {
  readonly change: Change;
  /** The transaction it is in; the sweep's own for what a rule did. */
  readonly seq: number;
}

export interface Firing {
  readonly automation: Automation;
  readonly subject: string;
  readonly trigger: string;
  /** The change that caused it; undefined where time alone did. */
  readonly change: Change | undefined;
  /** The record that the trigger saw. */
  readonly record: string;
}

/** Firings of a rule's change triggers, for changes after its activation. */
export function* changeFirings(
  automation: Automation,
  seen: readonly Seen[],
  scope: Scope,
): Generator<Firing> {
  const { state } = scope;
  for (const spec of automation.on) {
    const trigger = triggers.get(spec.type)!;
    if (trigger.type !== 'change') continue;
    const where = whereOf(spec, trigger, automation, scope);
    for (const { change } of seen) {
      const id = trigger.sees(change, spec.params, automation.for);
      const record = id === undefined ? undefined : state.get(id);
      if (id === undefined || !record) continue;
      if (trigger.holds && !trigger.holds(record, spec.params, change)) continue;
      if (where && !where(id)) continue;
      for (const subject of subjectsOf(state, id, automation.for))
        yield { automation, subject, trigger: spec.type, change, record: id };
    }
  }
}

/** The trigger's own `where`, asked of the record that it saw. */
function whereOf(spec: TriggerSpec, trigger: Trigger, { for: subject }: Automation, scope: Scope) {
  if (spec.where === undefined) return undefined;
  const kind = kindSeen(trigger, spec.params, subject, scope.state.config);
  const { test } = compileText(spec.where, kind, scope.state.config).bind(scope);
  const table = scope.state.table(kind);
  return (id: string) => parseId(id)!.kind === kind && test(table.row(numberOf(id)));
}

/** What the state triggers of a rule held for when they were last looked at. */
export interface Truths {
  /** Per trigger of the rule: 1 at the number of each record for which it held. */
  readonly held: ReadonlyMap<number, Uint8Array>;
}

/** The records for which each state trigger of a rule holds. */
export function truthsOf(automation: Automation, scope: Scope): Truths {
  const held = new Map<number, Uint8Array>();
  automation.on.forEach((spec, i) => {
    const trigger = triggers.get(spec.type)!;
    if (trigger.type !== 'state') return;
    const query = trigger.query(spec.params, automation.for, scope.state.config);
    const { test } = query.bind(scope);
    const where = whereOf(spec, trigger, automation, scope);
    const table = scope.state.table(query.kind);
    const numbers = new Uint8Array(scope.state.nextNumber(query.kind));
    const { rows } = table;
    for (let row = 0; row < rows; row++)
      if (test(row) && table.live(row) && (!where || where(table.id(row)))) numbers[table.number(row)] = 1;
    held.set(i, numbers);
  });
  return { held };
}

/** Firings of a rule's state triggers: what holds now and did not before. */
export function* stateFirings(
  automation: Automation,
  before: Truths,
  now: Truths,
  state: State,
): Generator<Firing> {
  for (const [i, numbers] of now.held) {
    const spec = automation.on[i]!;
    const trigger = triggers.get(spec.type) as StateTrigger;
    const kind = kindSeen(trigger, spec.params, automation.for, state.config);
    const earlier = before.held.get(i);
    for (let number = numbers.indexOf(1); number >= 0; number = numbers.indexOf(1, number + 1)) {
      if (earlier?.[number]) continue;
      const record = makeId(kind, number);
      for (const subject of subjectsOf(state, record, automation.for))
        yield { automation, subject, trigger: spec.type, change: undefined, record };
    }
  }
}

/**
 * A rule runs at most once for one change, whichever of its triggers saw it: one that began to hold adds nothing
 * for a subject that a change of the same record starts already.
 */
export function onceForEach(firings: Iterable<Firing>): Firing[] {
  const all = [...firings];
  const byChange = new Set<string>();
  for (const { change, subject } of all) if (change) byChange.add(`${idOf(change)} ${subject}`);
  const seen = new Map<Change | undefined, Set<string>>();
  return all.filter(({ change, record, subject }) => {
    const key = `${record} ${subject}`;
    if (!change && byChange.has(key)) return false;
    let keys = seen.get(change);
    if (!keys) seen.set(change, (keys = new Set()));
    return keys.size < keys.add(key).size;
  });
}

/** Whether a state trigger of a rule holds for other records than it did. */
export function truthsDiffer(before: Truths, now: Truths): boolean {
  return [...now.held].some(([i, numbers]) => {
    const earlier = before.held.get(i) ?? new Uint8Array();
    return numbers.some((holds, number) => holds !== (earlier[number] ?? 0));
  });
}

export const hasStateTrigger = (automation: Automation): boolean =>
  automation.on.some(spec => triggers.get(spec.type)?.type === 'state');

/** Whether a state trigger of a rule can begin to hold by time alone. */
export const hasTimedTrigger = (automation: Automation, config: Config): boolean =>
  automation.on.some(spec => {
    const trigger = triggers.get(spec.type);
    return (
      trigger?.type === 'state' &&
      (spec.where !== undefined || trigger.query(spec.params, automation.for, config).timed)
    );
  });

/** Whether a change is one that triggers and `events` count: not the engine's own memory. */
export const isSeen = (change: Change): boolean => {
  const kind = kindOf(change);
  return kind !== 'cursor' && kind !== 'enrolment';
};
