/** What a sweep left out though something called for it: counted by rule and reason, so that nothing is dropped unseen. */
import type { Automation } from '../domain/automation.ts';
import type { Clock } from '../domain/clock.ts';
import type { Config } from '../domain/config.ts';
import { formatInstant } from '../domain/dates.ts';
import type { Draft } from '../state/draft.ts';
import type { State } from '../state/state.ts';
import type { Zone } from '../domain/zone.ts';
import { builtIn } from './built-in.ts';
import type { Naming } from './firings.ts';
import { subjectsOf } from './subjects.ts';

/**
 * `generations`: the rule, or one of its chain, added the record. `limit`: the subject was in it as often as its limit says.
 * `disabled`, `missing`: a task names the rule, or a step starts it, and it is disabled; or is not there or broken.
 * `enrolled`: a task names the rule, which the subject is in, or was in once for all. `unseen`: the rule would have sent a
 * message to a user who may not see what it is about.
 */
const reasons = ['generations', 'limit', 'disabled', 'missing', 'enrolled', 'unseen'] as const;
export type LeftOutWhy = (typeof reasons)[number];

export interface LeftOut {
  readonly automation: string;
  readonly why: LeftOutWhy;
  readonly count: number;
  /** The subjects; of a rule that is missing, the tasks. */
  readonly subjects: readonly string[];
}

export class LeftOuts {
  readonly #noted = new Map<string, { automation: string; why: LeftOutWhy; subjects: Set<string> }>();

  note(automation: string, why: LeftOutWhy, subject: string): void {
    const key = `${why} ${automation}`;
    let group = this.#noted.get(key);
    if (!group) this.#noted.set(key, (group = { automation, why, subjects: new Set() }));
    group.subjects.add(subject);
  }

  /** Notes the tasks that name a rule which does not run. */
  noteNamed(named: ReadonlyMap<string, readonly Naming[]>, state: State, only: string | undefined): void {
    const { config } = state;
    for (const [id, namings] of named) {
      if ((only !== undefined && only !== id) || isAtWork(config, id)) continue;
      const rule = config.automations.find(each => each.id === id);
      for (const { record } of namings)
        if (!rule) this.note(id, 'missing', record);
        else for (const subject of subjectsOf(state, record, rule.for)) this.note(id, 'disabled', subject);
    }
  }

  list(): LeftOut[] {
    return [...this.#noted.values()].map(({ automation, why, subjects }) => ({
      automation,
      why,
      count: subjects.size,
      subjects: [...subjects],
    }));
  }

  /**
   * The rules that began for fewer records than called for it, since they had added them: what is said of each once a
   * day. When it was said last is remembered in the draft.
   */
  newlyStopped(draft: Draft, { now, zone }: { now: number; zone: Zone }): LeftOut[] {
    return this.list().filter(({ automation, why }) => {
      if (why !== 'generations') return false;
      const id = `left-out/${automation}`;
      const last = draft.state.named('cursor').get(id)?.at;
      if (typeof last === 'string' && zone.day(Date.parse(last)) === zone.day(now)) return false;
      draft.setNamed('cursor', id, { at: formatInstant(now) });
      return true;
    });
  }
}

/** What sweeps left out of a rule for one reason, on the last day on which they did. */
export interface LeftOutLately {
  readonly automation: string;
  readonly why: LeftOutWhy;
  /** How many records on that day, each counted once a sweep. */
  readonly count: number;
  /** The last time: an ISO instant. */
  readonly at: string;
}

/** Records of each rule and reason how much was left out today, so that somebody who reads no logs of sweeps sees it too. */
export function noteByRule(
  draft: Draft,
  leftOut: readonly LeftOut[],
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

const isAtWork = (config: Config, id: string): boolean =>
  config.automations.find(each => each.id === id)?.enabled ?? builtIn.some(each => each.id === id);

/** Why a rule does not begin for a record. */
export const ownText = ({ generations = 1 }: Automation, subject: string): string =>
  `it, or a rule of its chain, added what starts it for ${subject}, and its generations are ${generations}`;

/** How many records a report names. */
const NAMED = 8;

/** How a rule that would feed itself is reported. */
export const stoppedText = ({ subjects }: LeftOut): string => {
  const some = subjects.slice(0, NAMED).join(', ');
  const more = subjects.length > NAMED ? ` and ${subjects.length - NAMED} more` : '';
  return `feeds itself: it is left out for ${some}${more}, since it, or a rule of its chain, added what would start it; generations: N in the rule allows N generations`;
};
