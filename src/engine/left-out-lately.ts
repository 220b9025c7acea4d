/** Remembers how much sweeps left out lately and why, for people who do not read the logs of sweeps. */
import type { Clock } from '../domain/clock.ts';
import { formatInstant } from '../domain/dates.ts';
import type { Draft } from '../state/draft.ts';
import type { State } from '../state/state.ts';

/**
 * `generations`: the rule, or one of its chain, added the record. `limit`: the subject was in it as often as its
 * limit says. `disabled`, `missing`: a task names the rule, or a step starts it, but it is disabled; or it does not
 * exist or is broken. `enrolled`: a task names the rule, which the subject is in, or was in once for all. `unseen`:
 * the rule would have sent a message to a user who may not see what it is about.
 */
const reasons = ['generations', 'limit', 'disabled', 'missing', 'enrolled', 'unseen'] as const;
export type LeftOutWhy = (typeof reasons)[number];

/** The records that sweeps left out of a rule for one reason, on the last day on which they left some out. */
export interface LeftOutLately {
  readonly automation: string;
  readonly why: LeftOutWhy;
  /** The number of records on that day, each counted once per sweep. */
  readonly count: number;
  /** The last time: an ISO instant. */
  readonly at: string;
}

/** Records how much each rule left out today, and why, for users who do not read the logs of sweeps. */
export function noteByRule(
  draft: Draft,
  leftOut: readonly Omit<LeftOutLately, 'at'>[],
  { now, zone }: Pick<Clock, 'now' | 'zone'>,
): void {
  for (const { automation, why, count } of leftOut) {
    const id = `left-out/${why}/${automation}`;
    const last = draft.state.named('cursor').get(id);
    const isToday = typeof last?.at === 'string' && zone.day(Date.parse(last.at)) === zone.day(now);
    draft.setNamed('cursor', id, {
      at: formatInstant(now),
      count: (isToday ? Number(last.count) : 0) + count,
    });
  }
}

/** Returns what sweeps left out since an instant (ms), by rule and reason, the newest first. */
export function leftOutSince(state: State, since: number): LeftOutLately[] {
  const found: LeftOutLately[] = [];
  for (const [id, { at, count }] of state.named('cursor')) {
    const [, why, automation] = /^left-out\/([a-z]+)\/(.+)$/.exec(id) ?? [];
    const reason = reasons.find(each => each === why);
    if (reason === undefined || automation === undefined || Date.parse(String(at)) < since) continue;
    found.push({ automation, why: reason, count: Number(count), at: String(at) });
  }
  return found.sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
}
