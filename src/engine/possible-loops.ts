/**
 * Finds possible loops: rules whose steps may start each other over and over, and rows of a transition table. Steps
 * declare their effects, and triggers the effects that may cause them; an effect that happens only sometimes counts
 * as one.
 */
import type { Automation } from '../domain/automation.ts';
import type { Pipeline } from '../domain/config.ts';
import { allSteps, effectsOf } from './all-steps.ts';
import { type Effect, fieldsSet } from './effect.ts';
import { asksForClosed } from './plain-terms.ts';
import type { Complaint } from './rule-problem.ts';
import { namingTriggers, triggers } from './triggers/index.ts';
import { wayBack } from './way-back.ts';

/** Returns the possible loops of each rule, by its id; rules that start nothing are left out. */
export function possibleLoops(automations: readonly Automation[]): ReadonlyMap<string, Complaint> {
  const ahead = aheadOf(automations.filter(rule => rule.enabled));
  const found = new Map<string, Complaint>();
  for (const rule of automations) {
    const circle = rule.generations === undefined ? circleOf(rule, ahead) : undefined;
    const loop = circle ? undefined : loopFrom(rule, ahead);
    if (circle)
      found.set(rule.id, {
        message: `feeds itself: ${[...circle, rule.id].join(' adds what starts ')}; one generation comes of each beginning, and the rest is left out`,
        hint: 'generations: 3 allows three; a where that does not hold for what is added ends the circle',
      });
    else if (loop)
      found.set(rule.id, {
        message: `possible loop: ${[...loop, rule.id].join(' starts ')}, every time`,
        hint: 'runs: once, or a where that no longer holds',
      });
  }
  return found;
}

/** A rule that another may start; `feeds` if that adds a record for which it begins, now or later. */
interface Next {
  readonly rule: Automation;
  readonly feeds: boolean;
}

/** For each rule, enabled or not, the enabled ones that its steps may start. */
type Ahead = (rule: Automation) => readonly Next[];

function aheadOf(enabled: readonly Automation[]): Ahead {
  const known = new Map<Automation, readonly Next[]>();
  return rule => {
    let next = known.get(rule);
    if (!next) {
      const effects = effectsIn(rule);
      next = enabled.flatMap(other => {
        const feeds = effects.some(effect => mayFeed(effect, other));
        return feeds || effects.some(effect => mayStart(effect, other)) ? [{ rule: other, feeds }] : [];
      });
      known.set(rule, next);
    }
    return next;
  };
}

/** All that the steps of a rule may do. */
const effectsIn = (rule: Automation): Effect[] => allSteps(rule).flatMap(({ step }) => effectsOf(rule, step));

/** Returns the rules through which a rule may start itself over and over by its steps; each of them runs every time. */
function loopFrom(automation: Automation, ahead: Ahead): string[] | undefined {
  const repeats = (rule: Automation) => rule.enabled && rule.runs === 'every-time';
  if (!repeats(automation)) return undefined;
  const way = wayBack(automation, rule =>
    ahead(rule)
      .map(next => next.rule)
      .filter(repeats),
  );
  return way?.map(({ id }) => id);
}

/**
 * Returns the shortest way from a rule back to itself by way of a record that is added, now or after any wait; undefined
 * if there is none.
 */
function circleOf(automation: Automation, ahead: Ahead): string[] | undefined {
  const ways = [{ rules: [automation], isAdded: false }];
  const seen = new Set<string>();
  for (let way = ways.shift(); way; way = ways.shift())
    for (const { rule, feeds } of ahead(way.rules.at(-1)!)) {
      const isAdded = way.isAdded || feeds;
      if (isAdded && rule === automation) return way.rules.map(({ id }) => id);
      if (seen.size < seen.add(`${rule.id} ${isAdded}`).size)
        ways.push({ rules: [...way.rules, rule], isAdded });
    }
  return undefined;
}

/** Whether an effect may start a rule: by name, or because a trigger of the rule looks for it. */
function mayStart(effect: Effect, other: Automation): boolean {
  if ('starts' in effect) return effect.starts === other.id;
  const isNamed = namingTriggers.some(
    ({ trigger, kind, field }) =>
      fieldsSet(effect, kind)?.[field] === other.id && trigger.causedBy(effect, {}, other.for),
  );
  return (
    isNamed || other.on.some(({ type, params }) => triggers.get(type)!.causedBy(effect, params, other.for))
  );
}

/** Whether a rule may begin for what an effect adds: when it is added, or later, by time or a query. */
function mayFeed(effect: Effect, other: Automation): boolean {
  if (!('adds' in effect)) return false;
  if ([other.where, ...other.on.map(({ where }) => where)].some(asksForClosed)) return false;
  if (mayStart(effect, other)) return true;
  return (
    effect.adds === other.for &&
    other.on.some(({ type, params }) => triggers.get(type)!.comesFor?.(other.for, params))
  );
}

/** Rows of a transition table that move a deal back and forth under the same condition: by the second row, from 1. */
export function rowsThatLoop({
  transitions,
}: Pipeline): { readonly rule: number; readonly message: string }[] {
  const found: { rule: number; message: string }[] = [];
  transitions.forEach((row, i) => {
    const back = transitions.findIndex(
      (other, j) =>
        j < i && other.when === row.when && other.from?.includes(row.to) && row.from?.includes(other.to),
    );
    if (back >= 0)
      found.push({
        rule: i + 1,
        message: `possible loop: rows ${back + 1} and ${i + 1} move a deal from ${row.to} to ${transitions[back]!.to} and back`,
      });
  });
  return found;
}
