/** Automatic assignment of deals by a pipeline's `assign`; a `Writer` gets this function to find owners. */
import { absenceOn } from '../../domain/absence.ts';
import { today } from '../../domain/clock.ts';
import { type AssignBy, type Config, type Pipeline, usersAmong } from '../../domain/config.ts';
import type { Draft } from '../../state/draft.ts';
import { hasAccess, viewerOf } from '../core/viewer.ts';
import { dealLoads } from './deal-loads.ts';

/** Where the last automatically assigned owner of a pipeline is remembered, among the named records. */
const turnOf = (pipeline: Pipeline) => `assign/${pipeline.id}`;

/** Returns the next owner, or undefined if the pipeline assigns nobody. If they take turns, remembers whose turn it was. */
export function assignee(
  draft: Draft,
  pipeline: Pipeline,
  by: AssignBy = pipeline.assign.by,
): string | undefined {
  if (by === 'none') return undefined;
  const among = present(draft, candidates(draft.config, pipeline));
  if (among.length === 0) return undefined;
  if (by !== 'round-robin') return least(draft, pipeline, among, by);
  const chosen = nextInTurn(draft, pipeline, among);
  draft.setNamed('cursor', turnOf(pipeline), { owner: chosen });
  return chosen;
}

function candidates(config: Config, pipeline: Pipeline): string[] {
  return usersAmong(config, pipeline.assign.among).filter(
    user => config.users[user]?.active && (!pipeline.access || hasAccess(pipeline, viewerOf(config, user))),
  );
}

/** Returns the users who are not away, or all if everybody is: an unowned deal would be forgotten. */
function present(draft: Draft, among: readonly string[]): readonly string[] {
  const { config, clock } = draft;
  const there = among.filter(user => absenceOn(config.users[user], today(clock)) === undefined);
  return there.length > 0 ? there : among;
}

function nextInTurn(draft: Draft, pipeline: Pipeline, among: readonly string[]): string {
  const listed = usersAmong(draft.config, pipeline.assign.among);
  const last = draft.state.named('cursor').get(turnOf(pipeline))?.owner as string | undefined;
  // From the place of the last one on, whoever of the listed may take it.
  const start = last === undefined ? -1 : listed.indexOf(last);
  for (let step = 1; step <= listed.length; step++) {
    const user = listed[(start + step) % listed.length]!;
    if (among.includes(user)) return user;
  }
  return among[0]!;
}

/** The one with the fewest open deals, or the lowest sum of them, in the pipeline; ties in listed order. */
function least(draft: Draft, pipeline: Pipeline, among: readonly string[], by: AssignBy): string {
  const loads = dealLoads(draft, pipeline, by === 'least-busy' ? 'count' : 'value');
  const loadOf = (user: string) => loads.get(user) ?? 0;
  return among.reduce((best, user) => (loadOf(user) < loadOf(best) ? user : best));
}
