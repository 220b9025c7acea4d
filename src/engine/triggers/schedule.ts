import type { TimeTrigger } from './trigger.ts';

export const schedule: TimeTrigger = {
  name: 'schedule',
  summary: 'at the times of a cron expression, for every record for which the where holds',
  type: 'time',
  short: 'cron',
  params: {
    cron: {
      type: 'cron',
      description:
        'minute hour day month weekday, in the zone of the workspace; of several missed times the last',
      required: true,
    },
  },
  // The moments of a schedule do not depend on steps.
  causedBy: () => false,
  comesFor: () => true,
  example: "schedule: { cron: '0 9 * * mon-fri', where: 'is:overdue' }",
  *due({ cron }, subject, { after, until, state, zone, crons }) {
    // A rule that was just enabled has missed no moment.
    if (after === Number.NEGATIVE_INFINITY) return;
    const at = crons.last(String(cron), zone, after, until);
    if (at === undefined) return;
    const table = state.table(subject);
    for (const row of table.liveRows()) yield { record: table.id(row), at };
  },
  *upcoming({ cron }, _subject, _record, { after, zone, crons }) {
    let at: number | undefined = after;
    while ((at = crons.next(String(cron), zone, at, Number.POSITIVE_INFINITY)) !== undefined) yield at;
  },
};
