import type { TimeTrigger } from './trigger.ts';

export const schedule: TimeTrigger = {
  name: 'schedule',
  summary: 'at the times of a cron expression, for every record for which the where holds',
  type: 'time',
  params: {
    cron: {
      type: 'cron',
      description:
        "minute hour day month weekday, in the zone of the workspace; of several missed times the last. When clocks go back, '*/15 * * * *' and '0 * * * *' run through the hour twice, '30 2 * * *' comes the first time; when clocks skip 02:30, '30 2 * * *' comes when the skip ends",
      required: true,
    },
  },
  example: "schedule: { cron: '0 9 * * mon-fri', where: 'is:overdue' }",
  *due({ cron }, subject, { after, until, state, zone, crons }) {
    // No time to begin at: what there was before it was enabled has missed no time.
    if (after === Number.NEGATIVE_INFINITY) return;
    const at = crons.last(String(cron), zone, after, until);
    if (at === undefined) return;
    const table = state.table(subject);
    for (const row of table.liveRows()) yield { record: table.id(row), at };
  },
};
