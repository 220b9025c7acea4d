/** The context of one sweep: its draft, its time, its rules, and its report. */
import type { Automation } from '../../domain/automation.ts';
import { clockIn } from '../../domain/clock.ts';
import { numberOf } from '../../domain/kinds.ts';
import { SWEEPER } from '../../domain/sweeper.ts';
import type { Scope } from '../../query/scope.ts';
import { wholeScope } from '../../query/whole-scope.ts';
import { Draft } from '../../state/draft.ts';
import { allAutomations } from '../built-in.ts';
import { Chains, type Loops } from '../chains.ts';
import type { Seen } from '../firings.ts';
import type { Recorder } from '../recorder.ts';
import type { Asked, PlanInput } from './input.ts';
import { Report } from './report.ts';

export interface SweepContext extends Pick<PlanInput, 'after' | 'now' | 'since' | 'tools'> {
  readonly asked: Asked;
  /** A fork of the state, on which the sweep does its work. */
  readonly draft: Draft;
  readonly writer: Recorder;
  /** The draft's state and the sweep's time, as queries are asked of them. */
  readonly scope: Scope;
  /** The rules that run, by file name. */
  readonly automations: readonly Automation[];
  /** Rules that do not run, whose firings are looked at only to explain them. */
  readonly disabled: readonly Automation[];
  readonly chains: Chains;
  readonly report: Report;
}

/** Prepares a sweep on a fork of the state; `loops` are those that were found in it before. */
export function openSweep(input: PlanInput, loops: Loops): SweepContext {
  const { after, now, since, tools, asked = {} } = input;
  // At the last sweep's time, nothing is due that was not due then.
  const clock = clockIn(after.config, Math.max(now, since.last.at));
  const draft = new Draft(after.fork(), { ...clock, now });
  const wanted = allAutomations(after.config).filter(
    ({ id }) => asked.only === undefined || id === asked.only,
  );
  return {
    after,
    now,
    since,
    tools,
    asked,
    draft,
    writer: tools.recorder(draft),
    scope: wholeScope(draft.state, clock, SWEEPER),
    automations: wanted.filter(rule => rule.enabled),
    disabled: asked.isExplained ? wanted.filter(rule => !rule.enabled) : [],
    chains: new Chains(loops, id => numberOf(id) >= after.nextNumber(after.kinds.kindOf(id))),
    report: new Report(asked.isExplained ?? false),
  };
}

/** The input of a round: the changes that triggers have not seen yet. */
export interface Round {
  /** From 0. */
  readonly number: number;
  readonly seen: readonly Seen[];
  /** Whether a step of the round before started enrolments, which begin in this one. */
  readonly isStarted: boolean;
}
