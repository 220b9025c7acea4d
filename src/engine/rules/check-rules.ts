/** Finds problems of rules together, which a single rule cannot show. */
import type { Automation, Params } from '../../domain/automation.ts';
import { suggestion } from '../../domain/nearest.ts';
import { allSteps, effectsOf } from './all-steps.ts';
import { circlesOf, toldCircle } from './circles.ts';
import type { ParamType } from './param-types.ts';
import type { ParamSpecs } from './params.ts';
import { possibleLoops } from './possible-loops.ts';
import type { RuleProblem } from './rule-problem.ts';
import { steps } from '../steps/index.ts';
import { namingTriggers, triggers } from '../triggers/index.ts';

export interface CheckedRules {
  /** The problems of each broken rule. */
  readonly problems: ReadonlyMap<string, readonly RuleProblem[]>;
  /** The warnings of each rule that may loop, but runs. */
  readonly warnings: ReadonlyMap<string, readonly RuleProblem[]>;
}

/** `ids` are those of all rules, broken ones too. */
export function checkRules(automations: readonly Automation[], ids: readonly string[]): CheckedRules {
  const problems = new Map<string, RuleProblem[]>();
  const known: Known = {
    automations,
    byId: new Map(automations.map(each => [each.id, each])),
    ids: new Set(ids),
  };
  const cycles = cyclesOfStarts(automations);
  for (const automation of automations) {
    const found = [...unknownNames(automation, known), ...(cycles.get(automation.id) ?? [])];
    if (found.length > 0) problems.set(automation.id, found);
  }
  const warnings = new Map<string, RuleProblem[]>();
  for (const [id, complaint] of possibleLoops(automations))
    if (!problems.has(id)) warnings.set(id, [{ path: ['on'], ...complaint }]);
  return { problems, warnings };
}

/** All rules: those that can be read, also by their ids, and the ids of all. */
interface Known {
  readonly automations: readonly Automation[];
  readonly byId: ReadonlyMap<string, Automation>;
  readonly ids: ReadonlySet<string>;
}

function* unknownNames(automation: Automation, { automations, byId, ids }: Known): Generator<RuleProblem> {
  const unknown = (id: string, path: readonly PropertyKey[]): RuleProblem[] =>
    ids.has(id)
      ? []
      : [
          {
            path,
            message: `unknown automation ${JSON.stringify(id)}`,
            hint: suggestion(id, [...ids], 'automations'),
          },
        ];
  for (const { step, path } of allSteps(automation)) {
    const type = steps.get(step.type)!;
    for (const name of named(type.params, step.params, 'automation'))
      yield* unknown(String(step.params[name]), [...path, step.type]);
    const kind = type.open?.(step.params, automation.for);
    for (const { kind: named, field } of namingTriggers)
      if (kind === named && typeof step.params[field] === 'string')
        yield* unknown(step.params[field], [...path, step.type, field]);
  }
  for (const [i, { type, params }] of automation.on.entries()) {
    const trigger = triggers.get(type)!;
    for (const name of named(trigger.params, params, 'automation'))
      yield* unknown(String(params[name]), ['on', i, type]);
    for (const name of named(trigger.params, params, 'goal-name')) {
      const asked =
        params.automation === undefined ? automations : [byId.get(String(params.automation)) ?? []];
      const goals = goalsOf(asked.flat());
      if (goals && !goals.includes(String(params[name])))
        yield {
          path: ['on', i, type],
          message: `unknown goal ${JSON.stringify(String(params[name]))}`,
          hint: suggestion(String(params[name]), goals, 'goals'),
        };
    }
  }
}

/** The parameters of a type that are given. */
const named = (specs: ParamSpecs, given: Params, type: ParamType): string[] =>
  Object.keys(specs).filter(name => specs[name]!.type === type && given[name] !== undefined);

/** The names of the goals of some rules; undefined if there are no rules. */
function goalsOf(automations: readonly Automation[]): string[] | undefined {
  if (automations.length === 0) return undefined;
  const names = automations.flatMap(allSteps).flatMap(({ step: { type, params } }) => {
    const { goal } = steps.get(type)!;
    return goal ? [goal.name(params)] : [];
  });
  return [...new Set(names)];
}

/** Returns the problem of each rule that starts itself, at once or through others. */
function cyclesOfStarts(automations: readonly Automation[]): ReadonlyMap<string, readonly RuleProblem[]> {
  const started = new Map(
    automations.map(rule => [
      rule.id,
      allSteps(rule).flatMap(placed =>
        effectsOf(rule, placed.step).flatMap(effect =>
          'starts' in effect ? [{ ...placed, to: effect.starts, feeds: false }] : [],
        ),
      ),
    ]),
  );
  const cycles = circlesOf([...started.keys()], id => started.get(id) ?? []);
  return new Map(
    [...cycles].map(([id, cycle]) => {
      const { path, step } = started.get(id)!.find(({ to }) => to === (cycle.begin[1] ?? id))!;
      const message = `a cycle of starts: ${toldCircle(cycle, ' starts ')}`;
      return [id, [{ path: [...path, step.type], message }]];
    }),
  );
}
