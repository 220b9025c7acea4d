/** Finds problems of rules together, which a single rule cannot show. */
import type { Automation, Params } from '../domain/automation.ts';
import { suggestion } from '../domain/nearest.ts';
import { allSteps, effectsOf, type Placed } from './all-steps.ts';
import { isAsked } from './effect.ts';
import type { ParamType } from './param-types.ts';
import type { ParamSpecs } from './params.ts';
import { possibleLoops } from './possible-loops.ts';
import type { RuleProblem } from './rule-problem.ts';
import { steps } from './steps/index.ts';
import { namingTriggers, triggers } from './triggers/index.ts';
import { wayBack } from './way-back.ts';

export interface CheckedRules {
  /** The problems of each broken rule. */
  readonly problems: ReadonlyMap<string, readonly RuleProblem[]>;
  /** The warnings of each rule that may loop, but runs. */
  readonly warnings: ReadonlyMap<string, readonly RuleProblem[]>;
}

/** `ids` are those of all rules, broken ones too. */
export function checkRules(automations: readonly Automation[], ids: readonly string[]): CheckedRules {
  const problems = new Map<string, RuleProblem[]>();
  for (const automation of automations) {
    const found = [...unknownNames(automation, automations, ids), ...cycleOfStarts(automation, automations)];
    if (found.length > 0) problems.set(automation.id, found);
  }
  const warnings = new Map<string, RuleProblem[]>();
  for (const [id, complaint] of possibleLoops(automations))
    if (!problems.has(id)) warnings.set(id, [{ path: ['on'], ...complaint }]);
  return { problems, warnings };
}

function* unknownNames(
  automation: Automation,
  automations: readonly Automation[],
  ids: readonly string[],
): Generator<RuleProblem> {
  const unknown = (id: string, path: readonly PropertyKey[]): RuleProblem[] =>
    ids.includes(id)
      ? []
      : [
          {
            path,
            message: `unknown automation ${JSON.stringify(id)}`,
            hint: suggestion(id, ids, 'automations'),
          },
        ];
  for (const { step, path } of allSteps(automation)) {
    const type = steps.get(step.type)!;
    for (const name of named(type.params, step.params, 'automation'))
      yield* unknown(String(step.params[name]), [...path, step.type, ...(name === type.short ? [] : [name])]);
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
      const goals = goalsOf(automations.filter(each => isAsked(params.automation, each.id)));
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

function cycleOfStarts(automation: Automation, automations: readonly Automation[]): RuleProblem[] {
  const started = (id: string): (Placed & { readonly starts: string })[] => {
    const rule = automations.find(each => each.id === id);
    if (!rule) return [];
    return allSteps(rule).flatMap(placed =>
      effectsOf(rule, placed.step).flatMap(effect =>
        'starts' in effect ? [{ ...placed, starts: effect.starts }] : [],
      ),
    );
  };
  const cycle = wayBack(automation.id, id => started(id).map(({ starts }) => starts));
  if (!cycle) return [];
  const then = cycle[1] ?? automation.id;
  const { path, step } = started(automation.id).find(({ starts }) => starts === then)!;
  return [
    {
      path: [...path, step.type],
      message: `a cycle of starts: ${[...cycle, automation.id].join(' starts ')}`,
    },
  ];
}
