import { calendarAddresses } from '../../app/settings/calendar-addresses.ts';
import { isAdmin } from '../../app/core/viewer.ts';
import { humanInstant } from '../../app/reading/said.ts';
import { plainColumn } from '../../ui/thing-column.ts';
import { command } from '../line/command.ts';
import { printThings } from '../printing/output.ts';

export const list = command({
  summary: 'list calendar addresses: your own, or for an admin those of all users',
  effect: 'reads',
  args: {},
  examples: ['calendar list', 'calendar list --json'],
  jsonFields: ['user', 'since'],
  async run(context) {
    const view = await (await context.workspace()).view();
    const { viewer } = view;
    const seen = calendarAddresses(view.state).filter(({ user }) => isAdmin(viewer) || user === viewer.user);
    await printThings(
      context,
      seen,
      [
        plainColumn<(typeof seen)[number]>('user', each => each.user),
        plainColumn<(typeof seen)[number]>('since', each => each.since, {
          whole: true,
          human: each => humanInstant(view, each.since),
        }),
      ],
      each => each.user,
    );
  },
});
