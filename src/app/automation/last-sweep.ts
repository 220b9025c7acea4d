/** `crm run --last-sweep TIME`: sets the time of the last sweep, after a sweep with a wrong clock. */
import { formatInstant } from '../../domain/dates.ts';
import type { Draft } from '../../state/draft.ts';
import { failed, usage } from '../../domain/errors.ts';
import { cursorOf } from '../../engine/cursor.ts';
import { seesAll, type Viewer } from '../core/viewer.ts';

/**
 * Sets the time of the last sweep, of all rules and of each that was run alone since; returns what it was before, an
 * ISO instant, or null where there was no sweep. The changes that were seen stay the same; time before `at` counts as
 * seen. USAGE if `at` is in the future, FAILED for a user who does not see all records.
 */
export function setLastSweep(draft: Draft, viewer: Viewer, at: number): string | null {
  if (!seesAll(viewer))
    throw failed(
      `${viewer.user} is ${viewer.role} and may not set the time of the last sweep`,
      'a manager may: --as USER',
    );
  if (at > draft.clock.now)
    throw usage(
      `--last-sweep: ${formatInstant(at)} is in the future`,
      `now is ${formatInstant(draft.clock.now)}`,
    );
  const cursors = draft.state.named('cursor');
  const engine = cursors.get(cursorOf());
  const seq = (engine?.seq as number | undefined) ?? 0;
  draft.setNamed('cursor', cursorOf(), { seq, at: formatInstant(at) });
  for (const [id, cursor] of cursors)
    if (id.startsWith(cursorOf('')) && (cursor.seq as number) > seq)
      draft.setNamed('cursor', id, { at: formatInstant(at) });
  return (engine?.at as string | undefined) ?? null;
}
