/**
 * Counts by rule and reason what a sweep left out though something called for it, so that nothing is dropped unseen.
 */
import type { Automation } from '../domain/automation.ts';
import type { Config } from '../domain/config.ts';
import { formatInstant } from '../domain/dates.ts';
import { firstOf } from '../domain/series.ts';
import type { Draft } from '../state/draft.ts';
import type { State } from '../state/state.ts';
import type { Zone } from '../domain/zone.ts';
import { builtIn } from './built-in.ts';
import type { Naming } from './firings.ts';
import type { LeftOutWhy } from './left-out-lately.ts';
import { subjectsOf } from './subjects.ts';

export interface LeftOut {
  readonly automation: string;
  readonly why: LeftOutWhy;
  readonly count: number;
  /** The subjects; for a missing rule, the tasks. */
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
   * Reports, once a day each, the rules that did not begin for some records because they had added these records. The
   * draft remembers the day of the last report.
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

const isAtWork = (config: Config, id: string): boolean =>
  config.automations.find(each => each.id === id)?.enabled ?? builtIn.some(each => each.id === id);

/** Says why a rule does not begin for a record. */
export const ownText = ({ generations = 1 }: Automation, subject: string): string =>
  `it, or a rule of its chain, added what starts it for ${subject}, and its generations are ${generations}`;

/** How many records a report names. */
const NAMED = 8;

/** The report of a rule that would feed itself. */
export const stoppedText = ({ subjects }: LeftOut): string => {
  return `feeds itself: it is left out for ${firstOf(subjects, NAMED)}, since it, or a rule of its chain, added what would start it; generations: N in the rule allows N generations`;
};
