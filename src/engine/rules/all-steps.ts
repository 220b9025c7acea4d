/** All steps of a rule, those in branches too, with where they are in its YAML and what they do. */
import type { Automation, StepSpec } from '../../domain/automation.ts';
import type { Effect } from '../effect.ts';
import { steps } from '../steps/index.ts';

export interface Placed {
  readonly step: StepSpec;
  readonly path: readonly PropertyKey[];
}

export const allSteps = (automation: Automation): Placed[] => [...stepsOf(automation.steps, ['steps'])];

function* stepsOf(specs: readonly StepSpec[], path: readonly PropertyKey[]): Generator<Placed> {
  for (const [i, step] of specs.entries()) {
    const at = [...path, i];
    yield { step, path: at };
    yield* stepsOf(step.then ?? [], [...at, 'then']);
    yield* stepsOf(step.else ?? [], [...at, 'else']);
  }
}

/** Returns what a step of a rule does, as far as its parameters tell. */
export const effectsOf = (rule: Automation, { type, params }: StepSpec): readonly Effect[] =>
  steps.get(type)!.effects?.(params, rule) ?? [];
