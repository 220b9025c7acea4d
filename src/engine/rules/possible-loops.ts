/**
 * Finds possible loops: rules whose steps may start each other over and over, and rows of a transition table. Steps
 * declare their effects, and triggers the effects that may cause them; an effect that happens only sometimes counts
 * as one.
 */
import type { Automation } from '../../domain/automation.ts';
import type { Pipeline } from '../../domain/config.ts';
import { allSteps, effectsOf } from './all-steps.ts';
import { type Arrow, type Circle, circlesOf, toldCircle } from './circles.ts';
import { type Effect, fieldsSet } from '../effect.ts';
import { asksForClosed } from './plain-terms.ts';
import type { Complaint } from './rule-problem.ts';
import { namingTriggers, triggers } from '../triggers/index.ts';

/** Returns the possible loops of each rule, by its id; rules that start nothing are left out. */
export function possibleLoops(automations: readonly Automation[]): ReadonlyMap<string, Complaint> {
  const ahead = aheadOf(automations.filter(rule => rule.enabled));
  const circles = circlesOf(automations, ahead, true);
  const repeats = (rule: Automation) => rule.enabled && rule.runs === 'every-time';
  /** Through the rules of a loop a rule may start itself over and over by its steps: each of them runs every time. */
  const loops = circlesOf(automations.filter(repeats), rule => ahead(rule).filter(({ to }) => repeats(to)));
  const found = new Map<string, Complaint>();
  for (const rule of automations) {
    const circle = rule.generations === undefined ? circles.get(rule) : undefined;
    const loop = circle ? undefined : loops.get(rule);
    if (circle)
      found.set(rule.id, {
        message: `feeds itself: ${toldCircle(idsOf(circle), ' adds what starts ')}; one generation comes of each beginning, and the rest is left out`,
        hint: 'generations: 3 allows three; a where that does not hold for what is added ends the circle',
      });
    else if (loop)
      found.set(rule.id, {
        message: `possible loop: ${toldCircle(idsOf(loop), ' starts ')}, every time`,
        hint: 'runs: once, or a where that no longer holds',
      });
  }
  return found;
}

const idsOf = ({ length, begin }: Circle<Automation>): Circle<string> => ({
  length,
  begin: begin.map(({ id }) => id),
});

/**
 * For each rule, enabled or not, the enabled ones that its steps may start. An arrow feeds if a step adds a record for which
 * the other rule begins, now or later.
 */
type Ahead = (rule: Automation) => readonly Arrow<Automation>[];

function aheadOf(enabled: readonly Automation[]): Ahead {
  const places = new Map(enabled.map((rule, i) => [rule, i]));
  const known = new Map<Automation, readonly Arrow<Automation>[]>();
  /** By what an effect is: rules often do the same. */
  const started = new Map<string, readonly Arrow<Automation>[]>();
  const startedBy = (effect: Effect): readonly Arrow<Automation>[] =>
    enabled.flatMap(to => {
      const feeds = mayFeed(effect, to);
      return feeds || mayStart(effect, to) ? [{ to, feeds }] : [];
    });
  return rule => {
    const before = known.get(rule);
    if (before) return before;
    const found = new Map<Automation, boolean>();
    for (const [key, effect] of new Map(effectsIn(rule).map(each => [JSON.stringify(each), each]))) {
      if (!started.has(key)) started.set(key, startedBy(effect));
      for (const { to, feeds } of started.get(key)!) found.set(to, feeds || found.get(to) === true);
    }
    const arrows = [...found].map(([to, feeds]) => ({ to, feeds }));
    arrows.sort((a, b) => places.get(a.to)! - places.get(b.to)!);
    known.set(rule, arrows);
    return arrows;
  };
}

/** All that the steps of a rule may do. */
const effectsIn = (rule: Automation): Effect[] => allSteps(rule).flatMap(({ step }) => effectsOf(rule, step));

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
  /** The rows so far by their condition and target. */
  const before = new Map<string, number[]>();
  transitions.forEach((row, i) => {
    const key = (to: string) => JSON.stringify([row.when ?? null, to]);
    const [back] = [...new Set(row.from)]
      .flatMap(from => before.get(key(from)) ?? [])
      .filter(j => transitions[j]!.from?.includes(row.to))
      .sort((a, b) => a - b);
    if (back !== undefined)
      found.push({
        rule: i + 1,
        message: `possible loop: rows ${back + 1} and ${i + 1} move a deal from ${row.to} to ${transitions[back]!.to} and back`,
      });
    before.set(key(row.to), before.get(key(row.to)) ?? []);
    before.get(key(row.to))!.push(i);
  });
  return found;
}
