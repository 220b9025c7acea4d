/** A rule's steps as a list of instructions: each has the place after it, and a branch has two. */
import { memoBy } from '../domain/memo.ts';
import type { Automation, StepSpec } from '../domain/automation.ts';
import { steps } from './steps/index.ts';
import type { Step } from './steps/step.ts';

export interface Instruction {
  readonly id: string;
  readonly spec: StepSpec;
  readonly step: Step;
  /** The index of the next instruction; for a branch, if it is taken. */
  next: number;
  /** The index of the next instruction of a branch that is not taken. */
  otherwise: number;
  /** The goals after it, in its own list of steps and in the lists around that: it may jump to these. */
  readonly goals: readonly StepSpec[];
}

/** Returns the instructions of a rule; the index after the last is the end. */
export const programOf = memoBy((automation: Automation): readonly Instruction[] => {
  const list: Instruction[] = [];
  lay(automation.steps, list, []);
  return list;
});

/** Lays out steps one after the other. The last one continues with the instruction after them. */
function lay(specs: readonly StepSpec[], list: Instruction[], around: readonly StepSpec[]): void {
  for (const [i, spec] of specs.entries()) {
    const goals = [...specs.slice(i + 1).filter(each => steps.get(each.type)!.goal), ...around];
    const instruction: Instruction = {
      id: spec.id,
      spec,
      step: steps.get(spec.type)!,
      next: list.length + 1,
      otherwise: list.length + 1,
      goals,
    };
    list.push(instruction);
    if (!spec.then && !spec.else) continue;
    const before = list.length;
    lay(spec.then ?? [], list, goals);
    const behindThen = list.length;
    instruction.otherwise = behindThen;
    lay(spec.else ?? [], list, goals);
    if (before === behindThen) instruction.next = list.length;
    // The end of `then` continues after `else`.
    for (const each of list.slice(before, behindThen)) {
      if (each.next === behindThen) each.next = list.length;
      if (each.otherwise === behindThen) each.otherwise = list.length;
    }
  }
}

/** Returns the instructions that an enrolment can reach from a place on, without passing those at which it stops. */
export function reachedIn(
  program: readonly Instruction[],
  from = 0,
  stops: (instruction: Instruction) => boolean = () => false,
): ReadonlySet<number> {
  const reached = new Set<number>();
  const places = new Map(program.map(({ spec }, place) => [spec, place]));
  const labels = new Map(program.map(({ id }, place) => [id, place]));
  const ahead: (number | undefined)[] = [from];
  while (ahead.length > 0) {
    const at = ahead.pop();
    const instruction = at === undefined ? undefined : program[at];
    if (at === undefined || !instruction || reached.has(at)) continue;
    reached.add(at);
    if (stops(instruction)) continue;
    const { step, spec, next, otherwise, goals } = instruction;
    if (!step.last) ahead.push(next);
    if (step.branches) ahead.push(otherwise);
    if (step.goesTo) ahead.push(labels.get(step.goesTo(spec.params)));
    for (const goal of goals) ahead.push(places.get(goal));
  }
  return reached;
}

/**
 * Returns where an enrolment continues: at its step, or, if an unlabelled step was removed, at the step now in its
 * place.
 */
export function placeOf(program: readonly Instruction[], id: string): number | undefined {
  const at = program.findIndex(each => each.id === id);
  if (at >= 0) return at;
  const place = /^((?:\d+\.(?:then|else)\.)*\d+)\./.exec(id)?.[1];
  if (place === undefined) return undefined;
  const there = program.findIndex(each => each.id.startsWith(`${place}.`));
  return there >= 0 ? there : program.length;
}
